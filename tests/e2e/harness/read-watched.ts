import { entriesOf } from '../../../lib/adapters/log-store.ts';
import { analyse } from '../../../lib/analyse.ts';
import { observe } from '../../../lib/log/observe.ts';
import type { LogEntry } from '../../../lib/log/records.ts';
import { entriesOfTab } from '../../../lib/log/tabs.ts';
import type { Analysis } from '../../../lib/model/analysis.ts';
import { type Extension, until } from './browser.ts';

declare const chrome: {
  readonly storage: { readonly session: { get(keys: null): Promise<Readonly<Record<string, unknown>>> } };
};

/** What Watch recorded, as soon as it holds the end of every back-channel request that it saw begin. */
export function readWatchLog({ background }: Extension): Promise<readonly LogEntry[]> {
  return until('the log to be complete', async () => {
    const { entries } = entriesOf(await background.evaluate(() => chrome.storage.session.get(null), undefined));
    const ended = new Set(
      entries.flatMap(({ record }) => (record.is === 'completed' || record.is === 'failed' ? [record.id] : [])),
    );
    const open = entries.filter(
      ({ record }) => record.is === 'request' && !/_frame$/.test(record.type) && !ended.has(record.id),
    );
    return entries.length > 0 && open.length === 0 ? entries : null;
  });
}

/**
 * The analysis that popup and badge show of a tab, with the verdicts that they fold away.
 *
 * @param address - beginning of an address that only this tab had
 */
export function judgeWatched(entries: readonly LogEntry[], address: string, { origin }: Extension): Promise<Analysis> {
  const first = entries.find(({ record }) => 'url' in record && record.url.startsWith(address));
  if (first === undefined) throw new Error(`Watch recorded nothing of ${address}`);
  const { observations } = observe(entriesOfTab(entries, first.record.tab), { origin, redirects: [] });
  return analyse(observations, { now: Date.now() });
}
