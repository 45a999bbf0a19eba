import { paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Fail, Rule, RuleContext, Trace } from '../model/rule.ts';
import { type ApiCall, apiCalls } from './support/api-calls.ts';
import { ACCESS_TOKEN, openIdRequest } from './support/example-sign-in.ts';
import { isAfter } from './support/moments.ts';
import { areRequestsUnseen } from './support/other-requests.ts';
import { evidenceOf } from './support/token-uses.ts';

/** So many more calls with the same token show that nothing is done about it. */
const MORE_CALLS = 3;

export const rule: Rule = {
  id: 'step-up-ignored',
  title: 'Demand for stronger authentication ignored',
  subject: 'Demands for stronger authentication',
  group: 'G',
  severity: 'low',
  confidence: 'firm',
  needs: ['request headers', 'response headers', 'page'],
  references: [
    { spec: 'RFC 9470', section: '3', level: 'none' },
    { spec: 'OIDC Core', section: '5.5.1.1', level: 'none' },
  ],
  why: 'The same token is refused for ever: the person cannot go on.',
  fix: 'Start an authorization request with the `acr_values` or `max_age` of the challenge.',
  copy: 'acr_values=…&max_age=…',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    if (areRequestsUnseen(trace)) return c.cannotTell('page');
    const calls = c.once(apiCalls);
    if (calls.length === 0) return c.notApplicable;
    const demands = calls.filter(isDemand);
    const [first, ...rest] = demands.flatMap((demand) => ignored(demand, calls, trace, c) ?? []);
    if (first !== undefined) return c.fail(first, ...rest);
    if (demands.length > 0) return c.pass;
    return calls.some(({ status, exchange }) => status === 401 && !showsHeaders(exchange))
      ? c.cannotTell('response headers')
      : c.notApplicable;
  },
};

function isDemand({ status, challenge }: ApiCall): boolean {
  return status === 401 && /error\s*=\s*"?insufficient_user_authentication/i.test(challenge ?? '');
}

function showsHeaders({ outcome }: ApiCall['exchange']): boolean {
  return outcome.is === 'response' && outcome.response.headers.seen;
}

function ignored(demand: ApiCall, calls: readonly ApiCall[], trace: Trace, c: RuleContext): Fail | null {
  const same = calls.filter(
    ({ value, target, exchange }) =>
      value === demand.value && target.host === demand.target.host && isAfter(exchange, demand.exchange),
  );
  if (same.length < MORE_CALLS || isAnswered(demand, trace)) return null;
  return {
    evidence: evidenceOf([demand, ...same], c),
    ...(demand.flow === null ? {} : { flow: demand.flow }),
    summary: c.say`${c.plain(demand.target.host)} asks for stronger authentication, and ${same.length} more calls show it the same token.`,
  };
}

/** A sign-in that asks for what the challenge names. */
function isAnswered({ exchange }: ApiCall, { flows }: Trace): boolean {
  return flows.some(({ messages }) =>
    messages.some(
      (message) =>
        message.kind === 'authorizationRequest' &&
        isAfter(message.exchange, exchange) &&
        ['acr_values', 'max_age', 'claims'].some((name) => paramValue(message, name) !== null),
    ),
  );
}

const call = (seconds: number, status = 401, head = '', token = ACCESS_TOKEN): string =>
  `\n\n# time +${seconds}\nGET https://api.example/pay\nAuthorization: Bearer ${token}\n\n${status}${head}\n\n`;
const DEMAND = '\nWWW-Authenticate: Bearer error="insufficient_user_authentication", acr_values="urn:mfa"';
const more = (count: number): string => Array.from({ length: count }, (_, n) => call(10 + n, 401, DEMAND)).join('');

export const examples: Examples = {
  violation: [
    { name: 'three more calls', trace: call(0, 401, DEMAND) + more(3), severity: 'low' },
    {
      name: 'a sign-in that asks for nothing more',
      trace: `${call(0, 401, DEMAND)}# time +5\n${openIdRequest()}${more(3)}`,
      severity: 'low',
    },
  ],
  clean: [
    {
      name: 'a sign-in with what was asked for',
      trace: `${call(0, 401, DEMAND)}# time +5\n${openIdRequest('nonce=n-0S6_WzA2Mj&acr_values=urn%3Amfa')}${more(3)}`,
    },
  ],
  lookAlike: [
    { name: 'two more calls', trace: call(0, 401, DEMAND) + more(2), verdict: 'pass' },
    {
      name: 'another token',
      trace: `${call(0, 401, DEMAND)}${[1, 2, 3].map((n) => call(n, 200, '', 'x8TnQ0wS2dF4gH6jK9lZ1c')).join('')}`,
      verdict: 'pass',
    },
    {
      name: 'another challenge',
      trace: [0, 1, 2, 3].map((n) => call(n, 401, '\nWWW-Authenticate: Bearer error="invalid_token"')).join(''),
      verdict: 'notApplicable',
    },
    { name: 'no call', trace: openIdRequest(), verdict: 'notApplicable' },
  ],
  cannotTell: [
    { name: 'requests of the page are not seen', trace: `# capture watch\n${openIdRequest()}`, missing: ['page'] },
    {
      name: 'the headers of the answer are hidden',
      trace: `# hides response-headers\n${call(0)
        .trim()
        .replace(/^# time \+0\n/, '')}`,
      missing: ['response headers'],
    },
  ],
};
