import { isRecord } from '../http/params.ts';
import type { PageScan, StorageSnapshot } from '../model/observation.ts';
import { NO_CONTENTS, type PageCheck, type PageCheckState, type PageContents } from '../model/page-check.ts';
import { type KeptObservation, readKept } from '../page/kept.ts';
import type { LogArea } from './log-area.ts';

/** Keys of checks and records begin so. */
const PAGE_PREFIX = 'page:';
const RECORD = 'page:record:';

/** Where the check of a tab says how far it is. */
export function checkKey(tab: number): string {
  return `page:check:${tab}`;
}

/** A change under this key is one of what was read, not of how far a check is. */
export function isPageRecord(key: string): boolean {
  return key.startsWith(RECORD);
}

/**
 * Bytes of all records of pages together, as JSON. They have room of their own beside the log (`log-store.ts`), so that
 * a check can never drop what was watched; the oldest record of another page goes first.
 */
export const MAX_PAGES = 2_500_000;

/** What checks of pages found out, in the memory of the browser session. */
export interface PageStore {
  readCheck(tab: number): Promise<PageCheck | null>;
  writeCheck(check: PageCheck): Promise<void>;
  /** Takes the place of the tab's record before it. Rejects where the memory refuses it. */
  write(owner: PageOwner, observations: readonly KeptObservation[]): Promise<void>;
  /** Removes checks and records; resolves to what puts them back. */
  remove(wanted: (record: PageOwner) => boolean): Promise<{ readonly count: number; restore(): Promise<void> }>;
}

export interface PageOwner {
  readonly tab: number;
  readonly private?: true;
}

interface StoredRecord extends PageOwner {
  readonly at: number;
  readonly observations: readonly unknown[];
}

type Stored = readonly [key: string, value: unknown];

function pagesIn(items: Readonly<Record<string, unknown>>): readonly Stored[] {
  return Object.entries(items).filter(([key]) => key.startsWith(PAGE_PREFIX));
}

function recordsIn(stored: readonly Stored[]): readonly (readonly [key: string, record: StoredRecord])[] {
  return stored.flatMap(([key, value]) => {
    const record = isPageRecord(key) ? readRecord(value) : null;
    return record === null ? [] : [[key, record] as const];
  });
}

/** What was kept of the pages that the filter wants, of everything in the storage; each tab has one record. */
export function pagesOf(
  stored: Readonly<Record<string, unknown>>,
  wanted: (record: PageOwner) => boolean,
): readonly (StorageSnapshot | PageScan)[] {
  const found = recordsIn(pagesIn(stored)).filter(([, record]) => wanted(record));
  return found.flatMap(([, { observations }]) => observations.flatMap((kept) => readKept(kept) ?? []));
}

export function createPageStore(area: LogArea, now: () => number): PageStore {
  const stored = async (): Promise<readonly Stored[]> => pagesIn(await area.get(null));

  return {
    async readCheck(tab) {
      const key = checkKey(tab);
      return readCheck((await area.get([key]))[key]);
    },
    writeCheck: (check) => area.set({ [checkKey(check.tab)]: check }),
    async write(owner, observations) {
      const key = `${RECORD}${owner.tab}`;
      const record: StoredRecord = { ...owner, at: now(), observations };
      const others = recordsIn(await stored())
        .filter(([other]) => other !== key)
        .toSorted(([, a], [, b]) => b.at - a.at);
      let room = MAX_PAGES - bytesOf(record);
      const gone: string[] = [];
      for (const [other, held] of others) {
        room -= bytesOf(held);
        if (room < 0) gone.push(other);
      }
      if (gone.length > 0) await area.remove(gone);
      await area.set({ [key]: record });
    },
    async remove(wanted) {
      const found = (await stored()).filter(([, value]) => isOwned(value) && wanted(value));
      await area.remove(found.map(([key]) => key));
      return {
        count: found.filter(([key]) => key.startsWith(RECORD)).length,
        restore: () => area.set(Object.fromEntries(found)),
      };
    },
  };
}

function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

function isOwned(value: unknown): value is PageOwner {
  return isRecord(value) && typeof value['tab'] === 'number';
}

function readRecord(value: unknown): StoredRecord | null {
  return isOwned(value) && isRecord(value) && Array.isArray(value['observations']) && typeof value['at'] === 'number'
    ? (value as unknown as StoredRecord)
    : null;
}

/** What a stored check says; `null` where this version cannot read it. */
function readCheck(value: unknown): PageCheck | null {
  if (!isOwned(value) || !isRecord(value)) return null;
  const { url, at, progress, contents } = value;
  const state = readState(value['state']);
  if (typeof url !== 'string' || typeof at !== 'number' || state === null || !isRecord(progress)) return null;
  return {
    tab: value.tab,
    ...(value.private ? { private: true } : {}),
    url,
    at,
    state,
    progress: { read: Number(progress['read']) || 0, of: Number(progress['of']) || 0 },
    contents: isRecord(contents) ? { ...NO_CONTENTS, ...(contents as Partial<PageContents>) } : NO_CONTENTS,
  };
}

function readState(value: unknown): PageCheckState | null {
  if (!isRecord(value)) return null;
  const { is } = value;
  switch (is) {
    case 'reading':
    case 'judging':
    case 'done':
    case 'cancelled':
    case 'interrupted':
      return { is };
    case 'failed':
      return { is, reason: String(value['reason'] ?? '') };
    default:
      return null;
  }
}
