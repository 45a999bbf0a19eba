import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { inspectToken } from '../../../lib/token/inspect.ts';

const b64 = (data: string | Uint8Array): string => Buffer.from(data as string).toString('base64url');
const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
const issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const holder = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = issuer.publicKey.export({ format: 'jwk' });
const cnf = { jwk: holder.publicKey.export({ format: 'jwk' }) };
const NOW = 1_800_000_000;

function signed(header: object, claims: object, key = issuer.privateKey): string {
  const input = `${b64(JSON.stringify({ alg: 'ES256', ...header }))}.${b64(JSON.stringify(claims))}`;
  return `${input}.${b64(sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }))}`;
}

/** Disclosures of RFC 9901 §5.1 with the digests that it gives. */
const GIVEN = 'WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd';
const FAMILY = 'WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd';
const DIGESTS = ['jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4', 'TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo'];
const element = b64('["salt","US"]');
const nested = b64(`["salt","address",{"_sd":["${hash(b64('["salt","street","Main"]'))}"]}]`);

const claims = {
  iss: 'https://issuer.example',
  exp: NOW + 60,
  _sd_alg: 'sha-256',
  _sd: [...DIGESTS, hash(nested)],
  nationalities: [{ '...': hash(element) }, { '...': hash('decoy') }, 'DE'],
  cnf,
};
const token = signed({ typ: 'dc+sd-jwt' }, claims);
const plain = { iss: claims.iss, exp: claims.exp, cnf };
const bind = (presentation: string, more: object = {}, header: object = {}): string =>
  presentation +
  signed(
    { typ: 'kb+jwt', ...header },
    { iat: NOW, aud: 'a', nonce: 'n', sd_hash: hash(presentation), ...more },
    holder.privateKey,
  );

describe('disclosures', () => {
  test('put in their place; what is not shown is counted (RFC 9901 §5.1, §7.1)', async () => {
    const report = await inspectToken(`${token}~${GIVEN}~${FAMILY}~`, { jwk, now: NOW });
    expect(report).toMatchObject({ kind: 'sdJwt', signature: 'valid', time: 'valid', hidden: 3 });
    expect(report.payload).toEqual({ ...plain, given_name: 'John', family_name: 'Doe', nationalities: ['DE'] });
    expect(report.keyBinding).toEqual({ is: 'cannotTell', reason: 'the holder proved no key' });
  });

  test('in lists and inside each other', async () => {
    const street = b64('["salt","street","Main"]');
    const report = await inspectToken(`${token}~${element}~${nested}~${street}~`, { jwk, now: NOW });
    expect(report.payload).toEqual({ ...plain, nationalities: ['US', 'DE'], address: { street: 'Main' } });
  });

  test.each([
    ['that belongs to no digest', `${token}~${b64('["salt","x",1]')}~`, 'invalid', /belong to no digest/],
    ['twice', `${token}~${GIVEN}~${GIVEN}~`, 'invalid', /twice/],
    [
      'of a name that is there',
      `${signed({}, { given_name: 'x', _sd: [DIGESTS[0]] })}~${GIVEN}~`,
      'invalid',
      /already there/,
    ],
    [
      'a digest twice',
      `${signed({}, { _sd: [DIGESTS[0], DIGESTS[0]] })}~${GIVEN}~`,
      'invalid',
      /digest is there twice/,
    ],
    ['a list element among claims', `${signed({}, { _sd: [hash(element)] })}~${element}~`, 'invalid', /list element/],
    ['a claim in a list', `${signed({}, { a: [{ '...': DIGESTS[0] }] })}~${GIVEN}~`, 'invalid', /disclosed claim/],
    ['an unknown hash', `${signed({}, { _sd_alg: 'md5', _sd: [] })}~`, 'cannotTell', /md5/],
    ['_sd no list', `${signed({}, { _sd: 1 })}~`, 'invalid', /no list/],
  ])('%s', async (_what, text, signature, reason) => {
    const report = await inspectToken(text, { jwk, now: NOW });
    expect([report.kind, report.signature]).toEqual(['sdJwt', signature]);
    expect(report.reason).toMatch(reason);
  });

  test.each([
    ['no base64url', `${token}~a+b~`, token.length + 2],
    ['no JSON', `${token}~${GIVEN}~${b64('[1,]')}~`, token.length + GIVEN.length + 6],
    ['no list', `${token}~${b64('{}')}~`, token.length + 1],
    ['a forbidden name', `${token}~${b64('["salt","_sd",1]')}~`, token.length + 1],
    ['a broken key binding', `${token}~a.b`, token.length + 1],
  ])('%s is malformed', async (_what, text, at) => {
    const report = await inspectToken(text, { jwk, now: NOW });
    expect([report.kind, report.signature, report.error?.at]).toEqual(['unknown', 'cannotTell', at]);
  });
});

describe('key binding', () => {
  const shown = `${token}~${GIVEN}~`;
  test.each([
    ['signed by the holder over what is shown', bind(shown), 'valid', /^$/],
    ['moved to other disclosures', bind(shown).replace(GIVEN, FAMILY), 'invalid', /sd_hash/],
    ['without a nonce', bind(shown, { nonce: undefined }), 'invalid', /no "nonce"/],
    ['of another type', bind(shown, {}, { typ: 'JWT' }), 'invalid', /kb\+jwt/],
    [
      'signed by another key',
      shown + signed({ typ: 'kb+jwt' }, { iat: NOW, aud: 'a', nonce: 'n', sd_hash: hash(shown) }),
      'invalid',
      /does not match/,
    ],
    ['without a key to prove', bind(`${signed({}, { _sd: [] })}~`), 'cannotTell', /cnf/],
  ])('%s', async (_what, text, is, reason) => {
    const report = await inspectToken(text, { jwk, now: NOW });
    expect([report.kind, report.signature, report.keyBinding?.is]).toEqual(['sdJwt', 'valid', is]);
    expect(report.keyBinding?.reason ?? '').toMatch(reason);
  });
});
