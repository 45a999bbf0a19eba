import { CompactSign, importJWK, type JWK } from 'jose';
import { isRecord } from '../http/params.ts';
import { encodeBase64url } from './base64url.ts';
import { jwkThumbprint } from './hash.ts';
import { type JsonObject, type JsonResult, parseJsonText } from './json-text.ts';
import { fitForSignature, signatureAlgComplaint } from './keys.ts';
import { sentence } from './outcome.ts';

/** Algorithms that are offered for test tokens. */
export const TEST_ALGS = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'HS256', 'HS512', 'none'] as const;
export type TestAlg = (typeof TEST_ALGS)[number];

/** Header member of every token that is made here: whoever finds it in a log knows what it is. */
export const TEST_MARK = 'test-token-of';
const MAKER = 'OAuth Inspector';

export interface MakeInput {
  /** JSON objects, as text. The claims are signed byte for byte, whatever a reader makes of them. */
  readonly header: string;
  readonly claims: string;
  /** Private, or a shared secret; `null` for `alg: none`. */
  readonly jwk: JWK | null;
}

export type Made =
  | { readonly token: string }
  | {
      readonly error: {
        readonly in: 'header' | 'claims' | 'key';
        readonly at: number | null;
        readonly message: string;
      };
    };

/** Signs a token to test one's own server with (RFC 7515 §5.1), marked as such. Never throws. */
export async function makeTestToken({ header, claims, jwk }: MakeInput): Promise<Made> {
  const failed = (where: 'header' | 'claims' | 'key', message: string, at: number | null = null): Made => ({
    error: { in: where, at, message },
  });
  const read = { header: parseJsonText(header), claims: parseJsonText(claims) };
  for (const where of ['header', 'claims'] as const) {
    const json = read[where];
    if ('error' in json) return failed(where, json.error.message, json.error.at);
    if (!isRecord(json.value)) return failed(where, 'this is no JSON object', 0);
  }
  const marked: Readonly<Record<string, unknown>> = { ...objectOf(read.header), [TEST_MARK]: MAKER };
  const alg = marked['alg'];
  if (typeof alg !== 'string') return failed('header', 'it has no `alg` (RFC 7515 §4.1.1)');
  const bytes = new TextEncoder().encode(claims);
  if (alg === 'none') {
    const encoded = encodeBase64url(new TextEncoder().encode(JSON.stringify(marked)));
    return { token: `${encoded}.${encodeBase64url(bytes)}.` };
  }
  const unknown = signatureAlgComplaint(alg);
  if (unknown !== null) return failed('header', unknown);
  if (jwk === null) return failed('key', 'there is no key to sign with');
  const fit = fitForSignature(jwk, alg, 'sign');
  if (fit.is !== 'fits') return failed('key', fit.reason);
  if (jwk.kty !== 'oct' && typeof jwk.d !== 'string')
    return failed('key', 'signing needs the private key, this is the public one');
  try {
    const { key_ops: _ops, use: _use, ext: _ext, ...bare } = jwk;
    const key = await importJWK(bare as JWK, alg);
    return { token: await new CompactSign(bytes).setProtectedHeader({ ...marked, alg }).sign(key) };
  } catch (error) {
    return failed('key', sentence(error));
  }
}

const objectOf = (json: JsonResult): JsonObject => ('value' in json ? (json.value as JsonObject) : {});

/** Members of a header that say whose key it is signed with. */
const OF_KEYS = ['kid', 'jwk', 'jku', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'crit', 'b64'];

/** A header to begin with: that of another token without what belongs to its key. */
export async function headerFor(alg: string, from: JsonObject | null, jwk: JWK | null): Promise<string> {
  const kept = Object.entries(from ?? { typ: 'JWT' }).filter(([name]) => !OF_KEYS.includes(name) && name !== TEST_MARK);
  const kid = jwk === null || jwk.kty === 'oct' ? null : await jwkThumbprint(jwk as Readonly<Record<string, unknown>>);
  return JSON.stringify({ ...Object.fromEntries(kept), alg, ...(kid === null ? {} : { kid }) }, null, 2);
}

/** Claims to begin with, valid for ten minutes. @param now seconds since the epoch */
export function freshClaims(from: JsonObject | null, now: number): string {
  const start = Math.floor(now);
  const { nbf, ...rest } = from ?? { iss: 'https://as.example', sub: 'test', aud: 'web-portal' };
  const times = { iat: start, ...(nbf === undefined ? {} : { nbf: start }), exp: start + 600 };
  return JSON.stringify({ ...rest, ...times }, null, 2);
}
