import { bearerToken, dpopProofs, header } from '../http/headers.ts';
import { allParams, isRecord, paramValue } from '../http/params.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { ProofFacts } from '../model/rule.ts';
import { decodeToken } from '../token/decode.ts';
import { jwkThumbprint, leftHalfHash, sha256Base64url } from '../token/hash.ts';
import { readCompactJose } from '../token/jose.ts';
import { verifySignature } from '../token/verify.ts';

/** Hashes that were made before the rules started: WebCrypto is asynchronous, rules are not. */
export interface Hashes {
  /** BASE64URL(SHA-256(v)) of every `code_verifier` and `nonce`, and of every token shown with a DPoP proof. */
  readonly s256: ReadonlyMap<string, string>;
  /** `at_hash` and `c_hash` values, under `leftHalfKey()`. */
  readonly leftHalf: ReadonlyMap<string, string>;
  /** By the text of the DPoP proof. */
  readonly proofs: ReadonlyMap<string, ProofFacts>;
}

export function leftHalfKey(value: string, alg: string): string {
  return `${alg} ${value}`;
}

/** Messages that are hashed at once: one after the other, each would wait for the answer of another thread. */
const TOGETHER = 64;

/** Hashes of every verifier and nonce, of every token and code that came with an ID token, and all of DPoP. */
export async function prepareHashes(messages: readonly OAuthMessage[]): Promise<Hashes> {
  const s256 = new Map<string, string>();
  const leftHalf = new Map<string, string>();
  const proofs = new Map<string, ProofFacts>();
  const add = async (message: OAuthMessage): Promise<void> => {
    for (const { value } of [...allParams(message, 'code_verifier'), ...allParams(message, 'nonce')]) {
      if (!s256.has(value)) s256.set(value, await sha256Base64url(value));
    }
    const { headers } = message.exchange.request;
    const shown = dpopProofs(headers);
    for (const proof of shown) if (!proofs.has(proof)) proofs.set(proof, await proofFacts(proof));
    const token = shown.length === 0 ? null : bearerToken(header(headers, 'authorization'));
    if (token !== null && !s256.has(token)) s256.set(token, await sha256Base64url(token));
    const alg = readCompactJose(paramValue(message, 'id_token') ?? '')?.header['alg'];
    if (typeof alg !== 'string') return;
    for (const name of ['access_token', 'code']) {
      const value = paramValue(message, name);
      const hash = value === null ? null : await leftHalfHash(value, alg);
      if (value !== null && hash !== null) leftHalf.set(leftHalfKey(value, alg), hash);
    }
  };
  for (let from = 0; from < messages.length; from += TOGETHER) {
    await Promise.all(messages.slice(from, from + TOGETHER).map(add));
  }
  return { s256, leftHalf, proofs };
}

async function proofFacts(proof: string): Promise<ProofFacts> {
  const jose = readCompactJose(proof);
  const jwk = jose?.header['jwk'];
  if (jose === null || !isRecord(jwk)) return { thumbprint: null, signature: 'cannotTell' };
  return { thumbprint: await jwkThumbprint(jwk), signature: await ownSignature(proof, jwk) };
}

/** A proof is the one JWT that is checked with the key in its own header (RFC 9449 §4.3). */
async function ownSignature(proof: string, jwk: Record<string, unknown>): Promise<ProofFacts['signature']> {
  try {
    return (await verifySignature(decodeToken(proof), { jwk })).is;
  } catch {
    // Members of the key that are no texts.
    return 'invalid';
  }
}
