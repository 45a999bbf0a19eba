import type { LogNote } from '../log/notes.ts';
import type { Exchange } from '../model/observation.ts';

/** What the popup reads and asks for. Everything goes through `storage.session` and the browser: there are no messages. */
export interface Session {
  /**
   * What was watched, oldest first, in the private or normal context of the window that asks, never both. With a tab,
   * only what concerns that tab: its own exchanges, those of tabs it opened or was opened by, and those of service
   * workers of its origins. The extension's own sign-in windows (capture `run`) are left out.
   */
  readObservations(tab?: number): Promise<Watched>;
  /** Called (without details) whenever the log changed; returns the function that ends it. */
  onChange(listener: () => void): () => void;
  /** Removes what concerns this tab (as in `readObservations`) and its badge. */
  clearTab(tab: number): Promise<Cleared>;
  /** The tab of the window that asks; `null` where there is none. */
  currentTab(): Promise<CurrentTab | null>;
  /** What is granted for an origin such as `https://app.example`. */
  watching(origin: string): Promise<Watching>;
  /**
   * Asks the browser for the sites of these origins. Call it directly in the click handler: the browser refuses a
   * request after an `await`. Resolves to what the person answered.
   */
  watchSite(origins: readonly string[]): Promise<boolean>;
  /** Asks for all sites; same condition as `watchSite`. */
  watchAll(): Promise<boolean>;
  /** Gives host access back: that of the sites of these origins, without them all of it. What was recorded stays. */
  stopWatching(origins?: readonly string[]): Promise<boolean>;
  /** Called whenever host access was granted or taken away, by whomever. */
  onPermissionChange(listener: () => void): () => void;
}

export interface Watched {
  readonly observations: readonly Exchange[];
  readonly notes: readonly LogNote[];
}

export interface Cleared {
  /** Records removed. */
  readonly records: number;
  /** Puts them back, once. */
  restore(): Promise<void>;
}

export interface CurrentTab {
  readonly id: number;
  /** With query and fragment; `null` where the browser does not show it (neither clicked on nor granted). */
  readonly url: string | null;
  /** For http and https addresses only. */
  readonly origin: string | null;
  readonly restricted: Restriction | null;
  /** A private window. */
  readonly incognito: boolean;
}

/** Why no extension may see this tab. */
export type Restriction =
  /** `chrome://`, `about:`, `view-source:`, … */
  | 'browser-page'
  | 'extension-page'
  /** The browser's own extension store and, in Firefox, Mozilla's account pages. */
  | 'protected-site'
  /** A local file: needs an own switch in the browser's settings. */
  | 'file'
  /** `data:`, `blob:` and other schemes that carry no request. */
  | 'no-request';

/** `site`: this origin's site is granted; `all`: every site is. */
export type Watching = 'none' | 'site' | 'all';
