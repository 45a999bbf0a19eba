/** The text of an input and where its characters lie in the bytes. */
export interface SourceText {
  /** Without byte order mark. */
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  /** Length of the byte order mark. */
  readonly bom: number;
}

/** UTF-8, or what a byte order mark says. Bytes that are no text become U+FFFD. */
export function decodeSource(bytes: Uint8Array<ArrayBuffer>): SourceText {
  const [a, b, c] = bytes;
  const [encoding, bom] =
    a === 0xff && b === 0xfe
      ? (['utf-16le', 2] as const)
      : a === 0xfe && b === 0xff
        ? (['utf-16be', 2] as const)
        : (['utf-8', a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0] as const);
  return { text: new TextDecoder(encoding).decode(bytes), encoding, bom };
}

/** A text that was not read from bytes, for example one that was pasted. */
export function sourceText(text: string): SourceText {
  const bom = text.startsWith('\ufeff');
  return { text: bom ? text.slice(1) : text, encoding: 'utf-8', bom: bom ? 3 : 0 };
}

/** Where a person finds a character: line and column from 1 (column in UTF-16 code units), byte from 0. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
  readonly byte: number;
}

export function placeOf(source: SourceText, offset: number): TextPlace {
  const { text } = source;
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', start)) {
    line += 1;
    start = end + 1;
  }
  const bytes = source.encoding === 'utf-8' ? utf8Length(text, offset) : 2 * offset;
  return { line, column: offset - start + 1, byte: source.bom + bytes };
}

function utf8Length(text: string, end: number): number {
  let bytes = 0;
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (code >= 0xd800 && code < 0xdc00 && at + 1 < end) {
      bytes += 4;
      at += 1;
    } else bytes += 3;
  }
  return bytes;
}
