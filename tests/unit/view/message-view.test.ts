import { expect, test } from 'vitest';
import { flowView } from '../../../lib/view/flow-view.ts';
import type { InspectorData } from '../../../lib/view/inspector-model.ts';
import { messageView } from '../../../lib/view/message-view.ts';
import { inspectorData } from './inspector-data.ts';
import { CODE, STATE, traces } from './support.ts';

/** The findings of the n-th flow, each with the number of its arrow, and those that each of its messages proves. */
function shown(data: InspectorData, n: number) {
  const flow = data.analysis.flows[n];
  if (flow === undefined) throw new Error(`there is no flow ${n}`);
  const view = flowView(data, flow, new Set());
  return {
    listed: view.findings.map(({ finding, arrow }) => [finding.rule, arrow?.number ?? null] as const),
    proven: view.diagram.arrows.map((arrow) => messageView(data, flow, view, arrow).findings.map(({ rule }) => rule)),
    marked: view.diagram.arrows.map(({ mark }) => mark),
  };
}

test('the same defect in two sign-ins is shown with the messages of each', async () => {
  const again = traces.noPkce.replaceAll(CODE, 'Qcb0Orv1zh30vL1MPRsbm0').replaceAll(STATE, 'bg1jgktmelkR3x8aAl4r');
  const data = await inspectorData(`${traces.noPkce}\n\n# time +3600\n${again.trimStart()}`);
  const [first, second] = [shown(data, 0), shown(data, 1)];
  expect(first.listed).toContainEqual(['missing-pkce', 1]);
  expect(first.proven[0]).toContain('missing-pkce');
  expect(second.listed).toEqual(first.listed);
  expect(second.proven).toEqual(first.proven);
});

test('a message that is marked shows what it is marked for, also where another finding explains it', async () => {
  const { listed, proven, marked } = shown(await inspectorData(traces.implicit), 0);
  expect(listed.map(([rule]) => rule)).not.toContain('token-in-fragment');
  expect(proven.filter((_, arrow) => marked[arrow] === 'high')).toEqual([
    expect.arrayContaining(['implicit-flow']),
    expect.arrayContaining(['token-in-fragment']),
  ]);
});
