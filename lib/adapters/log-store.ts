import { planEviction, type SizedEntry } from '../log/evict.ts';
import { LOG_PREFIX, type LogEntry, type LogRecord, readRecord } from '../log/records.ts';
import { finish, type Work } from '../model/work.ts';
import type { LogArea } from './log-area.ts';

/**
 * Bytes of records above which the oldest tabs are removed. `storage.session` refuses writes beyond 10 MB in Chromium
 * and Firefox, counted after the browser's own overhead.
 */
const MAX_LOG = 6_000_000;
/** What a clean-up leaves, so that it does not run again at the next record. */
const TARGET = 4_500_000;

/** What the log says, of everything in its storage. */
export interface ReadLog {
  readonly entries: readonly LogEntry[];
  /** Stored records that this version cannot read. */
  readonly unreadable: number;
}

/** The log in its storage: one key for each record, so that an append never rewrites what is there. */
export interface LogStore {
  /**
   * Writes a record. The write is handed to the storage before this returns; the promise settles when it is done or
   * has failed for good, which then stands in the log as a `lost` record: `false`. Never rejects.
   */
  append(record: LogRecord): Promise<boolean>;
  /** The same, but nothing is removed to make room: `false` where the storage refuses it. */
  appendOnly(record: LogRecord): Promise<boolean>;
  read(): Promise<ReadLog>;
  remove(entries: readonly LogEntry[]): Promise<void>;
  /** Puts removed entries back under their old keys. */
  restore(entries: readonly LogEntry[]): Promise<void>;
  /** Removes the oldest tabs where the log is larger than `MAX_LOG`; the tabs of which something went. */
  trim(): Promise<readonly number[]>;
}

export function entriesOf(stored: Readonly<Record<string, unknown>>): ReadLog {
  return finish(readingEntries(stored));
}

/** The same, as work that may be interrupted between two records. */
export function* readingEntries(stored: Readonly<Record<string, unknown>>): Work<ReadLog> {
  const entries: LogEntry[] = [];
  let unreadable = 0;
  for (const [key, value] of Object.entries(stored)) {
    if (!key.startsWith(LOG_PREFIX)) continue;
    const record = readRecord(value);
    if (record === null) unreadable += 1;
    else entries.push({ key, record });
    yield;
  }
  return { entries, unreadable };
}

/** `now`: milliseconds since the epoch. */
export function createLogStore(area: LogArea, now: () => number): LogStore {
  const nextKey = keyMaker(now);
  let repairs: Promise<unknown> = Promise.resolve();

  const read = async (): ReturnType<LogStore['read']> => entriesOf(await area.get(null));

  /** Keeps at most this part of the bytes. The browser's count and ours differ, their ratio hardly does. */
  async function shrinkTo(part: number): Promise<readonly number[]> {
    const entries = (await read()).entries.map(sized);
    const bytes = sum(entries.map((entry) => entry.bytes));
    const { keys, tabs } = planEviction(entries, bytes * part);
    if (keys.length === 0) return [];
    await area.remove([...keys]);
    const at = now();
    const notes: Record<string, LogRecord> = {};
    for (const { tab, records, whole, private: hidden } of tabs) {
      notes[nextKey()] = { is: 'evicted', at, tab, records, whole, ...(hidden ? { private: true } : {}) };
    }
    await area.set(notes);
    return tabs.map(({ tab }) => tab);
  }

  /** Makes room for what the storage refused and tries once more; leaves word of it where that fails, too. */
  async function repair(key: string, record: LogRecord): Promise<boolean> {
    try {
      // The repair before this one may have made room enough.
      await area.set({ [key]: record }).catch(async () => {
        await shrinkTo(0.5);
        await area.set({ [key]: record });
      });
      return true;
    } catch (error) {
      const lost: LogRecord = {
        is: 'lost',
        at: record.at,
        tab: record.tab,
        reason: error instanceof Error ? error.message.slice(0, 200) : 'unknown',
        ...(record.private ? { private: true } : {}),
      };
      // Storage that refuses these few bytes, too, leaves nowhere to say so.
      await area.set({ [key]: lost }).catch(() => undefined);
      return false;
    }
  }

  return {
    read,
    append(record) {
      const key = nextKey();
      return area.set({ [key]: record }).then(
        () => true,
        () => {
          const repaired = repairs.then(() => repair(key, record));
          repairs = repaired;
          return repaired;
        },
      );
    },
    appendOnly: (record) =>
      area.set({ [nextKey()]: record }).then(
        () => true,
        () => false,
      ),
    remove: (entries) => area.remove(entries.map(({ key }) => key)),
    restore: (entries) => area.set(Object.fromEntries(entries.map(({ key, record }) => [key, record]))),
    async trim() {
      const all = await area.getBytesInUse(null);
      if (all <= MAX_LOG) return [];
      // What else lies there (records of pages, a run) has room of its own and must not drive anything out of the log.
      const items = Object.entries(await area.get(null));
      const bytesOf = (some: typeof items): number => sum(some.map(([key, value]) => sizeOf(key, value)));
      const log = items.filter(([key]) => key.startsWith(LOG_PREFIX));
      const bytes = (all * bytesOf(log)) / bytesOf(items);
      return bytes > MAX_LOG ? shrinkTo(TARGET / bytes) : [];
    },
  };
}

/**
 * Keys that sort in the order in which they were made and that no other start of the worker can make again: time,
 * count within this start, a random part drawn at the start. Nothing has to be read before the first write.
 */
function keyMaker(now: () => number): () => string {
  const start = crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? '';
  let latest = 0;
  let count = 0;
  return () => {
    // A clock that is set back must not turn the order of the events around.
    latest = Math.max(latest, Math.floor(now()));
    count += 1;
    return `${LOG_PREFIX}${String(latest).padStart(15, '0')}.${String(count).padStart(9, '0')}.${start}`;
  };
}

function sized(entry: LogEntry): SizedEntry {
  return { ...entry, bytes: sizeOf(entry.key, entry.record) };
}

function sizeOf(key: string, value: unknown): number {
  return new TextEncoder().encode(key + JSON.stringify(value)).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
