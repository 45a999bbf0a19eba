import type { LaterStep } from '../runner/flows.ts';
import type { Pair, StepInput } from '../runner/run.ts';
import type { ValueRef } from './findings.ts';
import type { ReportView } from './popup.ts';
import type { CapturedRequest, CompareRow } from './proper-run.ts';
import type { RunView } from './run.ts';
import type { CodeKind } from './run-code.ts';
import type { Discovered } from './run-discovery.ts';
import { EMPTY_FORM, type FormSecrets, NO_FORM_SECRETS, type RunForm } from './run-form.ts';
import type { Profile } from './run-profiles.ts';
import type { RunRef } from './run-values.ts';

/** What the view "Run" shows. */
export interface RunModel {
  /** Read from the storage: until then nothing is shown. */
  readonly ready: boolean;
  readonly form: RunForm;
  /** In the memory of this page only. */
  readonly secrets: FormSecrets;
  readonly redirectUri: string;
  /** The sign-in window is none of the private windows from which the run starts. */
  readonly windowOutside: boolean;
  /** What the metadata of the issuer says; `null` while it was not asked for, `reading` meanwhile. */
  readonly discovered: Discovered | 'reading' | null;
  /** Saved settings, latest first. */
  readonly profiles: readonly Profile[];
  /** What keeps the run from starting, or from going on. */
  readonly notice: string | null;
  /** The run of this browser session; `null` where there is none. */
  readonly view: RunView | null;
  /** The form is on the screen although a run has ended: it was filled in meanwhile. */
  readonly composing: boolean;
  /** The captured request that the form was filled from. */
  readonly captured: CapturedRequest | null;
  /** Beside it, what the form, or the run on the screen, asks for. */
  readonly compare: readonly CompareRow[];
  /** The run's own messages, judged as those of a site. */
  readonly report: ReportView | null;
}

export const EMPTY_RUN: RunModel = {
  ready: false,
  form: EMPTY_FORM,
  secrets: NO_FORM_SECRETS,
  redirectUri: '',
  windowOutside: false,
  discovered: null,
  profiles: [],
  notice: null,
  view: null,
  composing: false,
  captured: null,
  compare: [],
  report: null,
};

/** What the person made of a request: a field that was not touched is named by its place, since its value may be masked. */
export type ApprovedField =
  | { readonly is: 'kept'; readonly field: number }
  | { readonly is: 'typed'; readonly pair: Pair };

/** What the components ask for. */
export interface RunActions {
  setForm(change: Partial<RunForm>): void;
  setSecrets(change: Partial<FormSecrets>): void;
  /** Fills the form from a preset or from saved settings. */
  fillFrom(from: { readonly preset: string } | { readonly profile: string }): void;
  /** Saves the settings of the form, without secrets, on disk. */
  saveProfile(): void;
  /** Asks for the host of the issuer at once, reads its metadata, and fills in what that decides. */
  readMetadata(): void;
  removeProfile(name: string): void;
  /** Puts a fresh private key into the form. */
  makeKey(): void;
  /** Asks the browser for the host at once, as it must be inside a click; then the run starts. */
  start(): void;
  stop(): void;
  showWindow(): void;
  /** Lets the request go that waits. */
  approve(step: string, fields: readonly ApprovedField[]): void;
  /** Lets it go, and everything after it. */
  approveRest(): void;
  retry(): void;
  later(step: LaterStep, input?: StepInput): void;
  /** The call of a resource: asks for its host at once. */
  call(url: string): void;
  again(): void;
  /** Ends the view of the last run: its tokens are gone. */
  clear(): void;
  /** The same, said. */
  forget(): void;
  /** The form stays as it is, without what it was filled from. */
  forgetCaptured(): void;
  /** From the form that was filled in meanwhile to the run that has ended. */
  showRun(): void;
  /** Asks for the host of an address at once, then the run is taken up again. */
  grant(url: string): void;
  /** Opens the page at which the code of the device is typed. */
  openVerification(): void;
  /** The run on the screen as a program, with placeholders for its secrets. */
  code(kind: CodeKind): string;
  reveal(ref: RunRef): string | null;
  /** The raw value behind a finding. */
  revealFinding(ref: ValueRef): string | null;
  /** Shows the ID token in the view "Token". */
  lookAtIdToken(): void;
}
