import type { PageScan, StorageSnapshot } from '../model/observation.ts';
import type { LogEntry, LogRecord } from './records.ts';

type Traced = Pick<Extract<LogRecord, { is: 'stored' }>, 'private' | 'store'>;

/** What the records of recordings say about pages, in the order of the entries. */
export function pageObservations(
  entries: readonly LogEntry[],
  traceOf: (record: Traced) => string,
): readonly (StorageSnapshot | PageScan)[] {
  const observations: (StorageSnapshot | PageScan)[] = [];
  for (const { key, record } of entries) {
    if (record.is !== 'stored' && record.is !== 'message') continue;
    const common = {
      id: key,
      trace: traceOf(record),
      capture: 'record' as const,
      time: record.at,
      tab: record.tab,
      source: { source: 0, entry: observations.length },
    };
    if (record.is === 'message') {
      // For which origin it was meant is not seen by the window that gets it.
      const { page, text } = record;
      observations.push({ is: 'script', ...common, url: page, found: 'message', text, truncated: true });
    } else {
      const { origin, area, items, cut, written } = record;
      const partly = written === true ? { written } : {};
      observations.push({ is: 'storage', ...common, origin, area, items, truncated: cut === true, ...partly });
    }
  }
  return observations;
}
