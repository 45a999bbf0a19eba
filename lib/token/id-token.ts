import { wordOf } from '../http/params.ts';
import { encodeBase64url } from './base64url.ts';
import { decodeToken, type JsonObject } from './decode.ts';
import { leftHalfHash } from './hash.ts';
import type { Keys } from './keys.ts';
import { verifySignature } from './verify.ts';

export interface IdTokenExpectations {
  readonly issuer: string;
  readonly clientId: string;
  /** For a token that is signed with it (OIDC Core §10.1); `null`: a public client. */
  readonly clientSecret: string | null;
  /** `null`: none was sent. */
  readonly nonce: string | null;
  /** The token that `at_hash` covers. */
  readonly accessToken: string;
  /** `id_token_signing_alg_values_supported`; `null` where the server does not say. */
  readonly algs: readonly string[] | null;
  /** Seconds since the epoch. */
  readonly now: number;
}

export interface IdTokenCheck {
  readonly of: 'alg' | 'signature' | 'iss' | 'aud' | 'azp' | 'sub' | 'exp' | 'iat' | 'nonce' | 'at_hash';
  readonly is: 'valid' | 'invalid' | 'absent' | 'cannotTell';
  /** What the token has, or why it is not valid; `null` for a value that must not be shown. */
  readonly found: string | null;
  readonly expected: string | null;
}

/** Clocks of honest servers differ by so much, in seconds. */
const TOLERANCE = 30;

/**
 * The checks of OIDC Core §3.1.3.7 and §3.1.3.6, each with its result, so that one that fails does not hide the next.
 * Never throws. A token that cannot be read gives one invalid check, of `alg`, with `found: null`.
 */
export async function checkIdToken(
  token: string,
  jwks: unknown,
  expected: IdTokenExpectations,
): Promise<readonly IdTokenCheck[]> {
  const decoded = decodeToken(token);
  const { header } = decoded;
  const payload = claimsOf(decoded);
  if (decoded.kind !== 'jws' || header === undefined || payload === null) {
    return [{ of: 'alg', is: 'invalid', found: null, expected: decoded.error?.message ?? 'a signed token' }];
  }
  const alg = wordOf(header['alg']);
  return [
    checkAlg(alg, expected.algs),
    await checkSignature(decoded, jwks, alg, expected.clientSecret),
    compared('iss', payload['iss'], expected.issuer),
    checkAudience(payload['aud'], expected.clientId),
    checkAzp(payload['azp'], payload['aud'], expected.clientId),
    typeof payload['sub'] === 'string' && payload['sub'] !== ''
      ? valid('sub', payload['sub'])
      : invalid('sub', null, null),
    checkExpiry(payload['exp'], expected.now),
    checkIssuedAt(payload['iat'], expected.now),
    checkNonce(payload['nonce'], expected.nonce),
    await checkAtHash(payload['at_hash'], alg, expected.accessToken),
  ];
}

/** `sub` of a token, unchecked; `null` where there is none. */
export function subjectOf(token: string | null): string | null {
  const sub = claimsOf(decodeToken(token ?? ''))?.['sub'];
  return typeof sub === 'string' ? sub : null;
}

type Name = IdTokenCheck['of'];
const valid = (of: Name, found: string | null): IdTokenCheck => ({ of, is: 'valid', found, expected: null });
const invalid = (of: Name, found: string | null, expected: string | null): IdTokenCheck => ({
  of,
  is: 'invalid',
  found,
  expected,
});

function checkAlg(alg: string, algs: readonly string[] | null): IdTokenCheck {
  if (/^none$/i.test(alg)) return invalid('alg', alg, algs?.join(' ') ?? 'RS256');
  return algs === null || algs.includes(alg) ? valid('alg', alg) : invalid('alg', alg, algs.join(' '));
}

async function checkSignature(
  decoded: ReturnType<typeof decodeToken>,
  jwks: unknown,
  alg: string,
  secret: string | null,
): Promise<IdTokenCheck> {
  const symmetric = alg.startsWith('HS');
  const k = encodeBase64url(new TextEncoder().encode(secret ?? ''));
  const keys = symmetric
    ? secret === null
      ? {}
      : { jwk: { kty: 'oct', k } }
    : { jwks: jwks as NonNullable<Keys['jwks']> };
  const result = await verifySignature(decoded, keys);
  return { of: 'signature', is: result.is, found: result.reason ?? null, expected: null };
}

function compared(of: Name, value: unknown, wanted: string): IdTokenCheck {
  // Endpoints typed by hand come without an issuer: there is nothing to compare with.
  if (wanted === '') return { of, is: 'cannotTell', found: text(value), expected: null };
  return value === wanted ? valid(of, wanted) : invalid(of, text(value), wanted);
}

function checkAudience(aud: unknown, clientId: string): IdTokenCheck {
  const all: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return all.includes(clientId) ? valid('aud', text(aud)) : invalid('aud', text(aud), clientId);
}

/** Needed only where there are several audiences, but must be this client where it is there. */
function checkAzp(azp: unknown, aud: unknown, clientId: string): IdTokenCheck {
  if (azp === undefined) {
    const several = Array.isArray(aud) && aud.length > 1;
    return several ? invalid('azp', null, clientId) : { of: 'azp', is: 'absent', found: null, expected: null };
  }
  return azp === clientId ? valid('azp', clientId) : invalid('azp', text(azp), clientId);
}

function checkExpiry(exp: unknown, now: number): IdTokenCheck {
  if (typeof exp !== 'number') return invalid('exp', text(exp), null);
  return exp > now - TOLERANCE ? valid('exp', String(exp)) : invalid('exp', String(exp), String(Math.floor(now)));
}

/** From the future: a clock is wrong, here or there. */
function checkIssuedAt(iat: unknown, now: number): IdTokenCheck {
  if (typeof iat !== 'number') return invalid('iat', text(iat), null);
  return iat <= now + TOLERANCE ? valid('iat', String(iat)) : invalid('iat', String(iat), String(Math.floor(now)));
}

function checkNonce(nonce: unknown, sent: string | null): IdTokenCheck {
  if (sent === null) return { of: 'nonce', is: 'absent', found: null, expected: null };
  return nonce === sent ? valid('nonce', null) : invalid('nonce', nonce === undefined ? 'absent' : 'another', null);
}

async function checkAtHash(atHash: unknown, alg: string, accessToken: string): Promise<IdTokenCheck> {
  const wanted = await leftHalfHash(accessToken, alg);
  // EdDSA names no hash, and in the code flow the claim is optional.
  if (typeof atHash !== 'string') return { of: 'at_hash', is: 'absent', found: null, expected: null };
  if (wanted === null) return { of: 'at_hash', is: 'cannotTell', found: atHash, expected: null };
  return wanted === atHash ? valid('at_hash', atHash) : invalid('at_hash', atHash, wanted);
}

function claimsOf({ payload }: ReturnType<typeof decodeToken>): JsonObject | null {
  const isObject = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  return isObject && !('base64url' in payload) ? (payload as JsonObject) : null;
}

function text(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? null);
}
