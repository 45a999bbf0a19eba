import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { harDocument } from '../../../lib/har/write.ts';
import { codePkcePublic } from '../../servers/cases/code-pkce-public.ts';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import { BY_VALUE, CANARIES, decodedEverything, exchange, leaksIn, POSITIONS } from '../../unit/exports/canaries.ts';
import type { Extension, LaunchOptions, Tab, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { ALL_CONSOLES, keepConsole, ONE_CONSOLE } from '../harness/console-lines.ts';
import { storeInPage, tabIdOf } from '../harness/page-check.ts';

const named = (wanted: string): string => CANARIES.find(({ name }) => name === wanted)?.value ?? '';
const AUTHORIZATION = new URLSearchParams({
  response_type: 'code',
  client_id: 'client-7',
  redirect_uri: 'https://app.example/cb',
  state: named('state'),
  nonce: named('nonce'),
});

/** A request in which something is found; every canary under its own name in a form, and one or two in every position. */
const CAPTURE = [
  exchange({ url: `https://as.example/auth?${AUTHORIZATION}` }),
  ...CANARIES.map((canary) => POSITIONS['form']?.(canary)),
  ...Object.values({ ...POSITIONS, ...BY_VALUE }).flatMap((put, index) =>
    CANARIES.filter((_, at) => (at + index) % 32 === 0).map((canary) => put(canary)),
  ),
].flatMap((one, entry) => (one === undefined ? [] : [{ ...one, id: `0:${entry}`, source: { source: 0, entry } }]));

interface Watching {
  /** What was written to the console, and what was saved. */
  consoleLines: string[];
  saved: Promise<string>[];
}

interface StorageLike {
  get(keys: null): Promise<object>;
  set(items: object): Promise<void>;
  remove(key: string): Promise<void>;
}

interface ExtensionApi {
  readonly action: { getTitle(details: object): Promise<string>; getBadgeText(details: object): Promise<string> };
  readonly tabs: { query(query: object): Promise<readonly { readonly id?: number }[]> };
  readonly storage: { readonly local: StorageLike; readonly session: StorageLike; readonly sync?: StorageLike };
}

declare const chrome: ExtensionApi;

/** Runs in a document of the extension: from now on what it saves is read instead. */
function listen(): void {
  const watching = globalThis as unknown as Watching;
  watching.saved = [];
  URL.createObjectURL = (blob) => {
    watching.saved.push((blob as Blob).text());
    return '#saved';
  };
}

/** Runs in the inspector: everything of the extension that outlives the moment, and every place that others see. */
async function residue(): Promise<string> {
  const watching = globalThis as unknown as Watching;
  const databases = await indexedDB.databases();
  const stored = await Promise.all(
    databases.map(
      ({ name = '' }) =>
        new Promise<unknown[]>((resolve, reject) => {
          const opening = indexedDB.open(name);
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const stores = [...opening.result.objectStoreNames];
            if (stores.length === 0) return resolve([]);
            const all: unknown[] = [];
            const transaction = opening.result.transaction(stores);
            for (const store of stores) {
              const read = transaction.objectStore(store).getAll();
              read.onsuccess = () => all.push(...read.result);
            }
            transaction.oncomplete = () => resolve(all);
          };
        }),
    ),
  );
  const tabs = await chrome.tabs.query({});
  const badges = await Promise.all(
    tabs.map(async ({ id }) => [
      await chrome.action.getTitle({ tabId: id }),
      await chrome.action.getBadgeText({ tabId: id }),
    ]),
  );
  return JSON.stringify([
    document.title,
    location.href,
    badges,
    await chrome.storage.local.get(null),
    (await chrome.storage.sync?.get(null).catch(() => null)) ?? null,
    { ...localStorage },
    { ...sessionStorage },
    stored,
    watching.consoleLines,
  ]);
}

/** Runs in the inspector. */
function dropFile({ name, text }: { readonly name: string; readonly text: string }): void {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name));
  const drop = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer });
  document.querySelector('.inspector-app')?.dispatchEvent(drop);
}

/** Runs in the inspector: opens every section, every flow and its messages, and every fold that is there. */
async function openEverything(): Promise<void> {
  const drawn = () => new Promise((resolve) => setTimeout(resolve, 20));
  for (const section of document.querySelectorAll<HTMLElement>('[role=tab]')) {
    section.click();
    await drawn();
    for (const row of [...document.querySelectorAll<HTMLElement>('.flow-row, .cause, .arrow-row')].slice(0, 20)) {
      row.click();
      await drawn();
      for (const fold of document.querySelectorAll<HTMLElement>('.fold .row[aria-expanded=false]')) fold.click();
      for (const eye of document.querySelectorAll<HTMLElement>('.value-tools [aria-pressed=false]')) eye.click();
    }
  }
}

/** Runs in the inspector: presses the entry of "Export", confirms where it asks, and gives what is saved. */
async function exportAs(index: number): Promise<string> {
  const { saved } = globalThis as unknown as Watching;
  const before = saved.length;
  document.querySelector<HTMLElement>('.inspector-tools .menu > button')?.click();
  const wait = () => new Promise((resolve) => setTimeout(resolve, 20));
  for (let tries = 0; tries < 500 && saved.length === before; tries++) {
    const items = document.querySelectorAll<HTMLElement>('.inspector-tools [role=menuitem]');
    items[index]?.click();
    document.querySelector<HTMLElement>('.warning-buttons .button:not(.primary)')?.click();
    await wait();
  }
  return (await saved[before]) ?? '';
}

/** Runs in the inspector: what it says of what it shows, flows and causes. */
async function verdict(): Promise<readonly string[]> {
  const drawn = () => new Promise((resolve) => setTimeout(resolve, 50));
  const lines: string[] = [];
  for (const [section, rows] of [
    ['flows', '.flow-row'],
    ['findings', '.cause'],
  ] as const) {
    document.querySelector<HTMLElement>(`#section-${section}`)?.click();
    await drawn();
    lines.push(...[...document.querySelectorAll(rows)].map((row) => (row.textContent ?? '').trim()));
  }
  return lines;
}

/** Nothing that is known as a secret leaves but by the one export that says so. */
export function secretTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let demo: Demo;
  let browser: TestBrowser;
  let extension: Extension;
  let inspector: Tab;
  let page: Tab;

  const canariesIn = (text: string) => {
    const all = decodedEverything(text);
    return CANARIES.filter((canary) => leaksIn(all, canary).length > 0).map(({ name }) => name);
  };
  const shows = (name: string) =>
    until(name, () =>
      inspector.evaluate(
        (wanted) => (document.querySelector('.source-line')?.textContent?.includes(wanted) === true ? true : null),
        name,
      ),
    );

  before(async () => {
    demo = await startDemo({ cases: [codePkcePublic] });
    browser = await launch({ demo, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    await extension.grantHosts('*://*/*');
    await extension.background.evaluate(keepConsole, ONE_CONSOLE);
    inspector = await extension.openPage('inspector.html');
    await inspector.evaluate(keepConsole, ALL_CONSOLES);
    await inspector.evaluate(listen, undefined);
    page = await browser.newTab();
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  test('secrets that pass by and that are imported leave no trace in badge, title, storage and console', async () => {
    const all = new URLSearchParams(CANARIES.map(({ name, value }) => [name, value]));
    const callback = `${demo.caseUrl(codePkcePublic.id)}callback`;
    await page.goto(`${demo.origins.as}/auth?response_type=code&client_id=x&${all}`);
    await page.goto(`${callback}?${all}`);
    await page.goto(`${callback}#${all}`);
    await page.evaluate(
      ([url, body]) =>
        fetch(url ?? '', { method: 'POST', body: new URLSearchParams(body) }).then(
          () => null,
          () => null,
        ),
      [`${demo.origins.as}/token`, `grant_type=authorization_code&${all}`],
    );
    await until('the log', () =>
      inspector.evaluate(() => (document.querySelector('.flow-row') === null ? null : true), undefined),
    );
    await inspector.bringToFront();
    await inspector.evaluate(openEverything, undefined);
    const har = harDocument(CAPTURE, { creator: { name: 'test', version: '0' }, comment: '' });
    await inspector.evaluate(dropFile, { name: 'canaries.har', text: JSON.stringify(har) });
    await shows('canaries.har');
    await inspector.evaluate(openEverything, undefined);
    const left = await inspector.evaluate(residue, undefined);
    assert.deepEqual(canariesIn(left), []);
    // The search finds what is there.
    const [first] = CANARIES;
    assert.deepEqual(canariesIn(`${left}${encodeURIComponent(first?.value ?? '')}`), [first?.name]);
  });

  test('what is read of a page, recorded of its tab and told by its hooks leaves none either', async () => {
    await page.goto(`${demo.caseUrl(codePkcePublic.id)}callback`);
    const values = Object.fromEntries(CANARIES.map(({ name, value }) => [name, value]));
    await page.evaluate(storeInPage, { local: values, session: { all: JSON.stringify(values) }, records: values });
    await page.evaluate((all) => Object.assign(window, { config: all }), values);
    const popup = await extension.openPage(`popup.html?tab=${await tabIdOf(extension, page)}`);
    await popup.evaluate(keepConsole, ONE_CONSOLE);
    const section = (selector: string) =>
      popup.evaluate((wanted) => document.querySelector<HTMLElement>(wanted)?.click(), selector);
    const state = (wanted: string) =>
      until(`the recording to be ${wanted}`, () =>
        popup.evaluate((is) => (document.querySelector(`.record[data-state=${is}]`) === null ? null : true), wanted),
      );
    await state('offer');
    await section('.record input[type=checkbox]');
    await section('[data-press=start]');
    await state('recording');
    await until('the hooks', () =>
      page.evaluate(() => (/native code/.test(String(Storage.prototype.setItem)) ? null : true), undefined),
    );
    await page.evaluate((all) => {
      for (const [name, value] of Object.entries(all)) {
        sessionStorage.setItem(`told_token_${name}`, value);
        window.postMessage({ token: value }, '*');
      }
    }, values);
    const memory = () =>
      inspector.evaluate(async () => JSON.stringify(await chrome.storage.session.get(null)), undefined);
    await until('what the hooks told', async () => ((await memory()).includes('told_token_code') ? true : null));
    await section('[data-press=stop]');
    await state('ended');
    await until('the check at the end', () =>
      popup.evaluate(
        () => (/^The page itself/.test(document.querySelector('.page-check h2')?.textContent ?? '') ? true : null),
        undefined,
      ),
    );
    await popup.evaluate(() => {
      for (const row of document.querySelectorAll<HTMLElement>('.fold .row[aria-expanded=false]')) row.click();
    }, undefined);
    // It is in the memory of the session, and nowhere else.
    assert.ok(canariesIn(await memory()).length > CANARIES.length / 2);
    // The inspector keeps the consoles of all.
    const left = async () =>
      (await inspector.evaluate(residue, undefined)) + (await popup.evaluate(residue, undefined));
    assert.deepEqual(canariesIn(await left()), []);
    // Planted where it must not be, it is found.
    const [first] = CANARIES;
    await popup.evaluate((value) => chrome.storage.local.set({ plant: value }), first?.value ?? '');
    assert.deepEqual(canariesIn(await left()), [first?.name]);
    await popup.evaluate(() => chrome.storage.local.remove('plant'), undefined);
    await popup.evaluate((value) => {
      const { console: written } = globalThis;
      written.log(value);
    }, first?.value ?? '');
    assert.deepEqual(canariesIn(await left()), [first?.name]);
    await popup.close();
  });

  test('of what is saved only the file that says so holds them', async () => {
    await inspector.setSize(1400, 900);
    const files: string[] = [];
    for (const index of [0, 1, 2, 3, 4]) files.push(await inspector.evaluate(exportAs, index));
    const raw = files.pop() ?? '';
    assert.equal(files.length, 4);
    for (const file of files) {
      assert.notEqual(file, '');
      assert.deepEqual(canariesIn(file), []);
    }
    assert.equal(canariesIn(raw).length, CANARIES.length);
    const before = await inspector.evaluate(verdict, undefined);
    assert.notDeepEqual(before, []);
    for (const [name, text] of [
      ['again.har', files[0] ?? ''],
      ['again.json', files[1] ?? ''],
    ] as const) {
      await inspector.evaluate(dropFile, { name, text });
      await shows(name);
      await until('the same flows and findings', async () => {
        const now = await inspector.evaluate(verdict, undefined);
        return JSON.stringify(now) === JSON.stringify(before) ? true : null;
      });
    }
  });
}
