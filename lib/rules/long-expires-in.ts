import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { isBound } from '../page/token-values.ts';
import { ACCESS_CLAIMS, ACCESS_TOKEN, exampleJwt, redeemed } from './support/example-sign-in.ts';
import { accessTokenLifetime, DAY, HOUR } from './support/lifetimes.ts';
import { judgeTokenAnswers, TOKENS_HIDDEN, TOKENS_UNSEEN } from './support/token-answers.ts';

export const rule: Rule = {
  id: 'long-expires-in',
  title: 'Access token that the server lets live long',
  subject: 'Value of expires_in',
  group: 'G',
  severity: 'low',
  confidence: 'certain',
  needs: ['token response', 'response body'],
  references: [{ spec: 'RFC 6750', section: '5.3', level: 'SHOULD' }],
  why: 'Who steals the token can use it until it ends, long after the theft is noticed.',
  fix: 'Let access tokens live for an hour at most and renew them.',
  copy: '"expires_in": 900',
  parents: ['jwt-long-lifetime'],

  check: (flow, c) =>
    judgeTokenAnswers(flow, c, (answer, token) => {
      const expires = param(answer, 'expires_in');
      const seconds = Number(expires?.value ?? Number.NaN);
      if (expires === null || !Number.isFinite(seconds)) return c.notApplicable;
      const type = param(answer, 'token_type')?.value;
      const severity = accessTokenLifetime(seconds, flow, isBound(token.value, { token_type: type }));
      if (severity === null) return c.pass;
      return c.fail({
        evidence: [c.at(answer, expires)],
        severity,
        summary: flow.provider?.fixedLifetimes
          ? c.say`${c.plain(flow.provider.name)} lets this access token live for about ${Math.round(seconds / HOUR)} hours; the developer has no say in it.`
          : c.say`The access token lives for about ${Math.round(seconds / HOUR)} hours.`,
      });
    }),
};

const tokens = (seconds: unknown, type = 'Bearer', access = ACCESS_TOKEN): string =>
  redeemed({ access_token: access, token_type: type, expires_in: seconds });

export const examples: Examples = {
  violation: [
    { name: 'more than a month', trace: tokens(31 * DAY), severity: 'high' },
    { name: 'a week', trace: tokens(7 * DAY), severity: 'medium' },
    { name: 'two hours', trace: tokens(2 * HOUR), severity: 'low' },
    { name: 'a week, written as text', trace: tokens(String(7 * DAY)), severity: 'medium' },
    { name: 'a week, bound to a key', trace: tokens(7 * DAY, 'DPoP'), severity: 'low' },
    {
      name: 'a provider that decides itself',
      trace: tokens(27 * HOUR).replaceAll(
        'https://as.example/token',
        'https://login.microsoftonline.com/common/oauth2/v2.0/token',
      ),
      severity: 'info',
    },
  ],
  clean: [{ name: 'a quarter of an hour', trace: tokens(900) }],
  lookAlike: [
    { name: 'one hour', trace: tokens(HOUR), verdict: 'pass' },
    { name: 'no number', trace: tokens('soon'), verdict: 'notApplicable' },
    {
      name: 'none',
      trace: redeemed({ access_token: exampleJwt(ACCESS_CLAIMS), token_type: 'Bearer' }),
      verdict: 'notApplicable',
    },
    {
      name: 'of the refresh token',
      trace: redeemed({
        access_token: ACCESS_TOKEN,
        token_type: 'Bearer',
        refresh_expires_in: 31 * DAY,
        expires_in: 300,
      }),
      verdict: 'pass',
    },
  ],
  cannotTell: [...TOKENS_UNSEEN, ...TOKENS_HIDDEN],
};
