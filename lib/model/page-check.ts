/** One check of the page in a tab: how far it is, then what it read. Holds no value of the page. */
export interface PageCheck {
  readonly tab: number;
  readonly private?: true;
  /** Address of the page, without query and fragment. */
  readonly url: string;
  /** When it began, milliseconds since the epoch. */
  readonly at: number;
  readonly state: PageCheckState;
  /** Characters read, and how many there are as far as they are known. */
  readonly progress: { readonly read: number; readonly of: number };
  readonly contents: PageContents;
}

export type PageCheckState =
  | { readonly is: 'reading' | 'judging' | 'done' | 'cancelled' }
  /** The background was stopped in the middle of it. */
  | { readonly is: 'interrupted' }
  /** `reason`: the browser's own message. */
  | { readonly is: 'failed'; readonly reason: string };

/** What was read of a page, and what was not. */
export interface PageContents {
  readonly frames: number;
  /** Keys of localStorage, sessionStorage and IndexedDB. */
  readonly stored: number;
  /** Cookies that scripts can read. */
  readonly cookies: number;
  /** Script elements with a text of their own. */
  readonly inline: number;
  /** Scripts, source maps and JSON files. */
  readonly files: number;
  /** Those of `files` that the browser no longer had and asked the page's own host for. */
  readonly requested: number;
  /** Hosts of frames that the browser keeps from extensions without access to them. */
  readonly closedFrames: readonly string[];
  /** Files of the page's own origin that could not be read. */
  readonly unreadFiles: number;
  /** More was there than a check reads: the rest was left out. */
  readonly cut: boolean;
}

export const NO_CONTENTS: PageContents = {
  frames: 0,
  stored: 0,
  cookies: 0,
  inline: 0,
  files: 0,
  requested: 0,
  closedFrames: [],
  unreadFiles: 0,
  cut: false,
};
