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
      'https://app.example/': html('<h1>Orders</h1>'),
      'https://other.example/': html('<h1>Other</h1>'),
      'https://api.example/items': answer,
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

  test('a background that is stopped, a tab that is closed: nothing written is lost, and it is said', async () => {
    const tab = await browser.newTab();
    await tab.goto('https://app.example/');
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

interface ChromeStorage {
  readonly storage: {
    readonly session: {
      get(
        keys: null,
      ): Promise<Readonly<Record<string, { readonly recorded?: true; readonly tab: number; readonly url: string }>>>;
    };
  };
}
