import { type DemoCase, soundPageClient } from '../case.ts';

export const logout: DemoCase = {
  id: 'logout',
  title: 'Sign-in and renewal, then the page revokes its refresh token and signs the person out at the server',
  client: {
    ...soundPageClient,
    scope: 'openid profile offline_access',
    sendsNonce: true,
    readsMetadata: true,
    checks: ['state', 'iss', 'nonce'],
    refreshes: true,
    signsOut: true,
  },
  wire: {
    authorizationRequest: {
      has: ['response_type=code', 'state', 'nonce', 'code_challenge', 'code_challenge_method=S256'],
      lacks: ['client_secret'],
    },
    authorizationResponse: { channel: 'query', has: ['code', 'state', 'iss'], lacks: ['access_token'] },
    tokenRequest: { sentBy: 'page', has: ['code', 'code_verifier', 'client_id'], lacks: ['client_secret'] },
    tokens: ['access_token', 'id_token', 'refresh_token'],
    others: [
      { path: '/token', sentBy: 'page', has: ['grant_type=refresh_token', 'refresh_token'], lacks: ['client_secret'] },
      { path: '/token/revocation', sentBy: 'page', has: ['token', 'client_id'], lacks: ['client_secret'] },
      {
        path: '/session/end',
        sentBy: 'page',
        has: ['id_token_hint', 'post_logout_redirect_uri', 'client_id', 'state'],
        lacks: [],
      },
    ],
  },
  expected: { nothingAbove: 'info' },
};
