import { wordOf } from '../http/params.ts';
import { encodeBase64url } from './base64url.ts';
import type { DecodedToken, JsonObject, SignedPart } from './decode.ts';
import { isSuspiciousKid } from './kid.ts';
import { nonEmpty, signingInput } from './verify.ts';

/** Something that a reader of the token must not trust, whatever its signature says. */
export interface CallOut {
  readonly id:
    | 'alg-none'
    | 'key-in-header'
    | 'key-address-in-header'
    | 'critical'
    | 'unencoded-payload'
    | 'weak-secret'
    | 'kid-unusual'
    | 'unprotected-header'
    | 'several-signatures'
    | 'rsa1_5'
    | 'compressed'
    | 'few-rounds';
  /** One sentence, without its full stop. */
  readonly text: string;
  readonly section: string;
}

/** Fewer are refused by careful readers (RFC 7518 §4.8.1.2). */
const MIN_ROUNDS = 1000;

/** What the headers alone give away. */
export function headerCallOuts(decoded: DecodedToken): readonly CallOut[] {
  const found: CallOut[] = [];
  const add = (id: CallOut['id'], text: string, section: string): void => {
    if (!found.some((one) => one.text === text)) found.push({ id, text, section });
  };
  for (const { header, unprotected } of [...decoded.signatures, ...decoded.recipients] as readonly HeaderParts[]) {
    const { alg, typ, kid } = header;
    const isProof = typeof typ === 'string' && /^(?:application\/)?dpop\+jwt$/i.test(typ);
    if (typeof alg === 'string' && /^none$/i.test(alg)) {
      add('alg-none', `\`alg\` is "${alg}": nothing is signed`, 'RFC 8725 §3.1');
    }
    for (const name of ['jwk', 'x5c']) {
      if (Object.hasOwn(header, name) && !(isProof && name === 'jwk')) {
        add(
          'key-in-header',
          `The header brings its own key (\`${name}\`): it proves nothing about the issuer`,
          'RFC 8725 §3.10',
        );
      }
    }
    for (const name of ['jku', 'x5u']) {
      if (Object.hasOwn(header, name)) {
        add(
          'key-address-in-header',
          `The header says where its key is (\`${name}\`): a reader that goes there trusts the sender`,
          'RFC 8725 §3.10',
        );
      }
    }
    if (Object.hasOwn(header, 'crit')) {
      add('critical', '`crit`: a reader that does not know what it lists must refuse the token', 'RFC 7515 §4.1.11');
    }
    if (header['b64'] === false) {
      add(
        'unencoded-payload',
        '`b64` is false: the payload is signed as it stands, which many readers do not know',
        'RFC 7797 §6',
      );
    }
    if (typeof kid === 'string' && isSuspiciousKid(kid)) {
      add('kid-unusual', '`kid` is a path, a query, a command or an address, not a name', 'RFC 8725 §3.10');
    }
    if (unprotected !== undefined && Object.hasOwn(unprotected, 'alg')) {
      add('unprotected-header', '`alg` is in the unprotected header: anyone can change it', 'RFC 7515 §10.7');
    }
    if (alg === 'RSA1_5') add('rsa1_5', '`RSA1_5` falls to padding oracles', 'RFC 8725 §3.2');
    const { p2c } = header;
    if (typeof p2c === 'number' && p2c < MIN_ROUNDS) {
      add('few-rounds', `The password is hashed in ${p2c} rounds: it can be guessed quickly`, 'RFC 7518 §4.8.1.2');
    }
    if (Object.hasOwn(header, 'zip')) {
      add(
        'compressed',
        'The content is compressed before encryption: its length gives away what is in it',
        'RFC 8725 §3.6',
      );
    }
  }
  if (decoded.signatures.length > 1) {
    add(
      'several-signatures',
      `${decoded.signatures.length} signatures: readers differ in which ones they want`,
      'RFC 7515 §7.2.1',
    );
  }
  return found;
}

type HeaderParts = Pick<SignedPart, 'header'> & { readonly unprotected?: JsonObject };

/** Secrets of examples, tutorials and defaults. Few on purpose: this is a hint, not an attack. */
const KNOWN_SECRETS = [
  'secret',
  'Secret',
  'SECRET',
  'password',
  'changeme',
  'change-me',
  'changeit',
  'default',
  'key',
  'test',
  'testing',
  'private',
  'jwt',
  'jwtsecret',
  'jwt-secret',
  'jwt_secret',
  'JWT_SECRET',
  'your-256-bit-secret',
  'your-384-bit-secret',
  'your-512-bit-secret',
  'your_jwt_secret',
  'your-secret-key',
  'your_secret_key',
  'my-secret',
  'my_secret',
  'mysecret',
  'mysecretkey',
  'secretkey',
  'secret_key',
  'secret-key',
  'supersecret',
  'super-secret',
  'shhhhh',
  'shhhhhhared-secret',
  'a-string-secret-at-least-256-bits-long',
  'AllYourBase',
  'admin',
  'token',
  '123456',
  '12345678',
  '1234567890',
  'qwerty',
  'hello',
  'development',
  '',
] as const;

/** The secret of a small known list that this HMAC verifies with; `null` where there is none (RFC 8725 §3.5). */
export async function knownSecret({ signatures, signedPayload }: DecodedToken): Promise<string | null> {
  const [signed] = signatures;
  const bits = /^HS(256|384|512)$/.exec(wordOf(signed?.header['alg']))?.[1];
  if (signed === undefined || bits === undefined || signedPayload === null) return null;
  const input = signingInput(signed, signedPayload);
  for (const secret of KNOWN_SECRETS) {
    const bytes = nonEmpty(new TextEncoder().encode(secret));
    const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: `SHA-${bits}` }, false, ['sign']);
    const made = new Uint8Array(await crypto.subtle.sign('HMAC', key, input));
    if (encodeBase64url(made) === signed.signature) return secret;
  }
  return null;
}

/** What an HMAC secret itself gives away: one that is known (RFC 8725 §3.5). */
export async function secretCallOuts(decoded: DecodedToken): Promise<readonly CallOut[]> {
  const known = await knownSecret(decoded);
  if (known === null) return [];
  const shown = known === '' ? 'the empty secret' : `the well-known secret "${known}"`;
  return [{ id: 'weak-secret', text: `Signed with ${shown}: anyone can make such tokens`, section: 'RFC 8725 §3.5' }];
}
