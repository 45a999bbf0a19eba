import { type DemoCase, soundPageClient } from '../case.ts';

export const implicit: DemoCase = {
  id: 'implicit',
  title: 'Implicit grant with state and nonce: the access token comes back in the fragment',
  // OpenID Connect has no `response_type=token` alone, and so neither has the server (OIDC Core §3).
  client: {
    ...soundPageClient,
    grant: 'implicit',
    scope: 'openid profile',
    pkce: null,
    sendsNonce: true,
    checks: ['state', 'nonce'],
  },
  wire: {
    authorizationRequest: { has: ['response_type=id_token token', 'state', 'nonce'], lacks: ['code_challenge'] },
    authorizationResponse: { channel: 'fragment', has: ['access_token', 'id_token', 'state'], lacks: ['code'] },
    tokenRequest: null,
    tokens: ['access_token', 'id_token'],
  },
  expected: { exactly: [{ rule: 'implicit-flow', severity: 'high', children: ['token-in-fragment'] }] },
};
