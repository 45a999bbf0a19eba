import { paramValue, wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import {
  ACCESS_CLAIMS,
  accessJwtSignIn,
  codeSignIn,
  exampleJwt,
  frontSignIn,
  ID_CLAIMS,
  openIdRequest,
  without,
} from './support/example-sign-in.ts';
import { judgeJwts, TOKEN_UNSEEN, type UsedJwt } from './support/jwts.ts';

export const rule: Rule = {
  id: 'jwt-missing-aud',
  title: 'Access token that is for no server in particular',
  subject: 'Audience of access tokens',
  group: 'F',
  severity: 'medium',
  confidence: 'certain',
  needs: ['token response', 'response body'],
  references: [
    { spec: 'RFC 9700', section: '2.3', level: 'SHOULD' },
    { spec: 'RFC 9700', section: '4.10.2', level: 'none' },
    { spec: 'RFC 8725', section: '3.9', level: 'none' },
  ],
  asvs: ['10.3.1', '9.2.3'],
  why: 'Each server that is sent the token can use it at all the others that trust the issuer.',
  fix: 'Have access tokens made for one resource server (`aud`), asked for with `resource` of RFC 8707.',
  parents: [],

  check(flow, c) {
    return judgeJwts(flow, c, ['access_token'], (token) => {
      const { aud, iss } = token.claims;
      const listed: readonly unknown[] = [aud ?? []].flat();
      const telling = listed.filter((audience) => audience !== '' && audience !== '*' && audience !== iss);
      if (telling.length > 0) return c.pass;
      const evidence = [token.evidence] as const;
      if (token.claims['token_use'] === 'access' && typeof token.claims['client_id'] === 'string') {
        return c.fail({
          evidence,
          severity: 'info',
          summary: c.say`The server names the client of the access token in place of an audience, by design.`,
        });
      }
      if (namesOneServer(flow, token)) {
        return c.fail({
          evidence,
          severity: 'low',
          summary: c.say`The access token has no audience of its own; what it was asked for names one server.`,
        });
      }
      return listed.length === 0
        ? c.fail({ evidence, summary: c.say`The access token has no audience.` })
        : c.fail({ evidence, summary: c.say`The audience of the access token is its issuer or everybody.` });
    });
  },
};

/** `resource` (RFC 8707) was sent, or all scopes are addresses on one host. */
function namesOneServer(flow: Flow, { claims }: UsedJwt): boolean {
  if (flow.messages.some((message) => message.at !== 'response' && paramValue(message, 'resource') !== null))
    return true;
  const scopes = wordOf(claims['scope'] ?? claims['scp'] ?? '').split(/[\s,]+/);
  const hosts = new Set(scopes.map((scope) => /^(?:https|api):\/\/([^/]+)\//.exec(scope)?.[1] ?? null));
  return hosts.size === 1 && !hosts.has(null);
}

const BARE = without(ACCESS_CLAIMS, 'aud');

export const examples: Examples = {
  violation: [
    { name: 'no audience', trace: accessJwtSignIn(BARE), severity: 'medium' },
    { name: 'an empty list', trace: accessJwtSignIn({ ...BARE, aud: [] }), severity: 'medium' },
    { name: 'an empty text', trace: accessJwtSignIn({ ...BARE, aud: '' }), severity: 'medium' },
    { name: 'everybody', trace: accessJwtSignIn({ ...BARE, aud: '*' }), severity: 'medium' },
    { name: 'its issuer', trace: accessJwtSignIn({ ...BARE, aud: ['https://as.example'] }), severity: 'medium' },
    {
      name: 'scopes of two servers',
      trace: accessJwtSignIn({ ...BARE, scope: 'https://a.example/read https://b.example/read' }),
      severity: 'medium',
    },
    {
      name: 'scopes of one server',
      trace: accessJwtSignIn({ ...BARE, scope: 'https://api.example/read https://api.example/write' }),
      severity: 'low',
    },
    {
      name: 'scopes of one server under another name',
      trace: accessJwtSignIn({ ...without(BARE, 'scope'), scp: 'api://files/read' }),
      severity: 'low',
    },
    {
      name: 'asked for one server',
      trace: frontSignIn(
        ID_CLAIMS,
        { access_token: exampleJwt(BARE), token_type: 'bearer' },
        undefined,
        openIdRequest('nonce=n-0S6_WzA2Mj&resource=https%3A%2F%2Fapi.example', 'id_token token'),
      ),
      severity: 'low',
    },
    { name: 'the client in its place', trace: accessJwtSignIn({ ...BARE, token_use: 'access' }), severity: 'info' },
    {
      name: 'said to be for access, no client',
      trace: accessJwtSignIn({ ...without(BARE, 'client_id'), token_use: 'access' }),
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'one server', trace: accessJwtSignIn(ACCESS_CLAIMS) },
    {
      name: 'a server beside the issuer',
      trace: accessJwtSignIn({ ...BARE, aud: ['https://as.example', 'https://api.example'] }),
    },
  ],
  lookAlike: [
    { name: 'an ID token is another finding', trace: codeSignIn(without(ID_CLAIMS, 'aud')), verdict: 'notApplicable' },
  ],
  cannotTell: TOKEN_UNSEEN,
};
