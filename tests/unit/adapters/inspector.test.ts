import { expect, it, vi } from 'vitest';
import { createInspector, type InspectorParts } from '../../../lib/adapters/inspector.ts';
import { parseObservations } from '../../../lib/http/trace.ts';
import type { Observation } from '../../../lib/model/observation.ts';
import { NO_DECISIONS } from '../../../lib/view/decisions.ts';
import { flowList, NO_FILTER } from '../../../lib/view/flow-list.ts';
import { EMPTY_INSPECTOR, type InspectorData, type InspectorModel } from '../../../lib/view/inspector-model.ts';
import type { InspectorSource } from '../../../lib/view/inspector-source.ts';

const NOW = Date.parse('2026-01-31T12:00:00Z');

/** Sign-ins of two requests each. */
function signIns(count: number): readonly Observation[] {
  const one = (n: number): string => {
    const state = `Zk3qOq8vT1mXc0aJr5yW2bN7uGd${n}`;
    return `# time +${n}
GET https://as.example/authorize?response_type=code&client_id=web&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=${state}

302
Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSb${n}&state=${state}

# time +${n}.5
GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSb${n}&state=${state}

200`;
  };
  return parseObservations(Array.from({ length: count }, (_, n) => one(n)).join('\n\n'));
}

/** Nothing was ever decided. */
const AROUND: Omit<InspectorParts, 'source' | 'show'> = {
  memory: { readTold: () => Promise.resolve(new Map()), writeTold: () => Promise.resolve() },
  decisions: {
    read: () => Promise.resolve(NO_DECISIONS),
    write: () => Promise.resolve(),
    onChange: () => () => undefined,
  },
  onMuted: () => Promise.resolve(),
  now: () => NOW,
};

/** Everything that is shown of a source, in the order in which it was. */
async function shownOf(source: Pick<InspectorSource, 'read' | 'latest'>): Promise<readonly InspectorData[]> {
  const shown = new Set<InspectorData>();
  const inspector = createInspector({
    source: {
      kind: 'live',
      hint: null,
      name: () => Promise.resolve('x'),
      subscribe: () => () => undefined,
      clear: null,
      ...source,
    },
    ...AROUND,
    show: ({ data }) => {
      if (data !== null) shown.add(data);
    },
  });
  await inspector.refresh();
  return [...shown];
}

const rowsOf = (data: InspectorData): readonly string[] => flowList(data, NO_FILTER).rows.map(({ key }) => key);

it('shows the latest flows of a long capture before all of them, and all of them before their verdicts', async () => {
  const all = signIns(210);
  const asked: string[] = [];
  const shown = await shownOf({
    latest: () => {
      asked.push('latest');
      return Promise.resolve({ observations: all.slice(-60), notes: [] });
    },
    read: () => {
      asked.push('all');
      return Promise.resolve({ observations: all, notes: [] });
    },
  });
  expect(asked).toEqual(['latest', 'all']);
  expect(shown.map(({ judged }) => judged)).toEqual([false, false, true]);
  const [latest = [], known = [], verdicts = []] = shown.map(rowsOf);
  expect(latest).toHaveLength(31);
  expect(known).toHaveLength(211);
  // Each is read on where the one before was: nothing that is on screen moves.
  expect(known.slice(0, latest.length)).toEqual(latest);
  expect(verdicts).toEqual(known);
  expect(shown.at(-1)?.analysis.findings.length).toBeGreaterThan(0);
});

it('shows the latest flows first where the source cannot tell them apart, and a short capture at once', async () => {
  const long = await shownOf({ read: () => Promise.resolve({ observations: signIns(210), notes: [] }) });
  expect(long.map(({ judged, analysis }) => [judged, analysis.flows.length])).toEqual([
    [false, 200],
    [false, 210],
    [true, 210],
  ]);
  const short = await shownOf({
    latest: () => Promise.resolve(null),
    read: () => Promise.resolve({ observations: signIns(20), notes: [] }),
  });
  expect(short.map(({ judged, analysis }) => [judged, analysis.flows.length])).toEqual([[true, 20]]);
});

it('clears a paused view, too: what is shown and what waits, and both come back', async () => {
  let held = signIns(2);
  let tell = (): void => undefined;
  let model: InspectorModel = EMPTY_INSPECTOR;
  const inspector = createInspector({
    source: {
      kind: 'live',
      hint: null,
      name: () => Promise.resolve('x'),
      read: () => Promise.resolve({ observations: held, notes: [] }),
      subscribe: (listener) => {
        tell = listener;
        return () => undefined;
      },
      clear: () => {
        const before = held;
        held = [];
        return Promise.resolve(() => {
          held = before;
          return Promise.resolve();
        });
      },
    },
    ...AROUND,
    show: (next) => {
      model = next;
    },
  });
  const shown = (): readonly unknown[] => [model.data?.observations.length, model.paused?.waiting, model.clearable];
  await inspector.refresh();
  inspector.actions.pause();
  held = signIns(3);
  tell();
  await vi.waitFor(() => expect(shown()).toEqual([4, 2, true]));
  inspector.actions.clear();
  await vi.waitFor(() => expect(shown()).toEqual([0, 0, false]));
  expect(model.notice?.text).toBe('6 requests cleared.');
  held = signIns(1);
  tell();
  await vi.waitFor(() => expect(shown()).toEqual([0, 2, true]));
  model.notice?.undo?.();
  await vi.waitFor(() => expect(shown()).toEqual([6, 0, true]));
});

it('an export that fails is told in the notice, with what to do; one that is saved is not', async () => {
  let model: InspectorModel = EMPTY_INSPECTOR;
  const inspector = createInspector({
    source: {
      kind: 'live',
      hint: null,
      name: () => Promise.resolve('x'),
      read: () => Promise.resolve({ observations: signIns(1), notes: [] }),
      subscribe: () => () => undefined,
      clear: null,
    },
    memory: { readTold: () => Promise.resolve(new Map()), writeTold: () => Promise.resolve() },
    decisions: {
      read: () => Promise.resolve(NO_DECISIONS),
      write: () => Promise.resolve(),
      onChange: () => () => undefined,
    },
    onMuted: () => Promise.resolve(),
    show: (next) => {
      model = next;
    },
    now: () => 0,
  });
  await inspector.refresh();
  const run = (save: () => Promise<void>): Promise<boolean> =>
    new Promise((done) => {
      inspector.actions.export({ id: 'har', label: 'HAR', means: '', run: save }, () => done(true));
      setTimeout(() => done(false));
    });
  expect(await run(() => Promise.resolve())).toBe(true);
  expect(model.notice).toBe(null);
  const failing = [
    () => Promise.reject(new Error('no room')),
    () => {
      throw new Error('no room');
    },
  ];
  for (const save of failing) {
    inspector.actions.dismiss();
    expect(await run(save)).toBe(false);
    expect(model.notice?.text).toMatch(/^HAR could not be saved: no room\. .*try again/);
  }
});
