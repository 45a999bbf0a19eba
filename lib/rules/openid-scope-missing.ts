import { param, wordsOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { blindSpot, judgeRequest, responseTypeOf } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM, VENDOR_POPUP } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'openid-scope-missing',
  title: 'OpenID parameters without the scope openid',
  subject: 'Scope of OpenID requests',
  group: 'A',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [{ spec: 'OIDC Core', section: '3.1.2.1', level: 'MUST' }],
  why: 'What the server does then is nowhere specified, and without an ID token nobody checks the nonce.',
  fix: 'Add `openid` to the scope, or leave the OpenID parameters out.',
  copy: 'scope=openid',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      const scope = param(message, 'scope');
      if (wordsOf(scope?.value ?? null).includes('openid')) return c.pass;
      if (message.sdk !== null || message.provider?.openIdImplied) return c.notApplicable;
      const unseen = blindSpot(message);
      if (unseen !== null) return c.cannotTell(unseen);
      const sent = ['nonce', 'id_token_hint', 'max_age'].filter((name) => param(message, name) !== null);
      const asked = responseTypeOf(message).includes('id_token') ? [...sent, 'response_type'] : sent;
      const [first] = asked;
      if (first === undefined) return c.notApplicable;
      return c.fail({
        evidence: [scope === null ? c.absent(message, 'scope') : c.at(message, scope)],
        severity: asked.every((name) => name === 'nonce') ? 'low' : 'medium',
        summary: c.say`The request has ${c.plain(asked.join(', '))}, but does not ask for OpenID Connect.`,
      });
    });
  },
};

const REQUEST =
  'GET https://as.example/authorize?client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    {
      name: 'an ID token asked for',
      trace: `${REQUEST}&response_type=id_token&scope=profile&nonce=n-0S6_WzA2Mj`,
      severity: 'medium',
    },
    {
      name: 'a hint, no scope at all',
      trace: `${REQUEST}&response_type=code&id_token_hint=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI0MjE3In0.c2lnbmF0dXJl`,
      severity: 'medium',
    },
    { name: 'a maximum age', trace: `${REQUEST}&response_type=code&scope=profile&max_age=300`, severity: 'medium' },
    {
      name: 'only a nonce',
      trace: `${REQUEST}&response_type=code&scope=profile&nonce=n-0S6_WzA2Mj`,
      severity: 'low',
    },
  ],
  clean: [
    { name: 'openid among others', trace: `${REQUEST}&response_type=code&scope=profile%20openid&nonce=n-0S6_WzA2Mj` },
    {
      name: 'separated by commas',
      trace: `${REQUEST}&response_type=code&scope=email%2Copenid&nonce=n-0S6_WzA2Mj`,
    },
  ],
  lookAlike: [
    {
      name: 'a provider that returns ID tokens without it',
      trace:
        'GET https://appleid.apple.com/auth/authorize?response_type=code%20id_token&response_mode=form_post&client_id=com.example.web&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=name%20email&state=af0ifjsldkjQ2w7&nonce=n-0S6_WzA2Mj',
      verdict: 'notApplicable',
    },
    { name: 'no OpenID request', trace: `${REQUEST}&response_type=code&scope=profile`, verdict: 'notApplicable' },
    {
      name: "a vendor's popup",
      trace: `${VENDOR_POPUP}&response_type=permission%20id_token&scope=profile`,
      verdict: 'notApplicable',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=code&scope=profile&nonce=n-0S6_WzA2Mj`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the address was cut',
      trace: `# truncated\n${REQUEST}&response_type=id_token`,
      missing: ['whole address'],
    },
  ],
};
