import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { ChromiumTab, launchChromium } from '../harness/chromium.ts';
import { INSPECTOR_STATES, type InspectorState, openInspector } from '../inspector-states.ts';
import { assertAccessible, assertFits, axeViolations } from '../popup-checks.ts';

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

async function show(name: string): Promise<{ readonly tab: ChromiumTab; readonly state: InspectorState }> {
  const state = INSPECTOR_STATES.find((one) => one.name === name);
  assert.ok(state);
  const tab = await browser.newTab();
  assert.ok(tab instanceof ChromiumTab);
  await openInspector(state, tab, extension);
  return { tab, state };
}

describe('every state of the inspector', () => {
  for (const { name } of INSPECTOR_STATES) {
    test(name, async () => {
      const { tab, state } = await show(name);
      const { page } = tab;
      const heading = await page.evaluate(
        () => [...document.querySelectorAll('.pane h1')].find((one) => one.checkVisibility())?.textContent ?? '',
      );
      if (typeof state.heading === 'string') assert.equal(heading, state.heading);
      else assert.match(heading, state.heading);
      await assertAccessible(page, (colorScheme) => page.emulateMedia({ colorScheme }));
      await page.emulateMedia({ forcedColors: 'active' });
      assert.deepEqual(await axeViolations(page, 'colours'), [], 'forced colours');
      await page.emulateMedia({ forcedColors: 'none' });
      // At 200 % a window holds half as many pixels of the page.
      const [width, height] = state.size;
      await tab.setSize(width / 2, height / 2);
      await assertFits(page);
      assert.deepEqual(await axeViolations(page), [], '200 %');
      await tab.close();
    });
  }
});

test('with the keyboard alone: search, a flow, its messages, back, sections, keys', async () => {
  const { tab } = await show('flows');
  const { page } = tab;
  const { keyboard } = page;
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.className ?? '');
  const focus = (what: string) => until(`the focus on ${what}`, async () => ((await focused()) === what ? true : null));
  const current = (what: string) => page.locator(`${what}[aria-current=true]`).textContent();

  await keyboard.press('/');
  await keyboard.type('legacy');
  await until('one flow', async () => ((await page.locator('.flow-row').count()) === 1 ? true : null));
  await keyboard.press('Escape');
  await keyboard.press('Escape');
  await page.locator('.flow-row').first().focus();
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await until('the second flow', async () => (/10:31/.test((await current('.flow-row')) ?? '') ? true : null));
  await keyboard.press('ArrowRight');
  await focus('arrow-row');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  const message = await until('the message', async () =>
    page
      .locator('.pane.detail h1')
      .textContent()
      .catch(() => null),
  );
  assert.match(message, /^\d+ /);
  await keyboard.press('ArrowRight');
  assert.ok(await page.evaluate(() => document.activeElement?.closest('.pane.detail') !== null), 'in the message');
  await keyboard.press('Escape');
  await focus('arrow-row');
  assert.equal(await page.evaluate(() => document.activeElement?.ariaCurrent), 'true', 'back on the same arrow');
  await keyboard.press('Escape');
  await focus('flow-row');
  await keyboard.press('2');
  assert.equal(await page.locator('[role=tab][aria-selected=true]').textContent(), 'Findings');
  await keyboard.press('?');
  await page.locator('dialog[open]').waitFor();
  await keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await tab.close();
});
