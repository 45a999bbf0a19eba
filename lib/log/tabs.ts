import type { LogEntry, LogRecord } from './records.ts';

/**
 * The entries that concern one tab: its own, those of tabs that it opened or that opened it (a sign-in in a popup
 * window), and requests without a tab (service workers) sent by an origin seen in these tabs.
 */
export function entriesOfTab(entries: readonly LogEntry[], tab: number): LogEntry[] {
  const family = familyOf(entries, tab);
  const origins = new Set<string>();
  for (const { record } of entries)
    if (family.has(record.tab)) for (const origin of originsOf(record)) origins.add(origin);
  return entries.filter(({ record }) => family.has(record.tab) || (record.tab < 0 && sentFrom(record, origins)));
}

/** The tabs whose entries include this record: whom its arrival concerns. */
export function tabsConcerned(entries: readonly LogEntry[], record: LogRecord): ReadonlySet<number> {
  if (record.tab >= 0) return familyOf(entries, record.tab);
  const tabs = new Set<number>();
  for (const other of entries) {
    if (other.record.tab >= 0 && sentFrom(record, new Set(originsOf(other.record)))) {
      for (const tab of familyOf(entries, other.record.tab)) tabs.add(tab);
    }
  }
  return tabs;
}

function familyOf(entries: readonly LogEntry[], tab: number): ReadonlySet<number> {
  const family = new Set([tab]);
  let size = 0;
  while (size !== family.size) {
    size = family.size;
    for (const { record } of entries) {
      if (record.is !== 'opener') continue;
      if (family.has(record.tab)) family.add(record.opener);
      else if (family.has(record.opener)) family.add(record.tab);
    }
  }
  return family;
}

function originsOf(record: LogRecord): string[] {
  if (!('url' in record)) return [];
  return [originOf(record.url), record.from].filter((origin) => origin !== null && origin !== undefined);
}

function sentFrom(record: LogRecord, origins: ReadonlySet<string>): boolean {
  return 'url' in record && record.from !== undefined && origins.has(record.from);
}

function originOf(url: string): string | null {
  try {
    const { origin } = new URL(url);
    return origin === 'null' ? null : origin;
  } catch {
    return null;
  }
}
