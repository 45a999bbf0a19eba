import { base64urlText } from './base64url.ts';

/** `user` and `password` of HTTP Basic (RFC 7617 §2); `null` where it is another scheme or broken. */
export function basicCredentials(authorization: string | null): { user: string; password: string } | null {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = base64urlText(encoded.replace(/=+$/, '').replace(/\+/g, '-').replace(/\//g, '_'));
  const colon = text?.indexOf(':') ?? -1;
  if (text === null || colon < 0) return null;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
