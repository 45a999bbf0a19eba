import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { expiryOf } from '../page/token-values.ts';
import { ACCESS_CLAIMS, ACCESS_TOKEN, exampleJwt, redeemed } from './support/example-sign-in.ts';
import { judgeTokenAnswers, TOKENS_HIDDEN, TOKENS_UNSEEN } from './support/token-answers.ts';

export const rule: Rule = {
  id: 'missing-expires-in',
  title: 'Token response without expires_in',
  subject: 'expires_in of token responses',
  group: 'G',
  severity: 'low',
  confidence: 'certain',
  needs: ['token response', 'response body'],
  references: [
    { spec: 'RFC 6749', section: '5.1', level: 'RECOMMENDED' },
    { spec: 'OAuth 2.1', section: '3.2.3', level: 'RECOMMENDED' },
  ],
  why: 'A client cannot plan when to renew: one that calculates with it anyway asks for a token before every call, or never.',
  fix: 'Return `expires_in`, and let the client handle its absence on purpose.',
  copy: '"expires_in": 900',
  parents: [],

  check: (flow, c) =>
    judgeTokenAnswers(flow, c, (answer, token) => {
      if (param(answer, 'expires_in') !== null || expiryOf(token.value, null) !== null) return c.pass;
      const endless = flow.provider?.endlessTokens === true;
      return c.fail({
        evidence: [c.absent(answer, 'expires_in', 'body')],
        severity: endless ? 'info' : 'low',
        summary: endless
          ? c.say`The answer has no expires_in: tokens of ${c.plain(flow.provider?.name ?? '')} do not end by themselves.`
          : c.say`The answer of ${c.plain(answer.endpoint.host)} does not say how long the access token lives.`,
      });
    }),
};

const tokens = (more: object = {}, access = ACCESS_TOKEN): string =>
  redeemed({ access_token: access, token_type: 'Bearer', ...more });

export const examples: Examples = {
  violation: [
    { name: 'of an opaque token', trace: tokens(), severity: 'low' },
    { name: 'of a token that does not say when it ends', trace: tokens({}, exampleJwt({ sub: '1' })), severity: 'low' },
    {
      name: 'where tokens do not end',
      trace: tokens().replaceAll('https://as.example/token', 'https://github.com/login/oauth/access_token'),
      severity: 'info',
    },
  ],
  clean: [{ name: 'with expires_in', trace: tokens({ expires_in: 900 }) }],
  lookAlike: [
    { name: 'a token that says it itself', trace: tokens({}, exampleJwt(ACCESS_CLAIMS)), verdict: 'pass' },
    { name: 'an error', trace: redeemed({ error: 'invalid_grant' }), verdict: 'notApplicable' },
    { name: 'an ID token alone', trace: redeemed({ id_token: exampleJwt(ACCESS_CLAIMS) }), verdict: 'notApplicable' },
  ],
  cannotTell: [...TOKENS_UNSEEN, ...TOKENS_HIDDEN],
};
