import type { Browser, WebRequest } from 'webextension-polyfill';
import type { TrafficRecord } from '../log/records.ts';
import { tabsConcerned } from '../log/tabs.ts';
import { mayBeOAuth } from '../oauth/recognise.ts';
import { createBadges } from './badge.ts';
import { createRecorder, formNames } from './events.ts';
import { TOKEN_ENDPOINTS } from './token-endpoints.ts';
import type { WatchLog } from './watch-log.ts';
import { listener, offered, type Registration } from './web-request.ts';

/** Milliseconds between a record and the judgement of its tab; records in between share it. */
const JUDGE_AFTER = 250;

export interface Watch {
  /** Judges a tab anew and shows the result on the toolbar. */
  refresh(tab: number): Promise<void>;
}

/**
 * The Watch level. Registers every listener before it returns, as a worker that was started for an event must; what
 * they do with an event begins with the write of its record.
 *
 * Frames: one event for each navigation hop, unfiltered, because no browser filter sees fragments in Chromium; one more
 * for a hop that redirects, which shows a target that no permission covers or that is no web address
 * (`com.example.app:/cb`). Other requests: only addresses that look like back-channel endpoints.
 */
export function startWatch(browser: Browser, log: WatchLog, isRecorded: (tab: number) => boolean): Watch {
  const record = createRecorder(browser);
  const badges = createBadges(browser, log, sleep);
  /** Records since the tabs were judged last, one for each sender. */
  const unjudged = new Map<string, TrafficRecord>();

  function append(entry: TrafficRecord): void {
    if (isRecorded(entry.tab)) return;
    void log.store.append(entry).then(() => {
      judgeSoon(entry);
      return entry.is === 'request' && entry.type === 'main_frame' ? recordOpener(entry) : undefined;
    });
  }

  async function recordOpener(entry: TrafficRecord): Promise<void> {
    const opener = await openerOf(browser, entry);
    if (opener === null) return;
    const { tab, at, private: hidden } = entry;
    await log.store.append({ is: 'opener', at, tab, opener, ...(hidden ? { private: true } : {}) });
  }

  function judgeSoon(entry: TrafficRecord): void {
    if (unjudged.size === 0) setTimeout(() => void judge(), JUDGE_AFTER);
    unjudged.set(`${entry.tab} ${entry.from}`, entry);
  }

  async function judge(): Promise<void> {
    const records = [...unjudged.values()];
    unjudged.clear();
    const tabs = new Set(await log.store.trim());
    const { entries } = await log.store.read();
    for (const entry of records) for (const tab of tabsConcerned(entries, entry)) tabs.add(tab);
    for (const tab of tabs) if (tab >= 0 && !isRecorded(tab)) await badges.refresh(tab);
  }

  const { webRequest } = browser;
  const frames: WebRequest.RequestFilter = { urls: ['*://*/*'], types: ['main_frame', 'sub_frame'] };
  const endpoints: WebRequest.RequestFilter = {
    urls: [...TOKEN_ENDPOINTS],
    types: offered(webRequest, 'ResourceType', ['xmlhttprequest', 'beacon', 'ping', 'other'] as const),
  };
  // Chromium shows Authorization and Origin only to who asks for `extraHeaders`; Firefox knows no such option.
  const headers = offered(webRequest, 'OnSendHeadersOptions', ['requestHeaders', 'extraHeaders'] as const);

  const listeners = [
    listener(webRequest.onBeforeRequest, frames, ['requestBody'], (details) => {
      if (mayBeOAuth(details.url) || mayBeOAuth(formAsAddress(details))) append(record.request(details));
      if (details.type === 'main_frame' && details.tabId >= 0 && !isRecorded(details.tabId)) {
        void badges.keep(details.tabId);
      }
    }),
    listener(webRequest.onBeforeRedirect, frames, ['responseHeaders'], (details) => {
      if (mayBeOAuth(details.redirectUrl) || mayBeOAuth(details.url)) append(record.redirect(details));
    }),
    listener(webRequest.onBeforeRequest, endpoints, ['requestBody'], unlessPreflight(record.request, append)),
    listener(webRequest.onSendHeaders, endpoints, headers, unlessPreflight(record.headers, append)),
    listener(webRequest.onBeforeRedirect, endpoints, ['responseHeaders'], unlessPreflight(record.redirect, append)),
    listener(webRequest.onCompleted, endpoints, ['responseHeaders'], unlessPreflight(record.completed, append)),
    listener(webRequest.onErrorOccurred, endpoints, null, unlessPreflight(record.failed, append)),
  ];
  for (const { add } of listeners) add();

  hearAfterGrants(browser, listeners);
  forgetPrivateWindows(browser, log);
  return { refresh: badges.refresh };
}

/**
 * The tab whose page opened the popup window that this navigation happens in: the one that the browser names or, where
 * it names none, the tab used last among those that show the origin that sent the request. Not asked of tabs in
 * ordinary windows, where the browser's "opener" may be the tab that merely was in front when the person opened
 * another. Asked only where something was recorded: an ordinary new window costs nothing.
 */
async function openerOf(browser: Browser, entry: TrafficRecord): Promise<number | null> {
  if (entry.tab < 0 || entry.from === undefined || !/^https?:/.test(entry.from)) return null;
  try {
    const page = new URL(entry.from);
    const { windowId, openerTabId, incognito } = await browser.tabs.get(entry.tab);
    if (windowId === undefined || (await browser.windows.get(windowId)).type !== 'popup') return null;
    if (openerTabId !== undefined) return openerTabId;
    const tabs = await browser.tabs.query({ url: `*://${page.hostname}/*` });
    const candidates = tabs.filter(
      (tab) => tab.id !== entry.tab && tab.incognito === incognito && tab.url?.startsWith(`${page.origin}/`),
    );
    return candidates.toSorted((a, b) => (b.lastAccessed ?? 0) - (a.lastAccessed ?? 0))[0]?.id ?? null;
  } catch {
    // The window is closed already: a sign-in that needed no person.
    return null;
  }
}

/**
 * Chromium drops webRequest listeners that are added while no host is granted, and takes the same listener again only
 * after it was removed. That is done when access is granted where there was none: then no event is under way that could
 * be lost in between, as Firefox would lose it.
 */
function hearAfterGrants({ permissions }: Browser, listeners: readonly Registration[]): void {
  let deaf = false;
  const started = permissions.getAll().then(({ origins = [] }) => {
    deaf = origins.length === 0;
  });
  permissions.onAdded.addListener(async ({ origins: added = [] }) => {
    const [{ origins = [] }] = await Promise.all([permissions.getAll(), started]);
    if (!deaf && origins.some((origin) => !added.includes(origin))) return;
    deaf = false;
    for (const { remove, add } of listeners) {
      remove();
      add();
    }
  });
}

/** A preflight is the browser's own question, not a message of the client. */
function unlessPreflight<Details extends { readonly method: string }>(
  make: (details: Details) => TrafficRecord,
  append: (entry: TrafficRecord) => void,
): (details: Details) => void {
  return (details) => {
    if (details.method !== 'OPTIONS') append(make(details));
  };
}

/** The names of a form's fields written as a query, so that one cheap test serves addresses and forms. */
function formAsAddress(details: WebRequest.OnBeforeRequestDetailsType): string {
  const names = formNames(details).slice(0, 100);
  return `https://form.invalid/?${new URLSearchParams(names.map((name) => [name.slice(0, 100), '']))}`;
}

/**
 * Where private windows share this instance and its storage (Firefox), what was seen in them goes with the last of
 * them. Where they have an instance of their own, so has it its storage: `logArea`.
 */
function forgetPrivateWindows(browser: Browser, log: WatchLog): void {
  if (browser.runtime.getManifest().incognito === 'split') return;
  browser.windows.onRemoved.addListener(async () => {
    const windows = await browser.windows.getAll();
    if (windows.some(({ incognito }) => incognito)) return;
    const entries = await log.entries({ private: true });
    if (entries.length > 0) await log.store.remove(entries);
    await log.pages.remove((page) => page.private === true);
  });
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
