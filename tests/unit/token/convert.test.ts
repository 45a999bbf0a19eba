import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convert, ENCODINGS } from '../../../lib/token/convert.ts';

const SEED = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe('convert', () => {
  test.each([
    ['text', 'Grüße'],
    ['base64url', 'R3LDvMOfZQ'],
    ['base64', 'R3LDvMOfZQ=='],
    ['hex', '4772c3bcc39f65'],
  ] as const)('%s of one value gives all the others', (from, value) => {
    expect(convert(value, from)).toEqual({
      values: { text: 'Grüße', base64url: 'R3LDvMOfZQ', base64: 'R3LDvMOfZQ==', hex: '4772c3bcc39f65' },
    });
  });

  test('a fingerprint with colons is hexadecimal', () => {
    expect(convert('47:72 C3', 'hex')).toMatchObject({ values: { hex: '4772c3' } });
  });

  test('bytes that are no UTF-8 have no text', () => {
    expect(convert('ff', 'hex')).toMatchObject({ values: { text: null, base64url: '_w' } });
  });

  test.each([
    ['a-b=', 'base64', 1, 'belongs to base64url'],
    ['abc', 'base64', 3, 'multiple of 4'],
    ['ab*=', 'base64', 2, 'U+002A'],
    ['a+b', 'base64url', 1, 'belongs to base64,'],
    ['abc=', 'base64url', 3, 'padding'],
    ['4g', 'hex', 1, 'U+0067'],
    ['472', 'hex', 2, 'half a byte'],
    [':47', 'hex', 0, 'U+003A'],
  ] as const)('%j as %s breaks at %i', (value, from, at, message) => {
    const result = convert(value, from);
    expect(result).toMatchObject({ error: { at } });
    expect('error' in result && result.error.message).toContain(message);
  });

  test(`what one encoding wrote the others read (TEST_SEED=${SEED})`, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const made = convert(text, 'text');
        if (!('values' in made)) return false;
        return ENCODINGS.every((from) => {
          const back = convert(made.values[from] ?? '', from);
          return 'values' in back && back.values.text === text;
        });
      }),
      { seed: SEED },
    );
  });
});
