import { expect, test } from 'vitest';

import type { ClientType } from '../../../lib/model/flow.ts';
import { answer, authorize, flowsOf, redirect, tokenRequest, trace } from './flows.ts';

const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const REDEEM = tokenRequest('grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1');
const FROM_PAGE = `# initiator https://app.example\n${REDEEM}`;

test.each<[string, string, ClientType, string]>([
  ['nothing but the request', authorize({}), 'unknown', 'no-evidence'],
  ['a callback without an answer', trace(authorize({}), CALLBACK), 'unknown', 'no-evidence'],
  ['a callback that is answered by a page', trace(authorize({}), CALLBACK, '200'), 'unknown', 'no-evidence'],
  [
    'a callback that is answered by a redirect',
    trace(authorize({}), CALLBACK, redirect('/home')),
    'confidential',
    'server-callback',
  ],
  [
    'a posted callback that is answered by a redirect',
    trace(
      authorize({}),
      'POST https://app.example/cb\nContent-Type: application/x-www-form-urlencoded\n\ncode=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
      redirect('/home', 303),
    ),
    'confidential',
    'server-callback',
  ],
  [
    'an error that is answered by a redirect',
    trace(authorize({}), 'GET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7', redirect('/')),
    'unknown',
    'no-evidence',
  ],
  [
    'a fragment, which no server sees, is answered by a redirect',
    trace(
      authorize({ type: 'code id_token' }),
      'GET https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
      redirect('/home'),
    ),
    'unknown',
    'no-evidence',
  ],
  ['a token request of the page', trace(authorize({}), CALLBACK, FROM_PAGE), 'public', 'browser-token-request'],
  [
    'a token request of the page, although the callback was answered by a redirect',
    trace(authorize({}), CALLBACK, redirect('/home'), FROM_PAGE),
    'public',
    'browser-token-request',
  ],
  [
    'a token request of nobody knows whom',
    trace(authorize({}), CALLBACK, redirect('/home'), REDEEM),
    'unknown',
    'no-evidence',
  ],
  [
    'a token request of the page that belongs to the flow by its client id alone',
    trace(authorize({}), FROM_PAGE),
    'unknown',
    'no-evidence',
  ],
  [
    'a token request in a recording of a browser',
    trace(authorize({}), CALLBACK, REDEEM, answer({}), '# resource document\nGET https://app.example/'),
    'public',
    'browser-token-request',
  ],
  [
    'a private-use scheme, and its callback',
    trace(
      authorize({ to: 'com.example.app:/cb' }),
      'GET com.example.app:/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
    ),
    'public',
    'private-use-scheme',
  ],
  ['a private-use scheme', authorize({ to: 'com.example.app:/cb' }), 'public', 'private-use-scheme'],
  [
    'a relay of a vendor’s script',
    authorize({ to: 'storagerelay://https/app.example?id=auth1' }),
    'unknown',
    'no-evidence',
  ],
  ['a code that is copied by hand', authorize({ to: 'urn:ietf:wg:oauth:2.0:oob' }), 'unknown', 'no-evidence'],
  ['a loopback address', authorize({ to: 'http://127.0.0.1:4711/cb' }), 'unknown', 'no-evidence'],
])('%s', async (_, text, is, because) => {
  const flows = await flowsOf(text);
  expect(flows.map((flow) => flow.clientType)).toEqual([{ is, because }]);
});

test.each<ClientType>(['public', 'confidential'])('the person’s word, %s, stands above all evidence', async (told) => {
  const [flow] = await flowsOf(trace(authorize({}), CALLBACK, FROM_PAGE), told);
  expect(flow?.clientType).toEqual({ is: told, because: 'told' });
});
