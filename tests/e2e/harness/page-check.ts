import type { FoundFinding } from '../../servers/expectations.ts';
import type { Extension, ExtensionView, Popup, Tab, TestBrowser } from './browser.ts';
import { until } from './browser.ts';
import { readFindings, readPageFindings } from './read-findings.ts';

/** What stands over the findings of a check, and the sentences below it. */
export interface CheckReading {
  readonly heading: string;
  readonly detail: string;
  /** `rule (severity)`, sorted. */
  readonly findings: readonly string[];
}

/** What a page may store, in each place that a check looks at. */
export interface StoredInPage {
  readonly local?: Readonly<Record<string, string>>;
  readonly session?: Readonly<Record<string, string>>;
  /** As `document.cookie` takes them. */
  readonly cookies?: readonly string[];
  /** In the store `auth` of the database `app`. */
  readonly records?: Readonly<Record<string, unknown>>;
}

/** Runs in a page. */
export async function storeInPage({ local = {}, session = {}, cookies = [], records }: StoredInPage): Promise<void> {
  for (const [key, value] of Object.entries(local)) localStorage.setItem(key, value);
  for (const [key, value] of Object.entries(session)) sessionStorage.setItem(key, value);
  for (const cookie of cookies) document.cookie = cookie;
  if (records === undefined) return;
  await new Promise<void>((resolve, reject) => {
    const opened = indexedDB.open('app', 1);
    opened.onupgradeneeded = () => opened.result.createObjectStore('auth');
    opened.onerror = () => reject(opened.error);
    opened.onsuccess = () => {
      const transaction = opened.result.transaction('auth', 'readwrite');
      for (const [key, value] of Object.entries(records)) transaction.objectStore('auth').put(value, key);
      transaction.oncomplete = () => {
        opened.result.close();
        resolve();
      };
    };
  });
}

const HEAD = '.page-check-head';
export const CHECK_BUTTON = `${HEAD} .button`;

interface ShownCheck {
  readonly heading: string;
  readonly detail: string;
  /** When it began; empty before the first one. */
  readonly at: string;
}

/** Heading and sentences of the section about the page. */
export function readCheck(popup: ExtensionView): Promise<ShownCheck | null> {
  return popup.evaluate((head) => {
    const text = (selector: string) => document.querySelector(`${head} ${selector}`)?.textContent?.trim() ?? '';
    const section = document.querySelector<HTMLElement>('.page-check');
    return section === null ? null : { heading: text('h2'), detail: text('div'), at: section.dataset['at'] ?? '' };
  }, HEAD);
}

/** Presses "Check this page" in an open popup and waits until the check has ended, however. */
export async function pressCheck(popup: ExtensionView & Pick<Popup, 'press'>): Promise<ShownCheck> {
  await until('the offer to check', async () => ((await readCheck(popup)) === null ? null : true));
  const before = (await readCheck(popup))?.at;
  await popup.press(CHECK_BUTTON);
  return until(
    'the end of the check',
    async () => {
      const now = await readCheck(popup);
      return now === null || now.at === before || /^Checking/.test(now.heading) ? null : now;
    },
    30_000,
  );
}

/** Presses the toolbar button on a tab, checks its page, and reads what a person reads. */
export async function checkPage(extension: Extension, tab: Tab): Promise<CheckReading> {
  const popup = await extension.clickToolbar(tab);
  const { heading, detail } = await pressCheck(popup);
  const findings = await linesOf(popup);
  await popup.close();
  return { heading, detail, findings };
}

/** The browser's id of a tab, by its address. */
export async function tabIdOf(extension: Extension, tab: Tab): Promise<number> {
  const id = await extension.background.evaluate(async (wanted) => {
    const { tabs } = (globalThis as unknown as { chrome: ChromeTabs }).chrome;
    return (await tabs.query({})).find((one) => one.url === wanted)?.id ?? null;
  }, tab.url());
  if (id === null) throw new Error(`no tab shows ${tab.url()}`);
  return id;
}

/** Pages of the popup for tabs whose sites are granted; used again, because to open a tab takes longer than to read it. */
export function popupPages(extension: Extension) {
  const free: Tab[] = [];
  let turn = 0;
  const inTurn = oneAfterAnother();
  return {
    /** Shows the popup of a tab and hands its page over. */
    async of<T>(tab: number, read: (popup: Tab) => Promise<T>): Promise<T> {
      const popup = free.pop() ?? (await inTurn(() => extension.openPage('popup.html?tab=0')));
      // Never the address that it has: the document of before could be taken for the next.
      const search = `?tab=${tab}&turn=${turn++}`;
      await popup.evaluate((to) => location.assign(to), search);
      await until('the popup', () =>
        popup.evaluate((to) => (location.search === to && document.readyState === 'complete' ? true : null), search),
      );
      const found = await read(popup);
      free.push(popup);
      return found;
    },
  };
}

/** Tabs that are used again, for the same reason. */
export function spareTabs(browser: TestBrowser, extension: Extension) {
  const free: Tab[] = [];
  const inTurn = oneAfterAnother();
  return {
    take: async (): Promise<Tab> => free.pop() ?? (await inTurn(() => browser.newTab())),
    /** `id`: the browser's. What the extension holds of the tab is removed. */
    async giveBack(tab: Tab, id: number): Promise<void> {
      await extension.background.evaluate(async (of) => {
        const { storage } = (globalThis as unknown as { chrome: ChromeStorage }).chrome;
        const keys = Object.entries(await storage.session.get(null)).flatMap(([key, value]) =>
          /^(log|page):/.test(key) && value?.tab === of ? [key] : [],
        );
        await storage.session.remove(keys);
      }, id);
      free.push(tab);
    },
  };
}

export type SpareTabs = ReturnType<typeof spareTabs>;

export type PopupPages = ReturnType<typeof popupPages>;

/** Runs what it is given one after the other: a browser that opens six tabs at once opens none for a while. */
function oneAfterAnother() {
  let turns: Promise<unknown> = Promise.resolve();
  return <T>(act: () => Promise<T>): Promise<T> => {
    const turn = turns.then(act);
    turns = turn.catch(() => undefined);
    return turn;
  };
}

/** Checks the page of a tab in the popup's page, and reads what a person reads. */
export async function checkInTab(extension: Extension, pages: PopupPages, tab: Tab): Promise<CheckReading> {
  return pages.of(await tabIdOf(extension, tab), async (page) => {
    const { heading, detail } = await pressCheck({
      evaluate: page.evaluate.bind(page),
      press: (selector: string) =>
        page.evaluate((wanted) => document.querySelector<HTMLElement>(wanted)?.click(), selector),
    });
    return { heading, detail, findings: await linesOf(page) };
  });
}

interface ChromeStorage {
  readonly storage: {
    readonly session: {
      get(keys: null): Promise<Readonly<Record<string, { readonly tab?: number } | undefined>>>;
      remove(keys: readonly string[]): Promise<void>;
    };
  };
}

interface ChromeTabs {
  readonly tabs: { query(query: object): Promise<readonly { readonly id: number; readonly url?: string }[]> };
}

/** Every finding, remarks too. */
export async function linesOf(popup: ExtensionView): Promise<readonly string[]> {
  const flows = await readFindings(popup);
  const found = [...flows.flatMap(({ findings }) => findings), ...(await readPageFindings(popup))];
  const lines = ({ rule, severity, children }: FoundFinding): readonly string[] => [
    `${rule} (${severity})`,
    ...children.flatMap(lines),
  ];
  return found.flatMap(lines).toSorted();
}
