import { type DemoCase, soundPageClient } from '../case.ts';

export const ropc: DemoCase = {
  id: 'ropc',
  title: 'Password grant: the page takes the password and sends it to the token endpoint',
  client: { ...soundPageClient, grant: 'password', sendsState: false, pkce: null, checks: [] },
  wire: {
    authorizationRequest: null,
    authorizationResponse: null,
    tokenRequest: {
      sentBy: 'page',
      has: ['grant_type=password', 'username', 'password', 'client_id'],
      lacks: ['code', 'client_secret'],
    },
    tokens: ['access_token'],
    authorizationRequests: 0,
  },
  expected: { exactly: [{ rule: 'ropc-grant', severity: 'high' }] },
};
