import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import {
  ACCESS_TOKEN,
  codeSignIn,
  frontSignIn,
  ID_CLAIMS,
  metadata,
  openIdRequest,
} from './support/example-sign-in.ts';
import { ID_TOKEN_UNSEEN, judgeIdTokens } from './support/id-tokens.ts';

export const rule: Rule = {
  id: 'at-hash-missing',
  title: 'ID token that does not vouch for the access token beside it',
  subject: 'at_hash in the ID token',
  group: 'D',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization response'],
  references: [
    { spec: 'OIDC Core', section: '3.2.2.10', level: 'none' },
    { spec: 'OIDC Core', section: '3.3.2.11', level: 'none' },
  ],
  why: 'An attacker can put another access token into the response, and the client has nothing to notice it by.',
  fix: 'Use the code flow, or make the server put `at_hash` into ID tokens that come with an access token.',
  parents: [],

  check(flow, c) {
    return judgeIdTokens(flow, c, ({ by, message, param: token, claims }) => {
      // For ID tokens of the token endpoint the hash is optional.
      const access = by === 'front' ? param(message, 'access_token') : null;
      if (access === null) return c.notApplicable;
      if (typeof claims['at_hash'] === 'string') return c.pass;
      const evidence = [c.at(message, token), c.at(message, access)] as const;
      // Some providers have ID tokens of their own making; one that publishes metadata promises the real thing.
      return flow.provider !== null && flow.metadata === null
        ? c.fail({
            evidence,
            severity: 'low',
            summary: c.say`ID tokens of ${c.plain(flow.provider.name)} have no at_hash beside an access token.`,
          })
        : c.fail({ evidence, summary: c.say`ID token and access token came through the browser without at_hash.` });
    });
  },
};

const HASHED = { ...ID_CLAIMS, at_hash: 'bJYTDxMKsNbRWDl-JNK8wQ' };
const ACCESS = { access_token: ACCESS_TOKEN, token_type: 'bearer' };

const REALM = 'https://as.example/realms/r1/protocol/openid-connect/auth';

export const examples: Examples = {
  violation: [
    { name: 'through the browser', trace: frontSignIn(ID_CLAIMS, ACCESS), severity: 'medium' },
    {
      name: 'beside a code, too',
      trace: frontSignIn(ID_CLAIMS, { ...ACCESS, code: 'SplxlOBeZQQYbYS6WxSbIA' }),
      severity: 'medium',
    },
    {
      name: 'a provider that publishes metadata',
      trace:
        metadata({ authorization_endpoint: REALM }) +
        frontSignIn(
          ID_CLAIMS,
          ACCESS,
          undefined,
          openIdRequest(undefined, 'id_token token').replace('https://as.example/authorize', REALM),
        ),
      severity: 'medium',
    },
    {
      name: 'a provider with a dialect of its own',
      trace: frontSignIn(
        ID_CLAIMS,
        ACCESS,
        undefined,
        'GET https://www.facebook.com/v19.0/dialog/oauth?response_type=id_token%20token&client_id=web1&scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7&nonce=n-0S6_WzA2Mj',
      ),
      severity: 'low',
    },
  ],
  clean: [{ name: 'with the hash', trace: frontSignIn(HASHED, ACCESS) }],
  lookAlike: [
    { name: 'an ID token of the token endpoint', trace: codeSignIn(ID_CLAIMS), verdict: 'notApplicable' },
    { name: 'no access token beside it', trace: frontSignIn(ID_CLAIMS), verdict: 'notApplicable' },
  ],
  cannotTell: ID_TOKEN_UNSEEN,
};
