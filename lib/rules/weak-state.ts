import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { blindSpot, type ClientRequest, judgeRequest } from './support/client-request.ts';
import { isProtectedWithoutState } from './support/csrf-protection.ts';
import { PUSHED_UNSEEN, UPSTREAM, VENDOR_POPUP } from './support/example-traces.ts';
import { guessable } from './support/guessable.ts';

export const rule: Rule = {
  id: 'weak-state',
  title: 'Guessable state',
  subject: 'Unguessable state',
  group: 'A',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 6749', section: '10.12', level: 'none' },
    { spec: 'RFC 6749', section: '10.10', level: 'none' },
    { spec: 'RFC 9700', section: '2.1', level: 'none' },
  ],
  asvs: ['10.1.2'],
  why: 'An attacker who knows the next state can make the browser finish a sign-in that the attacker began.',
  fix: 'Make `state` of 128 bits or more from a secure random generator, anew for every request.',
  copy: 'state=…',
  parents: ['state-contains-token', 'state-reused'],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      if (message.sdk !== null) return c.notApplicable;
      const state = param(message, 'state');
      if (state === null) {
        const unseen = blindSpot(message);
        return unseen === null ? c.notApplicable : c.cannotTell(unseen);
      }
      const reason = guessable(state.value, publicValues(message));
      if (reason === null) return c.pass;
      const evidence = [c.at(message, state)] as const;
      if (isProtectedWithoutState(flow, message)) {
        return c.fail({
          evidence,
          severity: 'info',
          summary: c.say`The state can be guessed (${c.plain(reason)}); PKCE or the nonce protects this request.`,
        });
      }
      const summary = c.say`The state can be guessed: ${c.plain(reason)}.`;
      // Samples of documentation look like this; one address alone does not tell them from a real sign-in.
      return flow.alone
        ? c.fail({ evidence, severity: 'low', confidence: 'tentative', summary })
        : c.fail({ evidence, summary });
    });
  },
};

function publicValues(message: ClientRequest): readonly (string | null)[] {
  return ['client_id', 'redirect_uri', 'scope'].map((name) => paramValue(message, name));
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=0oa7k3x9qLmZ2pWv5t6u&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const S256 = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';

export const examples: Examples = {
  violation: [
    { name: 'a word', trace: `${REQUEST}&state=login`, severity: 'medium' },
    { name: 'several words', trace: `${REQUEST}&state=security_token`, severity: 'medium' },
    { name: 'words in humps', trace: `${REQUEST}&state=myRandomState`, severity: 'medium' },
    { name: 'a time', trace: `${REQUEST}&state=1767225600000`, severity: 'medium' },
    { name: 'a counter', trace: `${REQUEST}&state=1000000042`, severity: 'medium' },
    { name: 'one character repeated', trace: `${REQUEST}&state=xxxxxxxxxxxxxxxxxxxx`, severity: 'medium' },
    { name: 'a sequence', trace: `${REQUEST}&state=1234567890ABCDEF`, severity: 'medium' },
    { name: 'few letters', trace: `${REQUEST}&state=somethig`, severity: 'medium' },
    { name: 'few hexadecimal digits', trace: `${REQUEST}&state=9ad67f1352b`, severity: 'medium' },
    { name: 'the client identifier', trace: `${REQUEST}&state=0oa7k3x9qLmZ2pWv5t6u`, severity: 'medium' },
    { name: 'a path', trace: `${REQUEST}&state=%2Fproducts%2Fsummer-sale-2026`, severity: 'medium' },
    { name: 'an address', trace: `${REQUEST}&state=https%3A%2F%2Fapp.example%2FreturnTo%2Finbox`, severity: 'medium' },
    {
      name: 'data in base64 without a random part',
      trace: `${REQUEST}&state=eyJyZXR1cm5UbyI6Ii9pbmJveCIsInN0ZXAiOjJ9`,
      severity: 'medium',
    },
    {
      name: 'data with a short identifier',
      trace: `${REQUEST}&state=%7B%22page%22%3A%22inbox%22%2C%22id%22%3A%22p7x%22%7D`,
      severity: 'medium',
    },
    {
      name: 'data of capital letters',
      trace: `${REQUEST}&state=%7B%22page%22%3A%22DASHBOARDOVERVIEW%22%7D`,
      severity: 'medium',
    },
    { name: 'covered by PKCE', trace: `${REQUEST}&state=login&${S256}`, severity: 'info' },
    { name: 'covered by a nonce', trace: `${REQUEST}&state=login&scope=openid&nonce=n-0S6_WzA2Mj`, severity: 'info' },
    {
      name: 'a nonce without openid covers nothing',
      trace: `${REQUEST}&state=login&scope=profile&nonce=n-0S6_WzA2Mj`,
      severity: 'medium',
    },
    {
      name: 'PKCE at a provider that does not check it',
      trace: `GET https://www.reddit.com/api/v1/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=login&${S256}`,
      severity: 'medium',
    },
    { name: 'one address alone may be a sample', trace: `# capture line\n${REQUEST}&state=login`, severity: 'low' },
  ],
  clean: [
    { name: '16 letters and digits', trace: `${REQUEST}&state=q1TzX8b2nE6m0uYw` },
    { name: '10 letters and digits', trace: `${REQUEST}&state=q1TzX8b2nE` },
    { name: '15 digits', trace: `${REQUEST}&state=849305716284053` },
    { name: '20 hexadecimal digits', trace: `${REQUEST}&state=5fd84892c27dbb5cad2c` },
    { name: 'a UUID', trace: `${REQUEST}&state=75f29bc9-5e80-4314-80a0-f759e07fdd86` },
  ],
  lookAlike: [
    {
      name: 'data with a random identifier in base64',
      trace: `${REQUEST}&state=eyJpZCI6IjkwNmU0YjNkLTg5ZTgtNGM5Zi1hOGUyLWExMGVmMWFlMzg5ZiIsIm1ldGEiOnsiaW50ZXJhY3Rpb25UeXBlIjoicmVkaXJlY3QifX0%3D`,
      verdict: 'pass',
    },
    {
      name: 'such data with an address behind it',
      trace: `${REQUEST}&state=eyJpZCI6IjkwNmU0YjNkLTg5ZTgtNGM5Zi1hOGUyLWExMGVmMWFlMzg5ZiJ9%7Chttps%3A%2F%2Fapp.example%2Finbox`,
      verdict: 'pass',
    },
    {
      name: 'random letters of both cases in data',
      trace: `${REQUEST}&state=%7B%22key%22%3A%22qTzXbnEmuYwQrTzA%22%7D`,
      verdict: 'pass',
    },
    {
      name: 'signed data',
      trace: `${REQUEST}&state=eyJhbGciOiJIUzI1NiJ9.eyJydCI6Ii9ob21lIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
      verdict: 'pass',
    },
    {
      name: 'encrypted data',
      trace: `${REQUEST}&state=eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX.XFBoMYUZodetZdvTiFvSkQ`,
      verdict: 'pass',
    },
    {
      name: 'data with an authentication code',
      trace: `${REQUEST}&state=eyJyZXR1cm5UbyI6Ii9pbmJveCJ9.a50b822630358ec4b16cc66f8e7d51c9`,
      verdict: 'pass',
    },
    { name: 'no state is another finding', trace: `${REQUEST}&${S256}`, verdict: 'notApplicable' },
    {
      name: "a vendor's popup",
      trace: `${VENDOR_POPUP}&response_type=code&state=login`,
      verdict: 'notApplicable',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=code&scope=login`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
