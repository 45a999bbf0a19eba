import { importJWK, type JWK } from 'jose';
import { wordOf } from '../http/params.ts';
import { table } from '../model/table.ts';
import { decodeBase64url } from './base64url.ts';
import type { DecodedToken, JsonObject, SignedPart } from './decode.ts';
import { chooseKeys, fitForSignature, type Keys, keyComplaint, noSignatureAlg, signatureAlgComplaint } from './keys.ts';
import { brokenKey, type Outcome, outcomeOf, tryKeys } from './outcome.ts';

/**
 * Checks the signature of a JWS with the given keys and no others: `jwk`, `jku` and `x5u` of its own header are never
 * used (RFC 8725 §3.10). Time is judged elsewhere. One of several signatures that verifies makes the JWS valid
 * (RFC 7515 §5.2).
 */
export async function verifySignature(decoded: DecodedToken, keys: Keys): Promise<Outcome> {
  return bestOf(await verifySignatures(decoded, keys));
}

/** One valid signature is enough, and one that is wrong says more than one that could not be checked. */
export function bestOf(outcomes: readonly Outcome[]): Outcome {
  const of = (is: Outcome['is']) => outcomes.find((outcome) => outcome.is === is);
  return of('valid') ?? of('invalid') ?? outcomes[0] ?? { is: 'cannotTell', reason: 'there is no signature' };
}

/** Each signature of a JWS, in its order. */
export async function verifySignatures(decoded: DecodedToken, keys: Keys): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const signed of decoded.signatures) outcomes.push(await verifyOne(decoded, signed, keys));
  return outcomes;
}

async function verifyOne(decoded: DecodedToken, signed: SignedPart, keys: Keys): Promise<Outcome> {
  const { header } = signed;
  const alg = wordOf(header['alg']);
  if (/^none$/i.test(alg)) {
    return { is: 'invalid', reason: `alg is "${alg}": nothing is signed, anyone can make this token (RFC 8725 §3.1)` };
  }
  const complaint = headerComplaint(signed) ?? mixedComplaint(decoded) ?? noSignatureAlg(alg);
  if (complaint !== null) return { is: 'invalid', reason: complaint };
  if (signed.signature === '') return { is: 'invalid', reason: 'the signature is empty' };
  const unknown = signatureAlgComplaint(alg);
  const choice = chooseKeys(keys, header);
  if (choice === null) return { is: 'cannotTell', reason: unknown ?? 'no key was given' };
  if (unknown !== null) return { is: 'cannotTell', reason: unknown };
  if (decoded.signedPayload === null) {
    return { is: 'cannotTell', reason: `${DETACHED} (RFC 7515 appendix F)` };
  }
  const payload = decoded.signedPayload;
  const length = lengthComplaint(signed.signature, alg);
  // Once for all keys: of a large token it takes longer than the check itself.
  const input = signingInput(signed, payload);
  const outcome = await tryKeys(
    choice,
    (key) => fitForSignature(key, alg),
    async (key) => {
      const found: Outcome =
        length === null ? await verifyWith(signed.signature, input, key, alg) : { is: 'invalid', reason: length };
      const complaint = found.is === 'valid' ? keyComplaint(key, alg) : null;
      return complaint === null ? found : { is: 'invalid' as const, reason: `the signature matches, but ${complaint}` };
    },
  );
  if (outcome.is !== 'invalid' || payload.length > 0 || length !== null) return outcome;
  // An unencoded payload with a dot in it can only be detached (RFC 7797 §5.2).
  return header['b64'] === false
    ? { is: 'cannotTell', reason: `${DETACHED} (RFC 7797 §5.2)` }
    : {
        is: 'invalid',
        reason: `${outcome.reason}; the payload is empty: if it is detached, it has to be given as well`,
      };
}

const DETACHED = 'the payload is detached: it is not in the token';

/** The bytes that are signed: header, dot, payload (RFC 7515 §5.1, RFC 7797 §3). */
export function signingInput(signed: SignedPart, payload: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const utf8 = new TextEncoder();
  const head = utf8.encode(`${signed.protected ?? ''}.`);
  const body = typeof payload === 'string' ? utf8.encode(payload) : payload;
  const input = new Uint8Array(head.length + body.length);
  input.set(head);
  input.set(body, head.length);
  return input;
}

/** WebCrypto's name of an algorithm, and what it wants to know besides (RFC 7518 §3.1, RFC 8037 §3.1). */
function parametersOf(alg: string): { readonly name: string; readonly hash?: string; readonly saltLength?: number } {
  const bits = Number(alg.slice(2));
  switch (alg.slice(0, 2)) {
    case 'HS':
      return { name: 'HMAC', hash: `SHA-${bits}` };
    case 'RS':
      return { name: 'RSASSA-PKCS1-v1_5' };
    case 'PS':
      return { name: 'RSA-PSS', saltLength: bits / 8 };
    case 'ES':
      return { name: 'ECDSA', hash: `SHA-${bits}` };
    default:
      return { name: alg === 'EdDSA' ? 'Ed25519' : alg };
  }
}

async function verifyWith(signature: string, input: Uint8Array<ArrayBuffer>, jwk: JWK, alg: string): Promise<Outcome> {
  const bytes = decodeBase64url(signature);
  if ('error' in bytes) return { is: 'invalid', reason: bytes.error.message };
  const parameters = parametersOf(alg);
  let key: CryptoKey;
  try {
    const read = await importJWK(publicPart(jwk), alg);
    key =
      read instanceof Uint8Array
        ? await crypto.subtle.importKey('raw', nonEmpty(read), { name: 'HMAC', hash: parameters.hash ?? '' }, false, [
            'verify',
          ])
        : (read as CryptoKey);
  } catch (error) {
    return brokenKey(error, jwk);
  }
  try {
    const fits = await crypto.subtle.verify(parameters, key, new Uint8Array(bytes.bytes), input);
    return fits
      ? { is: 'valid' }
      : { is: 'invalid', reason: 'the signature does not match header, payload and this key' };
  } catch (error) {
    return outcomeOf(error, '');
  }
}

/** WebCrypto imports no empty secret. HMAC fills keys with zeros (RFC 2104 §2), so one zero is the same key. */
export function nonEmpty(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  return secret.length === 0 ? new Uint8Array(1) : new Uint8Array(secret);
}

/** Bytes of each signature (RFC 7518 §3.2, §3.4, RFC 8037 §3.1); RSA's depends on the key. */
const LENGTHS = table<number>({
  HS256: 32,
  HS384: 48,
  HS512: 64,
  ES256: 64,
  ES384: 96,
  ES512: 132,
  EdDSA: 64,
  Ed25519: 64,
});

function lengthComplaint(signature: string, alg: string): string | null {
  const wanted = LENGTHS[alg];
  const result = decodeBase64url(signature);
  if (wanted === undefined || 'error' in result || result.bytes.length === wanted) return null;
  const { bytes } = result;
  const der = alg.startsWith('ES') && bytes[0] === 0x30;
  const hint = der ? '; it looks like DER, a JWS has the two numbers bare (RFC 7518 §3.4)' : '';
  return `a signature of ${alg} has ${wanted} bytes, this one has ${bytes.length}${hint}`;
}

/** Names that `crit` must not list: they belong to the specifications themselves (RFC 7515 §4.1.11). */
const OWN_NAMES = [
  ...['alg', 'jku', 'jwk', 'kid', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'typ', 'cty', 'crit', 'enc', 'zip'],
  // RFC 7518 §4.6.1, §4.7.1, §4.8.1.
  ...['epk', 'apu', 'apv', 'iv', 'tag', 'p2s', 'p2c'],
];

/** RFC 7515 §4.1.11, §7.2.1, RFC 7797 §6: headers that a reader must refuse. */
function headerComplaint({ header, protectedHeader, unprotected }: SignedPart): string | null {
  const twice = Object.keys(unprotected ?? {}).find((name) => Object.hasOwn(protectedHeader, name));
  if (twice !== undefined) return `"${twice.slice(0, 40)}" is both in the protected and the unprotected header`;
  for (const name of ['crit', 'b64']) {
    if (unprotected !== undefined && Object.hasOwn(unprotected, name)) {
      return `"${name}" must be in the protected header`;
    }
  }
  const crit = criticalComplaint(header, ['b64']);
  if (crit !== null) return crit;
  if (header['b64'] !== undefined && typeof header['b64'] !== 'boolean') return '"b64" must be true or false';
  return header['b64'] === false && header['crit'] === undefined
    ? '"b64" must be listed in "crit" (RFC 7797 §6)'
    : null;
}

/** RFC 7797 §3: all signatures are over the same bytes. */
function mixedComplaint({ signatures }: DecodedToken): string | null {
  const forms = new Set(signatures.map(({ header }) => header['b64'] !== false));
  return forms.size > 1 ? '"b64" differs between the signatures (RFC 7797 §3)' : null;
}

/** RFC 7515 §4.1.11: a header that names extensions which the reader does not know must be refused. */
export function criticalComplaint(header: JsonObject, known: readonly string[]): string | null {
  const crit = header['crit'];
  if (crit === undefined) return null;
  if (!Array.isArray(crit) || crit.length === 0) {
    return '"crit" must be a list with at least one name (RFC 7515 §4.1.11)';
  }
  for (const name of crit) {
    const shown = wordOf(name).slice(0, 40);
    if (typeof name !== 'string' || name === '') return '"crit" must list names (RFC 7515 §4.1.11)';
    if (OWN_NAMES.includes(name)) return `"crit" must not list "${shown}", which every reader knows (RFC 7515 §4.1.11)`;
    if (!known.includes(name)) {
      return `"crit" names "${shown}", which is unknown here, so the token must be refused (RFC 7515 §4.1.11)`;
    }
    if (!Object.hasOwn(header, name)) return `"crit" names "${shown}", which the header does not have`;
  }
  return new Set(crit).size === crit.length ? null : '"crit" lists a name twice';
}

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'];

/** What is left of a key when nothing of it is secret; `use` and `key_ops` were judged before. */
function publicPart(jwk: JWK): JWK {
  const dropped = ['key_ops', 'use', 'ext', 'alg', ...(jwk.kty === 'oct' ? [] : PRIVATE)];
  const left = Object.fromEntries(Object.entries(jwk).filter(([name]) => !dropped.includes(name)));
  return (jwk.kty === 'AKP' ? { ...left, alg: jwk.alg } : left) as JWK;
}
