import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { inspectToken } from '../../../lib/token/inspect.ts';
import { ASKED, judgeToken, type Known, NOTHING_KNOWN } from '../../../lib/token/judge.ts';
import { ISSUER_KEY, SD_JWTS } from './rfc9901.ts';
import { DPOP } from './vectors.ts';

const NOW = 1_800_000_000;
const b64 = (data: string | Uint8Array): string => Buffer.from(data as string).toString('base64url');
const half = (text: string): string => b64(createHash('sha256').update(text).digest().subarray(0, 16));
const tokenOf = (claims: object, header: object = {}): string =>
  `${b64(JSON.stringify({ alg: 'ES256', ...header }))}.${b64(JSON.stringify(claims))}.c2ln`;

async function judged(token: string, known: Partial<Known> = {}, now = NOW): Promise<Readonly<Record<string, string>>> {
  const checks = await judgeToken(token, await inspectToken(token, { now }), { ...NOTHING_KNOWN, ...known }, now);
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
const ALL = { iss: 'pass', aud: 'pass', required: 'pass', nonce: 'pass', at_hash: 'pass', c_hash: 'pass' };

describe('ID tokens', () => {
  test('with all that is known', async () => {
    expect(await judged(tokenOf(ID_TOKEN), RIGHT)).toEqual(ALL);
  });

  test('with nothing known, nothing is called right', async () => {
    const checks = await judgeToken(
      tokenOf(ID_TOKEN),
      await inspectToken(tokenOf(ID_TOKEN), { now: NOW }),
      NOTHING_KNOWN,
      NOW,
    );
    expect(checks.map(({ id, is, missing }) => [id, is, missing])).toEqual([
      ['iss', 'cannotTell', 'issuer'],
      ['aud', 'cannotTell', 'audience'],
      ['required', 'pass', undefined],
      ['nonce', 'cannotTell', 'nonce'],
      ['at_hash', 'cannotTell', 'accessToken'],
      ['c_hash', 'cannotTell', 'code'],
    ]);
  });

  test.each<[string, object, Partial<Known>, object]>([
    ['another issuer', {}, { issuer: 'https://as.example/' }, { iss: 'fail' }],
    ['another client', {}, { audience: 'web2' }, { aud: 'fail' }],
    ['another nonce', {}, { nonce: 'other' }, { nonce: 'fail' }],
    ['another access token', {}, { accessToken: 'access-2' }, { at_hash: 'fail' }],
    ['another code', {}, { code: 'code-2' }, { c_hash: 'fail' }],
    ['a request', {}, { nonce: 'https://as.example/authorize?nonce=n-0S6_WzA2Mj' }, { nonce: 'pass' }],
    ['a request without a nonce', {}, { nonce: 'https://as.example/authorize?x=1' }, { nonce: 'fail' }],
    ['no nonce in the token', { nonce: undefined, auth_time: 1 }, {}, { nonce: 'fail' }],
    ['several audiences, without azp', { aud: ['web1', 'api'] }, {}, { azp: 'fail' }],
    ['several audiences, with azp', { aud: ['web1', 'api'], azp: 'web1' }, {}, { azp: 'pass' }],
    ['another azp', { azp: 'web2' }, {}, { azp: 'fail' }],
    ['no subject', { sub: undefined }, {}, { required: 'fail' }],
    ['a subject that is a number', { sub: 7 }, {}, { sub: 'fail' }],
    ['no audience', { aud: undefined }, {}, { aud: 'fail', required: 'fail' }],
    ['at_hash is absent', { at_hash: undefined }, {}, { at_hash: 'cannotTell' }],
    ['milliseconds', { exp: (NOW + 600) * 1000 }, {}, { times: 'fail' }],
    ['ends before it was made', { iat: NOW, exp: NOW - 1 }, {}, { times: 'fail' }],
    ['made in the future', { iat: NOW + 400 }, {}, { iat: 'fail' }],
    ['a clock a little off', { iat: NOW + 200 }, {}, {}],
    ['a time in words', { exp: 'tomorrow' }, {}, { times: 'fail' }],
  ])('%s', async (_what, claims, known, expected) => {
    expect(await judged(tokenOf({ ...ID_TOKEN, ...claims }), { ...RIGHT, ...known })).toEqual(
      expect.objectContaining({ ...expected }),
    );
  });

  test('HMAC is called out', async () => {
    expect(await judged(tokenOf(ID_TOKEN, { alg: 'HS256' }), RIGHT)).toMatchObject({ alg: 'fail' });
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
      { iss: 'pass', aud: 'pass', required: 'pass', lifetime: 'pass' },
    ],
    ['for another API', tokenOf(claims, typ), { audience: 'other' }, { aud: 'fail' }],
    ['without claims of the profile', tokenOf({ ...claims, jti: undefined }, typ), {}, { required: 'fail' }],
    ['without its type', tokenOf(claims), {}, { typ: 'fail' }],
    ['without an end', tokenOf({ ...claims, exp: undefined }, typ), {}, { exp: 'fail' }],
    ['for a week', tokenOf({ ...claims, exp: NOW + 604_800 }, typ), {}, { lifetime: 'fail' }],
    ['for nobody', tokenOf({ ...claims, aud: undefined }, typ), {}, { aud: 'fail' }],
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
    expect((await judgeToken(token, report, known, NOW)).map(({ id, is }) => [id, is])).toEqual([['iss', 'pass']]);
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
