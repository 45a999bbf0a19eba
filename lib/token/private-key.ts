import { importJWK, type JWK } from 'jose';
import { table } from '../model/table.ts';

/** A private key of a client, ready to sign with. */
export interface SigningKey {
  readonly key: CryptoKey;
  readonly kid: string | null;
  readonly alg: string;
}

const DEFAULT_ALGS = table<string>({
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
  RSA: 'RS256',
});

/** Reads a private JWK (RFC 7517 §4) from its JSON; `null` for anything else. The key cannot be read out again. */
export async function readSigningKey(json: string): Promise<SigningKey | null> {
  try {
    const jwk = JSON.parse(json) as JWK;
    if (typeof jwk.d !== 'string') return null;
    const alg = jwk.alg ?? DEFAULT_ALGS[jwk.crv ?? jwk.kty ?? ''];
    if (alg === undefined) return null;
    const { key_ops: _operations, use: _use, ...rest } = jwk;
    const key = await importJWK(rest, alg);
    return key instanceof Uint8Array
      ? null
      : { key: key as CryptoKey, kid: typeof jwk.kid === 'string' ? jwk.kid : null, alg };
  } catch {
    return null;
  }
}

/** The public part of a private JWK, to be registered at the server; `null` where the text is none. */
export function publicJwk(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const jwk = JSON.parse(json) as Record<string, unknown>;
    if (typeof jwk['kty'] !== 'string' || jwk['kty'] === 'oct') return null;
    const hidden = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'key_ops'];
    return Object.fromEntries(Object.entries(jwk).filter(([name]) => !hidden.includes(name)));
  } catch {
    return null;
  }
}
