import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { TokenRequest, TokenResponse } from '../model/message.ts';
import type { Evidence, Fail, Rule, RuleContext, Trace } from '../model/rule.ts';
import { expiryOf } from '../page/token-values.ts';
import { apiCalls } from './support/api-calls.ts';
import { ACCESS_TOKEN, openIdRequest } from './support/example-sign-in.ts';
import { areRequestsUnseen } from './support/other-requests.ts';

const MIN_REQUESTS = 5;
const MAX_RATIO = 0.5;
/** How long a token lives of which nothing says so. */
const DEFAULT_SECONDS = 60;

export const rule: Rule = {
  id: 'token-endpoint-per-api-call',
  title: 'New token for nearly every call of the API',
  subject: 'How often tokens are asked for',
  group: 'G',
  severity: 'medium',
  confidence: 'firm',
  needs: ['token request', 'page'],
  references: [{ spec: 'RFC 6749', section: '5.1', level: 'none' }],
  why: 'The token endpoint slows every call down, runs into its limits, and the credentials of the client travel all the time.',
  fix: 'Keep the token until shortly before it ends, and let all callers wait for one request.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const groups = requestsByPurpose(trace);
    if (groups.length === 0) return c.notApplicable;
    const early = groups.map(earlyRequests).filter((requests) => requests.length >= MIN_REQUESTS);
    if (early.length === 0) return c.pass;
    if (areRequestsUnseen(trace)) return c.cannotTell('page');
    const calls = c.once(apiCalls).length;
    if (calls === 0) return c.cannotTell('page');
    const [first, ...rest] = early
      .filter((requests) => requests.length / calls > MAX_RATIO)
      .map((all) => toFail(all, calls, c));
    return first === undefined ? c.pass : c.fail(first, ...rest);
  },
};

interface Granted {
  readonly request: TokenRequest;
  readonly answer: TokenResponse | null;
}

/** Token requests that succeeded, by server, client, scope and what the token is for. */
function requestsByPurpose({ flows }: Trace): readonly (readonly Granted[])[] {
  const groups = new Map<string, Granted[]>();
  for (const flow of flows) {
    const answers = messagesOf(flow, 'tokenResponse');
    for (const request of messagesOf(flow, 'tokenRequest')) {
      const { outcome, time } = request.exchange;
      if (time === null || outcome.is !== 'response' || outcome.response.status >= 300) continue;
      const answer = answers.find(({ exchange }) => exchange.id === request.exchange.id) ?? null;
      const key = [
        request.endpoint.url,
        flow.clientId,
        ...['scope', 'audience', 'resource'].map((n) => paramValue(request, n)),
      ].join('\n');
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [{ request, answer }]);
      else group.push({ request, answer });
    }
  }
  return [...groups.values()].map((group) => group.sort((a, b) => timeOf(a) - timeOf(b)));
}

/** Those while the token before was still good. */
function earlyRequests(group: readonly Granted[]): readonly Granted[] {
  return group.filter((granted, index) => {
    const before = group[index - 1];
    return before !== undefined && timeOf(granted) / 1000 < endOf(before);
  });
}

const timeOf = ({ request }: Granted): number => request.exchange.time ?? 0;

function endOf(granted: Granted): number {
  const { answer } = granted;
  const own = answer === null ? null : expiryOf(paramValue(answer, 'access_token') ?? '', null);
  const told = answer === null ? Number.NaN : Number(paramValue(answer, 'expires_in') ?? Number.NaN);
  return own ?? timeOf(granted) / 1000 + (Number.isFinite(told) ? told : DEFAULT_SECONDS);
}

const MAX_EVIDENCE = 5;

function toFail(requests: readonly Granted[], calls: number, c: RuleContext): Fail {
  const [first, ...rest] = requests.slice(0, MAX_EVIDENCE).map(({ request }): Evidence => {
    const grant = param(request, 'grant_type');
    return grant === null ? c.absent(request, 'grant_type') : c.at(request, grant);
  });
  const [{ request } = { request: null }] = requests;
  if (first === undefined || request === null) throw new Error('no request');
  return {
    evidence: [first, ...rest],
    part: request.endpoint.url,
    summary: c.say`${requests.length} tokens were asked for while the one before was still good, for ${calls} calls.`,
  };
}

const token = (seconds: number, lifetime: number | null = 3600, more = ''): string =>
  `\n\n# time +${seconds}\nPOST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=client_credentials&client_id=svc&client_secret=Zt7Wq2Lx9Kc4Vb8Nm1Pr5Y${more}\n\n200\nContent-Type: application/json\n\n${JSON.stringify({ access_token: `${ACCESS_TOKEN}${seconds}`, token_type: 'Bearer', ...(lifetime === null ? {} : { expires_in: lifetime }) })}\n\n`;
const call = (seconds: number, of = seconds - 1): string =>
  `\n\n# time +${seconds}\nGET https://api.example/me\nAuthorization: Bearer ${ACCESS_TOKEN}${of}\n\n200\n\n`;
const many = (count: number, each: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => each(n)).join('');

export const examples: Examples = {
  violation: [
    { name: 'one for each call', trace: many(6, (n) => token(n * 10) + call(n * 10 + 1)), severity: 'medium' },
    { name: 'without expires_in', trace: many(6, (n) => token(n * 10, null) + call(n * 10 + 1)), severity: 'medium' },
  ],
  clean: [{ name: 'one for all calls', trace: token(0) + many(20, (n) => call(n + 1, 0)) }],
  lookAlike: [
    {
      name: 'each after the last has ended',
      trace: many(8, (n) => token(n * 400, 300) + call(n * 400 + 1)),
      verdict: 'pass',
    },
    {
      name: 'one for each API',
      trace: many(8, (n) => token(n * 10, 3600, `&scope=api${n}`) + call(n * 10 + 1)),
      verdict: 'pass',
    },
    { name: 'a few reloads', trace: many(5, (n) => token(n * 10) + call(n * 10 + 1)), verdict: 'pass' },
    {
      name: 'six, but many calls',
      trace: many(6, (n) => token(n * 10)) + many(20, (n) => call(100 + n, 50)),
      verdict: 'pass',
    },
    { name: 'no token request', trace: openIdRequest(), verdict: 'notApplicable' },
  ],
  cannotTell: [{ name: 'no call was seen', trace: many(6, (n) => token(n * 10)), missing: ['page'] }],
};
