import { decodeSource, PIECE, PieceReader, readSource } from '../har/read.ts';
import type { ReadResult } from '../har/read-result.ts';
import type { PickedFile } from '../view/inspector-model.ts';
import type { InspectorSource, Unread } from '../view/inspector-source.ts';
import { createRest } from './rest.ts';

/** A file that was read: what is in it, and what of it could not be read. */
export interface OpenedFile {
  readonly source: InspectorSource;
  readonly observations: number;
  readonly errors: readonly Unread[];
}

export interface OpenOptions {
  readonly signal: AbortSignal;
  /** How much is read, from 0 to 1; only of a file that takes a while. */
  readonly onProgress: (share: number) => void;
}

/** Bytes that are read at once without being noticed. */
const SMALL = 4_000_000;
/**
 * Reads a HAR, JSON Lines or saved report. A file in which nothing can be read has errors and no observations. A large
 * one is read entry by entry or line by line, so that the page answers meanwhile and only what is observed stays in
 * memory.
 *
 * @throws the signal's reason once it is aborted, the browser's error where the file cannot be read
 */
export async function openFile(file: PickedFile, options: OpenOptions): Promise<OpenedFile> {
  const pieces = file.size > SMALL ? await readPieces(file, options) : null;
  const { observations, errors, recorded } =
    pieces ?? readSource(decodeSource(new Uint8Array(await file.arrayBuffer())), 0);
  const snapshot = { observations, notes: [], unread: errors, ...(recorded === undefined ? {} : { recorded }) };
  return {
    observations: observations.length,
    errors,
    source: {
      kind: 'file',
      name: () => Promise.resolve(file.name),
      hint: null,
      read: () => Promise.resolve(snapshot),
      subscribe: () => () => undefined,
      clear: null,
    },
  };
}

/** `null` where it can only be read as a whole. */
async function readPieces(file: PickedFile, { signal, onProgress }: OpenOptions): Promise<ReadResult | null> {
  const reader = new PieceReader(0);
  const rest = createRest();
  for (let at = 0; at < file.size; at += PIECE) {
    const bytes = await file.slice(at, at + PIECE).arrayBuffer();
    signal.throwIfAborted();
    if (!reader.push(new Uint8Array(bytes))) return null;
    onProgress(Math.min(1, (at + PIECE) / file.size));
    await rest();
  }
  return reader.finish();
}
