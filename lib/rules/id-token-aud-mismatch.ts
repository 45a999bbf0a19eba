import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import {
  ACCESS_TOKEN,
  CODE_CALLBACK,
  codeSignIn,
  exampleJwt,
  frontSignIn,
  ID_CLAIMS,
  metadata,
  openIdRequest,
  redeemed,
  refreshed,
  TOKEN_USED,
  without,
} from './support/example-sign-in.ts';
import { redirected, UPSTREAM } from './support/example-traces.ts';
import {
  audiencesOf,
  continuationAfter,
  ID_TOKEN_UNSEEN,
  isOwnIssuer,
  isSurelyOf,
  judgeIdTokens,
} from './support/id-tokens.ts';

export const rule: Rule = {
  id: 'id-token-aud-mismatch',
  title: 'ID token made for another client',
  subject: 'Audience of the ID token',
  group: 'D',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request', 'authorization response', 'token response'],
  references: [
    { spec: 'OIDC Core', section: '3.1.3.7', level: 'MUST' },
    { spec: 'RFC 6749', section: '10.16', level: 'none' },
    { spec: 'RFC 8725', section: '3.9', level: 'none' },
  ],
  asvs: ['10.5.4', '9.2.3'],
  why: 'An ID token that another application got for a visitor signs its owner in here as that visitor.',
  fix: 'Reject ID tokens whose `aud` does not hold the `client_id` of this client.',
  parents: [],

  check(flow, c) {
    return judgeIdTokens(flow, c, (token) => {
      const audiences = audiencesOf(token);
      // Tokens of another issuer or another grant are no ID tokens of this sign-in, whatever they are called.
      if (token.by === 'other' || audiences.length === 0 || !isOwnIssuer(flow, token)) return c.notApplicable;
      const { clientId } = flow;
      if (clientId === null) return c.cannotTell('authorization request');
      if (audiences.some((audience) => audience.toLowerCase() === clientId.toLowerCase())) return c.pass;
      if (!isSurelyOf(flow, token)) return c.cannotTell('sure link');
      const evidence = [c.at(token.message, token.param)] as const;
      return continuationAfter(flow, token) === null
        ? c.fail({
            evidence,
            severity: 'medium',
            summary: c.say`The ID token is for ${c.plain(audiences.join(' '))}, not for ${c.plain(clientId)}; whether the client refused it was not seen.`,
          })
        : c.fail({
            evidence,
            summary: c.say`The ID token is for ${c.plain(audiences.join(' '))}, not for ${c.plain(clientId)}, and the client went on.`,
          });
    });
  },
};

const OTHER = { ...ID_CLAIMS, aud: 'other-app' };

export const examples: Examples = {
  violation: [
    { name: 'another client, and the client goes on', trace: codeSignIn(OTHER) + TOKEN_USED, severity: 'high' },
    { name: 'another client, the end was not seen', trace: codeSignIn(OTHER), severity: 'medium' },
    { name: 'through the browser', trace: frontSignIn({ ...ID_CLAIMS, aud: ['x1', 'x2'] }), severity: 'medium' },
    {
      name: 'by a refresh',
      trace:
        codeSignIn(ID_CLAIMS) +
        refreshed({ access_token: 'Zz9yX8wV7uT6sR5qP4oN3m', token_type: 'Bearer', id_token: exampleJwt(OTHER) }),
      severity: 'medium',
    },
    { name: 'no issuer', trace: codeSignIn(without(OTHER, 'iss')), severity: 'medium' },
    {
      name: 'an issuer on another site, by the metadata',
      trace: metadata({ issuer: 'https://id.example' }) + codeSignIn({ ...OTHER, iss: 'https://id.example' }),
      severity: 'medium',
    },
    {
      name: 'an issuer written without its scheme',
      trace: codeSignIn({ ...OTHER, iss: 'as.example' }),
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'this client', trace: codeSignIn(ID_CLAIMS) },
    { name: 'this client among others', trace: codeSignIn({ ...ID_CLAIMS, aud: ['api', 'web1'] }) },
  ],
  lookAlike: [
    { name: 'capital letters', trace: codeSignIn({ ...ID_CLAIMS, aud: 'WEB1' }), verdict: 'pass' },
    { name: 'no audience is another finding', trace: codeSignIn(without(ID_CLAIMS, 'aud')), verdict: 'notApplicable' },
    {
      name: 'a sign-in without OpenID',
      trace: openIdRequest('scope=read').replace('scope=openid&', ''),
      verdict: 'notApplicable',
    },
    {
      name: 'tokens that the server of the application hands out',
      trace: `
        GET https://app.example/session?client_id=web1

        200
        Content-Type: application/json

        {"access_token":"${ACCESS_TOKEN}","token_type":"Bearer","id_token":"${exampleJwt(OTHER)}"}
      `,
      verdict: 'notApplicable',
    },
    {
      name: 'the ID token that a broker gets',
      trace: redirected(
        `${UPSTREAM}&response_type=id_token&scope=openid&nonce=n-0S6_WzA2Mj`,
        `https://tenant.auth0.com/login/callback#id_token=${exampleJwt({ ...OTHER, iss: 'https://accounts.google.com' })}&state=Zk3uV8pQx1LrT0`,
      ),
      verdict: 'notApplicable',
    },
    {
      name: 'the ID token that a broker redeems a code for',
      trace: `
        ${redirected(`${UPSTREAM}&response_type=code&scope=openid`, 'https://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0')}
        ${redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', id_token: exampleJwt({ ...OTHER, iss: 'https://accounts.google.com' }) }).replace('as.example', 'oauth2.googleapis.com')}
      `,
      verdict: 'notApplicable',
    },
    {
      name: 'a session token of another service, named like an ID token',
      trace: codeSignIn({ ...OTHER, iss: 'https://securetoken.example/project-1' }),
      verdict: 'notApplicable',
    },
    {
      name: 'a token made for another client on purpose',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&client_id=web1&subject_token=2YotnFZFEjr1zCsicMWpAA&audience=other-app

        200
        Content-Type: application/json

        {"access_token":"Zz9yX8wV7uT6sR5qP4oN3m","token_type":"Bearer","id_token":"${exampleJwt(OTHER)}"}
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    ...ID_TOKEN_UNSEEN,
    {
      name: 'the client is not known',
      trace: `${CODE_CALLBACK}\n${redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', id_token: exampleJwt(OTHER) }).replace('&client_id=web1', '')}`,
      missing: ['authorization request'],
    },
    {
      name: 'only the client is the same',
      trace: `${openIdRequest()}\n${redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', id_token: exampleJwt(OTHER) })}`,
      missing: ['sure link'],
    },
  ],
};
