import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { ChromiumTab, launchChromium } from '../harness/chromium.ts';
import {
  assertAccessible,
  assertFits,
  axeViolations,
  focusText,
  walkMenu,
  walkRows,
  walkWithTab,
} from '../popup-checks.ts';
import { recordsOf } from '../popup-records.ts';
import {
  breakStorage,
  holdOnly,
  POPUP_STATES,
  type PopupState,
  type StateSetting,
  showState,
} from '../popup-states.ts';

let demo: Demo;
let browser: TestBrowser;
let extension: Extension;
let setting: StateSetting;

before(async () => {
  demo = await startDemo();
  browser = await launchChromium({ demo, extension: true });
  if (browser.extension === null) throw new Error('the extension is not loaded');
  extension = browser.extension;
  setting = {
    browser,
    extension,
    demo,
    from: Date.now() - 60_000,
    openPopup: async (path, { broken, offline }) => {
      const tab = await browser.newTab();
      const page = pageOf(tab);
      await tab.setSize(400, 600);
      if (broken === true) await page.addInitScript(breakStorage);
      if (offline === true) await page.context().setOffline(true);
      await tab.goto(`${extension.origin}/${path}`);
      return tab;
    },
  };
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

function pageOf(tab: unknown): Page {
  assert.ok(tab instanceof ChromiumTab);
  return tab.page;
}

function stateOf(name: string): PopupState {
  const found = POPUP_STATES.find((state) => state.name === name);
  assert.ok(found, `there is no state ${name}`);
  return found;
}

/** Runs with the popup in that state; whatever happens in the page that should not is an error. */
async function inState(state: PopupState, body: (page: Page) => Promise<void>): Promise<void> {
  const problems: string[] = [];
  const { popup, close } = await showState(state, {
    ...setting,
    openPopup: async (path, asked) => {
      const tab = await setting.openPopup(path, asked);
      const page = pageOf(tab);
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('dialog', (dialog) => problems.push(`dialog: ${dialog.message()}`));
      page.on('request', (request) => problems.push(`request: ${request.url()}`));
      return tab;
    },
  });
  const page = pageOf(popup);
  try {
    await body(page);
  } finally {
    await page.context().setOffline(false);
    await close();
  }
  assert.deepEqual(problems, []);
}

const heading = (page: Page) => page.locator('h1').innerText();

describe('every state of the popup', () => {
  for (const state of POPUP_STATES) {
    test(state.name, async () => {
      await inState(state, async (page) => {
        if (typeof state.heading === 'string') assert.equal(await heading(page), state.heading);
        else assert.match(await heading(page), state.heading);
        await assertAccessible(page, (colorScheme) => page.emulateMedia({ colorScheme }));
        await assertFits(page);
        if ((await page.locator('[role=menu]').count()) > 0) await walkMenu(page);
        await walkWithTab(page);
        if ((await page.locator('dialog[open]').count()) > 0) {
          await page.focus('dialog button');
          await page.keyboard.press('Escape');
          await page.waitForSelector('dialog', { state: 'detached' });
        }
        await walkRows(page);
      });
    });
  }
});

describe('forced colours and large text', () => {
  for (const name of ['findings', 'clean', 'address-with-finding', 'nothing']) {
    test(name, async () => {
      await inState(stateOf(name), async (page) => {
        await page.emulateMedia({ forcedColors: 'active' });
        assert.deepEqual(await axeViolations(page), []);
        await page.emulateMedia({ forcedColors: 'none' });
        await page.evaluate(() => {
          document.documentElement.style.fontSize = '200%';
        });
        await assertFits(page);
        assert.deepEqual(await axeViolations(page), []);
      });
    });
  }
});

describe('keys', () => {
  test('arrows move between rows, Home and End to the first and last', async () => {
    await inState(stateOf('findings'), async (page) => {
      await page.keyboard.press('ArrowDown');
      assert.match(await focusText(page), /^Authorization-code request without code_challenge/);
      await page.keyboard.press('Enter');
      await page.keyboard.press('ArrowDown');
      assert.match(await focusText(page), /^No CSRF protection/);
      await page.keyboard.press('ArrowUp');
      assert.match(await focusText(page), /^Authorization-code request/);
      await page.keyboard.press('End');
      assert.equal(await focusText(page), 'Record');
      await page.keyboard.press('Home');
      assert.match(await focusText(page), /^Authorization-code request/);
    });
  });

  test('/ finds a check, Esc goes back to the page', async () => {
    await inState(stateOf('findings'), async (page) => {
      const focused = await page.evaluate(async () => {
        document.dispatchEvent(new KeyboardEvent('keydown', { key: '/' }));
        await new Promise((resolve) => setTimeout(resolve));
        return document.activeElement?.matches('.search input');
      });
      assert.equal(focused, true, 'what is typed next, before anything is painted, goes into the field');
      await page.keyboard.type('csrf');
      await page.waitForFunction(() => document.querySelector('h1')?.textContent === '1 check found');
      await page.keyboard.press('ArrowDown');
      assert.match(await focusText(page), /^No CSRF protection/);
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('.search').count(), 0);
      assert.match(await heading(page), /2 problems/);
    });
  });

  test('/ does nothing where there is nothing to find', async () => {
    await inState(stateOf('nothing'), async (page) => {
      await page.keyboard.press('/');
      assert.equal(await page.locator('.search').count(), 0);
    });
  });
});

/** What the clipboard would get: the page's own write is kept instead. */
async function catchCopies(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(() => {
    const copied: string[] = [];
    Object.assign(globalThis, { copied });
    navigator.clipboard.writeText = (text) => {
      copied.push(text);
      return Promise.resolve();
    };
  });
  return () => page.evaluate(() => (globalThis as unknown as { copied: readonly string[] }).copied);
}

const SECRET = '7Fjfp0ZBr1KtDRbnfVdmIw-tY3s';
const closedValue: PopupState = { ...stateOf('findings-value-shown'), act: () => Promise.resolve() };

describe('a secret value', () => {
  test('is masked, shown on demand, and hidden again when the focus leaves', async () => {
    await inState(closedValue, async (page) => {
      const page_ = () => page.content();
      assert.ok(!(await page_()).includes(SECRET));
      await page.click('.value-tools [aria-pressed]');
      assert.ok((await page_()).includes(SECRET));
      await page.keyboard.press('Tab');
      assert.ok((await page_()).includes(SECRET), 'the copy button belongs to the row');
      await page.keyboard.press('Tab');
      assert.ok(!(await page_()).includes(SECRET));
    });
  });

  test('is hidden by Esc, which closes nothing else, and when the window loses the focus', async () => {
    await inState(closedValue, async (page) => {
      await page.click('.value-tools [aria-pressed]');
      await page.keyboard.press('Escape');
      assert.ok(!(await page.content()).includes(SECRET));
      assert.equal(await page.locator('.fold.open').count(), 1);
      await page.click('.value-tools [aria-pressed]');
      await page.evaluate(() => window.dispatchEvent(new Event('blur')));
      await page.waitForFunction((secret) => !document.body.innerHTML.includes(secret), SECRET);
    });
  });

  test('Ctrl+C copies it masked; only the second button, once it is shown, copies it', async () => {
    await inState(closedValue, async (page) => {
      const copies = await catchCopies(page);
      await page.focus('.value-tools [aria-pressed]');
      await page.keyboard.press('Control+c');
      await page.click('.value-tools button:last-child');
      await page.click('.value-tools [aria-pressed]');
      await page.keyboard.press('Control+c');
      await page.click('.value-tools button:last-child');
      assert.deepEqual(await copies(), ['7Fjf…•••• (27)', '7Fjf…•••• (27)', '7Fjf…•••• (27)', SECRET]);
    });
  });

  test('is in no copy of the finding', async () => {
    await inState(closedValue, async (page) => {
      const copies = await catchCopies(page);
      await page.focus('.findings .row');
      await page.keyboard.press('Control+c');
      await page.click('.meta .text-button');
      const [byKey, byButton] = await copies();
      assert.match(byKey ?? '', /^### .*\n\nSeverity: High/);
      assert.equal(byKey, byButton);
      assert.ok(!byKey?.includes(SECRET));
    });
  });
});

describe('what is remembered', () => {
  test('the cards that were open, and no secret', async () => {
    const { popup, close } = await showState(stateOf('findings'), setting);
    const page = pageOf(popup);
    await page.click('.findings .fold:nth-child(1) .row');
    await page.click('.findings .fold:nth-child(2) .row');
    await page.reload();
    await page.waitForSelector('.findings');
    const open = await page.locator('.findings .fold').evaluateAll((all) => all.map((one) => one.className));
    assert.deepEqual(open.slice(0, 2), ['fold', 'fold open']);
    const kept = await extension.background.evaluate(async () => {
      const api = (globalThis as unknown as { chrome: { storage: { session: { get(): Promise<object> } } } }).chrome;
      const entries = Object.entries(await api.storage.session.get());
      return JSON.stringify(entries.filter(([key]) => key.startsWith('popup:')));
    }, undefined);
    assert.match(kept, /missing-state/);
    assert.ok(!kept.includes('SplxlOBeZQQYbYS6WxSbIA'));
    await close();
  });
});

describe('new traffic', () => {
  test('is appended: what is being read does not move', async () => {
    const started = stateOf('in-progress');
    const whole = stateOf('findings');
    const { popup, close } = await showState({ ...started, trace: whole.trace?.split('\n\n302')[0] ?? '' }, setting);
    const page = pageOf(popup);
    await page.waitForSelector('.fold.open');
    const top = () =>
      page.locator('.fold.open .row').evaluate((row) => [row.textContent, row.getBoundingClientRect().top]);
    const before = await top();
    const tab = Number(new URL(page.url()).searchParams.get('tab'));
    await setting.extension.background.evaluate(
      async (items) => {
        const api = (globalThis as unknown as { chrome: { storage: { session: { set(i: object): Promise<void> } } } })
          .chrome;
        await api.storage.session.set(items);
      },
      recordsOf(whole.trace ?? '', { tab, from: setting.from }),
    );
    await page.waitForFunction(() => !document.querySelector('h1')?.textContent?.includes('in progress'));
    assert.match(await heading(page), /^Signing in with as\.example: 2 problems$/);
    const after_ = await top();
    assert.deepEqual(after_, before);
    await close();
  });

  test('clear takes everything of the tab, undo brings it back', async () => {
    await inState(stateOf('cleared'), async (page) => {
      await page.click('.foot .button');
      await page.waitForFunction(() => document.querySelector('h1')?.textContent?.endsWith('no problems found'));
    });
  });

  test('access that is granted meanwhile changes the page', async () => {
    const { popup, close } = await showState(stateOf('nothing'), setting);
    const page = pageOf(popup);
    assert.equal(await heading(page), 'No sign-in in this page’s address');
    await extension.grantHosts('*://*.app.example/*');
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'No sign-in seen yet');
    assert.equal(await page.locator('.foot-text').innerText(), 'Watching app.example');
    await close();
  });
});

describe('the client type', () => {
  test('changes the severity, and is chosen with the arrows', async () => {
    await inState(stateOf('findings-client-type'), async (page) => {
      const mark = () => page.locator('.findings .row .shape').first().getAttribute('aria-label');
      assert.equal(await mark(), 'Medium');
      await page.focus('.segment input:checked');
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction(() => document.querySelector('.findings .row .shape')?.ariaLabel === 'High');
      assert.equal(await page.locator('.segment input:checked').inputValue(), 'public');
    });
  });
});

/** Of the window, and of what is in it, in CSS pixels. */
interface Size {
  readonly width: readonly number[];
  readonly height: readonly number[];
}

describe('the popup itself, opened by the toolbar with nothing granted', () => {
  const opened = async (url: string): Promise<{ readonly text: string; readonly size: Size }> => {
    await holdOnly(extension, []);
    const tab = await browser.newTab();
    await tab.goto(url);
    const popup = await extension.clickToolbar(tab);
    const text = await until('the verdict', () =>
      popup.evaluate(() => document.querySelector('h1')?.textContent ?? null, undefined),
    );
    const size = await popup.evaluate(
      () => ({
        width: [innerWidth, document.documentElement.scrollWidth],
        height: [innerHeight, document.documentElement.scrollHeight],
      }),
      undefined,
    );
    await popup.close();
    await tab.close();
    return { text, size };
  };

  test('judges the address of the tab', async () => {
    const url = `${demo.origins.app}/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7Zk3qOq8vT`;
    const { text, size } = await opened(url);
    assert.equal(text, 'A sign-in response is still in this address');
    assert.deepEqual(size.width, [400, 400]);
    // The screen of the test browser is too low for the whole popup, which then takes what there is.
    const [height, needed] = size.height;
    assert.equal(needed, height);
  });

  test('says so on a page of the browser', async () => {
    assert.equal((await opened('chrome://version/')).text, 'Extensions may not see this page');
  });
});
