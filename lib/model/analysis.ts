import type { Flow } from './flow.ts';
import type { OAuthMessage } from './message.ts';
import type { Observation } from './observation.ts';
import type { Redacted } from './redacted.ts';
import type { Confidence, EvidencePlace, Need, Severity } from './rule.ts';

export interface FindingEvidence {
  /** Index into `Analysis.messages`; `null` in storage, in page code and in a request that is no message of OAuth. */
  readonly message: number | null;
  /** Index into `Analysis.observations`. */
  readonly observation: number;
  readonly where: EvidencePlace;
  readonly name: Redacted;
  /** Masked; absent where the finding is that the parameter is missing. */
  readonly value?: Redacted;
  readonly note?: Redacted;
  /** Which of the values of a snapshot, in the order of `lib/page/stored-values.ts`. */
  readonly stored?: number;
  /** Where in a text of a page. */
  readonly code?: CodePlace;
}

/** A place in a text of a page, counted from 1, with what stands around it, masked. */
export interface CodePlace {
  readonly line: number;
  readonly column: number;
  /** Offset in the text and length of the value, in UTF-16 units. */
  readonly offset: number;
  readonly length: number;
  readonly context: Redacted;
  /** The same place in the source that a source map leads to. */
  readonly mapped?: { readonly file: Redacted; readonly line: number; readonly column: number };
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** `null` where it belongs to no flow: what a page stores or delivers. */
  readonly flow: string | null;
  readonly trace: string;
  /** The message that the first evidence points at; `null` where that is none. */
  readonly message: number | null;
  /** Host of what the first evidence is in; `null` where that has none. */
  readonly host: Redacted | null;
  /** Stable across runs, free of secrets: rule, host, client, place. */
  readonly key: string;
  /** `key` of the finding that explains this one; such a finding is not counted. */
  readonly parent: string | null;
  readonly title: string;
  readonly summary: Redacted;
  readonly why: string;
  readonly fix: Redacted;
  readonly evidence: readonly [FindingEvidence, ...FindingEvidence[]];
}

/** Of a rule on a flow, or, with `flow: null`, of a rule on a whole trace. */
export type Verdict = { readonly rule: string; readonly flow: string | null; readonly trace: string } & (
  | { readonly is: 'pass' | 'fail' | 'notApplicable' }
  | { readonly is: 'cannotTell'; readonly missing: readonly Need[] }
  | { readonly is: 'error'; readonly message: string }
);

export interface Analysis {
  /** What was analysed, as it came. */
  readonly observations: readonly Observation[];
  readonly messages: readonly OAuthMessage[];
  readonly flows: readonly Flow[];
  /** Worst first; children directly after their parent. */
  readonly findings: readonly Finding[];
  readonly verdicts: readonly Verdict[];
}
