import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { TokenResponse } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import { ACCESS_TOKEN, exampleJwt, REFRESH_TOKEN, redeemed } from './support/example-sign-in.ts';
import { refreshLifetime } from './support/refreshes.ts';
import { judgeTokenAnswers, TOKENS_HIDDEN, TOKENS_UNSEEN } from './support/token-answers.ts';

export const rule: Rule = {
  id: 'refresh-token-unlimited',
  title: 'Refresh token of a browser without an end',
  subject: 'Lifetime of refresh tokens',
  group: 'G',
  severity: 'low',
  confidence: 'tentative',
  needs: ['token response', 'response body', 'client type'],
  references: [
    { spec: 'RFC 10017', section: '6.3.2.3', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.14.2', level: 'SHOULD' },
  ],
  asvs: ['10.4.8'],
  why: 'A stolen refresh token goes on giving new access tokens until somebody notices.',
  fix: 'Set an absolute limit and one for idle time, and do not move the absolute one when tokens are renewed.',
  parents: [],

  check(flow, c) {
    if (flow.clientType.is === 'confidential') return c.notApplicable;
    const outcome = judgeTokenAnswers(
      flow,
      c,
      (answer, token) => {
        if (flow.clientType.is === 'unknown') return c.cannotTell('client type');
        const lifetime = refreshLifetime(answer);
        if (lifetime?.seconds === 0 || isEndlessJwt(token.value)) {
          return c.fail({
            evidence: [c.at(answer, param(answer, lifetime?.name ?? '') ?? token)],
            confidence: 'firm',
            summary: c.say`${c.plain(answer.endpoint.host)} says that the refresh token does not end.`,
          });
        }
        if (lifetime === null) {
          return c.fail({
            evidence: [c.at(answer, token)],
            severity: 'info',
            summary: c.say`Nothing says when the refresh token of ${c.plain(answer.endpoint.host)} ends: look into the settings of the server.`,
          });
        }
        const moved = movedEnd(flow, answer);
        if (moved === null) return c.pass;
        return c.fail({
          evidence: [c.at(answer, param(answer, lifetime.name) ?? token)],
          confidence: 'firm',
          summary: c.say`Each renewal moves the end of the refresh token: by ${moved} s so far. Used often enough, it never ends.`,
        });
      },
      'refresh_token',
    );
    return outcome;
  },
};

function isEndlessJwt(token: string): boolean {
  const claims = readCompactJose(token)?.claims ?? null;
  return claims !== null && claims['exp'] === undefined;
}

/** Clocks and answers on their way. */
const TOLERANCE = 60;

/** Seconds by which this answer moved the end that the answer before it had set; `null` where it did not. */
function movedEnd(flow: Flow, answer: TokenResponse): number | null {
  const answers = messagesOf(flow, 'tokenResponse').filter((other) => paramValue(other, 'refresh_token') !== null);
  const before = answers[answers.indexOf(answer) - 1];
  const [end, last] = [endOf(answer), before === undefined ? null : endOf(before)];
  return end !== null && last !== null && end - last > TOLERANCE ? Math.round(end - last) : null;
}

function endOf(answer: TokenResponse): number | null {
  const lifetime = refreshLifetime(answer);
  const { time } = answer.exchange;
  return lifetime === null || time === null ? null : time / 1000 + lifetime.seconds;
}

const BROWSER = '# initiator https://app.example\n';
const tokens = (more: object, refresh = REFRESH_TOKEN): string =>
  BROWSER + redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', refresh_token: refresh, ...more }).trim();
const renewed = (at: number, seconds: number): string =>
  `\n\n# time +${at}\n${BROWSER}POST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=refresh_token&refresh_token=${REFRESH_TOKEN}&client_id=web1\n\n200\nContent-Type: application/json\n\n{"access_token":"x8TnQ0wS2dF4gH6jK9lZ1c","token_type":"Bearer","refresh_token":"n3wR3fr3shT0k3nA1b2C3","refresh_expires_in":${seconds}}`;

export const examples: Examples = {
  violation: [
    { name: 'the server says so', trace: tokens({ refresh_expires_in: 0 }), severity: 'low' },
    { name: 'a JWT without an end', trace: tokens({}, exampleJwt({ typ: 'Offline', sub: '1' })), severity: 'low' },
    { name: 'nothing says so', trace: tokens({}), severity: 'info' },
    { name: 'an end that moves', trace: tokens({ refresh_expires_in: 1800 }) + renewed(900, 1800), severity: 'low' },
  ],
  clean: [
    { name: 'half an hour', trace: tokens({ refresh_expires_in: 1800 }) },
    { name: 'an end that stays', trace: tokens({ refresh_expires_in: 1800 }) + renewed(900, 900) },
  ],
  lookAlike: [
    {
      name: 'a JWT with an end',
      trace: tokens({}, exampleJwt({ typ: 'Refresh', iat: 1767225600, exp: 1767229200 })),
      verdict: 'pass',
    },
    {
      name: 'no refresh token',
      trace: BROWSER + redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer' }).trim(),
      verdict: 'notApplicable',
    },
    {
      name: 'of a server',
      trace: tokens({ refresh_expires_in: 0 }),
      clientType: 'confidential',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    ...TOKENS_UNSEEN,
    ...TOKENS_HIDDEN,
    {
      name: 'whose it is',
      trace: redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', refresh_token: REFRESH_TOKEN }),
      missing: ['client type'],
    },
  ],
};
