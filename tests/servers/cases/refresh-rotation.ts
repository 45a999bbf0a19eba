import { type DemoCase, soundPageClient } from '../case.ts';

export const refreshRotation: DemoCase = {
  id: 'refresh-rotation',
  title: 'Sign-in, then new tokens with a refresh token that each use replaces',
  client: {
    ...soundPageClient,
    scope: 'openid profile offline_access',
    sendsNonce: true,
    readsMetadata: true,
    checks: ['state', 'iss', 'nonce'],
    refreshes: true,
  },
  wire: {
    authorizationRequest: {
      has: ['response_type=code', 'state', 'nonce', 'code_challenge_method=S256', 'prompt=consent'],
      lacks: ['client_secret'],
    },
    authorizationResponse: { channel: 'query', has: ['code', 'state', 'iss'], lacks: ['access_token'] },
    tokenRequest: { sentBy: 'page', has: ['code', 'code_verifier', 'client_id'], lacks: ['client_secret'] },
    tokens: ['access_token', 'id_token', 'refresh_token'],
    others: [
      {
        path: '/token',
        sentBy: 'page',
        has: ['grant_type=refresh_token', 'refresh_token', 'client_id'],
        lacks: ['client_secret'],
      },
    ],
  },
  expected: { nothingAbove: 'info' },
};
