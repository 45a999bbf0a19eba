import { compactDecrypt, compactVerify, errors, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import type { DecodedToken, JsonObject } from './decode.ts';

export type Judgement = 'valid' | 'invalid' | 'cannotTell';

export interface SignatureResult {
  readonly is: Judgement;
  /** Why it is not valid, in one sentence. */
  readonly reason?: string;
}

export interface DecryptionResult extends SignatureResult {
  /** The decrypted bytes, where it worked. */
  readonly plaintext?: Uint8Array;
}

export interface Keys {
  readonly jwk?: JWK;
  readonly jwks?: JSONWebKeySet;
}

/** More keys than this are not tried one by one. */
const MAX_TRIED = 1000;
const SIGNATURE_ALGS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  EC: ['ES256', 'ES384', 'ES512'],
  OKP: ['EdDSA', 'Ed25519'],
  oct: ['HS256', 'HS384', 'HS512'],
};
const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/**
 * Checks the signature of a compact JWS with the given keys and no others: `jwk`, `jku` and `x5u` of its
 * own header are never used (RFC 8725 §3.10). Time is judged elsewhere.
 */
export async function verifySignature(token: string, decoded: DecodedToken, keys: Keys): Promise<SignatureResult> {
  const header = decoded.header ?? {};
  const alg = String(header['alg']);
  if (/^none$/i.test(alg)) {
    return { is: 'invalid', reason: 'alg is "none": nothing is signed, anyone can make this token (RFC 8725 §3.1)' };
  }
  const crit = criticalComplaint(header);
  if (crit !== null) return { is: 'invalid', reason: crit };
  if (token.endsWith('.')) return { is: 'invalid', reason: 'the signature is empty' };
  const candidates = candidateKeys(keys, header);
  if (candidates === null) return { is: 'cannotTell', reason: 'no key was given' };
  if (!Object.values(SIGNATURE_ALGS).some((algs) => algs.includes(alg))) {
    return { is: 'cannotTell', reason: `WebCrypto has no ${alg.slice(0, 40)}` };
  }
  let last: SignatureResult = { is: 'invalid', reason: `no key given fits kid and alg of the header` };
  for (const key of candidates) {
    const misfit = misfitOf(key, alg);
    last = misfit === null ? await verifyWith(token, key, alg) : { is: 'invalid', reason: misfit };
    if (last.is === 'valid') return last;
  }
  return last;
}

async function verifyWith(token: string, jwk: JWK, alg: string): Promise<SignatureResult> {
  try {
    const key = await importJWK(publicPart(jwk), alg);
    await compactVerify(token, key, { algorithms: [alg] });
    return { is: 'valid' };
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      return { is: 'invalid', reason: 'the signature does not match header, payload and this key' };
    }
    if (error instanceof errors.JOSENotSupported) return { is: 'cannotTell', reason: sentence(error) };
    return { is: 'invalid', reason: sentence(error) };
  }
}

/** Decrypts a compact JWE with the given keys (RFC 7516 §5.2). */
export async function decrypt(token: string, decoded: DecodedToken, keys: Keys): Promise<DecryptionResult> {
  const header = decoded.header ?? {};
  const candidates = candidateKeys(keys, header);
  if (candidates === null) return { is: 'cannotTell', reason: 'no key was given' };
  const alg = String(header['alg']);
  if (alg === 'RSA1_5') return { is: 'cannotTell', reason: 'WebCrypto has no RSA1_5, and nobody should use it' };
  let last: DecryptionResult = { is: 'invalid', reason: 'no key given fits kid and alg of the header' };
  for (const jwk of candidates) {
    last = await decryptWith(token, jwk, alg, String(header['enc']));
    if (last.is === 'valid') return last;
  }
  return last;
}

async function decryptWith(token: string, jwk: JWK, alg: string, enc: string): Promise<DecryptionResult> {
  try {
    const key = await importJWK(jwk, alg === 'dir' ? enc : alg);
    // Named here because jose refuses password-based algorithms unless they are asked for.
    const { plaintext } = await compactDecrypt(token, key, {
      keyManagementAlgorithms: [alg],
      maxPBES2Count: 100_000,
    });
    return { is: 'valid', plaintext };
  } catch (error) {
    if (error instanceof errors.JOSENotSupported) return { is: 'cannotTell', reason: sentence(error) };
    if (error instanceof errors.JWEDecryptionFailed) {
      return { is: 'invalid', reason: 'the content does not decrypt with this key, or was changed' };
    }
    return { is: 'invalid', reason: sentence(error) };
  }
}

/** Keys worth trying: those of the header's `kid` where any has it, else all; `null` where none was given. */
function candidateKeys(keys: Keys, header: JsonObject): readonly JWK[] | null {
  const set = keys.jwks?.keys;
  if (keys.jwk === undefined && !Array.isArray(set)) return null;
  const all = [...(keys.jwk ? [keys.jwk] : []), ...(Array.isArray(set) ? set : [])].filter(isObject);
  const kid = header['kid'];
  const named = typeof kid === 'string' ? all.filter((key) => key.kid === kid) : [];
  return (named.length > 0 ? named : all).slice(0, MAX_TRIED);
}

/** What forbids this key for this algorithm (RFC 7517 §4.2–§4.4, RFC 8725 §3.1: one key, one algorithm). */
function misfitOf(key: JWK, alg: string): string | null {
  const kty = String(key.kty);
  if (!SIGNATURE_ALGS[kty]?.includes(alg)) return `a key of type ${kty.slice(0, 20)} cannot check ${alg}`;
  if (key.alg !== undefined && key.alg !== alg && !(key.alg === 'EdDSA' && alg === 'Ed25519')) {
    return `the key is for ${String(key.alg).slice(0, 40)}, the token says ${alg}`;
  }
  if (key.use !== undefined && key.use !== 'sig') return 'the key is not for signatures ("use")';
  if (Array.isArray(key.key_ops) && !key.key_ops.some((op) => op === 'verify' || op === 'sign')) {
    return 'the key is not for signatures ("key_ops")';
  }
  const curve = CURVES[alg];
  if (curve !== undefined && key.crv !== curve) return `${alg} needs a key on ${curve}`;
  return null;
}

/** RFC 7515 §4.1.11: a header that names extensions which the reader does not know must be refused. */
function criticalComplaint(header: JsonObject): string | null {
  const crit = header['crit'];
  if (crit === undefined) return header['b64'] === false ? '"b64" must be listed in "crit" (RFC 7797 §6)' : null;
  if (!Array.isArray(crit) || crit.length === 0)
    return '"crit" must be a list with at least one name (RFC 7515 §4.1.11)';
  for (const name of crit) {
    if (name !== 'b64')
      return `"crit" names "${String(name).slice(0, 40)}", which is unknown here, so the token must be refused`;
    if (!('b64' in header)) return '"crit" names "b64", which the header does not have';
  }
  return null;
}

function publicPart(jwk: JWK): JWK {
  if (jwk.kty === 'oct') return jwk;
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, oth: _oth, key_ops: _ops, ...rest } = jwk;
  return rest;
}

function isObject(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'the key or the token cannot be used';
}
