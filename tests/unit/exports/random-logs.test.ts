import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseTrace } from '../../../lib/http/trace.ts';
import { seeded } from '../har/seeded.ts';
import { trace } from '../oauth/flows.ts';
import { interleave, ordinary, signIn, turns } from '../oauth/sign-ins.ts';
import { exported, harSchema, imported, judgement, shown } from './through-inspector.ts';

const logs = fc
  .tuple(signIn('red'), signIn('blue'), fc.array(ordinary, { maxLength: 4 }), turns)
  .map(([red, blue, others, order]) => ({
    blocks: interleave([red.exchanges, blue.exchanges, others], order),
    secrets: [...red.secrets, ...blue.secrets],
  }));

it('of any log: own files fit the schema, hold no secret, and give the same flows and findings again', async () => {
  const validate = harSchema();
  await fc.assert(
    fc.asyncProperty(logs, async ({ blocks, secrets }) => {
      const before = await shown({ observations: parseTrace(trace(...blocks)), notes: [] });
      const { har = '', json = '', raw = '', ...reports } = await exported(before);
      for (const text of [har, raw]) {
        validate(JSON.parse(text));
        expect(validate.errors ?? []).toEqual([]);
      }
      for (const [name, text] of Object.entries({ har, json, ...reports })) {
        for (const secret of secrets) expect(text.includes(secret) ? `${secret} in ${name}` : '').toBe('');
      }
      for (const text of [har, json, raw]) expect(judgement(await imported(text))).toEqual(judgement(before));
    }),
    seeded(20),
  );
}, 120_000);
