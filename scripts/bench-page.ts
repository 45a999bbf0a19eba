import { ChromiumTab, launchChromium } from '../tests/e2e/harness/chromium.ts';
import { checkInTab, popupPages, storeInPage } from '../tests/e2e/harness/page-check.ts';
import { html, script, startPageStand } from '../tests/servers/page-stand.ts';
import { longTasks, median, type PageTasks, toldTasks } from './long-tasks.ts';

const ORIGIN = 'https://app.example';
const FILES = 5;
const MEGABYTE = 1_000_000;
/** Of localStorage, which takes five million characters and its keys; the rest goes into sessionStorage. */
const ITEMS = 46;
const ROUNDS = 5;

/** Code as bundlers write it, each file another. */
function code(of: number): string {
  const lines: string[] = [];
  for (let n = 0, size = 0; size < MEGABYTE; n++) {
    const line = `function f${of}_${n}(e,t){var r=e.items[${n}];return t?Object.assign({},r,{label:"row ${n}",seen:!0}):r.value*${n % 97}}`;
    lines.push(line);
    size += line.length + 1;
  }
  return lines.join('\n');
}

/** Entries of 100,000 characters, as applications keep their state. */
function entries(name: string, count: number): Readonly<Record<string, string>> {
  const rows = (n: number): string =>
    JSON.stringify({
      rows: Array.from({ length: 2000 }, (_, row) => ({ id: n * row, title: `entry ${row} of ${n}` })),
    });
  return Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`${name}-${n}`, rows(n).padEnd(100_000).slice(0, 100_000)]),
  );
}

/**
 * What "Check this page" costs a page with 5 MB of scripts and 5 MB of storage: how long it takes, and which tasks keep
 * the page busy. The baseline is the same page in the same rounds, not checked for the same time. Needs a build.
 */
export async function benchPage(): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const stand = await startPageStand(['app.example']);
  const paths = Array.from({ length: FILES }, (_, n) => `/part-${n}.js`);
  stand.serve({
    [`${ORIGIN}/`]: html(paths.map((path) => `<script src="${path}"></script>`).join('')),
    ...Object.fromEntries(
      paths.map((path, n) => [`${ORIGIN}${path}`, script(code(n), { 'cache-control': 'max-age=600' })]),
    ),
  });
  const browser = await launchChromium({ demo: stand, extension: true });
  const { extension } = browser;
  if (extension === null) throw new Error('the extension is not loaded');
  await extension.grantHosts('*://*/*');
  const popups = popupPages(extension);
  const tab = await browser.newTab();
  if (!(tab instanceof ChromiumTab)) throw new Error('the bench needs Chromium');
  await tab.goto(`${ORIGIN}/`);
  await tab.evaluate(storeInPage, { local: entries('state', ITEMS), session: entries('rest', 50 - ITEMS) });

  const took: number[] = [];
  const checked: PageTasks[] = [];
  const left: PageTasks[] = [];
  let detail = '';
  for (let round = 0; round < ROUNDS; round++) {
    checked.push(
      await longTasks(tab, async () => {
        const from = performance.now();
        ({ detail } = await checkInTab(extension, popups, tab));
        took.push(performance.now() - from);
      }),
    );
    left.push(await longTasks(tab, () => tab.page.waitForTimeout(took.at(-1) ?? 0)));
  }
  say(`page check, ${FILES} MB of scripts and 5 MB of storage`);
  say(`  ${detail.replace('found', 'found. ')}`);
  say(
    `  from the press to the findings: ${took.map((one) => one.toFixed(0)).join(', ')} ms, median ${median(took).toFixed(0)} ms`,
  );
  for (const [round, tasks] of checked.entries()) say(`  round ${round + 1}, checked: ${toldTasks(tasks)}`);
  for (const [round, tasks] of left.entries()) say(`  round ${round + 1}, not checked: ${toldTasks(tasks)}`);
  const longest = (all: readonly PageTasks[]): string => median(all.map((one) => one.longest)).toFixed(0);
  say(`  longest task of the page, median: checked ${longest(checked)} ms, not checked ${longest(left)} ms`);
  await browser.close();
  await stand.stop();
}
