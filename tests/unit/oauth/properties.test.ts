import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { analyse } from '../../../lib/analyse.ts';
import { parseTrace } from '../../../lib/http/trace.ts';
import type { Flow } from '../../../lib/model/flow.ts';
import { seeded } from '../har/seeded.ts';
import { trace } from './flows.ts';
import { interleave, ordinary, saidOf, signIn, turns } from './sign-ins.ts';

/** Every message of the flow went to a host of that sign-in. */
const of = (name: string) => (flow: Flow) =>
  flow.messages.every((message) => message.endpoint.host.endsWith(`-${name}.example`));
/** Says that the recording names initiators and Referer headers, which some rules need to know before they pass. */
const RECORDED =
  '# initiator https://news.example/\nGET https://cdn.example/a.png\nReferer: https://news.example/today';
const analyseBlocks = (blocks: readonly string[]) => analyse(parseTrace(trace(RECORDED, ...blocks)));

describe('two sign-ins', () => {
  test('are judged among each other as each alone', async () => {
    await fc.assert(
      fc.asyncProperty(signIn('red'), signIn('blue'), turns, async (red, blue, order) => {
        const both = await analyseBlocks(interleave([red.exchanges, blue.exchanges], order));
        for (const [name, alone] of [
          ['red', red],
          ['blue', blue],
        ] as const) {
          expect(saidOf(both, of(name))).toEqual(saidOf(await analyseBlocks(alone.exchanges), () => true));
        }
      }),
      seeded(60),
    );
  });

  test('are one flow each with every message in it, so that the comparison is not one of nothing with nothing', async () => {
    let findings = 0;
    await fc.assert(
      fc.asyncProperty(signIn('red'), async ({ exchanges }) => {
        const analysis = await analyseBlocks(exchanges);
        expect(analysis.flows.map((flow) => flow.messages.length)).toEqual([analysis.messages.length]);
        expect(analysis.messages.length).toBeGreaterThanOrEqual(exchanges.length);
        findings += analysis.findings.length;
      }),
      seeded(40),
    );
    expect(findings).toBeGreaterThan(40);
  });
});

describe('unrelated requests', () => {
  test('change nothing wherever they stand', async () => {
    await fc.assert(
      fc.asyncProperty(
        signIn('red'),
        fc.array(ordinary, { maxLength: 12 }),
        turns,
        async ({ exchanges }, others, order) => {
          const alone = await analyseBlocks(exchanges);
          const among = await analyseBlocks(interleave([exchanges, others], order));
          expect(saidOf(among, () => true)).toEqual(saidOf(alone, () => true));
        },
      ),
      seeded(60),
    );
  });

  test('change nothing by their order, page loads among them', async () => {
    const pages = fc.constantFrom(
      '# resource document\nGET https://shop.example/',
      '# resource document\nGET https://news.example/today',
    );
    const some = fc.array(fc.oneof(ordinary, pages), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(signIn('red'), some, turns, turns, async ({ exchanges }, others, one, two) => {
        const first = await analyseBlocks(interleave([exchanges, others], one));
        const second = await analyseBlocks(interleave([exchanges, others.toReversed()], two));
        expect(saidOf(first, () => true)).toEqual(saidOf(second, () => true));
      }),
      seeded(40),
    );
  });
});
