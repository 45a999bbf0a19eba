import type { Browser } from 'webextension-polyfill';
import type { Run } from '../runner/run.ts';
import type { CacheState, TokenCacheIo } from '../runner/token-cache.ts';

/** Memory of the browser session: gone when the browser closes, never on disk. */
const RUN_KEY = 'run:current';
const CACHE_KEY = 'run:tokens';

/** The one run there is, where every page of the extension can see it and a stopped worker finds it again. */
export interface RunStore {
  read(): Promise<Run | null>;
  write(run: Run | null): Promise<void>;
  /** Called with each change; returns the function that ends it. */
  onChange(listener: (run: Run | null) => void): () => void;
}

export function createRunStore(browser: Browser): RunStore {
  const { session } = browser.storage;
  return {
    async read() {
      // Only this extension writes here: the access level of storage.session keeps content scripts out.
      return ((await session.get(RUN_KEY))[RUN_KEY] as Run | undefined) ?? null;
    },
    async write(run) {
      if (run === null) await session.remove([RUN_KEY, CACHE_KEY]);
      else await session.set({ [RUN_KEY]: run });
    },
    onChange(listener) {
      const heard = (changes: Record<string, { newValue?: unknown }>): void => {
        if (RUN_KEY in changes) listener((changes[RUN_KEY]?.newValue as Run | undefined) ?? null);
      };
      session.onChanged.addListener(heard);
      return () => session.onChanged.removeListener(heard);
    },
  };
}

/** Where the token cache keeps its token; one client at a time. */
export function createTokenStore(browser: Browser, key: string): Pick<TokenCacheIo, 'load' | 'store'> {
  const { session } = browser.storage;
  return {
    async load() {
      const held = (await session.get(CACHE_KEY))[CACHE_KEY] as { key: string; state: CacheState } | undefined;
      return held?.key === key ? held.state : { is: 'empty' };
    },
    store: (state) => session.set({ [CACHE_KEY]: { key, state } }),
  };
}
