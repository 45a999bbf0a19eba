import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose_gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Something to time: work of this process, or what times itself. */
export type Contender = { readonly name: string } & (
  | {
      /** What it returns is kept, so that the engine cannot leave the work out. */
      readonly run: () => unknown;
    }
  | {
      /** Milliseconds of one run. */
      readonly time: () => number;
    }
);

export interface Comparison {
  readonly name: string;
  /** Milliseconds of processor time of one run, median over the rounds. */
  readonly median: number;
  /** Time over that of the baseline in the same round: median and the middle 80 %. */
  readonly ratio: { readonly low: number; readonly median: number; readonly high: number };
}

/** Milliseconds of processor time that this process has used: what others do on the machine counts less than by the clock. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Where results go; read by nobody. */
export const sink: { value: unknown } = { value: null };

/**
 * Times contenders in interleaved rounds, each round in another order, so that a busy machine slows all of them alike.
 * The baseline runs a second time under the name `A/A`: its ratio says how far the figures can be trusted.
 */
export async function compare(
  baseline: Contender,
  contenders: readonly Contender[],
  rounds: number,
): Promise<Comparison[]> {
  const all = [baseline, { ...baseline, name: 'A/A' }, ...contenders];
  const times = all.map((): number[] => []);
  for (let round = -Math.ceil(rounds / 4); round < rounds; round++) {
    for (let turn = 0; turn < all.length; turn++) {
      const index = (turn + Math.abs(round)) % all.length;
      const contender = all[index];
      if (contender === undefined) continue;
      const time = 'time' in contender ? contender.time() : await timeOf(contender.run);
      // Rounds before 0 warm up.
      if (round >= 0) times[index]?.push(time);
    }
  }
  const base = times[0] ?? [];
  return all.map(({ name }, index) => {
    const own = times[index] ?? [];
    const ratios = own.map((time, round) => time / (base[round] ?? Number.NaN));
    return {
      name,
      median: quantile(own, 0.5),
      ratio: { low: quantile(ratios, 0.1), median: quantile(ratios, 0.5), high: quantile(ratios, 0.9) },
    };
  });
}

async function timeOf(run: () => unknown): Promise<number> {
  // The garbage of one contender must not be collected on the time of the next.
  sink.value = null;
  collectGarbage();
  const start = processorTime();
  sink.value = await run();
  return processorTime() - start;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Prints ratios; `limits` names the ratio that a contender must not exceed. */
export function print(
  title: string,
  comparisons: readonly Comparison[],
  limits: Readonly<Record<string, number>> = {},
): void {
  const [baseline, ...others] = comparisons;
  if (baseline === undefined) return;
  const lines = [`${title}`, `  baseline ${baseline.name}: ${baseline.median.toFixed(3)} ms`];
  for (const { name, median, ratio } of others) {
    const limit = limits[name];
    const verdict = limit === undefined ? '' : `, at most ${limit}: ${ratio.median <= limit ? 'holds' : 'MISSED'}`;
    const spread = `${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}`;
    lines.push(`  ${name}: ${ratio.median.toFixed(3)} × baseline (${spread}; ${median.toFixed(3)} ms)${verdict}`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
