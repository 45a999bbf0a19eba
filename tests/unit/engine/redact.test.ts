import { describe, expect, test } from 'vitest';

import { createRedactor, mask } from '../../../lib/engine/redact.ts';
import type { SecretKind } from '../../../lib/engine/secrets.ts';

const CODE = 'SplxlOBeZQQYbYS6WxSbIA';
const redactor = (...secrets: readonly (readonly [string, SecretKind])[]) => createRedactor(new Map(secrets));
const none = redactor();
const known = redactor([CODE, 'code']);

describe('mask', () => {
  test.each([
    [CODE, 'Splx…•••• (22)'],
    ['sixteen-letters!', 'sixt…•••• (16)'],
    ['fifteen-letters', '•••• (15)'],
    ['', '•••• (0)'],
    // Four characters, not four code units.
    ['😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀', '😀😀😀😀…•••• (16)'],
    ['\u202ertl-and-twelve-more', '\ufffdrtl…•••• (20)'],
  ])('%j', (value, masked) => {
    expect(mask(value)).toBe(masked);
  });

  test('nothing of a password or a user code, however long', () => {
    const people = redactor(['correct-horse-battery', 'password'], ['WDJB-MJHT-WDJB-MJHT', 'user code']);
    expect(people.mask('correct-horse-battery')).toBe('•••• (21)');
    expect(people.mask('WDJB-MJHT-WDJB-MJHT')).toBe('•••• (19)');
    expect(none.value('password', 'correct-horse-battery')).toBe('•••• (21)');
    expect(people.plain('the word is correct-horse-battery')).toBe('the word is •••• (21)');
  });
});

describe('plain text', () => {
  test('without a secret it stays', () => {
    expect(known.plain('openid profile')).toBe('openid profile');
  });

  test('a secret inside it is masked, each time', () => {
    expect(known.plain(`a ${CODE} b ${CODE}`)).toBe('a Splx…•••• (22) b Splx…•••• (22)');
  });

  test.each([
    ['4/0AQ+s d/f=g', '4%2F0AQ%2Bs%20d%2Ff%3Dg'],
    ['4/0AQ+s d/f=g', '4%2f0AQ%2bs%20d%2ff%3dg'],
    ['4/0AQ+s d/f=g', '4%2F0AQ%2Bs+d%2Ff%3Dg'],
    ['4/0AQ+s d/f=g', '4%252F0AQ%252Bs%2520d%252Ff%253Dg'],
    ["it's(a)~secret!", 'it%27s%28a%29%7Esecret%21'],
    ['grüße-aus-köln', 'gr%C3%BC%C3%9Fe-aus-k%C3%B6ln'],
  ])('%s is masked when it is written %s', (secret, written) => {
    expect(redactor([secret, 'code']).plain(`x${written}y`)).toBe(`x${mask(written)}y`);
  });

  test('a secret with a replacement pattern in it does not bring itself back', () => {
    for (const secret of ['$&$&$&$&$&$&$&$&$&', '$`abcdefghijklmnop', "$'abcdefghijklmnop", '$1$1$1$1$1$1$1$1$1']) {
      expect(redactor([secret, 'state']).plain(`<${secret}>`)).toBe(`<${mask(secret)}>`);
    }
  });

  test('overlapping secrets leave nothing between them', () => {
    const two = redactor(['xxxxabcdefgh', 'state'], ['abcdefghSECRETTAIL', 'code']);
    expect(two.plain('<xxxxabcdefghSECRETTAIL>')).toBe('<•••• (22)>');
    expect(two.plain('<abcdefghSECRETTAIL>')).toBe('<abcd…•••• (18)>');
    const inside = redactor(['abcdefgh', 'state'], ['1234abcdefgh5678', 'code']);
    expect(inside.plain('1234abcdefgh5678 abcdefgh')).toBe('1234…•••• (16) •••• (8)');
  });

  test('a token is masked even if no message told of it', () => {
    expect(none.plain('x eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln y')).toBe('x eyJh…•••• (41) y');
    expect(none.plain('eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c')).toMatch(/^eyJh…•••• \(\d+\)$/);
    expect(none.plain('the prefix eyJ')).toBe('the prefix eyJ');
  });

  test('characters that hide or reorder text are made visible', () => {
    expect(none.plain('a\u202eb\u200bc\u0000d\u2066e\ufefff\ud800g\u001bh')).toBe('a�b�c�d�e�f�g�h');
    expect(none.plain('grüße 😀')).toBe('grüße 😀');
  });

  test('a long text is cut, and no cut leaves half a secret or half a character', () => {
    expect(none.plain('a'.repeat(300))).toBe('a'.repeat(300));
    expect(none.plain('a'.repeat(400))).toBe(`${'a'.repeat(300)}… (400)`);
    expect(none.plain(`${'a'.repeat(299)}😀${'b'.repeat(200)}`)).toBe(`${'a'.repeat(299)}�… (501)`);
    const long = 's'.repeat(30_000);
    for (const before of [0, 100, 19_990]) {
      expect(redactor([long, 'access token']).plain(`${'-'.repeat(before)}${long}`)).not.toContain('sssss');
    }
    const shrunk = redactor(['x'.repeat(19_900), 'state'], ['y'.repeat(200), 'code']);
    expect(shrunk.plain(`${'x'.repeat(19_900)}${'y'.repeat(200)}`)).not.toContain('yyyyy');
  });
});

describe('addresses', () => {
  test.each([
    ['https://app.example/cb?code=7f&scope=openid', 'https://app.example/cb?code=•••• (2)&scope=•••• (6)'],
    [
      'https://app.example/cb?state=#access_token=2YotnFZFEjr1zCsicMWpAA',
      'https://app.example/cb?state=#access_token=2Yot…•••• (22)',
    ],
    ['https://jane:correct-horse@app.example/x', 'https://••••@app.example/x'],
    ['com.example.app:/cb?code=7f', 'com.example.app:/cb?code=•••• (2)'],
    ['/cb?code=7f', '/cb?code=•••• (2)'],
    ['https://app.example/#/orders', 'https://app.example/#/orders'],
    ['https://app.example/#2YotnFZFEjr1zCsicMWpAA', 'https://app.example/#2Yot…•••• (22)'],
    ['https://app.example/login?password=correct-horse-battery', 'https://app.example/login?password=•••• (21)'],
  ])('%s', (address, shown) => {
    expect(none.plain(address)).toBe(shown);
    expect(none.value('redirect_uri', address)).toBe(shown);
  });
});

describe('values by name', () => {
  test.each([
    ['code', 'SAVE20', '•••• (6)'],
    ['auth_code', 'short', '•••• (5)'],
    ['clientSecret', 'short', '•••• (5)'],
    ['client_id', 'web1', 'web1'],
    ['scope', 'openid', 'openid'],
    ['Authorization', 'Bearer 2YotnFZFEjr1zCsicMWpAA', 'Bearer 2Yot…•••• (22)'],
    ['authorization', 'Basic d2ViMTpzZWNyZXQtb2YtdGhlLWNsaWVudA==', 'Basic •••• (36)'],
    ['Proxy-Authorization', '2YotnFZFEjr1zCsicMWpAA', '2Yot…•••• (22)'],
    ['DPoP', 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln', 'eyJh…•••• (29)'],
    ['Cookie', 'sid=8f14e45fceea167a5a36dedd4bea2543; theme=dark', 'sid=8f14…•••• (32); theme=•••• (4)'],
    ['Set-Cookie', 'sid=8f14e45fceea167a5a36dedd4bea2543; Path=/; Secure', 'sid=8f14…•••• (32); Path=/; Secure'],
    ['Location', '/cb?code=7f', '/cb?code=•••• (2)'],
    ['Referer', 'https://app.example/cb?code=7f', 'https://app.example/cb?code=•••• (2)'],
    ['Referrer-Policy', 'no-referrer', 'no-referrer'],
    ['Refresh', '0;url=https://app.example/cb?code=7f', '0;url=https://app.example/cb?code=•••• (2)'],
  ])('%s: %s', (name, value, shown) => {
    expect(none.value(name, value)).toBe(shown);
  });
});

test('text of a rule takes masked values and numbers', () => {
  expect(known.say`sent ${known.plain('openid')} ${2} times, last ${known.mask(CODE)}`).toBe(
    'sent openid 2 times, last Splx…•••• (22)',
  );
});
