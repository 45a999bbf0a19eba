import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeToken } from '../../../lib/token/decode.ts';
import { sha256Base64url } from '../../../lib/token/hash.ts';
import { inspectToken } from '../../../lib/token/inspect.ts';
import { UNSECURED, VECTORS } from './vectors.ts';

const NOW = 1_300_000_000;
const SEED = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const b64 = (text: string): string => Buffer.from(text).toString('base64url');

describe('published vectors', () => {
  test.each(VECTORS)('$source decodes and verifies', async ({ token, jwk, payload }) => {
    const report = await inspectToken(token, { jwk, now: NOW });
    expect(report).toMatchObject({ kind: 'jws', payload, signature: 'valid' });
  });

  test.each(VECTORS)('$source with one changed character of its signature is invalid', async ({ token, jwk }) => {
    const at = token.length - 20;
    const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    expect(await inspectToken(changed, { jwk, now: NOW })).toMatchObject({ kind: 'jws', signature: 'invalid' });
  });

  test.each(VECTORS)('$source without a key cannot be told', async ({ token }) => {
    expect(await inspectToken(token, { now: NOW })).toMatchObject({
      signature: 'cannotTell',
      reason: 'no key was given',
    });
  });

  test('RFC 7515 A.5: "none" is invalid, whatever key there is', async () => {
    const report = await inspectToken(UNSECURED, { now: NOW });
    expect(report).toMatchObject({ kind: 'jws', signature: 'invalid' });
    expect(report.reason).toContain('none');
  });

  test('RFC 7636 appendix B', async () => {
    expect(await sha256Base64url('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });
});

describe('keys', () => {
  const [hs256, rs256, es256] = VECTORS;

  test('an RSA key is never used as an HMAC secret', async () => {
    const token = `${b64('{"alg":"HS256"}')}.${b64('{}')}.${b64('x'.repeat(32))}`;
    expect(await inspectToken(token, { jwk: rs256?.jwk, now: NOW })).toMatchObject({
      signature: 'invalid',
      reason: expect.stringContaining('a key of type RSA cannot check HS256: a public key used as an HMAC secret'),
    });
  });

  test('the key set is searched by kid, then one by one', async () => {
    const keys = [{ ...es256?.jwk, kid: 'other' }, hs256?.jwk];
    expect(await inspectToken(hs256?.token ?? '', { jwks: { keys }, now: NOW })).toMatchObject({ signature: 'valid' });
  });

  test.each([
    [{ alg: 'HS512' }, 'the key is for HS512'],
    [{ use: 'enc' }, '"use"'],
    [{ key_ops: ['encrypt'] }, '"key_ops"'],
  ])('a key that says %j is refused', async (extra, reason) => {
    const report = await inspectToken(hs256?.token ?? '', { jwk: { ...hs256?.jwk, ...extra }, now: NOW });
    expect(report.signature).toBe('invalid');
    expect(report.reason).toContain(reason);
  });

  test('unknown critical extensions are refused', async () => {
    const token = `${b64('{"alg":"HS256","crit":["exp"],"exp":1}')}.${b64('{}')}.${b64('x'.repeat(32))}`;
    expect((await inspectToken(token, { jwk: hs256?.jwk, now: NOW })).reason).toContain('exp');
  });

  test('an algorithm that WebCrypto lacks cannot be told', async () => {
    const token = `${b64('{"alg":"ES256K"}')}.${b64('{}')}.${b64('x'.repeat(64))}`;
    expect(await inspectToken(token, { jwk: es256?.jwk, now: NOW })).toMatchObject({ signature: 'cannotTell' });
  });

  test.each([[{ keys: 1 }], ['x'], [[]]])('a broken key set %j is said to be none', async (jwks) => {
    const report = await inspectToken(hs256?.token ?? '', { jwks, now: NOW });
    expect(report).toMatchObject({ signature: 'cannotTell' });
    expect(report.reason).toContain('keys');
  });
});

describe('time is apart from the signature', () => {
  test.each([
    [{ exp: NOW + 1 }, 'valid'],
    [{ exp: NOW }, 'expired'],
    [{ exp: NOW + 9, nbf: NOW + 1 }, 'notYet'],
    [{ nbf: NOW }, 'valid'],
    [{ iat: NOW }, 'unknown'],
    [{ exp: 'soon' }, 'unknown'],
  ])('%j is %s', async (claims, time) => {
    const token = `${b64('{"alg":"HS256"}')}.${b64(JSON.stringify(claims))}.${b64('sig')}`;
    expect((await inspectToken(token, { now: NOW })).time).toBe(time);
  });
});

describe('errors name part and character', () => {
  const header = b64('{"alg":"HS256"}');
  test.each([
    ['', 'structure', 0],
    ['abc', 'structure', 3],
    [`${header}.e30`, 'structure', header.length + 4],
    [`${header}.e30.x.y`, 'structure', header.length + 6],
    ['a+b.e30.x', 'header', 1],
    [`${header.slice(0, 4)}=${header.slice(4)}.e30.x`, 'header', 4],
    [`${b64('[1]')}.e30.`, 'header', 0],
    [`${b64('{"alg":}')}.e30.`, 'header', 9],
    [`${header}.${b64('{"a":1')}.`, 'payload', header.length + 8],
    [`${header}.e3 0.`, 'payload', header.length + 3],
    [`${header}.e30.a`, 'signature', header.length + 5],
  ])('%j: %s at %i', (token, part, at) => {
    expect(decodeToken(token)).toMatchObject({ kind: 'unknown', error: { part, at } });
  });

  test('the header of a token with a broken payload is still read', () => {
    expect(decodeToken(`${header}.!.`)).toMatchObject({ kind: 'unknown', header: { alg: 'HS256' } });
  });

  test('repeated members and numbers that lose digits are noted', () => {
    const { notes } = decodeToken(`${header}.${b64('{"a":1,"a":2,"n":12345678901234567890}')}.`);
    expect(notes.map(({ part, at }) => [part, at])).toEqual([
      ['payload', 7],
      ['payload', 17],
    ]);
  });
});

test(`100,000 mutations: no throw, every error inside the token (TEST_SEED=${SEED})`, () => {
  const base = VECTORS.map((vector) => vector.token);
  const mutation = fc.tuple(
    fc.nat(),
    fc.nat(),
    fc.constantFrom('cut', 'drop', 'put', 'dot'),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(mutation, ([which, where, how, text]) => {
      const token = mutate(base[which % base.length] ?? '', where, how, text);
      const { kind, error } = decodeToken(token);
      if (kind !== 'unknown') return error === undefined;
      return error !== undefined && error.at >= 0 && error.at <= token.length && error.message.length > 0;
    }),
    { numRuns: 100_000, seed: SEED },
  );
}, 120_000);

function mutate(token: string, where: number, how: string, text: string): string {
  const at = where % (token.length + 1);
  if (how === 'cut') return token.slice(0, at);
  if (how === 'drop') return token.slice(0, at) + token.slice(at + 1);
  if (how === 'dot') return `${token.slice(0, at)}.${token.slice(at)}`;
  return token.slice(0, at) + text + token.slice(at + text.length);
}
