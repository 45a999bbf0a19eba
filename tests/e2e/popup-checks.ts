import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { callSource, until } from './harness/browser.ts';

const AXE = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

declare const axe: { run(options: object): Promise<AxeResults> };

/** As much of a page as the drivers of both browsers have in common. */
export interface CheckedPage {
  evaluate(source: string): Promise<unknown>;
  readonly keyboard: { press(key: string): Promise<unknown> };
}

/** The rules whose answer depends on colours. */
const OF_COLOURS = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };

/**
 * axe-core: what it finds, as lines of text. `colours`: of a page that was looked at with all rules, what other colours
 * can change.
 */
export async function axeViolations(page: CheckedPage, what: 'all' | 'colours' = 'all'): Promise<readonly string[]> {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(await AXE);
  const options = { ...(what === 'all' ? {} : OF_COLOURS), resultTypes: ['violations'] };
  const lines = await page.evaluate(
    // Put into lines in the page: what axe says of all that is well is a thousand times as long.
    callSource(async (given) => {
      const { violations } = await axe.run(given);
      return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`));
    }, options),
  );
  return lines as readonly string[];
}

/** axe finds nothing in light and in dark. */
export async function assertAccessible(
  page: CheckedPage,
  show: (scheme: 'light' | 'dark') => Promise<unknown>,
): Promise<void> {
  await show('light');
  assert.deepEqual(await axeViolations(page), [], 'light');
  await show('dark');
  assert.deepEqual(await axeViolations(page, 'colours'), [], 'dark');
}

/** Runs in the page. Everything that a person can work with; of radio buttons the one that Tab stops at. */
function controls(): readonly { readonly name: string; readonly element: HTMLElement }[] {
  const scope = document.querySelector('dialog[open]') ?? document;
  return [...scope.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea')]
    .filter((element) => element.tabIndex >= 0 && element.checkVisibility())
    .filter((element) => !(element instanceof HTMLInputElement && element.type === 'radio' && !element.checked))
    .map((element) => ({
      name: element.ariaLabel ?? (element.title || element.textContent || element.tagName),
      element,
    }));
}

interface Stop {
  /** Index among the controls; -1 for anything else. */
  readonly at: number;
  readonly outline: string;
}

/** Runs in the page. Where the focus is, and whether that is to be seen. */
function focused(): Stop {
  const { activeElement } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(activeElement ?? document.body);
  const at = (globalThis as unknown as { walked: readonly Element[] }).walked.indexOf(activeElement ?? document.body);
  return { at, outline: `${outlineStyle} ${outlineWidth}` };
}

/**
 * Tab reaches everything that can be worked with, in the order of the page, and the focus is to be seen. `around`: it
 * comes back to the first one; in Firefox the browser's own bars lie between.
 */
export async function walkWithTab(page: CheckedPage, around = true): Promise<void> {
  const names = (await page.evaluate(
    `(() => { const found = (${controls})(); globalThis.walked = found.map((one) => one.element); return found.map((one) => one.name); })()`,
  )) as readonly string[];
  assert.ok(names.length > 0, 'there is something to work with');
  const stops: Stop[] = [];
  const enough = () => !around && stops.at(-1)?.at === names.length - 1;
  for (let presses = 0; presses < names.length + 3 && !enough(); presses += 1) {
    await page.keyboard.press('Tab');
    const stop = (await page.evaluate(`(${focused})()`)) as Stop;
    if (stop.at >= 0) stops.push(stop);
  }
  const reached = new Set(stops.map(({ at }) => at));
  assert.deepEqual(
    names.filter((_, at) => !reached.has(at)),
    [],
    'not reached with Tab',
  );
  for (const { at, outline } of stops) assert.match(outline, /^solid [2-9]px$/, `focus at ${names[at]}`);
  for (const [index, { at }] of stops.entries()) {
    const next = stops[index + 1];
    if (next !== undefined)
      assert.equal(next.at, (at + 1) % names.length, `after ${names[at]}, in the order of the page`);
  }
}

/** Text of the element that has the focus. */
export async function focusText(page: Page): Promise<string> {
  return (await page.evaluate(() => document.activeElement?.textContent ?? '')).trim();
}

/** An open menu: arrows go round, Esc closes it and gives the focus back to its button. */
export async function walkMenu(page: Page): Promise<void> {
  const items = await page.locator('.menu-item').allTextContents();
  const start = items.indexOf(await focusText(page));
  assert.notEqual(start, -1, 'the focus is in the menu');
  for (let step = 1; step <= items.length; step += 1) {
    await page.keyboard.press('ArrowDown');
    assert.equal(await focusText(page), items[(start + step) % items.length]?.trim());
  }
  await page.keyboard.press('ArrowUp');
  assert.equal(await focusText(page), items.at(start - 1)?.trim());
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.menu-item').count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-haspopup')), 'menu');
}

/** Enter opens and closes each row that opens; Esc closes it and leaves the focus on it. */
export async function walkRows(page: Page): Promise<void> {
  const rows = page.locator('.row[aria-expanded]');
  const expanded = (at: number) => rows.nth(at).getAttribute('aria-expanded');
  const becomes = (at: number, value: 'true' | 'false', why: string) =>
    until(
      `row ${at} to be expanded=${value}: ${why}`,
      async () => ((await expanded(at)) === value ? true : null),
      3000,
    );
  const holdsFocus = (at: number) =>
    rows.nth(at).evaluate((row) => row.closest('.fold')?.contains(document.activeElement) ?? false);
  for (let at = 0; at < (await rows.count()); at += 1) {
    await rows.nth(at).focus();
    if ((await expanded(at)) === 'true') await page.keyboard.press('Enter');
    await becomes(at, 'false', 'Enter closes');
    await page.keyboard.press('Enter');
    await becomes(at, 'true', 'Enter opens');
    await page.keyboard.press('Tab');
    // A fold may hold nothing to work with; then the focus has left it.
    if (!(await holdsFocus(at))) await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Escape');
    await becomes(at, 'false', 'Esc closes from inside');
    assert.ok(await rows.nth(at).evaluate((row) => row === document.activeElement), 'the focus stays on the row');
  }
}

/** Nothing scrolls sideways, and the popup keeps its size. */
export async function assertFits(page: CheckedPage): Promise<void> {
  const wide = await page.evaluate(
    callSource(
      () =>
        [document.documentElement, ...document.querySelectorAll<HTMLElement>('main, .bar, .foot, .fold-body, .address')]
          .filter((element) => element.scrollWidth > element.clientWidth)
          .map(
            (element) => `${element.className || element.tagName}: ${element.scrollWidth} in ${element.clientWidth}`,
          ),
      undefined,
    ),
  );
  assert.deepEqual(wide, []);
}
