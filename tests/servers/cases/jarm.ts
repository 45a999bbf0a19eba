import { type DemoCase, soundServerClient } from '../case.ts';

export const jarm: DemoCase = {
  id: 'jarm',
  title: 'Pushed request, and the response comes as a signed object (PAR and JARM)',
  client: { ...soundServerClient, responseMode: 'jwt', pushes: true },
  wire: {
    authorizationRequest: { has: ['client_id', 'request_uri'], lacks: ['state', 'redirect_uri', 'code_challenge'] },
    authorizationResponse: { channel: 'query', has: ['response', 'code', 'state', 'iss'], lacks: ['access_token'] },
    tokenRequest: { sentBy: 'server', has: ['code', 'code_verifier'], lacks: ['client_secret'] },
    tokens: ['access_token', 'id_token'],
    others: [
      {
        path: '/par',
        sentBy: 'server',
        has: ['response_mode=jwt', 'redirect_uri', 'state', 'nonce', 'code_challenge_method=S256'],
        lacks: ['client_secret'],
      },
    ],
  },
  expected: { nothingAbove: 'info' },
};
