/** The callback of the code that the requests below redeem. */
export const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';

/** The `code_verifier` of RFC 7636 appendix B, as a parameter that follows others. */
export const VERIFIER = '&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

/** A token request that redeems the code; `more`: parameters that follow; `before`: lines above it, such as `# time +1`. */
export function codeExchange({ more = '', code = 'SplxlOBeZQQYbYS6WxSbIA', before = '' } = {}): string {
  return `
${before}
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=${code}&client_id=web1${more}
`;
}

/** An answer to the request before it. */
export function answer(status: number, members: Readonly<Record<string, string>>): string {
  return `\n${status}\nContent-Type: application/json\n\n${JSON.stringify(members)}\n`;
}

export const TOKENS = answer(200, { access_token: '2YotnFZFEjr1zCsicMWpAA', token_type: 'Bearer' });
export const OTHER_TOKENS = answer(200, { access_token: 'Zz9yX8wV7uT6sR5qP4oN3m', token_type: 'Bearer' });
export const REFUSED = answer(400, { error: 'invalid_grant' });
