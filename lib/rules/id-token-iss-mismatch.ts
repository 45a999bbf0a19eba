import { endpointOf } from '../http/endpoint.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import {
  ACCESS_TOKEN,
  codeSignIn,
  exampleJwt,
  frontSignIn,
  ID_CLAIMS,
  metadata,
  openIdRequest,
  redeemed,
  TOKEN_USED,
  without,
} from './support/example-sign-in.ts';
import { continuationAfter, ID_TOKEN_UNSEEN, type IdToken, isSurelyOf, judgeIdTokens } from './support/id-tokens.ts';

export const rule: Rule = {
  id: 'id-token-iss-mismatch',
  title: 'ID token of another issuer',
  subject: 'Issuer of the ID token',
  group: 'D',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization response', 'token response', 'server metadata'],
  references: [
    { spec: 'OIDC Core', section: '3.1.3.7', level: 'MUST' },
    { spec: 'OIDC Discovery', section: '4.3', level: 'MUST' },
    { spec: 'RFC 8725', section: '3.8', level: 'none' },
  ],
  asvs: ['10.5.3'],
  why: 'A server that the client did not ask could sign any visitor in.',
  fix: 'Pin the issuer of each server and compare `iss` with it, character by character.',
  parents: ['as-mixup', 'iss-mismatch'],

  check(flow, c) {
    return judgeIdTokens(flow, c, (token) => {
      const { iss } = token.claims;
      if (typeof iss !== 'string' || token.by === 'other') return c.notApplicable;
      const named = endpointOf(iss);
      const evidence = [c.at(token.message, token.param)] as const;
      if (named?.scheme === 'http' && !named.dev) {
        return c.fail({
          evidence,
          severity: 'medium',
          part: 'http',
          summary: c.say`The issuer ${c.plain(iss)} is no https address, so nobody can be sure of its keys.`,
        });
      }
      const expected = expectedIssuer(flow, token);
      if (iss === expected) return c.pass;
      if (expected === null || flow.provider?.looseIssuer) return c.cannotTell('server metadata');
      if (!isSurelyOf(flow, token)) return c.cannotTell('sure link');
      if (iss.replace(/\/$/, '') === expected.replace(/\/$/, '')) {
        return c.fail({
          evidence,
          severity: 'low',
          summary: c.say`The issuer is written in another way than in the metadata of the server.`,
        });
      }
      return continuationAfter(flow, token) === null
        ? c.fail({
            evidence,
            severity: 'medium',
            summary: c.say`The ID token is by ${c.plain(iss)}, not by ${c.plain(expected)}; whether the client refused it was not seen.`,
          })
        : c.fail({
            evidence,
            summary: c.say`The ID token is by ${c.plain(iss)}, not by ${c.plain(expected)}, and the client went on.`,
          });
    });
  },
};

/** The issuer of the metadata; servers of many tenants write a placeholder for the tenant (`tid`). */
function expectedIssuer(flow: Flow, { claims }: IdToken): string | null {
  const tenant = claims['tid'];
  return typeof tenant === 'string' && flow.issuer !== null
    ? flow.issuer.replace(/\{tenantid\}/i, () => tenant)
    : flow.issuer;
}

const EVIL = { ...ID_CLAIMS, iss: 'https://evil.example' };
const TENANT = '9b3f6c1e-58a2-4b7d-9c0e-2f1d7a6b8c90';
const TEMPLATED = {
  issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
  authorization_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
  token_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
};
const entra = (claims: Readonly<Record<string, unknown>>): string =>
  (metadata(TEMPLATED) + codeSignIn(claims))
    .replaceAll('https://as.example/authorize', TEMPLATED.authorization_endpoint)
    .replaceAll('https://as.example/token', TEMPLATED.token_endpoint);

export const examples: Examples = {
  violation: [
    {
      name: 'another issuer, and the client goes on',
      trace: metadata() + codeSignIn(EVIL) + TOKEN_USED,
      severity: 'high',
    },
    { name: 'another issuer, the end was not seen', trace: metadata() + codeSignIn(EVIL), severity: 'medium' },
    { name: 'through the browser', trace: metadata() + frontSignIn(EVIL), severity: 'medium' },
    {
      name: 'a slash at the end',
      trace: metadata() + codeSignIn({ ...ID_CLAIMS, iss: 'https://as.example/' }),
      severity: 'low',
    },
    { name: 'plain http', trace: codeSignIn({ ...ID_CLAIMS, iss: 'http://as.example' }), severity: 'medium' },
  ],
  clean: [
    { name: 'the issuer of the metadata', trace: metadata() + codeSignIn(ID_CLAIMS) },
    {
      name: 'a placeholder for the tenant',
      trace: entra({ ...ID_CLAIMS, tid: TENANT, iss: `https://login.microsoftonline.com/${TENANT}/v2.0` }),
    },
  ],
  lookAlike: [
    {
      name: 'plain http on this machine',
      trace: metadata({ issuer: 'http://localhost:8080' }) + codeSignIn({ ...ID_CLAIMS, iss: 'http://localhost:8080' }),
      verdict: 'pass',
    },
    {
      name: 'no issuer is another finding',
      trace: metadata() + codeSignIn(without(ID_CLAIMS, 'iss')),
      verdict: 'notApplicable',
    },
    {
      name: 'a token of another server, exchanged for one of this',
      trace: `
        ${metadata()}

        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&client_id=web1&subject_token=2YotnFZFEjr1zCsicMWpAA

        200
        Content-Type: application/json

        {"access_token":"Zz9yX8wV7uT6sR5qP4oN3m","token_type":"Bearer","id_token":"${exampleJwt(EVIL)}"}
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    ...ID_TOKEN_UNSEEN,
    { name: 'the metadata was not seen', trace: codeSignIn(EVIL), missing: ['server metadata'] },
    {
      name: 'a server whose issuer differs by design',
      trace: entra({ ...ID_CLAIMS, iss: `https://sts.windows.net/${TENANT}/`, tid: TENANT }),
      missing: ['server metadata'],
    },
    {
      name: 'only the client is the same',
      trace: `${metadata()}\n${openIdRequest()}\n${redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', id_token: exampleJwt(EVIL) })}`,
      missing: ['sure link'],
    },
  ],
};
