import { LineReader, linesOf } from './lines.ts';
import type { ReadResult } from './read-result.ts';
import { placeOf } from './source-text.ts';

/**
 * Reads JSON Lines whose bytes (UTF-8) come in pieces, in the memory of what is observed and one line. The same text
 * gives the same result as `readLines` of the whole.
 */
export class LineStream {
  readonly #reader: LineReader;
  readonly #decoder = new TextDecoder();
  /** The start of a line whose end did not come yet. */
  readonly #open: string[] = [];
  /** Lines and bytes before what is open. */
  #lines = 0;
  #bytes: number;

  /** @param bom Length of the byte order mark, which is not in the text. */
  constructor(source: number, bom: number) {
    this.#reader = new LineReader(source);
    this.#bytes = bom;
  }

  push(bytes: Uint8Array): void {
    this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  finish(): ReadResult {
    this.#take(this.#decoder.decode());
    this.#read(this.#open.splice(0).join(''));
    return this.#reader.finish();
  }

  #take(text: string): void {
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) this.#read([...this.#open.splice(0), text.slice(0, end)].join(''));
    if (end < text.length) this.#open.push(text.slice(end));
  }

  #read(text: string): void {
    const before = { text, encoding: 'utf-8', bom: this.#bytes } as const;
    for (const { text: content, line, start } of linesOf(text)) {
      this.#reader.add(content, this.#lines + line, (offset) => placeOf(before, start + offset));
    }
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lines += 1;
    this.#bytes += new TextEncoder().encode(text).length;
  }
}
