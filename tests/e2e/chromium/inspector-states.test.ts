import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, TestBrowser } from '../harness/browser.ts';
import { ChromiumTab, launchChromium } from '../harness/chromium.ts';
import { walkInspector } from '../inspector-keys.ts';
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
  await walkInspector(tab);
  await tab.close();
});
