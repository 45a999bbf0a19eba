import { readHar } from '../har/har.ts';
import { mergeCaptures } from '../log/merge-captures.ts';
import type { LogNote } from '../log/notes.ts';
import { LOG_PREFIX } from '../log/records.ts';
import type { Exchange, Observation } from '../model/observation.ts';
import type { InspectorSource } from '../view/inspector-source.ts';
import { inspectorWords } from '../view/words-inspector.ts';
import type { DevtoolsTraffic } from './devtools-traffic.ts';
import { isPageRecord } from './page-store.ts';
import type { WatchLog } from './watch-log.ts';

export interface DevtoolsParts {
  readonly traffic: DevtoolsTraffic;
  /** What Watch saw: of the inspected tab only. */
  readonly log: Pick<WatchLog, 'observed' | 'onChanged'>;
  readonly tab: number;
  readonly hint: string | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The traffic of the inspected tab, with response bodies, and what Watch saw of it besides; each request once. */
export function createDevtoolsSource({ traffic, log, tab, hint, now }: DevtoolsParts): InspectorSource {
  /** What Watch saw before this moment was cleared here; its log is not touched. */
  let from = 0;
  return {
    kind: 'panel',
    name: () => Promise.resolve(inspectorWords.panel),
    hint,
    async read() {
      const { entries, dropped } = traffic.read();
      const { observations, notes } = await log.observed({ tab });
      const since = observations.filter(({ time }) => (time ?? 0) >= from);
      const watched = since.filter(isExchange);
      const read = readHar({ log: { entries } }, 0)
        .observations.filter(isExchange)
        .map((one) => ({
          ...one,
          id: `devtools:${one.id}`,
          trace: 'devtools',
          capture: 'devtools' as const,
          redirectedFrom: one.redirectedFrom === null ? null : `devtools:${one.redirectedFrom}`,
          tab,
        }));
      const merged = mergeCaptures(read, watched);
      // What was read of the page belongs to the same trace as the traffic.
      const pages = since.flatMap((one) => (isExchange(one) ? [] : { ...one, trace: merged[0]?.trace ?? one.trace }));
      const gone: LogNote[] =
        dropped === 0 ? [] : [{ is: 'evicted', tab, time: now(), records: dropped, whole: false }];
      return { observations: numbered([...merged, ...pages]), notes: [...notes, ...gone] };
    },
    subscribe(listener) {
      const end = traffic.subscribe(listener);
      const heard = (changes: Readonly<Record<string, unknown>>): void => {
        if (Object.keys(changes).some((key) => key.startsWith(LOG_PREFIX) || isPageRecord(key))) listener();
      };
      log.onChanged.addListener(heard);
      return () => {
        end();
        log.onChanged.removeListener(heard);
      };
    },
    clear() {
      const before = from;
      from = now();
      const restore = traffic.clear();
      return Promise.resolve(() => {
        from = before;
        restore();
        return Promise.resolve();
      });
    },
  };
}

function isExchange(one: Observation): one is Exchange {
  return one.is === 'exchange';
}

/** Reports name a request by its number: two captures are one list now. */
function numbered(observations: readonly Observation[]): readonly Observation[] {
  return observations.map((one, entry) => ({ ...one, source: { source: 0, entry } }));
}
