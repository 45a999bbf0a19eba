import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { caseUrls, type DemoSetup, formBody, STRICT_HEADERS } from './demo-site.ts';
import { htmlPage } from './html.ts';
import type { Site } from './https-front.ts';
import { loginForm, PAGE_HEADERS } from './sign-in-pages.ts';

/** Everything below this path of the authorization server is the stub's. */
export const KEYCLOAK_REALM = '/realms/demo';
const ENDPOINTS = `${KEYCLOAK_REALM}/protocol/openid-connect`;
const LOGIN = `${KEYCLOAK_REALM}/login-actions/authenticate`;

/** Seconds, as Keycloak sets them unless it is told otherwise. */
const ACCESS_LIFETIME = 300;
const REFRESH_LIFETIME = 1800;

export interface KeycloakStub {
  readonly site: Site;
  /** Whom an access token is for. */
  accountOf(accessToken: string): Promise<string | null>;
}

interface SignedIn {
  readonly account: string;
  readonly clientId: string;
  readonly scope: string;
  readonly sessionId: string;
}

interface Code extends SignedIn {
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
}

/**
 * Stands for a Keycloak server where `keycloak-js` needs one: the library reads access and refresh tokens as JWTs, and
 * oidc-provider's refresh tokens are none. Addresses, parameters and tokens have Keycloak's shape; it knows the clients
 * of this demo, codes are good once, and the verifier of PKCE is checked.
 */
export function createKeycloakStub({ origins, cases }: DemoSetup): KeycloakStub {
  const issuer = origins.as + KEYCLOAK_REALM;
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ownKey = randomBytes(64);
  const pending = new Map<string, URLSearchParams>();
  const codes = new Map<string, Code>();

  const isRegistered = (clientId: string | null, redirectUri: string | null) =>
    cases.some(({ id }) => id === clientId && redirectUri === caseUrls(origins, id).callback);

  function jwt(claims: Readonly<Record<string, unknown>>, lifetime: number) {
    return new SignJWT({ ...claims })
      .setIssuer(issuer)
      .setIssuedAt()
      .setExpirationTime(`${lifetime} s`)
      .setJti(randomUUID());
  }

  async function tokens({ account, clientId, scope, sessionId }: SignedIn, nonce?: string) {
    const common = { sub: account, azp: clientId, sid: sessionId };
    const header = { alg: 'ES256', typ: 'JWT', kid: 'stub-es256' };
    const access = await jwt({ ...common, aud: 'account', typ: 'Bearer', scope }, ACCESS_LIFETIME)
      .setProtectedHeader(header)
      .sign(keys.privateKey);
    const refresh = await jwt({ ...common, aud: issuer, typ: 'Refresh', scope }, REFRESH_LIFETIME)
      .setProtectedHeader({ alg: 'HS512', typ: 'JWT', kid: 'stub-hs512' })
      .sign(ownKey);
    const at_hash = createHash('sha256').update(access).digest().subarray(0, 16).toString('base64url');
    const identity = { ...common, aud: clientId, typ: 'ID', at_hash, preferred_username: account, nonce };
    return {
      access_token: access,
      expires_in: ACCESS_LIFETIME,
      refresh_expires_in: REFRESH_LIFETIME,
      refresh_token: refresh,
      token_type: 'Bearer',
      id_token: await jwt(identity, ACCESS_LIFETIME).setProtectedHeader(header).sign(keys.privateKey),
      'not-before-policy': 0,
      session_state: sessionId,
      scope,
    };
  }

  /** The account signed in with; the answer goes where the client wants it (`response_mode`). */
  function callbackUrl(request: URLSearchParams, account: string): string {
    const sessionId = randomUUID();
    const code = `${randomUUID()}.${sessionId}.${randomUUID()}`;
    const redirectUri = request.get('redirect_uri') ?? '';
    codes.set(code, {
      account,
      clientId: request.get('client_id') ?? '',
      scope: request.get('scope') ?? '',
      sessionId,
      redirectUri,
      challenge: request.get('code_challenge') ?? '',
      nonce: request.get('nonce') ?? '',
    });
    const state = request.get('state') ?? '';
    const response = new URLSearchParams({ state, session_state: sessionId, iss: issuer, code });
    return `${redirectUri}${request.get('response_mode') === 'fragment' ? '#' : '?'}${response}`;
  }

  async function grant(form: URLSearchParams): Promise<object | null> {
    if (form.get('grant_type') === 'refresh_token') {
      const { payload } = await jwtVerify(form.get('refresh_token') ?? '', ownKey, { issuer });
      const { sub: account, azp: clientId, sid: sessionId, scope } = payload as Record<string, string>;
      if (clientId !== form.get('client_id')) return null;
      return tokens({ account, clientId, sessionId, scope } as SignedIn);
    }
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const hash = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const fits =
      code?.clientId === form.get('client_id') &&
      code.redirectUri === form.get('redirect_uri') &&
      code.challenge === hash;
    return fits ? tokens(code, code.nonce) : null;
  }

  const site: Site = async (request, response) => {
    const url = new URL(request.url ?? '/', origins.as);
    if (
      url.pathname === `${ENDPOINTS}/auth` &&
      isRegistered(url.searchParams.get('client_id'), url.searchParams.get('redirect_uri'))
    ) {
      const session = randomBytes(32).toString('base64url');
      pending.set(session, url.searchParams);
      response.writeHead(200, PAGE_HEADERS).end(htmlPage('Sign in', loginForm(`${LOGIN}?session_code=${session}`)));
    } else if (url.pathname === LOGIN && request.method === 'POST') {
      const asked = pending.get(url.searchParams.get('session_code') ?? '');
      const account = (await formBody(request)).get('login');
      if (!asked || !account) return void response.writeHead(400, PAGE_HEADERS).end();
      response.writeHead(302, { ...STRICT_HEADERS, location: callbackUrl(asked, account) }).end();
    } else if (url.pathname === `${ENDPOINTS}/token` && request.method === 'POST') {
      const granted = await grant(await formBody(request)).catch(() => null);
      response
        .writeHead(granted ? 200 : 400, {
          ...STRICT_HEADERS,
          'content-type': 'application/json',
          // The library sends its requests with credentials (Fetch §3.3.4).
          'access-control-allow-origin': origins.app,
          'access-control-allow-credentials': 'true',
          vary: 'origin',
        })
        .end(JSON.stringify(granted ?? { error: 'invalid_grant' }));
    } else {
      response.writeHead(404, PAGE_HEADERS).end();
    }
  };

  return {
    site,
    accountOf: async (accessToken) => {
      const verified = await jwtVerify(accessToken, keys.publicKey, { issuer, audience: 'account' }).catch(() => null);
      return verified?.payload.sub ?? null;
    },
  };
}
