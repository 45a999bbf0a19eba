import { exportJWK, importPKCS8, type JWK } from 'jose';
import { table } from '../model/table.ts';
import { encodeBase64url } from './base64url.ts';
import { toPkcs8 } from './pem.ts';

/** Algorithms under which WebCrypto reads a private key of each curve. */
const READ_AS = table<string>({
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
  X25519: 'ECDH-ES',
});

/** Whether a private key lacks its public half, which it need not hold (RFC 5915 §3, RFC 8410 §7). */
export function lacksPublicHalf({ kty, d, x }: JWK): boolean {
  return (kty === 'EC' || kty === 'OKP') && d !== undefined && x === undefined;
}

/** The key with its public half, worked out from the private one; or why it cannot be. */
export async function withPublicHalf(jwk: JWK): Promise<{ readonly jwk: JWK } | { readonly problem: string }> {
  const alg = READ_AS[jwk.crv ?? ''];
  const pkcs8 = toPkcs8(jwk);
  if (alg === undefined || pkcs8 === null) {
    return { problem: `its public half is missing, and WebCrypto has no ${jwk.crv} to work it out: ${GIVE_IT}` };
  }
  const base64 = encodeBase64url(pkcs8).replaceAll('-', '+').replaceAll('_', '/');
  try {
    const key = await importPKCS8(`-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----`, alg, {
      extractable: true,
    });
    const { kty, crv, x, y, d } = await exportJWK(key);
    if (x !== undefined) return { jwk: { kty, crv, x, ...(y === undefined ? {} : { y }), d } as JWK };
  } catch {
    // Firefox takes no private key of the NIST curves without it.
  }
  return { problem: `its public half is missing, and this browser does not work it out: ${GIVE_IT}` };
}

const GIVE_IT = 'give the public key, or the private one as a JWK';
