import { type DemoCase, soundPageClient } from '../case.ts';

export const s256NoState: DemoCase = {
  id: 's256-no-state',
  title: 'PKCE S256 alone protects the callback: no state',
  client: { ...soundPageClient, sendsState: false, checks: ['iss'] },
  wire: {
    authorizationRequest: { has: ['code_challenge', 'code_challenge_method=S256'], lacks: ['state', 'nonce'] },
    authorizationResponse: { channel: 'query', has: ['code', 'iss'], lacks: ['state'] },
    tokenRequest: { sentBy: 'page', has: ['code', 'code_verifier'], lacks: ['client_secret'] },
    tokens: ['access_token'],
  },
  expected: { nothingAbove: 'low' },
};
