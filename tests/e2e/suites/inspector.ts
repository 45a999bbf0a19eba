import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codePkcePublic } from '../../servers/cases/code-pkce-public.ts';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import type { Extension, ExtensionView, LaunchOptions, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { signIn } from '../harness/drive.ts';
import { CAPTURE_FROM, harOf, hostileTrace, morning } from '../inspector-captures.ts';

/** Shows the latest flow of the list and reads its arrows as a screen reader would. */
function readArrows(): readonly string[] {
  document.querySelector<HTMLElement>('.flow-row')?.click();
  return [...document.querySelectorAll('.arrow-row > .spoken')].map((name) => name.textContent ?? '');
}

interface Watching {
  /** Policies of the page that something ran against. */
  refused: string[];
  pwned?: number;
}

/** Runs in the inspector: imports a file as if it had been chosen. */
function importFile(text: string): void {
  const seen = globalThis as unknown as Watching;
  seen.refused = [];
  document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => seen.refused.push(violatedDirective));
  const input = document.querySelector<HTMLInputElement>('input[type=file]');
  const files = new DataTransfer();
  files.items.add(new File([text], 'hostile\u202e<b>.har'));
  if (input === null) throw new Error('there is no way to import');
  input.files = files.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

/**
 * Runs in the inspector: drops a HAR of so many megabytes, ordinary but for one authorization request and one entry
 * without an address.
 */
function dropLarge(megabytes: number): void {
  const entry = (url: string, body: string) =>
    JSON.stringify({
      startedDateTime: '2026-01-31T12:00:00.000Z',
      request: { method: 'GET', url, headers: [] },
      response: { status: 200, headers: [], content: { mimeType: 'image/png', text: body } },
    });
  const ordinary = `${entry('https://shop.example/a.png', '"x"'.repeat(10_000))},`;
  const times = Math.ceil((megabytes * 1_000_000) / ordinary.length);
  const query = 'response_type=code&client_id=c&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=kR8vQ2mZ5xL1pT7w';
  const last = `${entry(`https://as.example/auth?${query}`, '')},${entry('/relative', '')}`;
  const parts = ['{"log":{"version":"1.2","entries":[', ...Array<string>(times).fill(ordinary), last, ']}}'];
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(parts, 'large.har'));
  const at = document.querySelector('.inspector-app');
  const events = ['dragover', 'drop'].map((type) => {
    const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer });
    at?.dispatchEvent(event);
    return event.defaultPrevented;
  });
  if (events.includes(false)) throw new Error('the file was not taken');
}

/** Runs in the inspector: goes through every section and every row; whatever is not as it must be, as lines. */
async function lookEverywhere(): Promise<readonly string[]> {
  const drawn = () => new Promise((resolve) => setTimeout(resolve, 30));
  const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
  const seen = globalThis as unknown as Watching;
  const wrong: string[] = [];
  const tooWide = () =>
    [document.documentElement, ...all('.pane, .pane-scroll, .column-scroll')].filter(
      ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth > 1,
    );
  const check = async (where: string) => {
    const app = document.querySelector<HTMLElement>('#app');
    const text = app?.textContent ?? '';
    if (seen.pwned !== undefined) wrong.push(`${where}: it ran`);
    if (seen.refused.length > 0) wrong.push(`${where}: refused ${seen.refused}`);
    if (all('#app :is(img, script, iframe, b, object, embed, form)').length > 0) wrong.push(`${where}: markup`);
    if (/[\u202a-\u202e\u2066-\u2069\u200b]/.test(text)) wrong.push(`${where}: bidi control`);
    if (/\p{Cs}/u.test(text)) wrong.push(`${where}: lone surrogate`);
    if (text.length > 400_000) wrong.push(`${where}: ${text.length} characters`);
    for (const { href } of all('#app a') as HTMLAnchorElement[]) {
      if (!/^https:\/\/[a-z.-]+\//.test(href) || href.includes('.example')) wrong.push(`${where}: link to ${href}`);
    }
    // The diagram is laid out anew in the frame after its pane changed its width: what counts is the layout at rest.
    for (let tries = 0; tries < 20 && tooWide().length > 0; tries++) await drawn();
    for (const pane of tooWide()) {
      wrong.push(`${where}: ${pane.className || pane.tagName} is ${pane.scrollWidth - pane.clientWidth} too wide`);
    }
  };
  for (const section of all('[role=tab]')) {
    section.click();
    await drawn();
    await check(section.id);
    all('.flow-row').at(0)?.click();
    for (let tries = 0; section.id === 'section-flows' && tries < 100 && all('.arrow-row').length === 0; tries++) {
      await drawn();
    }
    // Rows are asked for again after each press: what was pressed may be gone, or out of sight where panes are stacked.
    const arrows = all('.arrow-row').length;
    if (section.id === 'section-flows' && arrows === 0) wrong.push('no arrow');
    for (let row = 0; row < arrows; row += 1) {
      all('.pane-back.to-middle').at(0)?.click();
      for (let tries = 0; tries < 100 && all('.arrow-row').length <= row; tries++) await drawn();
      const arrow = all('.arrow-row')[row];
      if (arrow === undefined) wrong.push(`${section.id}: arrow ${row} is gone`);
      arrow?.click();
      await drawn();
      for (const fold of all('.fold .row[aria-expanded=false]')) fold.click();
      for (const eye of all('.value-tools [aria-pressed=false]')) eye.click();
      await drawn();
      await check(`${section.id} ${arrow?.title}`);
    }
  }
  return wrong;
}

/** Runs in the inspector: opens every menu that is in sight, and names the entries that something covers or cuts off. */
async function menusCutOff(): Promise<readonly string[]> {
  const wrong: string[] = [];
  const entriesOf = async (open: boolean) => {
    let entries = [...document.querySelectorAll<HTMLElement>('[role=menu] > *')];
    for (let tries = 0; tries < 100 && entries.length > 0 !== open; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      entries = [...document.querySelectorAll<HTMLElement>('[role=menu] > *')];
    }
    return entries;
  };
  const openers = [...document.querySelectorAll<HTMLElement>('[aria-haspopup=menu]')].filter((one) =>
    one.checkVisibility(),
  );
  if (openers.length < 4) wrong.push(`${openers.length} menus`);
  for (const opener of openers) {
    opener.click();
    const entries = await entriesOf(true);
    if (entries.length === 0) wrong.push(`${opener.title}: no entry`);
    for (const entry of entries) {
      const { left, right, top, bottom } = entry.getBoundingClientRect();
      const seen = [left + 1, right - 1].every((x) => entry.contains(document.elementFromPoint(x, (top + bottom) / 2)));
      const shown = entry.innerText.replaceAll(/\s/g, '') === entry.textContent.replaceAll(/\s/g, '');
      if (!seen || !shown) wrong.push(`${opener.title}: ${entry.textContent}`);
    }
    opener.click();
    await entriesOf(false);
  }
  return wrong;
}

/** The inspector in its shells: in a tab, and beside the page. */
export function inspectorTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let demo: Demo;
  let browser: TestBrowser;
  let extension: Extension;

  before(async () => {
    demo = await startDemo({ cases: [codePkcePublic] });
    browser = await launch({ demo, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    await extension.grantHosts('*://*/*');
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  test('a sign-in appears step by step in the tab and beside the page', async () => {
    const inTab = await extension.openPage('inspector.html');
    const page = await browser.newTab();
    await page.goto(demo.caseUrl(codePkcePublic.id));
    const beside = await extension.openBeside(page);
    const views: readonly (readonly [string, ExtensionView])[] = [
      ['tab', inTab],
      ['beside', beside],
    ];
    const shows = (what: string, lines: readonly string[]) =>
      Promise.all(
        views.map(([name, view]) =>
          until(`${what} in ${name}`, async () => {
            const arrows = await view.evaluate(readArrows, undefined);
            return lines.every((line, index) => arrows[index]?.startsWith(line)) ? true : null;
          }),
        ),
      );
    let started = false;
    const { outcome } = await signIn(page, demo, codePkcePublic.id, {
      onStep: async (step) => {
        if (step === 'start' || started) return;
        started = true;
        await shows('the request', ['Message 1, Browser to Authorization server, GET /auth, front channel']);
      },
    });
    assert.equal(outcome, 'done');
    assert.ok(started);
    await shows('the rest', [
      'Message 1, Browser to Authorization server, GET /auth, front channel, Passed, carries state and nonce',
      `Message 2, Authorization server to Browser, 303 to app.example/cases/${codePkcePublic.id}/callback, front channel`,
      `Message 3, Browser to Client, GET /cases/${codePkcePublic.id}/callback, front channel, Passed, carries code`,
      'Message 4, Client to Authorization server, POST /token, back channel, Passed, carries code and verifier',
      'Message 5, Authorization server to Client, 200, body not shown, not seen, inferred, Could not be judged',
    ]);
  });

  test('a dropped file of 100 MB is read with progress, and can be cancelled; what cannot be read is listed', async () => {
    const tab = await extension.openPage('inspector.html');
    const text = (selector: string) =>
      tab.evaluate((one) => document.querySelector(one)?.textContent ?? null, selector);
    const share = () =>
      tab.evaluate(
        () => document.querySelector<HTMLProgressElement>('.inspector-notice progress')?.value ?? null,
        null,
      );
    await until('the inspector', () => text('.inspector-app'));
    await tab.evaluate(dropLarge, 100);
    await until('progress', async () => (((await share()) ?? 0) > 0.02 ? true : null));
    await tab.click('.inspector-notice button');
    await until('that it is cancelled', async () =>
      (await text('.inspector-notice'))?.startsWith('large.har was not read to its end') ? true : null,
    );
    await tab.evaluate(dropLarge, 100);
    await until('more progress', async () => (((await share()) ?? 0) > 0.3 ? true : null), 60_000);
    const unread = await until('what could not be read', () => text('.unread li'), 60_000);
    assert.match(unread, /^entry [\d,]+: "request.url" is a relative address; expected/);
    assert.match((await text('.inspector-notice')) ?? '', /requests read, 1 could not be: entry /);
    assert.match(await until('the sign-in', () => text('.flow-row')), /as\.example/);
    await tab.close();
  });

  test('hostile values are text in every view', async () => {
    const tab = await extension.openPage('inspector.html');
    const har = harOf(hostileTrace(), Date.now());
    await tab.evaluate(importFile, har);
    await until('the flow', () =>
      tab.evaluate(() => (document.querySelector('.flow-row') === null ? null : true), undefined),
    );
    for (const [width, height] of [
      [1440, 900],
      [380, 700],
    ] as const) {
      await tab.setSize(width, height);
      const wrong = await tab.evaluate(lookEverywhere, undefined);
      assert.deepEqual(wrong, [], `${width} wide`);
    }
    await tab.close();
  });

  test('menus stand inside of the window, and a finding beside the messages opens under Findings', async () => {
    const tab = await extension.openPage('inspector.html');
    const there = (selector: string) =>
      until(selector, () => tab.evaluate((one) => (document.querySelector(one) === null ? null : true), selector));
    // Whatever section was looked at last comes first.
    await there('#section-flows');
    await tab.click('#section-flows');
    await tab.evaluate(importFile, harOf(morning(), CAPTURE_FROM.morning));
    for (const [width, height] of [
      [1440, 900],
      [380, 700],
    ] as const) {
      await tab.setSize(width, height);
      await there('.list-row');
      // Where one pane is shown, it may be the flow that was looked at before.
      await until('the list', () =>
        tab.evaluate(() => {
          document.querySelector<HTMLElement>('.pane-back.to-list')?.click();
          return document.querySelector('.filters')?.checkVisibility() === true ? true : null;
        }, undefined),
      );
      assert.deepEqual(await tab.evaluate(menusCutOff, undefined), [], `${width} wide`);
    }
    await tab.setSize(1440, 900);
    const cause = await until('the finding', () =>
      tab.evaluate(() => {
        const row = [...document.querySelectorAll<HTMLElement>('button.list-row')].find(
          ({ textContent }) => textContent?.endsWith('other') ?? false,
        );
        row?.click();
        return row?.querySelector('.grow')?.textContent ?? null;
      }, undefined),
    );
    await until('its cause', () =>
      tab.evaluate(
        (wanted) => (document.querySelector('.pane.detail h1')?.textContent?.includes(wanted) ? true : null),
        cause,
      ),
    );
    await tab.close();
  });
}
