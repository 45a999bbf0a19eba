/** One element of DER (X.690 §8): its tag, its content, and where it begins in the whole. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly at: number;
}

export const SEQUENCE = 0x30;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_IDENTIFIER = 0x06;

/** The bytes are no DER, or not the DER that was expected. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** All elements that stand one after the other. @throws DerError */
export function readDer(bytes: Uint8Array, offset = 0): readonly DerElement[] {
  const found: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1];
    if (first === undefined) throw new DerError(`an element ends after its tag, byte ${offset + at}`);
    let length = first;
    let start = at + 2;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 3) throw new DerError(`a length that cannot be, byte ${offset + at + 1}`);
      length = bytes.subarray(start, start + count).reduce((sum, byte) => sum * 256 + byte, 0);
      start += count;
    }
    if (start + length > bytes.length) {
      throw new DerError(
        `an element of ${length} bytes where ${Math.max(0, bytes.length - start)} are left, byte ${offset + at}`,
      );
    }
    found.push({ tag, content: bytes.subarray(start, start + length), at: offset + at });
    at = start + length;
  }
  return found;
}

/** The only element, which has this tag. @throws DerError */
export function only(bytes: Uint8Array, tag: number): DerElement {
  const [element, more] = readDer(bytes);
  if (element === undefined) throw new DerError('there is nothing in it');
  if (more !== undefined) throw new DerError(`something follows at byte ${more.at}`);
  return expected(element, tag);
}

/** @throws DerError */
export function expected(element: DerElement | undefined, tag: number): DerElement {
  if (element?.tag === tag) return element;
  throw new DerError(element === undefined ? 'it ends too early' : `another element was expected, byte ${element.at}`);
}

/** An object identifier in dots (X.690 §8.19). */
export function oidOf({ content }: DerElement): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      parts.push(value);
      value = 0;
    }
  }
  const [first = 0, ...rest] = parts;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
}

/** The bytes of a positive integer, without the zero that keeps it positive. */
export function unsigned({ content }: DerElement): Uint8Array {
  const start = content.findIndex((byte) => byte !== 0);
  return start < 0 ? content.subarray(-1) : content.subarray(start);
}

/** An element with what is in it, shorter than 64 kB. */
export function writeDer(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = contents.flatMap((part) => [...part]);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.from([tag, ...size, ...content]);
}

/** An object identifier from its form in dots. */
export function writeOid(oid: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((value) => {
    const digits = [value & 0x7f];
    for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return writeDer(OBJECT_IDENTIFIER, Uint8Array.from(bytes));
}
