import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { ACCESS_TOKEN, REFRESH_TOKEN } from './support/example-sign-in.ts';
import { isAfter } from './support/moments.ts';
import { judgeRefreshes, REFRESH_HIDDEN, refreshAt, succeeded } from './support/refreshes.ts';

/** The answer with the next token has arrived by then. */
const ARRIVED_MS = 2000;

export const rule: Rule = {
  id: 'old-refresh-token-resent',
  title: 'Refresh token used again after another took its place',
  subject: 'Refresh token of each renewal',
  group: 'G',
  severity: 'medium',
  confidence: 'certain',
  needs: ['token request', 'token response', 'request body', 'response body'],
  references: [
    { spec: 'RFC 6749', section: '6', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.14.2', level: 'none' },
  ],
  why: 'To the server this is a stolen token: it ends the session of the person.',
  fix: 'Store the new token before it is used, and let one renewal run at a time.',
  parents: ['refresh-storm'],

  check: (flow, c) =>
    judgeRefreshes(flow, c, (all) => {
      const rotations = all.filter((refresh) => {
        const next = refresh.answer === null ? null : paramValue(refresh.answer, 'refresh_token');
        return succeeded(refresh) && next !== null && next !== '' && next !== refresh.token;
      });
      for (const rotation of rotations) {
        const again = all.find(
          ({ token, request }) =>
            token === rotation.token && isAfter(request.exchange, rotation.request.exchange, ARRIVED_MS),
        );
        const sent = again === undefined ? null : param(again.request, 'refresh_token');
        const given = rotation.answer === null ? null : param(rotation.answer, 'refresh_token');
        if (again === undefined || sent === null || given === null || rotation.answer === null) continue;
        return c.fail({
          evidence: [c.at(again.request, sent), c.at(rotation.answer, given, c.say`took its place`)],
          summary: c.say`A renewal uses the refresh token for which the server gave another before.`,
        });
      }
      if (rotations.length > 0) return c.pass;
      return all.some(({ answer, request }) =>
        answer === null ? request.exchange.outcome.is === 'response' : answer.bodyHidden !== null,
      )
        ? c.cannotTell('response body')
        : c.notApplicable;
    }),
};

const NEXT = 'n3wR3fr3shT0k3nA1b2C3';
const GIVEN = { access_token: ACCESS_TOKEN, token_type: 'Bearer', refresh_token: NEXT };

export const examples: Examples = {
  violation: [
    {
      name: 'the first again',
      trace: refreshAt(0, GIVEN) + refreshAt(3600, { error: 'invalid_grant' }),
      severity: 'medium',
    },
    {
      name: 'the first again after the second',
      trace:
        refreshAt(0, GIVEN) +
        refreshAt(3600, { ...GIVEN, refresh_token: 'th1rdR3fr3shT0k3nA1b2' }, NEXT) +
        refreshAt(7200, GIVEN),
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'each once',
      trace: refreshAt(0, GIVEN) + refreshAt(3600, { ...GIVEN, refresh_token: 'th1rdR3fr3shT0k3nA1b2' }, NEXT),
    },
  ],
  lookAlike: [
    {
      name: 'a token that stays',
      trace: refreshAt(0, { ...GIVEN, refresh_token: REFRESH_TOKEN }) + refreshAt(3600, GIVEN),
      verdict: 'pass',
    },
    {
      name: 'again after it was refused',
      trace: refreshAt(0, { error: 'temporarily_unavailable' }) + refreshAt(5, GIVEN),
      verdict: 'pass',
    },
    { name: 'at once is another finding', trace: refreshAt(0, GIVEN) + refreshAt(0.3, GIVEN), verdict: 'pass' },
  ],
  cannotTell: [
    ...REFRESH_HIDDEN,
    {
      name: 'the answer is hidden',
      trace: `# capture watch${refreshAt(0, null, REFRESH_TOKEN, null, '').replace(/\s+$/, '')}\n\n200`,
      missing: ['response body'],
    },
  ],
};
