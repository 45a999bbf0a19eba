import type { ClientType } from '../model/flow.ts';
import { isTabId, type TabId } from '../view/tabs.ts';

/** What the popup remembers of a tab for the browser session: keys and choices, never a value of the capture. */
export interface TabMemory {
  /** Key of the flow that the person chose, and of the latest one at that moment: a later sign-in ends the choice. */
  readonly chosen: { readonly flow: string; readonly latest: string } | null;
  /** Keys of open cards and sections. */
  readonly open: readonly string[];
  /** Keys of the flows whose first card was opened already. */
  readonly visited: readonly string[];
}

export interface PopupMemory {
  readTab(tab: number): Promise<TabMemory>;
  writeTab(tab: number, memory: TabMemory): Promise<void>;
  /** What the person said about clients, by `clientKey`. */
  readTold(): Promise<ReadonlyMap<string, ClientType>>;
  writeTold(told: ReadonlyMap<string, ClientType>): Promise<void>;
}

export const EMPTY_MEMORY: TabMemory = { chosen: null, open: [], visited: [] };

const TOLD = 'popup:told';
const SHOWN = 'popup:shown';
const tabKey = (tab: number): string => `popup:tab:${tab}`;

/** Most keys that are kept of one kind; the oldest go first. */
const MOST = 200;

/** The part of a storage area that the memory needs; `storage.session` has it. */
export interface MemoryArea {
  get(key: string): Promise<Record<string, unknown>>;
  set(items: Record<string, unknown>): Promise<void>;
}

/**
 * Gone with the page. For private windows: normal windows share `storage.session` with them, and a private window
 * keeps to itself even which cards were open.
 */
export function pageArea(): MemoryArea {
  const kept = new Map<string, unknown>();
  return {
    get: (key) => Promise.resolve(kept.has(key) ? { [key]: kept.get(key) } : {}),
    set: (items) => {
      for (const [key, value] of Object.entries(items)) kept.set(key, value);
      return Promise.resolve();
    },
  };
}

/** With `storage.session` as its area it is in memory and gone when the browser closes. */
export function createPopupMemory(area: MemoryArea): PopupMemory {
  const read = async (key: string): Promise<unknown> => (await area.get(key))[key];
  return {
    async readTab(tab) {
      const stored = await read(tabKey(tab));
      return isRecord(stored)
        ? { chosen: choiceOf(stored['chosen']), open: textsOf(stored['open']), visited: textsOf(stored['visited']) }
        : EMPTY_MEMORY;
    },
    writeTab: (tab, memory) =>
      area.set({
        [tabKey(tab)]: { ...memory, open: memory.open.slice(-MOST), visited: memory.visited.slice(-MOST) },
      }),
    async readTold() {
      const stored = await read(TOLD);
      const entries = isRecord(stored) ? Object.entries(stored) : [];
      return new Map(entries.filter((entry): entry is [string, ClientType] => isClientType(entry[1])));
    },
    writeTold: (told) => area.set({ [TOLD]: Object.fromEntries([...told].slice(-MOST)) }),
  };
}

/** The view of the popup that was shown last. */
export interface ShownMemory {
  read(): Promise<TabId>;
  write(tab: TabId): Promise<void>;
}

export function createShownMemory(area: MemoryArea): ShownMemory {
  return {
    async read() {
      const stored = (await area.get(SHOWN))[SHOWN];
      return isTabId(stored) ? stored : 'page';
    },
    write: (tab) => area.set({ [SHOWN]: tab }),
  };
}

function choiceOf(value: unknown): TabMemory['chosen'] {
  if (!isRecord(value)) return null;
  const { flow, latest } = value;
  return typeof flow === 'string' && typeof latest === 'string' ? { flow, latest } : null;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}

function isClientType(value: unknown): value is ClientType {
  return value === 'public' || value === 'confidential' || value === 'unknown';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
