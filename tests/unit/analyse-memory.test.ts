import fc from 'fast-check';
import { expect, test } from 'vitest';

import { denseLog } from '../../bench/sign-ins.ts';
import { analyse, createMemory } from '../../lib/analyse.ts';
import { createLineageMemory, traceLineage, tracingLineage } from '../../lib/engine/lineage.ts';
import { parseObservations } from '../../lib/http/trace.ts';
import type { Observation } from '../../lib/model/observation.ts';
import type { FlowRule } from '../../lib/model/rule.ts';
import { finish } from '../../lib/model/work.ts';
import { RULES } from '../../lib/rules/index.ts';
import { seeded } from './har/seeded.ts';
import { loadRuleFiles } from './rules/rule-files.ts';

const NOW = Date.parse('2026-01-31T12:00:00Z');

const traces = (await loadRuleFiles()).flatMap(({ examples }) =>
  [...examples.violation, ...examples.clean, ...examples.lookAlike].map(({ trace }) => trace),
);

/** The observations of several traces in one, as one browser would have seen them, with names of their own. */
function joined(chosen: readonly number[]): readonly Observation[] {
  return chosen.flatMap((index, n) =>
    parseObservations(traces[index % traces.length] ?? '').map((one) =>
      one.is === 'exchange'
        ? {
            ...one,
            id: `${n}.${one.id}`,
            trace: 'all',
            redirectedFrom: one.redirectedFrom === null ? null : `${n}.${one.redirectedFrom}`,
          }
        : { ...one, trace: 'all' },
    ),
  );
}

/** The capture after so many observations: what the last one led to is not known yet. */
function at(all: readonly Observation[], count: number): readonly Observation[] {
  return all
    .slice(0, count)
    .map((one, index) => (one.is === 'exchange' && index === count - 1 ? { ...one, outcome: { is: 'unknown' } } : one));
}

test('a capture that grows is judged with a memory as it is without one', async () => {
  const growth = fc.record({
    chosen: fc.array(fc.nat(traces.length - 1), { minLength: 2, maxLength: 6 }),
    steps: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(growth, async ({ chosen, steps }) => {
      const all = joined(chosen);
      const memory = createMemory();
      const lineageMemory = createLineageMemory();
      let count = 0;
      for (const [index, step] of steps.entries()) {
        count = Math.min(all.length, count + step);
        // What is known is read anew each time, and sometimes something is gone from it.
        const observations = structuredClone(at(all, count).slice(index % 7 === 6 ? 1 : 0));
        const profile = index % 5 === 4 ? 'fapi2' : 'rfc9700';
        const options = { now: NOW + index * 1000, profile } as const;
        const analysis = await analyse(observations, { ...options, memory });
        expect(analysis).toEqual(await analyse(observations, options));
        expect(finish(tracingLineage(analysis, lineageMemory)).values).toEqual(traceLineage(analysis).values);
      }
    }),
    seeded(60),
  );
});

/** The rules with a count of how often a flow was judged. */
function counted() {
  const count = { judged: 0 };
  const rules = RULES.map((rule) =>
    rule.judges === 'trace'
      ? rule
      : {
          ...rule,
          check: (...args: Parameters<FlowRule['check']>) => {
            count.judged += 1;
            return rule.check(...args);
          },
        },
  );
  return { count, rules };
}

test('of a long capture in which one sign-in is new, hardly more than that is judged', async () => {
  const { count, rules } = counted();
  const memory = createMemory();
  await analyse(denseLog(1200), { now: NOW, rules, memory });
  const all = count.judged;
  count.judged = 0;
  await analyse(denseLog(1206), { now: NOW, rules, memory });
  expect(all).toBeGreaterThan(200 * 100);
  expect(count.judged).toBeLessThan(all / 5);
});

test('what was quoted is said anew once it is known to be a secret', async () => {
  const rule: FlowRule = {
    ...(RULES.find((one): one is FlowRule => one.judges !== 'trace') as FlowRule),
    check: (flow, c) => {
      const [message] = flow.messages;
      if (message === undefined) return c.pass;
      const quoted = c.plain(message.params.find(({ name }) => name === 'theme')?.value ?? '');
      return c.fail({ evidence: [c.absent(message, 'x')], summary: c.say`theme ${quoted}` });
    },
  };
  const flow = (more: string): string =>
    `GET https://as.example/authorize?response_type=code&client_id=web&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&${more}`;
  const before = parseObservations(flow('theme=Gd4sLhEfPiK6tVwR9x'));
  const later = parseObservations(`${flow('theme=Gd4sLhEfPiK6tVwR9x')}\n\n${flow('state=Gd4sLhEfPiK6tVwR9x')}`);
  const memory = createMemory();
  const quote = async (observations: readonly Observation[]): Promise<string | undefined> =>
    (await analyse(observations, { rules: [rule], memory })).findings.find(({ flow: id }) => id === 'f1')?.summary;
  expect(await quote(before)).toBe('theme Gd4sLhEfPiK6tVwR9x');
  expect(await quote(later)).toBe('theme Gd4s…•••• (18)');
});
