import { wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import {
  ACCESS_CLAIMS,
  accessJwtSignIn,
  codeSignIn,
  exampleJwt,
  frontSignIn,
  ID_CLAIMS,
  openIdRequest,
} from './support/example-sign-in.ts';
import { redirected, UPSTREAM } from './support/example-traces.ts';
import { judgeJwts, TOKEN_UNSEEN } from './support/jwts.ts';

export const rule: Rule = {
  id: 'jwt-alg-none',
  title: 'Token that nobody signed',
  subject: 'Signature of tokens',
  group: 'F',
  severity: 'high',
  confidence: 'certain',
  needs: ['token response', 'response body'],
  references: [
    { spec: 'RFC 8725', section: '3.1', level: 'none' },
    { spec: 'RFC 8725', section: '3.2', level: 'none' },
    { spec: 'OIDC Core', section: '2', level: 'none' },
  ],
  asvs: ['9.1.1'],
  why: 'Anybody can make such a token with any content.',
  fix: 'Sign tokens with an asymmetric algorithm, and accept only the algorithms that are expected.',
  parents: [],

  check(flow, c) {
    return judgeJwts(flow, c, ['id_token', 'access_token', 'client_assertion', 'assertion'], (token) => {
      const none = /^none$/i.test(wordOf(token.header['alg']));
      if (!none && !token.value.endsWith('.')) return c.pass;
      // OIDC Core §2: a client may ask for unsigned ID tokens from the token endpoint.
      const severity = none && token.is === 'id_token' && token.message.kind === 'tokenResponse' ? 'medium' : 'high';
      return c.fail({
        evidence: [token.evidence],
        severity,
        part: token.is,
        summary: none
          ? c.say`The header of the ${c.plain(token.is)} says that it has no signature.`
          : c.say`The ${c.plain(token.is)} names an algorithm, but its signature is empty.`,
      });
    });
  },
};

const unsigned = (token: string): string => token.replace(/[^.]*$/, '');
const NONE = { alg: 'none' };
const assertion = (token: string, name = 'client_assertion'): string => `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=client_credentials&client_id=web1&${name}=${token}
`;

export const examples: Examples = {
  violation: [
    { name: 'an access token', trace: accessJwtSignIn(ACCESS_CLAIMS, NONE), severity: 'high' },
    { name: 'in capital letters', trace: accessJwtSignIn(ACCESS_CLAIMS, { alg: 'NONE' }), severity: 'high' },
    { name: 'an ID token through the browser', trace: frontSignIn(ID_CLAIMS, {}, NONE), severity: 'high' },
    { name: 'an ID token for a code', trace: codeSignIn(ID_CLAIMS, openIdRequest(), NONE), severity: 'medium' },
    {
      name: 'an empty signature',
      trace: codeSignIn(ID_CLAIMS).replace(exampleJwt(ID_CLAIMS), unsigned(exampleJwt(ID_CLAIMS))),
      severity: 'high',
    },
    {
      name: 'an assertion of the client',
      trace: assertion(unsigned(exampleJwt({ sub: 'web1' }, NONE))),
      severity: 'high',
    },
    {
      name: 'an assertion as grant',
      trace: assertion(unsigned(exampleJwt({ sub: 'web1' }, NONE)), 'assertion'),
      severity: 'high',
    },
    {
      name: 'an access token that is used',
      trace: `GET https://as.example/userinfo\nAuthorization: Bearer ${exampleJwt(ACCESS_CLAIMS, NONE)}`,
      severity: 'high',
    },
  ],
  clean: [
    { name: 'signed', trace: codeSignIn(ID_CLAIMS) },
    { name: 'an access token', trace: accessJwtSignIn(ACCESS_CLAIMS) },
  ],
  lookAlike: [
    {
      name: 'an unsigned token that nobody uses',
      trace: `GET https://app.example/docs?access_token_sample=${unsigned(exampleJwt({ sub: 'admin' }, NONE))}&client_id=web1`,
    },
    {
      name: 'a request object is another finding',
      trace: `GET https://as.example/authorize?client_id=web1&response_type=code&scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&request=${unsigned(exampleJwt({ client_id: 'web1' }, NONE))}`,
      verdict: 'cannotTell',
    },
    {
      name: 'the token that a broker gets',
      trace: redirected(
        `${UPSTREAM}&response_type=id_token&scope=openid&nonce=n-0S6_WzA2Mj`,
        `https://tenant.auth0.com/login/callback#id_token=${unsigned(exampleJwt(ID_CLAIMS, NONE))}&state=Zk3uV8pQx1LrT0`,
      ),
      verdict: 'notApplicable',
    },
    { name: 'an access token that is no JWT', trace: codeSignIn(ID_CLAIMS), verdict: 'pass' },
  ],
  cannotTell: TOKEN_UNSEEN,
};
