import { describe, expect, test } from 'vitest';
import { analyse } from '../../../lib/analyse.ts';
import { parseObservations } from '../../../lib/http/trace.ts';
import type { Observation } from '../../../lib/model/observation.ts';
import type { Rule } from '../../../lib/model/rule.ts';
import { loadRuleFiles } from './rule-files.ts';
import { asRecordSees, asWatchSees } from './through-browser.ts';
import { type Sample, samplesOf } from './traffic.ts';

const violations = samplesOf(await loadRuleFiles()).filter(({ sort }) => sort === 'violation');

/** The status says that the request succeeded; whoever says otherwise in the body breaks RFC 6749 §5.2. */
const TRUSTS_STATUS = 'oauth-error-explained: of the token endpoint, with status 200';

/** Every answer of the rule to its own violation where less of it is seen. */
async function answers(
  { file, example }: Sample,
  sees: (observation: Observation) => readonly Observation[],
  rule: Rule = file.rule,
): Promise<readonly string[]> {
  const now = example.now === undefined ? {} : { now: Date.parse(example.now) };
  const { verdicts } = await analyse(parseObservations(example.trace).flatMap(sees), {
    rules: [rule],
    clientType: example.clientType ?? 'unknown',
    ...now,
  });
  return verdicts.map(({ is }) => is);
}

describe.each([
  ['Watch', asWatchSees],
  ['a recording without hooks', asRecordSees],
] as const)('%s', (_, sees) => {
  test('what it does not see of a violation, no rule lets pass', async () => {
    const guessed: string[] = [];
    for (const sample of violations) {
      const said = await answers(sample, sees);
      const named = `${sample.file.rule.id}: ${sample.example.name}`;
      const silent = said.includes('pass') && !said.includes('fail') && !said.includes('cannotTell');
      if (silent && named !== TRUSTS_STATUS) guessed.push(named);
    }
    expect(guessed).toEqual([]);
  });

  test('nor does any say that there was nothing to judge', async () => {
    const silent: string[] = [];
    for (const sample of violations) {
      const said = await answers(sample, sees);
      if (said.length > 0 && said.every((is) => is === 'notApplicable')) {
        silent.push(`${sample.file.rule.id}: ${sample.example.name}`);
      }
    }
    expect(silent).toEqual([]);
  });

  test('it sees less: some rules find their violations, others say that they cannot tell', async () => {
    const said = await Promise.all(violations.map((sample) => answers(sample, sees)));
    expect(said.filter((all) => all.includes('fail')).length).toBeGreaterThan(100);
    expect(said.filter((all) => all.includes('cannotTell') && !all.includes('fail')).length).toBeGreaterThan(40);
  });
});
