import type { ChromiumTab } from '../tests/e2e/harness/chromium.ts';

/** One event of a trace of the browser; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  /** Time of the processor alone: what else the machine did meanwhile does not count. */
  readonly tdur?: number;
}

/** Milliseconds of each task above 50 ms, by the clock and of the processor, and of the longest task of all. */
export interface PageTasks {
  readonly long: readonly number[];
  readonly processor: readonly number[];
  readonly longest: number;
}

const MARK = 'the page of the bench';
const LONG = 50;

/** The tasks in the page's thread while something is done, and shortly after. */
export async function longTasks({ page }: ChromiumTab, act: () => Promise<unknown>): Promise<PageTasks> {
  const events: TraceEvent[] = [];
  const cdp = await page.context().newCDPSession(page);
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['blink.user_timing', 'disabled-by-default-devtools.timeline'] },
  });
  await page.evaluate((name) => performance.mark(name), MARK);
  await act();
  await page.waitForTimeout(3000);
  const done = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
  await cdp.send('Tracing.end');
  await done;
  await cdp.detach();
  const thread = events.find(({ name }) => name === MARK);
  const tasks = events.filter(({ name, pid, tid }) => name === 'RunTask' && pid === thread?.pid && tid === thread.tid);
  if (tasks.length === 0) throw new Error('the trace has no tasks');
  const over = (time: 'dur' | 'tdur'): readonly number[] =>
    tasks.map((task) => (task[time] ?? 0) / 1000).filter((took) => took > LONG);
  return { long: over('dur'), processor: over('tdur'), longest: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000 };
}

export function toldTasks({ long, processor, longest }: PageTasks): string {
  const list = (all: readonly number[]): string =>
    all.length === 0 ? 'none' : all.map((took) => took.toFixed(0)).join(', ');
  return `tasks above ${LONG} ms: ${list(long)}; of the processor: ${list(processor)}; longest ${longest.toFixed(0)} ms`;
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
