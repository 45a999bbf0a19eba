import type { Observation } from '../model/observation.ts';
import type { InspectorSource } from '../view/inspector-source.ts';
import { inspectorWords } from '../view/words-inspector.ts';
import type { RunStore } from './run-store.ts';
import type { Session } from './session.ts';

/** The log of this browser session, all tabs, and the run that the extension itself made. */
export function createLiveSource(session: Session, runs: Pick<RunStore, 'read' | 'onChange'>): InspectorSource {
  return {
    kind: 'live',
    async name() {
      const [first, ...more] = await session.watchedHosts();
      if (first === undefined) return inspectorWords.nowhere;
      return first === '*' ? inspectorWords.allSites : inspectorWords.sites(first, more.length);
    },
    hint: null,
    latest: () => session.readLatest(),
    async read() {
      const [{ observations, notes }, run] = await Promise.all([session.readObservations(), runs.read()]);
      return { observations: [...observations, ...(run?.exchanges ?? [])].sort(byTime), notes };
    },
    subscribe(listener) {
      const ends = [session.onChange(listener), session.onPermissionChange(listener), runs.onChange(() => listener())];
      return () => {
        for (const end of ends) end();
      };
    },
    clear: async () => (await session.clearAll()).restore,
  };
}

function byTime(a: Observation, b: Observation): number {
  return (a.time ?? 0) - (b.time ?? 0);
}
