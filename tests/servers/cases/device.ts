import { type DemoCase, soundServerClient } from '../case.ts';

export const device: DemoCase = {
  id: 'device',
  title: 'A device shows a code, and the person enters it in the browser (device authorization grant)',
  client: { ...soundServerClient, grant: 'device' },
  wire: {
    authorizationRequest: null,
    authorizationResponse: null,
    tokenRequest: { sentBy: 'server', has: ['device_code'], lacks: ['code', 'client_secret'] },
    tokens: ['access_token', 'id_token'],
    authorizationRequests: 0,
    others: [{ path: '/device/auth', sentBy: 'server', has: ['scope'], lacks: ['client_secret'] }],
  },
  expected: { nothingAbove: 'info' },
  unseen: true,
};
