import { bearerToken, header } from '../http/headers.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { answerWords, judgeCallProofs, severityOf } from './support/dpop-proofs.ts';
import {
  API_PROOF,
  apiRequest,
  callsNotSeen,
  exampleProof,
  proofUnseen,
  signInThen,
  TOKEN_PROOF,
  tokenRequest,
} from './support/example-proofs.ts';
import { ACCESS_TOKEN, without } from './support/example-sign-in.ts';

export const rule: Rule = {
  id: 'dpop-ath-missing',
  title: 'DPoP proof that is not tied to the access token',
  subject: 'Hash of the access token in DPoP proofs',
  group: 'K',
  severity: 'high',
  confidence: 'certain',
  needs: ['request headers', 'page'],
  references: [
    { spec: 'RFC 9449', section: '4.2', level: 'MUST' },
    { spec: 'RFC 9449', section: '4.3', level: 'MUST' },
    { spec: 'RFC 9449', section: '7.1', level: 'none' },
  ],
  why: 'A proof that was made for one token can be used with another, stolen or injected one.',
  fix: 'Put the BASE64URL of the SHA-256 of the access token as `ath` into every proof that goes with it.',
  parents: [],

  check(flow, c) {
    return judgeCallProofs(flow, c, ({ message, claims, evidence }) => {
      const authorization = header(message.exchange.request.headers, 'authorization');
      const token = /^dpop /i.test(authorization ?? '') ? bearerToken(authorization) : null;
      if (token === null || claims === null) return c.notApplicable;
      const { ath } = claims;
      if (ath === c.s256(token)) return c.pass;
      const fault =
        typeof ath === 'string'
          ? c.say`The ath of the proof is that of another access token.`
          : c.say`The proof has no ath.`;
      return c.fail({
        evidence: [evidence],
        severity: severityOf(flow, message),
        summary: c.say`${fault} ${answerWords(flow, message, c)}`,
      });
    });
  },
};

const used = (
  claims: Readonly<Record<string, unknown>> | string,
  answer: { status: number } | null = { status: 200 },
) => signInThen(apiRequest([`Authorization: DPoP ${ACCESS_TOKEN}`, `DPoP: ${exampleProof(claims)}`], answer));
const NO_ATH = without(API_PROOF, 'ath');
const OTHER = { ...API_PROOF, ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo' };

export const examples: Examples = {
  violation: [
    { name: 'no hash, accepted', trace: used(NO_ATH), severity: 'high' },
    { name: 'no hash, refused', trace: used(NO_ATH, { status: 401 }), severity: 'medium' },
    { name: 'no hash, no answer seen', trace: used(NO_ATH, null), severity: 'medium' },
    { name: 'the hash of another token', trace: used(OTHER), severity: 'high' },
    { name: 'a hash that is no text', trace: used({ ...API_PROOF, ath: 7 }), severity: 'high' },
    {
      name: 'at the userinfo endpoint',
      trace: signInThen(
        apiRequest(
          [`Authorization: DPoP ${ACCESS_TOKEN}`, `DPoP: ${exampleProof(NO_ATH)}`],
          { status: 200 },
          'https://as.example/userinfo',
        ),
      ),
      severity: 'high',
    },
  ],
  clean: [{ name: 'the hash of this token', trace: used(API_PROOF) }],
  lookAlike: [
    {
      name: 'the proof of a token request goes with no token',
      trace: tokenRequest([`DPoP: ${exampleProof(TOKEN_PROOF)}`]),
      verdict: 'notApplicable',
    },
    {
      name: 'the client proves itself at the token endpoint by HTTP Basic',
      trace: tokenRequest(['Authorization: Basic d2ViMTpmM2E5YjFkN2M1ZTI4NDY5', `DPoP: ${exampleProof(TOKEN_PROOF)}`]),
      verdict: 'notApplicable',
    },
    {
      name: 'a token of the other scheme is not bound to any proof',
      trace: signInThen(apiRequest([`Authorization: Bearer ${ACCESS_TOKEN}`, `DPoP: ${exampleProof(NO_ATH)}`]), {
        status: 200,
        members: { access_token: ACCESS_TOKEN, token_type: 'Bearer' },
      }),
      verdict: 'notApplicable',
    },
    { name: 'a proof without claims', trace: used('3f9c1d7e5b2a4886'), verdict: 'notApplicable' },
  ],
  cannotTell: [...proofUnseen(), ...callsNotSeen()],
};
