import { expect, test } from 'vitest';

import { denseLog } from '../../bench/sign-ins.ts';
import { analyse } from '../../lib/analyse.ts';
import { parseTrace } from '../../lib/http/trace.ts';
import type { Analysis } from '../../lib/model/analysis.ts';
import type { Observation, StorageSnapshot } from '../../lib/model/observation.ts';
import { answer, authorize, redirect, tokenRequest, trace } from './oauth/flows.ts';

const CALLBACK = 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA';
const SIGN_IN = trace(
  authorize({ state: null }),
  redirect(CALLBACK),
  `GET ${CALLBACK}`,
  `# initiator https://app.example\n${tokenRequest('grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1')}`,
  answer({ access_token: '2YotnFZFEjr1zCsicMWpAA', token_type: 'Bearer' }),
);

/** Freezes everything in reach. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) frozen(member);
  }
  return value;
}

test('the same observations give the same analysis, and are left as they are', async () => {
  const observations = frozen(parseTrace(SIGN_IN));
  const first = await analyse(observations);
  expect(first.findings.map((finding) => finding.rule)).toEqual(
    expect.arrayContaining(['missing-pkce', 'missing-state']),
  );
  expect(await analyse(observations)).toEqual(first);
});

test('messages are numbered in order, and findings and evidence point at them', async () => {
  const { messages, flows, findings } = await analyse(parseTrace(SIGN_IN));
  expect(messages.map((message) => message.index)).toEqual([0, 1, 2, 3]);
  expect(flows.map((flow) => flow.messages)).toEqual([messages]);
  for (const finding of findings) {
    for (const index of [finding.message, ...finding.evidence.map((one) => one.message)]) {
      expect(messages[index ?? -1]).toBeDefined();
    }
    expect(flows.map((flow) => flow.id)).toContain(finding.flow);
  }
});

test('the person’s word about the client changes what is judged', async () => {
  const observations = parseTrace(authorize({}));
  const severity = async (clientType: 'public' | 'confidential' | 'unknown') => {
    const { findings } = await analyse(observations, { clientType });
    return findings.find((finding) => finding.rule === 'missing-pkce')?.severity;
  };
  expect(await severity('public')).toBe('high');
  expect(await severity('confidential')).toBe('medium');
  expect(await severity('unknown')).toBe('medium');
});

test('the worst finding of all flows comes first', async () => {
  const weak = authorize({ client: 'web2', to: 'https://shop.example/cb', state: null });
  const { findings } = await analyse(parseTrace(trace(authorize({}), weak)));
  const ranks = findings
    .filter((finding) => finding.parent === null)
    .map((finding) => ['high', 'medium', 'low', 'info'].indexOf(finding.severity));
  expect(ranks.length).toBeGreaterThan(1);
  expect(ranks).toEqual(ranks.toSorted());
});

test('what is no exchange is no message', async () => {
  const storage: StorageSnapshot = {
    is: 'storage',
    id: 's1',
    trace: 'trace',
    capture: 'record',
    time: null,
    tab: null,
    origin: 'https://app.example',
    area: 'local',
    items: [['access_token', '2YotnFZFEjr1zCsicMWpAA']],
    truncated: false,
    source: { source: 0, entry: 0 },
  };
  const observations: Observation[] = [storage, ...parseTrace(authorize({}))];
  expect((await analyse(observations)).messages).toHaveLength(1);
});

test('with rests between, an analysis is the same, and its flows are known before their verdicts', async () => {
  const observations = denseLog(60);
  const plain = await analyse(observations);
  let rests = 0;
  const known: Analysis[] = [];
  const resting = await analyse(observations, {
    rest: () => {
      rests += 1;
      return rests % 7 === 0 ? Promise.resolve() : null;
    },
    flowsKnown: (analysis) => known.push(analysis),
  });
  expect(resting).toEqual(plain);
  expect(known).toEqual([{ ...plain, findings: [], verdicts: [] }]);
  // Recognising, correlating, collecting and judging each rest at every exchange, message or flow.
  expect(rests).toBeGreaterThan(5 * plain.messages.length);
});
