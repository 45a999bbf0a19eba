import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { Run } from '../../../lib/runner/run.ts';
import { ensureBrowsers } from '../../../scripts/browsers.ts';
import { SERVICE_SECRET, startRunServer } from '../../servers/run-server.ts';
import type { Demo } from '../../servers/start-demo.ts';
import { SERVICE } from '../../unit/runner/real-run.ts';
import { startCrowdedSite } from '../crowded-site.ts';
import { until } from '../harness/browser.ts';
import { ChromiumTab, demoArguments, type RunningChromium, startChromium } from '../harness/chromium.ts';
import { readStored } from '../harness/stored.ts';

interface ChromeApi {
  readonly developerPrivate: { addHostPermission(id: string, pattern: string): Promise<void> };
  readonly permissions: { request(permissions: object): Promise<boolean> };
  readonly runtime: { sendMessage(message: object): Promise<unknown> };
  readonly storage: { readonly session: { get(keys: null): Promise<Record<string, unknown>> } };
  readonly windows: { create(options: object): Promise<unknown> };
}

declare const chrome: ChromeApi;

const ALL_SITES = '*://*/*';
const callback = (code: string) => `https://app.example/cb?code=${code}&state=of-this-window`;

let site: Demo;
let running: RunningChromium;
let origin: string;
/** A page of the extension in a normal window. */
let reader: Page;

before(async () => {
  site = await startCrowdedSite();
  const { chromium: executablePath } = await ensureBrowsers(['chromium']);
  running = await startChromium({ executablePath, headless: true, args: demoArguments(site), extension: null });
  const { context } = running;
  const session = await context.browser()?.newBrowserCDPSession();
  assert.ok(session);
  const send = session.send.bind(session) as (method: string, params: object) => Promise<unknown>;
  const loaded = await send('Extensions.loadUnpacked', {
    path: resolve('.output/chrome-mv3'),
    enableInIncognito: true,
  });
  const { id } = loaded as { readonly id: string };
  origin = `chrome-extension://${id}`;
  reader = await context.newPage();
  await reader.goto(`${origin}/icon/16.png`);
  const manager = await context.newPage();
  await manager.goto('chrome://extensions');
  await manager.evaluate(
    ([one = '', pattern = '']) => chrome.developerPrivate.addHostPermission(one, pattern),
    [id, ALL_SITES],
  );
  assert.ok(await reader.evaluate((origins) => chrome.permissions.request({ origins }), [ALL_SITES]));
  await manager.close();
});
after(async () => {
  await running?.close();
  await site?.stop();
});

/** A page at that address, which no other page shows, in a private window. */
async function openPrivate(url: string): Promise<Page> {
  await reader.evaluate((address) => chrome.windows.create({ incognito: true, url: address }), url);
  return until('the private window', () =>
    Promise.resolve(running.context.pages().find((one) => one.url() === url) ?? null),
  );
}

async function sessionLog(page: Page): Promise<string> {
  return JSON.stringify(await page.evaluate(() => chrome.storage.session.get(null)));
}

/** The log of the private instance, in a page of it. */
function privateLog(page: Page): Promise<string> {
  return page.evaluate(async () => {
    if (!(await indexedDB.databases()).some(({ name }) => name === 'log')) return '[]';
    const result = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
      });
    const database = await result(indexedDB.open('log'));
    const records = await result(database.transaction('records').objectStore('records').getAll());
    database.close();
    return JSON.stringify(records);
  });
}

it('a private window keeps to itself what was seen in it, and takes it along when it closes', async () => {
  const page = await openPrivate(callback('first-private'));
  // The private instance starts with its window; what that shows first may precede it.
  const own = await running.context.newPage();
  await own.goto(callback('normal'));
  await until('the normal record', async () => ((await sessionLog(reader)).includes('normal') ? true : null));

  const inside = await openPrivate(`${origin}/icon/32.png`);
  await until('the private record', async () => {
    await page.goto(callback('seen-private'));
    return (await privateLog(inside)).includes('seen-private') ? true : null;
  });
  assert.ok(!(await privateLog(inside)).includes('normal'));
  for (const one of [reader, inside]) assert.ok(!(await sessionLog(one)).includes('private'));

  await page.close();
  await inside.close();
  await until('the private instance to end', () =>
    Promise.resolve(running.context.serviceWorkers().length === 1 ? true : null),
  );
  const next = await openPrivate(`${origin}/icon/48.png`);
  assert.ok(!(await privateLog(next)).includes('seen-private'));
  assert.ok((await sessionLog(reader)).includes('normal'));
});

it('what is read and run in a private window is kept by neither instance', async () => {
  const server = await startRunServer('https://extension.example/cb');
  try {
    const page = await openPrivate(`${origin}/popup.html?tab=987654`);
    await page.click('#tab-token');
    await page.fill('.token-field textarea', `${SERVICE_SECRET}.pasted.`);
    const config = { ...SERVICE, issuer: server.issuer };
    const given = { clientSecret: SERVICE_SECRET };
    await page.evaluate((one) => chrome.runtime.sendMessage(one), { do: 'run.start', config, given });
    const token = await until('the token', async () => {
      const held = JSON.parse(await privateLog(page)) as readonly Partial<Run>[];
      return held.find(({ config }) => config !== undefined)?.secrets?.tokens?.accessToken ?? null;
    });
    await page.click('#tab-run');
    await page.waitForSelector('.run-result');
    // The private instance has it in its database, which is in memory; the normal one has nothing of it.
    const { kept } = await readStored(new ChromiumTab(page));
    const normal = await readStored(new ChromiumTab(reader));
    for (const text of [SERVICE_SECRET, token]) {
      const { databases: _own, ...others } = kept;
      for (const [store, held] of Object.entries(others)) assert.ok(!held.includes(text), store);
      for (const [store, held] of Object.entries(normal.kept)) assert.ok(!held.includes(text), store);
      assert.ok(!normal.memory.includes(text));
    }
    assert.ok(!normal.memory.includes('run:current'));
    await page.close();
    const next = await openPrivate(`${origin}/icon/16.png`);
    await until('the private database to be gone', async () =>
      (await privateLog(next)).includes(token) ? null : true,
    );
    await next.close();
  } finally {
    await server.stop();
  }
});
