import { type Origins, STRICT_HEADERS } from './demo-site.ts';
import type { Site } from './https-front.ts';

/** What the API learns of an access token. */
export interface TokenFacts {
  readonly account: string;
  /** To a key of the client (RFC 9449). */
  readonly bound: boolean;
}

/** The protected resource `api.example`: one document, for whoever shows an access token (RFC 6750 §2.1, §3; RFC 9449 §7). */
export function createApiSite(origins: Origins, factsOf: (accessToken: string) => Promise<TokenFacts | null>): Site {
  return async (request, response) => {
    const headers = { ...STRICT_HEADERS, 'access-control-allow-origin': origins.app, vary: 'origin' };
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { ...headers, 'access-control-allow-headers': 'authorization, dpop' }).end();
      return;
    }
    const [scheme = '', token] = (request.headers.authorization ?? '').split(' ');
    const facts = token === undefined ? null : await factsOf(token);
    // A bound token is no bearer token (RFC 9449 §7.1); its proof is not verified here.
    const asBound = scheme === 'DPoP' && request.headers['dpop'] !== undefined;
    if (facts === null || (facts.bound ? !asBound : scheme !== 'Bearer')) {
      const name = scheme === 'DPoP' ? 'DPoP' : 'Bearer';
      const challenge = token === undefined ? name : `${name} error="invalid_token"`;
      response.writeHead(401, { ...headers, 'www-authenticate': challenge }).end();
      return;
    }
    response
      .writeHead(200, { ...headers, 'content-type': 'application/json' })
      .end(JSON.stringify({ sub: facts.account }));
  };
}
