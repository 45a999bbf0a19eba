import { type FlattenedJWE, flattenedDecrypt, importJWK, type JWK } from 'jose';
import type { DecodedToken, EncryptedPart } from './decode.ts';
import { chooseKeys, encryptionAlgComplaint, fitForDecryption, type Keys } from './keys.ts';
import { type Outcome, outcomeOf, sentence, tryKeys } from './outcome.ts';
import { criticalComplaint } from './verify.ts';

export interface DecryptionResult extends Outcome {
  /** The decrypted bytes, where it worked. */
  readonly plaintext?: Uint8Array;
}

/** A password hash with more rounds would stop the page for seconds: a known attack (CVE-2023-51774 and others). */
const MAX_ROUNDS = 2_000_000;
/** Compressed content may grow to this; more is a decompression bomb. */
const MAX_CONTENT = 20_000_000;

/** Decrypts a JWE with the given keys (RFC 7516 §5.2); one recipient whose key fits is enough. */
export async function decrypt(decoded: DecodedToken, keys: Keys): Promise<DecryptionResult> {
  let first: DecryptionResult | null = null;
  for (const recipient of decoded.recipients) {
    const result = await decryptFor(recipient, keys);
    if (result.is === 'valid') return result;
    if (first === null || (first.is === 'cannotTell' && result.is === 'invalid')) first = result;
  }
  return first ?? { is: 'cannotTell', reason: 'there is no recipient' };
}

async function decryptFor({ header, jwe }: EncryptedPart, keys: Keys): Promise<DecryptionResult> {
  const alg = String(header['alg']);
  const enc = String(header['enc']);
  const crit = criticalComplaint(header, []);
  if (crit !== null) return { is: 'invalid', reason: crit };
  const unknown = encryptionAlgComplaint(alg, enc);
  if (unknown !== null) return { is: 'cannotTell', reason: unknown };
  const choice = chooseKeys(keys, header);
  if (choice === null) return { is: 'cannotTell', reason: 'no key was given' };
  const rounds = header['p2c'];
  if (alg.startsWith('PBES2') && typeof rounds === 'number' && rounds > MAX_ROUNDS) {
    return {
      is: 'cannotTell',
      reason: `"p2c" asks for ${rounds} rounds, more than the ${MAX_ROUNDS} that are done here`,
    };
  }
  return await tryKeys(
    choice,
    (key) => fitForDecryption(key, alg, enc),
    (key) => decryptWith(jwe, key, alg, enc),
  );
}

async function decryptWith(jwe: FlattenedJWE, jwk: JWK, alg: string, enc: string): Promise<DecryptionResult> {
  const { key_ops: _ops, use: _use, alg: _alg, ext: _ext, ...bare } = jwk;
  let key: Awaited<ReturnType<typeof importJWK>>;
  try {
    key = await importJWK(bare as JWK, alg === 'dir' ? enc : alg);
  } catch (error) {
    const outcome = outcomeOf(error, '');
    return outcome.is === 'cannotTell' ? outcome : { is: 'invalid', reason: `the key is broken: ${sentence(error)}` };
  }
  try {
    // Named here because jose refuses password-based algorithms unless they are asked for.
    const { plaintext } = await flattenedDecrypt(jwe, key, {
      keyManagementAlgorithms: [alg],
      maxPBES2Count: MAX_ROUNDS,
      maxDecompressedLength: MAX_CONTENT,
    });
    return { is: 'valid', plaintext };
  } catch (error) {
    if (error instanceof TypeError && /modulusLength/.test(error.message)) {
      return { is: 'invalid', reason: `${alg} needs an RSA key of 2048 bits or more (RFC 7518 §4.3)` };
    }
    return outcomeOf(error, 'the content does not decrypt with this key, or was changed');
  }
}
