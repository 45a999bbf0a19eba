import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { compactVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { makeTestKey } from '../../../lib/adapters/test-keys.ts';
import { inspectToken } from '../../../lib/token/inspect.ts';
import { freshClaims, headerFor, makeTestToken, TEST_ALGS, TEST_MARK } from '../../../lib/token/make.ts';
import { publicJwk } from '../../../lib/token/private-key.ts';
import { DPOP } from './vectors.ts';

const NOW = 1_800_000_000;
const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' }) as { kty: string };
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('a test token', () => {
  test.each(TEST_ALGS.filter((alg) => alg !== 'none'))('%s, with a key made here', async (alg) => {
    const jwk = await makeTestKey(alg);
    const made = await makeTestToken({ header: await headerFor(alg, null, jwk), claims: freshClaims(null, NOW), jwk });
    if (!('token' in made)) throw new Error(made.error.message);
    const forServer = publicJwk(JSON.stringify(jwk)) ?? jwk;
    const report = await inspectToken(made.token, { jwk: forServer, now: NOW });
    expect(report).toMatchObject({
      signature: 'valid',
      time: 'valid',
      header: { alg, [TEST_MARK]: 'OAuth Inspector' },
      payload: { iat: NOW, exp: NOW + 600 },
    });
    expect(JSON.stringify(publicJwk(JSON.stringify(jwk)) ?? {})).not.toMatch(/"(?:d|k|p|q)":/);
  });

  test('is signed byte for byte', async () => {
    const claims = '{ "a":1, "a":2, "n":12345678901234567890 }';
    const made = await makeTestToken({ header: '{"alg":"ES256"}', claims, jwk: jwkOf(ec.privateKey) });
    const { payload } = await compactVerify('token' in made ? made.token : '', ec.publicKey);
    expect(new TextDecoder().decode(payload)).toBe(claims);
  });

  test('that nobody signs says so', async () => {
    const made = await makeTestToken({ header: '{"alg":"none"}', claims: '{}', jwk: null });
    expect(await inspectToken('token' in made ? made.token : '', { now: NOW })).toMatchObject({
      kind: 'jws',
      signature: 'invalid',
      header: { [TEST_MARK]: 'OAuth Inspector' },
    });
  });

  test.each([
    ['header', '{"alg":}', '{}', null, 7, /JSON value/],
    ['header', '[]', '{}', null, 0, /no JSON object/],
    ['header', '{}', '{}', null, null, /no `alg`/],
    ['header', '{"alg":"ES256K"}', '{}', null, null, /WebCrypto has no/],
    ['claims', '{"alg":"ES256"}', '{"a":1', null, 6, /"," or "}"/],
    ['claims', '{"alg":"ES256"}', '1', null, 0, /no JSON object/],
    ['key', '{"alg":"ES256"}', '{}', null, null, /no key/],
    ['key', '{"alg":"HS256"}', '{}', jwkOf(ec.privateKey), null, /algorithm confusion/],
    ['key', '{"alg":"ES256"}', '{}', jwkOf(ec.publicKey), null, /private key/],
    ['key', '{"alg":"ES384"}', '{}', jwkOf(ec.privateKey), null, /P-384/],
  ])('is not made where the %s is wrong: %s %s', async (where, header, claims, jwk, at, message) => {
    expect(await makeTestToken({ header, claims, jwk })).toEqual({
      error: { in: where, at, message: expect.stringMatching(message) },
    });
  });

  test('is signed with a key that is there to sign, and with no other', async () => {
    const claims = '{}';
    const secret = { kty: 'oct', k: 'A'.repeat(43) };
    for (const [alg, jwk] of [['ES256', jwkOf(ec.privateKey)] as const, ['HS256', secret] as const]) {
      const header = JSON.stringify({ alg });
      expect(await makeTestToken({ header, claims, jwk: { ...jwk, key_ops: ['sign'] } })).toHaveProperty('token');
      expect(await makeTestToken({ header, claims, jwk: { ...jwk, key_ops: ['verify'] } })).toMatchObject({
        error: { in: 'key', message: expect.stringContaining('"key_ops"') },
      });
    }
  });

  test('begins with a header that names no key of another', async () => {
    const header = { alg: 'RS256', kid: 'theirs', jku: 'https://x.example', x5c: ['AA'], typ: 'at+jwt' };
    expect(JSON.parse(await headerFor('ES256', header, DPOP.key))).toEqual({
      typ: 'at+jwt',
      alg: 'ES256',
      kid: DPOP.thumbprint,
    });
    expect(JSON.parse(freshClaims({ iss: 'i', nbf: 1, exp: 2 }, NOW))).toEqual({
      iss: 'i',
      iat: NOW,
      nbf: NOW,
      exp: NOW + 600,
    });
  });
});
