import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainText, richText, TEXT_CAP, visible } from '../../../lib/view/text.ts';
import { anyText } from './support.ts';

describe('captured text is shown as what it is', () => {
  test.each([
    ['right-to-left override', 'a\u202Eb', 'a\\u{202E}b'],
    ['isolates', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['zero-width space', 'a\u200Bb', 'a\\u{200B}b'],
    ['byte order mark', '\uFEFFa', '\\u{FEFF}a'],
    ['line feed and NUL', 'a\n\0b', 'a\\u{A}\\u{0}b'],
    ['lone surrogate', 'a\uD800b', 'a\\u{D800}b'],
    ['tag characters', '\u{E0041}', '\\u{E0041}'],
    ['markup stays text', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['a whole pair', '😀', '😀'],
  ])('%s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('nothing that hides or reorders survives, whatever comes in', () => {
    fc.assert(
      fc.property(
        anyText(40),
        (text) => !/[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u.test(visible(text)),
      ),
    );
  });

  test('a value of a megabyte is cut', () => {
    expect(visible('x'.repeat(1_000_000))).toBe(`${'x'.repeat(TEXT_CAP)}…`);
  });
});

describe('text with code in it', () => {
  test.each([
    [
      'Use `response_type=code` here',
      [
        ['Use ', false],
        ['response_type=code', true],
        [' here', false],
      ],
    ],
    ['no code', [['no code', false]]],
    ['one ` only', [['one ` only', false]]],
    [
      '`a` and ` b',
      [
        ['a', true],
        [' and ` b', false],
      ],
    ],
    [
      'without code_challenge, or id_token_hint',
      [
        ['without ', false],
        ['code_challenge', true],
        [', or ', false],
        ['id_token_hint', true],
      ],
    ],
    ['', []],
  ])('%s', (markup, parts) => {
    expect(richText(markup).map((part) => [part.text, part.code])).toEqual(parts);
  });

  test('the plain text is the markup without its backticks', () => {
    expect(plainText(richText('Send `state` back'))).toBe('Send state back');
  });
});
