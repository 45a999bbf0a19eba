import type { JSONWebKeySet, JWK } from 'jose';
import { wordOf } from '../http/params.ts';
import { table } from '../model/table.ts';
import { decodeBase64url } from './base64url.ts';
import { readCertificate } from './pem.ts';

/** Keys that the person gave. Keys inside a token are never among them (RFC 8725 §3.10). */
export interface Keys {
  readonly jwk?: JWK;
  readonly jwks?: JSONWebKeySet;
  readonly pace?: Pace;
}

/** Long work, such as a thousand keys with a large token, one key after the other. */
export interface Pace {
  /** Called before each key; whoever shows progress gives others their turn here. */
  tried(count: number, total: number): Promise<void>;
  /** The rest is not tried. */
  stopped(): boolean;
}

/** More keys than this are not tried one by one. */
const MAX_TRIED = 1000;

export interface KeyChoice {
  /** Keys worth trying, the likeliest first. */
  readonly keys: readonly JWK[];
  /** The header names a key that the set does not have, and no single key was given. */
  readonly kidMissing: string | null;
  readonly pace?: Pace | undefined;
}

/**
 * Keys for one header: a single key is always tried, because somebody chose it. Of a set, those of the header's `kid`
 * (RFC 7515 §4.1.4) and no others; where none has it, keys without a name come first. `null` where no key was given.
 */
export function chooseKeys({ jwk, jwks, pace }: Keys, header: Readonly<Record<string, unknown>>): KeyChoice | null {
  if (jwk === undefined && jwks === undefined) return null;
  const set = (Array.isArray(jwks?.keys) ? jwks.keys : []).filter(isKey);
  const given = jwk === undefined ? [] : [jwk];
  const { kid } = header;
  if (typeof kid !== 'string') return { keys: [...given, ...set].slice(0, MAX_TRIED), kidMissing: null, pace };
  const named = set.filter((key) => key.kid === kid);
  const others = [...set.filter((key) => key.kid === undefined), ...set.filter((key) => key.kid !== undefined)];
  return {
    keys: [...given, ...(named.length > 0 ? named : others)].slice(0, MAX_TRIED),
    kidMissing: named.length === 0 && jwk === undefined ? kid : null,
    pace,
  };
}

function isKey(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SIGNATURE_ALGS = table<readonly string[]>({
  RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  EC: ['ES256', 'ES384', 'ES512'],
  OKP: ['EdDSA', 'Ed25519'],
  oct: ['HS256', 'HS384', 'HS512'],
  AKP: ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'],
});
const CURVES = table<string>({ ES256: 'P-256', ES384: 'P-384', ES512: 'P-521', Ed25519: 'Ed25519' });

/** Known names that WebCrypto has no algorithm for (RFC 8812 §3.2, RFC 9864 §2). */
const ABSENT_SIGNATURES = ['ES256K', 'Ed448'];

/** Why no signature can be of this algorithm, with whatever key; `null` where one can. */
export function noSignatureAlg(alg: string): string | null {
  return [...Object.values(KEY_TYPES).flat(), 'RSA1_5'].includes(alg)
    ? `${alg} encrypts keys and signs nothing (RFC 7518 §4.1)`
    : null;
}

/** Why WebCrypto cannot check this algorithm; `null` where it can. */
export function signatureAlgComplaint(alg: string): string | null {
  const known = Object.values(SIGNATURE_ALGS).flat();
  if (known.includes(alg)) return null;
  if (ABSENT_SIGNATURES.includes(alg)) return `WebCrypto has no ${alg}, so it cannot be checked here`;
  return unknownName(alg, 'signature algorithm', [...known, ...ABSENT_SIGNATURES]);
}

function unknownName(name: string, what: string, known: readonly string[]): string {
  const shown = name.slice(0, 40);
  const meant = known.find((one) => one.toLowerCase() === name.toLowerCase());
  return meant === undefined
    ? `"${shown}" is no ${what} that is known here`
    : `"${shown}" is no ${what}; names are case-sensitive, "${meant}" is one (RFC 7515 §4.1.1)`;
}

/** What a look at a key finds before it is used. `broken`: the key itself, not the fit. */
export type KeyFit =
  | { readonly is: 'fits' }
  | { readonly is: 'misfit'; readonly reason: string }
  | { readonly is: 'unsupported' | 'broken'; readonly reason: string };

const FITS: KeyFit = { is: 'fits' };
const misfit = (reason: string): KeyFit => ({ is: 'misfit', reason });

/** Whether a key may check, or make, signatures of this algorithm (RFC 7517 §4.2–§4.4, RFC 8725 §3.1: one key, one algorithm). */
export function fitForSignature(key: JWK, alg: string, to: 'verify' | 'sign' = 'verify'): KeyFit {
  const kty = wordOf(key.kty).slice(0, 20);
  if (!SIGNATURE_ALGS[kty]?.includes(alg)) {
    const confused = alg.startsWith('HS') && MEMBERS[kty] !== undefined ? CONFUSION : '';
    return misfit(`a key of type ${kty} cannot check ${alg}${confused}`);
  }
  if (key.crv === 'Ed448' && alg === 'EdDSA') {
    return { is: 'unsupported', reason: 'WebCrypto has no Ed448, so it cannot be checked here' };
  }
  const wanted = alg === 'EdDSA' ? 'Ed25519' : CURVES[alg];
  if (wanted !== undefined && key.crv !== undefined && key.crv !== wanted) {
    return misfit(`${alg} needs a key on ${wanted}, this one is on ${wordOf(key.crv).slice(0, 20)}`);
  }
  const edwards = ['EdDSA', 'Ed25519'];
  if (typeof key.alg === 'string' && key.alg !== alg && !(edwards.includes(alg) && edwards.includes(key.alg))) {
    return misfit(`the key is for ${key.alg.slice(0, 40)}, the token says ${alg}`);
  }
  // The public half of a key that signs is the one that verifies; no other key may do both.
  const operations = to === 'verify' && typeof key.d === 'string' ? ['verify', 'sign'] : [to];
  const complaint = purposeComplaint(key, 'sig', operations, 'for signatures') ?? memberComplaint(key);
  return complaint.is === 'fits' ? bitsComplaint(key, alg, 'RFC 7518 §3.3') : complaint;
}

/** RFC 7518 §3.3, §3.5, §4.2, §4.3. */
function bitsComplaint(key: JWK, alg: string, section: string): KeyFit {
  const result = decodeBase64url(key.kty === 'RSA' ? (key.n ?? '') : '');
  if (key.kty !== 'RSA' || 'error' in result) return FITS;
  const { bytes } = result;
  const bits = bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
  return bits >= 2048
    ? FITS
    : misfit(`${alg} needs an RSA key of 2048 bits or more, this one has ${bits} (${section})`);
}

/** RFC 7517 §4.2–§4.4: what a key says of its own use, in the form that it has to have. */
function purposeComplaint(key: JWK, use: string, operations: readonly string[], what: string): KeyFit | null {
  for (const name of ['use', 'alg'] as const) {
    if ((key[name] ?? null) !== null && typeof key[name] !== 'string') {
      return misfit(`"${name}" of the key is no text (RFC 7517 §4.${name === 'use' ? 2 : 4})`);
    }
  }
  if (typeof key.use === 'string' && key.use !== use) return misfit(`the key is not ${what} ("use")`);
  const { key_ops: ops = null } = key;
  if (ops === null) return null;
  if (!Array.isArray(ops)) return misfit('"key_ops" of the key is no list (RFC 7517 §4.3)');
  if (new Set(ops).size < ops.length) return misfit('"key_ops" of the key lists an operation twice (RFC 7517 §4.3)');
  return ops.some((op) => operations.includes(op)) ? null : misfit(`the key is not ${what} ("key_ops")`);
}

const CONFUSION = ': a public key used as an HMAC secret is the algorithm confusion attack (RFC 8725 §2.1)';

/** Members without which a key is none, all but the curve in base64url (RFC 7518 §6, RFC 8037 §2). */
const MEMBERS = table<readonly string[]>({
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
  oct: ['k'],
  AKP: ['pub'],
});

/** What the members of a key are, before any library sees them. */
export function memberComplaint(key: JWK): KeyFit {
  const broken = (reason: string): KeyFit => ({ is: 'broken', reason: `the key is broken: ${reason}` });
  for (const name of MEMBERS[wordOf(key.kty)] ?? []) {
    const value = (key as Readonly<Record<string, unknown>>)[name];
    if (typeof value !== 'string') return broken(`it has no "${name}"`);
    const result = name === 'crv' ? null : decodeBase64url(value);
    if (result !== null && 'error' in result) {
      return broken(`"${name}", character ${result.error.at + 1}: ${result.error.message}`);
    }
    const size = result === null ? null : sizeComplaint(key, name, result.bytes);
    if (size !== null) return misfit(size);
  }
  return FITS;
}

/** Bytes of a coordinate (RFC 7518 §6.2.1.2) or of a public key (RFC 8037 §2). */
const COORDINATES = table<number>({
  'P-256': 32,
  'P-384': 48,
  'P-521': 66,
  secp256k1: 32,
  Ed25519: 32,
  X25519: 32,
});

/** Numbers that weaken the key, or of another length: some libraries take those, and the specifications do not. */
function sizeComplaint(key: JWK, name: string, bytes: Uint8Array): string | null {
  if (key.kty === 'RSA') {
    if (name === 'e' && isUselessExponent(bytes)) {
      return 'the public exponent of the key must be odd and at least 3: with another one anyone can sign (RFC 8017 §3.1)';
    }
    return bytes.length > 1 && bytes[0] === 0
      ? `the key is broken: "${name}" begins with a zero byte, and numbers are as short as possible (RFC 7518 §2)`
      : null;
  }
  const wanted = key.kty === 'EC' || key.kty === 'OKP' ? COORDINATES[wordOf(key.crv)] : undefined;
  if (wanted === undefined || bytes.length === wanted) return null;
  const section = key.kty === 'EC' ? 'RFC 7518 §6.2.1' : 'RFC 8037 §2';
  return `the key is broken: "${name}" has ${bytes.length} bytes, on ${key.crv} it has ${wanted} (${section})`;
}

function isUselessExponent(bytes: Uint8Array): boolean {
  const last = bytes.at(-1) ?? 0;
  return last % 2 === 0 || (last === 1 && bytes.subarray(0, -1).every((byte) => byte === 0));
}

/** Why a key with which a signature matches must be refused all the same; `null` where it need not. */
export function keyComplaint(key: JWK, alg: string): string | null {
  return secretComplaint(key, alg) ?? certificateComplaint(key);
}

/** RFC 7517 §4.7: the first certificate is of this very key. One that cannot be read contradicts nothing. */
function certificateComplaint(key: JWK): string | null {
  const [first] = Array.isArray(key.x5c) ? key.x5c : [];
  const found = typeof first === 'string' ? readCertificate(first) : null;
  if (found === null || 'error' in found) return null;
  const { jwk } = found;
  const differs = (['kty', 'crv', 'n', 'e', 'x', 'y'] as const).some(
    (name) => jwk[name] !== undefined && jwk[name] !== key[name],
  );
  return differs ? 'the certificate in "x5c" of the key is of another key (RFC 7517 §4.7)' : null;
}

/** Least bytes of an HMAC secret: the size of its hash (RFC 7518 §3.2, a MUST). */
const SECRET_BYTES = table<number>({ HS256: 32, HS384: 48, HS512: 64 });

function secretComplaint(key: JWK, alg: string): string | null {
  const least = key.kty === 'oct' ? SECRET_BYTES[alg] : undefined;
  const result = decodeBase64url(key.k ?? '');
  if (least === undefined || 'error' in result || result.bytes.length >= least) return null;
  return `the secret has ${result.bytes.length * 8} bits and ${alg} needs ${least * 8} or more: short ones are guessed from a single token (RFC 7518 §3.2)`;
}

const KEY_TYPES = table<readonly string[]>({
  RSA: ['RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'],
  EC: ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'],
  OKP: ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'],
  oct: [
    'dir',
    'A128KW',
    'A192KW',
    'A256KW',
    'A128GCMKW',
    'A192GCMKW',
    'A256GCMKW',
    'PBES2-HS256+A128KW',
    'PBES2-HS384+A192KW',
    'PBES2-HS512+A256KW',
  ],
});
const ENCRYPTIONS = table<number>({
  A128GCM: 16,
  A192GCM: 24,
  A256GCM: 32,
  'A128CBC-HS256': 32,
  'A192CBC-HS384': 48,
  'A256CBC-HS512': 64,
});

/** Why WebCrypto cannot decrypt this; `null` where it can. */
export function encryptionAlgComplaint(alg: string, enc: string): string | null {
  if (alg === 'RSA1_5') return 'WebCrypto has no RSA1_5 (PKCS #1 v1.5), and nobody should use it (RFC 8725 §3.2)';
  const known = Object.values(KEY_TYPES).flat();
  if (!known.includes(alg)) return unknownName(alg, 'key management algorithm', known);
  return ENCRYPTIONS[enc] === undefined ? unknownName(enc, 'content encryption', Object.keys(ENCRYPTIONS)) : null;
}

/** Why nothing can be encrypted with this algorithm, with whatever key; `null` where it can. */
export function noEncryptionAlg(alg: string): string | null {
  if (/^none$/i.test(alg)) return `alg is "${alg}": nothing is encrypted`;
  return [...Object.values(SIGNATURE_ALGS).flat(), ...ABSENT_SIGNATURES].includes(alg)
    ? `${alg} signs and encrypts no keys (RFC 7518 §3.1)`
    : null;
}

const DECRYPTING = ['decrypt', 'unwrapKey', 'deriveKey', 'deriveBits'];
const WRAP_BYTES = table<number>({ A128: 16, A192: 24, A256: 32 });

/** Whether a key may decrypt this (RFC 7518 §4). */
export function fitForDecryption(key: JWK, alg: string, enc: string): KeyFit {
  const kty = wordOf(key.kty).slice(0, 20);
  if (!KEY_TYPES[kty]?.includes(alg)) return misfit(`a key of type ${kty} cannot decrypt ${alg}`);
  if (key.crv === 'X448') return { is: 'unsupported', reason: 'WebCrypto has no X448, so it cannot be decrypted here' };
  if (key.kty === 'OKP' && key.crv !== undefined && key.crv !== 'X25519') {
    return misfit(`a key on ${wordOf(key.crv).slice(0, 20)} agrees on no key`);
  }
  if (typeof key.alg === 'string' && key.alg !== alg && !(alg === 'dir' && key.alg === enc)) {
    return misfit(`the key is for ${key.alg.slice(0, 40)}, the token says ${alg}`);
  }
  const complaint = purposeComplaint(key, 'enc', DECRYPTING, 'for encryption') ?? memberComplaint(key);
  if (complaint.is !== 'fits') return complaint;
  if (kty !== 'oct') {
    return typeof key.d === 'string'
      ? bitsComplaint(key, alg, 'RFC 7518 §4.3')
      : { is: 'broken', reason: 'decrypting needs the private key, this is the public one' };
  }
  const wanted =
    alg === 'dir' ? ENCRYPTIONS[enc] : /^A\d{3}(?:GCM)?KW$/.test(alg) ? WRAP_BYTES[alg.slice(0, 4)] : undefined;
  const bytes = Math.floor(((key.k ?? '').length * 6) / 8);
  return wanted !== undefined && bytes !== wanted
    ? misfit(`${alg === 'dir' ? enc : alg} needs a key of ${wanted * 8} bits, this one has ${bytes * 8}`)
    : FITS;
}
