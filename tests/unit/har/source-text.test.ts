import { describe, expect, it } from 'vitest';
import { decodeSource, placeOf, sourceText } from '../../../lib/har/source-text.ts';

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

describe('decodeSource', () => {
  it('reads UTF-8 with and without byte order mark', () => {
    expect(decodeSource(utf8('{"é":1}'))).toEqual({ text: '{"é":1}', encoding: 'utf-8', bom: 0 });
    expect(decodeSource(utf8('\ufeff{}'))).toEqual({ text: '{}', encoding: 'utf-8', bom: 3 });
  });

  it('reads UTF-16 of either order by its mark', () => {
    const little = new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]);
    const big = new Uint8Array([0xfe, 0xff, 0, 0x7b, 0, 0x7d]);
    expect(decodeSource(little)).toEqual({ text: '{}', encoding: 'utf-16le', bom: 2 });
    expect(decodeSource(big)).toEqual({ text: '{}', encoding: 'utf-16be', bom: 2 });
  });
});

describe('placeOf', () => {
  it('counts lines and columns from 1 and bytes from 0', () => {
    const source = sourceText('ab\ncd');
    expect(placeOf(source, 0)).toEqual({ line: 1, column: 1, byte: 0 });
    expect(placeOf(source, 2)).toEqual({ line: 1, column: 3, byte: 2 });
    expect(placeOf(source, 3)).toEqual({ line: 2, column: 1, byte: 3 });
    expect(placeOf(source, 5)).toEqual({ line: 2, column: 3, byte: 5 });
  });

  it('counts the bytes of the file, not of the text', () => {
    const text = '\ufeffé€😀x';
    expect(placeOf(sourceText(text), 4).byte).toBe(utf8('\ufeffé€😀').length);
    expect(placeOf({ text: 'abc', encoding: 'utf-16le', bom: 2 }, 2).byte).toBe(6);
  });
});
