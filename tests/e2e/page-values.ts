import { encodeBase64url } from '../../lib/token/base64url.ts';

/** Values that nobody gave out, in the shapes that servers give out. */
export const ACCESS_TOKEN = '2YotnFZFEjr1zCsicMWpAA8h3kQv7Lr0';
export const REFRESH_TOKEN = 'tGzv3JOkF0XG5Qx2TlKWIA0bN9cD4eF7';
export const CLIENT_SECRET = 'q7Zr2mXw9Lk4Tn8Vb3Jc6Hd1Ps5Gf0Ya';

/** A signed token, good for an hour from now; nobody checks its signature. */
export function freshJwt(
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = { alg: 'RS256', kid: 'k1' },
): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => encodeBase64url(new TextEncoder().encode(JSON.stringify(value)));
  return `${part(header)}.${part({ iat: now, exp: now + 3600, ...claims })}.c2lnbmF0dXJl`;
}
