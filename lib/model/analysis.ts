import type { Flow } from './flow.ts';
import type { OAuthMessage } from './message.ts';
import type { Redacted } from './redacted.ts';
import type { Confidence, EvidencePlace, Need, Severity } from './rule.ts';

export interface FindingEvidence {
  /** Index into `Analysis.messages`. */
  readonly message: number;
  readonly where: EvidencePlace;
  readonly name: Redacted;
  /** Masked; absent where the finding is that the parameter is missing. */
  readonly value?: Redacted;
  readonly note?: Redacted;
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly flow: string | null;
  /** The message that the first evidence points at. */
  readonly message: number;
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

export type Verdict = { readonly rule: string; readonly flow: string | null } & (
  | { readonly is: 'pass' | 'fail' | 'notApplicable' }
  | { readonly is: 'cannotTell'; readonly missing: readonly Need[] }
  | { readonly is: 'error'; readonly message: string }
);

export interface Analysis {
  readonly messages: readonly OAuthMessage[];
  readonly flows: readonly Flow[];
  /** Worst first; children directly after their parent. */
  readonly findings: readonly Finding[];
  readonly verdicts: readonly Verdict[];
}
