import { describe, expect, test } from 'vitest';
import {
  type FindingView,
  findingMarkdown,
  findingViews,
  inReadingOrder,
  messageLine,
  problems,
  rawValue,
} from '../../../lib/view/findings.ts';
import { plainText } from '../../../lib/view/text.ts';
import { FEW_RULES, judge, RULE, rule, TOKEN, traces } from './support.ts';

const byId = (rules: typeof FEW_RULES) => new Map(rules.map((r) => [r.id, r]));

async function viewsOf(trace: string, rules = FEW_RULES): Promise<readonly FindingView[]> {
  const { analysis, flow } = await judge(trace, rules);
  return findingViews(analysis, flow, byId(rules));
}

/** Fails on every authorization request, pointing at each `state` in it. */
const pointsAtStates = rule({
  check: (flow, c) => {
    const request = flow.messages.find((m) => m.kind === 'authorizationRequest');
    const [first, ...rest] = (request?.params ?? []).filter((p) => p.name === 'state');
    if (request === undefined || first === undefined) return c.notApplicable;
    return c.fail({
      summary: c.say`The state is sent ${rest.length + 1} times.`,
      evidence: [c.at(request, first), ...rest.map((p) => c.at(request, p)), c.absent(request, 'nonce')],
    });
  },
});

describe('what a finding shows', () => {
  test('in the order: seen, why, fix, parameters to copy, sections, confidence', async () => {
    const [finding] = await viewsOf(traces.unknownClient, [pointsAtStates]);
    expect(finding).toMatchObject({
      severity: 'low',
      copy: 'state=…',
      confidence: { word: 'Certain' },
      references: [{ label: 'RFC 6749 §10.12', url: 'https://www.rfc-editor.org/rfc/rfc6749.html#section-10.12' }],
    });
    expect(plainText(finding?.fix ?? [])).toBe('Send a longer state.');
    expect(finding?.seen).toEqual([
      {
        message: 'GET as.example/authorize',
        times: 1,
        items: [
          expect.objectContaining({ name: 'state', value: 'af0i…•••• (20)' }),
          expect.objectContaining({ name: 'nonce', value: null, ref: null }),
        ],
      },
    ]);
  });

  test('messages that say the same in the same words are told once, with their number', async () => {
    const state = 'af0ifjsldkj3kQv7Lr0z';
    const request = `GET https://as.example/authorize?response_type=code&client_id=c1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=${state}`;
    const everyState = rule({
      check: (flow, c) => {
        const [first, ...rest] = flow.messages.flatMap((m) =>
          m.params.filter(({ name }) => name === 'state').map((param) => c.at(m, param)),
        );
        return first === undefined ? c.notApplicable : c.fail({ summary: c.say`Sent.`, evidence: [first, ...rest] });
      },
    });
    const [finding] = await viewsOf(`${request}\n\n200\n\n${request}\n\n200`, [everyState]);
    expect(
      finding?.seen.map(({ message, times, items }) => [message, times, items.map(({ refs }) => refs.length)]),
    ).toEqual([['GET as.example/authorize', 2, [2]]]);
    if (finding !== undefined) expect(findingMarkdown(finding)).toContain('- `GET as.example/authorize` (2 times)');
  });

  test('an eye only where something is masked', async () => {
    const [finding] = await viewsOf(traces.implicit);
    const items = finding?.seen.flatMap((seen) => seen.items);
    expect(items).toEqual([expect.objectContaining({ name: 'response_type', value: 'token', ref: null })]);
  });

  test('what another finding explains stands below it and is not counted', async () => {
    const views = await viewsOf(traces.implicit);
    expect(views.map((view) => [view.rule, view.children.map((child) => child.rule)])).toEqual([
      ['implicit-flow', ['token-in-fragment']],
    ]);
    expect(problems(views)).toBe(1);
  });

  test('notes are no problems', () => {
    expect(problems([{ severity: 'info' }, { severity: 'low' }])).toBe(1);
  });
});

describe('the raw value is found by its place', () => {
  test('each of several parameters of one name is its own', async () => {
    const trace =
      'GET https://as.example/authorize?response_type=code&client_id=web1&state=first-state-aaaaaaaa&state=second-state-bbbbbbb';
    const { analysis, flow } = await judge(trace, [pointsAtStates]);
    const refs = findingViews(analysis, flow, byId([RULE]))
      .flatMap((finding) => finding.seen)
      .flatMap((seen) => seen.items)
      .flatMap((item) => (item.ref === null ? [] : [item.ref]));
    expect(refs.map((ref) => rawValue(analysis, ref))).toEqual(['first-state-aaaaaaaa', 'second-state-bbbbbbb']);
  });

  test('and is gone with its message', async () => {
    const { analysis } = await judge(traces.implicit);
    const ref = { message: 99, observation: 99, where: 'fragment', name: 'access_token', nth: 0 } as const;
    expect(rawValue(analysis, ref)).toBeNull();
    expect(rawValue(analysis, { ...ref, message: 1, name: 'nothing' })).toBeNull();
    expect(rawValue(analysis, { ...ref, message: 1 })).toBe(TOKEN);
  });
});

describe('nothing moves under the eyes of the reader', () => {
  test('what is new is appended, although it is worse', async () => {
    const [finding] = await viewsOf(traces.implicit);
    if (finding === undefined) throw new Error('no finding');
    const list = ['worst', 'a', 'b'].map((key) => ({ ...finding, key }));
    expect(inReadingOrder(list, ['a', 'b']).map((f) => f.key)).toEqual(['a', 'b', 'worst']);
    expect(inReadingOrder(list, []).map((f) => f.key)).toEqual(['worst', 'a', 'b']);
  });
});

describe('how a message is called', () => {
  const line = async (trace: string, at = 0) => {
    const { analysis } = await judge(trace);
    const message = analysis.messages[at];
    return message === undefined ? '' : messageLine(message);
  };
  test.each([
    [
      'a request',
      'GET https://as.example/authorize?response_type=code&client_id=a&state=b',
      'GET as.example/authorize',
    ],
    [
      'plain http shows itself',
      'GET http://as.example/authorize?response_type=code&client_id=a&state=b',
      'GET http://as.example/authorize',
    ],
    [
      'a port',
      'GET https://as.example:8443/authorize?response_type=code&client_id=a&state=b',
      'GET as.example:8443/authorize',
    ],
    [
      'a long path is cut',
      `GET https://as.example/${'x'.repeat(300)}/authorize?response_type=code&client_id=a&state=b&scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2Fcb`,
      `GET as.example/${'x'.repeat(59)}…`,
    ],
  ])('%s', async (_, trace, text) => {
    expect(await line(trace)).toBe(text);
  });

  test('a redirect whose target was not requested', async () => {
    const trace = `${traces.started}\n\n302\nLocation: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7zZk3q`;
    expect(await line(trace, 1)).toBe('Redirect to app.example/cb');
  });
});

describe('a finding as Markdown', () => {
  test('says everything, values masked', async () => {
    const [finding] = await viewsOf(traces.unknownClient, [pointsAtStates]);
    if (finding === undefined) throw new Error('no finding');
    expect(findingMarkdown(finding)).toBe(`### The state is short

Severity: Low. Confidence: Certain. Rule: \`test-rule\`

**Seen:** The state is sent 1 times.
- \`GET as.example/authorize\`
  - \`state=af0i…•••• (20)\` (query)
  - \`nonce\` not sent (query)

**Why:** A short value can be guessed.

**Fix:** Send a longer \`state\`.

\`\`\`
state=…
\`\`\`

Specification: [RFC 6749 §10.12](https://www.rfc-editor.org/rfc/rfc6749.html#section-10.12)
`);
  });

  test('captured text becomes neither markup nor a link, and cannot leave its code span', async () => {
    const hostile = '``` <img src=x> [a](javascript:alert`1`) @someone';
    const named = rule({
      check: (flow, c) => {
        const [message] = flow.messages;
        if (message === undefined) return c.notApplicable;
        return c.fail({
          summary: c.say`Host ${c.plain('<b>*x*</b> [a](b)')}`,
          evidence: [{ message, where: 'query', name: hostile, value: '`' }],
        });
      },
    });
    const [finding] = await viewsOf(traces.started, [named]);
    if (finding === undefined) throw new Error('no finding');
    const text = findingMarkdown(finding);
    expect(text).toContain('**Seen:** Host \\<b\\>\\*x\\*\\</b\\> \\[a\\]\\(b\\)');
    expect(text).toContain('```` ``` <img src=x> [a](javascript:alert`1`) @someone=` ````');
  });
});
