import { type DemoCase, soundPageClient } from '../case.ts';

export const secretInPage: DemoCase = {
  id: 'secret-in-page',
  title: 'The page sends a client secret; PKCE and state are right',
  client: { ...soundPageClient, secretInPage: true },
  wire: {
    authorizationRequest: { has: ['state', 'code_challenge_method=S256'], lacks: ['client_secret'] },
    authorizationResponse: { channel: 'query', has: ['code', 'state', 'iss'], lacks: ['error'] },
    tokenRequest: { sentBy: 'page', has: ['code', 'code_verifier', 'client_secret'], lacks: [] },
    tokens: ['access_token'],
  },
  expected: { exactly: [{ rule: 'client-secret-in-browser', severity: 'high' }] },
};
