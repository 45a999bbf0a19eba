import { type DemoCase, soundPageClient } from '../case.ts';

export const pkcePlain: DemoCase = {
  id: 'pkce-plain',
  title: 'PKCE with the method plain: the challenge is the verifier',
  client: { ...soundPageClient, pkce: 'plain' },
  server: { plainPkce: true },
  wire: {
    authorizationRequest: { has: ['state', 'code_challenge', 'code_challenge_method=plain'], lacks: ['nonce'] },
    authorizationResponse: { channel: 'query', has: ['code', 'state', 'iss'], lacks: ['error'] },
    tokenRequest: { sentBy: 'page', has: ['code', 'code_verifier'], lacks: ['client_secret'] },
    tokens: ['access_token'],
  },
  expected: { exactly: [{ rule: 'pkce-plain', severity: 'medium' }] },
};
