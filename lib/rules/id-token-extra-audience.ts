import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import {
  ACCESS_TOKEN,
  CODE_CALLBACK,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  redeemed,
  without,
} from './support/example-sign-in.ts';
import { audiencesOf, ID_TOKEN_UNSEEN, isOwnIssuer, judgeIdTokens } from './support/id-tokens.ts';

export const rule: Rule = {
  id: 'id-token-extra-audience',
  title: 'ID token with audiences beside this client',
  subject: 'Other audiences of the ID token',
  group: 'D',
  severity: 'low',
  confidence: 'certain',
  needs: ['authorization response', 'token response'],
  references: [{ spec: 'OIDC Core', section: '3.1.3.7', level: 'MUST' }],
  why: 'Each of the audiences can present the ID token to the others as proof of the visitor’s sign-in.',
  fix: 'Have ID tokens made for one client, or accept only audiences that the client knows and trusts.',
  parents: [],

  check(flow, c) {
    return judgeIdTokens(flow, c, (token) => {
      const audiences = audiencesOf(token);
      const { clientId } = flow;
      if (token.by === 'other' || audiences.length === 0 || !isOwnIssuer(flow, token)) return c.notApplicable;
      if (audiences.length === 1) return c.pass;
      if (clientId === null) return c.cannotTell('authorization request');
      // Made for others alone: a finding of its own.
      if (!audiences.includes(clientId)) return c.notApplicable;
      const others = audiences.filter((audience) => audience !== clientId).join(' ');
      const evidence = [c.at(token.message, token.param)] as const;
      const party = token.claims['azp'];
      if (typeof party === 'string' && party !== clientId) {
        return c.fail({
          evidence,
          summary: c.say`The ID token is for ${c.plain(others)}, too, and names ${c.plain(party)} as the client it was issued to.`,
        });
      }
      return flow.provider === null
        ? c.fail({ evidence, summary: c.say`The ID token is for ${c.plain(others)}, too.` })
        : c.fail({
            evidence,
            severity: 'info',
            summary: c.say`${c.plain(flow.provider.name)} made the ID token for ${c.plain(others)}, too.`,
          });
    });
  },
};

const TWO = { ...ID_CLAIMS, aud: ['web1', 'api1'] };

export const examples: Examples = {
  violation: [
    { name: 'two audiences', trace: codeSignIn(TWO), severity: 'low' },
    { name: 'issued to another client', trace: codeSignIn({ ...TWO, azp: 'api1' }), severity: 'low' },
    { name: 'issued to this client', trace: codeSignIn({ ...TWO, azp: 'web1' }), severity: 'low' },
    {
      name: 'by a known provider',
      trace: codeSignIn({ ...TWO, iss: 'https://idp.as.example/realms/r1' })
        .replaceAll('https://as.example/authorize', 'https://idp.as.example/realms/r1/protocol/openid-connect/auth')
        .replaceAll('https://as.example/token', 'https://idp.as.example/realms/r1/protocol/openid-connect/token'),
      severity: 'info',
    },
  ],
  clean: [
    { name: 'one audience', trace: codeSignIn(ID_CLAIMS) },
    { name: 'one audience in a list, twice', trace: codeSignIn({ ...ID_CLAIMS, aud: ['web1', 'web1'] }) },
  ],
  lookAlike: [
    { name: 'an access token with two audiences', trace: accessToken(), verdict: 'pass' },
    { name: 'made for others alone', trace: codeSignIn({ ...ID_CLAIMS, aud: ['x1', 'x2'] }), verdict: 'notApplicable' },
    { name: 'no audience', trace: codeSignIn(without(ID_CLAIMS, 'aud')), verdict: 'notApplicable' },
    {
      name: 'a session token of another service',
      trace: codeSignIn({ ...TWO, iss: 'https://securetoken.example/project-1' }),
      verdict: 'notApplicable',
    },
    {
      name: 'a token exchanged for several audiences',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&client_id=web1&subject_token=2YotnFZFEjr1zCsicMWpAA

        200
        Content-Type: application/json

        {"access_token":"Zz9yX8wV7uT6sR5qP4oN3m","token_type":"Bearer","id_token":"${exampleJwt(TWO)}"}
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    ...ID_TOKEN_UNSEEN,
    {
      name: 'the client is not known',
      trace: `${CODE_CALLBACK}\n${redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', id_token: exampleJwt(TWO) }).replace('&client_id=web1', '')}`,
      missing: ['authorization request'],
    },
  ],
};

function accessToken(): string {
  return codeSignIn(ID_CLAIMS).replace(ACCESS_TOKEN, exampleJwt({ ...TWO, aud: ['web1', 'account'] }));
}
