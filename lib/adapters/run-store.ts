import type { Browser } from 'webextension-polyfill';
import type { Run } from '../runner/run.ts';
import type { CacheState, TokenCacheIo } from '../runner/token-cache.ts';
import { type LogArea, logArea } from './log-area.ts';

/**
 * Where the run of a window is. Normal and private windows have one each, and never see the other: in Chromium their
 * instances have memories of their own (`logArea`), in Firefox, where they share one, they have names of their own in it.
 */
export interface RunPlace {
  readonly area: LogArea;
  readonly name: 'current' | 'private';
}

/** The place of the window that asks. */
export function runPlace(browser: Browser): RunPlace {
  const hidden = !hasOwnInstance(browser) && browser.extension.inIncognitoContext === true;
  return { area: logArea(browser), name: hidden ? 'private' : 'current' };
}

/** The places whose runs the background drives that asks. */
export function drivenPlaces(browser: Browser): readonly RunPlace[] {
  const area = logArea(browser);
  const names = hasOwnInstance(browser) ? (['current'] as const) : (['current', 'private'] as const);
  return names.map((name) => ({ area, name }));
}

const hasOwnInstance = (browser: Browser): boolean => browser.runtime.getManifest().incognito === 'split';

/** The one run of a place, where every page of the extension can see it and a stopped worker finds it again. */
export interface RunStore {
  read(): Promise<Run | null>;
  write(run: Run | null): Promise<void>;
  /** Called with each change; returns the function that ends it. */
  onChange(listener: (run: Run | null) => void): () => void;
}

const runKey = ({ name }: RunPlace): string => `run:${name}`;
const cacheKey = ({ name }: RunPlace): string => `run:tokens:${name}`;

export function createRunStore(place: RunPlace): RunStore {
  const { area } = place;
  const key = runKey(place);
  const read = async (): Promise<Run | null> => {
    // Only this extension writes here: the access level of storage.session keeps content scripts out.
    return ((await area.get([key]))[key] as Run | undefined) ?? null;
  };
  return {
    read,
    async write(run) {
      if (run === null) await area.remove([key, cacheKey(place)]);
      else await area.set({ [key]: run });
    },
    onChange(listener) {
      const heard = (changes: Readonly<Record<string, unknown>>): void => {
        if (key in changes) void read().then(listener);
      };
      area.onChanged.addListener(heard);
      return () => area.onChanged.removeListener(heard);
    },
  };
}

/** Where the token cache keeps its token; one client at a time. */
export function createTokenStore(place: RunPlace, client: string): Pick<TokenCacheIo, 'load' | 'store'> {
  const { area } = place;
  const key = cacheKey(place);
  return {
    async load() {
      const held = (await area.get([key]))[key] as { client: string; state: CacheState } | undefined;
      return held?.client === client ? held.state : { is: 'empty' };
    },
    store: (state) => area.set({ [key]: { client, state } }),
  };
}
