import { publicJwk } from '../token/private-key.ts';

/** The public half of a private JWK, to be registered; `null` where there is none. */
export function publicKeyText(json: string): string | null {
  const jwk = publicJwk(json);
  return jwk === null ? null : JSON.stringify(jwk, null, 2);
}
