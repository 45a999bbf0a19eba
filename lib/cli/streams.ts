import { open, rename, writeFile } from 'node:fs/promises';
import { type StyleTextOptions, styleText } from 'node:util';
import { PIECE } from '../har/read.ts';
import type { Style, TextOptions } from '../report/text.ts';

/** What a command writes to and reads from; tests give their own. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The bytes of a file, piece by piece; `-` is standard input. A piece is valid until the next one is asked for. */
  readonly pieces: (file: string) => AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** Replaces a file as a whole. */
  readonly write: (file: string, text: string) => Promise<void>;
  /** Columns of the terminal; `null` where the output is none. */
  readonly columns: number | null;
  readonly paint: TextOptions['paint'];
}

const STYLES: Readonly<Record<Style, Parameters<typeof styleText>[0]>> = {
  strong: 'bold',
  faint: 'dim',
  high: ['bold', 'red'],
  medium: ['bold', 'yellow'],
  low: 'cyan',
  info: 'blue',
};

export function processStreams(): Streams {
  const { stdin, stdout, stderr } = process;
  // A reader such as `head` closes the pipe early; that is no error of ours.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  // Colour on a terminal only, and not where NO_COLOR says so.
  const options: StyleTextOptions = { stream: stdout };
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    pieces: (file) => (file === '-' ? stdin : piecesOf(file)),
    write: replaceFile,
    columns: stdout.isTTY ? stdout.columns : null,
    paint: (style, text) => styleText(STYLES[style], text, options),
  };
}

/** A reader never meets half a file, and an interrupted write leaves the old one. */
async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, text);
  await rename(draft, file);
}

async function* piecesOf(file: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  await using handle = await open(file);
  const memory = new Uint8Array(PIECE);
  for (;;) {
    const { bytesRead } = await handle.read(memory);
    if (bytesRead === 0) return;
    yield memory.subarray(0, bytesRead);
  }
}

/** The text (UTF-8) of a file; `-` is standard input. */
export async function readText(file: string, streams: Streams): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of streams.pieces(file)) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}
