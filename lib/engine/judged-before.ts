import type { Finding, Verdict } from '../model/analysis.ts';
import type { Flow } from '../model/flow.ts';
import type { Observation } from '../model/observation.ts';
import { isSame } from '../model/same.ts';
import { createSweep, hidesWhole } from './redact.ts';
import type { SecretKind } from './secrets.ts';

/** What a rule said of a flow by looking at nothing but that flow. */
export interface SaidAlone {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

/** A flow as it was judged, and by each rule, in order, what it said; `null` where the rule looked at more than the flow. */
export interface JudgedFlow {
  readonly flow: Flow;
  /** Index among all observations of each message's exchange. */
  readonly places: readonly (number | undefined)[];
  readonly said: readonly (SaidAlone | null)[];
}

/** The flows of one analysis, by their id, with the secrets that were known in it. */
export interface JudgedBefore {
  readonly flows: ReadonlyMap<string, JudgedFlow>;
  readonly secrets: ReadonlyMap<string, SecretKind>;
}

/** What still holds of a flow, or `null`. */
export type StillSaid = (flow: Flow, places: JudgedFlow['places']) => JudgedFlow['said'] | null;

/**
 * A rule that looked at nothing but a flow says the same of the same flow, unless it quoted what is only now known to be a
 * secret. Nothing is the same any more where a secret is gone or is another kind of secret.
 */
export function stillSaid(before: JudgedBefore, secrets: ReadonlyMap<string, SecretKind>): StillSaid {
  for (const [value, kind] of before.secrets) if (secrets.get(value) !== kind) return () => null;
  const added = [...secrets].filter(([value]) => !before.secrets.has(value));
  if (added.some(([, kind]) => hidesWhole(kind))) return () => null;
  const sweep = createSweep(new Map(added.map(([value]) => [value, ''])));
  const quotes = (finding: Finding): boolean => textsOf(finding).some((text) => sweep(text) !== text);
  return (flow, places) => {
    const judged = before.flows.get(flow.id);
    if (judged === undefined || !isSame(judged.places, places) || !isSameFlow(judged.flow, flow)) return null;
    return judged.said.some((said) => said?.findings.some(quotes)) ? null : judged.said;
  };
}

/** The messages of a flow are those of its links. */
function isSameFlow({ messages: _, ...a }: Flow, { messages: __, ...b }: Flow): boolean {
  return isSame(a, b);
}

function textsOf({ summary, fix, host, key, evidence }: Finding): readonly string[] {
  return [
    ...[summary, fix, host ?? '', key],
    ...evidence.flatMap(({ name, value = '', note = '', code }) => [name, value, note, code?.context ?? '']),
  ];
}

/** Index among all observations of the exchange of each message. */
export function placesOf(flow: Flow, places: ReadonlyMap<Observation, number>): JudgedFlow['places'] {
  return flow.messages.map(({ exchange }) => places.get(exchange));
}
