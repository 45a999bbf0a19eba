import type { DemoCase, Expected, LibraryClient } from './case.ts';

export interface LibraryCase extends DemoCase {
  readonly client: LibraryClient;
  /** What "Check this page" must say, which saw no answers of the token endpoint. */
  readonly checked: Expected;
}

const REFRESHING = { scope: 'openid profile offline_access', refreshes: true } as const;

function libraryCase(
  id: string,
  client: Omit<LibraryClient, 'runs'>,
  expected: Expected,
  more: Partial<Pick<LibraryCase, 'server' | 'registration' | 'checked'>> = {},
): LibraryCase {
  return {
    id,
    title: `${client.library}, tokens in ${client.keeps}`,
    client: { runs: 'library', ...client },
    ...more,
    wire: {
      authorizationRequest: {
        has: ['response_type=code', 'state', 'code_challenge', 'code_challenge_method=S256'],
        lacks: ['client_secret'],
      },
      authorizationResponse: {
        channel: ['msal-browser', 'keycloak-js'].includes(client.library) ? 'fragment' : 'query',
        has: ['code', 'state'],
        lacks: ['access_token'],
      },
      tokenRequest: { sentBy: 'page', has: ['code', 'code_verifier', 'client_id'], lacks: ['client_secret'] },
      tokens: ['access_token', 'id_token', ...(client.refreshes ? (['refresh_token'] as const) : [])],
    },
    expected,
    checked: more.checked ?? expected,
  };
}

/** Auth0's endpoints, and the only signature that its library takes. */
const AUTH0: Pick<DemoCase, 'server' | 'registration'> = {
  server: { paths: { '/authorize': '/auth', '/oauth/token': '/token' } },
  registration: { id_token_signed_response_alg: 'RS256' },
};

const OIDC_CLIENT = { library: 'oidc-client-ts', scope: 'openid profile', refreshes: false } as const;
const AUTH0_CLIENT = { library: 'auth0-spa-js', ...REFRESHING } as const;
const MSAL_CLIENT = { library: 'msal-browser', ...REFRESHING } as const;

const NOTHING: Expected = { nothingAbove: 'info' };

/** A refresh token explains the tokens that lie beside it. */
const refreshToken = (severity: 'medium' | 'low', ...children: readonly string[]): Expected => ({
  exactly: [{ rule: 'refresh-token-in-web-storage', severity, children }],
});

/** The server rotates refresh tokens, so that one in sessionStorage weighs little; without its answers nobody knows. */
const ROTATED = {
  expected: refreshToken('low', 'token-in-sessionstorage'),
  more: { checked: refreshToken('medium', 'token-in-sessionstorage') },
};

/** Real client libraries in pages: what each leaves in the storage of its origin is to be found, and nothing else. */
export const libraryCases: readonly LibraryCase[] = [
  libraryCase(
    'oidc-client-local',
    { ...OIDC_CLIENT, keeps: 'localStorage' },
    { exactly: [{ rule: 'token-in-localstorage', severity: 'medium' }] },
  ),
  libraryCase(
    'oidc-client-session',
    { ...OIDC_CLIENT, keeps: 'sessionStorage' },
    { exactly: [{ rule: 'token-in-sessionstorage', severity: 'low' }] },
  ),
  libraryCase('oidc-client-memory', { ...OIDC_CLIENT, ...REFRESHING, keeps: 'memory' }, NOTHING),
  libraryCase(
    'oidc-client-refresh',
    { ...OIDC_CLIENT, ...REFRESHING, keeps: 'localStorage' },
    refreshToken('medium', 'token-in-localstorage'),
  ),
  libraryCase(
    'react-oidc-session',
    { ...REFRESHING, library: 'react-oidc-context', keeps: 'sessionStorage' },
    ROTATED.expected,
    ROTATED.more,
  ),
  libraryCase(
    'auth0-local',
    { ...AUTH0_CLIENT, keeps: 'localStorage' },
    refreshToken('medium', 'token-in-localstorage'),
    AUTH0,
  ),
  libraryCase('auth0-memory', { ...AUTH0_CLIENT, keeps: 'memory' }, NOTHING, AUTH0),
  // Encrypted, with the key in a cookie that scripts can read.
  libraryCase('msal-local', { ...MSAL_CLIENT, keeps: 'localStorage' }, refreshToken('low')),
  libraryCase('msal-session', { ...MSAL_CLIENT, keeps: 'sessionStorage' }, ROTATED.expected, ROTATED.more),
  libraryCase('msal-memory', { ...MSAL_CLIENT, keeps: 'memory', opensWindow: true }, NOTHING),
  // Its server is a stub: the library reads refresh tokens as JWTs.
  libraryCase('keycloak-memory', { ...REFRESHING, library: 'keycloak-js', keeps: 'memory' }, NOTHING),
  libraryCase('oauth4webapi-memory', { ...REFRESHING, library: 'oauth4webapi', keeps: 'memory' }, NOTHING),
];
