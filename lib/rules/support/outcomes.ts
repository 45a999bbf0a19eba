import type { Fail, Outcome, RuleContext } from '../../model/rule.ts';

/** Of several answers: every failure, else what could not be told, else a pass; nothing to judge where all say so. */
export function worstOf(outcomes: readonly Outcome[], c: RuleContext): Outcome {
  const [first, ...rest] = outcomes.flatMap((outcome): readonly Fail[] => (outcome.is === 'fail' ? outcome.fails : []));
  if (first !== undefined) return c.fail(first, ...rest);
  return (
    outcomes.find((outcome) => outcome.is === 'cannotTell') ??
    outcomes.find((outcome) => outcome.is === 'pass') ??
    c.notApplicable
  );
}
