import { expect, it } from 'vitest';
import { analyse } from '../../../lib/analyse.ts';
import { recordAnalysis, withRecorded } from '../../../lib/engine/recorded.ts';
import { redactCapture } from '../../../lib/engine/redact-capture.ts';
import { readSource, sourceText } from '../../../lib/har/read.ts';
import { harDocument } from '../../../lib/har/write.ts';
import { parseObservations } from '../../../lib/http/trace.ts';
import type { Analysis } from '../../../lib/model/analysis.ts';
import type { Observation } from '../../../lib/model/observation.ts';
import { loadRuleFiles } from '../rules/rule-files.ts';
import { samplesOf } from '../rules/traffic.ts';

/** The first example of each sort: all of them take a minute, and say the same. */
const samples = [
  ...new Map(
    samplesOf(await loadRuleFiles())
      .toReversed()
      .map((one) => [`${one.file.rule.id} ${one.sort}`, one]),
  ).values(),
];
const OPTIONS = { creator: { name: 'test', version: '0' }, comment: '' };

async function throughFile(observations: readonly Observation[], recorded?: object): Promise<Analysis> {
  const text = JSON.stringify(
    harDocument(observations, { ...OPTIONS, ...(recorded === undefined ? {} : { recorded }) }),
  );
  const read = readSource(sourceText(text), 0);
  expect(read.errors).toEqual([]);
  const analysis = await analyse(read.observations);
  if (recorded === undefined) return analysis;
  const judged = withRecorded(analysis, read.recorded, 0);
  if (typeof judged === 'string') throw new Error(judged);
  return judged;
}

const flowsOf = ({ flows }: Analysis) =>
  flows.map(({ grant, messages }) => [grant, messages.map(({ index, kind }) => `${index} ${kind}`)]);

const judgement = (analysis: Analysis) => ({
  flows: flowsOf(analysis),
  findings: analysis.findings.map(({ key, severity, confidence, flow, evidence }) => ({
    key,
    severity,
    confidence,
    flow,
    evidence: evidence.map(({ message, observation, where }) => [message, observation, where]),
  })),
  verdicts: analysis.verdicts.map(({ rule, is }) => `${rule} ${is}`),
});

it('an exported capture gives the same flows, findings and verdicts, redacted or not', async () => {
  const different: string[] = [];
  for (const { file, sort, example } of samples) {
    const name = `${file.rule.id} ${sort}: ${example.name}`;
    const before = await analyse(parseObservations(example.trace));
    const wanted = JSON.stringify(judgement(before));
    if (JSON.stringify(judgement(await throughFile(before.observations))) !== wanted) different.push(name);
    const { observations, sweep } = redactCapture(before);
    const recorded = recordAnalysis(before, sweep, null);
    const again = JSON.stringify(judgement(await throughFile(observations, recorded)));
    if (again !== wanted) different.push(`${name}, redacted`);
  }
  expect(different).toEqual([]);
}, 120_000);
