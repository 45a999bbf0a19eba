import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { codePkcePublic } from './cases/code-pkce-public.ts';
import { memoryAdapter } from './memory-adapter.ts';
import { PROVIDER_DEFAULTS } from './provider-defaults.ts';
import { answerInteraction } from './sign-in-pages.ts';

/** One way in which the server does what it must not. */
export type Mistake = 'state' | 'iss' | 'signature' | 'html' | 'endless-error-page';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly origin: string | null;
}

export interface RunServer {
  /** `http://127.0.0.1:…` */
  readonly issuer: string;
  /** What the server does wrong from now on. */
  mistake: Mistake | null;
  readonly requests: SeenRequest[];
  stop(): Promise<void>;
}

export const SERVICE_SECRET = 'not-a-secret-but-long-enough-for-one';

/**
 * Clients: `public` (code, refresh), the same under the id that a demo client has, `elsewhere` (another redirect URI),
 * `service` (client credentials).
 */
function configuration(redirectUri: string): Configuration {
  const code = { grant_types: ['authorization_code', 'refresh_token'], token_endpoint_auth_method: 'none' as const };
  return {
    ...PROVIDER_DEFAULTS,
    adapter: memoryAdapter(),
    clients: [
      { client_id: 'public', redirect_uris: [redirectUri], ...code },
      { client_id: codePkcePublic.id, redirect_uris: [redirectUri], ...code },
      { client_id: 'elsewhere', redirect_uris: ['https://app.example/callback'], ...code },
      {
        client_id: 'service',
        client_secret: SERVICE_SECRET,
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
      },
    ],
    cookies: { keys: [randomBytes(32)] },
    scopes: ['openid', 'offline_access'],
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    issueRefreshToken: () => true,
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  };
}

/** Changes what the server is about to answer. */
function misbehave(ctx: KoaContextWithOIDC, mistake: Mistake | null, redirectUri: string): void {
  const target = URL.parse(ctx.response.get('location'));
  if (target?.href.startsWith(redirectUri) === true && (mistake === 'state' || mistake === 'iss')) {
    target.searchParams.set(mistake, mistake === 'state' ? 'another-state' : 'https://other.example');
    ctx.set('location', target.href);
  }
  const body = ctx.body as { id_token?: string } | null;
  if (mistake === 'signature' && ctx.path === '/token' && typeof body?.id_token === 'string') {
    const [header, payload, signature = ''] = body.id_token.split('.');
    const first = signature.startsWith('A') ? 'B' : 'A';
    ctx.body = { ...body, id_token: [header, payload, `${first}${signature.slice(1)}`].join('.') };
  }
}

/**
 * `oidc-provider` on this machine under its default CORS policy, which refuses every `Origin`. Plain http, as servers
 * under development are reached.
 */
export async function startRunServer(redirectUri: string): Promise<RunServer> {
  const http: Server = createServer();
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const { port } = http.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, configuration(redirectUri));
  const requests: SeenRequest[] = [];
  const server: RunServer = {
    issuer,
    mistake: null,
    requests,
    stop: () =>
      new Promise((done) => {
        http.close(() => done());
        http.closeAllConnections();
      }),
  };
  provider.use(async (context, next) => {
    const ctx = context as KoaContextWithOIDC;
    if (ctx.path.startsWith('/interaction/')) {
      ctx.respond = false;
      await answerInteraction(provider, ctx.req, ctx.res, ctx.path);
      return;
    }
    await next();
    if (server.mistake === 'endless-error-page' && ctx.status >= 400 && ctx.get('sec-fetch-dest') === 'document') {
      // The page shows, its end does not come. Firefox asks once without a window, and that request ends.
      ctx.respond = false;
      ctx.remove('content-length');
      ctx.res.write(ctx.body);
      return;
    }
    misbehave(ctx, server.mistake, redirectUri);
  });
  const callback = provider.callback();
  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', issuer);
    requests.push({ method: request.method ?? '', path: pathname, origin: request.headers.origin ?? null });
    // Each run starts signed out: browsers do not even show the window of a sign-in that needs nobody.
    if (pathname === '/auth') delete request.headers.cookie;
    if (server.mistake === 'html' && pathname.startsWith('/.well-known/')) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><h1>Welcome</h1>');
      return;
    }
    void callback(request, response);
  });
  return server;
}
