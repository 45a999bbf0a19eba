import { type DemoCase, soundPageClient } from '../case.ts';

export const dpop: DemoCase = {
  id: 'dpop',
  title: 'The page binds its tokens to a key of its own (DPoP)',
  client: {
    ...soundPageClient,
    scope: 'openid profile',
    sendsNonce: true,
    readsMetadata: true,
    checks: ['state', 'iss', 'nonce'],
    bindsTokens: true,
  },
  wire: {
    authorizationRequest: {
      has: ['response_type=code', 'state', 'nonce', 'code_challenge', 'code_challenge_method=S256'],
      lacks: ['client_secret'],
    },
    authorizationResponse: { channel: 'query', has: ['code', 'state', 'iss'], lacks: ['access_token'] },
    tokenRequest: { sentBy: 'page', has: ['code', 'code_verifier', 'client_id'], lacks: ['client_secret'] },
    tokens: ['access_token', 'id_token'],
  },
  expected: { nothingAbove: 'info' },
};
