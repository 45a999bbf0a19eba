import { wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import {
  ACCESS_CLAIMS,
  accessJwtSignIn,
  codeSignIn,
  frontSignIn,
  ID_CLAIMS,
  openIdRequest,
} from './support/example-sign-in.ts';
import { ID_TOKEN_UNSEEN, judgeIdTokens } from './support/id-tokens.ts';

export const rule: Rule = {
  id: 'id-token-hs256-public-client',
  title: 'ID token signed with a secret that a browser cannot keep',
  subject: 'Signature of ID tokens for a public client',
  group: 'F',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization response', 'token response', 'client type'],
  references: [
    { spec: 'OIDC Core', section: '10.1', level: 'MUST NOT' },
    { spec: 'OIDC Core', section: '3.1.3.7', level: 'none' },
    { spec: 'RFC 10017', section: '6.3.3.1', level: 'none' },
  ],
  why: 'Who can check such a signature can also make it: the client either leaves the ID token unchecked or carries the key for everybody to read.',
  fix: 'Register RS256 or ES256 as `id_token_signed_response_alg` of the client.',
  parents: [],

  check(flow, c) {
    return judgeIdTokens(flow, c, ({ message, param, header, by }) => {
      const alg = wordOf(header['alg']);
      if (!/^HS\d{3}$/.test(alg) || flow.clientType.is === 'confidential') return c.pass;
      const evidence = [c.at(message, param)] as const;
      if (flow.provider?.symmetricIdTokens) {
        return c.fail({
          evidence,
          severity: 'info',
          summary: c.say`${c.plain(flow.provider.name)} signs ID tokens with the secret of the client.`,
        });
      }
      if (flow.clientType.is === 'unknown' && flow.grant !== 'implicit') {
        return c.fail({
          evidence,
          severity: 'low',
          confidence: 'tentative',
          summary: c.say`The ID token is signed with ${c.plain(alg)}; that is safe only where a server keeps the secret.`,
        });
      }
      return by === 'front'
        ? c.fail({
            evidence,
            severity: 'high',
            summary: c.say`The ID token came through the browser, signed with ${c.plain(alg)}, to a client that keeps no secret.`,
          })
        : c.fail({
            evidence,
            summary: c.say`A client that keeps no secret got an ID token signed with ${c.plain(alg)}.`,
          });
    });
  },
};

const HS256 = { alg: 'HS256' };
const CODE = { code: 'SplxlOBeZQQYbYS6WxSbIA' };

export const examples: Examples = {
  violation: [
    {
      name: 'for a code',
      trace: codeSignIn(ID_CLAIMS, openIdRequest(), HS256),
      clientType: 'public',
      severity: 'medium',
    },
    { name: 'beside a code', trace: frontSignIn(ID_CLAIMS, CODE, HS256), clientType: 'public', severity: 'high' },
    { name: 'implicit', trace: frontSignIn(ID_CLAIMS, {}, HS256), severity: 'high' },
    {
      name: 'the client type is not known',
      trace: codeSignIn(ID_CLAIMS, openIdRequest(), { alg: 'HS512' }),
      severity: 'low',
    },
    {
      name: 'a provider that knows nothing else',
      trace: frontSignIn(
        ID_CLAIMS,
        {},
        HS256,
        'GET https://access.line.me/oauth2/v2.1/authorize?response_type=id_token&client_id=web1&scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7&nonce=n-0S6_WzA2Mj',
      ),
      clientType: 'public',
      severity: 'info',
    },
  ],
  clean: [
    { name: 'an asymmetric signature', trace: codeSignIn(ID_CLAIMS), clientType: 'public' },
    {
      name: 'a server that keeps the secret',
      trace: codeSignIn(ID_CLAIMS, openIdRequest(), HS256),
      clientType: 'confidential',
    },
  ],
  lookAlike: [
    {
      name: 'an access token of the server for itself',
      trace: accessJwtSignIn(ACCESS_CLAIMS, HS256),
      clientType: 'public',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: ID_TOKEN_UNSEEN,
};
