import type { ClientType } from './flow.ts';
import type { Need, Severity } from './rule.ts';

/** One trace in the language of `lib/http/trace.ts` and what a rule must say of it. */
export interface Example {
  /** What is special about it, as the name of a test. */
  readonly name: string;
  readonly trace: string;
  readonly clientType?: ClientType;
  /** ISO 8601; without it no time is judged. */
  readonly now?: string;
}

export interface ViolationExample extends Example {
  readonly severity?: Severity;
}

export interface CannotTellExample extends Example {
  readonly missing?: readonly Need[];
}

export interface LookAlikeExample extends Example {
  /** What some flow must answer; without it, any answer but a failure will do. */
  readonly verdict?: 'pass' | 'notApplicable' | 'cannotTell';
}

/**
 * A rule's examples are its tests and feed the catalogue. `violation`: some flow fails. `clean`: some
 * flow passes, none fails. `lookAlike`: holds the very parameter or shape that the check keys on and is
 * innocent; nothing fails. `cannotTell`: some flow answers so, none fails.
 */
export interface Examples {
  readonly violation: readonly [ViolationExample, ...ViolationExample[]];
  readonly clean: readonly [Example, ...Example[]];
  readonly lookAlike: readonly [LookAlikeExample, ...LookAlikeExample[]];
  readonly cannotTell: readonly CannotTellExample[];
}
