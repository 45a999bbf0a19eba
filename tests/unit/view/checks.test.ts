import { describe, expect, test } from 'vitest';
import type { Need } from '../../../lib/model/rule.ts';
import { RULES } from '../../../lib/rules/index.ts';
import { checksView, type HintFacts, TELLING, unjudgedCount } from '../../../lib/view/checks.ts';
import { plainText } from '../../../lib/view/text.ts';
import { judge, rule, traces } from './support.ts';

const lacking = (id: string, first: Need, ...more: Need[]) =>
  rule({ id, subject: `Subject of ${id}`, check: (_, c) => c.cannotTell(first, ...more) });

async function checksOf(trace: string, rules: Parameters<typeof judge>[1] & {}, facts: Partial<HintFacts> = {}) {
  const { analysis, flow } = await judge(trace, rules);
  return checksView(analysis, flow, new Map(rules.map((r) => [r.id, r])), {
    addressOnly: false,
    progress: 'done',
    flow,
    watchingAll: false,
    watchable: null,
    ...facts,
  });
}

describe('every verdict has its row', () => {
  const rules = [
    rule({ id: 'passes', subject: 'The `state` is long' }),
    lacking('cannot', 'response body'),
    rule({ id: 'none', check: (_, c) => c.notApplicable }),
    rule({
      id: 'throws',
      subject: 'Broken',
      check: () => {
        throw new TypeError('the text of an exception may hold captured data');
      },
    }),
  ];

  test('passed with its section, not judged with its reason, broken with its name only', async () => {
    const checks = await checksOf(traces.clean, rules);
    expect(checks.passed.map((row) => [plainText(row.subject), row.reference?.label])).toEqual([
      ['The state is long', 'RFC 6749 §10.12'],
    ]);
    expect(checks.unjudged.map((group) => [group.id, group.items.map((item) => item.rule)])).toEqual([
      ['body', ['cannot']],
    ]);
    expect(checks.unjudged[0]?.items[0]?.missing).toEqual(['the body of the response']);
    expect(checks.failedChecks.map((row) => row.message)).toEqual(['TypeError in throws']);
    expect(unjudgedCount(checks)).toBe(1);
  });
});

test('rules that are named for the order of rows exist', () => {
  const ids = new Set(RULES.map(({ id }) => id));
  expect(TELLING.filter((id) => !ids.has(id))).toEqual([]);
});

describe('what would show it', () => {
  const watchable = { origins: ['https://as.example'], name: 'as.example' };

  test.each<[string, string, readonly [Need, ...Need[]], Partial<HintFacts>, string]>([
    ['only the address was read', traces.started, ['token request'], { addressOnly: true }, 'watch'],
    [
      'the answer of the server is never in an address',
      traces.started,
      ['response body'],
      { addressOnly: true },
      'body',
    ],
    ['the sign-in goes on', traces.started, ['authorization response'], { progress: 'running' }, 'later'],
    ['nor has the token come yet', traces.started, ['token response'], { progress: 'running' }, 'later'],
    ['the server refused', traces.refused, ['token request'], { progress: 'stopped' }, 'ended'],
    ['it ended before', traces.started, ['authorization response'], { progress: 'unfinished' }, 'callback'],
    ['the page redeemed the code, the answer is hidden', traces.clean, ['token response'], {}, 'body'],
    ['nobody was seen to redeem the code', traces.unknownClient, ['token request'], {}, 'tokenRequest'],
    [
      'all sites are watched, so the server did',
      traces.unknownClient,
      ['token request'],
      { watchingAll: true },
      'server',
    ],
    ['the client type', traces.started, ['client type'], {}, 'clientType'],
    ['the metadata', traces.started, ['server metadata'], {}, 'metadata'],
    ['several needs: the one that is hardest to meet', traces.clean, ['client type', 'response body'], {}, 'body'],
    ['the page', traces.started, ['page'], {}, 'page'],
  ])('%s', async (_, trace, [first, ...more], facts, hint) => {
    const checks = await checksOf(trace, [lacking('r', first, ...more)], facts);
    expect(checks.unjudged.map((group) => group.id)).toEqual([hint]);
  });

  test('a press that helps is offered where watching helps, and nowhere else', async () => {
    const rules = [lacking('a', 'authorization request'), lacking('b', 'response body')];
    const { unjudged } = await checksOf(traces.clean, rules, { watchable });
    expect(unjudged.map((group) => [group.id, group.watch?.name ?? null])).toEqual([
      ['request', 'as.example'],
      ['body', null],
    ]);
  });
});
