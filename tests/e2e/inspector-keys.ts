import assert from 'node:assert/strict';
import { type Tab, until } from './harness/browser.ts';

/** Runs in the page: the text of what a selector finds, `null` where that is nothing. */
const text = (selector: string): string | null => document.querySelector(selector)?.textContent ?? null;

/** With the keyboard alone through the state `flows` of the inspector: search, a flow, its messages, back, sections, keys. */
export async function walkInspector(tab: Tab): Promise<void> {
  const becomes = (selector: string, wanted: RegExp) =>
    until(`${wanted} in ${selector}`, async () => {
      const found = await tab.evaluate(text, selector);
      return found !== null && wanted.test(found) ? found : null;
    });
  const there = (selector: string, wanted: boolean) =>
    until(`${wanted ? '' : 'no '}${selector}`, async () =>
      ((await tab.evaluate(text, selector)) !== null) === wanted ? true : null,
    );
  const count = (selector: string, wanted: number) =>
    until(`${wanted} ${selector}`, () =>
      tab.evaluate(([all, number]) => (document.querySelectorAll(all).length === number ? true : null), [
        selector,
        wanted,
      ] as const),
    );

  const rows = await tab.evaluate(() => document.querySelectorAll('.flow-row').length, undefined);
  assert.ok(rows > 1, 'there is something to search among');
  await tab.press('/');
  await there('.pane.list input:focus', true);
  for (const letter of 'legacy') await tab.press(letter);
  await count('.flow-row', 1);
  await tab.press('Escape');
  await count('.flow-row', rows);
  await tab.press('Escape');
  await there('.pane.list input:focus', false);
  await tab.evaluate(() => document.querySelector<HTMLElement>('.flow-row')?.focus(), undefined);
  await tab.press('ArrowDown');
  await tab.press('Enter');
  await becomes('.flow-row[aria-current=true]', /10:31/);
  await tab.press('ArrowRight');
  await there('.arrow-row:focus', true);
  await tab.press('ArrowDown');
  await tab.press('Enter');
  await becomes('.pane.detail h1', /^\d+ /);
  await tab.press('ArrowRight');
  await there('.pane.detail :focus', true);
  await tab.press('Escape');
  await there('.arrow-row[aria-current=true]:focus', true);
  await tab.press('Escape');
  await there('.flow-row:focus', true);
  await tab.press('2');
  await becomes('[role=tab][aria-selected=true]', /^Findings$/);
  await tab.press('?');
  await there('dialog[open]', true);
  await tab.press('Escape');
  await there('dialog[open]', false);
}
