import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { CompactEncrypt, SignJWT } from 'jose';
import { generate } from 'selfsigned';
import { describe, expect, test } from 'vitest';
import { isSymmetric, readKeys } from '../../../lib/token/given-keys.ts';
import { inspectToken } from '../../../lib/token/inspect.ts';
import { toPkcs8 } from '../../../lib/token/pem.ts';

/** Keys and their encodings are Node's, tokens are jose's. */
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const k256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const ed25519 = generateKeyPairSync('ed25519');
const ed448 = generateKeyPairSync('ed448');
const NOW = 1_800_000_000;

const pem = (key: KeyObject, type: string, more: object = {}): string =>
  key.export({ type: type as 'spki', format: 'pem', ...more }) as string;

async function judged(token: string, given: string): Promise<readonly [string, string, string]> {
  const { alg } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { alg: string };
  const found = await readKeys(given, isSymmetric(alg));
  if ('error' in found) return ['error', String(found.error.at), found.error.message];
  const { signature, decryption, reason = '' } = await inspectToken(token, { ...found.keys, now: NOW });
  return [found.is, decryption ?? signature, reason];
}

const signed = (alg: string, key: KeyObject | Uint8Array): Promise<string> =>
  new SignJWT({ sub: 'a' }).setProtectedHeader({ alg }).sign(key as never);

describe('PEM', () => {
  test.each([
    ['RS256', rsa, 'spki', 'public'],
    ['PS512', rsa, 'spki', 'public'],
    ['RS256', rsa, 'pkcs1', 'public'],
    ['RS256', rsa, 'pkcs8', 'private'],
    ['RS256', rsa, 'pkcs1', 'private'],
    ['ES256', p256, 'spki', 'public'],
    ['ES256', p256, 'pkcs8', 'private'],
    ['ES256', p256, 'sec1', 'private'],
    ['ES384', p384, 'spki', 'public'],
    ['ES512', p521, 'spki', 'public'],
    ['ES512', p521, 'sec1', 'private'],
    ['EdDSA', ed25519, 'spki', 'public'],
  ] as const)('%s with a key in %s', async (alg, pair, type, half) => {
    const token = await signed(alg, pair.privateKey);
    const text = pem(half === 'public' ? pair.publicKey : pair.privateKey, type);
    expect(await judged(token, text)).toEqual(['pem', 'valid', '']);
    expect(await judged(token, `some words before\r\n${text.replaceAll('\n', '\r\n')}`)).toEqual(['pem', 'valid', '']);
  });

  test('every member of a private key is that of the JWK', async () => {
    for (const { privateKey, publicKey } of [rsa, p256, p521]) {
      const own = await readKeys(pem(privateKey, 'pkcs8'), false);
      expect(own).toEqual({ is: 'pem', keys: { jwk: privateKey.export({ format: 'jwk' }) } });
      const theirs = await readKeys(pem(publicKey, 'spki'), false);
      expect(theirs).toEqual({ is: 'pem', keys: { jwk: publicKey.export({ format: 'jwk' }) } });
    }
  });

  test('a private key gets its public half where it lacks it', async () => {
    for (const { privateKey } of [p256, p384, p521, ed25519, generateKeyPairSync('x25519')]) {
      const jwk = privateKey.export({ format: 'jwk' });
      const { kty, crv, d } = jwk;
      const der = toPkcs8({ kty: String(kty), crv: String(crv), d: String(d) });
      const text = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(der ?? []).toString('base64')}\n-----END PRIVATE KEY-----`;
      expect(await readKeys(text, false)).toEqual({ is: 'pem', keys: { jwk } });
      // Node reads what is written here as the same key.
      expect(createPrivateKey(text).export({ format: 'jwk' })).toEqual(jwk);
    }
  });

  test('RFC 8410 §10.3: a private key of Ed25519 without its public half signs and verifies', async () => {
    const text = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----`;
    // Its public half stands in RFC 8410 §10.1.
    const spki = 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=';
    const x = Buffer.from(spki, 'base64').subarray(-32).toString('base64url');
    expect(await readKeys(text, false)).toMatchObject({ is: 'pem', keys: { jwk: { kty: 'OKP', crv: 'Ed25519', x } } });
    expect(await judged(await signed('EdDSA', createPrivateKey(text)), text)).toEqual(['pem', 'valid', '']);
  });

  test('several keys are a set', async () => {
    const text = pem(p384.publicKey, 'spki') + pem(p256.publicKey, 'spki');
    expect(await judged(await signed('ES256', p256.privateKey), text)).toEqual(['pem', 'valid', '']);
  });

  test('a curve that WebCrypto lacks is said', async () => {
    const b64 = (text: string): string => Buffer.from(text).toString('base64url');
    const input = `${b64('{"alg":"ES256K"}')}.${b64('{}')}`;
    const made = sign('sha256', Buffer.from(input), { key: k256.privateKey, dsaEncoding: 'ieee-p1363' });
    const [is, verdict, reason] = await judged(`${input}.${made.toString('base64url')}`, pem(k256.publicKey, 'spki'));
    expect([is, verdict]).toEqual(['pem', 'cannotTell']);
    expect(reason).toContain('WebCrypto has no ES256K');
  });

  test('decrypts', async () => {
    const token = await new CompactEncrypt(new TextEncoder().encode('{"a":1}'))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128GCM' })
      .encrypt(rsa.publicKey);
    expect(await judged(token, pem(rsa.privateKey, 'pkcs8'))).toEqual(['pem', 'valid', '']);
    const [, verdict, reason] = await judged(token, pem(rsa.publicKey, 'spki'));
    expect([verdict, reason]).toEqual(['cannotTell', expect.stringContaining('private key')]);
  });

  const text = pem(p256.publicKey, 'spki');
  test.each([
    ['cut', text.slice(0, 60), /END PUBLIC KEY----- is missing/],
    ['with a sign that is none', text.replace(/M/, '*'), /U\+002A/],
    ['with half a body', text.replace(/\n.{20}/, '\n'), /no public key/],
    ['of a parameter alone', '-----BEGIN DH PARAMETERS-----\nMIIB\n-----END DH PARAMETERS-----', /holds no key/],
    ['locked', pem(p256.privateKey, 'pkcs8', { cipher: 'aes-256-cbc', passphrase: 'x' }), /password/],
    ['without its public half, on a curve that WebCrypto lacks', pem(ed448.privateKey, 'pkcs8'), /no Ed448/],
    ['empty', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----', /nothing in it/],
    ['certificate of rubbish', '-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----', /no certificate/],
  ])('%s: said, with its place', async (_what, broken, message) => {
    const found = await readKeys(broken, false);
    expect(found).toEqual({ error: { at: expect.any(Number), message: expect.stringMatching(message) } });
  });

  test('the place of a wrong sign counts line breaks', async () => {
    const at = text.indexOf('\n', 40) + 3;
    const found = await readKeys(`${text.slice(0, at)}*${text.slice(at + 1)}`, false);
    expect(found).toMatchObject({ error: { at } });
  });
});

describe('certificates', async () => {
  const name = [{ name: 'commonName', value: 'as.example' }] as const;
  const ec = await generate([...name], { keyType: 'ec', algorithm: 'sha256' });
  const rsaMade = await generate([...name], { keyType: 'rsa', keySize: 2048, algorithm: 'sha256' });
  const base64 = ec.cert.replace(/-----[^-]+-----|\s/g, '');

  test.each([
    ['PEM', ec.cert, 'pem'],
    ['x5c', JSON.stringify([base64, 'AAAA']), 'x5c'],
    ['an object with x5c', JSON.stringify({ x5c: [base64] }), 'x5c'],
    ['base64 alone', base64, 'x5c'],
    ['base64 in lines', base64.replace(/.{64}/g, '$&\n'), 'x5c'],
  ])('%s', async (_what, given, is) => {
    expect(await judged(await signed('ES256', createPrivateKey(ec.private)), given)).toEqual([is, 'valid', '']);
  });

  test('of RSA', async () => {
    const token = await signed('RS256', createPrivateKey(rsaMade.private));
    expect(await judged(token, rsaMade.cert)).toEqual(['pem', 'valid', '']);
  });
});

describe('JSON and secrets', () => {
  const secret = randomBytes(48);
  const jwk = { kty: 'oct', k: secret.toString('base64url') };

  test.each([
    ['a JWK', JSON.stringify(jwk), 'jwk'],
    ['a key set', JSON.stringify({ keys: [jwk] }), 'jwks'],
    ['base64url', secret.toString('base64url'), 'secret'],
    ['base64', secret.toString('base64'), 'secret'],
    ['hexadecimal', secret.toString('hex'), 'secret'],
    ['with a line break behind', `${secret.toString('hex')}\n`, 'secret'],
  ])('%s', async (_what, given, is) => {
    expect(await judged(await signed('HS256', secret), given)).toEqual([is, 'valid', '']);
  });

  test('a secret is first of all its own text', async () => {
    const text = 'a secret of forty letters, with its space';
    expect(await judged(await signed('HS256', new TextEncoder().encode(text)), text)).toEqual(['secret', 'valid', '']);
  });

  test('a password opens PBES2', async () => {
    const key = new TextEncoder().encode('correct horse');
    const token = await new CompactEncrypt(new TextEncoder().encode('{}'))
      .setProtectedHeader({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM' })
      .encrypt(key);
    expect(await judged(token, 'correct horse')).toEqual(['secret', 'valid', '']);
  });

  test.each([
    ['words', 'hello', 0, /neither a JWK/],
    ['an object', '  {"a":1}', 2, /no `kty`/],
    ['broken JSON', '{"kty":}', 7, /no JSON/],
    ['a list of numbers', '[1]', 0, /no `kty`/],
  ])('%s are no key of a public algorithm', async (_what, given, at, message) => {
    expect(await readKeys(given, false)).toEqual({ error: { at, message: expect.stringMatching(message) } });
  });
});
