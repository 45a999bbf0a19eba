import { type DemoCase, soundServerClient } from '../case.ts';

export const codePkceConfidential: DemoCase = {
  id: 'code-pkce-confidential',
  title: 'The same with a confidential client: its own server exchanges the code',
  client: soundServerClient,
  wire: {
    authorizationRequest: {
      has: ['response_type=code', 'state', 'nonce', 'code_challenge', 'code_challenge_method=S256'],
      lacks: ['client_secret'],
    },
    authorizationResponse: { channel: 'query', has: ['code', 'state', 'iss'], lacks: ['access_token'] },
    tokenRequest: { sentBy: 'server', has: ['code', 'code_verifier'], lacks: ['client_secret'] },
    tokens: ['access_token', 'id_token'],
  },
  expected: { nothingAbove: 'info' },
};
