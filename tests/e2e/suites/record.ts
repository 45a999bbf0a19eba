import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { html, json, type PageStand, startPageStand } from '../../servers/page-stand.ts';
import type { Extension, LaunchOptions, Tab, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { linesOf, tabIdOf } from '../harness/page-check.ts';
import { ACCESS_TOKEN, freshJwt } from '../page-values.ts';

const HOSTS = ['app.example', 'other.example', 'api.example', 'stats.test'];

/** Runs in a page: requests with a token, in the header or in the address. */
async function call({
  header,
  urls,
}: {
  readonly header: string | null;
  readonly urls: readonly string[];
}): Promise<void> {
  for (const url of urls) {
    await fetch(url, header === null ? {} : { headers: { Authorization: header } }).catch(() => null);
  }
}

/** The popup's page for a tab, and what its section about the recording says. */
async function openPopup(extension: Extension, tab: Tab) {
  const page = await extension.openPage(`popup.html?tab=${await tabIdOf(extension, tab)}`);
  const read = () =>
    page.evaluate(() => {
      const section = document.querySelector<HTMLElement>('.record');
      return section === null ? null : { state: section.dataset['state'] ?? '', text: section.innerText };
    }, undefined);
  return {
    page,
    read,
    press: (what: string) =>
      page.evaluate((press) => document.querySelector<HTMLElement>(`[data-press=${press}]`)?.click(), what),
    is: (state: string) =>
      until(`the recording to be ${state}`, async () => {
        const now = await read();
        return now?.state === state ? now : null;
      }),
  };
}

/** Recording one tab, in a real browser with access to all sites. */
export function recordTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let stand: PageStand;
  let browser: TestBrowser;
  let extension: Extension;

  before(async () => {
    stand = await startPageStand(HOSTS);
    const open = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization' };
    const answer = { ...json({ ok: true }), headers: open };
    stand.serve({
      // Each test has an address of its own: tabs are told apart by it.
      ...Object.fromEntries(
        ['', 'hooks', 'ends', 'stopped'].map((path) => [`https://app.example/${path}`, html('<h1>Orders</h1>')]),
      ),
      'https://other.example/': html('<h1>Other</h1>'),
      'https://api.example/items': answer,
      'https://api.example/token': { ...json({ access_token: ACCESS_TOKEN, token_type: 'Bearer' }), headers: open },
      'https://stats.test/p': answer,
    });
    browser = await launch({ demo: stand, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    await extension.grantHosts('*://*/*');
  });
  after(async () => {
    await browser?.close();
    await stand?.stop();
  });

  /** Records of recorded tabs in the log, by tab. */
  const recorded = () =>
    extension.background.evaluate(async () => {
      const { storage } = (globalThis as unknown as { chrome: ChromeStorage }).chrome;
      const entries = Object.entries(await storage.session.get(null)).filter(([key]) => key.startsWith('log:'));
      return entries.flatMap(([, record]) => (record.recorded ? [{ tab: record.tab, url: record.url }] : []));
    }, undefined);

  /** What was read of the pages of a tab and told by them. */
  const ofPages = (tab: number) =>
    extension.background.evaluate(async (wanted) => {
      const { storage } = (globalThis as unknown as { chrome: ChromeStorage }).chrome;
      const entries = Object.entries(await storage.session.get(null)).filter(([key]) => key.startsWith('log:'));
      return entries
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([, record]) =>
          ['stored', 'body', 'message'].includes(record.is) && record.tab === wanted ? [record] : [],
        );
    }, tab);

  test('two tabs, one recorded: everything of it, nothing of the other; what its requests leak is found', async () => {
    const tab = await browser.newTab();
    await tab.goto('https://app.example/');
    const other = await browser.newTab();
    await other.goto('https://other.example/');
    const id = await tabIdOf(extension, tab);
    const popup = await openPopup(extension, tab);
    await popup.is('offer');
    await popup.press('start');
    await popup.is('recording');
    const token = freshJwt({
      iss: 'https://login.example',
      sub: '1',
      aud: 'https://api.example',
      client_id: 'web1',
      scope: 'r',
    });
    await tab.evaluate(call, { header: `Bearer ${token}`, urls: ['https://api.example/items'] });
    await tab.evaluate(call, { header: null, urls: [`https://stats.test/p?u=${token}`] });
    await other.evaluate(call, { header: `Bearer ${ACCESS_TOKEN}`, urls: ['https://api.example/items'] });
    await until('both hosts to be named', async () =>
      (await popup.read())?.text.includes('stats.test') ? true : null,
    );
    const seen = await recorded();
    assert.deepEqual([...new Set(seen.map((one) => one.tab))], [id]);
    assert.ok(seen.some(({ url }) => url.startsWith('https://stats.test/p')));
    assert.equal((await extension.badge(tab)).text, 'REC');

    await popup.press('stop');
    const ended = await popup.is('ended');
    assert.match(ended.text, /You stopped it/);
    assert.match(ended.text, /api\.example and stats\.test/);
    await until('the page to be read', () =>
      popup.page.evaluate(
        () => (/^The page itself/.test(document.querySelector('.page-check h2')?.textContent ?? '') ? true : null),
        undefined,
      ),
    );
    const before = (await recorded()).length;
    await tab.evaluate(call, { header: null, urls: ['https://api.example/items?after'] });
    await until('the finding about the address', async () =>
      (await linesOf(popup.page)).includes('token-in-url (medium)') ? true : null,
    );
    assert.equal((await recorded()).length, before);
    await popup.page.close();
    await other.close();
    await tab.close();
  });

  test('what is stored for a moment, answered and posted is seen; then the page has its own functions again', async () => {
    const tab = await browser.newTab();
    await tab.goto('https://app.example/hooks');
    const other = await browser.newTab();
    await other.goto('https://other.example/');
    const id = await tabIdOf(extension, tab);
    for (const one of [tab, other]) await one.evaluate(keepOriginals, undefined);
    const popup = await openPopup(extension, tab);
    await popup.is('offer');
    await until('the choice of hooks', () => popup.page.evaluate(chooseHooks, undefined));
    await until('what hooks mean', async () =>
      (await popup.read())?.text.includes('the page can notice') ? true : null,
    );
    await popup.press('start');
    assert.match((await popup.is('recording')).text, /its environment is changed/);
    await until('the hooks', async () => ((await tab.evaluate(replaced, undefined)).length === 3 ? true : null));
    assert.deepEqual(await tab.evaluate(replaced, undefined), ['fetch', 'send', 'setItem']);
    assert.deepEqual(await other.evaluate(replaced, undefined), []);
    assert.deepEqual(await other.evaluate(signIn, 'other'), true);
    assert.equal(await tab.evaluate(signIn, 'fetch'), true);
    assert.equal(await tab.evaluate(signIn, 'xhr'), true);
    const told = await until('what was told', async () => {
      const all = await ofPages(id);
      return all.filter(({ is }) => is === 'body').length === 2 && all.some(({ is }) => is === 'message') ? all : null;
    });
    const written = told.filter((one) => one.written === true);
    assert.deepEqual(
      written.map(({ items }) => items?.[0]),
      [
        ['access_token', `fetch-${ACCESS_TOKEN}`],
        ['access_token', `xhr-${ACCESS_TOKEN}`],
      ],
    );
    await popup.press('stop');
    assert.match((await popup.is('ended')).text, /they are taken out/);
    await until('the functions of the page', async () =>
      (await tab.evaluate(replaced, undefined)).length === 0 ? true : null,
    );
    const lines = await until('the findings', async () => {
      const found = (await linesOf(popup.page)).filter((line) => /cacheable|localstorage/.test(line));
      return found.length >= 3 ? found : null;
    });
    assert.deepEqual(
      lines,
      // Two answers, each once, although the browser and the page told of both.
      ['token-in-localstorage (medium)', 'token-response-cacheable (low)', 'token-response-cacheable (low)'],
    );
    await until('the note', async () =>
      (await popup.page.evaluate(() => document.body.innerText, undefined)).includes('Page hooks were on')
        ? true
        : null,
    );

    await popup.press('start');
    await popup.is('recording');
    await until('the first look', async () => ((await popup.read())?.text.includes('1 look') ? true : null));
    await tab.evaluate((token) => {
      localStorage['assigned'] = token;
    }, ACCESS_TOKEN);
    const before = (await ofPages(id)).length;
    const looks = async () =>
      (await ofPages(id)).slice(before).flatMap(({ area, items }) => (area === 'local' ? [items] : []));
    // A server that answers at once may take the place of the page before it is read.
    let answer = (_body: string): void => undefined;
    const held = new Promise<string>((resolve) => {
      answer = resolve;
    });
    stand.serve({ 'https://app.example/next': { ...html(''), body: held } });
    const gone = tab.goto('https://app.example/next');
    await until('the look at what is left', async () => ((await looks()).length === 1 ? true : null));
    answer(html('<script>localStorage.clear()</script><h1>Next</h1>').body as string);
    await gone;
    await until('the look at what is there', async () => ((await looks()).length === 2 ? true : null));
    assert.deepEqual(await looks(), [[['assigned', ACCESS_TOKEN]], []]);
    assert.deepEqual(await tab.evaluate(foreign, undefined), []);
    await popup.press('stop');
    await popup.is('ended');

    // A document that the tab goes to gets them too, and loses them too.
    await until('the choice of hooks', () => popup.page.evaluate(chooseHooks, undefined));
    await until('what hooks mean again', async () =>
      (await popup.read())?.text.includes('the page can notice') ? true : null,
    );
    await popup.press('start');
    await popup.is('recording');
    await tab.goto('https://app.example/hooks?again');
    await until('the hooks of the new document', async () =>
      (await tab.evaluate(foreign, undefined)).length === 3 ? true : null,
    );
    assert.equal(await tab.evaluate(signIn, 'fetch'), true);
    await until('what the new document told', async () =>
      (await ofPages(id)).filter(({ is }) => is === 'body').length === 3 ? true : null,
    );
    await popup.press('stop');
    await popup.is('ended');
    await until('the functions of the browser', async () =>
      (await tab.evaluate(foreign, undefined)).length === 0 ? true : null,
    );
    assert.deepEqual(await ofPages(await tabIdOf(extension, other)), []);
    for (const page of [popup.page, other, tab]) await page.close();
  });

  test('access that is taken away, a memory that is full: nothing written is lost, and it is said', async () => {
    const tab = await browser.newTab();
    await tab.goto('https://app.example/ends');
    const popup = await openPopup(extension, tab);
    await popup.is('offer');
    await popup.press('start');
    await popup.is('recording');
    await tab.evaluate(call, { header: null, urls: ['https://api.example/items?before'] });
    await until('the request to be written', async () =>
      (await recorded()).some(({ url }) => url.endsWith('?before')) ? true : null,
    );
    await extension.background.evaluate(fillMemory, undefined);
    await tab.evaluate(call, { header: null, urls: [`https://api.example/items?long=${'x'.repeat(20_000)}`] });
    const full = await popup.is('ended');
    await extension.background.evaluate(freeMemory, undefined);
    assert.match(full.text, /memory of the browser session was full/);
    assert.ok((await recorded()).some(({ url }) => url.endsWith('?before')));

    await until('another press', () =>
      popup.page.evaluate(() => (document.querySelector('[data-press=start]') === null ? null : true), undefined),
    );
    await popup.press('start');
    await popup.is('recording');
    await extension.revokeHosts('*://*/*');
    assert.match((await popup.is('ended')).text, /Access to the site was taken away/);
    assert.ok((await recorded()).some(({ url }) => url.endsWith('?before')));
    await extension.grantHosts('*://*/*');
    await popup.page.close();
    await tab.close();
  });

  test('a background that is stopped, a tab that is closed: nothing written is lost, and it is said', async () => {
    const tab = await browser.newTab();
    await tab.goto('https://app.example/stopped');
    const popup = await openPopup(extension, tab);
    await popup.is('offer');
    await popup.press('start');
    await popup.is('recording');
    await tab.evaluate(call, { header: null, urls: ['https://api.example/items?kept'] });
    await until('the request to be written', async () =>
      (await recorded()).some(({ url }) => url.endsWith('?kept')) ? true : null,
    );
    await popup.page.close();
    await extension.stopBackground();
    const again = await openPopup(extension, tab);
    assert.match((await again.is('ended')).text, /browser stopped the extension/);
    assert.ok((await recorded()).some(({ url }) => url.endsWith('?kept')));

    await again.press('start');
    await again.is('recording');
    await tab.close();
    assert.match((await again.is('ended')).text, /tab was closed/);
    assert.ok((await recorded()).some(({ url }) => url.endsWith('?kept')));
    await again.page.close();
  });
}

interface StoredRecord {
  readonly is: string;
  readonly recorded?: true;
  readonly tab: number;
  readonly url: string;
  readonly area?: string;
  readonly items?: readonly (readonly [string, string])[];
  readonly written?: true;
}

interface ChromeStorage {
  readonly storage: {
    readonly session: {
      get(keys: null): Promise<Readonly<Record<string, StoredRecord>>>;
      set(items: object): Promise<void>;
      remove(keys: readonly string[]): Promise<void>;
    };
  };
}

/** Runs in a page. */
function keepOriginals(): void {
  const { fetch, postMessage } = window;
  const { send } = XMLHttpRequest.prototype;
  Object.assign(window, { originals: { fetch, postMessage, send, setItem: Storage.prototype.setItem } });
}

/** Runs in a page: which of its functions are others than they were. */
function replaced(): readonly string[] {
  const { originals } = window as unknown as { originals: Readonly<Record<string, unknown>> };
  const { fetch, postMessage } = window;
  const { send } = XMLHttpRequest.prototype;
  const now: Readonly<Record<string, unknown>> = { fetch, postMessage, send, setItem: Storage.prototype.setItem };
  return Object.keys(now)
    .filter((name) => now[name] !== originals[name])
    .toSorted();
}

/** Runs in a page: which of its functions are not those of the browser. */
function foreign(): readonly string[] {
  const { send } = XMLHttpRequest.prototype;
  const now: Readonly<Record<string, unknown>> = { fetch: window.fetch, send, setItem: Storage.prototype.setItem };
  return Object.keys(now).filter((name) => !/native code/.test(String(now[name])));
}

/** Runs in the popup. */
function chooseHooks(): true | null {
  const choice = document.querySelector<HTMLInputElement>('.record input[type=checkbox]');
  if (choice?.checked === false) choice.click();
  return choice === null ? null : true;
}

/** Runs in a page: gets a token, stores it for a moment, and hands it to a window, which sees who sent it. */
async function signIn(way: string): Promise<boolean> {
  const url = 'https://api.example/token';
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: `r-${way}-0123456789`,
    client_id: 'web1',
  });
  const answer: string =
    way === 'xhr'
      ? await new Promise((resolve, reject) => {
          const request = new XMLHttpRequest();
          request.open('POST', url);
          request.onload = () => resolve(request.responseText);
          request.onerror = reject;
          request.send(body);
        })
      : await (await fetch(url, { method: 'POST', body })).text();
  const { access_token: token } = JSON.parse(answer) as { access_token: string };
  localStorage.setItem('access_token', `${way}-${token}`);
  localStorage.removeItem('access_token');
  const heard = new Promise<boolean>((resolve) => {
    addEventListener('message', ({ source }) => resolve(source === window), { once: true });
  });
  window.postMessage({ access_token: token }, '*');
  return heard;
}

/** Runs in the background: leaves a few kilobytes. */
async function fillMemory(): Promise<void> {
  const { session } = (globalThis as unknown as { chrome: ChromeStorage }).chrome.storage;
  let count = 0;
  for (const size of [1_000_000, 100_000, 10_000]) {
    for (;;) {
      count += 1;
      const fits = await session.set({ [`filler:${count}`]: 'x'.repeat(size) }).then(
        () => true,
        () => false,
      );
      if (!fits) break;
    }
  }
}

/** Runs in the background. */
async function freeMemory(): Promise<void> {
  const { session } = (globalThis as unknown as { chrome: ChromeStorage }).chrome.storage;
  const keys = Object.keys(await session.get(null)).filter((key) => key.startsWith('filler:'));
  await session.remove(keys);
}
