import { finish, type Work } from '../model/work.ts';

/** A known text at a place of another. */
export interface Match<T> {
  readonly at: number;
  readonly length: number;
  readonly found: T;
}

/** Every known text is looked for at each place by its first characters: the cost does not grow with their number. */
const LEAD = 4;
const TAIL = 4;

interface OfLength<T> {
  readonly length: number;
  /** Tokens of one issuer begin alike: their last characters tell them apart before they are compared as a whole. */
  readonly byTail: Map<string, Map<string, T>>;
}

/**
 * Finds many texts in another in one pass: at each place before `end` the longest that begins there, overlapping ones
 * too. A text shorter than four characters is never found.
 */
export function createFinder<T>(known: Iterable<readonly [text: string, found: T]>): Finder<T> {
  const finder = createGrowingFinder<T>();
  finish(finder.adding(known));
  return finder;
}

export interface Finder<T> {
  find(text: string, end?: number): Generator<Match<T>>;
}

export interface GrowingFinder<T> extends Finder<T> {
  /** May be interrupted between two texts. Of a text that is known already the first counts. */
  adding(known: Iterable<readonly [text: string, found: T]>): Work<void>;
}

/** The same, to which texts are added later. */
export function createGrowingFinder<T>(): GrowingFinder<T> {
  const byLead = new Map<string, OfLength<T>[]>();
  /** Whether some known text begins with a character pair like this one: most places are dismissed by it. */
  const begins = new Uint8Array(1 << 14);

  function add(text: string, found: T): void {
    if (text.length < LEAD) return;
    begins[pair(text, 0)] = 1;
    const lead = text.slice(0, LEAD);
    const lengths = entry(byLead, lead, (): OfLength<T>[] => []);
    let same = lengths.find(({ length }) => length === text.length);
    if (same === undefined) {
      same = { length: text.length, byTail: new Map() };
      lengths.push(same);
      lengths.sort((a, b) => b.length - a.length);
    }
    const alike = entry(same.byTail, text.slice(-TAIL), () => new Map<string, T>());
    if (!alike.has(text)) alike.set(text, found);
  }

  function longestAt(text: string, at: number): Match<T> | null {
    const lengths = byLead.get(text.slice(at, at + LEAD));
    if (lengths === undefined) return null;
    for (const { length, byTail } of lengths) {
      const alike = byTail.get(text.slice(at + length - TAIL, at + length));
      if (alike === undefined) continue;
      const written = text.slice(at, at + length);
      const found = alike.get(written);
      if (found !== undefined || alike.has(written)) return { at, length, found: found as T };
    }
    return null;
  }

  return {
    *adding(known) {
      for (const [text, found] of known) {
        add(text, found);
        yield;
      }
    },
    *find(text, end = text.length) {
      if (byLead.size === 0) return;
      const last = Math.min(end, text.length - LEAD + 1);
      for (let at = 0; at < last; at++) {
        if (begins[pair(text, at)] !== 1) continue;
        const match = longestAt(text, at);
        if (match !== null) yield match;
      }
    },
  };
}

function pair(text: string, at: number): number {
  return ((text.charCodeAt(at) & 0x7f) << 7) | (text.charCodeAt(at + 1) & 0x7f);
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
