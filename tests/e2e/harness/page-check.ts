import type { FoundFinding } from '../../servers/expectations.ts';
import type { Extension, ExtensionView, Popup, Tab } from './browser.ts';
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
  const inTurn = oneAfterAnother();
  return {
    /** Shows the popup of a tab and hands its page over. */
    async of<T>(tab: number, read: (popup: Tab) => Promise<T>): Promise<T> {
      const popup = free.pop() ?? (await inTurn(() => extension.openPage('popup.html?tab=0')));
      await popup.evaluate((search) => location.assign(search), `?tab=${tab}`);
      await until('the popup', () =>
        popup.evaluate(
          (search) => (location.search === search && document.readyState === 'complete' ? true : null),
          `?tab=${tab}`,
        ),
      );
      const found = await read(popup);
      free.push(popup);
      return found;
    },
  };
}

export type PopupPages = ReturnType<typeof popupPages>;

/** Runs what it is given one after the other: Firefox opens no tab while another closes. */
export function oneAfterAnother() {
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
