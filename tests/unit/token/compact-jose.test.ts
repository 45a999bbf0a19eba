import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBase64url } from '../../../lib/token/base64url.ts';
import { basicCredentials } from '../../../lib/token/basic.ts';
import { sha256Base64url } from '../../../lib/token/hash.ts';
import { readCompactJose } from '../../../lib/token/jose.ts';
import { anyText } from '../any-text.ts';
import { seeded } from '../har/seeded.ts';

const part = (text: string): string => encodeBase64url(new TextEncoder().encode(text));
const jws = (header: string, payload: string): string => `${part(header)}.${part(payload)}.c2ln`;

test.each<[string, string, ReturnType<typeof readCompactJose>]>([
  ['a JWS', jws('{"alg":"RS256"}', '{"sub":"1"}'), { is: 'jws', header: { alg: 'RS256' }, claims: { sub: '1' } }],
  ['an unsigned one', `${part('{"alg":"none"}')}.${part('{}')}.`, { is: 'jws', header: { alg: 'none' }, claims: {} }],
  ['a JWS of text', jws('{"alg":"HS256"}', 'hello'), { is: 'jws', header: { alg: 'HS256' }, claims: null }],
  ['a JWS of a list', jws('{"alg":"HS256"}', '[1]'), { is: 'jws', header: { alg: 'HS256' }, claims: null }],
  [
    'a JWE',
    `${part('{"alg":"dir","enc":"A256GCM"}')}..a.b.c`,
    { is: 'jwe', header: { alg: 'dir', enc: 'A256GCM' }, claims: null },
  ],
  ['no algorithm', jws('{"typ":"JWT"}', '{}'), null],
  ['two parts', `${part('{"alg":"RS256"}')}.${part('{}')}`, null],
  ['a header that is a list', `${part('[1]')}.${part('{}')}.c2ln`, null],
  ['a broken header', 'eyJhbGc.e30.c2ln', null],
  ['dots', '..', null],
  ['nothing', '', null],
  ['too large', `${jws('{"alg":"RS256"}', '{}')}${'x'.repeat(200_000)}`, null],
])('%s', (_, text, expected) => {
  expect(readCompactJose(text)).toEqual(expected);
});

test('no text throws', () => {
  const headers = fc.constantFrom('{"alg":"RS256"}', '{"alg":1}', '{', 'null');
  fc.assert(
    fc.property(headers, anyText(), anyText(), (header, payload, text) => {
      for (const any of [text, jws(header, payload), `${part(header)}.${text}`, `eyJ${text}.${payload}.`]) {
        readCompactJose(any);
      }
    }),
    seeded(500),
  );
});

// RFC 7617 §2.
test.each([
  ['Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', { user: 'Aladdin', password: 'open sesame' }],
  ['basic  dGVzdDoxMjPCow==', { user: 'test', password: '123£' }],
  ['Basic dXNlcjphOmI=', { user: 'user', password: 'a:b' }],
  ['Basic Og==', { user: '', password: '' }],
  ['Basic dXNlcg==', null],
  ['Basic /w==', null],
  ['Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==', null],
  ['Basic', null],
  ['', null],
  [null, null],
])('credentials of %j', (authorization, expected) => {
  expect(basicCredentials(authorization)).toEqual(expected);
});

// RFC 7636 appendix B.
test('the S256 transformation', async () => {
  expect(await sha256Base64url('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  );
});
