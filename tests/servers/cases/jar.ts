import { type DemoCase, soundServerClient } from '../case.ts';

export const jar: DemoCase = {
  id: 'jar',
  title: 'Authorization request as a signed object (JAR)',
  client: { ...soundServerClient, signsRequest: true },
  wire: {
    authorizationRequest: {
      has: ['client_id', 'request', 'response_type=code', 'state', 'nonce', 'code_challenge_method=S256'],
      lacks: ['client_secret', 'request_uri'],
    },
    authorizationResponse: { channel: 'query', has: ['code', 'state', 'iss'], lacks: ['access_token'] },
    tokenRequest: { sentBy: 'server', has: ['code', 'code_verifier'], lacks: ['client_secret'] },
    tokens: ['access_token', 'id_token'],
  },
  expected: { nothingAbove: 'info' },
};
