import { calculateJwkThumbprint } from 'jose';
import { table } from '../model/table.ts';
import { encodeBase64url } from './base64url.ts';

/** BASE64URL(SHA-256(ASCII(value))): the S256 transformation of RFC 7636 §4.2. */
export async function sha256Base64url(value: string): Promise<string> {
  return encodeBase64url(await digest('SHA-256', value));
}

const HASHES = table<string>({ '256': 'SHA-256', '384': 'SHA-384', '512': 'SHA-512' });

/**
 * `at_hash` and `c_hash`: the left half of the hash that the signature algorithm of the ID token names
 * (OIDC Core §3.1.3.6, §3.3.2.11). `null` for an algorithm that names none, such as EdDSA.
 */
export async function leftHalfHash(value: string, alg: string): Promise<string | null> {
  const hash = HASHES[alg.slice(-3)];
  if (hash === undefined) return null;
  const bytes = await digest(hash, value);
  return encodeBase64url(bytes.slice(0, bytes.length / 2));
}

/** SHA-256 thumbprint of a key, BASE64URL (RFC 7638 §3); `null` where members that it needs are missing. */
export async function jwkThumbprint(jwk: Readonly<Record<string, unknown>>): Promise<string | null> {
  try {
    return await calculateJwkThumbprint({ ...jwk }, 'sha256');
  } catch {
    return null;
  }
}

async function digest(algorithm: string, value: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(algorithm, new TextEncoder().encode(value)));
}
