import type { ClientType } from '../model/flow.ts';
import type { ValueRef } from './findings.ts';
import type { PopupView } from './popup.ts';
import type { RecordPress } from './record.ts';

/** What the footer says for a moment instead of what is watched. */
export type Status =
  | { readonly is: 'cleared' }
  | { readonly is: 'denied' }
  | { readonly is: 'failed'; readonly message: string };

/** Why there is no view, and what to do. */
export interface Failure {
  /** What was being done, and what went wrong. */
  readonly what: string;
  readonly next: string;
  /** Trying again may help. */
  readonly retry: boolean;
}

/** Everything that is on the screen. */
export interface PopupModel {
  /** `null` until the log was read for the first time. */
  readonly view: PopupView | null;
  readonly failure: Failure | null;
  readonly status: Status | null;
  /** Keys of the open cards and sections of this tab. */
  readonly open: ReadonlySet<string>;
}

/** What the components ask for. */
export interface PopupActions {
  /** The raw value, fetched only now; `null` when it is gone. */
  reveal(ref: ValueRef): string | null;
  /** The same for a finding about the page in the tab. */
  revealOfPage(ref: ValueRef): string | null;
  /** Reads and judges the page in the tab. */
  checkPage(): void;
  cancelCheck(): void;
  /** Begins, holds or ends the recording of the tab. `hooks`: with hooks in its pages, where it begins. */
  record(press: RecordPress, hooks: boolean): void;
  copy(text: string): Promise<void>;
  /** Asks the browser at once, as it must be inside a click. No origins: all sites. */
  watch(origins: readonly string[]): void;
  /** Gives access back. No origins: all of it. */
  stop(origins: readonly string[]): void;
  clear(): void;
  undo(): void;
  retry(): void;
  showFlow(key: string): void;
  tellClient(client: string, type: ClientType): void;
  setOpen(key: string, open: boolean): void;
  /**
   * Fills the form of a run from a captured authorization request, by its index in `Analysis.messages`; `null` where no
   * run can be.
   */
  readonly runProperly: ((request: number) => void) | null;
}
