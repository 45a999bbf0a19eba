import { paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationResponse } from '../model/message.ts';
import type { Fail, Rule, RuleContext, Trace } from '../model/rule.ts';
import { openIdRequest } from './support/example-sign-in.ts';

const WINDOW_MS = 600_000;
const LOOP_MS = 5000;
const MIN_FAILURES = 3;

export const rule: Rule = {
  id: 'silent-renew-failing',
  title: 'Silent sign-in fails again and again',
  subject: 'Silent sign-ins',
  group: 'G',
  severity: 'info',
  confidence: 'certain',
  needs: ['authorization request', 'authorization response'],
  references: [
    { spec: 'OIDC Core', section: '3.1.2.6', level: 'none' },
    { spec: 'RFC 10017', section: '6.3.2.3', level: 'none' },
  ],
  why: 'Browsers keep the cookies of another site from a frame: the server does not know the person, and sessions are lost.',
  fix: 'Renew by refresh tokens that rotate, or put server and client on one site, or use a backend.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const silent = silentAttempts(trace);
    if (silent.length === 0) return c.notApplicable;
    const answers = silent.flatMap(({ answer }) => answer ?? []);
    const groups = new Map<string, [AuthorizationResponse, ...AuthorizationResponse[]]>();
    for (const { client, answer } of silent) {
      if (answer === null || !ASKS.has(answer.error ?? '')) continue;
      const group = groups.get(client);
      if (group === undefined) groups.set(client, [answer]);
      else group.push(answer);
    }
    const failing = [...groups].flatMap(([client, all]) => toFail(client, all, c) ?? []);
    const [first, ...rest] = failing;
    if (first !== undefined) return c.fail(first, ...rest);
    return answers.length === 0 ? c.cannotTell('authorization response') : c.pass;
  },
};

/** The person would have to be asked, which a frame cannot. */
const ASKS: ReadonlySet<string> = new Set(['login_required', 'interaction_required', 'consent_required']);

interface Attempt {
  readonly client: string;
  readonly answer: AuthorizationResponse | null;
}

/** Sign-ins that must not ask anybody (OIDC Core §3.1.2.1, `prompt=none`). */
function silentAttempts({ flows }: Trace): readonly Attempt[] {
  return flows.flatMap((flow): Attempt[] => {
    const request = messagesOf(flow, 'authorizationRequest').find(
      (message) => paramValue(message, 'prompt') === 'none',
    );
    if (request === undefined) return [];
    const client = `${request.endpoint.host} ${flow.clientId ?? ''}`;
    return [{ client, answer: messagesOf(flow, 'authorizationResponse')[0] ?? null }];
  });
}

function toFail(
  client: string,
  all: readonly [AuthorizationResponse, ...AuthorizationResponse[]],
  c: RuleContext,
): Fail | null {
  const times = all.map(({ exchange }) => exchange.time ?? 0);
  const inWindow = times.some((time, index) => (times[index + MIN_FAILURES - 1] ?? Infinity) - time <= WINDOW_MS);
  if (!inWindow) return null;
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  const isLoop = steps.length >= MIN_FAILURES - 1 && steps.every((step) => step < LOOP_MS);
  const [first, ...rest] = all.map((message) => {
    const param = message.params.find(({ name }) => name === 'error');
    return param === undefined ? c.absent(message, 'error') : c.at(message, param);
  });
  if (first === undefined) return null;
  return {
    evidence: [first, ...rest],
    severity: isLoop ? 'low' : 'info',
    part: client,
    summary: isLoop
      ? c.say`${all.length} silent sign-ins failed, each a few seconds after the last: ${c.plain(all[0].error ?? '')}.`
      : c.say`${all.length} silent sign-ins failed: ${c.plain(all[0].error ?? '')}.`,
  };
}

const attempt = (seconds: number, answer = 'error=login_required', prompt = 'none'): string => {
  const state = `st4t3${seconds}QxLrT0aaZk3`;
  const request = openIdRequest(`nonce=n-0S6_WzA2Mj&prompt=${prompt}`).replace('af0ifjsldkjQ2w7', state);
  return `\n\n# time +${seconds}\n# resource frame\n${request}\n\n302\nLocation: https://app.example/cb?${answer}&state=${state}\n\n# time +${seconds + 0.1}\n# resource frame\nGET https://app.example/cb?${answer}&state=${state}\n\n`;
};

export const examples: Examples = {
  violation: [
    { name: 'three times in ten minutes', trace: attempt(0) + attempt(120) + attempt(240), severity: 'info' },
    { name: 'in a loop', trace: attempt(0) + attempt(2) + attempt(4), severity: 'low' },
    {
      name: 'consent is missing',
      trace: [0, 120, 240].map((s) => attempt(s, 'error=consent_required')).join(''),
      severity: 'info',
    },
  ],
  clean: [
    { name: 'it succeeds', trace: [0, 120, 240].map((s) => attempt(s, `code=SplxlOBeZQQYbYS6WxSb${s}`)).join('') },
  ],
  lookAlike: [
    { name: 'once, because nobody is signed in', trace: attempt(0), verdict: 'pass' },
    { name: 'twice', trace: attempt(0) + attempt(120), verdict: 'pass' },
    { name: 'once an hour', trace: attempt(0) + attempt(3600) + attempt(7200), verdict: 'pass' },
    {
      name: 'the person is asked',
      trace: [0, 120, 240].map((s) => attempt(s, 'error=login_required', 'login')).join(''),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'no answer was seen',
      trace:
        'GET https://as.example/authorize?response_type=code&client_id=web1&scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7&nonce=n-0S6_WzA2Mj&prompt=none',
      missing: ['authorization response'],
    },
  ],
};
