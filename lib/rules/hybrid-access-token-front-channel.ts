import { param, wordsOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { type ClientRequest, judgeRequest, passIfWhole } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM, VENDOR_POPUP } from './support/example-traces.ts';
import { modeOutsideAddress } from './support/response-mode.ts';

export const rule: Rule = {
  id: 'hybrid-access-token-front-channel',
  title: 'Access token asked for in the authorization response beside the code',
  subject: 'Access token in the hybrid flow',
  group: 'A',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '2.1.2', level: 'SHOULD NOT' },
    { spec: 'OIDC Core', section: '3.3', level: 'none' },
  ],
  asvs: ['10.6.1'],
  why: 'The code does not protect the token beside it, which can be read or replaced in the front channel.',
  fix: 'Leave `token` out of `response_type` and take the access token from the token endpoint.',
  copy: 'response_type=code',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      const responseType = param(message, 'response_type');
      const words = wordsOf(responseType?.value ?? null);
      if (responseType === null || !words.includes('code') || !words.includes('token')) return passIfWhole(message, c);
      return c.fail({ evidence: [c.at(message, responseType)], ...judge(message, c) });
    });
  },
};

function judge(message: ClientRequest, c: RuleContext): Pick<Fail, 'severity' | 'summary'> {
  if (message.sdk !== null) {
    return { severity: 'medium', summary: c.say`${c.plain(message.sdk.name)} asks for the token itself.` };
  }
  const mode = modeOutsideAddress(message);
  return mode === null
    ? { severity: 'high', summary: c.say`The server is asked to put an access token into the address of the callback.` }
    : { severity: 'medium', summary: c.say`The access token comes back by ${c.plain(mode)}: not in an address.` };
}

const REQUEST =
  'GET https://as.example/authorize?client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7&nonce=n-0S6_WzA2Mj';

export const examples: Examples = {
  violation: [
    { name: 'code and token', trace: `${REQUEST}&response_type=code%20token`, severity: 'high' },
    {
      name: 'any order, separated by commas',
      trace: `${REQUEST}&response_type=token%2Cid_token%2Ccode`,
      severity: 'high',
    },
    {
      name: 'posted as a form',
      trace: `${REQUEST}&response_type=code%20id_token%20token&response_mode=form_post`,
      severity: 'medium',
    },
    { name: "a vendor's popup", trace: `${VENDOR_POPUP}&response_type=code%20token`, severity: 'medium' },
  ],
  clean: [
    { name: 'code alone', trace: `${REQUEST}&response_type=code` },
    { name: 'an address alone has no body', trace: `# capture address\n${REQUEST}&response_type=code` },
    { name: 'code and ID token', trace: `${REQUEST}&response_type=code%20id_token` },
  ],
  lookAlike: [
    {
      name: 'token without code is the implicit grant',
      trace: `${REQUEST}&response_type=id_token%20token`,
      verdict: 'pass',
    },
    {
      name: 'token as a scope',
      trace: `${REQUEST}&scope=code%20token&response_type=code`,
      verdict: 'pass',
    },
    { name: 'a broker upstream', trace: `${UPSTREAM}&response_type=code%20token`, verdict: 'notApplicable' },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the address was cut',
      trace: `# truncated\n${REQUEST}&response_type=code`,
      missing: ['whole address'],
    },
    {
      name: 'a request sent as a form that was not recorded',
      trace: `
        # hides request-body
        POST https://as.example/authorize?client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid
      `,
      missing: ['request body'],
    },
    {
      name: 'the body of the pushed request was not recorded',
      trace: `
        # hides request-body
        POST https://as.example/par?client_id=web1
      `,
      missing: ['request body'],
    },
  ],
};
