import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CompactEncrypt, CompactSign } from 'jose';
import { describe, expect, test } from 'vitest';
import { decodeToken } from '../../../lib/token/decode.ts';
import { innermost, inspectToken, layersOf } from '../../../lib/token/inspect.ts';
import { judgeToken, NOTHING_KNOWN } from '../../../lib/token/judge.ts';
import { plainText } from '../../../lib/view/text.ts';
import { type KeysState, tokenView } from '../../../lib/view/token.ts';

const NOW = 1_800_000_000;
const inner = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const outer = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const receiver = generateKeyPairSync('rsa', { modulusLength: 2048 });
const CLAIMS = { iss: 'https://as.example', sub: 'a', aud: 'c', exp: NOW + 60, scope: 'read' };
const jwk = (key: KeyObject): object => key.export({ format: 'jwk' });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const signed = (text: string, header = {}, { privateKey } = inner, alg = 'ES256'): Promise<string> =>
  new CompactSign(bytes(text)).setProtectedHeader({ alg, ...header }).sign(privateKey);
const encrypted = (text: string, header = {}): Promise<string> =>
  new CompactEncrypt(bytes(text))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128GCM', ...header })
    .encrypt(receiver.publicKey);

const JWT = { cty: 'JWT' };
const BOTH = { jwks: { keys: [jwk(outer.publicKey), jwk(inner.publicKey), jwk(receiver.privateKey)] } };

async function layers(token: string, keys: object): Promise<readonly (readonly string[])[]> {
  const report = await inspectToken(token, { ...keys, now: NOW });
  return layersOf(report).map(({ kind, signature, decryption, time }) => [kind, decryption ?? signature, time]);
}

describe('a token inside a token', () => {
  test('signed twice: each signature is judged, and the claims are those of the inner one', async () => {
    const token = await signed(await signed(JSON.stringify(CLAIMS)), JWT, outer, 'ES384');
    expect(await layers(token, BOTH)).toEqual([
      ['jws', 'valid', 'valid'],
      ['jws', 'valid', 'valid'],
    ]);
    expect(await layers(token, { jwk: jwk(outer.publicKey) })).toEqual([
      ['jws', 'valid', 'valid'],
      ['jws', 'cannotTell', 'valid'],
    ]);
    expect(await layers(token, { jwks: { keys: [jwk(outer.publicKey)] } })).toEqual([
      ['jws', 'valid', 'valid'],
      ['jws', 'invalid', 'valid'],
    ]);
    const report = await inspectToken(token, { now: NOW });
    expect(innermost(report)).toMatchObject({ payload: CLAIMS, header: { alg: 'ES256' } });
    const checks = await judgeToken(token, report, { ...NOTHING_KNOWN, audience: 'd' }, NOW);
    expect(checks.map(({ id, is }) => `${id} ${is}`)).toContain('aud fail');
  });

  test('signed, encrypted and signed again', async () => {
    const core = await signed(JSON.stringify(CLAIMS));
    const token = await signed(await encrypted(core, JWT), JWT, outer, 'ES384');
    expect(await layers(token, BOTH)).toEqual([
      ['jws', 'valid', 'valid'],
      ['jwe', 'valid', 'valid'],
      ['jws', 'valid', 'valid'],
    ]);
  });

  test('the one key that opens it says nothing of the signature inside', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const core = await signed(JSON.stringify(CLAIMS), {}, rsa, 'RS256');
    const opened = await inspectToken(await encrypted(core, JWT), { jwk: jwk(receiver.privateKey), now: NOW });
    expect(opened).toMatchObject({
      decryption: 'valid',
      nested: { signature: 'cannotTell', reason: 'no key was given' },
    });
    const unsecured = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`;
    const bad = await inspectToken(await encrypted(unsecured, JWT), { jwk: jwk(receiver.privateKey), now: NOW });
    expect(bad.nested).toMatchObject({ signature: 'invalid', reason: expect.stringContaining('nothing is signed') });
  });

  test('one that is said to be there and is not, is said; a text that looks like none stays a text', async () => {
    const broken = await inspectToken(await signed('eyJ.x', JWT), { now: NOW });
    expect(broken).toMatchObject({ kind: 'jws', nested: { kind: 'unknown', error: { part: 'header' } } });
    expect(await inspectToken(await signed('v1.2 of it', {}), { now: NOW })).not.toHaveProperty('nested');
    expect(await inspectToken(await signed(await signed('{}')), { now: NOW })).toHaveProperty('nested');
  });

  test('no deeper than there is a reason for', async () => {
    let token = await signed('{}');
    for (let depth = 0; depth < 8; depth++) token = await signed(token, JWT);
    expect(layersOf(await inspectToken(token, { now: NOW }))).toHaveLength(5);
  });
});

describe('is shown layer by layer', () => {
  const view = async (token: string, keys: object, state: KeysState) => {
    const report = await inspectToken(token, { ...keys, now: NOW });
    const shown = tokenView({
      text: token,
      decoded: decodeToken(token),
      report,
      keys: state,
      keyError: null,
      checks: [],
      known: NOTHING_KNOWN,
      clock: '',
      trying: null,
      now: NOW * 1000,
      mask: (value) => value.slice(0, 1) as never,
    });
    const rows = shown.rows.filter(({ id }) => id.startsWith('nested') || id.startsWith('warning'));
    return { ...shown, said: rows.map(({ mark, text, offer }) => [mark, plainText(text), offer?.label ?? null]) };
  };

  test('with the verdict of each, and what could decide it', async () => {
    const core = await signed(JSON.stringify(CLAIMS), { jku: 'https://x.example' });
    const token = await signed(core, JWT, outer, 'ES384');
    const good = await view(token, BOTH, { is: 'pasted' });
    expect(good.heading).toBe('Access token from as.example for c, signed once more');
    expect(good.headers.map(({ title }) => title)).toEqual(['Header', 'Header of the token inside']);
    expect(good.headers[1]?.rows.map(({ ref, name }) => [ref, name])).toContainEqual([null, 'jku']);
    expect(good.claims?.rows.map(({ name }) => name)).toEqual(Object.keys(CLAIMS));
    expect(good.said).toEqual([
      ['pass', 'It holds a signed token, whose signature is valid with the same keys', null],
      ['medium', expect.stringMatching(/^Inside: The header says where its key is/), null],
    ]);
    const open = await view(await encrypted(core, JWT), { jwk: jwk(receiver.privateKey) }, { is: 'pasted' });
    expect(open.heading).toBe('Access token from as.example for c, encrypted');
    expect(open.said[0]).toEqual([
      'cannotTell',
      'It holds a signed token: no key was given',
      'Check with the keys of as.example',
    ]);
    const wrong = await view(token, { jwks: { keys: [jwk(outer.publicKey)] } }, { is: 'pasted' });
    expect(wrong.said[0]).toEqual([
      'high',
      expect.stringMatching(/^It holds a signed token, which is invalid: ES256 needs/),
      null,
    ]);
  });
});
