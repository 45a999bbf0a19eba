import { isRecord } from '../http/params.ts';
import type { Observation, PageScan, StorageSnapshot } from '../model/observation.ts';
import { readPage } from './lines.ts';
import { OWN_MEMBER } from './own-entry.ts';
import type { ReadError } from './read-result.ts';

type Line = Readonly<Record<string, unknown>>;

/** What a capture holds beside its requests, and what was found in it, under a member of `log`. */
export interface OwnLog {
  /** Storage and texts of pages, as lines of JSON Lines, with their index among all observations. */
  readonly pages: readonly { readonly at: number; readonly line: Line }[];
  /**
   * What was found before values were replaced, in the shape of `lib/engine/recorded.ts`; absent where the file holds the
   * values themselves and can be judged again.
   */
  readonly recorded?: unknown;
}

/** `null` where this program did not write the file. */
export function readOwnLog(log: Readonly<Record<string, unknown>>): OwnLog | null {
  const own = log[OWN_MEMBER];
  if (!isRecord(own)) return null;
  const pages = Array.isArray(own['pages']) ? own['pages'] : [];
  return {
    pages: pages.flatMap((page) => {
      const { at, line } = isRecord(page) ? page : {};
      return Number.isInteger(at) && isRecord(line) ? [{ at: at as number, line }] : [];
    }),
    ...(own['recorded'] === undefined ? {} : { recorded: own['recorded'] }),
  };
}

/** The line that `readPage` reads again. */
export function pageLine(page: StorageSnapshot | PageScan): Line {
  const { trace, time, truncated } = page;
  return {
    trace,
    time,
    truncated,
    ...(page.is === 'storage'
      ? { storage: { origin: page.origin, area: page.area, items: page.items, written: page.written } }
      : { script: { url: page.url, text: page.text, found: page.found } }),
  };
}

/** Puts what was seen of pages where it was among the requests. */
export function withPages(
  exchanges: readonly Observation[],
  pages: OwnLog['pages'],
  source: number,
  errors: ReadError[],
): Observation[] {
  const all = [...exchanges];
  let entries = exchanges.length;
  for (const { at, line } of [...pages].sort((a, b) => a.at - b.at)) {
    // Numbered on behind the entries.
    const read = readPage(line, source, entries++);
    if (typeof read === 'string') errors.push({ message: `"log.${OWN_MEMBER}.pages": ${read}` });
    else all.splice(at, 0, read);
  }
  return all;
}
