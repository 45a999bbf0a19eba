import { header } from '../http/headers.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { presentedToken } from './support/client-responses.ts';
import { answerWords, boundKey, judgeCallProofs, severityOf } from './support/dpop-proofs.ts';
import {
  API_PROOF,
  apiRequest,
  callsNotSeen,
  exampleProof,
  OTHER_KEY,
  PROOF_HEADER,
  PROOF_KEY,
  PROOF_THUMBPRINT,
  proofUnseen,
  signInThen,
} from './support/example-proofs.ts';
import { ACCESS_CLAIMS, ACCESS_TOKEN, exampleJwt } from './support/example-sign-in.ts';

export const rule: Rule = {
  id: 'dpop-jkt-mismatch',
  title: 'DPoP proof made with another key than that of the token',
  subject: 'Key of the token and key of its DPoP proofs',
  group: 'K',
  severity: 'high',
  confidence: 'certain',
  needs: ['request headers', 'page'],
  references: [
    { spec: 'RFC 9449', section: '4.3', level: 'MUST' },
    { spec: 'RFC 9449', section: '6.1', level: 'none' },
    { spec: 'RFC 7638', section: '3', level: 'none' },
  ],
  why: 'A server that accepts it lets a stolen token be used with any key, and one that checks refuses the client.',
  fix: 'Sign the proof with the key that the token was issued for, and get a new token when the key changes.',
  parents: [],

  check(flow, c) {
    return judgeCallProofs(flow, c, ({ message, text, evidence }) => {
      const bound = boundKey(presentedToken(message) ?? '');
      const { thumbprint } = c.proof(text);
      if (bound === null || thumbprint === null) return c.notApplicable;
      if (bound === thumbprint) return c.pass;
      const value = header(message.exchange.request.headers, 'authorization');
      return c.fail({
        evidence: value === null ? [evidence] : [evidence, { message, where: 'header', name: 'Authorization', value }],
        severity: severityOf(flow, message),
        summary: c.say`The token is bound to the key ${c.plain(bound)}, the proof is made with ${c.plain(thumbprint)}. ${answerWords(flow, message, c)}`,
      });
    });
  },
};

const used = (
  claims: Readonly<Record<string, unknown>>,
  jwk: unknown = PROOF_KEY,
  answer: { status: number } | null = { status: 200 },
): string => {
  const token = exampleJwt({ ...ACCESS_CLAIMS, ...claims }, { alg: 'ES256', typ: 'at+jwt' });
  const proof = exampleProof(API_PROOF, { ...PROOF_HEADER, jwk });
  return signInThen(apiRequest([`Authorization: DPoP ${token}`, `DPoP: ${proof}`], answer), {
    status: 200,
    members: { access_token: token, token_type: 'DPoP' },
  });
};
const BOUND = { cnf: { jkt: PROOF_THUMBPRINT } };

export const examples: Examples = {
  violation: [
    { name: 'accepted', trace: used(BOUND, OTHER_KEY), severity: 'high' },
    { name: 'refused', trace: used(BOUND, OTHER_KEY, { status: 401 }), severity: 'medium' },
    { name: 'the answer was not seen', trace: used(BOUND, OTHER_KEY, null), severity: 'medium' },
    {
      name: 'the token is in the address',
      trace: used(BOUND, OTHER_KEY).replace(
        /GET https:\/\/api\.example\/me\nAuthorization: DPoP (\S+)/,
        'GET https://api.example/me?access_token=$1',
      ),
      severity: 'high',
    },
  ],
  clean: [{ name: 'the key of the token', trace: used(BOUND) }],
  lookAlike: [
    {
      name: 'the same key with other members in another order',
      trace: used(BOUND, { use: 'sig', y: PROOF_KEY.y, x: PROOF_KEY.x, kid: 'k7', crv: 'P-256', kty: 'EC' }),
      verdict: 'pass',
    },
    {
      name: 'a token that is bound to a certificate',
      trace: used({ cnf: { 'x5t#S256': PROOF_THUMBPRINT } }, OTHER_KEY),
      verdict: 'notApplicable',
    },
    { name: 'a token that names no key', trace: used({ cnf: PROOF_THUMBPRINT }, OTHER_KEY), verdict: 'notApplicable' },
    { name: 'a proof without a key', trace: used(BOUND, { kty: 'EC' }), verdict: 'notApplicable' },
    {
      name: 'a token that nobody can read',
      trace: signInThen(apiRequest([`Authorization: DPoP ${ACCESS_TOKEN}`, `DPoP: ${exampleProof(API_PROOF)}`])),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [...proofUnseen(), ...callsNotSeen()],
};
