import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { CompactEncrypt, FlattenedEncrypt, GeneralEncrypt, importJWK, type JWK, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { inspectToken } from '../../../lib/token/inspect.ts';
import type { Judgement } from '../../../lib/token/outcome.ts';

const NOW = 1_800_000_000;
const CLAIMS = { sub: 'a', exp: NOW + 60 };
const jwkOf = (key: KeyObject): JWK => key.export({ format: 'jwk' }) as JWK;
const oct = (bytes: number): JWK => ({ kty: 'oct', k: randomBytes(bytes).toString('base64url') });
const pair = ({ privateKey }: { privateKey: KeyObject }): JWK => jwkOf(privateKey);

const rsa = pair(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const rsaOther = pair(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const p256 = pair(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const p384 = pair(generateKeyPairSync('ec', { namedCurve: 'P-384' }));
const p521 = pair(generateKeyPairSync('ec', { namedCurve: 'P-521' }));
const x25519 = pair(generateKeyPairSync('x25519'));
const x448 = pair(generateKeyPairSync('x448'));
const k128 = oct(16);
const k192 = oct(24);
const k256 = oct(32);

const ENC: Readonly<Record<string, JWK>> = {
  A128GCM: oct(16),
  A192GCM: oct(24),
  A256GCM: oct(32),
  'A128CBC-HS256': oct(32),
  'A192CBC-HS384': oct(48),
  'A256CBC-HS512': oct(64),
};
const ALG: readonly (readonly [alg: string, key: JWK, wrong: JWK])[] = [
  ['RSA-OAEP', rsa, rsaOther],
  ['RSA-OAEP-256', rsa, rsaOther],
  ['RSA-OAEP-384', rsa, rsaOther],
  ['RSA-OAEP-512', rsa, rsaOther],
  ['A128KW', k128, oct(16)],
  ['A192KW', k192, oct(24)],
  ['A256KW', k256, oct(32)],
  ['A128GCMKW', k128, oct(16)],
  ['A192GCMKW', k192, oct(24)],
  ['A256GCMKW', k256, oct(32)],
  ['PBES2-HS256+A128KW', oct(12), oct(12)],
  ['PBES2-HS384+A192KW', oct(12), oct(12)],
  ['PBES2-HS512+A256KW', oct(12), oct(12)],
  ...['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'].flatMap((alg): [string, JWK, JWK][] => [
    [alg, p256, pair(generateKeyPairSync('ec', { namedCurve: 'P-256' }))],
    [alg, p384, pair(generateKeyPairSync('ec', { namedCurve: 'P-384' }))],
    [alg, p521, pair(generateKeyPairSync('ec', { namedCurve: 'P-521' }))],
    [alg, x25519, pair(generateKeyPairSync('x25519'))],
  ]),
];

const publicOf = (jwk: JWK): JWK => {
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...rest } = jwk;
  return rest;
};

async function encrypt(
  alg: string,
  enc: string,
  jwk: JWK,
  header: object = {},
  text = JSON.stringify(CLAIMS),
): Promise<string> {
  const key = await importJWK(publicOf(jwk), alg === 'dir' ? enc : alg);
  return new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader({ alg, enc, ...header }).encrypt(key);
}

async function judged(
  token: string | object,
  keys: object,
): Promise<[string, Judgement | undefined, string, unknown, string]> {
  const text = typeof token === 'string' ? token : JSON.stringify(token);
  const report = await inspectToken(text, { ...keys, now: NOW });
  expect(report.signature).toBe('cannotTell');
  return [report.kind, report.decryption, report.time, report.payload, report.reason ?? ''];
}

const opened = ['jwe', 'valid', 'valid', CLAIMS, ''];
const closed = (is: Judgement, reason: RegExp = /./) => [
  'jwe',
  is,
  'unknown',
  undefined,
  expect.stringMatching(reason),
];

describe('key management', () => {
  test.each(ALG)('%s', async (alg, key, wrong) => {
    const token = await encrypt(alg, 'A128CBC-HS256', key);
    expect(await judged(token, { jwk: key })).toEqual(opened);
    expect(await judged(token, { jwks: { keys: [rsaOther, key] } })).toEqual(opened);
    expect(await judged(token, {})).toEqual(closed('cannotTell', /no key was given/));
    expect(await judged(token, { jwk: wrong })).toEqual(closed('invalid', /does not decrypt/));
    expect(await judged(token, { jwk: { ...key, use: 'sig' } })).toEqual(closed('invalid', /use/));
    expect(await judged(token, { jwk: { ...key, alg: 'XX' } })).toEqual(closed('invalid', /XX/));
    expect(await judged(token, { jwk: { ...key, alg, use: 'enc' } })).toEqual(opened);
    expect(await judged(token, { jwk: { ...key, key_ops: ['sign'] } })).toEqual(closed('invalid', /key_ops/));
    if (key.kty !== 'oct') {
      expect(await judged(token, { jwk: publicOf(key) })).toEqual(closed('cannotTell', /private key/));
    }
    const other = key.kty === 'RSA' ? p256 : rsa;
    expect(await judged(token, { jwk: other })).toEqual(closed('invalid', /key of type/));
  });
});

/** Every part of a JWE, missing and changed: a reader that skips one check accepts one of them. */
const DAMAGE: Readonly<Record<string, (parts: readonly string[]) => readonly string[]>> = {
  'tag missing': ([h = '', k = '', i = '', c = '']) => [h, k, i, c, ''],
  'tag one byte short': ([h = '', k = '', i = '', c = '', t = '']) => [h, k, i, c, bytes(t, (b) => b.subarray(0, -1))],
  'tag four bytes short': ([h = '', k = '', i = '', c = '', t = '']) => [
    h,
    k,
    i,
    c,
    bytes(t, (b) => b.subarray(0, -4)),
  ],
  'tag half': ([h = '', k = '', i = '', c = '', t = '']) => [h, k, i, c, bytes(t, (b) => b.subarray(0, b.length / 2))],
  'tag longer': ([h = '', k = '', i = '', c = '', t = '']) => [h, k, i, c, bytes(t, (b) => Buffer.concat([b, b]))],
  'tag changed': ([h = '', k = '', i = '', c = '', t = '']) => [h, k, i, c, bytes(t, flip)],
  'content missing': ([h = '', k = '', i = '', , t = '']) => [h, k, i, '', t],
  'content changed': ([h = '', k = '', i = '', c = '', t = '']) => [h, k, i, bytes(c, flip), t],
  'iv missing': ([h = '', k = '', , c = '', t = '']) => [h, k, '', c, t],
  'iv changed': ([h = '', k = '', i = '', c = '', t = '']) => [h, k, bytes(i, flip), c, t],
  'iv one byte short': ([h = '', k = '', i = '', c = '', t = '']) => [h, k, bytes(i, (b) => b.subarray(1)), c, t],
  'key missing': ([h = '', , i = '', c = '', t = '']) => [h, '', i, c, t],
  'key changed': ([h = '', k = '', i = '', c = '', t = '']) => [h, k === '' ? 'AAAA' : bytes(k, flip), i, c, t],
  'header changed': ([h = '', ...rest]) => [bytes(h, (b) => Buffer.concat([b, Buffer.from(' ')])), ...rest],
};
const bytes = (part: string, change: (bytes: Buffer) => Buffer): string =>
  change(Buffer.from(part, 'base64url')).toString('base64url');
const flip = (from: Buffer): Buffer => Buffer.from(from.map((byte, at) => (at === 0 ? byte ^ 1 : byte)));

describe('a damaged token is invalid, never a doubt', () => {
  test.each([
    ...ALG.map(([alg, key]) => [alg, 'A128GCM', key] as const),
    ...Object.entries(ENC).map(([enc, key]) => ['dir', enc, key] as const),
  ])('%s and %s', async (alg, enc, key) => {
    const token = await encrypt(alg, enc, key);
    for (const [what, damage] of Object.entries(DAMAGE)) {
      const parts = token.split('.');
      const isDirect = parts[1] === '';
      if (isDirect && what === 'key missing') continue;
      const found = await judged(damage(parts).join('.'), { jwk: key });
      expect([what, ...found]).toEqual([what, ...closed('invalid')]);
    }
  });
});

describe('content encryption', () => {
  test.each(Object.entries(ENC))('dir and %s', async (enc, key) => {
    const token = await encrypt('dir', enc, key);
    expect(await judged(token, { jwk: key })).toEqual(opened);
    expect(await judged(token, { jwk: { ...key, alg: enc } })).toEqual(opened);
    expect(await judged(token, { jwk: oct(20) })).toEqual(closed('invalid', /bits/));
    const parts = token.split('.');
    for (const index of [2, 3, 4]) {
      const bytes = Buffer.from(parts[index] ?? '', 'base64url');
      bytes.writeUInt8((bytes[0] ?? 0) ^ 1, 0);
      const changed = parts.with(index, bytes.toString('base64url')).join('.');
      expect(await judged(changed, { jwk: key })).toEqual(closed('invalid', /does not decrypt/));
      expect(await judged(parts.with(index, '').join('.'), { jwk: key })).toEqual(closed('invalid'));
    }
    expect(await judged(parts.with(1, 'AAAA').join('.'), { jwk: key })).toEqual(closed('invalid', /Encrypted Key/));
  });
});

describe('what cannot or must not be opened', () => {
  const fake = (header: object): string =>
    `${Buffer.from(JSON.stringify(header)).toString('base64url')}.AAAA.AAAA.AAAA.AAAA`;
  test.each([
    ['RSA1_5', fake({ alg: 'RSA1_5', enc: 'A128GCM' }), { jwk: rsa }, 'cannotTell', /RSA1_5/],
    ['RSA1_5 without a key', fake({ alg: 'RSA1_5', enc: 'A128GCM' }), {}, 'cannotTell', /RSA1_5/],
    ['unknown alg', fake({ alg: 'XX', enc: 'A128GCM' }), { jwk: rsa }, 'cannotTell', /known here/],
    ['unknown enc', fake({ alg: 'RSA-OAEP', enc: 'XX' }), { jwk: rsa }, 'cannotTell', /known here/],
    ['X448', fake({ alg: 'ECDH-ES', enc: 'A128GCM' }), { jwk: x448 }, 'cannotTell', /X448/],
    ['critical', fake({ alg: 'RSA-OAEP', enc: 'A128GCM', crit: ['x'], x: 1 }), { jwk: rsa }, 'invalid', /crit/],
    [
      'too many rounds',
      fake({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 1e9, p2s: 'AAAAAAAAAAAAAAAA' }),
      { jwk: oct(9) },
      'cannotTell',
      /rounds/,
    ],
    ['no epk', fake({ alg: 'ECDH-ES+A128KW', enc: 'A128GCM' }), { jwk: p256 }, 'invalid', /epk/],
    [
      'kid missing',
      fake({ alg: 'A128KW', enc: 'A128GCM', kid: 'b' }),
      { jwks: { keys: [{ ...k128, kid: 'a' }] } },
      'cannotTell',
      /no key "b"/,
    ],
    ['unknown zip', fake({ alg: 'A128KW', enc: 'A128GCM', zip: 'GZ' }), { jwk: k128 }, 'cannotTell', /zip/],
  ] as const)('%s', async (_what, token, keys, is, reason) => {
    expect(await judged(token, keys)).toEqual(closed(is, reason));
  });
});

describe('what no key makes right is said', () => {
  const off = { ...publicOf(p256), x: publicOf(p256).y ?? '' };
  test.each<[string, (parts: readonly string[]) => readonly string[], RegExp]>([
    ['a tag of 12 bytes', ([h = '', k = '', i = '', c = '']) => [h, k, i, c, 'A'.repeat(16)], /tag has 12 bytes.* 16/],
    ['no tag', ([h = '', k = '', i = '', c = '']) => [h, k, i, c, ''], /tag has 0 bytes/],
    ['an iv of 16 bytes', ([h = '', k = '', , c = '', t = '']) => [h, k, `${'A'.repeat(21)}A`, c, t], /vector has 16/],
    ['no iv', ([h = '', k = '', , c = '', t = '']) => [h, k, '', c, t], /vector has 0 bytes/],
    ['no key', ([h = '', , i = '', c = '', t = '']) => [h, '', i, c, t], /there is an Encrypted Key/],
  ])('%s', async (_what, change, reason) => {
    const token = await encrypt('A128KW', 'A128GCM', k128);
    expect(await judged(change(token.split('.')).join('.'), { jwk: k128 })).toEqual(closed('invalid', reason));
  });

  test.each([
    ['on another curve', publicOf(p384), /"epk" is on P-384, the key on P-256/],
    ['off its curve', off, /"epk" is broken: its point is not on the curve P-256/],
    ['one byte short', { ...publicOf(p256), x: 'AAAA' }, /"epk" is broken: "x" has 3 bytes/],
    ['a text', 'x', /needs the one-time key/],
  ])('a one-time key %s', async (_what, epk, reason) => {
    const [, ...rest] = (await encrypt('ECDH-ES', 'A128GCM', p256)).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'ECDH-ES', enc: 'A128GCM', epk })).toString('base64url');
    expect(await judged([header, ...rest].join('.'), { jwk: p256 })).toEqual(closed('invalid', reason));
  });

  test.each<[object, RegExp]>([
    [{ unprotected: { alg: 'dir' } }, /"alg" is in more than one header/],
    [{ unprotected: { zip: 'DEF' } }, /"zip" must be in the protected header/],
    [{ unprotected: { crit: ['x'], x: 1 } }, /"crit" must be in the protected header/],
  ])('headers %j', async (more, reason) => {
    const token = await new FlattenedEncrypt(new TextEncoder().encode('{}'))
      .setProtectedHeader({ alg: 'dir', enc: 'A128GCM' })
      .encrypt(await importJWK(k128, 'A128GCM'));
    expect(await judged({ ...token, ...more }, { jwk: k128 })).toEqual(closed('invalid', reason));
    expect(await judged({ ...token, ...more }, {})).toEqual(closed('invalid', reason));
  });

  test('algorithms of the other kind, and none', async () => {
    const fake = (alg: string): string =>
      `${Buffer.from(JSON.stringify({ alg, enc: 'A128GCM' })).toString('base64url')}..AAAA.AAAA.AAAA`;
    expect(await judged(fake('none'), { jwk: k128 })).toEqual(closed('invalid', /nothing is encrypted/));
    expect(await judged(fake('RS256'), { jwk: rsa })).toEqual(closed('invalid', /signs and encrypts no keys/));
  });
});

test('compressed content is opened', async () => {
  const token = await encrypt('dir', 'A256GCM', ENC['A256GCM'] ?? {}, { zip: 'DEF' });
  expect(await judged(token, { jwk: ENC['A256GCM'] })).toEqual(opened);
});

test('JSON, flattened, with additional data and an unprotected header', async () => {
  const token = await new FlattenedEncrypt(new TextEncoder().encode(JSON.stringify(CLAIMS)))
    .setProtectedHeader({ alg: 'A128KW', enc: 'A128GCM' })
    .setSharedUnprotectedHeader({ kid: 'a' })
    .setAdditionalAuthenticatedData(new TextEncoder().encode('aad'))
    .encrypt(await importJWK(k128, 'A128KW'));
  expect(await judged(token, { jwk: k128 })).toEqual(opened);
  expect(await judged({ ...token, aad: 'AAAA' }, { jwk: k128 })).toEqual(closed('invalid', /does not decrypt/));
});

test('JSON, general: the recipient whose key is given', async () => {
  const token = await new GeneralEncrypt(new TextEncoder().encode(JSON.stringify(CLAIMS)))
    .setProtectedHeader({ enc: 'A256GCM' })
    .addRecipient(await importJWK(publicOf(rsa), 'RSA-OAEP-256'))
    .setUnprotectedHeader({ alg: 'RSA-OAEP-256' })
    .addRecipient(await importJWK(publicOf(p256), 'ECDH-ES+A256KW'))
    .setUnprotectedHeader({ alg: 'ECDH-ES+A256KW' })
    .encrypt();
  expect(await judged(token, { jwk: rsa })).toEqual(opened);
  expect(await judged(token, { jwk: p256 })).toEqual(opened);
  expect(await judged(token, { jwk: rsaOther })).toEqual(closed('invalid'));
});

test('a signed token inside an encrypted one is checked with the same keys', async () => {
  const inner = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'ES256' }).sign(await importJWK(p256, 'ES256'));
  const token = await encrypt('A128KW', 'A128GCM', k128, { cty: 'JWT' }, inner);
  const report = await inspectToken(token, { jwks: { keys: [k128, p256] }, now: NOW });
  expect(report).toMatchObject({ kind: 'jwe', decryption: 'valid', time: 'valid' });
  expect(report.nested).toMatchObject({ kind: 'jws', signature: 'valid', payload: CLAIMS });
});
