import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { blindSpot, type ClientRequest, judgeRequest } from './support/client-request.ts';
import { isProtectedWithoutState } from './support/csrf-protection.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';
import { guessable } from './support/guessable.ts';
import { earlierUse, hasOtherRequest } from './support/repeated-value.ts';

export const rule: Rule = {
  id: 'state-reused',
  title: 'One state in two sign-ins',
  subject: 'Fresh state',
  group: 'A',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '2.1', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.2.4', level: 'none' },
  ],
  asvs: ['10.1.2'],
  why: 'A value that was in one address before no longer proves that this browser asked for the response.',
  fix: 'Make a new `state` for every request and forget it when its callback arrives.',
  copy: 'state=…',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      const state = param(message, 'state');
      if (state === null) {
        const unseen = blindSpot(message);
        return unseen === null ? c.notApplicable : c.cannotTell(unseen);
      }
      // One request alone cannot show whether the next one repeats its state.
      if (!hasOtherRequest(flow, c, message)) return c.notApplicable;
      const before = earlierUse(flow, c, message, state, ['code_challenge', 'nonce']);
      if (before === null || isRetry(before.message, message)) return c.pass;
      const evidence = [c.at(message, state)] as const;
      if (!isProtectedWithoutState(flow, message)) {
        return c.fail({
          evidence,
          severity: 'high',
          summary: c.say`An earlier sign-in of this client sent the same state, and nothing else protects the callback.`,
        });
      }
      return guessable(state.value) === null
        ? c.fail({
            evidence,
            severity: 'low',
            summary: c.say`An earlier sign-in of this client sent the same state; PKCE or the nonce still protects this one.`,
          })
        : c.fail({
            evidence,
            severity: 'info',
            summary: c.say`The state names something instead of protecting the callback; PKCE or the nonce does that.`,
          });
    });
  },
};

/** A sign-in that was tried in a hidden frame goes on in the window with the same state. */
function isRetry(before: ClientRequest, message: ClientRequest): boolean {
  return before.exchange.resource === 'frame' && message.exchange.resource === 'document';
}

const AUTHORIZE = 'GET https://as.example/authorize?response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const REQUEST = `${AUTHORIZE}&client_id=spa1`;
const S256 = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const OTHER = 'code_challenge=6fdkQaPm51l13DSukcAH3Mdx7_ntecHYd1vi3n0hMZY&code_challenge_method=S256';
const STATE = 'state=q1TzX8b2nE6m0uYw';
const CALLBACK = `GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&${STATE}`;

export const examples: Examples = {
  violation: [
    {
      name: 'used again after it was answered, and nothing else protects the callback',
      trace: `${REQUEST}&${STATE}\n\n${CALLBACK}\n\n# time +100\n${REQUEST}&${STATE}`,
      severity: 'high',
    },
    {
      name: 'another challenge',
      trace: `${REQUEST}&${STATE}&${S256}\n\n${REQUEST}&${STATE}&${OTHER}`,
      severity: 'low',
    },
    {
      name: 'another nonce',
      trace: `${REQUEST}&${STATE}&scope=openid&nonce=n-0S6_WzA2Mj\n\n${REQUEST}&${STATE}&scope=openid&nonce=c11aQx1LrT0Zk3u`,
      severity: 'low',
    },
    {
      name: 'the name of a route beside PKCE',
      trace: `${REQUEST}&state=dashboard&${S256}\n\n${REQUEST}&state=dashboard&${OTHER}`,
      severity: 'info',
    },
    {
      name: 'two hidden frames',
      trace: `# resource frame\n${REQUEST}&${STATE}&${S256}\n\n# resource frame\n${REQUEST}&${STATE}&${OTHER}`,
      severity: 'low',
    },
    {
      name: 'two windows',
      trace: `# resource document\n${REQUEST}&${STATE}&${S256}\n\n# resource document\n${REQUEST}&${STATE}&${OTHER}`,
      severity: 'low',
    },
  ],
  clean: [
    {
      name: 'two values',
      trace: `${REQUEST}&${STATE}\n\n${CALLBACK}\n\n# time +100\n${REQUEST}&state=Zk3uV8pQx1LrT0`,
    },
  ],
  lookAlike: [
    { name: 'one sign-in shows nothing', trace: `${REQUEST}&${STATE}`, verdict: 'notApplicable' },
    { name: 'no state', trace: `${REQUEST}&${S256}`, verdict: 'notApplicable' },
    {
      name: 'back and forward without an answer',
      trace: `# tab 1\n${REQUEST}&${STATE}\n\n# time +100\n# tab 2\n${REQUEST}&${STATE}`,
      verdict: 'pass',
    },
    {
      name: 'tried in a hidden frame, then in the window',
      trace: `# resource frame\n${REQUEST}&${STATE}&${S256}&prompt=none\n\n# resource document\n${REQUEST}&${STATE}&${OTHER}`,
      verdict: 'pass',
    },
    {
      name: 'two clients with the same state',
      trace: `${REQUEST}&${STATE}&${S256}\n\n${AUTHORIZE}&client_id=spa2&${STATE}&${OTHER}`,
      verdict: 'notApplicable',
    },
    {
      name: 'a broker that passes the state on',
      trace: `${AUTHORIZE}&client_id=web1&state=Zk3uV8pQx1LrT0&${S256}\n\n${UPSTREAM}&response_type=code&${OTHER}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
