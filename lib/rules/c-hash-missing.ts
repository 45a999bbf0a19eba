import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { codeSignIn, frontSignIn, ID_CLAIMS } from './support/example-sign-in.ts';
import { ID_TOKEN_UNSEEN, judgeIdTokens } from './support/id-tokens.ts';

export const rule: Rule = {
  id: 'c-hash-missing',
  title: 'ID token that does not vouch for the code beside it',
  subject: 'c_hash in the ID token',
  group: 'D',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization response'],
  references: [{ spec: 'OIDC Core', section: '3.3.2.11', level: 'none' }],
  why: 'An attacker can put another code into the response, and the client has nothing to notice it by.',
  fix: 'Use the code flow, or make the server put `c_hash` into ID tokens that come with a code.',
  parents: [],

  check(flow, c) {
    return judgeIdTokens(flow, c, ({ by, message, param: token, claims }) => {
      // For ID tokens of the token endpoint the hash is optional.
      const code = by === 'front' ? param(message, 'code') : null;
      if (code === null) return c.notApplicable;
      if (typeof claims['c_hash'] === 'string') return c.pass;
      return c.fail({
        evidence: [c.at(message, token), c.at(message, code)],
        summary: c.say`ID token and code came in one response without c_hash.`,
      });
    });
  },
};

const HASHED = { ...ID_CLAIMS, c_hash: 'o1uBp9eSe3DsmScN0jYriA' };
const CODE = { code: 'SplxlOBeZQQYbYS6WxSbIA' };

export const examples: Examples = {
  violation: [{ name: 'a hybrid response', trace: frontSignIn(ID_CLAIMS, CODE), severity: 'medium' }],
  clean: [{ name: 'with the hash', trace: frontSignIn(HASHED, CODE) }],
  lookAlike: [
    { name: 'an ID token that came for the code', trace: codeSignIn(ID_CLAIMS), verdict: 'notApplicable' },
    { name: 'no code beside it', trace: frontSignIn(ID_CLAIMS), verdict: 'notApplicable' },
  ],
  cannotTell: ID_TOKEN_UNSEEN,
};
