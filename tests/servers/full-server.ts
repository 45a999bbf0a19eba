import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { htmlPage } from './html.ts';
import { memoryAdapter } from './memory-adapter.ts';
import { PROVIDER_DEFAULTS } from './provider-defaults.ts';
import { answerInteraction, PAGE_HEADERS } from './sign-in-pages.ts';

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const FULL_SECRET = 'not-a-secret-but-long-enough-for-one';

/** A client that is known by the document at its address alone; what the server is told there says `documentOf`. */
export const DOCUMENT_CLIENT = 'https://client.example/oauth.json';

/** draft-ietf-oauth-client-id-metadata-document §4 */
export function documentOf(redirectUri: string) {
  return {
    client_id: DOCUMENT_CLIENT,
    client_name: 'Described client',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  };
}

/** A request as the server received it, for comparing with what is shown. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Query or form fields, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** What the server answers otherwise than it would; `null`: it answers itself. Called with what came. */
export type Tamper = (path: string, response: ServerResponse, request: IncomingMessage) => boolean;

export interface FullServer {
  /** `http://127.0.0.1:…` */
  readonly issuer: string;
  /** Answers 401 without a token, and says where its metadata is (RFC 9728). */
  readonly resource: string;
  /** Private JWK of the clients `key` and `signed`, as JSON. */
  readonly clientKey: string;
  readonly received: Received[];
  /** Changes what a handler is about to send. */
  alter: ((ctx: KoaContextWithOIDC) => void) | null;
  /** Answers instead of the server; false: does not. */
  answer: Tamper | null;
  stop(): Promise<void>;
}

function jwkOf(key: KeyObject, kid: string) {
  return { ...key.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' } as const;
}

/**
 * Clients: `public`, `basic`, `post`, `jwt` (client_secret_jwt), `key` (private_key_jwt), `signed` (public, with a key
 * for request objects), `tv` (device), `service` (client credentials, exchange), `service-` with the name of a method.
 */
function configuration(redirectUri: string, resource: string, publicKey: object): Configuration {
  const code = { redirect_uris: [redirectUri], grant_types: ['authorization_code', 'refresh_token'] };
  const base = { ...code, authorization_signed_response_alg: 'ES256', id_token_signed_response_alg: 'ES256' } as const;
  const secret = { ...base, client_secret: FULL_SECRET };
  const keyed = { ...base, jwks: { keys: [publicKey] } };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    ...PROVIDER_DEFAULTS,
    adapter: memoryAdapter(),
    clients: [
      {
        client_id: 'public',
        ...base,
        token_endpoint_auth_method: 'none',
        post_logout_redirect_uris: [redirectUri],
        authorization_details_types: ['payment'],
      },
      { client_id: 'basic', ...secret, token_endpoint_auth_method: 'client_secret_basic' },
      { client_id: 'post', ...secret, token_endpoint_auth_method: 'client_secret_post' },
      { client_id: 'jwt', ...secret, token_endpoint_auth_method: 'client_secret_jwt' },
      { client_id: 'key', ...keyed, token_endpoint_auth_method: 'private_key_jwt' },
      { client_id: 'signed', ...keyed, token_endpoint_auth_method: 'none', request_object_signing_alg: 'ES256' },
      {
        client_id: 'tv',
        ...base,
        redirect_uris: [],
        response_types: [],
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        token_endpoint_auth_method: 'none',
      },
      {
        client_id: 'service',
        client_secret: FULL_SECRET,
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials', TOKEN_EXCHANGE],
      },
      ...(['client_secret_post', 'client_secret_jwt', 'private_key_jwt'] as const).map((method) => ({
        client_id: `service-${method}`,
        ...(method === 'private_key_jwt' ? { jwks: { keys: [publicKey] } } : { client_secret: FULL_SECRET }),
        token_endpoint_auth_method: method,
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
      })),
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256' },
    jwks: { keys: [jwkOf(privateKey, 'full-es256')] },
    cookies: { keys: [randomBytes(32)] },
    // What the server fetches of others is the document alone.
    fetch: (url) =>
      Promise.resolve(
        String(url) === DOCUMENT_CLIENT ? Response.json(documentOf(redirectUri)) : new Response(null, { status: 404 }),
      ),
    scopes: ['openid', 'offline_access', 'profile', 'read'],
    claims: { openid: ['sub'], profile: ['name'] },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: id }) }),
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    enabledJWA: {
      dPoPSigningAlgValues: ['ES256'],
      idTokenSigningAlgValues: ['ES256'],
      authorizationSigningAlgValues: ['ES256'],
      requestObjectSigningAlgValues: ['ES256'],
      clientAuthSigningAlgValues: ['ES256', 'HS256'],
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      pushedAuthorizationRequests: { enabled: true },
      requestObjects: { enabled: true },
      jwtResponseModes: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true },
      userinfo: { enabled: true },
      registration: { enabled: true },
      clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
      richAuthorizationRequests: {
        enabled: true,
        types: { payment: { validate: () => undefined } },
        authorizationDetailsForGrantSource: (ctx: KoaContextWithOIDC) => ctx.oidc.entities.Grant?.rar,
        authorizationDetailsForAccessToken: (ctx: KoaContextWithOIDC) => ctx.oidc.entities.Grant?.rar,
        authorizationDetailsForIntrospection: (_ctx: KoaContextWithOIDC, token: { rar?: unknown }) => token.rar,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => [],
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, indicator) => {
          if (indicator !== resource) throw new errors.InvalidTarget();
          return { scope: 'read', audience: resource, accessTokenFormat: 'opaque', accessTokenTTL: 600 };
        },
      },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (ctx, form) =>
          page(ctx, 'Enter the code of your device', `${form}<button form="op.deviceInputForm">Continue</button>`),
        userCodeConfirmSource: (ctx, form) =>
          page(ctx, 'Confirm the device', `${form}<button id="go" form="op.deviceConfirmForm">Continue</button>`),
        successSource: (ctx) => page(ctx, 'Device connected', '<p data-outcome="done">Connected.</p>'),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) =>
          page(
            ctx,
            'Sign out',
            `<div data-step="logout">${form}<button id="go" form="op.logoutForm" name="logout" value="yes">Sign out</button></div>`,
          ),
        postLogoutSuccessSource: (ctx) => page(ctx, 'Signed out', '<p data-outcome="done">Signed out.</p>'),
      },
    } as NonNullable<Configuration['features']>,
  };
}

function page(ctx: KoaContextWithOIDC, title: string, body: string): void {
  ctx.set(PAGE_HEADERS);
  ctx.body = htmlPage(title, body);
}

/** RFC 8693 for access tokens of this server: another access token of the same account, for the one who asks. */
function addTokenExchange(provider: Provider): void {
  provider.registerGrantType<{ subject_token?: string; scope?: string }>(
    TOKEN_EXCHANGE,
    async (ctx) => {
      const { params, client } = ctx.oidc;
      const subject = await provider.AccessToken.find(params.subject_token ?? '');
      if (subject === undefined) throw new errors.InvalidGrant('the subject token is not valid');
      const token = new provider.AccessToken({
        accountId: subject.accountId,
        client,
        grantId: subject.grantId ?? '',
        gty: 'token_exchange',
        scope: subject.scope ?? '',
      });
      ctx.body = {
        access_token: await token.save(),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: token.expiration,
      };
    },
    ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'scope', 'resource'],
    'resource',
  );
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** RFC 9728: says where it can be unlocked, and opens for an access token of the server that was made for it. */
function answerResource(origin: string, issuer: string, provider: Provider) {
  const resource = `${origin}/api`;
  const metadata = `${origin}/.well-known/oauth-protected-resource/api`;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const json = (status: number, body: object, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    const { pathname } = new URL(request.url ?? '/', origin);
    if (`${origin}${pathname}` === metadata) {
      json(200, {
        resource,
        authorization_servers: [issuer],
        scopes_supported: ['read'],
        dpop_signing_alg_values_supported: ['ES256'],
      });
      return;
    }
    if (pathname !== '/api') {
      json(404, { error: 'not_found' });
      return;
    }
    const [scheme, value] = (request.headers.authorization ?? '').split(' ');
    const token = value === undefined ? undefined : await provider.AccessToken.find(value);
    const fits = token?.aud === resource && (token.jkt === undefined || (scheme === 'DPoP' && request.headers['dpop']));
    if (!fits) {
      const error =
        value === undefined ? '' : ', error="invalid_token", error_description="not a token for this resource"';
      json(
        401,
        { error: 'unauthorized' },
        { 'www-authenticate': `Bearer resource_metadata="${metadata}", scope="read"${error}` },
      );
      return;
    }
    json(200, { hello: token.accountId });
  };
}

/** Fields of a body that came in one piece; members of JSON that are no text as JSON. */
function bodyFields(type: string, body: Buffer): readonly (readonly [string, string])[] {
  if (type.startsWith('application/x-www-form-urlencoded')) return [...new URLSearchParams(body.toString())];
  if (!type.startsWith('application/json')) return [];
  const members = Object.entries(JSON.parse(body.toString()) as Record<string, unknown>);
  return members.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}

/** Everything that a run can meet, on this machine. Plain http, as servers under development are reached. */
export async function startFullServer(redirectUri: string): Promise<FullServer> {
  const http = createServer();
  const api = createServer();
  const issuer = await listen(http);
  const apiOrigin = await listen(api);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = jwkOf(publicKey, 'client-es256');
  const provider = new Provider(issuer, configuration(redirectUri, `${apiOrigin}/api`, publicJwk));
  addTokenExchange(provider);
  const received: Received[] = [];
  const server: FullServer = {
    issuer,
    resource: `${apiOrigin}/api`,
    clientKey: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'client-es256', alg: 'ES256' }),
    received,
    alter: null,
    answer: null,
    stop: async () => {
      for (const one of [http, api]) {
        const closed = new Promise<void>((done) => one.close(() => done()));
        one.closeAllConnections();
        await closed;
      }
    },
  };
  provider.use(async (context, next) => {
    const ctx = context as KoaContextWithOIDC;
    if (ctx.path.startsWith('/interaction/')) {
      ctx.respond = false;
      await answerInteraction(provider, ctx.req, ctx.res, ctx.path);
      return;
    }
    await next();
    server.alter?.(ctx);
  });
  const callback = provider.callback();
  const note = (request: IncomingMessage, base: string): string => {
    const url = new URL(request.url ?? '/', base);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const),
    );
    const entry = {
      method: request.method ?? '',
      path: url.pathname,
      headers,
      fields: [...url.searchParams] as (readonly [string, string])[],
    };
    received.push(entry);
    request.on('data', (chunk: Buffer) => entry.fields.push(...bodyFields(headers['content-type'] ?? '', chunk)));
    request.pause();
    return url.pathname;
  };
  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const path = note(request, issuer);
    // Each run starts signed out: browsers do not even show the window of a sign-in that needs nobody.
    if (path === '/auth') delete request.headers.cookie;
    if (server.answer?.(path, response, request) === true) return;
    void callback(request, response);
  });
  const answer = answerResource(apiOrigin, issuer, provider);
  api.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const path = note(request, apiOrigin);
    if (server.answer?.(path, response, request) === true) return;
    void answer(request, response);
  });
  return server;
}
