import { param, wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { codeSignIn, frontSignIn, ID_CLAIMS } from './support/example-sign-in.ts';
import { ID_TOKEN_UNSEEN, judgeIdTokens } from './support/id-tokens.ts';

export const rule: Rule = {
  id: 'c-hash-mismatch',
  title: 'ID token that belongs to another code',
  subject: 'Hash of the code in the ID token',
  group: 'D',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization response'],
  references: [
    { spec: 'OIDC Core', section: '3.3.2.10', level: 'MUST' },
    { spec: 'OIDC Core', section: '3.3.2.11', level: 'none' },
  ],
  why: 'The code was exchanged for another one on its way, so that the client would redeem the sign-in of somebody else.',
  fix: 'Reject the response when `c_hash` is not the hash of the code beside it.',
  parents: [],

  check(flow, c) {
    return judgeIdTokens(flow, c, ({ message, param: token, header, claims }) => {
      const claim = claims['c_hash'];
      const code = param(message, 'code');
      if (typeof claim !== 'string' || code === null) return c.notApplicable;
      const expected = c.leftHalf(code.value, wordOf(header['alg']));
      // The algorithm names no hash, such as EdDSA.
      if (expected === null) return c.notApplicable;
      if (claim === expected) return c.pass;
      if (message.truncated) return c.cannotTell('whole address');
      return c.fail({
        evidence: [c.at(message, token), c.at(message, code)],
        summary: c.say`The hash in the ID token is not that of the code that came with it.`,
      });
    });
  },
};

// Left half of SHA-256 over the code.
const RIGHT = { ...ID_CLAIMS, c_hash: 'o1uBp9eSe3DsmScN0jYriA' };
const WRONG = { ...ID_CLAIMS, c_hash: 'LDktKdoQak3Pk0cnXxCltA' };
const CODE = { code: 'SplxlOBeZQQYbYS6WxSbIA' };

export const examples: Examples = {
  violation: [
    { name: 'another code', trace: frontSignIn(WRONG, CODE), severity: 'high' },
    { name: 'the hash of another algorithm', trace: frontSignIn(RIGHT, CODE, { alg: 'RS512' }), severity: 'high' },
  ],
  clean: [{ name: 'the right hash', trace: frontSignIn(RIGHT, CODE) }],
  lookAlike: [
    {
      name: 'a code that is encoded on the wire',
      trace: frontSignIn({ ...ID_CLAIMS, c_hash: 'Im0z6l72Gnq-OtpE6R74Qw' }, { code: '4/0AdQt8qh+R7x/Zk3uV8pQx1LrT0' }),
      verdict: 'pass',
    },
    { name: 'an ID token that came for the code', trace: codeSignIn(WRONG), verdict: 'notApplicable' },
    { name: 'no hash', trace: frontSignIn(ID_CLAIMS, CODE), verdict: 'notApplicable' },
    {
      name: 'an algorithm that names no hash',
      trace: frontSignIn(WRONG, CODE, { alg: 'EdDSA' }),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    ...ID_TOKEN_UNSEEN,
    {
      name: 'the callback was cut',
      trace: frontSignIn(WRONG, CODE).replace('GET https://app.example/cb', '# truncated\nGET https://app.example/cb'),
      missing: ['whole address'],
    },
  ],
};
