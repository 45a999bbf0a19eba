import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, it } from 'node:test';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { ensureBrowsers } from '../../../scripts/browsers.ts';
import type { Demo } from '../../servers/start-demo.ts';
import { startCrowdedSite } from '../crowded-site.ts';
import { until } from '../harness/browser.ts';
import { addonId, chromeScript } from '../harness/firefox.ts';

/** The API as a page of the extension has it. */
declare const browser: {
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
