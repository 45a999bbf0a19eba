import type { Tab } from './browser.ts';

declare const chrome: {
  readonly storage: Readonly<Record<'local' | 'sync' | 'session', { get(keys: null): Promise<object> }>>;
};

/** All that one context of the extension keeps, where a text would be found again. */
export interface Stored {
  /** What may outlive the browser session, as JSON. IndexedDB with the values of every database, keys as `CryptoKey`. */
  readonly kept: {
    readonly local: string;
    readonly sync: string;
    readonly databases: string;
    readonly localStorage: string;
    readonly caches: string;
  };
  /** `storage.session` and `sessionStorage`: gone with the browser, or with the tab. */
  readonly memory: string;
}

/** Reads it in a page of the extension: background and pages have these stores in common, a private instance its own. */
export function readStored(page: Tab): Promise<Stored> {
  return page.evaluate(async () => {
    const plain = (_name: string, value: unknown): unknown =>
      value instanceof CryptoKey ? `CryptoKey ${value.type} ${value.extractable}` : value;
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
      });
    const databases: Record<string, unknown> = {};
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        const keys = await settled(objects.getAllKeys());
        databases[`${name}/${store}`] = [keys, await settled(objects.getAll())];
      }
      database.close();
    }
    const cached: unknown[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        cached.push([name, request.url, await (await cache.match(request))?.text()]);
      }
    }
    const { local, sync, session } = chrome.storage;
    return {
      kept: {
        local: JSON.stringify(await local.get(null)),
        sync: JSON.stringify(await sync.get(null)),
        databases: JSON.stringify(databases, plain),
        localStorage: JSON.stringify({ ...localStorage }),
        caches: JSON.stringify(cached),
      },
      memory: JSON.stringify([await session.get(null), { ...sessionStorage }]),
    };
  }, undefined);
}
