import { paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { AuthorizationRequest, Param } from '../model/message.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { frontChannelRequest } from './support/client-request.ts';
import { UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'login-hint-pii',
  title: 'E-mail address or telephone number in the request',
  subject: 'Hints about the visitor',
  group: 'A',
  severity: 'info',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'OIDC Core', section: '3.1.2.1', level: 'none' },
    { spec: 'OIDC Core', section: '17.1', level: 'none' },
  ],
  why: 'The history and the logs of every server on the way keep who signed in.',
  fix: 'Send an opaque hint, or push the request.',
  copy: 'login_hint=…',
  parents: [],

  check(flow, c) {
    const message = frontChannelRequest(flow);
    if (message === null) return c.notApplicable;
    const hint = personalHint(message);
    if (hint === undefined) return message.truncated ? c.cannotTell('whole address') : c.pass;
    // The purpose of the parameter: once for each client is enough.
    if (c.once(firstHints).get(clientOf(message)) !== message) return c.notApplicable;
    return c.fail({
      evidence: [c.at(message, hint)],
      summary: c.say`The parameter ${c.plain(hint.name)} names a person.`,
    });
  },
};

function personalHint(message: AuthorizationRequest): Param | undefined {
  return message.params.find(
    ({ name, value, where }) =>
      where === 'query' &&
      (name === 'login_hint' || name === 'domain_hint') &&
      /^([^\s@]+@[a-z0-9-]+(\.[a-z0-9-]+)+|\+[1-9]\d{6,14})$/i.test(value),
  );
}

function firstHints({ flows }: Pick<RuleContext, 'flows'>): ReadonlyMap<string, AuthorizationRequest> {
  const first = new Map<string, AuthorizationRequest>();
  for (const flow of flows) {
    const message = frontChannelRequest(flow);
    if (message === null || personalHint(message) === undefined || first.has(clientOf(message))) continue;
    first.set(clientOf(message), message);
  }
  return first;
}

function clientOf(message: AuthorizationRequest): string {
  return `${message.endpoint.host}\n${paramValue(message, 'client_id')}`;
}

const AUTHORIZE =
  'GET https://as.example/authorize?response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid';
const REQUEST = `${AUTHORIZE}&client_id=web1`;
const EMAIL = 'login_hint=bob%40mail.example';

export const examples: Examples = {
  violation: [
    { name: 'an e-mail address', trace: `${REQUEST}&${EMAIL}` },
    { name: 'a telephone number', trace: `${REQUEST}&login_hint=%2B4930123456` },
    { name: 'in the other hint', trace: `${REQUEST}&domain_hint=bob%40mail.example` },
    {
      name: 'the first of several sign-ins',
      trace: `${REQUEST}&${EMAIL}&state=af0ifjsldkjQ2w7\n\n${REQUEST}&${EMAIL}&state=Zk3uV8pQx1LrT0`,
    },
    {
      name: 'a sign-in after one without a hint',
      trace: `${REQUEST}&state=af0ifjsldkjQ2w7\n\n${REQUEST}&${EMAIL}&state=Zk3uV8pQx1LrT0`,
    },
  ],
  clean: [
    { name: 'no hint', trace: REQUEST },
    { name: 'an opaque hint', trace: `${REQUEST}&login_hint=O.CiQ8f2aQx1LrT0` },
  ],
  lookAlike: [
    { name: 'a domain', trace: `${REQUEST}&domain_hint=mail.example`, verdict: 'pass' },
    { name: 'an e-mail address elsewhere', trace: `${REQUEST}&contact=bob%40mail.example`, verdict: 'pass' },
    {
      name: 'a form is no address',
      trace: `
        POST https://as.example/authorize
        Content-Type: application/x-www-form-urlencoded

        response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&${EMAIL}
      `,
      verdict: 'pass',
    },
    { name: 'a broker upstream', trace: `${UPSTREAM}&response_type=code&${EMAIL}`, verdict: 'notApplicable' },
  ],
  cannotTell: [{ name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] }],
};
