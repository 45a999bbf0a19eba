import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { blindSpot, judgeRequest } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';
import { earlierUse, hasOtherRequest, isCompleted } from './support/repeated-value.ts';

export const rule: Rule = {
  id: 'pkce-challenge-reused',
  title: 'One PKCE challenge in two sign-ins',
  subject: 'Fresh PKCE challenge',
  group: 'A',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '2.1.1', level: 'MUST' },
    { spec: 'RFC 7636', section: '4.1', level: 'none' },
  ],
  why: 'A verifier that never changes is known after one leak and ties no code to the browser that asked for it.',
  fix: 'Make a new random `code_verifier` for every authorization request.',
  copy: 'code_challenge=…&code_challenge_method=S256',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      const challenge = param(message, 'code_challenge');
      if (challenge === null) {
        const unseen = blindSpot(message);
        return unseen === null ? c.notApplicable : c.cannotTell(unseen);
      }
      // One request alone cannot show whether the next one repeats its challenge.
      if (!hasOtherRequest(flow, c, message)) return c.notApplicable;
      const before = earlierUse(flow, c, message, challenge, ['state', 'nonce']);
      if (before === null) return c.pass;
      const completed = isCompleted(flow) || isCompleted(before.flow);
      return c.fail({
        evidence: [c.at(message, challenge)],
        severity: completed ? 'high' : 'medium',
        summary: completed
          ? c.say`An earlier sign-in of this client sent the same challenge, so its verifier is the same as well.`
          : c.say`An earlier request of this client sent the same challenge; neither sign-in came to an end.`,
      });
    });
  },
};

const AUTHORIZE = 'GET https://as.example/authorize?response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const REQUEST = `${AUTHORIZE}&client_id=spa1`;
const S256 = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const OTHER = 'code_challenge=6fdkQaPm51l13DSukcAH3Mdx7_ntecHYd1vi3n0hMZY&code_challenge_method=S256';
const FIRST = `${REQUEST}&${S256}&state=af0ifjsldkjQ2w7`;
const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    {
      name: 'another state, the first sign-in completed',
      trace: `${FIRST}\n\n${CALLBACK}\n\n${REQUEST}&${S256}&state=Zk3uV8pQx1LrT0`,
      severity: 'high',
    },
    {
      name: 'another state, the second sign-in completed',
      trace: `${FIRST}\n\n${REQUEST}&${S256}&state=Zk3uV8pQx1LrT0\n\nGET https://app.example/cb?code=i1WsRn1uB1Kq9PzL&state=Zk3uV8pQx1LrT0`,
      severity: 'high',
    },
    {
      name: 'another nonce, neither completed',
      trace: `${REQUEST}&${S256}&scope=openid&nonce=n-0S6_WzA2Mj\n\n${REQUEST}&${S256}&scope=openid&nonce=c11aQx1LrT0Zk3u`,
      severity: 'medium',
    },
    {
      name: 'both refused',
      trace: `${FIRST}\n\nGET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7\n\n${REQUEST}&${S256}&state=Zk3uV8pQx1LrT0`,
      severity: 'medium',
    },
    {
      name: 'a fixed address, used again after it was answered',
      trace: `${FIRST}\n\n${CALLBACK}\n\n# time +100\n${FIRST}`,
      severity: 'high',
    },
  ],
  clean: [{ name: 'two challenges', trace: `${FIRST}\n\n${CALLBACK}\n\n${REQUEST}&${OTHER}&state=Zk3uV8pQx1LrT0` }],
  lookAlike: [
    { name: 'one sign-in shows nothing', trace: FIRST, verdict: 'notApplicable' },
    { name: 'no challenge', trace: `${REQUEST}&state=af0ifjsldkjQ2w7`, verdict: 'notApplicable' },
    { name: 'a reload before the answer', trace: `${FIRST}\n\n# time +100\n${FIRST}` },
    { name: 'a reload in another tab', trace: `# tab 1\n${FIRST}\n\n# time +100\n# tab 2\n${FIRST}`, verdict: 'pass' },
    { name: 'a reload right after the answer', trace: `${FIRST}\n\n${CALLBACK}\n\n${FIRST}`, verdict: 'pass' },
    {
      name: 'two clients with the same challenge',
      trace: `${FIRST}\n\n${CALLBACK}\n\n${AUTHORIZE}&client_id=spa2&${S256}&state=Zk3uV8pQx1LrT0`,
      verdict: 'notApplicable',
    },
    {
      name: 'a broker that passes the challenge on',
      trace: `${FIRST}\n\n${CALLBACK}\n\n${UPSTREAM}&response_type=code&${S256}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
