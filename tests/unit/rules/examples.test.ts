import { describe, expect, test } from 'vitest';

import type { Examples } from '../../../lib/model/example.ts';
import type { Need, Outcome, Rule } from '../../../lib/model/rule.ts';
import { loadRuleFiles } from './rule-files.ts';
import { complaint } from './run-examples.ts';

const SORTS = ['violation', 'clean', 'lookAlike', 'cannotTell'] as const satisfies readonly (keyof Examples)[];
const files = await loadRuleFiles();

describe.each(files)('$rule.id', ({ rule, examples }) => {
  for (const sort of SORTS) {
    for (const example of examples[sort]) {
      test(`${sort}: ${example.name}`, async () => {
        expect(await complaint(rule, sort, example)).toBeNull();
      });
    }
  }

  test.each(constants())('a check that always answers "$name" fails an example', async ({ outcome }) => {
    expect(await someComplaint({ ...rule, check: outcome }, examples)).not.toBeNull();
  });
});

/** The first complaint about the examples under this rule. */
async function someComplaint(rule: Rule, examples: Examples): Promise<string | null> {
  for (const sort of SORTS) {
    for (const example of examples[sort]) {
      const text = await complaint(rule, sort, example);
      if (text !== null) return text;
    }
  }
  return null;
}

function constants(): { name: string; outcome: Rule['check'] }[] {
  const missing: readonly Need[] = ['authorization request'];
  return [
    { name: 'pass', outcome: () => ({ is: 'pass' }) },
    { name: 'notApplicable', outcome: () => ({ is: 'notApplicable' }) },
    { name: 'cannotTell', outcome: () => ({ is: 'cannotTell', missing }) },
    {
      name: 'fail',
      outcome: (flow, c): Outcome => {
        const [message] = flow.messages;
        return message === undefined
          ? c.notApplicable
          : c.fail({ evidence: [c.absent(message, 'x')], summary: c.say`always` });
      },
    },
  ];
}
