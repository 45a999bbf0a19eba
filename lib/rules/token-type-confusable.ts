import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import {
  ACCESS_CLAIMS,
  CODE_CALLBACK,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  openIdRequest,
  redeemed,
  without,
} from './support/example-sign-in.ts';
import { audiencesOf, ID_TOKEN_UNSEEN, judgeIdTokens } from './support/id-tokens.ts';

export const rule: Rule = {
  id: 'token-type-confusable',
  title: 'ID token and access token that look alike',
  subject: 'Difference of ID token and access token',
  group: 'F',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization response', 'token response'],
  references: [
    { spec: 'RFC 8725', section: '2.8', level: 'none' },
    { spec: 'RFC 8725', section: '3.12', level: 'none' },
    { spec: 'RFC 9068', section: '5', level: 'none' },
  ],
  asvs: ['9.2.2'],
  why: 'An API accepts the ID token, or a client the access token, where only the other one should open the door.',
  fix: 'Give both tokens different audiences, and access tokens the `typ` `at+jwt`.',
  parents: [],

  check(flow, c) {
    return judgeIdTokens(flow, c, ({ message, param: token, header, claims }) => {
      const access = param(message, 'access_token');
      if (access === null) return c.notApplicable;
      const evidence = [c.at(message, token), c.at(message, access)] as const;
      if (access.value === token.value) {
        return c.fail({ evidence, severity: 'high', confidence: 'certain', summary: c.say`Both are the same token.` });
      }
      const other = readCompactJose(access.value);
      // Opaque or encrypted, it cannot be taken for the other.
      if (other === null || other.claims === null) return c.pass;
      const audience = audiencesOf({ claims }).toSorted().join(' ');
      if (audience !== audiencesOf({ claims: other.claims }).toSorted().join(' ')) return c.pass;
      if (claims['iss'] !== other.claims['iss'] || header['typ'] !== other.header['typ']) return c.pass;
      const accessClaims = other.claims;
      const marked = MARKS.some((name) => claims[name] !== accessClaims[name]);
      return marked
        ? c.pass
        : c.fail({ evidence, summary: c.say`Issuer, audience and type are the same, and no claim tells them apart.` });
    });
  },
};

/** Claims that only one of the two has, or that say which it is. */
const MARKS = [
  'typ',
  'token_use',
  'scope',
  'scp',
  'client_id',
  'cid',
  'roles',
  'permissions',
  'nonce',
  'at_hash',
  'c_hash',
];

const SAME = without(ID_CLAIMS, 'nonce');
const signIn = (id: string, access: string): string =>
  `${openIdRequest()}\n\n${CODE_CALLBACK}\n${redeemed({ access_token: access, token_type: 'Bearer', id_token: id })}`;
const JWT = { alg: 'RS256', typ: 'JWT' };

export const examples: Examples = {
  violation: [
    { name: 'one token for both', trace: signIn(exampleJwt(ID_CLAIMS), exampleJwt(ID_CLAIMS)), severity: 'high' },
    {
      name: 'nothing tells them apart',
      trace: signIn(exampleJwt(SAME, JWT), exampleJwt({ ...SAME, jti: 'dbe39bf3a3ba4238a513f51d6e1691c4' }, JWT)),
      severity: 'medium',
    },
    {
      name: 'audiences in another order',
      trace: signIn(
        exampleJwt({ ...SAME, aud: ['web1', 'api'] }, JWT),
        exampleJwt({ ...SAME, aud: ['api', 'web1'] }, JWT),
      ),
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'an access token of its profile',
      trace: signIn(exampleJwt(ID_CLAIMS, JWT), exampleJwt(ACCESS_CLAIMS, { alg: 'RS256', typ: 'at+jwt' })),
    },
    { name: 'an access token that is no JWT', trace: codeSignIn(ID_CLAIMS) },
  ],
  lookAlike: [
    {
      name: 'another audience',
      trace: signIn(exampleJwt(SAME, JWT), exampleJwt({ ...SAME, aud: 'api' }, JWT)),
      verdict: 'pass',
    },
    {
      name: 'another type',
      trace: signIn(exampleJwt(SAME, JWT), exampleJwt(SAME, { alg: 'RS256', typ: 'at+jwt' })),
      verdict: 'pass',
    },
    {
      name: 'another issuer',
      trace: signIn(exampleJwt(SAME, JWT), exampleJwt({ ...SAME, iss: 'https://sts.as.example' }, JWT)),
      verdict: 'pass',
    },
    {
      name: 'a claim that says which it is',
      trace: signIn(exampleJwt({ ...SAME, token_use: 'id' }, JWT), exampleJwt({ ...SAME, token_use: 'access' }, JWT)),
      verdict: 'pass',
    },
    { name: 'no access token beside it', trace: signIn(exampleJwt(SAME, JWT), ''), verdict: 'notApplicable' },
  ],
  cannotTell: ID_TOKEN_UNSEEN,
};
