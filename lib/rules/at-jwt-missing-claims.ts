import { wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { ACCESS_TOKEN_CLAIMS } from '../token/claims.ts';
import { ACCESS_CLAIMS, accessJwtSignIn, codeSignIn, ID_CLAIMS, without } from './support/example-sign-in.ts';
import { judgeJwts, TOKEN_UNSEEN } from './support/jwts.ts';

export const rule: Rule = {
  id: 'at-jwt-missing-claims',
  title: 'Access token without claims of its profile',
  subject: 'Profile of JWT access tokens',
  group: 'F',
  severity: 'info',
  confidence: 'certain',
  needs: ['token response', 'response body'],
  references: [
    { spec: 'RFC 9068', section: '2.1', level: 'none' },
    { spec: 'RFC 9068', section: '2.2', level: 'none' },
    { spec: 'RFC 8725', section: '3.11', level: 'none' },
  ],
  why: 'A resource server can hardly tell the token from other tokens of the issuer or from those for other servers.',
  fix: 'Make access tokens after RFC 9068, with `typ` `at+jwt` and all of its claims.',
  parents: ['jwt-missing-exp', 'jwt-missing-aud'],

  check(flow, c) {
    return judgeJwts(flow, c, ['access_token'], (token) => {
      const profiled = /^(application\/)?at\+jwt$/i.test(wordOf(token.header['typ']));
      // Known providers have profiles of their own, older than this one.
      if (!profiled && flow.provider !== null) return c.notApplicable;
      const missing = ACCESS_TOKEN_CLAIMS.filter(
        (name) => token.claims[name] === undefined || token.claims[name] === null,
      );
      const evidence = [token.evidence] as const;
      if (missing.length > 0) {
        return c.fail({
          evidence,
          severity: profiled ? 'low' : 'info',
          summary: c.say`The access token lacks ${c.plain(missing.join(', '))}.`,
        });
      }
      return profiled
        ? c.pass
        : c.fail({ evidence, summary: c.say`The header does not say that it is an access token.` });
    });
  },
};

const JWT = { alg: 'RS256', kid: 'k1', typ: 'JWT' };

export const examples: Examples = {
  violation: [
    {
      name: 'the profile without its identifier',
      trace: accessJwtSignIn(without(ACCESS_CLAIMS, 'jti')),
      severity: 'low',
    },
    {
      name: 'the long name of the profile',
      trace: accessJwtSignIn({ ...ACCESS_CLAIMS, jti: null }, { alg: 'RS256', typ: 'application/at+jwt' }),
      severity: 'low',
    },
    {
      name: 'a profile of its own',
      trace: accessJwtSignIn(without(ACCESS_CLAIMS, 'client_id'), JWT),
      severity: 'info',
    },
    { name: 'all claims, another type', trace: accessJwtSignIn(ACCESS_CLAIMS, JWT), severity: 'info' },
  ],
  clean: [{ name: 'the whole profile', trace: accessJwtSignIn(ACCESS_CLAIMS) }],
  lookAlike: [
    { name: 'an ID token has another profile', trace: codeSignIn(ID_CLAIMS), verdict: 'notApplicable' },
    {
      name: 'a provider with a profile of its own',
      trace: accessJwtSignIn(without(ACCESS_CLAIMS, 'client_id'), JWT)
        .replaceAll('https://as.example/authorize', 'https://login.as.example/realms/r1/protocol/openid-connect/auth')
        .replaceAll('https://as.example/token', 'https://login.as.example/realms/r1/protocol/openid-connect/token'),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: TOKEN_UNSEEN,
};
