import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import Provider, { type ClientMetadata, type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { isRecord } from '../../lib/http/params.ts';
import { type DemoCase, hasSecret, type ServerMistake } from './case.ts';
import { caseUrls, type DemoSetup, type Origins, STRICT_HEADERS } from './demo-site.ts';
import { escapeHtml, htmlPage } from './html.ts';
import { memoryAdapter } from './memory-adapter.ts';
import { PROVIDER_DEFAULTS } from './provider-defaults.ts';
import { answerInteraction, PAGE_HEADERS } from './sign-in-pages.ts';

const PASSWORD_GRANT = 'password';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Registration data (RFC 7591) that follows from what the client does. */
function registration(demoCase: DemoCase, { origins, secrets }: DemoSetup, clientKey: JsonWebKey): ClientMetadata {
  const { id, client } = demoCase;
  const urls = caseUrls(origins, id);
  const usesSecret = client.runs === 'server' || (client.runs === 'page' && hasSecret(client));
  const postsSecret = client.runs === 'page' && client.secretInPage;
  const grant = client.runs === 'library' ? 'code' : client.grant;
  const signsRequest = client.runs === 'server' && client.signsRequest;
  return {
    client_id: id,
    client_name: demoCase.title,
    ...(usesSecret ? { client_secret: secrets.get(id) } : {}),
    token_endpoint_auth_method: postsSecret ? 'client_secret_post' : usesSecret ? 'client_secret_basic' : 'none',
    redirect_uris:
      grant === 'password' || grant === 'device'
        ? []
        : [urls.callback, ...(client.runs === 'page' && client.renewsSilently ? [urls.renewed] : [])],
    response_types: grant === 'code' ? ['code'] : grant === 'implicit' ? ['id_token token'] : [],
    grant_types: grantTypes(client),
    ...(signsRequest ? { jwks: { keys: [clientKey] }, request_object_signing_alg: 'ES256' } : {}),
    ...(client.runs === 'page' && client.signsOut ? { post_logout_redirect_uris: [urls.signedOut] } : {}),
    ...demoCase.registration,
  };
}

function grantTypes(client: DemoCase['client']): string[] {
  switch (client.runs === 'library' ? 'code' : client.grant) {
    case 'code':
      return ['authorization_code', ...(client.runs !== 'server' && client.refreshes ? ['refresh_token'] : [])];
    case 'implicit':
      return ['implicit'];
    case 'password':
      return [PASSWORD_GRANT];
    case 'device':
      return [DEVICE_GRANT];
  }
}

/** An RSA key takes its time to make, so there is one only where a client wants it. */
function signingKeys(cases: readonly DemoCase[]) {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const keys = [{ ...ec, kid: 'demo-es256', use: 'sig', alg: 'ES256' }];
  if (cases.some(({ registration }) => registration?.id_token_signed_response_alg === 'RS256')) {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    keys.push({ ...rsa, kid: 'demo-rs256', use: 'sig', alg: 'RS256' });
  }
  return { keys };
}

function showPage(ctx: KoaContextWithOIDC, title: string, body: string) {
  ctx.set(PAGE_HEADERS);
  ctx.body = htmlPage(title, body);
}

function configuration(setup: DemoSetup, clientKey: JsonWebKey): Configuration {
  const { origins, cases } = setup;
  const pkceOptional = new Set(cases.filter((one) => one.server?.pkceOptional).map((one) => one.id));
  const trusted = new Set(cases.filter((one) => one.server?.trusted).map((one) => one.id));
  return {
    ...PROVIDER_DEFAULTS,
    adapter: memoryAdapter(),
    // The name that most servers use; by default it is `/request`.
    routes: { pushed_authorization_request: '/par' },
    clients: cases.map((one) => registration(one, setup, clientKey)),
    clientDefaults: { id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256' },
    jwks: signingKeys(cases),
    cookies: {
      keys: [randomBytes(32)],
      // The session has to reach the server inside another site's frame: that is what prompt=none renewal needs.
      long: { httpOnly: true, sameSite: 'none', secure: true },
      short: { httpOnly: true, sameSite: 'lax', secure: true },
    },
    // For sign-outs by form (RP-Initiated Logout §2), which keep the ID token out of the address.
    enableHttpPostMethods: true,
    responseTypes: ['code', 'code id_token', 'id_token token', 'id_token', 'none'],
    scopes: ['openid', 'offline_access', 'profile', 'read'],
    claims: { openid: ['sub'], profile: ['name'] },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: id }) }),
    pkce: { required: (_ctx, client) => !pkceOptional.has(client.clientId) },
    // A client that is registered for refresh tokens gets one, as at the services that these libraries are made for.
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    loadExistingGrant: async (ctx) => {
      const { provider, client, session, result, params } = ctx.oidc;
      const clientId = client?.clientId ?? '';
      const grantId = result?.consent?.grantId ?? session?.grantIdFor(clientId);
      if (grantId !== undefined) return provider.Grant.find(grantId);
      if (!trusted.has(clientId)) return undefined;
      const grant = new provider.Grant({ clientId, accountId: session?.accountId ?? '' });
      grant.addOIDCScope(String(params?.['scope'] ?? ''));
      await grant.save();
      return grant;
    },
    clientBasedCORS: (_ctx, origin) => origin === origins.app,
    ttl: { ...PROVIDER_DEFAULTS.ttl, AccessToken: 300, IdToken: 300 },
    enabledJWA: { dPoPSigningAlgValues: ['ES256', 'EdDSA'], requestObjectSigningAlgValues: ['ES256'] },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      requestObjects: { enabled: true },
      jwtResponseModes: { enabled: true },
      introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (ctx, form, _out, error) =>
          showPage(
            ctx,
            'Enter the code of your device',
            `${error ? '<p>That code is not valid.</p>' : ''}${form}
<button form="op.deviceInputForm">Continue</button>`,
          ),
        userCodeConfirmSource: (ctx, form, _client, _device, code) =>
          showPage(
            ctx,
            'Confirm the device',
            `<p><code>${escapeHtml(code)}</code></p>${form}
<p data-step="device"><button id="go" form="op.deviceConfirmForm">Continue</button>
<button form="op.deviceConfirmForm" name="abort" value="yes">Cancel</button></p>`,
          ),
        successSource: (ctx) =>
          showPage(
            ctx,
            'Device connected',
            `<p data-step="connected"><a id="go" href="${escapeHtml(caseUrls(origins, ctx.oidc.client?.clientId ?? '').done)}">Back to the device</a></p>`,
          ),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) =>
          showPage(
            ctx,
            'Sign out',
            `${form}<p data-step="logout"><button id="go" form="op.logoutForm" name="logout" value="yes">Sign out</button></p>`,
          ),
        postLogoutSuccessSource: (ctx) => showPage(ctx, 'Signed out', '<p data-outcome="done">You are signed out.</p>'),
      },
    },
  };
}

/** The resource owner password grant (RFC 6749 §4.3), which oidc-provider leaves out on purpose. */
function addPasswordGrant(provider: Provider) {
  provider.registerGrantType<{ username?: string; password?: string; scope?: string }>(
    PASSWORD_GRANT,
    async (ctx) => {
      const { params, client } = ctx.oidc;
      if (!params.username || !params.password) throw new errors.InvalidGrant('name and password are required');
      const grant = new provider.Grant({ accountId: params.username, clientId: client.clientId });
      const scope = params.scope ?? 'read';
      grant.addOIDCScope(scope);
      const token = new provider.AccessToken({
        accountId: params.username,
        client,
        grantId: await grant.save(),
        gty: PASSWORD_GRANT,
        scope,
      });
      ctx.body = {
        access_token: await token.save(),
        expires_in: token.expiration,
        token_type: token.tokenType,
        scope,
      };
    },
    ['username', 'password', 'scope'],
  );
}

/**
 * PKCE with `plain` (RFC 7636 §4.2) in front of a server that knows S256 only: the challenge is hashed on its way in.
 * The outcome is that of a server which compares them as they are, because a verifier fits a plain challenge exactly
 * if its hash fits the hash of that challenge. Nothing that the browser sends or receives changes.
 */
function hashPlainChallenge(ctx: KoaContextWithOIDC) {
  const query = new URLSearchParams(ctx.querystring);
  const challenge = query.get('code_challenge');
  if (challenge === null || (query.get('code_challenge_method') ?? 'plain') !== 'plain') return;
  query.set('code_challenge', createHash('sha256').update(challenge).digest('base64url'));
  query.set('code_challenge_method', 'S256');
  ctx.querystring = query.toString();
}

/** Answers one client otherwise than the server would: the attack that this client fails to notice. */
function replaceResponseParameters(ctx: KoaContextWithOIDC, origins: Origins, cases: readonly DemoCase[]) {
  const location = ctx.response.get('location');
  const target = URL.parse(location);
  if (!target) return;
  const replaces = cases.find((one) => location.startsWith(`${caseUrls(origins, one.id).callback}?`))?.server?.replaces;
  for (const [name, value] of Object.entries(replaces ?? {})) {
    if (target.searchParams.has(name)) target.searchParams.set(name, value);
  }
  if (replaces) ctx.set('location', target.href);
}

/** What the server does wrong on its way out, for clients that say so. */
const SPOILERS: Readonly<Partial<Record<ServerMistake, (ctx: KoaContextWithOIDC) => void>>> = {
  'state-left-out': (ctx) => changeResponse(ctx, (params) => params.delete('state')),
  'iss-left-out': (ctx) => changeResponse(ctx, (params) => params.delete('iss')),
  'code-twice': (ctx) => changeResponse(ctx, (params) => params.append('code', params.get('code') ?? '')),
  'cacheable-form': (ctx) => {
    if (ctx.status === 200 && ctx.path.startsWith('/auth')) ctx.set('cache-control', 'max-age=60');
  },
  'cacheable-tokens': (ctx) => {
    if (ctx.path === '/token') ctx.set('cache-control', 'max-age=60');
  },
  'endless-tokens': (ctx) => {
    if (ctx.path === '/token' && isRecord(ctx.body)) ctx.body = { ...ctx.body, expires_in: undefined };
  },
  'tokens-as-html': (ctx) => {
    if (ctx.path !== '/token' || !isRecord(ctx.body)) return;
    ctx.body = JSON.stringify(ctx.body);
    ctx.type = 'text/html';
  },
};

/** Changes the parameters of an authorization response in the query. */
function changeResponse(ctx: KoaContextWithOIDC, change: (params: URLSearchParams) => void) {
  const target = URL.parse(ctx.response.get('location'));
  if (!target?.searchParams.has('code')) return;
  change(target.searchParams);
  ctx.set('location', target.href);
}

/** Asks the server for another nonce than the client did. */
function changeNonce(ctx: KoaContextWithOIDC) {
  const query = new URLSearchParams(ctx.querystring);
  query.set('nonce', 'of-another-sign-in');
  ctx.querystring = query.toString();
}

/** Where browsers receive the answers to sign-ins of extensions: Chromium, Firefox. */
const EXTENSION_CALLBACK = /^https:\/\/(?:[a-p]{32}\.chromiumapp\.org|[\da-f]{40}\.extensions\.allizom\.org)\/cb$/;

/** Every client may be run from an extension, whose address is known only when it is installed. */
function admitExtensions({ Client }: Provider) {
  const { redirectUriAllowed } = Client.prototype;
  Client.prototype.redirectUriAllowed = function allowed(value) {
    return EXTENSION_CALLBACK.test(value) || redirectUriAllowed.call(this, value);
  };
}

/** The real authorization server `as.example`; what single clients get is said in `DemoCase.server`. */
export async function createAuthorizationServer(setup: DemoSetup): Promise<Provider> {
  const { origins, cases } = setup;
  const clientKey = await crypto.subtle.exportKey('jwk', setup.clientKeys.publicKey);
  const provider = new Provider(origins.as, configuration(setup, { ...clientKey, use: 'sig', alg: 'ES256' }));
  addPasswordGrant(provider);
  admitExtensions(provider);
  const plainPkce = new Set(cases.filter((one) => one.server?.plainPkce).map((one) => one.id));
  const paths = new Map(cases.flatMap((one) => Object.entries(one.server?.paths ?? {})));
  const mistakes = new Map(cases.map((one) => [one.id, one.server?.mistakes ?? []]));
  const pageHeaders = (clientId: string) => {
    if (!mistakes.get(clientId)?.includes('framable-pages')) return PAGE_HEADERS;
    const { 'x-frame-options': _deny, 'content-security-policy': policy, ...rest } = PAGE_HEADERS;
    return { ...rest, 'content-security-policy': policy.replace("; frame-ancestors 'none'", '') };
  };

  provider.use(async (context, next) => {
    const ctx = context as KoaContextWithOIDC;
    const { 'cache-control': _own, ...headers } = STRICT_HEADERS;
    ctx.set(headers);
    if (ctx.path.startsWith('/interaction/')) {
      ctx.respond = false;
      await answerInteraction(provider, ctx.req, ctx.res, ctx.path, pageHeaders);
      return;
    }
    ctx.path = paths.get(ctx.path) ?? ctx.path;
    const asking = ctx.path === '/auth' ? String(ctx.query['client_id']) : '';
    if (plainPkce.has(asking)) hashPlainChallenge(ctx);
    if (mistakes.get(asking)?.includes('foreign-nonce')) changeNonce(ctx);
    await next();
    replaceResponseParameters(ctx, origins, cases);
    for (const mistake of mistakes.get(ctx.oidc?.client?.clientId ?? '') ?? []) SPOILERS[mistake]?.(ctx);
  });
  return provider;
}
