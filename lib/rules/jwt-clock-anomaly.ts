import { header } from '../http/headers.ts';
import type { Examples } from '../model/example.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Outcome, Rule, RuleContext } from '../model/rule.ts';
import { CLOCK_SKEW, MILLISECONDS_FROM, numericDate } from '../token/time.ts';
import {
  ACCESS_TOKEN,
  CODE_CALLBACK,
  codeSignIn,
  exampleJwt,
  frontSignIn,
  ID_CLAIMS,
  openIdRequest,
  redeemed,
  without,
} from './support/example-sign-in.ts';
import { judgeJwts, TOKEN_UNSEEN, type UsedJwt } from './support/jwts.ts';

export const rule: Rule = {
  id: 'jwt-clock-anomaly',
  title: 'Times of a token that cannot be right',
  subject: 'Times of tokens',
  group: 'F',
  severity: 'low',
  confidence: 'certain',
  needs: ['token response', 'response body', 'response headers'],
  references: [
    { spec: 'OIDC Core', section: '3.1.3.7', level: 'none' },
    { spec: 'RFC 7519', section: '4.1.6', level: 'none' },
  ],
  asvs: ['9.2.1'],
  why: 'Correct clients refuse the token, and lenient ones accept it for far too long.',
  fix: 'Write times in seconds since 1970 and keep the clock of the server right.',
  parents: [],

  check: (flow, c) => judgeJwts(flow, c, ['id_token', 'access_token'], (token) => judge(token, c)),
};

function judge(token: UsedJwt, c: RuleContext): Outcome {
  const [iat, nbf, exp] = ['iat', 'nbf', 'exp'].map((name) => numericDate(token.claims[name]));
  const evidence = [token.evidence] as const;
  const part = token.is;
  if ([iat, nbf, exp].some((time) => (time ?? 0) > MILLISECONDS_FROM)) {
    return c.fail({ evidence, part, summary: c.say`The ${c.plain(token.is)} counts in milliseconds, not in seconds.` });
  }
  if ((exp ?? Infinity) < (iat ?? 0)) {
    return c.fail({ evidence, part, summary: c.say`The ${c.plain(token.is)} ends before it was made.` });
  }
  const start = Math.max(iat ?? 0, nbf ?? 0);
  if (start === 0) return c.notApplicable;
  const server = serverTime(token.message);
  const time = server ?? localTime(token.message);
  if (time === null) return c.cannotTell('response headers');
  if (start - time <= CLOCK_SKEW) return c.pass;
  const minutes = Math.round((start - time) / 60);
  return server === null
    ? c.fail({
        evidence,
        part,
        severity: 'info',
        confidence: 'tentative',
        summary: c.say`By the clock of this machine, the ${c.plain(token.is)} is valid only in ${minutes} minutes: one of the clocks is wrong.`,
      })
    : c.fail({
        evidence,
        part,
        summary: c.say`By the clock of the server, the ${c.plain(token.is)} is valid only in ${minutes} minutes.`,
      });
}

/** The authorization server's own word for the time of its answer (RFC 9110 §6.6.1), in seconds. */
function serverTime({ exchange, at }: OAuthMessage): number | null {
  if (at !== 'response' || exchange.outcome.is !== 'response') return null;
  const date = Date.parse(header(exchange.outcome.response.headers, 'date') ?? '');
  return Number.isNaN(date) ? null : date / 1000;
}

function localTime({ exchange }: OAuthMessage): number | null {
  return exchange.time === null ? null : exchange.time / 1000;
}

const LATE = ID_CLAIMS.iat + 600;
const dated = (claims: Readonly<Record<string, unknown>>, date: string): string => `
${openIdRequest()}

${CODE_CALLBACK}
${redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', id_token: exampleJwt(claims) }, '', [`Date: ${date}`])}`;

export const examples: Examples = {
  violation: [
    { name: 'milliseconds', trace: codeSignIn({ ...ID_CLAIMS, exp: 1893456000000 }), severity: 'low' },
    { name: 'an end before the start', trace: codeSignIn({ ...ID_CLAIMS, exp: ID_CLAIMS.iat - 1 }), severity: 'low' },
    {
      name: 'made in the future by the clock of the server',
      trace: dated({ ...ID_CLAIMS, iat: LATE }, 'Thu, 01 Jan 2026 00:00:00 GMT'),
      severity: 'low',
    },
    {
      name: 'valid in the future by the clock of the server',
      trace: dated({ ...without(ID_CLAIMS, 'iat'), nbf: LATE }, 'Thu, 01 Jan 2026 00:00:00 GMT'),
      severity: 'low',
    },
    { name: 'made in the future by the local clock', trace: codeSignIn({ ...ID_CLAIMS, iat: LATE }), severity: 'info' },
    {
      name: 'through the browser, where only the server of the client tells the time',
      trace: `${frontSignIn({ ...ID_CLAIMS, iat: LATE })}\n200\nDate: Thu, 01 Jan 2026 00:00:00 GMT`,
      severity: 'info',
    },
    { name: 'a date that cannot be read', trace: dated({ ...ID_CLAIMS, iat: LATE }, 'today'), severity: 'info' },
  ],
  clean: [
    { name: 'times that fit', trace: codeSignIn(ID_CLAIMS) },
    { name: 'clocks that differ a little', trace: codeSignIn({ ...ID_CLAIMS, iat: ID_CLAIMS.iat + 240 }) },
  ],
  lookAlike: [
    {
      name: 'the local clock is wrong, that of the server fits',
      trace: dated({ ...ID_CLAIMS, iat: LATE }, 'Thu, 01 Jan 2026 00:10:00 GMT'),
      verdict: 'pass',
    },
    {
      name: 'no start to compare',
      trace: codeSignIn(without(ID_CLAIMS, 'iat')),
      verdict: 'notApplicable',
    },
    { name: 'no end to compare', trace: codeSignIn(without(ID_CLAIMS, 'exp')), verdict: 'pass' },
  ],
  cannotTell: TOKEN_UNSEEN,
};
