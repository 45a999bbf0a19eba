import { type DemoCase, soundServerClient } from '../case.ts';

export const formPost: DemoCase = {
  id: 'form-post',
  title: 'Authorization response posted to the callback (response_mode=form_post)',
  client: { ...soundServerClient, responseMode: 'form_post' },
  wire: {
    authorizationRequest: {
      has: ['response_type=code', 'response_mode=form_post', 'state', 'nonce', 'code_challenge_method=S256'],
      lacks: ['client_secret'],
    },
    authorizationResponse: { channel: 'form_post', has: ['code', 'state', 'iss'], lacks: ['access_token'] },
    tokenRequest: { sentBy: 'server', has: ['code', 'code_verifier'], lacks: ['client_secret'] },
    tokens: ['access_token', 'id_token'],
  },
  expected: { nothingAbove: 'info' },
};
