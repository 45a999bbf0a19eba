/**
 * What runs inside of a page, by `scripting.executeScript`. Each function is handed over as its text: it may use nothing
 * but its arguments and the globals of the page. None changes anything: nothing is defined, called or written there. All
 * but `readGlobals` run in the extension's own world, where the page cannot have replaced a built-in function.
 *
 * `of` is the document that was listed; where the frame shows another one by now, the answer is `null`.
 */

/** What there is to read in one document. Sizes are characters. */
export interface FrameList {
  /** `performance.timeOrigin`: tells this document from the next one in the same frame. */
  readonly document: number;
  readonly url: string;
  readonly origin: string;
  /** Keys with the size of their values; empty where the browser refuses the storage to this document. */
  readonly local: readonly (readonly [key: string, size: number])[];
  readonly session: readonly (readonly [key: string, size: number])[];
  readonly cookies: string;
  readonly databases: readonly string[];
  /** Sizes of the script elements that hold code or JSON themselves. */
  readonly inline: readonly number[];
  /** Addresses of scripts and JSON files of the document's own origin that it loaded. */
  readonly files: readonly string[];
  readonly markup: number;
  /** JSON of the state of the history entry; `null` where there is none. */
  readonly state: string | null;
  /** Addresses of the frames in it. */
  readonly frames: readonly string[];
}

export async function listFrame(): Promise<FrameList> {
  const MAX_FILES = 400;
  const keysOf = (area: () => Storage): [string, number][] => {
    try {
      const storage = area();
      return Array.from({ length: storage.length }, (_, index): [string, number] => {
        const key = storage.key(index) ?? '';
        return [key, (storage.getItem(key) ?? '').length];
      });
    } catch {
      return [];
    }
  };
  const own = (address: string): string[] => {
    if (!URL.canParse(address, document.baseURI)) return [];
    const url = new URL(address, document.baseURI);
    url.hash = '';
    return url.origin === location.origin && /^https?:$/.test(url.protocol) ? [url.href] : [];
  };
  let cookies = '';
  try {
    cookies = document.cookie;
  } catch {
    // A sandboxed document has none.
  }
  let databases: string[] = [];
  try {
    databases = (await indexedDB.databases()).flatMap(({ name }) => name ?? []);
  } catch {
    // No storage for this document.
  }
  let workers: string[] = [];
  try {
    workers = (await navigator.serviceWorker.getRegistrations()).flatMap(({ active }) => active?.scriptURL ?? []);
  } catch {
    // Not in a secure context.
  }
  let state: string | null = null;
  try {
    state = history.state === null ? null : JSON.stringify(history.state).slice(0, 65_536);
  } catch {
    // What cannot be written as JSON is no token.
  }
  const scripts = [...document.scripts];
  const loaded = performance.getEntriesByType('resource').flatMap((entry) => {
    const { name, initiatorType } = entry as PerformanceResourceTiming;
    const path = name.replace(/[?#].*$/s, '');
    const isCode = initiatorType === 'script' || /\.[cm]?js$/i.test(path);
    return isCode || /\.json$/i.test(path) ? [name] : [];
  });
  const linked = [...document.querySelectorAll<HTMLLinkElement>('link[rel~=modulepreload][href]')];
  return {
    document: performance.timeOrigin,
    url: location.href,
    origin: location.origin,
    local: keysOf(() => localStorage),
    session: keysOf(() => sessionStorage),
    cookies,
    databases,
    inline: scripts.flatMap((script) => (script.src === '' ? [script.text.length] : [])),
    files: [
      ...new Set(
        [...scripts.map(({ src }) => src), ...linked.map(({ href }) => href), ...loaded, ...workers].flatMap(
          (address) => (address === '' ? [] : own(address)),
        ),
      ),
    ].slice(0, MAX_FILES),
    markup: document.documentElement.outerHTML.length,
    state,
    frames: [...document.querySelectorAll<HTMLIFrameElement>('iframe, frame')].map(({ src }) => src),
  };
}

/** What web storage and cookies of one document hold at one moment. */
export interface AreasRead {
  readonly document: number;
  readonly origin: string;
  readonly local: readonly (readonly [key: string, value: string])[];
  readonly session: readonly (readonly [key: string, value: string])[];
  readonly cookies: string;
  /** More was there than `cap` characters. */
  readonly cut: boolean;
}

/** All at once, because the document may be about to go: at most so many characters of each area. */
export function readAreas(cap: number): AreasRead {
  let cut = false;
  const itemsOf = (area: () => Storage): [string, string][] => {
    const items: [string, string][] = [];
    let left = cap;
    try {
      const storage = area();
      for (let index = 0; index < storage.length; index++) {
        const key = storage.key(index) ?? '';
        const value = storage.getItem(key) ?? '';
        if (key.length + value.length > left) {
          cut = true;
          continue;
        }
        left -= key.length + value.length;
        items.push([key, value]);
      }
    } catch {
      // No storage for this document.
    }
    return items;
  };
  let cookies = '';
  try {
    cookies = document.cookie;
  } catch {
    // A sandboxed document has none.
  }
  return {
    document: performance.timeOrigin,
    origin: location.origin,
    local: itemsOf(() => localStorage),
    session: itemsOf(() => sessionStorage),
    cookies,
    cut,
  };
}

/** Values of some keys; a key that is gone meanwhile is left out. */
export function readStorage(
  of: number,
  area: 'local' | 'session',
  keys: readonly string[],
): (readonly [string, string])[] | null {
  if (performance.timeOrigin !== of) return null;
  try {
    const storage = area === 'local' ? localStorage : sessionStorage;
    return keys.flatMap((key) => {
      const value = storage.getItem(key);
      return value === null ? [] : [[key, value] as const];
    });
  } catch {
    return [];
  }
}

/** Texts of script elements, by their places among those without an address. */
export function readInline(of: number, from: number, to: number): string[] | null {
  if (performance.timeOrigin !== of) return null;
  const inline = [...document.scripts].filter(({ src }) => src === '');
  return inline.slice(from, to).map(({ text }) => text);
}

/** The document as HTML, without the texts of its scripts, which are read on their own. */
export function readMarkup(of: number, cap: number): string | null {
  if (performance.timeOrigin !== of) return null;
  return document.documentElement.outerHTML.replace(/(<script\b[^>]*>)[\s\S]*?(<\/script)/gi, '$1$2').slice(0, cap);
}

export interface FileRead {
  readonly text: string;
  readonly cut: boolean;
  /** The browser had it no longer. */
  readonly requested: boolean;
  /** The address of its source map, where a header says so (ECMA-426). */
  readonly map: string | null;
}

/** A file of the document's own origin: what the browser still holds of it or, where it holds nothing, asked for again. */
export async function readFile(
  of: number,
  url: string,
  cap: number,
  patience: number,
): Promise<FileRead | 'unreadable' | null> {
  if (performance.timeOrigin !== of) return null;
  const from = performance.now();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), patience);
  try {
    const response = await fetch(url, { cache: 'force-cache', mode: 'same-origin', signal: limit.signal });
    const size = Number(response.headers.get('content-length') ?? 0);
    if (!response.ok || size > 4 * cap) return 'unreadable';
    const text = await response.text();
    // The entry of this very request is there after a turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const entries = performance.getEntriesByName(url, 'resource') as PerformanceResourceTiming[];
    const map = response.headers.get('sourcemap') ?? response.headers.get('x-sourcemap');
    return {
      text: text.slice(0, cap),
      cut: text.length > cap,
      requested: entries.some(({ startTime, transferSize }) => startTime >= from && transferSize > 0),
      map: map !== null && URL.canParse(map, url) ? new URL(map, url).href : null,
    };
  } catch {
    return 'unreadable';
  } finally {
    clearTimeout(timer);
  }
}

/** Records of one database, `store/key` with JSON; at most so many of each store, and so many characters in all. */
export async function readDatabase(
  of: number,
  name: string,
  records: number,
  cap: number,
): Promise<{ readonly items: readonly (readonly [string, string])[]; readonly cut: boolean } | null> {
  if (performance.timeOrigin !== of) return null;
  const items: (readonly [string, string])[] = [];
  let left = cap;
  let cut = false;
  const seen = new WeakSet<object>();
  const plain = (value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
    const sort = Object.prototype.toString.call(value).slice(8, -1);
    if (sort === 'Date') return (value as Date).toISOString();
    if (Array.isArray(value)) return depth > 6 ? null : value.slice(0, 1000).map((item) => plain(item, depth + 1));
    if (value instanceof Map) return plain(Object.fromEntries([...value].map(([k, v]) => [String(k), v])), depth);
    if (value instanceof Set) return plain([...value], depth);
    if (sort !== 'Object') return `[${sort}]`;
    if (depth > 6 || seen.has(value)) return null;
    seen.add(value);
    return Object.fromEntries(Object.entries(value).map(([member, item]) => [member, plain(item, depth + 1)]));
  };
  try {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      // It was deleted meanwhile: opening it must not make it anew.
      request.onupgradeneeded = () => request.transaction?.abort();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error('blocked'));
    });
    // The page may want to change or delete it while it is read.
    database.onversionchange = () => database.close();
    for (const store of database.objectStoreNames) {
      const cursor = database.transaction(store).objectStore(store).openCursor();
      let count = 0;
      await new Promise<void>((resolve) => {
        cursor.onerror = () => resolve();
        cursor.onsuccess = () => {
          const at = cursor.result;
          if (at === null) return resolve();
          if (count >= records || left <= 0) {
            cut = true;
            return resolve();
          }
          count += 1;
          const value: unknown = at.value;
          const text = typeof value === 'string' ? value : (JSON.stringify(plain(value, 0)) ?? '');
          const key = typeof at.key === 'object' ? (JSON.stringify(at.key) ?? '') : String(at.key);
          items.push([`${name}/${store}/${key}`, text.slice(0, Math.max(0, left))]);
          left -= text.length;
          at.continue();
        };
      });
    }
    database.close();
  } catch {
    cut = true;
  }
  return { items, cut };
}

/**
 * JSON of what hangs on `window` besides what the browser puts there: data only, getters are not called. Runs in the
 * page's own world, because the extension's does not have these names.
 */
export function readGlobals(cap: number): string {
  let left = cap;
  let members = 5000;
  const seen = new Set<object>();
  const plain = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') {
      left -= value.length;
      return left < 0 ? undefined : value;
    }
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
    if (typeof value !== 'object' || depth > 4 || seen.has(value)) return undefined;
    const list = Array.isArray(value);
    if (!list && Object.prototype.toString.call(value) !== '[object Object]') return undefined;
    seen.add(value);
    const out: Record<string, unknown> = {};
    for (const name of Object.keys(value)) {
      members -= 1;
      if (members < 0 || left < 0) break;
      const described = Object.getOwnPropertyDescriptor(value, name);
      if (described === undefined || !('value' in described)) continue;
      const item = plain(described.value, depth + 1);
      if (item !== undefined) out[name] = item;
    }
    return list ? Object.values(out) : out;
  };
  const out: Record<string, unknown> = {};
  try {
    if (window.name !== '') out['name'] = plain(window.name, 0);
    for (const name of Object.keys(window)) {
      if (name === 'chrome' || left < 0 || members < 0) continue;
      const described = Object.getOwnPropertyDescriptor(window, name);
      if (described === undefined || !('value' in described)) continue;
      const item = plain(described.value, 0);
      if (item !== undefined) out[name] = item;
    }
  } catch {
    // An object of the page that refuses to be looked at ends the look.
  }
  return JSON.stringify(out);
}

/** `name=value; name=value`, as `document.cookie` lists them. Runs in the extension. */
export function cookiesOf(text: string): (readonly [string, string])[] {
  if (text === '') return [];
  return text.split('; ').map((pair) => {
    const equals = pair.indexOf('=');
    return equals < 0 ? ['', pair] : [pair.slice(0, equals), pair.slice(equals + 1)];
  });
}
