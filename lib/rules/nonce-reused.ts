import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { blindSpot, judgeRequest, responseTypeOf } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';
import { earlierUse, hasOtherRequest, isCompleted } from './support/repeated-value.ts';

export const rule: Rule = {
  id: 'nonce-reused',
  title: 'One nonce in two sign-ins',
  subject: 'Fresh nonce',
  group: 'A',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '2.1.1', level: 'MUST' },
    { spec: 'OIDC Core', section: '3.1.3.7', level: 'none' },
  ],
  asvs: ['10.1.2'],
  why: 'An ID token of an earlier sign-in is accepted again.',
  fix: 'Make a new random `nonce` for every request.',
  copy: 'nonce=…',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      const nonce = param(message, 'nonce');
      if (nonce === null) {
        const unseen = blindSpot(message);
        return unseen === null ? c.notApplicable : c.cannotTell(unseen);
      }
      // One request alone cannot show whether the next one repeats its nonce.
      if (!hasOtherRequest(flow, c, message)) return c.notApplicable;
      const before = earlierUse(flow, c, message, nonce, ['state', 'code_challenge']);
      if (before === null) return c.pass;
      const evidence = [c.at(message, nonce)] as const;
      if (!isCompleted(flow) && !isCompleted(before.flow)) {
        return c.fail({
          evidence,
          severity: 'low',
          summary: c.say`An earlier request of this client sent the same nonce; neither sign-in came to an end.`,
        });
      }
      return responseTypeOf(message).includes('id_token')
        ? c.fail({
            evidence,
            severity: 'high',
            summary: c.say`An earlier sign-in sent the same nonce, and the ID token comes through the browser.`,
          })
        : c.fail({ evidence, summary: c.say`An earlier sign-in of this client sent the same nonce.` });
    });
  },
};

const AUTHORIZE = 'GET https://as.example/authorize?scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const REQUEST = `${AUTHORIZE}&client_id=spa1&nonce=n-0S6_WzA2Mj`;
const S256 = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const OTHER = 'code_challenge=6fdkQaPm51l13DSukcAH3Mdx7_ntecHYd1vi3n0hMZY&code_challenge_method=S256';
const ONE = 'state=q1TzX8b2nE6m0uYw';
const TWO = 'state=Zk3uV8pQx1LrT0';
const CALLBACK = `GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&${ONE}`;

export const examples: Examples = {
  violation: [
    {
      name: 'another state, one sign-in completed',
      trace: `${REQUEST}&response_type=code&${ONE}\n\n${CALLBACK}\n\n${REQUEST}&response_type=code&${TWO}`,
      severity: 'medium',
    },
    {
      name: 'another challenge, the second sign-in completed',
      trace: `${REQUEST}&response_type=code&${S256}\n\n${REQUEST}&response_type=code&${OTHER}&${ONE}\n\n${CALLBACK}`,
      severity: 'medium',
    },
    {
      name: 'the ID token comes through the browser',
      trace: `${REQUEST}&response_type=code%20id_token&${ONE}\n\n${CALLBACK}\n\n${REQUEST}&response_type=code%20id_token&${TWO}`,
      severity: 'high',
    },
    {
      name: 'neither completed',
      trace: `${REQUEST}&response_type=id_token&${S256}\n\n${REQUEST}&response_type=id_token&${OTHER}`,
      severity: 'low',
    },
  ],
  clean: [
    {
      name: 'two values',
      trace: `${REQUEST}&response_type=code&${ONE}\n\n${CALLBACK}\n\n${AUTHORIZE}&client_id=spa1&response_type=code&nonce=c11aQx1LrT0Zk3u&${TWO}`,
    },
  ],
  lookAlike: [
    { name: 'one sign-in shows nothing', trace: `${REQUEST}&response_type=code&${ONE}`, verdict: 'notApplicable' },
    {
      name: 'no nonce',
      trace: `${AUTHORIZE}&client_id=spa1&response_type=code&${ONE}`,
      verdict: 'notApplicable',
    },
    {
      name: 'a reload right after the answer',
      trace: `${REQUEST}&response_type=code&${ONE}\n\n${CALLBACK}\n\n${REQUEST}&response_type=code&${ONE}`,
      verdict: 'pass',
    },
    {
      name: 'two clients with the same nonce',
      trace: `${REQUEST}&response_type=code&${ONE}\n\n${AUTHORIZE}&client_id=spa2&response_type=code&nonce=n-0S6_WzA2Mj&${TWO}`,
      verdict: 'notApplicable',
    },
    {
      name: 'a broker that passes the nonce on',
      trace: `${UPSTREAM}&response_type=code&scope=openid&nonce=n-0S6_WzA2Mj`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the address was cut',
      trace: `# truncated\n${AUTHORIZE}&client_id=spa1&response_type=code`,
      missing: ['whole address'],
    },
  ],
};
