import type { LogEntry } from './records.ts';

/** An entry with the room it takes. */
export interface SizedEntry extends LogEntry {
  /** Bytes of key and record as UTF-8 JSON. */
  readonly bytes: number;
}

/** What to remove, and the part of it that is said to the person. */
export interface Eviction {
  readonly keys: readonly string[];
  readonly tabs: readonly EvictedTab[];
}

export interface EvictedTab {
  /** -1: requests without a tab. */
  readonly tab: number;
  readonly private: boolean;
  readonly records: number;
  readonly whole: boolean;
}

/**
 * Chooses what to remove so that at most `target` bytes remain: whole tabs, the one that was silent for longest first,
 * because half of a sign-in would be judged wrongly. Only the tab that spoke last is cut, request by request, where it
 * alone is too much. What earlier evictions left to be said about a tab is added up, never lost.
 */
export function planEviction(entries: readonly SizedEntry[], target: number): Eviction {
  let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const keys: string[] = [];
  const tabs: EvictedTab[] = [];
  const groups = groupByTab(entries);
  for (const [index, group] of groups.entries()) {
    if (bytes <= target) break;
    const removed = index === groups.length - 1 ? oldestRequests(group.entries, bytes - target) : group.entries;
    let records = removed.length;
    for (const entry of [...removed, ...group.notes]) {
      bytes -= entry.bytes;
      keys.push(entry.key);
      if (entry.record.is === 'evicted') records += entry.record.records;
      else if (entry.record.is === 'opener') records -= 1;
    }
    if (records === 0) continue;
    tabs.push({
      tab: group.tab,
      private: group.private,
      records,
      whole: removed.length === group.entries.length,
    });
  }
  return { keys, tabs };
}

interface Group {
  readonly tab: number;
  readonly private: boolean;
  /** In the order of their keys; at least one. */
  readonly entries: SizedEntry[];
  /** What earlier evictions left. */
  readonly notes: SizedEntry[];
}

/** One group for each tab that holds more than notes, the one that was silent for longest first. */
function groupByTab(entries: readonly SizedEntry[]): Group[] {
  const groups = new Map<string, Group>();
  for (const entry of entries.toSorted(byKey)) {
    const { tab, private: hidden } = entry.record;
    const name = `${hidden ? 'private' : 'normal'} ${tab}`;
    const group = groups.get(name) ?? { tab, private: hidden === true, entries: [], notes: [] };
    groups.set(name, group);
    (entry.record.is === 'evicted' ? group.notes : group.entries).push(entry);
  }
  return [...groups.values()]
    .filter((group) => group.entries.length > 0)
    .sort((a, b) => (newest(a) < newest(b) ? -1 : 1));
}

function newest(group: Group): string {
  return group.entries.at(-1)?.key ?? '';
}

/** The oldest requests of a tab, complete, that together free at least `bytes`. */
function oldestRequests(entries: readonly SizedEntry[], bytes: number): SizedEntry[] {
  const requests = new Map<string, SizedEntry[]>();
  for (const entry of entries) {
    const id = 'id' in entry.record ? entry.record.id : entry.key;
    const request = requests.get(id);
    if (request) request.push(entry);
    else requests.set(id, [entry]);
  }
  const removed: SizedEntry[] = [];
  let freed = 0;
  for (const request of requests.values()) {
    if (freed >= bytes) break;
    for (const entry of request) {
      freed += entry.bytes;
      removed.push(entry);
    }
  }
  return removed;
}

function byKey(a: LogEntry, b: LogEntry): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
