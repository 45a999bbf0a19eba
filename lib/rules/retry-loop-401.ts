import type { Examples } from '../model/example.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { type ApiCall, apiCalls } from './support/api-calls.ts';
import { ACCESS_TOKEN, openIdRequest } from './support/example-sign-in.ts';
import { areRequestsUnseen } from './support/other-requests.ts';
import { evidenceOf } from './support/token-uses.ts';

const WINDOW_MS = 30_000;
const MOST = 10;

export const rule: Rule = {
  id: 'retry-loop-401',
  title: 'Refused token sent again and again',
  subject: 'Calls after a refusal',
  group: 'G',
  severity: 'low',
  confidence: 'certain',
  needs: ['request headers', 'page'],
  references: [{ spec: 'RFC 6750', section: '3.1', level: 'none' }],
  why: 'The client loads its own API with calls that cannot succeed, and the person sees nothing but waiting.',
  fix: 'After a 401 renew once, call once more, and then ask the person to sign in.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    if (areRequestsUnseen(trace)) return c.cannotTell('page');
    const calls = c.once(apiCalls);
    if (calls.length === 0) return c.notApplicable;
    const groups = new Map<string, [ApiCall, ...ApiCall[]]>();
    for (const call of calls.filter(({ status, exchange }) => status === 401 && exchange.time !== null)) {
      const key = `${call.exchange.request.method} ${call.target.url}\n${call.value}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [call]);
      else group.push(call);
    }
    const [first, ...rest] = [...groups.values()].filter(isLoop).map((group) => toFail(group, c));
    if (first !== undefined) return c.fail(first, ...rest);
    return calls.every(({ status }) => status === null) ? c.cannotTell('page') : c.pass;
  },
};

/** More than ten within half a minute. */
function isLoop(calls: readonly ApiCall[]): boolean {
  const times = calls.map(({ exchange }) => exchange.time ?? 0);
  return times.some((time, index) => (times[index + MOST] ?? Infinity) - time <= WINDOW_MS);
}

function toFail(calls: readonly [ApiCall, ...ApiCall[]], c: RuleContext): Fail {
  const [{ exchange, target, flow }] = calls;
  return {
    evidence: evidenceOf(calls, c),
    ...(flow === null ? {} : { flow }),
    part: `${exchange.request.method} ${target.path}`,
    summary: c.say`${calls.length} calls of ${c.plain(target.url)} with one token were refused.`,
  };
}

const calls = (count: number, step: number, status = 401, token = (_: number): string => ACCESS_TOKEN): string =>
  Array.from(
    { length: count },
    (_, n) => `\n\n# time +${n * step}\nGET https://api.example/me\nAuthorization: Bearer ${token(n)}\n\n${status}\n\n`,
  ).join('');

export const examples: Examples = {
  violation: [
    { name: 'eleven in ten seconds', trace: calls(11, 1), severity: 'low' },
    { name: 'eleven in half a minute', trace: calls(11, 3), severity: 'low' },
  ],
  clean: [{ name: 'one', trace: calls(1, 1) }],
  lookAlike: [
    { name: 'ten', trace: calls(10, 1), verdict: 'pass' },
    { name: 'one a minute', trace: calls(20, 60), verdict: 'pass' },
    { name: 'with a new token each time', trace: calls(20, 1, 401, (n) => `${ACCESS_TOKEN}${n}`), verdict: 'pass' },
    { name: 'that succeed', trace: calls(20, 1, 200), verdict: 'pass' },
    { name: 'no call', trace: openIdRequest(), verdict: 'notApplicable' },
  ],
  cannotTell: [
    { name: 'requests of the page are not seen', trace: `# capture watch\n${openIdRequest()}`, missing: ['page'] },
    {
      name: 'no answer was seen',
      trace: `GET https://api.example/me\nAuthorization: Bearer ${ACCESS_TOKEN}`,
      missing: ['page'],
    },
  ],
};
