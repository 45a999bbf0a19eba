import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyseToken } from '../../../lib/analyse-token.ts';
import { readKeys } from '../../../lib/token/given-keys.ts';
import { inspectToken } from '../../../lib/token/inspect.ts';
import { NOTHING_KNOWN } from '../../../lib/token/judge.ts';
import { MAX_PASTED, readPaste } from '../../../lib/token/paste.ts';
import { seeded } from '../har/seeded.ts';

const b64 = (text: string): string => Buffer.from(text).toString('base64url');
const JWT = `${b64('{"alg":"HS256"}')}.${b64('{"sub":"a"}')}.${b64('signature')}`;
const JWE = `${b64('{"alg":"dir","enc":"A128GCM"}')}..AAAA.AAAA.AAAA`;
const SD_JWT = `${JWT}~${b64('["salt","name","Ada"]')}~`;
const JWK = '{"kty":"oct","k":"AAAA"}';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const PEM = '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----';

/** One text of each kind that is recognised, with the kinds found in it. */
const KINDS: readonly (readonly [text: string, kinds: readonly string[]])[] = [
  [JWT, ['token']],
  [JWE, ['token']],
  [SD_JWT, ['token']],
  [`{"payload":"e30","protected":"${b64('{"alg":"none"}')}","signature":""}`, ['token']],
  [JWK, ['jwk']],
  [`{"keys":[${JWK}]}`, ['jwks']],
  [PEM, ['pem']],
  [VERIFIER, ['pkce']],
  [`Authorization: Bearer ${JWT}`, ['authorizationHeader', 'token']],
  [`bearer ${JWT}`, ['authorizationHeader', 'token']],
  [`Authorization: Basic ${Buffer.from('web:secret').toString('base64')}`, ['authorizationHeader']],
  [`DPoP: ${JWT}`, ['authorizationHeader', 'token']],
  [
    `https://as.example/authorize?response_type=code&client_id=web&id_token_hint=${JWT}`,
    ['authorizationRequest', 'token'],
  ],
  [`https://app.example/cb#id_token=${JWT}&state=x`, ['callback', 'token']],
  ['https://app.example/cb?code=abc&state=x&iss=https%3A%2F%2Fas.example', ['callback']],
  ['https://app.example/page?x=1', ['url']],
  [`grant_type=authorization_code&code=x&client_assertion=${JWT}`, ['form', 'token']],
  [`{"access_token":"${JWT}","token_type":"Bearer","id_token":"${JWT}"}`, ['tokenResponse', 'token', 'token']],
  ['{"a":1}', ['json']],
  [`Set-Cookie: session=${JWT}; Path=/; HttpOnly; SameSite=Lax`, ['setCookie', 'token']],
  [
    `curl -X POST 'https://as.example/token' -H "Authorization: Bearer ${JWT}" \\\n  --data-raw 'code=a&client_secret=b'`,
    ['curl', 'token'],
  ],
  [b64('hello world, this is text'), ['base64url']],
  [Buffer.from('any carnal pleas?>').toString('base64'), ['base64']],
  [Buffer.from('hello world').toString('hex'), ['hex']],
  [`${JWT}\n\n${JWE}\n`, ['token', 'token']],
  [`2026-11-28 INFO got ${JWT} for the user`, ['token']],
  ['hello', ['unknown']],
  ['', ['unknown']],
];

test.each(KINDS)('%s', (text, kinds) => {
  expect(readPaste(text).map(({ kind }) => kind)).toEqual(kinds);
});

describe('what is in it', () => {
  const values = (text: string) => readPaste(text)[0]?.values.map(({ name, value, open }) => [name, value, open]);

  test('an address: parameters in order, secrets closed', () => {
    expect(values('https://app.example/cb?code=abc&iss=i#state=x')).toEqual([
      ['address', 'https://app.example/cb', true],
      ['code', 'abc', false],
      ['iss', 'i', true],
      ['state', 'x', false],
    ]);
  });

  test('Basic credentials', () => {
    expect(values(`Authorization: Basic ${Buffer.from('web:se:cret').toString('base64')}`)).toEqual([
      ['scheme', 'Basic', true],
      ['user', 'web', true],
      ['password', 'se:cret', false],
    ]);
  });

  test('a cookie and its attributes', () => {
    expect(values('Set-Cookie: sid="a=b"; Path=/; Secure')).toEqual([
      ['sid', 'a=b', false],
      ['Path', '/', true],
      ['Secure', '', true],
    ]);
  });

  test('a curl command in both quotes, with continuation', () => {
    expect(
      values(
        `curl --request POST \\\n 'https://as.example/token' -H "Content-Type: a/b" -d 'code=x' --data "state=\\"y\\"" -u web:s -v`,
      ),
    ).toEqual([
      ['method', 'POST', true],
      ['address', 'https://as.example/token', true],
      ['Content-Type', 'a/b', true],
      ['code', 'x', false],
      ['state', '"y"', false],
      ['user and password', 'web:s', false],
    ]);
  });

  test('a token names the place where it was found', () => {
    expect(readPaste(`https://app.example/cb#id_token=${JWT}`)[1]).toMatchObject({
      kind: 'token',
      text: JWT,
      from: 'id_token',
    });
  });

  test('at most so many things', () => {
    expect(readPaste(Array.from({ length: 150 }, () => JWT).join('\n'))).toHaveLength(MAX_PASTED);
  });
});

/** Set PASTE_MUTATIONS=100000 for the long run. */
const RUNS = Number(process.env['PASTE_MUTATIONS'] ?? 400);

const mutation = fc.tuple(
  fc.nat(),
  fc.constantFrom('cut', 'drop', 'put', 'twice'),
  fc.string({ maxLength: 4, unit: 'binary' }),
);

test(`${RUNS} mutations of every kind: no throw, each error says part, character and why`, async () => {
  for (const [base] of KINDS) {
    await fc.assert(
      fc.asyncProperty(mutation, async ([where, how, put]) => {
        for (const { kind, text } of readPaste(mutate(base, where, how, put))) {
          if (kind !== 'token') continue;
          const report = await inspectToken(text, { now: 0 });
          const { error, kind: is } = report;
          await analyseToken(text, report, NOTHING_KNOWN, 0);
          if (is !== 'unknown') continue;
          expect(error?.message).toMatch(/./);
          expect(error?.at).toBeGreaterThanOrEqual(0);
          expect(error?.at).toBeLessThanOrEqual(text.length);
        }
      }),
      seeded(RUNS),
    );
  }
}, 3_600_000);

test(`${RUNS} mutations of every sort of key: no throw, each error says character and why`, async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const keys = [
    publicKey.export({ type: 'spki', format: 'pem' }) as string,
    privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    JSON.stringify(publicKey.export({ format: 'jwk' })),
    JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }),
    JSON.stringify([(publicKey.export({ type: 'spki', format: 'der' }) as Buffer).toString('base64')]),
    (privateKey.export({ type: 'pkcs8', format: 'der' }) as Buffer).toString('base64'),
  ];
  const token = `${b64('{"alg":"RS256"}')}.${b64('{"sub":"a"}')}.${b64('x'.repeat(128))}`;
  for (const base of keys) {
    await fc.assert(
      fc.asyncProperty(mutation, async ([where, how, put]) => {
        const text = mutate(base, where, how, put);
        const found = await readKeys(text, false);
        if ('keys' in found) {
          const { signature, reason = '' } = await inspectToken(token, { ...found.keys, now: 0 });
          expect([signature, reason]).toEqual([
            expect.stringMatching(/^(?:invalid|cannotTell)$/),
            expect.stringMatching(/./),
          ]);
          return;
        }
        expect(found.error.message).toMatch(/./);
        expect(found.error.at).toBeGreaterThanOrEqual(0);
        expect(found.error.at).toBeLessThanOrEqual(text.length);
      }),
      seeded(RUNS),
    );
  }
}, 3_600_000);

function mutate(text: string, where: number, how: string, put: string): string {
  const at = where % (text.length + 1);
  if (how === 'cut') return text.slice(0, at);
  if (how === 'drop') return text.slice(0, at) + text.slice(at + 1);
  if (how === 'twice') return text.slice(0, at) + text.slice(Math.max(0, at - 5));
  return text.slice(0, at) + put + text.slice(at);
}

test.each([
  ['forms', `a=${'&a='.repeat(50_000)} x`],
  ['dots', `ey${'.'.repeat(100_000)}`],
  ['quotes', `curl ${'"\''.repeat(50_000)}`],
  ['hex', `${'ab:'.repeat(50_000)}z`],
  ['slashes', `https://${'/'.repeat(200_000)}`],
  ['open brackets', '['.repeat(300_000)],
  ['tildes', `${JWT}${'~'.repeat(200_000)}`],
])('hostile %s end at once', (_what, text) => {
  // A quadratic reader needs minutes for these; the time-out of the test is the limit.
  expect(readPaste(text).length).toBeGreaterThan(0);
});
