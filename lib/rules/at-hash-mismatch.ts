import { param, wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import {
  ACCESS_TOKEN,
  codeSignIn,
  exampleJwt,
  frontSignIn,
  ID_CLAIMS,
  openIdRequest,
  redeemed,
} from './support/example-sign-in.ts';
import { ID_TOKEN_UNSEEN, judgeIdTokens } from './support/id-tokens.ts';

export const rule: Rule = {
  id: 'at-hash-mismatch',
  title: 'ID token that belongs to another access token',
  subject: 'Hash of the access token in the ID token',
  group: 'D',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization response', 'token response'],
  references: [
    { spec: 'OIDC Core', section: '3.1.3.8', level: 'none' },
    { spec: 'OIDC Core', section: '3.2.2.9', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.6.1', level: 'none' },
  ],
  why: 'The access token was exchanged for another one, and the client would act for another account.',
  fix: 'Reject the whole response when `at_hash` is not the hash of the access token beside it.',
  parents: [],

  check(flow, c) {
    return judgeIdTokens(flow, c, ({ message, param: token, header, claims }) => {
      const claim = claims['at_hash'];
      const access = param(message, 'access_token');
      if (typeof claim !== 'string' || access === null) return c.notApplicable;
      const expected = c.leftHalf(access.value, wordOf(header['alg']));
      // The algorithm names no hash, such as EdDSA.
      if (expected === null) return c.notApplicable;
      if (claim === expected) return c.pass;
      if (message.truncated) return c.cannotTell('whole address');
      return c.fail({
        evidence: [c.at(message, token), c.at(message, access)],
        summary: c.say`The hash in the ID token is not that of the access token that came with it.`,
      });
    });
  },
};

// Left half of SHA-256 and of SHA-384 over the access token.
const RIGHT = { ...ID_CLAIMS, at_hash: 'bJYTDxMKsNbRWDl-JNK8wQ' };
const RIGHT_384 = { ...ID_CLAIMS, at_hash: 'ZSkmaEYAEYyaBF_5dbeyv1Cw_LPfsCea' };
const WRONG = { ...ID_CLAIMS, at_hash: '77QmUPtjPfzWtF2AnpK9RQ' };
const ACCESS = { access_token: ACCESS_TOKEN, token_type: 'bearer' };
const hybrid = (front: Readonly<Record<string, unknown>>, back: Readonly<Record<string, unknown>>): string =>
  frontSignIn(front, { ...ACCESS, code: 'SplxlOBeZQQYbYS6WxSbIA' }) +
  redeemed({ access_token: 'Zz9yX8wV7uT6sR5qP4oN3m', token_type: 'Bearer', id_token: exampleJwt(back) });

export const examples: Examples = {
  violation: [
    { name: 'in a token response', trace: codeSignIn(WRONG), severity: 'high' },
    { name: 'through the browser', trace: frontSignIn(WRONG, ACCESS), severity: 'high' },
    {
      name: 'the hash of another algorithm',
      trace: codeSignIn(RIGHT, openIdRequest(), { alg: 'RS384' }),
      severity: 'high',
    },
    {
      name: 'the token of the other response of a hybrid sign-in',
      trace: hybrid(RIGHT, RIGHT),
      severity: 'high',
    },
  ],
  clean: [
    { name: 'in a token response', trace: codeSignIn(RIGHT) },
    { name: 'through the browser', trace: frontSignIn(RIGHT, ACCESS) },
    { name: 'with another hash', trace: codeSignIn(RIGHT_384, openIdRequest(), { alg: 'ES384' }) },
  ],
  lookAlike: [
    {
      name: 'two access tokens of a hybrid sign-in, each with its hash',
      trace: hybrid(RIGHT, { ...ID_CLAIMS, at_hash: 'rlGKFmyI_mQBtZzQoe8VLA' }),
      verdict: 'pass',
    },
    { name: 'no hash', trace: codeSignIn(ID_CLAIMS), verdict: 'notApplicable' },
    { name: 'no access token beside it', trace: frontSignIn(WRONG), verdict: 'notApplicable' },
    {
      name: 'an algorithm that names no hash',
      trace: codeSignIn(WRONG, openIdRequest(), { alg: 'EdDSA' }),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    ...ID_TOKEN_UNSEEN,
    {
      name: 'the callback was cut',
      trace: frontSignIn(WRONG, ACCESS).replace(
        'GET https://app.example/cb',
        '# truncated\nGET https://app.example/cb',
      ),
      missing: ['whole address'],
    },
  ],
};
