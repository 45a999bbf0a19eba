import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { TestBrowser } from '../harness/browser.ts';
import { FirefoxTab, launchFirefox, preferScheme } from '../harness/firefox.ts';
import { walkInspector } from '../inspector-keys.ts';
import { INSPECTOR_STATES, showInspector } from '../inspector-states.ts';
import { assertAccessible, assertFits } from '../popup-checks.ts';

let demo: Demo;
let browser: TestBrowser;

before(async () => {
  demo = await startDemo();
  browser = await launchFirefox({ demo, extension: true });
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function show(name: string): Promise<FirefoxTab> {
  const state = INSPECTOR_STATES.find((one) => one.name === name);
  assert.ok(state && browser.extension);
  const tab = await browser.extension.openPage('inspector.html?flow=none');
  assert.ok(tab instanceof FirefoxTab);
  await tab.setSize(...state.size);
  await showInspector(state, tab);
  return tab;
}

describe('states of the inspector', () => {
  // One with each kind of pane; Chromium goes through all of them.
  for (const name of ['message', 'findings', 'side-flow']) {
    test(name, async () => {
      const tab = await show(name);
      await assertAccessible(tab.page, (scheme) => preferScheme(tab, scheme));
      await assertFits(tab.page);
      await tab.close();
    });
  }
});

test('with the keyboard alone: search, a flow, its messages, back, sections, keys', async () => {
  const tab = await show('flows');
  await walkInspector(tab);
  await tab.close();
});
