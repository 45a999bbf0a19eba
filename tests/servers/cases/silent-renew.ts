import { type DemoCase, soundPageClient } from '../case.ts';

export const silentRenew: DemoCase = {
  id: 'silent-renew',
  title: 'Sign-in, then new tokens through prompt=none in a hidden frame',
  client: {
    ...soundPageClient,
    scope: 'openid profile',
    sendsNonce: true,
    readsMetadata: true,
    checks: ['state', 'iss', 'nonce'],
    renewsSilently: true,
  },
  wire: {
    authorizationRequest: {
      has: ['response_type=code', 'state', 'nonce', 'code_challenge', 'code_challenge_method=S256'],
      lacks: ['client_secret'],
    },
    authorizationResponse: { channel: 'query', has: ['code', 'state', 'iss'], lacks: ['access_token', 'error'] },
    tokenRequest: { sentBy: 'page', has: ['code', 'code_verifier', 'client_id'], lacks: ['client_secret'] },
    tokens: ['access_token', 'id_token'],
    authorizationRequests: 2,
  },
  expected: { nothingAbove: 'info' },
};
