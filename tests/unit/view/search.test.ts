import { expect, test } from 'vitest';
import { popupView } from '../../../lib/view/popup.ts';
import { searchReport } from '../../../lib/view/search.ts';
import { FEW_RULES, inputOf, rule, traces } from './support.ts';

async function found(trace: string, query: string, rules = FEW_RULES) {
  const view = popupView(await inputOf({ trace, rules }));
  if (view.state !== 'flow') throw new Error(view.state);
  return searchReport(view.report, query);
}

test('finds a check by its title, by its id, and by what it explains', async () => {
  for (const query of ['authorization endpoint', 'implicit-flow', 'IMPLICIT', 'token-in-fragment']) {
    const { findings } = await found(traces.implicit, query);
    expect(
      findings.map((finding) => finding.rule),
      query,
    ).toEqual(['implicit-flow']);
  }
});

test('every word has to be there', async () => {
  const rules = [rule({ id: 'x', subject: 'Length of the state' }), rule({ id: 'y', subject: 'State of the nation' })];
  const { passed, count } = await found(traces.clean, 'state length', rules);
  expect([passed.map((row) => row.rule), count]).toEqual([['x'], 1]);
});

test('groups without a hit are left out', async () => {
  const rules = [
    rule({ id: 'x', subject: 'One', check: (_, c) => c.cannotTell('page') }),
    rule({ id: 'y', subject: 'Two', check: (_, c) => c.cannotTell('response body') }),
  ];
  expect((await found(traces.clean, 'two', rules)).unjudged.map((group) => group.id)).toEqual(['body']);
  expect((await found(traces.clean, 'three', rules)).count).toBe(0);
});
