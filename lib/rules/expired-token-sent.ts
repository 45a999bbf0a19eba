import type { Examples } from '../model/example.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { type ApiCall, apiCalls, endsOfTokens } from './support/api-calls.ts';
import { ACCESS_CLAIMS, ACCESS_TOKEN, exampleJwt, openIdRequest, redeemed } from './support/example-sign-in.ts';
import { areRequestsUnseen } from './support/other-requests.ts';
import { responseHeader } from './support/response-headers.ts';
import { evidenceOf } from './support/token-uses.ts';

/** Clocks differ. */
const SKEW_SECONDS = 60;
/** One can be on its way while the token is renewed. */
const MIN_CALLS = 2;

export const rule: Rule = {
  id: 'expired-token-sent',
  title: 'Access token used after it has ended',
  subject: 'Age of the tokens that are used',
  group: 'G',
  severity: 'low',
  confidence: 'certain',
  needs: ['request headers', 'token response', 'page'],
  references: [
    { spec: 'RFC 6749', section: '1.5', level: 'none' },
    { spec: 'RFC 6749', section: '5.1', level: 'none' },
    { spec: 'RFC 6750', section: '3.1', level: 'none' },
  ],
  asvs: ['9.2.1'],
  why: 'Calls fail at random for the person; an API that answers all the same does not look when a token ends.',
  fix: 'Renew half a minute before the token ends, and once after a 401; let the API check `exp`.',
  parents: ['retry-loop-401'],

  judges: 'trace',
  check(trace, c) {
    const calls = c.once(apiCalls);
    if (areRequestsUnseen(trace)) return c.cannotTell('page');
    if (calls.length === 0) return c.notApplicable;
    const ends = c.once(endsOfTokens);
    const known = calls.filter(({ value, exchange }) => ends.has(value) && exchange.time !== null);
    if (known.length === 0) return c.cannotTell('token response');
    const groups = new Map<string, [ApiCall, ...ApiCall[]]>();
    for (const call of known.filter(({ value, exchange }) => isLate(exchange, ends.get(value) ?? Infinity))) {
      const key = `${call.target.host}\n${call.value}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [call]);
      else group.push(call);
    }
    const late = [...groups.values()].filter((group) => group.length >= MIN_CALLS);
    const [first, ...rest] = late.map((group) => toFail(group, c));
    return first === undefined ? c.pass : c.fail(first, ...rest);
  },
};

/** By the clock of the server where it says what time it has (RFC 9110 §6.6.1), else by that of the capture. */
function isLate({ time, outcome }: ApiCall['exchange'], end: number): boolean {
  const headers = outcome.is === 'response' && outcome.response.headers.seen ? outcome.response.headers.value : [];
  const told = Date.parse(responseHeader(headers, 'date') ?? '');
  const now = Number.isFinite(told) ? told : (time ?? 0);
  return now / 1000 > end + SKEW_SECONDS;
}

function toFail(calls: readonly [ApiCall, ...ApiCall[]], c: RuleContext): Fail {
  const [first] = calls;
  const taken = calls.find(({ status }) => status !== null && status >= 200 && status < 300);
  const flow = calls.find((call) => call.flow !== null)?.flow ?? null;
  const host = c.plain(first.target.host);
  return {
    evidence: evidenceOf(taken === undefined ? calls : [taken, ...calls.filter((call) => call !== taken)], c),
    severity: taken === undefined ? 'low' : 'medium',
    ...(flow === null ? {} : { flow }),
    summary:
      taken === undefined
        ? c.say`${calls.length} calls of ${host} use a token that had ended.`
        : c.say`${host} answers calls with a token that had ended.`,
  };
}

const JWT = exampleJwt(ACCESS_CLAIMS, { alg: 'RS256', kid: 'k1', typ: 'at+jwt' });
const HOUR = 3600;
const call = (seconds: number, status = 401, token = JWT, head = ''): string =>
  `\n\n# time +${seconds}\nGET https://api.example/me\nAuthorization: Bearer ${token}\n\n${status}${head}\n\n`;
const OPAQUE = redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', expires_in: 300 });

export const examples: Examples = {
  violation: [
    { name: 'that says so itself', trace: call(HOUR + 61) + call(HOUR + 90), severity: 'low' },
    {
      name: 'whose answer said so',
      trace: `# time +0${OPAQUE}${call(400, 401, ACCESS_TOKEN)}${call(500, 401, ACCESS_TOKEN)}`,
      severity: 'low',
    },
    { name: 'and the API takes it', trace: call(HOUR + 61, 200) + call(HOUR + 90, 200), severity: 'medium' },
    {
      name: "by the server's clock",
      trace:
        call(10, 401, JWT, '\nDate: Thu, 01 Jan 2026 01:05:00 GMT') +
        call(20, 401, JWT, '\nDate: Thu, 01 Jan 2026 01:05:10 GMT'),
      severity: 'low',
    },
  ],
  clean: [{ name: 'before it ends', trace: call(10, 200) + call(20, 200) }],
  lookAlike: [
    { name: 'one call on its way', trace: call(HOUR - 10, 200) + call(HOUR + 61), verdict: 'pass' },
    { name: 'within what clocks differ', trace: call(HOUR + 30) + call(HOUR + 50), verdict: 'pass' },
    {
      name: 'a clock of the capture that is wrong',
      trace:
        call(HOUR + 100, 200, JWT, '\nDate: Thu, 01 Jan 2026 00:05:00 GMT') +
        call(HOUR + 200, 200, JWT, '\nDate: Thu, 01 Jan 2026 00:06:00 GMT'),
      verdict: 'pass',
    },
    { name: 'no call', trace: `${openIdRequest()}`, verdict: 'notApplicable' },
  ],
  cannotTell: [
    {
      name: 'nothing says when it ends',
      trace: call(10, 401, ACCESS_TOKEN) + call(20, 401, ACCESS_TOKEN),
      missing: ['token response'],
    },
    { name: 'requests of the page are not seen', trace: `# capture watch\n${openIdRequest()}`, missing: ['page'] },
  ],
};
