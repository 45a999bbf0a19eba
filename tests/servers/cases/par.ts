import { type DemoCase, soundPageClient } from '../case.ts';

export const par: DemoCase = {
  id: 'par',
  title: 'The page pushes its request to the server first and sends a reference (PAR)',
  client: {
    ...soundPageClient,
    scope: 'openid profile',
    sendsNonce: true,
    readsMetadata: true,
    checks: ['state', 'iss', 'nonce'],
    pushes: true,
  },
  wire: {
    authorizationRequest: { has: ['client_id', 'request_uri'], lacks: ['state', 'redirect_uri', 'code_challenge'] },
    authorizationResponse: { channel: 'query', has: ['code', 'state', 'iss'], lacks: ['access_token'] },
    tokenRequest: { sentBy: 'page', has: ['code', 'code_verifier', 'client_id'], lacks: ['client_secret'] },
    tokens: ['access_token', 'id_token'],
    others: [
      {
        path: '/par',
        sentBy: 'page',
        has: ['response_type=code', 'redirect_uri', 'state', 'nonce', 'code_challenge', 'code_challenge_method=S256'],
        lacks: ['client_secret'],
      },
    ],
  },
  expected: { nothingAbove: 'info' },
};
