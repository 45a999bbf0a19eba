import { type Origins, STRICT_HEADERS } from './demo-site.ts';
import type { Site } from './https-front.ts';

/** The protected resource `api.example`: one document, for bearers of an access token (RFC 6750 §2.1, §3). */
export function createApiSite(origins: Origins, accountOf: (accessToken: string) => Promise<string | null>): Site {
  return async (request, response) => {
    const headers = { ...STRICT_HEADERS, 'access-control-allow-origin': origins.app, vary: 'origin' };
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { ...headers, 'access-control-allow-headers': 'authorization' }).end();
      return;
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const account = token === undefined ? null : await accountOf(token);
    if (account === null) {
      const challenge = token === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
      response.writeHead(401, { ...headers, 'www-authenticate': challenge }).end();
      return;
    }
    response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify({ sub: account }));
  };
}
