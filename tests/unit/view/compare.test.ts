import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type CompareView, compareView, counterpart } from '../../../lib/view/compare.ts';
import type { InspectorData } from '../../../lib/view/inspector-model.ts';
import { plainText } from '../../../lib/view/text.ts';
import { inspectorData } from './inspector-data.ts';
import { CODE, STATE, traces } from './support.ts';

const TYPE = 'Content-Type: application/json';
const OTHER_CODE = 'aB7tQmOBeZQQYbYS6WxSbI';
const OTHER_STATE = 'bZ0ifjsldkjQ2w7zZk9x';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const OTHER_VERIFIER = 't4RwtJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challenge = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');
const again = traces.clean
  .replaceAll(CODE, OTHER_CODE)
  .replaceAll(STATE, OTHER_STATE)
  .replaceAll(VERIFIER, OTHER_VERIFIER)
  .replaceAll(challenge(VERIFIER), challenge(OTHER_VERIFIER));
const slash = again.replace(/(grant_type=.*?redirect_uri=[^&]*cb)/, '$1%2F');

const works = `${traces.clean}\n\n200\n${TYPE}\n\n{"access_token":"${CODE}-access-0","token_type":"Bearer"}`;
const fails = `${slash}\n\n400\n${TYPE}\n\n{"error":"invalid_grant"}`;

async function compared(first: string, second: string): Promise<{ data: InspectorData; view: CompareView }> {
  const data = await inspectorData(`${first}\n\n${second}`);
  const [a, b] = data.analysis.flows;
  if (a === undefined || b === undefined) throw new Error('expected two flows');
  return { data, view: compareView(data, a, b) };
}

/** `≠ redirect_uri: https://app.example/cb | https://app.example/cb/` */
function rows({ steps }: CompareView): readonly string[] {
  return steps.flatMap((step) => [
    `${step.number} ${step.name}: ${step.a} | ${step.b}`,
    ...step.rows
      .filter(({ sign }) => sign === 'differs')
      .map(({ name, a, b }) => `≠ ${name}: ${a?.value ?? 'none'} | ${b?.value ?? 'none'}`),
  ]);
}

describe('the sign-in that works beside the one that fails', () => {
  test('says at which message they part, and by what', async () => {
    const { view } = await compared(works, fails);
    expect(view.heading).toBe('They part at: Token request');
    expect(plainText(view.detail)).toMatch(/^B has another redirect_uri\. \d differences matter, 4 values are new/);
    expect(rows(view)).toEqual([
      '1 Authorization request: GET as.example/authorize | GET as.example/authorize',
      '2 Callback: GET app.example/cb | GET app.example/cb',
      '3 Token request: POST as.example/token | POST as.example/token',
      '≠ redirect_uri: https://app.example/cb | https://app.example/cb/',
      '4 Token response: 200 from as.example/token | 400 from as.example/token',
      expect.stringMatching(/^≠ access_token: .*•••• \(\d+\) \| none$/),
      '≠ token_type: Bearer | none',
      '≠ error: none | invalid_grant',
    ]);
  });

  test('marks the stretch that differs, and whether a value came unchanged', async () => {
    const { view } = await compared(works, fails);
    const row = view.steps[2]?.rows.find(({ name }) => name === 'redirect_uri');
    const { b } = row ?? {};
    expect(b?.value.slice(b.from, b.to)).toBe('/');
    expect([row?.a?.note, b?.note]).toEqual(['as in 1', 'not as in 1']);
    expect(view.steps[2]?.rows.find(({ name }) => name === 'code_verifier')?.a?.note).toBe('fits the challenge');
  });

  test('what is new each time is no difference, and secrets stay masked', async () => {
    const { view } = await compared(works, fails);
    const fresh = view.steps.flatMap((step) => step.rows.filter(({ sign }) => sign === 'fresh'));
    expect(new Set(fresh.map(({ name }) => name))).toEqual(
      new Set(['state', 'code', 'code_challenge', 'code_verifier']),
    );
    const text = JSON.stringify(view);
    for (const secret of [CODE, OTHER_CODE, STATE, OTHER_STATE]) expect(text).not.toContain(secret);
  });

  test('verdicts that differ, worst first, and the finding that only one has', async () => {
    const { view } = await compared(works, fails);
    const row = view.verdicts.find(({ rule }) => rule === 'redirect-uri-mismatch');
    expect([row?.a, view.finding?.rule]).toEqual(['pass', 'redirect-uri-mismatch']);
    expect(view.verdicts.every(({ a, b }) => a !== b)).toBe(true);
    expect(view.sameVerdicts).toBeGreaterThan(20);
    expect(view.markdown).toContain('| ≠ | `redirect_uri` | `https://app.example/cb` | `https://app.example/cb/` |');
  });
});

test('two sound sign-ins are alike', async () => {
  const { view } = await compared(traces.clean, again);
  expect(view.heading).toBe('They are alike');
});

test('a flow that ends early: the messages that it never reached', async () => {
  const { view } = await compared(works, traces.refused.replaceAll(STATE, OTHER_STATE));
  expect(rows(view).at(-1)).toBe('4 Token response: 200 from as.example/token | null');
  expect(view.heading).toBe('They part at: Callback');
});

test('a flow is held against one of its own client rather than another, and never against itself', async () => {
  const { data } = await compared(works, fails);
  const [a, b] = data.analysis.flows;
  expect(b === undefined ? null : counterpart(data, b)).toBe(a);
  const alone = await inspectorData(traces.clean);
  const [only] = alone.analysis.flows;
  expect(only === undefined ? null : counterpart(alone, only)).toBeNull();
});
