import { param, paramValue, wordsOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeRequest, passIfWhole } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'broad-scope-request',
  title: 'Scope that gives the run of an account',
  subject: 'Breadth of the scope',
  group: 'A',
  severity: 'low',
  confidence: 'tentative',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '2.3', level: 'none' },
    { spec: 'RFC 6819', section: '5.1.5.1', level: 'none' },
    { spec: 'RFC 10017', section: '9.1', level: 'none' },
  ],
  asvs: ['10.2.3'],
  why: 'Whoever gets hold of the token can do everything that the visitor can.',
  fix: 'Ask for the narrowest scopes that the feature needs, and for more when the visitor uses more.',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      // Scopes that are added when they are needed are the remedy.
      if (paramValue(message, 'include_granted_scopes') === 'true') return c.notApplicable;
      const scope = param(message, 'scope');
      const known = message.provider?.broadScopes ?? [];
      const broad = wordsOf(scope?.value ?? null).filter(
        (word) => BROAD.has(word) || known.some((one) => word === one || word.endsWith(`/${one}`)),
      );
      if (scope === null || broad.length === 0) return passIfWhole(message, c);
      return c.fail({
        evidence: [c.at(message, scope)],
        summary: c.say`By its name, ${c.plain(broad.join(', '))} covers everything of its kind.`,
      });
    });
  },
};

/** Names that mean everything wherever they are used. */
const BROAD: ReadonlySet<string> = new Set(['*', 'all', 'admin', 'full', 'full_access', 'superuser', 'root']);

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const GITHUB = 'GET https://github.com/login/oauth/authorize?client_id=Iv1.8a61f9b3a7aba766&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    { name: 'a name that means everything', trace: `${REQUEST}&scope=openid%20admin`, severity: 'low' },
    { name: 'a broad scope of a provider', trace: `${GITHUB}&scope=read%3Auser%2Cdelete_repo`, severity: 'low' },
    {
      name: 'with the address of the API before it',
      trace:
        'GET https://login.microsoftonline.com/common/oauth2/v2.0/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7&scope=https%3A%2F%2Fgraph.microsoft.com%2FDirectory.ReadWrite.All',
      severity: 'low',
    },
  ],
  clean: [{ name: 'narrow scopes', trace: `${REQUEST}&scope=openid%20profile%20invoices.read` }],
  lookAlike: [
    {
      name: 'names that only begin or end alike',
      trace: `${REQUEST}&scope=admin%3Aread%20fullname%20read.all`,
      verdict: 'pass',
    },
    { name: 'a name that is broad elsewhere', trace: `${REQUEST}&scope=repo%20api`, verdict: 'pass' },
    { name: 'narrow scopes of a provider', trace: `${GITHUB}&scope=read%3Auser`, verdict: 'pass' },
    {
      name: 'scopes added when they are needed',
      trace:
        'GET https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7&include_granted_scopes=true&scope=https%3A%2F%2Fmail.google.com%2F',
      verdict: 'notApplicable',
    },
    { name: 'a broker upstream', trace: `${UPSTREAM}&response_type=code&scope=admin`, verdict: 'notApplicable' },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
