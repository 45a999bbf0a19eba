import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonError } from '../../../lib/http/json-error.ts';
import { seeded } from '../har/seeded.ts';

describe('jsonError', () => {
  it.each([
    ['', 0, 'a JSON value', 'the end'],
    ['{', 1, 'a name in double quotes or "}"', 'the end'],
    ['{"a" 1}', 5, '":"', '"1"'],
    ['{"a":}', 5, 'a JSON value', '"}"'],
    ['{"a":1,}', 7, 'a name in double quotes', '"}"'],
    ['[1,]', 3, 'a JSON value', '"]"'],
    ['[1 2]', 3, '"," or "]"', '"2"'],
    ['{"a":1]', 6, '"," or "}"', '"]"'],
    ['{} x', 3, 'nothing after the end of the JSON value', '"x"'],
    ['"a\nb"', 2, 'control characters in strings to be escaped', 'U+000A'],
    ['"\\x"', 2, 'one of "\\/bfnrtu after a backslash', '"x"'],
    ['"\\u12g4"', 5, 'four hexadecimal digits after "\\u"', '"g"'],
    ['"abc', 4, 'the closing double quote of a string', 'the end'],
    ['-', 1, 'a digit', 'the end'],
    ['1.', 2, 'a digit', 'the end'],
    ['1e+', 3, 'a digit', 'the end'],
    ['01', 1, 'nothing after the end of the JSON value', '"1"'],
    ['trUe', 2, '"true"', '"U"'],
    ['undefined', 0, 'a JSON value', '"u"'],
    ['\u00a0{}', 0, 'a JSON value', 'U+00A0'],
    ['"\ud83d\ude00" \ud83d\ude00', 5, 'nothing after the end of the JSON value', 'U+1F600'],
  ])('%j: character %i, expected %s, found %s', (text, offset, expected, found) => {
    expect(jsonError(text)).toEqual({ offset, expected, found });
  });

  it('accepts what JSON.parse accepts', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (text, indent) => {
        expect(jsonError(JSON.stringify(JSON.parse(text), null, indent))).toBeNull();
      }),
      seeded(500),
    );
  });

  it('refuses what JSON.parse refuses, at a place inside the text', () => {
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.nat(3),
      insert: fc.string({ maxLength: 2, unit: jsonCharacter }),
    });
    fc.assert(
      fc.property(fc.json(), edit, (text, { at, remove, insert }) => {
        const start = at % (text.length + 1);
        const mutated = text.slice(0, start) + insert + text.slice(start + remove);
        const error = jsonError(mutated);
        expect(error === null).toBe(parses(mutated));
        if (error !== null) expect(error.offset).toBeGreaterThanOrEqual(0);
        if (error !== null) expect(error.offset).toBeLessThanOrEqual(mutated.length);
        // What stands before the error is the start of some JSON text: the error is the first.
        if (error !== null) expect(jsonError(mutated.slice(0, error.offset))?.found ?? 'the end').toBe('the end');
      }),
      seeded(3000),
    );
  });

  it('needs no stack for deep nesting', () => {
    const deep = '['.repeat(200_000);
    expect(jsonError(deep)?.offset).toBe(deep.length);
    expect(jsonError(deep + ']'.repeat(200_000))).toBeNull();
  });
});

const jsonCharacter = fc.constantFrom(...'{}[]",:0123456789.eE+-\\/untrfalse \n\t\u00e9\ud83d');

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
