import { isRecord } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeProofs } from './support/dpop-proofs.ts';
import {
  exampleProof,
  PROOF_HEADER,
  PROOF_KEY,
  proofUnseen,
  TOKEN_PROOF,
  tokenRequest,
} from './support/example-proofs.ts';

export const rule: Rule = {
  id: 'dpop-private-key-in-proof',
  title: 'Private key in the header of a DPoP proof',
  subject: 'Key in the header of DPoP proofs',
  group: 'K',
  severity: 'high',
  confidence: 'certain',
  needs: ['request headers'],
  references: [
    { spec: 'RFC 9449', section: '4.2', level: 'MUST NOT' },
    { spec: 'RFC 9449', section: '4.3', level: 'MUST' },
  ],
  why: 'Every server and every log that sees one request can make proofs of its own and use the stolen token.',
  fix: 'Put only the public members of the key into `jwk`, and replace this key.',
  parents: [],

  check(flow, c) {
    return judgeProofs(flow, c, ({ header, evidence }) => {
      const jwk = header?.['jwk'];
      if (!isRecord(jwk)) return c.notApplicable;
      const secret = PRIVATE_MEMBERS.find((name) => name in jwk);
      if (secret === undefined) return c.pass;
      return c.fail({
        evidence: [evidence],
        summary: c.say`The key in the proof has the private member ${c.plain(secret)}.`,
      });
    });
  },
};

/** RFC 7518 §6.2.2, §6.3.2 and §6.4.1. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const withKey = (jwk: unknown): string =>
  tokenRequest([`DPoP: ${exampleProof(TOKEN_PROOF, { ...PROOF_HEADER, jwk })}`]);

export const examples: Examples = {
  violation: [
    {
      name: 'the private number of a curve',
      trace: withKey({ ...PROOF_KEY, d: 'K-sdXewa4XA8eAj79QBffPoxaO3TUGG8XXzqUlKpVFA' }),
      severity: 'high',
    },
    ...['p', 'q', 'dp', 'dq', 'qi'].map((name) => ({
      name: `the member ${name} of an RSA key`,
      trace: withKey({
        kty: 'RSA',
        e: 'AQAB',
        n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAk',
        [name]: 'K-sdXewa4XA8eAj79QBffPox',
      }),
    })),
    {
      name: 'more primes of an RSA key',
      trace: withKey({
        kty: 'RSA',
        e: 'AQAB',
        n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAk',
        oth: [{ r: 'K-sdXewa4XA8eAj7' }],
      }),
    },
    { name: 'a shared key', trace: withKey({ kty: 'oct', k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMko' }) },
  ],
  clean: [{ name: 'the public members of a curve', trace: withKey(PROOF_KEY) }],
  lookAlike: [
    {
      name: 'names and uses of a public key',
      trace: withKey({ ...PROOF_KEY, kid: 'd', use: 'sig', key_ops: ['verify'], alg: 'ES256' }),
      verdict: 'pass',
    },
    { name: 'a key that is no object', trace: withKey('d'), verdict: 'notApplicable' },
    { name: 'no JWT', trace: tokenRequest(['DPoP: d']), verdict: 'notApplicable' },
  ],
  cannotTell: proofUnseen(),
};
