import { type FlattenedJWE, flattenedDecrypt, importJWK, type JWK } from 'jose';
import { isRecord, wordOf } from '../http/params.ts';
import { table } from '../model/table.ts';
import type { DecodedToken, EncryptedPart, JsonObject } from './decode.ts';
import {
  chooseKeys,
  encryptionAlgComplaint,
  fitForDecryption,
  type Keys,
  memberComplaint,
  noEncryptionAlg,
} from './keys.ts';
import { brokenKey, type Outcome, outcomeOf, tryKeys } from './outcome.ts';
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

async function decryptFor(recipient: EncryptedPart, keys: Keys): Promise<DecryptionResult> {
  const { header, jwe } = recipient;
  const alg = wordOf(header['alg']);
  const enc = wordOf(header['enc']);
  const complaint = headerComplaint(recipient) ?? noEncryptionAlg(alg);
  if (complaint !== null) return { is: 'invalid', reason: complaint };
  const unknown = encryptionAlgComplaint(alg, enc);
  if (unknown !== null) return { is: 'cannotTell', reason: unknown };
  const choice = chooseKeys(keys, header);
  if (choice === null) return { is: 'cannotTell', reason: 'no key was given' };
  const { zip = 'DEF' } = header;
  if (zip !== 'DEF') {
    return { is: 'cannotTell', reason: `"zip" names "${wordOf(zip).slice(0, 40)}", which is unknown here` };
  }
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
    async (key) => {
      const complaint = (await epkComplaint(header, key, alg)) ?? partComplaint(jwe, alg, enc);
      return complaint === null ? await decryptWith(jwe, key, alg, enc) : { is: 'invalid', reason: complaint };
    },
  );
}

/** RFC 7516 §7.2.1, §4.1.3, §4.1.13: no name twice, and what decides how the rest is read is protected. */
function headerComplaint({ header, protectedHeader, jwe }: EncryptedPart): string | null {
  const all = [protectedHeader, jwe.unprotected, jwe.header].flatMap((one) => (isRecord(one) ? Object.keys(one) : []));
  const twice = all.find((name, index) => all.indexOf(name) < index);
  if (twice !== undefined) return `"${twice.slice(0, 40)}" is in more than one header (RFC 7516 §7.2.1)`;
  const open = ['crit', 'zip'].find((name) => Object.hasOwn(header, name) && !Object.hasOwn(protectedHeader, name));
  return open === undefined ? criticalComplaint(header, []) : `"${open}" must be in the protected header`;
}

/** Bytes of each tag (RFC 7518 §5.2.3–§5.2.5, §5.3). */
const TAGS = table<number>({ 'A192CBC-HS384': 24, 'A256CBC-HS512': 32 });

/** Parts that no key can make right: a reader that takes a shorter tag lets others guess it. */
function partComplaint(jwe: FlattenedJWE, alg: string, enc: string): string | null {
  const length = (part: string | undefined): number => Math.floor(((part ?? '').length * 6) / 8);
  const iv = enc.endsWith('GCM') ? 12 : 16;
  const tag = TAGS[enc] ?? 16;
  const section = enc.endsWith('GCM') ? 'RFC 7518 §5.3' : 'RFC 7518 §5.2';
  if (length(jwe.iv) !== iv)
    return `the initialization vector has ${length(jwe.iv)} bytes, with ${enc} it has ${iv} (${section})`;
  if (length(jwe.tag) !== tag)
    return `the authentication tag has ${length(jwe.tag)} bytes, with ${enc} it has ${tag} (${section})`;
  const direct = alg === 'dir' || alg === 'ECDH-ES';
  if (direct === (length(jwe.encrypted_key) === 0)) return null;
  return direct
    ? `with ${alg} the Encrypted Key is empty, this one has ${length(jwe.encrypted_key)} bytes (RFC 7516 §5.2)`
    : `with ${alg} there is an Encrypted Key, this one is empty (RFC 7516 §5.2)`;
}

/** RFC 7518 §4.6.1.1: the one-time key of the sender is on the curve of ours; a point off it gives away our key. */
async function epkComplaint(header: JsonObject, key: JWK, alg: string): Promise<string | null> {
  if (!alg.startsWith('ECDH-ES')) return null;
  const { epk } = header;
  if (!isRecord(epk) || typeof epk['kty'] !== 'string') {
    return `${alg} needs the one-time key of the sender ("epk", RFC 7518 §4.6.1.1)`;
  }
  if (epk['crv'] !== key.crv) {
    return `the "epk" is on ${wordOf(epk['crv']).slice(0, 20)}, the key on ${key.crv} (RFC 7518 §4.6.1.1)`;
  }
  const members = memberComplaint(epk as JWK);
  if (members.is !== 'fits') return members.reason.replace('the key', 'the "epk"');
  try {
    await importJWK(epk as JWK, alg);
    return null;
  } catch (error) {
    const { is, reason = '' } = brokenKey(error, epk as JWK);
    return is === 'invalid' ? reason.replace('the key', 'the "epk"') : null;
  }
}

async function decryptWith(jwe: FlattenedJWE, jwk: JWK, alg: string, enc: string): Promise<DecryptionResult> {
  const { key_ops: _ops, use: _use, alg: _alg, ext: _ext, ...bare } = jwk;
  let key: Awaited<ReturnType<typeof importJWK>>;
  try {
    key = await importJWK(bare as JWK, alg === 'dir' ? enc : alg);
  } catch (error) {
    return brokenKey(error, jwk);
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
    return outcomeOf(error, 'the content does not decrypt with this key, or was changed');
  }
}
