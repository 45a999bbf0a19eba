import type { Browser } from 'webextension-polyfill';

/** The part of a storage area that the log needs; `storage.session` has it. */
export interface LogArea {
  /** `null`: everything. */
  get(keys: string[] | null): Promise<Record<string, unknown>>;
  /** Missing in Chrome before 130 and Firefox before 143. */
  getKeys?(): Promise<string[]>;
  set(items: Record<string, unknown>): Promise<void>;
  remove(keys: string[]): Promise<void>;
  /** Bytes, as the area itself counts them. */
  getBytesInUse(keys: null): Promise<number>;
  readonly onChanged: {
    addListener(listener: ChangeListener): void;
    removeListener(listener: ChangeListener): void;
  };
}

/** Gets an object whose names are the keys that changed. */
export type ChangeListener = (changes: Readonly<Record<string, unknown>>) => void;

/**
 * Memory that is gone with the windows it belongs to. Where the extension runs as a second, private instance (Chromium,
 * `incognito: split`), `storage.session` is still that of both, and the private instance is ended without a word when
 * its last window closes: it could not clean up. Its IndexedDB is its own, is never written to disk and goes with it.
 */
export function logArea(browser: Browser): LogArea {
  const split = browser.runtime.getManifest().incognito === 'split';
  return split && browser.extension.inIncognitoContext === true ? privateArea() : browser.storage.session;
}

const STORE = 'records';

function privateArea(): LogArea {
  const opened = openDatabase();
  const listeners = new Set<ChangeListener>();
  const channel = new BroadcastChannel('log');
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (Array.isArray(data)) tell(data.map(String));
  };

  function tell(keys: readonly string[]): void {
    const changes = Object.fromEntries(keys.map((key) => [key, {}]));
    for (const listener of listeners) listener(changes);
  }

  async function write(keys: readonly string[], act: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = (await opened).transaction(STORE, 'readwrite');
    act(transaction.objectStore(STORE));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('The private log refused the write.'));
    });
    channel.postMessage(keys);
    tell(keys);
  }

  async function get(wanted: string[] | null = null): Promise<Record<string, unknown>> {
    const store = (await opened).transaction(STORE).objectStore(STORE);
    if (wanted !== null) {
      const values = await Promise.all(wanted.map((key) => resultOf<unknown>(store.get(key))));
      return Object.fromEntries(wanted.map((key, index) => [key, values[index]]));
    }
    const [keys, values] = await Promise.all([resultOf(store.getAllKeys()), resultOf<unknown[]>(store.getAll())]);
    return Object.fromEntries(keys.map((key, index) => [String(key), values[index]]));
  }

  return {
    get,
    getKeys: async () => {
      const keys = await resultOf((await opened).transaction(STORE).objectStore(STORE).getAllKeys());
      return keys.map(String);
    },
    set: (items) =>
      write(Object.keys(items), (store) => {
        for (const [key, value] of Object.entries(items)) store.put(value, key);
      }),
    remove: (keys) =>
      write(keys, (store) => {
        for (const key of keys) store.delete(key);
      }),
    getBytesInUse: async () => JSON.stringify(await get()).length,
    onChanged: {
      addListener: (listener) => void listeners.add(listener),
      removeListener: (listener) => void listeners.delete(listener),
    },
  };
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open('log');
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return resultOf(request);
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The private log cannot be read.'));
  });
}
