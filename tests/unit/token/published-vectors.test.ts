import { describe, expect, test } from 'vitest';
import { jwkThumbprint, sha256Base64url } from '../../../lib/token/hash.ts';
import { inspectToken } from '../../../lib/token/inspect.ts';
import { ENCRYPTED, NESTED, RSA1_5 } from './rfc7520-jwe.ts';
import { ISSUER_KEY, SD_JWTS } from './rfc9901.ts';
import { DPOP, SERIALIZED } from './vectors.ts';

/** Compact examples with their own payload are in inspect.test.ts. */
const NOW = 1_800_000_000;
const textOf = (token: string | object): string => (typeof token === 'string' ? token : JSON.stringify(token));

describe('signed', () => {
  test.each(SERIALIZED)('$source', async ({ token, jwk, payload, detached }) => {
    const given = { jwk, now: NOW, ...(detached === undefined ? {} : { detached }) };
    expect(await inspectToken(textOf(token), given)).toMatchObject({ kind: 'jws', payload, signature: 'valid' });
  });

  test.each(SERIALIZED)('$source with another payload', async ({ token, jwk, detached }) => {
    const changed =
      typeof token === 'string' ? token.replace(/\.[^.]+\./, '.AAAA.') : JSON.stringify({ ...token, payload: 'AAAA' });
    const given = { jwk, now: NOW, ...(detached === undefined ? {} : { detached: `${detached}!` }) };
    expect(await inspectToken(changed, given)).toMatchObject({ kind: 'jws', signature: 'invalid' });
  });
});

describe('encrypted', () => {
  test.each(ENCRYPTED)('$source', async ({ token, jwk, content }) => {
    const payload = typeof content === 'string' ? { base64url: Buffer.from(content).toString('base64url') } : content;
    expect(await inspectToken(textOf(token), { jwk, now: NOW })).toMatchObject({
      kind: 'jwe',
      decryption: 'valid',
      payload,
    });
  });

  test('RFC 7520 §5.1 needs RSA1_5, which WebCrypto lacks', async () => {
    const { token, jwk } = RSA1_5;
    expect(await inspectToken(textOf(token), { jwk, now: NOW })).toMatchObject({
      kind: 'jwe',
      decryption: 'cannotTell',
      reason: expect.stringContaining('WebCrypto has no RSA1_5'),
    });
  });

  test('RFC 7520 §6: the token inside is signed, and expired long ago', async () => {
    const { token, decryptingKey, verifyingKey, claims } = NESTED;
    const report = await inspectToken(token, { jwks: { keys: [decryptingKey, verifyingKey] }, now: NOW });
    expect(report).toMatchObject({ kind: 'jwe', decryption: 'valid', time: 'expired' });
    expect(report.nested).toMatchObject({ kind: 'jws', header: { alg: 'PS256' }, signature: 'valid', payload: claims });
  });
});

describe('selectively disclosed', () => {
  test.each(SD_JWTS)('$source', async ({ token, claims, bound }) => {
    const report = await inspectToken(token, { jwk: ISSUER_KEY, now: NOW });
    expect([report.kind, report.signature, report.reason]).toEqual(['sdJwt', 'valid', undefined]);
    expect(report.payload).toEqual(claims);
    expect(report.keyBinding?.is).toBe(bound ? 'valid' : 'cannotTell');
  });

  test.each(SD_JWTS.filter(({ bound }) => bound))(
    '$source: a disclosure less breaks the binding',
    async ({ token }) => {
      const less = token.startsWith('{')
        ? JSON.stringify({ ...JSON.parse(token), header: { ...JSON.parse(token).header, disclosures: [] } })
        : token.replace(/~[^~]+/, '');
      const report = await inspectToken(less, { jwk: ISSUER_KEY, now: NOW });
      expect([report.signature, report.keyBinding?.is]).toEqual(['valid', 'invalid']);
    },
  );
});

describe('RFC 9449', () => {
  test.each([DPOP.forToken, DPOP.forResource])('$source: the proof verifies with its own key', async ({ proof }) => {
    expect(await inspectToken(proof, { jwk: DPOP.key, now: NOW })).toMatchObject({ kind: 'jws', signature: 'valid' });
  });

  test('§6.1 jkt and §7.1 ath', async () => {
    expect(await jwkThumbprint(DPOP.key)).toBe(DPOP.thumbprint);
    const { payload } = await inspectToken(DPOP.forResource.proof, { now: NOW });
    expect(payload).toMatchObject({ ath: await sha256Base64url(DPOP.accessToken) });
  });
});
