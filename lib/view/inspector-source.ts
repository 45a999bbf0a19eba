import type { LogNote } from '../log/notes.ts';
import type { Observation } from '../model/observation.ts';

/** What of a file could not be read: where, what is wrong, what was expected. */
export interface Unread {
  /** Index of the entry or line, from 0. */
  readonly entry?: number;
  /** Line in the text, from 1. */
  readonly line?: number;
  readonly message: string;
}

/** What a source holds at one moment. */
export interface SourceSnapshot {
  /** In the order in which they were made. */
  readonly observations: readonly Observation[];
  /** What is missing from them, and why. */
  readonly notes: readonly LogNote[];
  /** Of a file. */
  readonly unread?: readonly Unread[];
  /** What a file says was found before its values were replaced (`lib/engine/recorded.ts`). */
  readonly recorded?: unknown;
}

/** Where the inspector's traffic comes from: the log of this browser session, a file, the Network panel of DevTools. */
export interface InspectorSource {
  readonly kind: 'live' | 'file' | 'panel';
  /** What it is called on the screen: the site that is watched, the name of the file. */
  name(): Promise<string>;
  /** What else to try where nothing comes; `null` where there is nothing else. */
  readonly hint: string | null;
  /** Rejects where it cannot be read; the message is shown. */
  read(): Promise<SourceSnapshot>;
  /** The latest of it, quickly, to show something while all is read; `null` where that would not be quicker. */
  latest?(): Promise<SourceSnapshot | null>;
  /** Calls the listener (without details) after each change; returns the function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Removes everything; resolves to what puts it back. `null` where there is nothing to remove, as in a file. */
  readonly clear: (() => Promise<() => Promise<void>>) | null;
}
