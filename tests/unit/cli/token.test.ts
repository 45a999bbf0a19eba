import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { token } from '../../../lib/cli/token.ts';
import { UsageError } from '../../../lib/cli/usage.ts';
import { captured } from './captured.ts';

const b64 = (data: string | Uint8Array): string => Buffer.from(data as string).toString('base64url');
const SECRET = 'a secret of thirty-two bytes, or';
const JWK = { kty: 'oct', k: b64(SECRET) };

function signed(claims: object): string {
  const input = `${b64('{"alg":"HS256"}')}.${b64(JSON.stringify(claims))}`;
  return `${input}.${createHmac('sha256', SECRET).update(input).digest('base64url')}`;
}

async function run(text: string): Promise<readonly Record<string, unknown>[]> {
  const { streams, result } = captured({ '-': text });
  expect(await token(['--format', 'json'], streams)).toBe(0);
  const { out } = result();
  return out === ''
    ? []
    : out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const lines = (...inputs: readonly object[]): string => inputs.map((input) => JSON.stringify(input)).join('\n');

describe('token', () => {
  it('answers each line in its order, with its id', async () => {
    const found = await run(
      lines(
        { id: 1, token: signed({ sub: 'a' }), jwk: JWK },
        { id: null, token: 'x' },
        { token: signed({}), jwks: { keys: [JWK] } },
        { id: { a: 1 }, token: signed({}) },
      ),
    );
    expect(found.map((line) => [line['id'], line['kind'], line['signature']])).toEqual([
      [1, 'jws', 'valid'],
      [null, 'unknown', 'cannotTell'],
      [undefined, 'jws', 'valid'],
      [{ a: 1 }, 'jws', 'cannotTell'],
    ]);
  });

  it.each([
    ['a line that is no JSON', '{"token":', 'the line is no JSON object'],
    ['a list', '[]', 'the line is no JSON object'],
    ['no token', '{"id":1}', 'the line has no "token" with a text'],
    ['a token that is a number', '{"token":1}', 'the line has no "token" with a text'],
  ])('%s is answered in its place', async (_what, line, message) => {
    const [before, found, after] = await run(
      `${lines({ token: signed({}), jwk: JWK })}\n${line}\n${lines({ token: '' })}`,
    );
    expect(before).toMatchObject({ signature: 'valid' });
    expect(found).toMatchObject({
      kind: 'unknown',
      signature: 'cannotTell',
      time: 'unknown',
      error: { part: 'structure', at: 0, message },
    });
    expect(after).toMatchObject({ error: { part: 'structure', at: 0, message: 'empty' } });
  });

  it('takes a byte order mark, carriage returns and blank lines', async () => {
    const line = lines({ token: signed({}), jwk: JWK });
    const found = await run(`\ufeff${line}\r\n\r\n  \n${line}\r\n`);
    expect(found.map(({ signature }) => signature)).toEqual(['valid', 'valid']);
    expect(await run('')).toEqual([]);
  });

  it('judges times by "now", apart from the signature', async () => {
    const at = (now: unknown) => ({ token: signed({ nbf: 1000, exp: 2000 }), jwk: JWK, now });
    const found = await run(
      lines(at(1500), at('1970-01-01T00:16:00Z'), at(3000), at('1970-01-01T01:00:00+00:00'), at('soon'), {
        token: signed({}),
      }),
    );
    expect(found.map(({ signature, time }) => [signature, time])).toEqual([
      ['valid', 'valid'],
      ['valid', 'notYet'],
      ['valid', 'expired'],
      ['valid', 'expired'],
      ['valid', 'expired'],
      ['cannotTell', 'unknown'],
    ]);
  });

  it('takes a JSON serialization as text and as it is', async () => {
    const [protectedHeader = '', payload = '', signature = ''] = signed({ sub: 'a' }).split('.');
    const jws = { payload, protected: protectedHeader, signature };
    const found = await run(lines({ token: jws, jwk: JWK }, { token: JSON.stringify(jws), jwk: JWK }));
    expect(found).toEqual([
      { kind: 'jws', header: { alg: 'HS256' }, payload: { sub: 'a' }, signature: 'valid', time: 'unknown' },
      { kind: 'jws', header: { alg: 'HS256' }, payload: { sub: 'a' }, signature: 'valid', time: 'unknown' },
    ]);
  });

  it('takes a key in any form', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const input = `${b64('{"alg":"ES256"}')}.${b64('{}')}`;
    const made = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const found = await run(
      lines(
        { token: `${input}.${made.toString('base64url')}`, key: publicKey.export({ type: 'spki', format: 'pem' }) },
        { token: signed({}), key: SECRET },
        { token: signed({}), key: JSON.stringify({ keys: [JWK] }) },
        { token: `${input}.${made.toString('base64url')}`, key: 'no key' },
      ),
    );
    expect(found.map(({ signature, reason }) => [signature, reason])).toEqual([
      ['valid', undefined],
      ['valid', undefined],
      ['valid', undefined],
      ['cannotTell', expect.stringMatching(/^the key cannot be read: .* at character 1$/)],
    ]);
  });

  it('judges the content by what the line says of the request', async () => {
    const id = signed({ iss: 'i', aud: 'c', sub: 's', iat: 1, exp: 5, nonce: 'n' });
    const [without, found] = await run(lines({ token: id }, { token: id, issuer: 'i', audience: 'd', now: 2 }));
    expect(without).not.toHaveProperty('checks');
    expect(found).toMatchObject({
      checks: expect.arrayContaining([
        expect.objectContaining({ id: 'iss', is: 'pass' }),
        expect.objectContaining({ id: 'aud', is: 'fail', severity: 'high', rule: 'id-token-aud-mismatch' }),
        expect.objectContaining({ id: 'nonce', is: 'cannotTell', missing: 'nonce' }),
      ]),
    });
  });

  it('refuses other formats and options', async () => {
    for (const args of [['--format', 'text'], ['--key', 'x'], ['file.txt']]) {
      await expect(token(args, captured({ '-': '' }).streams)).rejects.toThrow(UsageError);
    }
  });
});
