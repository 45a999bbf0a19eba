import { type DemoCase, soundPageClient } from '../case.ts';

export const issMismatch: DemoCase = {
  id: 'iss-mismatch',
  title: "The answer carries another issuer's iss and the page redeems the code all the same",
  client: { ...soundPageClient, checks: ['state'] },
  server: { replaces: { iss: 'https://other-as.example' } },
  wire: {
    authorizationRequest: { has: ['state', 'code_challenge_method=S256'], lacks: [] },
    authorizationResponse: {
      channel: 'query',
      has: ['code', 'state', 'iss=https://other-as.example'],
      lacks: ['error'],
    },
    tokenRequest: { sentBy: 'page', has: ['code', 'code_verifier'], lacks: ['client_secret'] },
    tokens: ['access_token'],
  },
  expected: { exactly: [{ rule: 'iss-mismatch', severity: 'high' }] },
};
