import type { Browser } from 'webextension-polyfill';

/**
 * A browser for tests of the adapters. Faked: the events, `storage.session` (in memory, asynchronous, values cloned as
 * JSON, a quota that can be set), tabs, windows, badges, permissions. Not faked: which events a browser delivers for
 * which request, match patterns, the stopping of the worker; the tests in a real browser see to those.
 */
export interface FakeBrowser {
  readonly browser: Browser;
  readonly webRequest: Readonly<Record<WebRequestEventName, FakeEvent>>;
  readonly permissions: { readonly onAdded: FakeEvent; readonly onRemoved: FakeEvent; readonly asked: string[][] };
  readonly windows: { readonly onRemoved: FakeEvent; list: FakeWindow[] };
  /** `runtime.onMessage`: what a page of the extension says to the background. */
  readonly messages: FakeEvent;
  readonly tabRemoved: FakeEvent;
  /** `runtime.onConnect`. */
  readonly connected: FakeEvent;
  /** Answers `scripting.executeScript` for the top frame; `null`: the browser lets nobody in. */
  inject: ((injection: FakeInjection) => unknown) | null;
  readonly granted: Set<string>;
  readonly stored: Map<string, unknown>;
  readonly badges: Map<number, { text: string; title: string; background: string }>;
  /** Bytes that `storage.session` takes before it refuses a write. */
  quota: number;
  /** Refuses every write. */
  broken: boolean;
  tabs: FakeTab[];
  /** `current` window: the one that the asking page is in. */
  incognito: boolean;
}

export interface FakeInjection {
  readonly target: { readonly tabId: number; readonly frameIds?: readonly number[]; readonly allFrames?: boolean };
  readonly func: (...args: never[]) => unknown;
  readonly args: readonly unknown[];
}

export interface FakeTab {
  readonly id: number;
  readonly windowId: number;
  readonly url?: string;
  readonly openerTabId?: number;
  readonly incognito: boolean;
  readonly active?: boolean;
  readonly lastAccessed?: number;
}

export interface FakeWindow {
  readonly id: number;
  readonly type: 'normal' | 'popup';
  readonly incognito: boolean;
}

const WEB_REQUEST_EVENTS = [
  'onBeforeRequest',
  'onSendHeaders',
  'onResponseStarted',
  'onBeforeRedirect',
  'onCompleted',
  'onErrorOccurred',
] as const;
type WebRequestEventName = (typeof WEB_REQUEST_EVENTS)[number];

type Heard = (...args: unknown[]) => unknown;

export interface FakeEvent {
  readonly listeners: readonly { readonly heard: Heard; readonly params: readonly unknown[] }[];
  /** Calls every listener whose filter names the type; returns how many that were. */
  fire(...args: unknown[]): number;
  addListener(heard: Heard, ...params: unknown[]): void;
  removeListener(heard: Heard): void;
}

export interface FakeOptions {
  /** Like Chromium: `extraHeaders`, no type `beacon`, private windows in an instance of their own. */
  readonly chromium?: boolean;
  readonly inIncognitoContext?: boolean;
}

export function createFakeBrowser({ chromium = true, inIncognitoContext = false }: FakeOptions = {}): FakeBrowser {
  const events = Object.fromEntries(WEB_REQUEST_EVENTS.map((name) => [name, fakeEvent()])) as Record<
    WebRequestEventName,
    FakeEvent
  >;
  const stored = new Map<string, unknown>();
  const storageChanged = fakeEvent();
  const onAdded = fakeEvent();
  const onRemoved = fakeEvent();
  const windowRemoved = fakeEvent();
  const messages = fakeEvent();
  const tabRemoved = fakeEvent();
  const connected = fakeEvent();
  const asked: string[][] = [];

  const fake: Omit<FakeBrowser, 'browser'> = {
    webRequest: events,
    permissions: { onAdded, onRemoved, asked },
    messages,
    tabRemoved,
    connected,
    inject: null,
    windows: { onRemoved: windowRemoved, list: [{ id: 1, type: 'normal', incognito: false }] },
    granted: new Set(),
    stored,
    badges: new Map(),
    quota: 10_000_000,
    broken: false,
    tabs: [],
    incognito: false,
  };

  const bytes = (): number =>
    [...stored].reduce((sum, [key, value]) => sum + key.length + JSON.stringify(value).length, 0);
  const tab = (id: number): FakeTab => {
    const found = fake.tabs.find((candidate) => candidate.id === id);
    if (!found) throw new Error(`No tab with id: ${id}.`);
    return found;
  };
  const badge = (id: number) => {
    tab(id);
    const known = fake.badges.get(id) ?? { text: '', title: '', background: '' };
    fake.badges.set(id, known);
    return known;
  };

  const api = {
    runtime: {
      id: 'abc',
      onMessage: messages,
      onConnect: connected,
      getURL: (path: string) => `chrome-extension://abc/${path}`,
      getManifest: () => ({ incognito: chromium ? 'split' : 'spanning' }),
    },
    extension: { inIncognitoContext },
    storage: {
      // Nothing was decided.
      local: { get: () => Promise.resolve({}), onChanged: fakeEvent() },
      session: {
        onChanged: storageChanged,
        async get(wanted: string | readonly string[] | null = null) {
          await tick();
          const keys = wanted === null ? null : new Set([wanted].flat());
          const items = [...stored].filter(([key]) => keys?.has(key) ?? true);
          return Object.fromEntries(items.map(([key, value]) => [key, clone(value)]));
        },
        async set(items: Record<string, unknown>) {
          const size = Object.entries(items).reduce(
            (sum, [key, value]) => sum + key.length + JSON.stringify(value).length,
            0,
          );
          const refused = fake.broken || bytes() + size > fake.quota;
          const before = new Map(stored);
          // What was handed over is written, whatever becomes of the worker.
          if (!refused) for (const [key, value] of Object.entries(items)) stored.set(key, clone(value));
          await tick();
          if (refused) throw new Error('Session storage quota bytes exceeded. Values were not stored.');
          const changes = Object.entries(items).map(([key, value]) => [
            key,
            { ...(before.has(key) ? { oldValue: clone(before.get(key)) } : {}), newValue: clone(value) },
          ]);
          storageChanged.fire(Object.fromEntries(changes));
        },
        async remove(keys: string | string[]) {
          const gone = [keys].flat().filter((key) => stored.has(key));
          const changes = gone.map((key) => [key, { oldValue: clone(stored.get(key)) }]);
          for (const key of gone) stored.delete(key);
          await tick();
          storageChanged.fire(Object.fromEntries(changes));
        },
        async getBytesInUse() {
          await tick();
          return bytes();
        },
      },
    },
    webRequest: {
      ...events,
      ResourceType: Object.fromEntries(
        ['main_frame', 'sub_frame', 'xmlhttprequest', 'ping', 'other', ...(chromium ? [] : ['beacon'])].map((type) => [
          type.toUpperCase(),
          type,
        ]),
      ),
      OnSendHeadersOptions: {
        REQUEST_HEADERS: 'requestHeaders',
        ...(chromium ? { EXTRA_HEADERS: 'extraHeaders' } : {}),
      },
    },
    scripting: {
      executeScript: async (injection: FakeInjection) => {
        await tick();
        if (fake.inject === null) throw new Error('Cannot access contents of the page.');
        return [{ frameId: 0, result: fake.inject(injection) }];
      },
    },
    permissions: {
      onAdded,
      onRemoved,
      request: ({ origins }: { origins: string[] }) => {
        asked.push(origins);
        for (const origin of origins) fake.granted.add(origin);
        return Promise.resolve(true);
      },
      remove: async ({ origins }: { origins: string[] }) => {
        await tick();
        for (const origin of origins) fake.granted.delete(origin);
        return true;
      },
      getAll: async () => {
        await tick();
        return { origins: [...fake.granted] };
      },
      contains: async ({ origins }: { origins: string[] }) => {
        await tick();
        return origins.every((origin) => covered(origin, fake.granted));
      },
    },
    tabs: {
      onRemoved: tabRemoved,
      get: async (id: number) => {
        await tick();
        return tab(id);
      },
      query: async ({ active, url }: { active?: boolean; url?: string }) => {
        await tick();
        const host = url === undefined ? null : new URL(url.replace('*:', 'https:').replace('*', '')).hostname;
        return fake.tabs.filter(
          (candidate) =>
            (active !== true || candidate.active === true) &&
            (host === null || (candidate.url !== undefined && new URL(candidate.url).hostname === host)),
        );
      },
    },
    windows: {
      onRemoved: windowRemoved,
      get: async (id: number) => {
        await tick();
        const found = fake.windows.list.find((window) => window.id === id);
        if (!found) throw new Error(`No window with id: ${id}.`);
        return found;
      },
      getAll: async () => {
        await tick();
        return fake.windows.list;
      },
      getCurrent: async () => {
        await tick();
        return { incognito: fake.incognito };
      },
    },
    action: {
      setBadgeText: async ({ tabId, text }: { tabId: number; text: string }) => {
        await tick();
        badge(tabId).text = text;
      },
      getBadgeText: async ({ tabId }: { tabId: number }) => {
        await tick();
        return badge(tabId).text;
      },
      setBadgeBackgroundColor: async ({ tabId, color }: { tabId: number; color: string }) => {
        await tick();
        badge(tabId).background = color;
      },
      setBadgeTextColor: tick,
      setTitle: async ({ tabId, title }: { tabId: number; title: string }) => {
        await tick();
        badge(tabId).title = title;
      },
    },
  };
  return Object.assign(fake, { browser: api as unknown as Browser });
}

function fakeEvent(): FakeEvent {
  let listeners: { heard: Heard; params: unknown[] }[] = [];
  return {
    get listeners() {
      return listeners;
    },
    addListener(heard, ...params) {
      if (!listeners.some((listener) => listener.heard === heard)) listeners.push({ heard, params });
    },
    removeListener(heard) {
      listeners = listeners.filter((listener) => listener.heard !== heard);
    },
    fire(...args) {
      const matching = listeners.filter(({ params }) => wants(params[0], args[0]));
      for (const { heard } of matching) heard(...args);
      return matching.length;
    },
  };
}

/** Types and tab of a webRequest filter; its URL patterns are the browser's business. */
function wants(filter: unknown, details: unknown): boolean {
  const { types, tabId } = (filter as { types?: string[]; tabId?: number } | undefined) ?? {};
  const { type, tabId: tab } = details as { type: string; tabId: number };
  return (types === undefined || types.includes(type)) && (tabId === undefined || tabId === tab);
}

// Enough of match patterns for hosts: every site, a site with its subdomains, one host.
function covered(wanted: string, granted: ReadonlySet<string>): boolean {
  return [...granted].some((pattern) => {
    const [scheme, host] = split(pattern);
    const [wantedScheme, wantedHost] = split(wanted);
    if (scheme !== '*' && scheme !== wantedScheme) return false;
    if (host === '*') return true;
    return host.startsWith('*.') ? `.${wantedHost}`.endsWith(host.slice(1)) : host === wantedHost;
  });
}

function split(pattern: string): [scheme: string, host: string] {
  const [scheme = '', rest = ''] = pattern.split('://');
  return [scheme, rest.split('/')[0] ?? ''];
}

function clone(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function tick(): Promise<void> {
  return Promise.resolve();
}
