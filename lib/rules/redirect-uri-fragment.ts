import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { passIfWhole } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';
import { judgeRedirectUri } from './support/redirect-uri.ts';

export const rule: Rule = {
  id: 'redirect-uri-fragment',
  title: 'redirect_uri with a fragment',
  subject: 'Fragment of redirect_uri',
  group: 'A',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 6749', section: '3.1.2', level: 'MUST NOT' },
    { spec: 'OAuth 2.1', section: '2.3', level: 'none' },
  ],
  why: 'Servers refuse it or put the response where the client does not look for it.',
  fix: 'Register a path without `#` and let the application route after the callback.',
  copy: 'redirect_uri=https%3A%2F%2F…',
  parents: [],

  check(flow, c) {
    return judgeRedirectUri(flow, c, (message, redirectUri) => {
      if (!redirectUri.value.includes('#')) return passIfWhole(message, c);
      return c.fail({
        evidence: [c.at(message, redirectUri)],
        summary: /#!?\//.test(redirectUri.value)
          ? c.say`The fragment is the route of a page: give the callback a path of its own.`
          : c.say`A redirect URI must not have a fragment.`,
      });
    });
  },
};

const REQUEST = 'GET https://as.example/authorize?response_type=code&client_id=spa1&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    { name: 'the route of a page', trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2F%23%2Fcb` },
    { name: 'an empty fragment', trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%23` },
  ],
  clean: [{ name: 'without a fragment', trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb` }],
  lookAlike: [
    {
      name: 'an encoded hash inside of the path',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%2523team`,
      verdict: 'pass',
    },
    { name: 'a fragment of the request itself', trace: `${REQUEST}#redirect_uri`, verdict: 'notApplicable' },
    {
      name: "a vendor's relay",
      trace:
        'GET https://www.facebook.com/v19.0/dialog/oauth?app_id=1450582308578&redirect_uri=https%3A%2F%2Fstaticxx.facebook.com%2Fx%2Fconnect%2Fxd_arbiter%2F%23cb%3Df1&response_type=token&state=Zk3uV8pQx1LrT0',
      verdict: 'notApplicable',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}%23frag&response_type=code`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the address was cut',
      trace: `# truncated\n${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2F`,
      missing: ['whole address'],
    },
  ],
};
