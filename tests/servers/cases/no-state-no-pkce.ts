import { type DemoCase, soundPageClient } from '../case.ts';

export const noStateNoPkce: DemoCase = {
  id: 'no-state-no-pkce',
  title: 'No state, no PKCE, no nonce; the page exchanges the code',
  client: { ...soundPageClient, sendsState: false, pkce: null, checks: ['iss'] },
  server: { pkceOptional: true },
  wire: {
    authorizationRequest: { has: ['response_type=code'], lacks: ['state', 'nonce', 'code_challenge'] },
    authorizationResponse: { channel: 'query', has: ['code', 'iss'], lacks: ['state'] },
    tokenRequest: { sentBy: 'page', has: ['code', 'client_id'], lacks: ['code_verifier', 'client_secret'] },
    tokens: ['access_token'],
  },
  expected: {
    exactly: [
      { rule: 'missing-state', severity: 'high' },
      { rule: 'missing-pkce', severity: 'high' },
    ],
  },
};
