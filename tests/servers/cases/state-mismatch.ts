import { type DemoCase, soundPageClient } from '../case.ts';

export const stateMismatch: DemoCase = {
  id: 'state-mismatch',
  title: 'The answer carries another state and the page redeems the code all the same',
  client: { ...soundPageClient, checks: ['iss'] },
  server: { replaces: { state: 'Zm9yZWlnbi1zdGF0ZS1vZi1hbm90aGVyLWZsb3c' } },
  wire: {
    authorizationRequest: { has: ['state', 'code_challenge_method=S256'], lacks: [] },
    authorizationResponse: {
      channel: 'query',
      has: ['code', 'state=Zm9yZWlnbi1zdGF0ZS1vZi1hbm90aGVyLWZsb3c', 'iss'],
      lacks: ['error'],
    },
    tokenRequest: { sentBy: 'page', has: ['code', 'code_verifier'], lacks: ['client_secret'] },
    tokens: ['access_token'],
  },
  expected: { exactly: [{ rule: 'state-mismatch', severity: 'high' }] },
};
