import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { ChromiumTab, launchChromium } from '../harness/chromium.ts';
import { PANEL_STATES, type PanelState, showPanel } from '../panel-states.ts';
import { assertAccessible, assertFits, walkWithTab } from '../popup-checks.ts';

let demo: Demo;
let browser: TestBrowser;
let extension: Extension;

before(async () => {
  demo = await startDemo();
  browser = await launchChromium({ demo, extension: true });
  assert.ok(browser.extension);
  extension = browser.extension;
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function show(state: PanelState): Promise<ChromiumTab> {
  const popup = await showPanel(state, {
    extension,
    demo,
    from: Date.now() - 24_000,
    openPopup: async (path) => {
      const tab = await browser.newTab();
      await tab.setSize(400, 600);
      await tab.goto(`${extension.origin}/${path}`);
      return tab;
    },
  });
  assert.ok(popup instanceof ChromiumTab);
  return popup;
}

describe('every state of Token and Run', () => {
  for (const state of PANEL_STATES) {
    test(state.name, async () => {
      const tab = await show(state);
      const heading = await until('the heading', () => tab.page.textContent('h1'));
      if (typeof state.heading === 'string') assert.equal(heading, state.heading);
      else assert.match(heading, state.heading);
      await assertFits(tab.page);
      await assertAccessible(tab.page, (colorScheme) => tab.page.emulateMedia({ colorScheme }));
      await tab.page.evaluate(() => {
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      });
      await walkWithTab(tab.page);
      await tab.close();
    });
  }
});

test('tabs: arrows, Home and End move and show the view; it is remembered', async () => {
  const state = PANEL_STATES.find(({ name }) => name === 'token-empty');
  assert.ok(state);
  const tab = await show(state);
  const chosen = () => tab.page.textContent('[role=tab][aria-selected=true]');
  await tab.page.focus('#tab-token');
  for (const [key, name] of [
    ['ArrowRight', 'Run'],
    ['ArrowRight', 'This page'],
    ['ArrowLeft', 'Run'],
    ['Home', 'This page'],
    ['End', 'Run'],
  ] as const) {
    await tab.page.keyboard.press(key);
    assert.equal(await chosen(), name);
    assert.equal(await tab.page.evaluate(() => document.activeElement?.textContent), name);
  }
  await tab.page.reload();
  await until('the view that was shown last', async () => ((await chosen()) === 'Run' ? true : null));
  await tab.close();
});
