import { describe, expect, test } from 'vitest';

import type { Examples } from '../../../lib/model/example.ts';
import type { Need, Outcome, Rule, RuleContext } from '../../../lib/model/rule.ts';
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
    expect(await someComplaint(answering(rule, outcome), examples)).not.toBeNull();
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

type Constant = (context: RuleContext) => Outcome;

function answering(rule: Rule, outcome: Constant): Rule {
  return { ...rule, check: (_: unknown, context: RuleContext) => outcome(context) } as Rule;
}

function constants(): { name: string; outcome: Constant }[] {
  const missing: readonly Need[] = ['authorization request'];
  return [
    { name: 'pass', outcome: () => ({ is: 'pass' }) },
    { name: 'notApplicable', outcome: () => ({ is: 'notApplicable' }) },
    { name: 'cannotTell', outcome: () => ({ is: 'cannotTell', missing }) },
    {
      name: 'fail',
      outcome: (c) => {
        const message = c.flows[0]?.messages[0];
        const [snapshot] = c.snapshots;
        const [scan] = c.scans;
        const [exchange] = c.exchanges;
        const summary = c.say`always`;
        if (message !== undefined) return c.fail({ evidence: [c.absent(message, 'x')], summary });
        if (snapshot !== undefined) {
          return c.fail({ evidence: [c.inStorage({ snapshot, name: 'x', value: 'x', index: 0 })], summary });
        }
        if (scan !== undefined) return c.fail({ evidence: [c.inText(scan, { name: 'x', offset: 0 }, 'x')], summary });
        if (exchange === undefined) return c.notApplicable;
        return c.fail({ evidence: [c.inRequest(exchange, 'url', 'x', 'x')], summary });
      },
    },
  ];
}
