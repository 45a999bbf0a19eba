import { analyse } from '../../../lib/analyse.ts';
import { parseObservations } from '../../../lib/http/trace.ts';
import type { Verdict } from '../../../lib/model/analysis.ts';
import type {
  CannotTellExample,
  Example,
  Examples,
  LookAlikeExample,
  ViolationExample,
} from '../../../lib/model/example.ts';
import type { Rule } from '../../../lib/model/rule.ts';

/** What is wrong with an example under this rule; `null` where it holds. */
export async function complaint(rule: Rule, sort: keyof Examples, example: Example): Promise<string | null> {
  const now = example.now === undefined ? {} : { now: Date.parse(example.now) };
  const { findings, verdicts } = await analyse(parseObservations(example.trace), {
    rules: [rule],
    clientType: example.clientType ?? 'unknown',
    ...now,
  });
  const said = verdicts.map((verdict) => verdict.is);
  const failed = said.includes('fail');
  if (said.includes('error')) return `threw: ${JSON.stringify(verdicts)}`;
  if (sort === 'violation') {
    if (!failed) return `expected a failure, got ${said.join(', ') || 'nothing recognised'}`;
    const { severity } = example as ViolationExample;
    const got = findings.map((finding) => finding.severity);
    return severity === undefined || got.includes(severity) ? null : `expected ${severity}, got ${got.join(', ')}`;
  }
  if (failed) return `expected no failure, got ${findings.map((finding) => finding.summary).join(' ')}`;
  if (sort === 'clean') return said.includes('pass') ? null : `expected a pass, got ${said.join(', ') || 'nothing'}`;
  if (sort === 'lookAlike') {
    const { verdict } = example as LookAlikeExample;
    return verdict === undefined || said.includes(verdict) ? null : `expected ${verdict}, got ${said.join(', ')}`;
  }
  return cannotTellComplaint(verdicts, example);
}

function cannotTellComplaint(verdicts: readonly Verdict[], example: CannotTellExample): string | null {
  const missing = verdicts.flatMap((verdict) => (verdict.is === 'cannotTell' ? verdict.missing : []));
  if (missing.length === 0) return `expected "cannot tell", got ${verdicts.map((v) => v.is).join(', ') || 'nothing'}`;
  return example.missing === undefined || example.missing.every((need) => missing.includes(need))
    ? null
    : `expected ${example.missing.join(', ')} to be missing, got ${missing.join(', ')}`;
}
