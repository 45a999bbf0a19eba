import { wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { answerWords, judgeProofs, type Proof, severityOf } from './support/dpop-proofs.ts';
import {
  DENIED,
  exampleProof,
  GRANTED,
  PROOF_HEADER,
  proofUnseen,
  TOKEN_PROOF,
  tokenRequest,
} from './support/example-proofs.ts';
import { without } from './support/example-sign-in.ts';

export const rule: Rule = {
  id: 'dpop-proof-malformed',
  title: 'DPoP proof that no server may accept',
  subject: 'Form of DPoP proofs',
  group: 'K',
  severity: 'high',
  confidence: 'certain',
  needs: ['request headers'],
  references: [
    { spec: 'RFC 9449', section: '4.2', level: 'none' },
    { spec: 'RFC 9449', section: '4.3', level: 'MUST' },
  ],
  why: 'A server that accepts such a proof binds its tokens to nothing, and one that checks it refuses the client.',
  fix: 'Make every proof a signed JWT of type `dpop+jwt` with `jwk` in its header and `jti`, `htm`, `htu` and `iat` in its claims.',
  parents: ['dpop-private-key-in-proof'],

  check(flow, c) {
    return judgeProofs(flow, c, (proof) => {
      const fault = faultOf(proof, c);
      if (fault === null) return c.pass;
      const { message, evidence } = proof;
      return c.fail({
        evidence: [evidence],
        severity: severityOf(flow, message),
        summary: c.say`${fault} ${answerWords(flow, message, c)}`,
      });
    });
  },
};

function faultOf({ text, count, header, claims }: Proof, c: RuleContext): ReturnType<RuleContext['say']> | null {
  if (count > 1) return c.say`The request carries ${count} proofs instead of one.`;
  if (header === null) return c.say`The proof is no signed JWT.`;
  if (typeOf(header['typ']) !== 'dpop+jwt') return c.say`The type of the proof is not dpop+jwt.`;
  if (/^HS\d+$/i.test(wordOf(header['alg']))) return c.say`The proof is made with a shared secret.`;
  if (header['jwk'] === undefined) return c.say`The proof has no public key.`;
  for (const name of ['jti', 'htm', 'htu']) {
    const value = claims?.[name];
    if (typeof value !== 'string' || value === '') return c.say`The proof has no ${c.plain(name)}.`;
  }
  if (typeof claims?.['iat'] !== 'number') return c.say`The proof has no iat that is a number.`;
  return c.proof(text).signature === 'invalid' ? c.say`The proof is not signed with the key in its header.` : null;
}

/** RFC 7515 §4.1.9: a media type, compared without case, whose `application/` may be left out. */
function typeOf(typ: unknown): string | null {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : null;
}

const SIGNATURE = 'zksbp-yJLZzFcM_J6zULKK9nenQycYKPODbDeawLtbb1TreQ0vYxx6yPEOE607khbXtpqO4Avx5qB-SZG_r_uw';
const SOUND = exampleProof(TOKEN_PROOF, PROOF_HEADER, SIGNATURE);
const one = (proof: string): string => tokenRequest([`DPoP: ${proof}`]);

// Each signature is right for these very claims and headers, so that nothing but the fault itself can be found.
const withoutClaim = (name: string, signature: string): string =>
  one(exampleProof(without(TOKEN_PROOF, name), PROOF_HEADER, signature));

export const examples: Examples = {
  violation: [
    {
      name: 'no jti',
      trace: withoutClaim(
        'jti',
        'kTg4Z_to-2jT0cVv3vjbMyPG0dRghuXAi-LxPupwsyeGCVX2hnIp1Ett3GxKI4-lpg9v1gIprGiNV-eA0JeJnA',
      ),
      severity: 'high',
    },
    {
      name: 'an empty jti',
      trace: one(
        exampleProof(
          { ...TOKEN_PROOF, jti: '' },
          PROOF_HEADER,
          '2Yf9Sm5qUUxX0G9Wb8F_ujdsYA1Ct9joZsHN57S0kckb5FrSlmTMOUO1I7B0d9y61tROI0xOve6l_7AVAoHI4g',
        ),
      ),
      severity: 'high',
    },
    {
      name: 'no htm',
      trace: withoutClaim(
        'htm',
        'czTCshEgUulfdirDxkEcogjB1TqtocuEgFNlVWr99Vo9PcX6HsQpERZlbGmAfAxuXdpkNLj4InOzhjVE9jZkHQ',
      ),
      severity: 'high',
    },
    {
      name: 'no htu',
      trace: withoutClaim(
        'htu',
        '-Gc6kThk3MirnEAi3WORg_ABVIyU_RgeauWwGkq5X3jLWix2XNcwR0oUcDkGKtkalDpOpYxSqUhVcBmR7LCU2w',
      ),
      severity: 'high',
    },
    {
      name: 'no iat',
      trace: withoutClaim(
        'iat',
        'Cbk3t_Q8UgqE9FtHVlFNTa_grGW4SZMbUGGar5xjTPH2aBE01X_sI3L25EWleG4bWF6HcDivThunVTS-y_cudg',
      ),
      severity: 'high',
    },
    {
      name: 'another type of JWT',
      trace: one(
        exampleProof(
          TOKEN_PROOF,
          { ...PROOF_HEADER, typ: 'JWT' },
          'UPD44ZdYZSoM-3kXQGipnqFNhV7IeF5W0UbDO5jbZCbCiP49Lyh48jCnlLHX9wRuLU5_IREIEWyEtff0sAZDFA',
        ),
      ),
      severity: 'high',
    },
    {
      name: 'a shared secret',
      trace: one(
        exampleProof(
          TOKEN_PROOF,
          {
            typ: 'dpop+jwt',
            alg: 'HS256',
            jwk: { kty: 'oct', k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH7w' },
          },
          'UMly6F0CecaTRpUE_FLPNsv_OlEhnmhzKDwjzHGyU_w',
        ),
      ),
      severity: 'high',
    },
    { name: 'no key', trace: one(exampleProof(TOKEN_PROOF, { typ: 'dpop+jwt', alg: 'ES256' })), severity: 'high' },
    {
      name: 'a key whose members are no texts',
      trace: one(exampleProof(TOKEN_PROOF, { ...PROOF_HEADER, jwk: { kty: { toString: 1 } } })),
      severity: 'high',
    },
    {
      name: 'nothing is signed',
      trace: one(exampleProof(TOKEN_PROOF, { ...PROOF_HEADER, alg: 'none' }, '')),
      severity: 'high',
    },
    {
      name: 'claims that were changed after signing',
      trace: one(exampleProof({ ...TOKEN_PROOF, iat: 1767229200 }, PROOF_HEADER, SIGNATURE)),
      severity: 'high',
    },
    { name: 'no JWT at all', trace: one('3f9c1d7e5b2a4886'), severity: 'high' },
    { name: 'two proofs', trace: tokenRequest([`DPoP: ${SOUND}`, `DPoP: ${SOUND}`]), severity: 'high' },
    { name: 'two proofs in one header', trace: one(`${SOUND}, ${SOUND}`), severity: 'high' },
    { name: 'the server refuses it', trace: tokenRequest(['DPoP: 3f9c1d7e5b2a4886'], DENIED), severity: 'medium' },
    {
      name: 'the server refuses it with status 200',
      trace: tokenRequest(['DPoP: 3f9c1d7e5b2a4886'], { ...DENIED, status: 200 }),
      severity: 'medium',
    },
    { name: 'the answer was not seen', trace: tokenRequest(['DPoP: 3f9c1d7e5b2a4886'], null), severity: 'medium' },
    {
      name: 'one request is refused, the next is not',
      trace: tokenRequest(['DPoP: 3f9c1d7e5b2a4886'], DENIED) + tokenRequest(['DPoP: 3f9c1d7e5b2a4886'], GRANTED),
      severity: 'high',
    },
  ],
  clean: [{ name: 'a proof as it should be', trace: one(SOUND) }],
  lookAlike: [
    {
      name: 'a header name and a type in other letters',
      trace: tokenRequest([
        `dpop: ${exampleProof(
          TOKEN_PROOF,
          { ...PROOF_HEADER, typ: 'application/DPoP+JWT' },
          'edB4-VeUyHhx352E4R3ak11nYY1TSaUy1zft_0ecmugxBsxR1dKExcFTbXoxB3qfE8OIKlc1_RO-9ji6bCqftw',
        )}`,
      ]),
      verdict: 'pass',
    },
    {
      name: 'an algorithm that is not known here',
      trace: one(exampleProof(TOKEN_PROOF, { ...PROOF_HEADER, alg: 'ES256K' })),
      verdict: 'pass',
    },
    { name: 'an empty header', trace: tokenRequest(['DPoP:']), verdict: 'notApplicable' },
  ],
  cannotTell: proofUnseen(),
};
