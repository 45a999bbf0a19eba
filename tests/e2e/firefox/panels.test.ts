import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { FirefoxTab, launchFirefox, preferScheme } from '../harness/firefox.ts';
import { PANEL_STATES, type PanelState, showPanel } from '../panel-states.ts';
import { assertAccessible, assertFits, walkWithTab } from '../popup-checks.ts';

let demo: Demo;
let browser: TestBrowser;
let extension: Extension;

before(async () => {
  demo = await startDemo();
  browser = await launchFirefox({ demo, extension: true });
  assert.ok(browser.extension);
  extension = browser.extension;
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function show(state: PanelState): Promise<FirefoxTab> {
  const popup = await showPanel(state, {
    extension,
    demo,
    from: Date.now() - 24_000,
    openPopup: async (path) => {
      const tab = await extension.openPage(path);
      await tab.setSize(400, 600);
      return tab;
    },
  });
  assert.ok(popup instanceof FirefoxTab);
  return popup;
}

/** One state of each kind; Chromium goes through all of them. */
const NAMES: readonly string[] = [
  'token-empty',
  'token',
  'token-broken',
  'token-convert',
  'run-which',
  'run-form',
  'run-device',
  'run-done',
  'run-redirect-uri',
  'run-revoked',
];

describe('states of Token and Run', () => {
  for (const name of NAMES) {
    test(name, async () => {
      const state = PANEL_STATES.find((one) => one.name === name);
      assert.ok(state);
      const tab = await show(state);
      const { page } = tab;
      const heading = await until('the heading', () =>
        tab.evaluate(() => document.querySelector('h1')?.textContent ?? null, undefined),
      );
      if (typeof state.heading === 'string') assert.equal(heading, state.heading);
      else assert.match(heading, state.heading);
      await assertFits(page);
      await assertAccessible(page, (scheme) => preferScheme(tab, scheme));
      // Firefox goes on from where the focus was last, even after it was taken away.
      await tab.evaluate(() => {
        document.body.tabIndex = -1;
        document.body.focus();
        document.body.removeAttribute('tabindex');
      }, undefined);
      await walkWithTab(page, false);
      await tab.close();
    });
  }
});
