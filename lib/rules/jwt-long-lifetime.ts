import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { Rule, Severity } from '../model/rule.ts';
import { MILLISECONDS_FROM, numericDate } from '../token/time.ts';
import { ACCESS_CLAIMS, accessJwtSignIn, codeSignIn, ID_CLAIMS, without } from './support/example-sign-in.ts';
import { judgeJwts, TOKEN_UNSEEN, type UsedJwt } from './support/jwts.ts';
import { accessTokenLifetime, DAY, HOUR } from './support/lifetimes.ts';

export const rule: Rule = {
  id: 'jwt-long-lifetime',
  title: 'Token that lives long',
  subject: 'Lifetime of tokens',
  group: 'F',
  severity: 'medium',
  confidence: 'certain',
  needs: ['token response', 'response body'],
  references: [
    { spec: 'RFC 6750', section: '5.3', level: 'SHOULD' },
    { spec: 'RFC 10017', section: '9.1', level: 'none' },
    { spec: 'OAuth 2.1', section: '7.1.3.5', level: 'none' },
  ],
  why: 'Who steals the token can use it until it ends, long after the theft is noticed.',
  fix: 'Let access tokens live for an hour at most and renew them.',
  parents: [],

  check(flow, c) {
    return judgeJwts(flow, c, ['access_token', 'id_token'], (token) => {
      const exp = numericDate(token.claims['exp']);
      const start = numericDate(token.claims['iat']) ?? numericDate(token.claims['nbf']);
      // Milliseconds in place of seconds are a finding of their own.
      if (exp === null || start === null || exp > MILLISECONDS_FROM) return c.notApplicable;
      const severity = severityOf(flow, token, exp - start);
      if (severity === null) return c.pass;
      const hours = Math.round((exp - start) / HOUR);
      return c.fail({
        evidence: [token.evidence],
        severity,
        part: token.is,
        summary:
          flow.provider?.fixedLifetimes && token.is === 'access_token'
            ? c.say`${c.plain(flow.provider.name)} lets this access token live for about ${hours} hours; the developer has no say in it.`
            : c.say`The ${c.plain(token.is)} lives for about ${hours} hours.`,
      });
    });
  },
};

function severityOf(flow: Flow, token: UsedJwt, seconds: number): Severity | null {
  // OIDC Core §2: when an ID token ends has nothing to do with the session.
  if (token.is === 'id_token') return seconds > DAY ? 'low' : null;
  return accessTokenLifetime(seconds, flow, 'cnf' in token.claims);
}

const IAT = ACCESS_CLAIMS.iat;
const living = (seconds: number, more: Readonly<Record<string, unknown>> = {}): string =>
  accessJwtSignIn({ ...ACCESS_CLAIMS, exp: IAT + seconds, ...more });
const CNF = { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } };

export const examples: Examples = {
  violation: [
    { name: 'more than a month', trace: living(31 * DAY), severity: 'high' },
    { name: 'a month', trace: living(30 * DAY), severity: 'medium' },
    { name: 'a day', trace: living(DAY), severity: 'low' },
    {
      name: 'counted from its first moment',
      trace: accessJwtSignIn({ ...without(ACCESS_CLAIMS, 'iat'), nbf: IAT, exp: IAT + 2 * DAY }),
      severity: 'medium',
    },
    { name: 'more than a month, bound to a key', trace: living(31 * DAY, CNF), severity: 'medium' },
    { name: 'two days, bound to a key', trace: living(2 * DAY, CNF), severity: 'low' },
    { name: 'two hours, bound to a key', trace: living(2 * HOUR, CNF), severity: 'info' },
    { name: 'an ID token of two days', trace: codeSignIn({ ...ID_CLAIMS, exp: IAT + 2 * DAY }), severity: 'low' },
    {
      name: 'a provider that decides itself',
      trace: living(27 * HOUR)
        .replaceAll('https://as.example/authorize', 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize')
        .replaceAll('https://as.example/token', 'https://login.microsoftonline.com/common/oauth2/v2.0/token'),
      severity: 'info',
    },
  ],
  clean: [
    { name: 'one hour', trace: living(HOUR) },
    { name: 'an ID token of a day', trace: codeSignIn({ ...ID_CLAIMS, exp: IAT + DAY }) },
  ],
  lookAlike: [
    { name: 'milliseconds', trace: living((IAT + HOUR) * 1000), verdict: 'notApplicable' },
    { name: 'no start', trace: accessJwtSignIn(without(ACCESS_CLAIMS, 'iat')), verdict: 'notApplicable' },
    { name: 'no end', trace: accessJwtSignIn(without(ACCESS_CLAIMS, 'exp')), verdict: 'notApplicable' },
  ],
  cannotTell: TOKEN_UNSEEN,
};
