import { encodeBase64url } from './base64url.ts';

/** BASE64URL(SHA-256(ASCII(value))): the S256 transformation of RFC 7636 §4.2. */
export async function sha256Base64url(value: string): Promise<string> {
  return encodeBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(value))));
}
