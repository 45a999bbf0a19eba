import { analyse } from '../../../lib/analyse.ts';
import { parseTrace } from '../../../lib/http/trace.ts';
import type { Analysis } from '../../../lib/model/analysis.ts';
import type { Example, Examples } from '../../../lib/model/example.ts';
import type { Exchange, Observation } from '../../../lib/model/observation.ts';
import type { Fail, Outcome, Rule } from '../../../lib/model/rule.ts';
import type { RuleFile } from './rule-files.ts';

export interface Sample {
  readonly file: RuleFile;
  readonly sort: keyof Examples;
  readonly example: Example;
}

/** Every example of every rule. */
export function samplesOf(files: readonly RuleFile[]): Sample[] {
  return files.flatMap((file) =>
    (['violation', 'clean', 'lookAlike', 'cannotTell'] as const).flatMap((sort) =>
      file.examples[sort].map((example: Example) => ({ file, sort, example })),
    ),
  );
}

/** What one rule found, as its check returned it. */
export interface RawFail {
  readonly rule: string;
  readonly fail: Fail;
}

/** Analyses observations as the example asks, and keeps what the checks returned. */
export async function analyseExample(
  observations: readonly Observation[],
  example: Pick<Example, 'clientType' | 'now'>,
  rules: readonly Rule[],
): Promise<{ readonly analysis: Analysis; readonly fails: readonly RawFail[] }> {
  const fails: RawFail[] = [];
  const watched = rules.map((rule): Rule => {
    const watch = (outcome: Outcome): Outcome => {
      if (outcome.is === 'fail') for (const fail of outcome.fails) fails.push({ rule: rule.id, fail });
      return outcome;
    };
    if (rule.judges === 'trace') {
      return { ...rule, judges: 'trace', check: (trace, context) => watch(rule.check(trace, context)) };
    }
    return { ...rule, judges: 'flow', check: (flow, context) => watch(rule.check(flow, context)) };
  });
  const now = example.now === undefined ? {} : { now: Date.parse(example.now) };
  const analysis = await analyse(observations, { rules: watched, clientType: example.clientType ?? 'unknown', ...now });
  return { analysis, fails };
}

/** Ordinary requests of the same trace: none is OAuth, none is a page. */
export const UNRELATED: readonly Exchange[] = parseTrace(
  `
    # trace trace
    # resource image
    GET https://cdn.example/logo.png

    # trace trace
    # resource xhr
    GET https://shop.example/api/items?code=de&state=CA&page=2

    # trace trace
    # resource xhr
    POST https://shop.example/api/cart
    Content-Type: application/json

    {"code":"SAVE20","token":"none"}

    200
    Content-Type: application/json

    {"ok":true}

    # trace elsewhere
    GET https://as-elsewhere.example/authorize?response_type=token&client_id=elsewhere&redirect_uri=https%3A%2F%2Felsewhere.example%2Fcb
  `,
  'unrelated',
);
