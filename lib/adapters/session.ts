import type { Browser } from 'webextension-polyfill';
import { siteOf } from '../http/endpoint.ts';
import { LOG_PREFIX, type LogEntry } from '../log/records.ts';
import type { PageCheck } from '../model/page-check.ts';
import type { Recording } from '../model/recording.ts';
import { refreshBadge } from './badge.ts';
import type { PageRequest } from './page-requests.ts';
import { checkKey, isPageRecord, type PageOwner } from './page-store.ts';
import type { RecordRequest } from './record-requests.ts';
import { createRecordingStore, RECORDINGS_KEY } from './recording-store.ts';
import { createWatchLog, isIn, type Watched, type WatchLogOptions } from './watch-log.ts';

export type { Watched } from './watch-log.ts';

/**
 * What the popup reads and asks for. Everything is read from the memory that the background writes to; messages only
 * ask the background to begin or end a check of a page.
 */
export interface Session {
  /**
   * What was watched, oldest first, in the private or normal context of the window that asks, never both. With a tab,
   * only what concerns that tab: its own exchanges, those of tabs it opened or was opened by, and those of service
   * workers of its origins. The extension's own sign-in windows (capture `run`) are left out.
   */
  readObservations(tab?: number): Promise<Watched>;
  /** The latest of it, quickly, where there is much; `null` where all of it is read as quickly. */
  readLatest(): Promise<Watched | null>;
  /** Called (without details) whenever the log or a record of a page changed; returns the function that ends it. */
  onChange(listener: () => void): () => void;
  /** How the check of the page in a tab went, or how far it is; `null` where there was none. */
  pageCheck(tab: number): Promise<PageCheck | null>;
  /** Called with each step of the check of a tab; returns the function that ends it. */
  onPageCheck(tab: number, listener: (check: PageCheck | null) => void): () => void;
  /** Reads and judges the page in a tab, in the background. The browser must have given access to it: a press of the toolbar button does. */
  checkPage(tab: number): Promise<void>;
  cancelPageCheck(tab: number): Promise<void>;
  /** The recording of a tab, or how the last one ended; `null` where there was none. */
  recording(tab: number): Promise<Recording | null>;
  onRecording(tab: number, listener: (recording: Recording | null) => void): () => void;
  /** Begins, holds or ends the recording of a tab, in the background. `hooks`: with hooks in its pages, for `start`. */
  record(tab: number, what: 'start' | 'pause' | 'resume' | 'stop', hooks?: boolean): Promise<void>;
  /** Removes what concerns this tab (as in `readObservations`) and its badge. */
  clearTab(tab: number): Promise<Cleared>;
  /** Removes everything that was watched in the private or normal context of the window that asks, with the badges. */
  clearAll(): Promise<Cleared>;
  /** Judges the badges of all watched tabs again: what is muted has changed. */
  refreshBadges(): Promise<void>;
  /** Hosts of the sites that are granted; `['*']` for all of them. */
  watchedHosts(): Promise<readonly string[]>;
  /** That tab, or the one of the window that asks; `null` where there is none. */
  currentTab(tab?: number): Promise<CurrentTab | null>;
  /** What is granted for an origin such as `https://app.example`. */
  watching(origin: string): Promise<Watching>;
  /**
   * Asks the browser for the sites of these origins (of the tab, and of the sign-in server where its address is known:
   * `signInOrigins`). Call it directly in the click handler: the browser refuses a
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

/** The one pattern that the manifest offers as optional; everything granted is a part of it. */
const ALL_SITES = '*://*/*';

export function createSession(browser: Browser, options: WatchLogOptions = {}): Session {
  const log = createWatchLog(browser, options);
  const { permissions, tabs } = browser;

  async function remove(
    entries: readonly LogEntry[],
    page: (page: PageOwner) => boolean,
    shown: readonly number[],
  ): Promise<Cleared> {
    const refresh = (): Promise<unknown> => Promise.all(shown.map((tab) => refreshBadge(browser, log, tab)));
    await log.store.remove(entries);
    const pages = await log.pages.remove(page);
    await refresh();
    return {
      records: entries.length + pages.count,
      async restore() {
        await log.store.restore(entries);
        await pages.restore();
        await refresh();
      },
    };
  }

  const recordings = createRecordingStore(log.area);
  const recordingOf = async (tab: number): Promise<Recording | null> =>
    (await recordings.read()).find((one) => one.tab === tab) ?? null;

  const ask = (request: PageRequest | RecordRequest): Promise<unknown> => browser.runtime.sendMessage(request);

  return {
    async readObservations(tab) {
      const { incognito } = await browser.windows.getCurrent();
      return log.observed({ private: incognito, ...(tab === undefined ? {} : { tab }) });
    },

    async readLatest() {
      const { incognito } = await browser.windows.getCurrent();
      return log.latest({ private: incognito });
    },

    onChange(listener) {
      const heard = (changes: Readonly<Record<string, unknown>>): void => {
        if (Object.keys(changes).some((key) => key.startsWith(LOG_PREFIX) || isPageRecord(key))) listener();
      };
      log.onChanged.addListener(heard);
      return () => log.onChanged.removeListener(heard);
    },

    async pageCheck(tab) {
      const check = await log.pages.readCheck(tab);
      // A background that was stopped in the middle of it does not know.
      if (check?.state.is === 'reading' || check?.state.is === 'judging') await ask({ do: 'page.wake', tab });
      return log.pages.readCheck(tab);
    },

    onPageCheck(tab, listener) {
      const heard = (changes: Readonly<Record<string, unknown>>): void => {
        if (checkKey(tab) in changes) void log.pages.readCheck(tab).then(listener);
      };
      log.onChanged.addListener(heard);
      return () => log.onChanged.removeListener(heard);
    },

    async checkPage(tab) {
      await ask({ do: 'page.check', tab });
    },

    async cancelPageCheck(tab) {
      await ask({ do: 'page.cancel', tab });
    },

    async recording(tab) {
      const held = await recordingOf(tab);
      // A background that was stopped meanwhile does not know.
      if (held !== null && held.state.is !== 'ended') await ask({ do: 'record.wake', tab });
      return recordingOf(tab);
    },

    onRecording(tab, listener) {
      const heard = (changes: Readonly<Record<string, unknown>>): void => {
        if (RECORDINGS_KEY in changes) void recordingOf(tab).then(listener);
      };
      log.onChanged.addListener(heard);
      return () => log.onChanged.removeListener(heard);
    },

    async record(tab, what, hooks = false) {
      await ask({ do: `record.${what}`, tab, ...(hooks && what === 'start' ? { hooks } : {}) });
    },

    async clearTab(tab) {
      return remove(await log.entries({ tab }), (page) => isIn(page, { tab }), [tab]);
    },

    async clearAll() {
      const { incognito } = await browser.windows.getCurrent();
      const entries = await log.entries({ private: incognito });
      return remove(entries, (page) => isIn(page, { private: incognito }), tabsOf(entries));
    },

    async refreshBadges() {
      const { incognito } = await browser.windows.getCurrent();
      const shown = tabsOf(await log.entries({ private: incognito }));
      await Promise.all(shown.map((tab) => refreshBadge(browser, log, tab)));
    },

    async watchedHosts() {
      const { origins = [] } = await permissions.getAll();
      if (origins.includes(ALL_SITES)) return ['*'];
      return [...new Set(origins.map((pattern) => pattern.replace(/^[^:]*:\/\/(\*\.)?/, '').replace(/\/.*$/, '')))];
    },

    async currentTab(asked) {
      const tab =
        asked === undefined
          ? (await tabs.query({ active: true, currentWindow: true }))[0]
          : await tabs.get(asked).catch(() => undefined);
      if (tab?.id === undefined) return null;
      const url = tab.url ?? null;
      return {
        id: tab.id,
        url,
        origin: url !== null && /^https?:/i.test(url) ? new URL(url).origin : null,
        restricted: url === null ? null : restrictionOf(url),
        incognito: tab.incognito,
      };
    },

    async watching(origin) {
      if (await permissions.contains({ origins: [ALL_SITES] })) return 'all';
      const { protocol, hostname } = new URL(origin);
      return (await permissions.contains({ origins: [`${protocol}//${hostname}/*`] })) ? 'site' : 'none';
    },

    watchSite: (origins) => permissions.request({ origins: sitePatterns(origins) }),
    watchAll: () => permissions.request({ origins: [ALL_SITES] }),

    async stopWatching(origins) {
      if (origins !== undefined) return permissions.remove({ origins: sitePatterns(origins) });
      const granted = await permissions.getAll();
      return permissions.remove({ origins: granted.origins ?? [] });
    },

    onPermissionChange(listener) {
      const heard = (): void => listener();
      permissions.onAdded.addListener(heard);
      permissions.onRemoved.addListener(heard);
      return () => {
        permissions.onAdded.removeListener(heard);
        permissions.onRemoved.removeListener(heard);
      };
    },
  };
}

function tabsOf(entries: readonly LogEntry[]): readonly number[] {
  return [...new Set(entries.map(({ record }) => record.tab).filter((tab) => tab >= 0))];
}

/**
 * The pattern that covers an origin's whole site (registrable domain with all its subdomains, http and https, every
 * port). One host alone would be less to ask for, but a sign-in rarely stays on one: `app.acme.example` sends people to
 * `login.acme.example` and takes tokens from `auth.acme.example`, and none of that would be seen. A sign-in server on
 * another site is asked for beside it as soon as its address is known.
 */
function sitePattern(origin: string): string {
  const { hostname } = new URL(origin);
  const site = siteOf(hostname);
  // Neither an IP address nor a single label has subdomains.
  return site.includes('.') && !/^\[|^[\d.]+$/.test(site) ? `*://*.${site}/*` : `*://${site}/*`;
}

function sitePatterns(origins: readonly string[]): string[] {
  return [...new Set(origins.map(sitePattern))];
}

/** Sites of the browser's maker that no extension sees, whatever is granted. */
const PROTECTED_SITES: ReadonlySet<string> = new Set([
  'chromewebstore.google.com',
  'addons.mozilla.org',
  'accounts.firefox.com',
  'support.mozilla.org',
]);

function restrictionOf(address: string): Restriction | null {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return 'browser-page';
  }
  switch (url.protocol) {
    case 'http:':
    case 'https:':
      return PROTECTED_SITES.has(url.hostname) ? 'protected-site' : null;
    case 'chrome-extension:':
    case 'moz-extension:':
      return 'extension-page';
    case 'file:':
      return 'file';
    case 'data:':
    case 'blob:':
    case 'javascript:':
      return 'no-request';
    default:
      return 'browser-page';
  }
}
