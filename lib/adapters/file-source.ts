import { decodeSource, readSource } from '../har/read.ts';
import type { PickedFile } from '../view/inspector-model.ts';
import type { InspectorSource } from '../view/inspector-source.ts';

/** A file that was read: what is in it, and what of it could not be read. */
export interface OpenedFile {
  readonly source: InspectorSource;
  readonly observations: number;
  readonly errors: readonly string[];
}

/** Reads a HAR, JSON Lines or saved report. A file in which nothing can be read has errors and no observations. */
export async function openFile(file: PickedFile): Promise<OpenedFile> {
  const { observations, errors, recorded } = readSource(decodeSource(new Uint8Array(await file.arrayBuffer())), 0);
  return {
    observations: observations.length,
    errors: errors.map(({ message }) => message),
    source: {
      kind: 'file',
      name: () => Promise.resolve(file.name),
      hint: null,
      read: () => Promise.resolve({ observations, notes: [], ...(recorded === undefined ? {} : { recorded }) }),
      subscribe: () => () => undefined,
      clear: null,
    },
  };
}
