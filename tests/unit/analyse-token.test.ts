import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AskedServer, analyseToken } from '../../lib/analyse-token.ts';
import { inspectToken } from '../../lib/token/inspect.ts';
import { ASKED, type Known, NOTHING_KNOWN, type TokenCheck } from '../../lib/token/judge.ts';
import { ISSUER_KEY, SD_JWTS } from './token/rfc9901.ts';
import { DPOP } from './token/vectors.ts';

const NOW = 1_800_000_000;
const SEED = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const b64 = (data: string | Uint8Array): string => Buffer.from(data as string).toString('base64url');
const half = (text: string): string => b64(createHash('sha256').update(text).digest().subarray(0, 16));
const tokenOf = (claims: object, header: object = {}): string =>
  `${b64(JSON.stringify({ alg: 'ES256', ...header }))}.${b64(JSON.stringify(claims))}.c2ln`;

async function checksOf(
  token: string,
  known: Partial<Known> = {},
  now = NOW,
  server: AskedServer | null = null,
): Promise<readonly TokenCheck[]> {
  const report = await inspectToken(token, { now });
  return await analyseToken(token, report, { ...NOTHING_KNOWN, ...known }, now, server);
}

async function judged(token: string, known: Partial<Known> = {}, now = NOW): Promise<Readonly<Record<string, string>>> {
  const checks = await checksOf(token, known, now);
  for (const { says, section, missing } of checks) {
    expect([says, section]).toEqual([expect.stringMatching(/^[^.].*[^.]$/), expect.stringMatching(/§/)]);
    if (missing !== undefined) expect(Object.keys(NOTHING_KNOWN)).toContain(missing);
  }
  return Object.fromEntries(checks.map(({ id, is }) => [id, is]));
}

const ID_TOKEN = {
  iss: 'https://as.example',
  sub: '2482',
  aud: 'web1',
  exp: NOW + 600,
  iat: NOW - 5,
  nonce: 'n-0S6_WzA2Mj',
  at_hash: half('access-1'),
  c_hash: half('code-1'),
};
const RIGHT = {
  issuer: 'https://as.example',
  audience: 'web1',
  nonce: 'n-0S6_WzA2Mj',
  accessToken: 'access-1',
  code: 'code-1',
};
const COMPARED = { iss: 'pass', aud: 'pass', nonce: 'pass', at_hash: 'pass', c_hash: 'pass' };
const CONTENT = {
  required: 'pass',
  'other-audiences': 'pass',
  'shared-secret': 'pass',
  announced: 'cannotTell',
  lifetime: 'pass',
  times: 'pass',
  personal: 'pass',
  confusable: 'pass',
};

describe('ID tokens', () => {
  test('with all that is known', async () => {
    expect(await judged(tokenOf(ID_TOKEN), RIGHT)).toEqual({ ...COMPARED, ...CONTENT });
  });

  test('with nothing known, nothing is called right', async () => {
    const checks = await checksOf(tokenOf(ID_TOKEN));
    expect(checks.filter(({ is }) => is === 'cannotTell').map(({ id, missing }) => [id, missing])).toEqual([
      ['iss', 'issuer'],
      ['aud', 'audience'],
      ['nonce', 'nonce'],
      ['at_hash', 'accessToken'],
      ['c_hash', 'code'],
      ['announced', undefined],
    ]);
    expect(checks.some(({ is }) => is === 'fail')).toBe(false);
  });

  test.each<[string, object, Partial<Known>, object]>([
    ['another issuer', {}, { issuer: 'https://as.example/' }, { iss: 'fail' }],
    ['another client', {}, { audience: 'web2' }, { aud: 'fail' }],
    ['another nonce', {}, { nonce: 'other' }, { nonce: 'fail' }],
    ['another access token', {}, { accessToken: 'access-2' }, { at_hash: 'fail' }],
    ['another code', {}, { code: 'code-2' }, { c_hash: 'fail' }],
    [
      'a nonce alone',
      {},
      { issuer: '', audience: '', accessToken: '', code: '' },
      { nonce: 'pass', aud: 'cannotTell' },
    ],
    ['a request', {}, { nonce: 'https://as.example/authorize?nonce=n-0S6_WzA2Mj' }, { nonce: 'pass' }],
    ['a request without a nonce', {}, { nonce: 'https://as.example/authorize?x=1' }, { nonce: 'fail' }],
    ['no nonce in the token', { nonce: undefined, auth_time: 1 }, {}, { nonce: 'fail' }],
    ['several audiences, without azp', { aud: ['web1', 'api'] }, {}, { azp: 'fail' }],
    ['several audiences, with azp', { aud: ['web1', 'api'], azp: 'web1' }, {}, { azp: 'pass' }],
    ['another azp', { azp: 'web2' }, {}, { azp: 'fail' }],
    ['no subject', { sub: undefined }, {}, { required: 'fail' }],
    ['a subject that is a number', { sub: 7 }, {}, { required: 'fail' }],
    ['no audience', { aud: undefined }, {}, { aud: 'cannotTell', required: 'fail' }],
    [
      'the digest of the nonce',
      { nonce: b64(createHash('sha256').update('n').digest()) },
      { nonce: 'n' },
      { nonce: 'pass' },
    ],
    ['a password in it', { password: 'correct horse' }, {}, { personal: 'fail' }],
    ['another audience beside the client', { aud: ['web1', 'api'], azp: 'web1' }, {}, { 'other-audiences': 'fail' }],
    ['the same token as access token', {}, { accessToken: tokenOf(ID_TOKEN) }, { confusable: 'fail' }],
    ['an issuer that is no address', { iss: 'i' }, { issuer: 'i' }, { iss: 'pass', aud: 'pass', required: 'fail' }],
    ['every value another', {}, { issuer: 'https://b.example', audience: 'x' }, { iss: 'fail', aud: 'fail' }],
    ['at_hash is absent', { at_hash: undefined }, {}, { at_hash: 'cannotTell' }],
    ['milliseconds', { exp: (NOW + 600) * 1000 }, {}, { times: 'fail' }],
    ['ends before it was made', { iat: NOW, exp: NOW - 1 }, {}, { times: 'fail' }],
    ['made in the future', { iat: NOW + 400 }, {}, { times: 'fail' }],
    ['a clock a little off', { iat: NOW + 200 }, {}, {}],
    ['a time in words', { exp: 'tomorrow' }, {}, { required: 'fail' }],
  ])('%s', async (_what, claims, known, expected) => {
    expect(await judged(tokenOf({ ...ID_TOKEN, ...claims }), { ...RIGHT, ...known })).toEqual(
      expect.objectContaining({ ...expected }),
    );
  });

  test('HMAC is called out', async () => {
    expect(await judged(tokenOf(ID_TOKEN, { alg: 'HS256' }), RIGHT)).toMatchObject({ 'shared-secret': 'fail' });
  });

  test('the algorithm is held against those that the server announces, once it was asked', async () => {
    const announced = async (algs: readonly string[]) => {
      const metadata = { issuer: 'https://as.example', id_token_signing_alg_values_supported: algs };
      const checks = await checksOf(tokenOf(ID_TOKEN), {}, NOW, { metadata, jwks: { keys: [] } });
      return checks.find(({ id }) => id === 'announced');
    };
    expect(await announced(['ES256'])).toMatchObject({ is: 'pass', rule: 'jwt-alg-not-advertised' });
    expect(await announced(['RS256'])).toMatchObject({
      is: 'fail',
      severity: 'medium',
      says: 'The ID token says ES256, the server announces RS256',
    });
  });

  test('how bad it is does not hang on what a client did with it', async () => {
    const severities = async (known: Partial<Known>) =>
      Object.fromEntries((await checksOf(tokenOf(ID_TOKEN), { ...RIGHT, ...known })).map((c) => [c.id, c.severity]));
    expect(await severities({ issuer: 'https://b.example', nonce: 'x', audience: 'y' })).toMatchObject({
      iss: 'high',
      nonce: 'high',
      aud: 'high',
    });
    expect(await severities({ issuer: 'https://as.example/' })).toMatchObject({ iss: 'low' });
  });

  test('one that is too long for the rules says so', async () => {
    const long = await judged(tokenOf({ ...ID_TOKEN, groups: 'x'.repeat(200_000) }), RIGHT);
    expect(long).toEqual({ content: 'cannotTell' });
  });

  test('the JSON serialization and another spelling of the header are judged alike', async () => {
    const [, payload = '', signature = ''] = tokenOf(ID_TOKEN).split('.');
    const head = b64('{ "alg":"ES256" }');
    for (const token of [`${head}.${payload}.${signature}`, JSON.stringify({ payload, protected: head, signature })]) {
      expect(await judged(token, RIGHT)).toEqual({ ...COMPARED, ...CONTENT });
    }
  });
});

describe('access tokens', () => {
  const claims = { iss: 'i', sub: 's', aud: 'api', client_id: 'c', jti: 'j', iat: NOW, exp: NOW + 3600, scope: 'read' };
  const typ = { typ: 'at+jwt' };

  test.each<[string, string, Partial<Known>, object]>([
    [
      'after its profile',
      tokenOf(claims, typ),
      { issuer: 'i', audience: 'api' },
      { iss: 'pass', aud: 'pass', profile: 'pass', lifetime: 'pass', personal: 'pass', size: 'pass' },
    ],
    ['with an address in it', tokenOf({ ...claims, email: 'jane@app.example' }, typ), {}, { personal: 'fail' }],
    ['of eight thousand characters', tokenOf({ ...claims, groups: 'x'.repeat(8000) }, typ), {}, { size: 'cannotTell' }],
    ['for another API', tokenOf(claims, typ), { audience: 'other' }, { aud: 'fail' }],
    ['without claims of the profile', tokenOf({ ...claims, jti: undefined }, typ), {}, { profile: 'fail' }],
    ['without its type', tokenOf(claims), {}, { profile: 'fail' }],
    ['without an end', tokenOf({ ...claims, exp: undefined }, typ), {}, { exp: 'fail' }],
    ['for a week', tokenOf({ ...claims, exp: NOW + 604_800 }, typ), {}, { lifetime: 'fail' }],
    ['for nobody', tokenOf({ ...claims, aud: undefined }, typ), {}, { 'aud-missing': 'fail' }],
  ])('%s', async (_what, token, known, expected) => {
    expect(await judged(token, known)).toMatchObject(expected);
  });
});

describe('DPoP proofs', () => {
  const { forToken, forResource, accessToken } = DPOP;
  const right = (of: typeof forToken | typeof forResource): Partial<Known> => ({ method: of.method, url: of.url });

  test('RFC 9449 §4.1 fits its request', async () => {
    expect(await judged(forToken.proof, right(forToken), forToken.iat + 1)).toEqual({
      jwk: 'pass',
      signature: 'pass',
      required: 'pass',
      htm: 'pass',
      htu: 'pass',
      iat: 'pass',
    });
  });

  test('RFC 9449 §7.1 fits its request and access token', async () => {
    const found = await judged(forResource.proof, { ...right(forResource), accessToken }, forResource.iat);
    expect(found).toMatchObject({ signature: 'pass', htm: 'pass', htu: 'pass', ath: 'pass', iat: 'pass' });
  });

  test.each<[string, Partial<Known>, object]>([
    ['another method', { method: 'POST' }, { htm: 'fail' }],
    ['another path', { url: 'https://resource.example.org/other' }, { htu: 'fail' }],
    ['another host', { url: 'https://resource.example.net/protectedresource' }, { htu: 'fail' }],
    ['an address with parameters', { url: 'https://resource.example.org/protectedresource?a=1#b' }, { htu: 'pass' }],
    ['the address written otherwise', { url: 'HTTPS://Resource.Example.org:443/%70rotectedresource' }, { htu: 'pass' }],
    ['another access token', { accessToken: 'x' }, { ath: 'fail' }],
    ['a nonce of the server', { nonce: 'x' }, { nonce: 'fail' }],
    ['nothing', { method: '', url: '' }, { htm: 'cannotTell', htu: 'cannotTell', ath: 'cannotTell' }],
  ])('%s', async (_what, known, expected) => {
    expect(await judged(forResource.proof, { ...right(forResource), ...known }, forResource.iat)).toMatchObject(
      expected,
    );
  });

  test('an old one, one that is changed, and one that gives away its key', async () => {
    expect(await judged(forToken.proof, {}, forToken.iat + 301)).toMatchObject({ iat: 'fail' });
    expect(await judged(`${forToken.proof.slice(0, -4)}AAAA`)).toMatchObject({ signature: 'fail' });
    expect(await judged(forToken.proof, { accessToken }, forToken.iat)).toMatchObject({ ath: 'fail' });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = privateKey.export({ format: 'jwk' });
    const input = `${b64(JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk }))}.${b64(JSON.stringify({ htm: 'GET', htu: 'https://a.example/', iat: NOW, jti: 'j' }))}`;
    const proof = `${input}.${b64(sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }))}`;
    expect(await judged(proof)).toMatchObject({ jwk: 'fail', signature: 'pass' });
  });
});

describe('other sorts', () => {
  test.each<[string, string, Partial<Known>, object]>([
    [
      'a client assertion',
      tokenOf({ iss: 'c', sub: 'c', aud: 'https://as.example', exp: NOW + 60, jti: 'j' }),
      { issuer: 'c', audience: 'https://as.example' },
      { sub: 'pass', iss: 'pass', aud: 'pass', required: 'pass' },
    ],
    [
      'one of another client',
      tokenOf({ iss: 'c', sub: 'd', aud: 'a', exp: NOW + 7201 }, { typ: 'client-authentication+jwt' }),
      {},
      { sub: 'fail', required: 'fail', lifetime: 'fail' },
    ],
    [
      'a request object',
      tokenOf({ iss: 'c', client_id: 'c', response_type: 'code', aud: 'a', exp: NOW }),
      { audience: 'a' },
      { iss: 'pass', aud: 'pass', required: 'pass' },
    ],
    [
      'one that nobody signed',
      tokenOf({ client_id: 'c', response_type: 'code', redirect_uri: 'x' }, { alg: 'none' }),
      {},
      { alg: 'fail', exp: 'fail' },
    ],
    [
      'a logout token',
      tokenOf({
        iss: 'i',
        aud: 'c',
        iat: NOW,
        exp: NOW + 60,
        jti: 'j',
        sid: 's',
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      }),
      { issuer: 'i' },
      { iss: 'pass', required: 'pass', sub: 'pass' },
    ],
    [
      'one with a nonce',
      tokenOf({ nonce: 'n' }, { typ: 'logout+jwt' }),
      {},
      { nonce: 'fail', sub: 'fail', required: 'fail' },
    ],
    ['a JWT', tokenOf({ a: 1 }), {}, { aud: 'fail', required: 'fail', iss: 'cannotTell' }],
  ])('%s', async (_what, token, known, expected) => {
    expect(await judged(token, known)).toMatchObject(expected);
  });

  test('an SD-JWT', async () => {
    const token = SD_JWTS[0]?.token ?? '';
    const report = await inspectToken(token, { jwk: ISSUER_KEY, now: NOW });
    const known = { ...NOTHING_KNOWN, issuer: 'https://issuer.example.com' };
    expect((await analyseToken(token, report, known, NOW)).map(({ id, is }) => [id, is])).toEqual([['iss', 'pass']]);
  });

  test('an SD-JWT whose holder proves a key, to one verifier', async () => {
    const token = SD_JWTS.find(({ source }) => source.includes('§5.2'))?.token ?? '';
    const right = {
      audience: 'https://verifier.example.org',
      nonce: '1234567890',
      issuer: 'https://issuer.example.com',
    };
    expect(await judged(token, right)).toEqual({ iss: 'pass', aud: 'pass', nonce: 'pass' });
    expect(await judged(token, { audience: 'https://other.example', nonce: '1' })).toMatchObject({
      aud: 'fail',
      nonce: 'fail',
    });
    expect(await judged(token)).toMatchObject({ aud: 'cannotTell', nonce: 'cannotTell' });
  });

  test.each(['', 'x', `${b64('{"alg":"ES256"}')}.aGVsbG8.c2ln`])('nothing is judged of %j', async (token) => {
    expect(await judged(token)).toEqual({});
  });

  test('only what can be given is asked for', () => {
    for (const names of Object.values(ASKED)) for (const name of names) expect(NOTHING_KNOWN).toHaveProperty(name);
  });
});

test(`2,000 tokens of any claims and any knowledge: each check answers, none throws (TEST_SEED=${SEED})`, async () => {
  const some = fc.oneof(
    fc.constant(''),
    fc.constantFrom('https://as.example', 'web1', 'a'),
    fc.string({ maxLength: 40 }),
  );
  const names = fc.constantFrom(
    'iss',
    'sub',
    'aud',
    'exp',
    'iat',
    'nonce',
    'at_hash',
    'c_hash',
    'scope',
    'azp',
    'email',
  );
  const claims = fc.dictionary(names, fc.oneof(fc.jsonValue({ maxDepth: 2 }), some, fc.integer()));
  const known = fc.record({ issuer: some, audience: some, nonce: some, code: some, accessToken: some });
  await fc.assert(
    fc.asyncProperty(claims, known, fc.constantFrom('JWT', 'at+jwt'), async (some, given, typ) => {
      const checks = await checksOf(tokenOf({ nonce: 'n', ...some }, { typ }), given);
      for (const { says, is } of checks) {
        expect([says, is]).toEqual([expect.stringMatching(/./), expect.stringMatching(/^(?:pass|fail|cannotTell)$/)]);
        expect(says).not.toMatch(/Error in/);
      }
      expect(checks.length).toBeGreaterThan(0);
    }),
    { numRuns: 2000, seed: SEED },
  );
}, 120_000);
