import { allParams, paramValue } from '../http/params.ts';
import type { OAuthMessage } from '../model/message.ts';
import { leftHalfHash, sha256Base64url } from '../token/hash.ts';
import { readCompactJose } from '../token/jose.ts';

/** Hashes that were made before the rules started: WebCrypto is asynchronous, rules are not. */
export interface Hashes {
  /** BASE64URL(SHA-256(v)) of every `code_verifier` and `nonce`. */
  readonly s256: ReadonlyMap<string, string>;
  /** `at_hash` and `c_hash` values, under `leftHalfKey()`. */
  readonly leftHalf: ReadonlyMap<string, string>;
}

export function leftHalfKey(value: string, alg: string): string {
  return `${alg} ${value}`;
}

/** Hashes of every verifier and nonce, and of every token and code that came with an ID token. */
export async function prepareHashes(messages: readonly OAuthMessage[]): Promise<Hashes> {
  const s256 = new Map<string, string>();
  const leftHalf = new Map<string, string>();
  for (const message of messages) {
    for (const { value } of [...allParams(message, 'code_verifier'), ...allParams(message, 'nonce')]) {
      if (!s256.has(value)) s256.set(value, await sha256Base64url(value));
    }
    const alg = readCompactJose(paramValue(message, 'id_token') ?? '')?.header['alg'];
    if (typeof alg !== 'string') continue;
    for (const name of ['access_token', 'code']) {
      const value = paramValue(message, name);
      const hash = value === null ? null : await leftHalfHash(value, alg);
      if (value !== null && hash !== null) leftHalf.set(leftHalfKey(value, alg), hash);
    }
  }
  return { s256, leftHalf };
}
