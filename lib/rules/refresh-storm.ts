import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { ACCESS_TOKEN, REFRESH_TOKEN } from './support/example-sign-in.ts';
import { judgeRefreshes, REFRESH_HIDDEN, type Refresh, refreshAt } from './support/refreshes.ts';

/** An answer takes that long: who asks again sooner did not wait for it. */
const OVERLAP_MS = 1500;

export const rule: Rule = {
  id: 'refresh-storm',
  title: 'Several renewals with one refresh token at once',
  subject: 'Renewals at the same time',
  group: 'G',
  severity: 'medium',
  confidence: 'certain',
  needs: ['token request', 'request body'],
  references: [
    { spec: 'RFC 9700', section: '4.14.2', level: 'none' },
    { spec: 'RFC 10017', section: '6.3.2.3', level: 'none' },
  ],
  why: 'Where refresh tokens rotate, the second use looks like theft: the server ends the session.',
  fix: 'Let one renewal run at a time and share its result (one promise, Web Locks between tabs).',
  parents: [],

  check: (flow, c) =>
    judgeRefreshes(flow, c, (all) => {
      for (const [index, first] of all.entries()) {
        const others = all.slice(index + 1).filter((other) => other.token === first.token && isAtOnce(first, other));
        const [second] = others;
        if (second === undefined) continue;
        const refused = [first, ...others].some(({ answer }) => answer?.error === 'invalid_grant');
        return c.fail({
          evidence: [evidenceOf(first, c), ...others.map((other) => evidenceOf(other, c))],
          severity: refused ? 'high' : 'medium',
          summary: refused
            ? c.say`${others.length + 1} renewals used one refresh token at once, and the server refused it.`
            : c.say`${others.length + 1} renewals used one refresh token at once.`,
        });
      }
      return c.pass;
    }),
};

/** Not a second try after the first failed (RFC 9449 §8: the server asked for a nonce). */
function isAtOnce(first: Refresh, other: Refresh): boolean {
  const [start, next] = [first.request.exchange.time, other.request.exchange.time];
  if (start === null || next === null || Math.abs(next - start) > OVERLAP_MS) return false;
  const { outcome } = first.request.exchange;
  return (
    outcome.is !== 'failed' &&
    (first.answer === null || first.answer.error === null || first.answer.error === 'invalid_grant')
  );
}

function evidenceOf({ request }: Refresh, c: RuleContext): ReturnType<RuleContext['at']> {
  const token = param(request, 'refresh_token');
  return token === null ? c.absent(request, 'refresh_token') : c.at(request, token);
}

const GIVEN = { access_token: ACCESS_TOKEN, token_type: 'Bearer', refresh_token: 'n3wR3fr3shT0k3nA1b2C3' };
const REFUSED = { error: 'invalid_grant' };

export const examples: Examples = {
  violation: [
    { name: 'two, both answered', trace: refreshAt(0, GIVEN) + refreshAt(0.2, GIVEN), severity: 'medium' },
    {
      name: 'three, two of them refused',
      trace: refreshAt(0, GIVEN) + refreshAt(0.1, REFUSED) + refreshAt(0.2, REFUSED),
      severity: 'high',
    },
    { name: 'two whose answers were not seen', trace: refreshAt(0, null) + refreshAt(1, null), severity: 'medium' },
  ],
  clean: [{ name: 'one', trace: refreshAt(0, GIVEN) }],
  lookAlike: [
    { name: 'an hour apart', trace: refreshAt(0, GIVEN) + refreshAt(3600, GIVEN), verdict: 'pass' },
    {
      name: 'with the next token',
      trace: refreshAt(0, GIVEN) + refreshAt(1, GIVEN, 'n3wR3fr3shT0k3nA1b2C3'),
      verdict: 'pass',
    },
    {
      name: 'again with a nonce',
      trace: refreshAt(0, { error: 'use_dpop_nonce' }) + refreshAt(0.2, GIVEN),
      verdict: 'pass',
    },
    {
      name: 'a code is redeemed',
      trace: `POST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1&refresh_token=${REFRESH_TOKEN}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [...REFRESH_HIDDEN],
};
