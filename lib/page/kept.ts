import { isRecord } from '../http/params.ts';
import type { PageScan, StorageSnapshot } from '../model/observation.ts';
import { reducedMap } from './source-maps.ts';

/** A text without what nobody asks for: pieces as they are, and for each gap its length, line ends and last column. */
export type PackedText = readonly (string | PackedGap)[];
export type PackedGap = readonly [length: number, lines: number, column: number];

/** A place in a text that has to be kept, UTF-16 units. */
export interface KeptPlace {
  readonly offset: number;
  readonly length: number;
}

/** Characters that are kept on each side of a place. */
const AROUND = 2000;
/** A link to a source map stands at the end. */
const TAIL = 300;
/** Signs of which values are made: a cut between two of them would make another value. */
const OF_VALUES = /[\w.~+/=-]/;

/**
 * The places with what stands around them; the rest of the text becomes gaps, so that a megabyte of code with one value
 * in it costs a few kilobytes. Unpacked, every kept character has its offset, line and column again.
 */
export function packText(text: string, places: readonly KeptPlace[]): PackedText {
  const spans = [...places, { offset: text.length - TAIL, length: TAIL }]
    .map(({ offset, length }) => ({
      start: cutBefore(text, Math.max(0, offset - AROUND)),
      end: Math.min(text.length, offset + length + AROUND),
    }))
    .sort((a, b) => a.start - b.start);
  const packed: (string | PackedGap)[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    if (end <= at) continue;
    if (start > at) packed.push(gapOf(text.slice(at, start)));
    packed.push(text.slice(Math.max(start, at), end));
    at = end;
  }
  return packed;
}

/** Not in the middle of a value, as far as one can see from here. */
function cutBefore(text: string, start: number): number {
  let at = start;
  while (at > 0 && start - at < AROUND && OF_VALUES.test(text.charAt(at - 1))) at -= 1;
  return at;
}

function gapOf(text: string): PackedGap {
  const lines = text.split('\n').length - 1;
  return [text.length, lines, text.length - text.lastIndexOf('\n') - 1];
}

/** Spaces and line ends in the gaps. */
export function unpackText(packed: PackedText): string {
  return packed
    .map((part) => {
      if (typeof part === 'string') return part;
      const [length, lines, column] = part;
      if (lines === 0) return ' '.repeat(length);
      return ' '.repeat(Math.max(0, length - lines - column)) + '\n'.repeat(lines) + ' '.repeat(column);
    })
    .join('');
}

/** Reads back what was stored; `null` where it is no packed text. */
export function readPackedText(value: unknown): PackedText | null {
  if (!Array.isArray(value)) return null;
  const isGap = (part: unknown): boolean =>
    Array.isArray(part) && part.length === 3 && part.every((n) => Number.isInteger(n) && n >= 0 && n < 1e9);
  return value.every((part) => typeof part === 'string' || isGap(part)) ? (value as PackedText) : null;
}

/** A text of a page as it is stored. */
export type PackedScan = Omit<PageScan, 'text'> & { readonly packed: PackedText };
export type KeptObservation = StorageSnapshot | PackedScan;

/** Reads back an observation of a page; `null` where it is none that this version understands. */
export function readKept(value: unknown): StorageSnapshot | PageScan | null {
  if (!isRecord(value) || typeof value['id'] !== 'string' || typeof value['trace'] !== 'string') return null;
  if (value['is'] === 'storage') {
    return Array.isArray(value['items']) && typeof value['origin'] === 'string'
      ? (value as unknown as StorageSnapshot)
      : null;
  }
  if (value['is'] !== 'script' || typeof value['url'] !== 'string') return null;
  const packed = readPackedText(value['packed']);
  if (packed === null) return null;
  const { packed: _, ...rest } = value as unknown as PackedScan;
  return { ...rest, text: unpackText(packed) };
}

/** Characters of texts and values that a check keeps. */
const MAX_KEPT = 1_000_000;
/** A text with something in it that is kept as it is; of a longer one, what stands around it. */
const WHOLE = 65_536;
/** Values without anything in them that are kept as they are, one by one and together. */
const SMALL = 8000;
const ALL_SMALL = 200_000;

/** What of an observation has to be kept. */
export interface Kept {
  readonly observation: StorageSnapshot | PageScan;
  /** Places in a text; keys of a storage area. */
  readonly places: readonly KeptPlace[];
  readonly keys: ReadonlySet<string>;
  /** A place in a script was found in its sources by this map. */
  readonly leads: boolean;
}

/**
 * Of all that was read, what findings and the life of tokens rest on. What holds nothing stays as an empty text or
 * value: that it was looked at, and found to hold nothing, is known. `false`: something that was found had no room.
 */
export function keep(all: readonly Kept[]): {
  readonly observations: readonly KeptObservation[];
  readonly whole: boolean;
} {
  let room = MAX_KEPT;
  let small = ALL_SMALL;
  let whole = true;
  const fits = (length: number): boolean => {
    if (length > room) {
      whole = false;
      return false;
    }
    room -= length;
    return true;
  };
  const observations = all.map(({ observation, places, keys, leads }): KeptObservation => {
    if (observation.is === 'storage') {
      const items = observation.items.map(([key, value]): readonly [string, string] => {
        // A cookie in parts is one value: `name.0`, `name.1`.
        if (keys.has(key) || keys.has(key.replace(/\.\d+$/, ''))) return [key, fits(value.length) ? value : ''];
        if (value.length > SMALL || value.length > small) return [key, ''];
        small -= value.length;
        return [key, value];
      });
      return { ...observation, items };
    }
    const { text, ...rest } = observation;
    if (places.length === 0 && !leads) return { ...rest, packed: [] };
    const values = places.map(({ offset, length }) => text.slice(offset, offset + length));
    const map = text.length <= WHOLE ? null : reducedMap(observation, values, leads);
    const packed = map !== null ? [map] : text.length <= WHOLE ? [text] : packText(text, places);
    const length = packed.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 12), 0);
    return { ...rest, packed: fits(length) ? packed : [] };
  });
  return { observations, whole };
}
