import type { TextPlace } from './source-text.ts';

const LINE_FEED = 0x0a;
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The bytes of a JSON text that come in pieces, without those that were read before. Their memory is used again: to ask
 * for new memory for every piece takes longer than to parse it.
 */
export class JsonBytes {
  /** What came and is not dropped yet. Another one after each `push`. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** Up to here it is read; `push` drops what is before. */
  at = 0;
  ended = false;
  #memory = new Uint8Array(262_144);
  /** Place of the first of `bytes`. */
  #line = 1;
  #column = 1;
  #byte = 0;

  push(piece: Uint8Array): void {
    this.#drop();
    const { length } = this.bytes;
    if (length + piece.length > this.#memory.length) {
      const larger = new Uint8Array(2 * (length + piece.length));
      larger.set(this.bytes);
      this.#memory = larger;
    }
    this.#memory.set(piece, length);
    this.bytes = this.#memory.subarray(0, length + piece.length);
  }

  /** The text of some bytes; both ends lie between characters. */
  text(from: number, to: number): string {
    return UTF8.decode(this.bytes.subarray(from, to));
  }

  placeOf(at: number): TextPlace {
    let line = this.#line;
    let start = -1;
    for (let end = this.bytes.indexOf(LINE_FEED); end >= 0 && end < at; end = this.bytes.indexOf(LINE_FEED, end + 1)) {
      line += 1;
      start = end;
    }
    const before = this.text(start + 1, at).length;
    return { line, column: start < 0 ? this.#column + before : before + 1, byte: this.#byte + at };
  }

  #drop(): void {
    const { line, column, byte } = this.placeOf(this.at);
    this.#line = line;
    this.#column = column;
    this.#byte = byte;
    this.#memory.copyWithin(0, this.at, this.bytes.length);
    this.bytes = this.#memory.subarray(0, this.bytes.length - this.at);
    this.at = 0;
  }
}
