/** Why a part of an exchange is absent from the observation although it may have existed. */
export type Unseen =
  /** The browser's API never shows it (response bodies in webRequest, Blob bodies). */
  | 'api-hides-it'
  /** It was larger than the cap of the capture. */
  | 'too-large'
  /** The exchange is still under way. */
  | 'not-yet'
  /** The recorder removed it (a sanitised HAR, a line that gives only the address). */
  | 'stripped';

/** Keeps "was not sent" (`seen: true` with an empty value) apart from "is not visible here". */
export type Seen<T> = { readonly seen: true; readonly value: T } | { readonly seen: false; readonly why: Unseen };

export const seen = <T>(value: T): Seen<T> => ({ seen: true, value });
export const unseen = (why: Unseen): Seen<never> => ({ seen: false, why });

/** A header as sent: the name keeps its case, compare with `header()` of `lib/http`. */
export type Header = readonly [name: string, value: string];

/** Text of a body, or fields that the browser had parsed already (webRequest `formData`). */
export type Body =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'form'; readonly fields: readonly (readonly [name: string, value: string])[] };

export interface RequestSeen {
  readonly method: string;
  /** Absolute, with query and fragment, as the browser or the recorder wrote it. */
  readonly url: string;
  readonly headers: Seen<readonly Header[]>;
  /** `null`: sent without a body. */
  readonly body: Seen<Body | null>;
}

export interface ResponseSeen {
  readonly status: number;
  readonly headers: Seen<readonly Header[]>;
  readonly body: Seen<Body | null>;
}

export type Outcome =
  | { readonly is: 'response'; readonly response: ResponseSeen }
  | { readonly is: 'failed'; readonly reason: string }
  | { readonly is: 'unknown' };

/** Where an observation was made; decides which absences mean anything. */
export type Capture = 'watch' | 'record' | 'page' | 'devtools' | 'har' | 'line' | 'address' | 'run';

const LITTLE_SEEN: ReadonlySet<Capture> = new Set<Capture>(['watch', 'line', 'address']);

/** Of a capture that does not show the requests of a page itself. */
export function isLittleSeen({ capture }: Pick<Exchange, 'capture'>): boolean {
  return LITTLE_SEEN.has(capture);
}

/** One request and what came of it. A redirect chain is one exchange for each hop. */
export interface Exchange {
  readonly is: 'exchange';
  /** Unique within one analysis. */
  readonly id: string;
  /** Observations of one trace may be correlated; those of two traces never are. */
  readonly trace: string;
  readonly capture: Capture;
  /** Milliseconds since the epoch; `null` where the source has no clock. */
  readonly time: number | null;
  readonly tab: number | null;
  /** What the request was for: `document` (top level), `frame`, `xhr` or another word of the source. */
  readonly resource: string | null;
  /** Origin or URL of the page that sent it; `null` where unknown or started by the person. */
  readonly initiator: string | null;
  /** `id` of the exchange whose redirect led here. */
  readonly redirectedFrom: string | null;
  /** The source was cut: what is absent may have been there. */
  readonly truncated: boolean;
  readonly request: RequestSeen;
  readonly outcome: Outcome;
  /** What the source says about where it came from; shown in reports. */
  readonly source: SourcePlace;
}

/** Place in the input: index of the file, index of its entry or line, label given by the input. */
export interface SourcePlace {
  readonly source: number;
  readonly entry: number;
  readonly id?: string;
}

export type StorageArea = 'local' | 'session' | 'indexeddb' | 'cookie';

/**
 * What was in a page's storage at one moment: everything in that area, so that a key which is not there was not stored,
 * unless `truncated` or `written`. Cookies are those that scripts can read. A key of IndexedDB is `database/store/key`; a value that
 * is no text is its JSON.
 */
export interface StorageSnapshot {
  readonly is: 'storage';
  readonly id: string;
  readonly trace: string;
  readonly capture: Capture;
  readonly time: number | null;
  readonly tab: number | null;
  readonly origin: string;
  readonly area: StorageArea;
  readonly items: readonly (readonly [key: string, value: string])[];
  readonly truncated: boolean;
  /** One value at the moment when the page wrote it; what else was there is not in it. */
  readonly written?: true;
  readonly source: SourcePlace;
}

/**
 * Where a text of a page was found. `file`: a script, JSON or source map under an address of its own; the other addresses
 * are that of the page. `inline`: the text of one script element. `markup`: HTML. `global`: JSON of values that hang on
 * `window`, by name. `console`: what the page wrote to the console. `message`: JSON `{targetOrigin, data}` of one
 * `postMessage` call or, as the window got it that it was posted to, `{origin, data}`.
 */
export type PageText = 'file' | 'inline' | 'markup' | 'global' | 'console' | 'message';

/** A text that a page delivered, holds or wrote. */
export interface PageScan {
  readonly is: 'script';
  readonly id: string;
  readonly trace: string;
  readonly capture: Capture;
  readonly time: number | null;
  readonly tab: number | null;
  readonly url: string;
  readonly found: PageText;
  readonly text: string;
  readonly truncated: boolean;
  readonly source: SourcePlace;
}

export type Observation = Exchange | StorageSnapshot | PageScan;
