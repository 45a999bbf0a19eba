import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, Tab, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { launchFirefox } from '../harness/firefox.ts';
import { holdOnly, POPUP_STATES, showState } from '../popup-states.ts';

let demo: Demo;
let browser: TestBrowser;
let extension: Extension;

before(async () => {
  demo = await startDemo();
  browser = await launchFirefox({ demo, extension: true });
  if (browser.extension === null) throw new Error('the extension is not loaded');
  extension = browser.extension;
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const textOf = (tab: Tab, selector: string) =>
  tab.evaluate((one) => document.querySelector(one)?.textContent?.trim() ?? '', selector);

const becomes = (tab: Tab, selector: string, text: RegExp) =>
  until(`${text} in ${selector}`, async () => (text.test(await textOf(tab, selector)) ? true : null));

/** One state of each kind; Chromium goes through all of them. */
const NAMES: readonly string[] = [
  'findings-value-shown',
  'clean',
  'address',
  'nothing',
  'waiting',
  'forbidden',
  'hostile',
];
const STATES = POPUP_STATES.filter(({ name }) => NAMES.includes(name));

describe('states of the popup', () => {
  for (const state of STATES) {
    test(state.name, async () => {
      const { popup, close } = await showState(state, {
        browser,
        extension,
        demo,
        from: Date.now() - 60_000,
        openPopup: (path) => extension.openPage(path),
      });
      const heading = await textOf(popup, 'h1');
      if (typeof state.heading === 'string') assert.equal(heading, state.heading);
      else assert.match(heading, state.heading);
      await close();
    });
  }
});

describe('keys', () => {
  test('arrows, Enter, Esc and /', async () => {
    const state = POPUP_STATES.find(({ name }) => name === 'findings');
    assert.ok(state);
    const { popup, close } = await showState(state, {
      browser,
      extension,
      demo,
      from: Date.now() - 60_000,
      openPopup: (path) => extension.openPage(path),
    });
    await becomes(popup, '.fold.open .row', /code_challenge/);
    await popup.press('ArrowDown');
    await becomes(popup, '.row:focus', /code_challenge/);
    await popup.press('Escape');
    await until('the card to close', () =>
      popup.evaluate(() => (document.querySelector('.fold.open') === null ? true : null), undefined),
    );
    await popup.press('Enter');
    await becomes(popup, '.fold.open .row:focus', /code_challenge/);
    await popup.press('/');
    await popup.fill('.search input', 'csrf');
    await becomes(popup, 'h1', /^1 check found$/);
    await popup.press('Escape');
    await becomes(popup, 'h1', /2 problems$/);
    await close();
  });
});

test('the popup itself, opened by the toolbar with nothing granted, judges the address and offers to watch', async () => {
  await holdOnly(extension, []);
  const tab = await browser.newTab();
  await tab.goto(`${demo.origins.app}/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7Zk3qOq8vT`);
  const popup = await extension.clickToolbar(tab);
  const says = (selector: string, text: string) =>
    until(`${text} in ${selector}`, () =>
      popup.evaluate(
        ({ selector: one, text: wanted }) => (document.querySelector(one)?.textContent === wanted ? true : null),
        { selector, text },
      ),
    );
  await says('h1', 'A sign-in response is still in this address');
  const size = await popup.evaluate(() => [document.body.offsetWidth, document.body.offsetHeight], undefined);
  assert.deepEqual(size, [400, 600]);
  await popup.press('.offers .button.primary');
  await says('.foot-text', 'Watching app.example');
  await popup.press('.menu > .icon-button');
  await says('.menu-item.apart', 'Watch all sites');
  await popup.press('.menu-item.apart + .menu-item');
  await says('.foot-text', 'Not watching. Only this address was read.');
  await popup.close();
  await tab.close();
});
