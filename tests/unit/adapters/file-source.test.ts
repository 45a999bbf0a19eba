import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { ordinaryHar } from '../../../bench/ordinary.ts';
import { openFile } from '../../../lib/adapters/file-source.ts';

setFlagsFromString('--expose_gc');
const collectGarbage: () => void = runInNewContext('gc');

const HAR = ordinaryHar(24_000_000);
const file = (text: string) => new File([text], 'big.har');

it('a large HAR is read in pieces, and says how far it is', async () => {
  const shares: number[] = [];
  const { observations, errors } = await openFile(file(HAR), {
    signal: new AbortController().signal,
    onProgress: (share) => shares.push(share),
  });
  expect(errors).toEqual([]);
  expect(observations).toBe(JSON.parse(HAR).log.entries.length);
  expect(shares.length).toBeGreaterThan(10);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});

it('cancelling stops it and lets go of what was read', async () => {
  const big = file(HAR);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const controller = new AbortController();
  let share = 0;
  const reading = openFile(big, {
    signal: controller.signal,
    onProgress: (now) => {
      share = now;
      if (now > 0.5) controller.abort();
    },
  });
  await expect(reading).rejects.toThrow();
  expect(share).toBeLessThan(0.9);
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000);
});

it('what is broken in a large HAR is named with entry, line, column and byte', async () => {
  const at = HAR.lastIndexOf('"startedDateTime"');
  const { observations, errors } = await openFile(file(HAR.slice(0, at) + HAR.slice(at + 1)), {
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  expect(observations).toBe(0);
  const line = HAR.slice(0, at).split('\n').length;
  expect(errors).toEqual([
    {
      entry: JSON.parse(HAR).log.entries.length - 1,
      line,
      message: `not JSON at line ${line}, column 9 (byte ${at}): expected a name in double quotes or "}", found "s"`,
    },
  ]);
});

const LINE = JSON.stringify({ url: 'https://app.example/x', body: 'x'.repeat(1000) });

it.each([
  ['JSON Lines', `${LINE}\n`.repeat(8000), 8000],
  ['saved report', `{"schema":1,"findings":[],"capture":${HAR}}`, JSON.parse(HAR).log.entries.length],
])('a large %s is read in pieces, too, and can be cancelled', async (_name, text, count) => {
  const shares: number[] = [];
  const { observations } = await openFile(file(text), {
    signal: new AbortController().signal,
    onProgress: (share) => shares.push(share),
  });
  expect(observations).toBe(count);
  expect(shares.length).toBeGreaterThan(5);
  const controller = new AbortController();
  const reading = openFile(file(text), { signal: controller.signal, onProgress: () => controller.abort() });
  await expect(reading).rejects.toThrow();
});
