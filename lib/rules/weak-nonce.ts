import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { blindSpot, isOpenId, judgeRequest, responseTypeOf } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM, VENDOR_POPUP } from './support/example-traces.ts';
import { guessable } from './support/guessable.ts';

export const rule: Rule = {
  id: 'weak-nonce',
  title: 'Guessable nonce',
  subject: 'Unguessable nonce',
  group: 'A',
  severity: 'low',
  confidence: 'firm',
  needs: ['authorization request'],
  references: [
    { spec: 'OIDC Core', section: '3.2.2.1', level: 'none' },
    { spec: 'OIDC Core', section: '15.5.2', level: 'none' },
  ],
  why: 'An attacker who knows the nonce can pass an ID token of another sign-in to the client.',
  fix: 'Make `nonce` of 128 bits or more from a secure random generator, anew for every request.',
  copy: 'nonce=…',
  parents: ['nonce-reused'],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      const nonce = param(message, 'nonce');
      if (nonce === null || message.sdk !== null || !isOpenId(message)) {
        const unseen = blindSpot(message);
        return unseen === null ? c.notApplicable : c.cannotTell(unseen);
      }
      const reason = guessable(nonce.value, [paramValue(message, 'client_id')]);
      if (reason === null) return c.pass;
      const evidence = [c.at(message, nonce)] as const;
      const summary = c.say`The nonce can be guessed: ${c.plain(reason)}.`;
      // Samples of documentation look like this; one address alone does not tell them from a real sign-in.
      if (flow.alone) return c.fail({ evidence, confidence: 'tentative', summary });
      return c.fail({
        evidence,
        severity: responseTypeOf(message).includes('id_token') ? 'medium' : 'low',
        summary,
      });
    });
  },
};

const REQUEST =
  'GET https://as.example/authorize?client_id=0oa7k3x9qLmZ2pWv5t6u&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    { name: 'a number', trace: `${REQUEST}&response_type=code&scope=openid&nonce=1234567890`, severity: 'low' },
    {
      name: 'the ID token comes through the browser',
      trace: `${REQUEST}&response_type=id_token&scope=openid&nonce=fixed`,
      severity: 'medium',
    },
    {
      name: 'the client identifier',
      trace: `${REQUEST}&response_type=code&scope=openid&nonce=0oa7k3x9qLmZ2pWv5t6u`,
      severity: 'low',
    },
    {
      name: 'one address alone may be a sample',
      trace: `# capture line\n${REQUEST}&response_type=id_token&scope=openid&nonce=100`,
      severity: 'low',
    },
  ],
  clean: [
    {
      name: 'a UUID',
      trace: `${REQUEST}&response_type=code&scope=openid&nonce=75f29bc9-5e80-4314-80a0-f759e07fdd86`,
    },
    {
      name: 'a hash of a nonce',
      trace: `${REQUEST}&response_type=id_token&scope=openid&nonce=13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3`,
    },
  ],
  lookAlike: [
    {
      name: 'without openid no ID token holds the nonce',
      trace: `${REQUEST}&response_type=code&scope=profile&nonce=1234567890`,
      verdict: 'notApplicable',
    },
    {
      name: "a vendor's popup",
      trace: `${VENDOR_POPUP}&response_type=code&scope=openid&nonce=1234567890`,
      verdict: 'notApplicable',
    },
    {
      name: 'no nonce is another finding',
      trace: `${REQUEST}&response_type=id_token&scope=openid&nonce=`,
      verdict: 'notApplicable',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=code&scope=openid&nonce=1234567890`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the address was cut',
      trace: `# truncated\n${REQUEST}&response_type=code&scope=openid`,
      missing: ['whole address'],
    },
  ],
};
