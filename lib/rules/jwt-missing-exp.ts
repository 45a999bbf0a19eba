import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { numericDate } from '../token/time.ts';
import {
  ACCESS_CLAIMS,
  accessJwtSignIn,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  without,
} from './support/example-sign-in.ts';
import { judgeJwts, TOKEN_UNSEEN } from './support/jwts.ts';

export const rule: Rule = {
  id: 'jwt-missing-exp',
  title: 'Access token that never expires',
  subject: 'Expiry of access tokens',
  group: 'F',
  severity: 'high',
  confidence: 'certain',
  needs: ['token response', 'response body'],
  references: [
    { spec: 'RFC 9068', section: '2.2', level: 'none' },
    { spec: 'RFC 6750', section: '5.2', level: 'MUST' },
  ],
  asvs: ['9.2.1'],
  why: 'Who steals the token can use it for ever.',
  fix: 'Give access tokens an `exp` of minutes to an hour.',
  parents: [],

  check(flow, c) {
    return judgeJwts(flow, c, ['access_token'], (token) => {
      const { exp } = token.claims;
      // Text in place of a number is a defect, but the token does end.
      if (numericDate(exp) !== null || typeof exp === 'string') return c.pass;
      const announced = param(token.message, 'expires_in');
      return announced === null
        ? c.fail({ evidence: [token.evidence], summary: c.say`The access token names no end of its life.` })
        : c.fail({
            evidence: [token.evidence, c.at(token.message, announced)],
            severity: 'medium',
            summary: c.say`The response names a lifetime, but the access token itself does not.`,
          });
    });
  },
};

const ENDLESS = without(ACCESS_CLAIMS, 'exp');

export const examples: Examples = {
  violation: [
    { name: 'no end anywhere', trace: accessJwtSignIn(ENDLESS), severity: 'high' },
    { name: 'an end that is no number', trace: accessJwtSignIn({ ...ACCESS_CLAIMS, exp: null }), severity: 'high' },
    {
      name: 'the response names a lifetime',
      trace: accessJwtSignIn(ENDLESS, undefined, { expires_in: 3600 }),
      severity: 'medium',
    },
    {
      name: 'in use',
      trace: `GET https://as.example/userinfo\nAuthorization: Bearer ${exampleJwt(ENDLESS)}`,
      severity: 'high',
    },
  ],
  clean: [{ name: 'one hour', trace: accessJwtSignIn(ACCESS_CLAIMS) }],
  lookAlike: [
    {
      name: 'an ID token without an end is another finding',
      trace: codeSignIn(without(ID_CLAIMS, 'exp')),
      verdict: 'notApplicable',
    },
    { name: 'the number as text', trace: accessJwtSignIn({ ...ACCESS_CLAIMS, exp: '1767229200' }), verdict: 'pass' },
    {
      name: 'a refresh token without an end',
      trace: accessJwtSignIn(ACCESS_CLAIMS, undefined, {
        refresh_token: exampleJwt({ typ: 'Offline', sub: '248289761001' }),
      }),
      verdict: 'pass',
    },
  ],
  cannotTell: TOKEN_UNSEEN,
};
