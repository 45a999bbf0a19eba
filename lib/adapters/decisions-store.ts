import type { Browser } from 'webextension-polyfill';
import { type Decisions, NO_DECISIONS, readDecisions } from '../view/decisions.ts';

/** Mutes and baseline; nothing in them is a value of the capture. */
export interface DecisionsStore {
  /** Storage that cannot be read gives none: findings are then shown rather than hidden. */
  read(): Promise<Decisions>;
  write(decisions: Decisions): Promise<void>;
  /** Called (without details) after each change by whichever page; returns the function that ends it. */
  onChange(listener: () => void): () => void;
}

const DECISIONS = 'decisions';

/**
 * In `storage.local`, so that they survive the browser session. A private window reads them, too, but what is decided
 * there is about sites that nobody shall find written down: it stays in that page and is gone with it.
 */
export function createDecisionsStore(browser: Browser): DecisionsStore {
  const { local } = browser.storage;
  const isPrivate = browser.extension.inIncognitoContext;
  let own: Decisions | null = null;
  const listeners = new Set<() => void>();
  return {
    async read() {
      if (own !== null) return own;
      const stored = await local.get(DECISIONS).catch(() => ({}) as Record<string, unknown>);
      return stored[DECISIONS] === undefined ? NO_DECISIONS : readDecisions(stored[DECISIONS]);
    },
    write(decisions) {
      if (!isPrivate) return local.set({ [DECISIONS]: decisions });
      own = decisions;
      for (const listener of listeners) listener();
      return Promise.resolve();
    },
    onChange(listener) {
      const heard = (changes: Readonly<Record<string, unknown>>): void => {
        if (DECISIONS in changes) listener();
      };
      listeners.add(listener);
      local.onChanged.addListener(heard);
      return () => {
        listeners.delete(listener);
        local.onChanged.removeListener(heard);
      };
    },
  };
}
