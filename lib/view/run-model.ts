import type { ValueRef } from './findings.ts';
import type { ReportView } from './popup.ts';
import type { RunRef, RunView } from './run.ts';
import { EMPTY_FORM, type RunForm } from './run-form.ts';

/** What the view "Run" shows. */
export interface RunModel {
  /** Read from the storage: until then nothing is shown. */
  readonly ready: boolean;
  readonly form: RunForm;
  /** In the memory of this page only. */
  readonly secret: string;
  readonly redirectUri: string;
  /** What keeps the run from starting. */
  readonly notice: string | null;
  /** The run of this browser session; `null` where there is none. */
  readonly view: RunView | null;
  /** The run's own messages, judged as those of a site. */
  readonly report: ReportView | null;
}

export const EMPTY_RUN: RunModel = {
  ready: false,
  form: EMPTY_FORM,
  secret: '',
  redirectUri: '',
  notice: null,
  view: null,
  report: null,
};

/** What the components ask for. */
export interface RunActions {
  setForm(change: Partial<RunForm>): void;
  setSecret(secret: string): void;
  /** Asks the browser for the host at once, as it must be inside a click; then the run starts. */
  start(): void;
  stop(): void;
  showWindow(): void;
  refresh(): void;
  /** Ends the view of the last run: its tokens are gone. */
  clear(): void;
  /** Asks for the host of an address at once. */
  grant(url: string): void;
  reveal(ref: RunRef): string | null;
  /** The raw value behind a finding. */
  revealFinding(ref: ValueRef): string | null;
  /** Shows the ID token in the view "Token". */
  lookAtIdToken(): void;
}
