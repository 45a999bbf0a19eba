import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, it } from 'node:test';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { ensureBrowsers } from '../../../scripts/browsers.ts';
import { SERVICE_SECRET, startRunServer } from '../../servers/run-server.ts';
import type { Demo } from '../../servers/start-demo.ts';
import { SERVICE } from '../../unit/runner/real-run.ts';
import { startCrowdedSite } from '../crowded-site.ts';
import { until } from '../harness/browser.ts';
import { addonId, chromeScript } from '../harness/firefox.ts';

/** The API as a page of the extension has it. */
declare const browser: {
  readonly runtime: { sendMessage(message: object): Promise<unknown> };
  readonly storage: { readonly session: { get(keys: null): Promise<Record<string, unknown>> } };
  readonly windows: {
    create(options: object): Promise<{ readonly id: number; readonly incognito: boolean }>;
    remove(id: number): Promise<void>;
  };
};

const UUID = '0b0d7f5e-2f3c-4d5a-8a77-6f1f0e2d3c4b';
const callback = (code: string) => `https://app.example/cb?code=${code}&state=of-this-window`;

let site: Demo;
let firefox: Browser;
let reader: Page;

before(async () => {
  site = await startCrowdedSite();
  const { firefox: executablePath } = await ensureBrowsers(['firefox']);
  const id = await addonId();
  firefox = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    acceptInsecureCerts: true,
    args: ['--remote-allow-system-access'],
    extraPrefsFirefox: {
      'network.proxy.type': 1,
      'network.proxy.ssl': '127.0.0.1',
      'network.proxy.ssl_port': site.proxyPort,
      'extensions.webextensions.uuids': JSON.stringify({ [id]: UUID }),
    },
  });
  await firefox.installExtension(resolve('.output/firefox-mv3'));
  // What a person does in the add-ons manager: allows private windows and all sites.
  const chrome = await chromeScript(firefox);
  const allowed = { permissions: ['internal:privateBrowsingAllowed'], origins: ['*://*/*'] };
  await chrome(`(async () => {
    const { ExtensionPermissions } = ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs');
    const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
    const { extension } = WebExtensionPolicy.getByID(${JSON.stringify(id)});
    await ExtensionPermissions.add(${JSON.stringify(id)}, ${JSON.stringify(allowed)}, extension);
    await (await AddonManager.getAddonByID(${JSON.stringify(id)})).reload();
  })()`);
  reader = await firefox.newPage();
  await until('a page of the extension', async () => {
    // The navigation moves to another process and never reports its end.
    reader.goto(`moz-extension://${UUID}/icon/16.png`).catch(() => null);
    return (await reader.evaluate(() => 'browser' in globalThis && document.readyState === 'complete')) ? true : null;
  });
});
after(async () => {
  await firefox?.close();
  await site?.stop();
});

async function log(): Promise<string> {
  return JSON.stringify(await reader.evaluate(() => browser.storage.session.get(null)));
}

it('what was seen in a private window is marked as such and goes with the last of them', async () => {
  const tab = await firefox.newPage();
  await until('the normal record', async () => {
    await tab.goto(callback('normal'));
    return (await log()).includes('normal') ? true : null;
  });
  const opened = await reader.evaluate(
    (url) => browser.windows.create({ incognito: true, url }),
    callback('seen-private'),
  );
  assert.equal(opened.incognito, true);
  await until('the private record', async () => ((await log()).includes('seen-private') ? true : null));
  const records = Object.values(JSON.parse(await log()) as Record<string, { url?: string; private?: true }>);
  for (const { url, private: hidden } of records) assert.equal(hidden === true, url?.includes('seen-private'), url);

  await reader.evaluate((id) => browser.windows.remove(id), opened.id);
  await until('the private record to go', async () => ((await log()).includes('seen-private') ? null : true));
  assert.ok((await log()).includes('normal'));
});

it('a run of a private window is seen in private windows only, and goes with the last of them', async () => {
  const server = await startRunServer('https://extension.example/cb');
  // Of a page that was opened elsewhere, only the page itself knows where it is.
  const textOf = (page: Page, selector: string): Promise<string | null> =>
    page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? null`) as Promise<string | null>;
  const shows = (page: Page, selector: string, text = '') =>
    until(`${text} in ${selector}`, async () => ((await textOf(page, selector))?.includes(text) ? true : null));
  const popup = `moz-extension://${UUID}/popup.html?tab=987654`;
  try {
    const opened = await reader.evaluate((url) => browser.windows.create({ incognito: true, url }), popup);
    const hidden = await until('the private popup', async () => {
      for (const page of await firefox.pages()) {
        if ((await textOf(page, '#tab-run').catch(() => null)) !== null) return page;
      }
      return null;
    });
    const config = { ...SERVICE, issuer: server.issuer };
    const request = { do: 'run.start', of: 'private', config, given: { clientSecret: SERVICE_SECRET } };
    await hidden.evaluate(`browser.runtime.sendMessage(${JSON.stringify(request)})`);
    await hidden.evaluate(`document.querySelector('#tab-run').click()`);
    await shows(hidden, '.run-result');
    // Pressed in the page it is the private run that goes on.
    await hidden.evaluate(`document.querySelector('.run-actions .button').click()`);
    await shows(hidden, '.run-result', 'From the cache');
    assert.ok((await log()).includes(SERVICE_SECRET));

    // A new page would come into the private window, which is in front.
    reader.goto(popup).catch(() => null);
    await shows(reader, '#tab-run');
    await reader.evaluate(`document.querySelector('#tab-run').click()`);
    await shows(reader, 'h1', 'Which flow?');

    await reader.evaluate((id) => browser.windows.remove(id), opened.id);
    await until('the run to go', async () => ((await log()).includes(SERVICE_SECRET) ? null : true));
  } finally {
    await server.stop();
  }
});
