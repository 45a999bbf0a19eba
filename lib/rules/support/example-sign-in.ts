import { encodeBase64url } from '../../token/base64url.ts';

type Json = Readonly<Record<string, unknown>>;

/** Compact JWS whose signature nobody checks. */
export function exampleJwt(claims: Json | string, header: Json | string = { alg: 'RS256', kid: 'k1' }): string {
  const part = (value: Json | string): string =>
    encodeBase64url(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)));
  return `${part(header)}.${part(claims)}.c2lnbmF0dXJl`;
}

/** Claims of an ID token as it should be for the sign-ins below; 2026-01-01T00:00:00Z and one hour. */
export const ID_CLAIMS = {
  iss: 'https://as.example',
  sub: '248289761001',
  aud: 'web1',
  exp: 1767229200,
  iat: 1767225600,
  nonce: 'n-0S6_WzA2Mj',
} as const;

/** The claims without one of them. */
export function without(claims: Json, name: string): Json {
  return Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
}

const NONCE = 'nonce=n-0S6_WzA2Mj';

/** An OpenID request of the client; parameters follow, or replace the usual. */
export function openIdRequest(more = NONCE, responseType = 'code'): string {
  return `GET https://as.example/authorize?response_type=${encodeURIComponent(responseType)}&client_id=web1&scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7&${more}`;
}

export const CODE_CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';

/** A callback with the parameters in its fragment. */
export function fragmentCallback(params: Readonly<Record<string, string>>): string {
  return `GET https://app.example/cb#${new URLSearchParams({ state: 'af0ifjsldkjQ2w7', ...params })}`;
}

/** The code is redeemed and answered with these members. */
export function redeemed(members: Json, more = '', headers: readonly string[] = []): string {
  return `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb${more}

200
${['Content-Type: application/json', ...headers].join('\n')}

${JSON.stringify(members)}
`;
}

/** The tokens are renewed and answered with these members. */
export function refreshed(members: Json): string {
  return `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=refresh_token&refresh_token=${REFRESH_TOKEN}&client_id=web1

200
Content-Type: application/json

${JSON.stringify(members)}
`;
}

export const ACCESS_TOKEN = '2YotnFZFEjr1zCsicMWpAA';
export const REFRESH_TOKEN = 'tGzv3JOkF0XG5Qx2TlKWIA';

/** A whole sign-in by code; the claims are those of its ID token. */
export function codeSignIn(claims: Json, request = openIdRequest(), header?: Json): string {
  return `
${request}

${CODE_CALLBACK}
${redeemed({
  access_token: ACCESS_TOKEN,
  token_type: 'Bearer',
  refresh_token: REFRESH_TOKEN,
  id_token: exampleJwt(claims, header),
})}`;
}

/** The same sign-in where the browser does not show what the server gave. */
export function unreadableSignIn(): string {
  return codeSignIn(ID_CLAIMS).replace('POST', '# hides response-body\nPOST');
}

/** A whole sign-in whose ID token comes in the fragment, alone or beside the other parameters. */
export function frontSignIn(
  claims: Json,
  more: Readonly<Record<string, string>> = {},
  header?: Json,
  request?: string,
): string {
  const words = ['code' in more ? ['code'] : [], ['id_token'], 'access_token' in more ? ['token'] : []].flat();
  return `
${request ?? openIdRequest(NONCE, words.join(' '))}

${fragmentCallback({ id_token: exampleJwt(claims, header), ...more })}
`;
}

/** The metadata of the server, with these members beside the usual. */
export function metadata(more: Json = {}): string {
  return `
GET https://as.example/.well-known/openid-configuration

200
Content-Type: application/json

${JSON.stringify({
  issuer: 'https://as.example',
  authorization_endpoint: 'https://as.example/authorize',
  token_endpoint: 'https://as.example/token',
  ...more,
})}
`;
}

/** The access token of the sign-in is used. */
export const TOKEN_USED = `
GET https://api.example/me
Authorization: Bearer ${ACCESS_TOKEN}
`;

/** A whole sign-in by code whose access token has these claims. */
export function accessJwtSignIn(
  claims: Json | string,
  header: Json | string = { alg: 'RS256', kid: 'k1', typ: 'at+jwt' },
  members: Json = {},
): string {
  return `
${openIdRequest()}

${CODE_CALLBACK}
${redeemed({ access_token: exampleJwt(claims, header), token_type: 'Bearer', ...members })}`;
}

/** Claims of an access token as RFC 9068 §2.2 has them, for one hour. */
export const ACCESS_CLAIMS = {
  iss: 'https://as.example',
  sub: '248289761001',
  aud: 'https://api.example',
  exp: 1767229200,
  iat: 1767225600,
  jti: 'dbe39bf3a3ba4238a513f51d6e1691c4',
  client_id: 'web1',
  scope: 'read',
} as const;
