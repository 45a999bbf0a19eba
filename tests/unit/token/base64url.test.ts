import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { base64urlText, decodeBase64url, encodeBase64url } from '../../../lib/token/base64url.ts';
import { anyText } from '../any-text.ts';
import { seeded } from '../har/seeded.ts';

const bytes = fc.uint8Array({ maxLength: 80 });

test('encoding and decoding gives the same bytes, and agrees with the platform', () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const text = encodeBase64url(value);
      expect(text).toBe(Buffer.from(value).toString('base64url'));
      expect(decodeBase64url(text)).toEqual({ bytes: value });
    }),
    seeded(300),
  );
});

test('a text is what some bytes encode to, or is refused: no two texts give the same bytes', () => {
  fc.assert(
    fc.property(fc.oneof(anyText(20), bytes.map(encodeBase64url)), (text) => {
      const result = decodeBase64url(text);
      if ('bytes' in result) expect(encodeBase64url(result.bytes)).toBe(text);
      else expect(result.error.at).toBeLessThan(Math.max(1, text.length));
    }),
    seeded(500),
  );
});

// RFC 4648 §10.
test.each([
  ['', ''],
  ['f', 'Zg'],
  ['fo', 'Zm8'],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg'],
  ['fooba', 'Zm9vYmE'],
  ['foobar', 'Zm9vYmFy'],
])('%j is %j', (text, encoded) => {
  expect(encodeBase64url(new TextEncoder().encode(text))).toBe(encoded);
  expect(base64urlText(encoded)).toBe(text);
});

describe('what is wrong, and where', () => {
  test.each([
    ['Zg==', 2, 'base64url in tokens has no "=" padding'],
    ['a+b_', 1, '"+" belongs to base64, base64url has "-"'],
    ['ab/_', 2, '"/" belongs to base64, base64url has "_"'],
    ['Zm 9', 2, 'white space inside base64url'],
    ['Zm9v\n', 4, 'white space inside base64url'],
    ['aé', 1, 'U+00E9 is no base64url character'],
    ['aa😀', 2, 'U+1F600 is no base64url character'],
    ['Zm9vY', 4, 'a length of 5 characters is impossible in base64url'],
    ['Zh', 1, 'the last character carries bits that belong to no byte'],
    ['Zm9', 2, 'the last character carries bits that belong to no byte'],
  ])('%j', (text, at, message) => {
    expect(decodeBase64url(text)).toEqual({ error: { at, message } });
    expect(base64urlText(text)).toBeNull();
  });

  test('bytes that are no UTF-8 are no text', () => {
    expect(base64urlText(encodeBase64url(new Uint8Array([0xff, 0xfe])))).toBeNull();
    expect(base64urlText(encodeBase64url(new TextEncoder().encode('grüße 😀')))).toBe('grüße 😀');
  });
});
