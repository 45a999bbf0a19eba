import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { type ApiCall, apiCalls } from './support/api-calls.ts';
import { ACCESS_TOKEN } from './support/example-sign-in.ts';
import { judgeRefreshes, REFRESH_HIDDEN, type Refresh, refreshAt, succeeded } from './support/refreshes.ts';

/** Fewer say nothing about how the client goes about it. */
const MIN_RENEWALS = 3;

export const rule: Rule = {
  id: 'reactive-401-refresh',
  title: 'Token renewed only after the API refused it',
  subject: 'When tokens are renewed',
  group: 'G',
  severity: 'info',
  confidence: 'firm',
  needs: ['token request', 'request body', 'page'],
  references: [{ spec: 'RFC 6749', section: '1.5', level: 'none' }],
  why: 'Each time a token ends one call fails, and the person waits for two more requests.',
  fix: 'Look at the clock before a call and renew half a minute before the end; keep the 401 as a fallback.',
  parents: [],

  check: (flow, c) =>
    judgeRefreshes(flow, c, (all) => {
      const renewals = all.filter(succeeded);
      if (renewals.length < MIN_RENEWALS) return c.notApplicable;
      const calls = c.once(apiCalls);
      if (calls.length === 0) return c.cannotTell('page');
      const refusals = renewals.map((renewal, index) => refusalBetween(renewals[index - 1], renewal, calls));
      const [first, ...rest] = refusals.filter((call) => call !== null);
      if (first === undefined || rest.length + 1 < renewals.length) return c.pass;
      return c.fail({
        evidence: [
          c.inRequest(first.exchange, 'header', 'Authorization', first.value),
          ...rest.map((call) => c.inRequest(call.exchange, 'header', 'Authorization', call.value)),
        ],
        summary: c.say`Each of ${renewals.length} renewals came after a call that was refused, none before the token ended.`,
      });
    }),
};

/** A call that was refused since the last renewal; not for a nonce (RFC 9449 §9) or for other rights. */
function refusalBetween(last: Refresh | undefined, renewal: Refresh, calls: readonly ApiCall[]): ApiCall | null {
  const from = last?.request.exchange.source.entry ?? -1;
  const to = renewal.request.exchange.source.entry;
  const between = calls.filter(({ exchange }) => exchange.source.entry > from && exchange.source.entry < to);
  const found = between.find(({ status, challenge }) => status === 401 && !OTHER_REASONS.test(challenge ?? ''));
  return found ?? null;
}

const OTHER_REASONS = /use_dpop_nonce|insufficient_/i;

const call = (seconds: number, status: number, head = ''): string =>
  `\n\n# time +${seconds}\nGET https://api.example/me\nAuthorization: Bearer ${ACCESS_TOKEN}\n\n${status}${head}\n\n`;
const renewed = (seconds: number): string =>
  refreshAt(seconds, { access_token: ACCESS_TOKEN, token_type: 'Bearer', expires_in: 300 });
const round = (n: number, status: number, head = ''): string => call(n * 1000, status, head) + renewed(n * 1000 + 1);
const rounds = (status: number, head = ''): string => [0, 1, 2].map((n) => round(n, status, head)).join('');

export const examples: Examples = {
  violation: [{ name: 'three times', trace: rounds(401), severity: 'info' }],
  clean: [{ name: 'before the token ends', trace: rounds(200) }],
  lookAlike: [
    { name: 'twice', trace: round(0, 401) + round(1, 401), verdict: 'notApplicable' },
    { name: 'once of three times', trace: round(0, 200) + round(1, 401) + round(2, 200), verdict: 'pass' },
    {
      name: 'the API asked for a nonce',
      trace: rounds(401, '\nWWW-Authenticate: DPoP error="use_dpop_nonce"'),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    ...REFRESH_HIDDEN,
    { name: 'no call was seen', trace: renewed(0) + renewed(1000) + renewed(2000), missing: ['page'] },
  ],
};
