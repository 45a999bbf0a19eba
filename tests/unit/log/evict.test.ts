import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planEviction, type SizedEntry } from '../../../lib/log/evict.ts';
import type { LogRecord } from '../../../lib/log/records.ts';
import { seeded } from '../har/seeded.ts';
import { entries, request } from './traffic.ts';

/** Entries of 100 bytes each. */
function hundreds(...records: readonly LogRecord[]): SizedEntry[] {
  return entries(...records).map((entry) => ({ ...entry, bytes: 100 }));
}

function inTab(tab: number, id: string): LogRecord {
  return request('https://as.example/', { tab, id });
}

describe('planEviction', () => {
  it('removes nothing from a log that is small enough', () => {
    expect(planEviction(hundreds(inTab(1, 'a'), inTab(2, 'b')), 200)).toEqual({ keys: [], tabs: [] });
  });

  it('removes whole tabs, the one that was silent for longest first', () => {
    const log = hundreds(inTab(1, 'a'), inTab(2, 'b'), inTab(1, 'c'), inTab(3, 'd'));
    const { keys, tabs } = planEviction(log, 300);
    expect(tabs).toEqual([{ tab: 2, private: false, records: 1, whole: true }]);
    expect(keys).toEqual([log[1]?.key]);
    expect(planEviction(log, 250).tabs.map(({ tab }) => tab)).toEqual([2, 1]);
  });

  it('cuts only the tab that spoke last, request by request', () => {
    const log = hundreds(inTab(1, 'x'), inTab(2, 'a'), inTab(2, 'a'), inTab(2, 'b'), inTab(2, 'c'));
    const { keys, tabs } = planEviction(log, 300);
    expect(tabs).toEqual([
      { tab: 1, private: false, records: 1, whole: true },
      { tab: 2, private: false, records: 2, whole: false },
    ]);
    expect(keys).toEqual(log.slice(0, 3).map(({ key }) => key));
  });

  it('keeps a private tab apart from a normal one of the same number', () => {
    const log = hundreds({ ...inTab(1, 'a'), private: true }, inTab(1, 'b'));
    expect(planEviction(log, 100).tabs).toEqual([{ tab: 1, private: true, records: 1, whole: true }]);
  });

  it('adds up what was evicted before and leaves the word of other tabs alone', () => {
    const log = hundreds(
      { is: 'evicted', at: 1, tab: 1, records: 40, whole: true },
      { is: 'evicted', at: 1, tab: 9, records: 5, whole: true },
      inTab(1, 'a'),
      inTab(2, 'b'),
    );
    const { keys, tabs } = planEviction(log, 250);
    expect(tabs).toEqual([{ tab: 1, private: false, records: 41, whole: true }]);
    expect(keys).not.toContain(log[1]?.key);
  });

  it('reaches its target, removes each entry once and accounts for every one', () => {
    const record = fc.record({ tab: fc.integer({ min: -1, max: 4 }), id: fc.constantFrom('a', 'b', 'c') });
    const sized = fc.array(fc.tuple(record, fc.integer({ min: 1, max: 500 })), { maxLength: 40 });
    fc.assert(
      fc.property(sized, fc.nat(5000), (list, target) => {
        const log = entries(...list.map(([{ tab, id }]) => inTab(tab, `${tab}${id}`))).map((entry, index) => ({
          ...entry,
          bytes: list[index]?.[1] ?? 0,
        }));
        const { keys, tabs } = planEviction(log, target);
        const removed = new Set(keys);
        expect(removed.size).toBe(keys.length);
        const left = log.filter(({ key }) => !removed.has(key)).reduce((sum, { bytes }) => sum + bytes, 0);
        expect(left).toBeLessThanOrEqual(target);
        expect(tabs.reduce((sum, { records }) => sum + records, 0)).toBe(keys.length);
        for (const { tab, whole } of tabs) {
          if (whole) expect(log.filter((entry) => entry.record.tab === tab && !removed.has(entry.key))).toEqual([]);
        }
      }),
      seeded(300),
    );
  });
});
