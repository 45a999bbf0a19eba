import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observe } from '../../../lib/log/observe.ts';
import { REQUEST_HEADERS, RESPONSE_HEADERS, readRecord } from '../../../lib/log/records.ts';
import { seeded } from '../har/seeded.ts';
import { entries, madeLog, OWN } from './traffic.ts';

describe('readRecord', () => {
  it('gives back every record that was stored as JSON', () => {
    fc.assert(
      fc.property(madeLog, (log) => {
        for (const { record } of log.entries) expect(readRecord(JSON.parse(JSON.stringify(record)))).toEqual(record);
      }),
      seeded(50),
    );
  });

  it('refuses what is no record, and what it lets through can be put together', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('request', 'headers', 'redirect', 'completed', 'failed', 'opener', 'lost'),
      fc.constantFrom('stored', 'body', 'message', 'hooked'),
    );
    const any = fc.oneof(
      fc.anything(),
      fc.record(
        {
          is: text,
          at: fc.oneof(fc.double(), fc.anything()),
          tab: fc.oneof(fc.integer(), fc.anything()),
          id: text,
          url: text,
          method: text,
          type: text,
          status: fc.oneof(fc.integer(), fc.anything()),
          to: text,
          address: text,
          text,
          page: text,
          origin: text,
          area: fc.constantFrom('local', 'cookie', 'other'),
          items: fc.oneof(fc.array(fc.tuple(fc.string(), fc.string())), fc.anything()),
          reason: text,
          headers: fc.oneof(fc.array(fc.tuple(fc.string(), fc.string())), fc.anything()),
          body: fc.oneof(fc.constant({ seen: true, value: null }), fc.anything()),
          private: fc.oneof(fc.constant(true), fc.anything()),
        },
        { requiredKeys: ['is', 'at', 'tab', 'id', 'url', 'method', 'type'] },
      ),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), (values) => {
        const records = values.map(readRecord).filter((record) => record !== null);
        const { observations, pages } = observe(entries(...records), OWN);
        expect(observations.length + pages.length).toBeLessThanOrEqual(records.length);
      }),
      seeded(500),
    );
  });

  it.each([
    ['a word it does not know', { is: 'later', at: 1, tab: 1 }],
    ['a body in another shape', { is: 'request', at: 1, tab: 1, id: '', url: '', method: '', type: '', body: 'x=1' }],
    ['a time that is no number', { is: 'lost', at: Number.NaN, tab: 1, reason: '' }],
    [
      'a flag in another shape',
      { is: 'failed', at: 1, tab: 1, id: '', url: '', method: '', type: '', reason: '', cut: 1 },
    ],
  ])('refuses %s', (_what, value) => {
    expect(readRecord(value)).toBeNull();
  });

  it('keeps no cookies', () => {
    for (const names of [REQUEST_HEADERS, RESPONSE_HEADERS]) {
      expect([...names].filter((name) => name.includes('cookie') || name !== name.toLowerCase())).toEqual([]);
    }
  });
});
