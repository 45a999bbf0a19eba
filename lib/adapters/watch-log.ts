import type { Browser } from 'webextension-polyfill';
import type { LogNote } from '../log/notes.ts';
import { type OwnMarks, observing } from '../log/observe.ts';
import { LOG_PREFIX, type LogEntry } from '../log/records.ts';
import { entriesOfTab } from '../log/tabs.ts';
import type { Observation } from '../model/observation.ts';
import { finish, finishResting, type Work } from '../model/work.ts';
import { followArea, type Stored } from './area-follower.ts';
import { type LogArea, logArea } from './log-area.ts';
import { createLogStore, type LogStore, readingEntries } from './log-store.ts';
import { createPageStore, type PageOwner, type PageStore, pagesOf } from './page-store.ts';
import { createRest } from './rest.ts';

/** Which part of the log. */
export interface Scope {
  /** Only what concerns this tab. */
  readonly tab?: number;
  /** Private windows, or all others; without it, whichever the records of `tab` belong to. */
  readonly private?: boolean;
}

export interface Watched {
  /**
   * Requests, oldest first, then what was read of pages. The extension's own sign-in windows (capture `run`) are left out.
   */
  readonly observations: readonly Observation[];
  readonly notes: readonly LogNote[];
}

/** The log with the browser that it belongs to. */
export interface WatchLog {
  readonly store: LogStore;
  readonly pages: PageStore;
  readonly area: LogArea;
  readonly onChanged: LogArea['onChanged'];
  /** The readable records in this scope, in no order. */
  entries(scope: Scope): Promise<readonly LogEntry[]>;
  observed(scope: Scope): Promise<Watched>;
  /** Only the latest requests of a long log, for a first look; `null` where all of it is read as quickly. */
  latest(scope: Scope): Promise<Watched | null>;
}

export interface WatchLogOptions {
  /** For a page that stays open beside traffic: it follows the log, and can answer while it puts a long one together. */
  readonly follow?: boolean;
}

/** Records of the latest requests: their sign-ins are more than a screen of rows. */
const LATEST = 300;

export function createWatchLog(browser: Browser, { follow = false }: WatchLogOptions = {}): WatchLog {
  const area = logArea(browser);
  const store = createLogStore(area, Date.now);
  const pages = createPageStore(area, Date.now);
  const own = ownMarks(browser);
  const readAll = follow ? followArea(area) : () => area.get(null);
  const rest = follow ? createRest() : null;
  const does = <T>(work: Work<T>): Promise<T> | T => (rest === null ? finish(work) : finishResting(work, rest));

  const put = async (stored: Stored, scope: Scope): Promise<Watched> => {
    const { entries, unreadable } = await does(readingEntries(stored));
    const { observations, pages: heard, notes } = await does(observing(select(entries, scope), own));
    const read = pagesOf(stored, (page) => isIn(page, scope));
    return {
      observations: [...observations.filter(({ capture }) => capture !== 'run'), ...heard, ...read],
      notes: unreadable === 0 ? notes : [...notes, { is: 'unreadable', records: unreadable }],
    };
  };

  return {
    store,
    pages,
    area,
    onChanged: area.onChanged,
    entries: async (scope) => select((await store.read()).entries, scope),
    observed: async (scope) => put(await readAll(), scope),
    async latest(scope) {
      const keys = ((await area.getKeys?.()) ?? []).filter((key) => key.startsWith(LOG_PREFIX));
      if (keys.length <= LATEST) return null;
      return put(await area.get(keys.sort().slice(-LATEST)), scope);
    },
  };
}

/** Normal and private records are never mixed: a tab is one or the other, and so is what is read for it. */
function select(entries: readonly LogEntry[], { tab, private: hidden }: Scope): readonly LogEntry[] {
  const wanted = hidden ?? entries.some(({ record }) => record.tab === tab && record.private === true);
  const context = entries.filter(({ record }) => (record.private === true) === wanted);
  return tab === undefined ? context : entriesOfTab(context, tab);
}

/** Whether what was read of a page belongs there; a tab is either private or not. */
export function isIn(page: PageOwner, { tab, private: hidden }: Scope): boolean {
  return (tab === undefined || page.tab === tab) && (hidden === undefined || (page.private === true) === hidden);
}

/**
 * Without the `identity` permission there is no API and no sign-in window of ours. Firefox also takes the second
 * redirect URI, in which the first label of the other stands for the extension.
 */
function ownMarks(browser: Browser): OwnMarks {
  const redirects: string[] = [];
  if ('identity' in browser && browser.identity !== undefined) {
    const redirect = browser.identity.getRedirectURL();
    redirects.push(redirect);
    const label = new URL(redirect).hostname.split('.', 1)[0];
    if (redirect.includes('.extensions.allizom.org')) redirects.push(`http://127.0.0.1/mozoauth2/${label}/`);
  }
  return { origin: browser.runtime.getURL('').replace(/\/$/, ''), redirects };
}
