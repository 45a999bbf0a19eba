import fc from 'fast-check';
import type { LogEntry, LogRecord } from '../../../lib/log/records.ts';
import { type Body, type Seen, seen } from '../../../lib/model/observation.ts';

/** Sign-in traffic as the browser tells of it, for tests of the log. */

export const OWN = { origin: 'chrome-extension://abc', redirects: ['https://abc.chromiumapp.org/'] };

/** Entries with keys in the order of the list. */
export function entries(...records: readonly LogRecord[]): LogEntry[] {
  return records.map((record, index) => ({ key: `log:${String(index).padStart(6, '0')}`, record }));
}

interface Of {
  readonly id?: string;
  readonly at?: number;
  readonly tab?: number;
  readonly type?: string;
  readonly method?: string;
  readonly from?: string;
  readonly private?: true;
  readonly store?: string;
  readonly cut?: true;
  readonly recorded?: true;
}

function traffic(url: string, of: Of) {
  return { id: '1', at: 1000, tab: 7, type: 'main_frame', method: 'GET', ...of, url };
}

export function request(url: string, of: Of & { readonly body?: Seen<Body | null> } = {}): LogRecord {
  return { is: 'request', body: seen(null), ...traffic(url, of) };
}

export function redirect(url: string, to: string, of: Of = {}): LogRecord {
  return { is: 'redirect', status: 302, to, headers: [], ...traffic(url, of) };
}

export function headers(url: string, pairs: readonly (readonly [string, string])[], of: Of = {}): LogRecord {
  return { is: 'headers', headers: pairs, ...traffic(url, of) };
}

export function completed(url: string, status: number, of: Of = {}): LogRecord {
  return { is: 'completed', status, headers: [], ...traffic(url, of) };
}

export function failed(url: string, reason: string, of: Of = {}): LogRecord {
  return { is: 'failed', reason, ...traffic(url, of) };
}

/** One hop and the records that were told of it. */
export interface MadeHop {
  readonly url: string;
  readonly records: readonly LogRecord[];
}

/** Requests that ran side by side, each a list of hops with addresses of their own, and all their records in order. */
export interface MadeLog {
  readonly requests: readonly (readonly MadeHop[])[];
  /** Times are a millisecond apart. */
  readonly entries: readonly LogEntry[];
  /** By the key of an entry. */
  readonly hopOf: ReadonlyMap<string, MadeHop>;
}

const hopShape = fc.record({
  fragment: fc.boolean(),
  headers: fc.boolean(),
  end: fc.constantFrom('completed' as const, 'failed' as const, 'none' as const),
});

/** Every hop has its request record; the last may have any end, those before are redirects. */
export const madeLog: fc.Arbitrary<MadeLog> = fc
  .record({
    requests: fc.array(fc.array(hopShape, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
    turns: fc.array(fc.nat(3), { maxLength: 60 }),
  })
  .map(({ requests: shapes, turns }) => {
    const requests = shapes.map((hops, number) =>
      hops.map((hop, index): MadeHop => {
        const base = `https://h${number}.example/${index}`;
        const url = hop.fragment ? `${base}#f` : base;
        const of = { id: `r${number}` };
        const records = [request(url, of)];
        if (hop.headers) records.push(headers(base, [['Origin', `o${index}`]], of));
        if (index < hops.length - 1) records.push(redirect(base, `https://h${number}.example/${index + 1}`, of));
        else if (hop.end === 'completed') records.push(completed(base, 200, of));
        else if (hop.end === 'failed') records.push(failed(base, 'net::ERR_FAILED', of));
        return { url, records };
      }),
    );
    const told = interleave(requests, turns);
    const made = entries(...told.map(({ record }, index) => ({ ...record, at: 1000 + index })));
    return { requests, entries: made, hopOf: new Map(made.map(({ key }, index) => [key, told[index]?.hop ?? NO_HOP])) };
  });

const NO_HOP: MadeHop = { url: '', records: [] };

interface Told {
  readonly hop: MadeHop;
  readonly record: LogRecord;
}

/** Keeps the order within each request; `turns` says which of them speaks next. */
function interleave(requests: readonly (readonly MadeHop[])[], turns: readonly number[]): Told[] {
  const queues = requests.map((hops) => hops.flatMap((hop) => hop.records.map((record) => ({ hop, record }))));
  const told: Told[] = [];
  for (const turn of turns) {
    const next = queues[turn % queues.length]?.shift();
    if (next !== undefined) told.push(next);
  }
  return [...told, ...queues.flat()];
}
