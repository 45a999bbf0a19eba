import { encodeBase64url } from '../token/base64url.ts';
import type { Keys } from '../token/keys.ts';
import type { TestAlg } from '../token/make.ts';

type JWK = NonNullable<Keys['jwk']>;

const SECRET_BYTES: Readonly<Partial<Record<TestAlg, number>>> = { HS256: 32, HS512: 64 };
const CURVES: Readonly<Partial<Record<TestAlg, string>>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/**
 * A new private key, or secret, for test tokens; `null` for `none`. It is only ever in the memory of the page.
 * @throws where the browser lacks the algorithm
 */
export async function makeTestKey(alg: TestAlg): Promise<JWK | null> {
  if (alg === 'none') return null;
  const size = SECRET_BYTES[alg];
  if (size !== undefined) return { kty: 'oct', k: randomText(size) };
  const { privateKey } = (await crypto.subtle.generateKey(parametersOf(alg), true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const { key_ops: _ops, ext: _ext, alg: _alg, ...jwk } = await crypto.subtle.exportKey('jwk', privateKey);
  return jwk as JWK;
}

function parametersOf(alg: TestAlg): EcKeyGenParams | RsaHashedKeyGenParams | Algorithm {
  const namedCurve = CURVES[alg];
  if (namedCurve !== undefined) return { name: 'ECDSA', namedCurve };
  if (alg === 'EdDSA') return { name: 'Ed25519' };
  return {
    name: alg.startsWith('PS') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
}

/** BASE64URL of random bytes; of 32 it is a PKCE verifier (RFC 7636 §4.1). */
export function randomText(bytes: number): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(bytes)));
}
