import type { Extension, TestBrowser } from '../tests/e2e/harness/browser.ts';
import { ChromiumTab, launchChromium } from '../tests/e2e/harness/chromium.ts';
import { recordsOf } from '../tests/e2e/popup-records.ts';
import { startDemo } from '../tests/servers/start-demo.ts';
import { longTasks, median, toldTasks } from './long-tasks.ts';

declare const chrome: {
  readonly storage: { readonly session: { clear(): Promise<void>; set(items: object): Promise<void> } };
};

/** What is on screen when the inspector is open: the rows of its flows, or that there are none. */
const ROWS = '.flow-row';
const NOTHING = '.no-match h1';

const VALUE = 'Zk3qOq8vT1mXc0aJr5yW2bN7uGd4sLhEfPiK6tVwR9x';
const FROM = Date.UTC(2026, 10, 23, 8);

/** One sign-in of five messages; each has values of its own. */
function signIn(n: number): string {
  const own = `${n.toString(36).padStart(4, 'q')}${VALUE}`;
  const redirect = 'redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
  const answer = `https://app.example/cb?code=c${own}&state=s${own}`;
  return `GET https://as.example/authorize?response_type=code&client_id=web&${redirect}&state=s${own}&code_challenge=${own.slice(0, 43)}&code_challenge_method=S256

302
Location: ${answer}

GET ${answer}

200

# initiator https://app.example
# resource xhr
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&client_id=web&${redirect}&code=c${own}&code_verifier=v${own}

200`;
}

const logOf = (from: number, count: number): object =>
  Object.assign(
    {},
    ...Array.from({ length: count }, (_, n) =>
      recordsOf(signIn(from + n), { tab: 7 + ((from + n) % 20), from: FROM + (from + n) * 10_000 }),
    ),
  );

async function open(browser: TestBrowser, { origin }: Extension, ready: string): Promise<Opened> {
  const tab = await browser.newTab();
  if (!(tab instanceof ChromiumTab)) throw new Error('the bench needs Chromium');
  await tab.setSize(1440, 900);
  await tab.page.addInitScript((selector) => {
    const seen = globalThis as Seen;
    new MutationObserver((_, observer) => {
      if (document.querySelector(selector) === null) return;
      observer.disconnect();
      // After the picture, and when the page comes to what waits: input is handled then, too.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          port1.close();
          seen.readyAt = performance.now();
        };
        port2.postMessage(null);
      });
    }).observe(document, { childList: true, subtree: true });
    new MutationObserver((_, observer) => {
      if (!/messages\.$/.test(document.querySelector('.list-foot')?.textContent ?? '')) return;
      observer.disconnect();
      seen.judgedAt = performance.now();
    }).observe(document, { childList: true, subtree: true, characterData: true });
  }, ready);
  await tab.goto(`${origin}/inspector.html`);
  const judged = ready === ROWS;
  await tab.page.waitForFunction(
    (all) => (globalThis as Seen).readyAt !== undefined && (!all || (globalThis as Seen).judgedAt !== undefined),
    judged,
  );
  const { readyAt = Number.NaN, judgedAt = Number.NaN } = await tab.page.evaluate(() => {
    const { readyAt, judgedAt } = globalThis as Seen;
    return { ...(readyAt === undefined ? {} : { readyAt }), ...(judgedAt === undefined ? {} : { judgedAt }) };
  });
  return { tab, ready: readyAt, judged: judgedAt };
}

interface Seen {
  /** Milliseconds from the navigation until there was something to read and the page was free for input. */
  readyAt?: number;
  /** Until all verdicts were there. */
  judgedAt?: number;
}

interface Opened extends Required<Readonly<Record<'ready' | 'judged', number>>> {
  readonly tab: ChromiumTab;
}

const ROUNDS = 5;

async function scroll({ page }: ChromiumTab): Promise<void> {
  for (let step = 0; step < 40; step++) {
    await page.evaluate((top) => document.querySelector('.pane.list .pane-scroll')?.scrollTo(0, top), step * 1300);
    await page.waitForTimeout(30);
  }
}

async function arrive({ page }: ChromiumTab, act: () => Promise<unknown>): Promise<void> {
  const last = (await page.textContent('.list-foot')) ?? '';
  await act();
  await page.waitForFunction((before) => document.querySelector('.list-foot')?.textContent !== before, last);
}

/** What the inspector costs with 5,000 messages in the log: opening, an arriving message, scrolling. Needs a build. */
export async function benchInspector(): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const demo = await startDemo();
  const browser = await launchChromium({ demo, extension: true });
  const { extension } = browser;
  if (extension === null) throw new Error('the extension is not loaded');
  const put = (items: object) => extension.background.evaluate((all) => chrome.storage.session.set(all), items);
  say('inspector, 5,000 messages in 1,000 sign-ins');

  const clear = () => extension.background.evaluate(() => chrome.storage.session.clear(), undefined);
  const fill = async () => {
    for (let from = 0; from < 1000; from += 100) await put(logOf(from, 100));
  };
  const empty: number[] = [];
  const full: Opened[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await full.at(-1)?.tab.close();
    await clear();
    const without = await open(browser, extension, NOTHING);
    await without.tab.close();
    empty.push(without.ready);
    await fill();
    full.push(await open(browser, extension, ROWS));
  }
  const tab = full.at(-1)?.tab;
  if (tab === undefined) throw new Error('nothing was opened');
  const [without, rowsAt] = [median(empty), median(full.map(({ ready }) => ready))];
  const ms = (all: readonly number[]): string => all.map((one) => one.toFixed(0)).join(', ');
  say('  opening, until the rows of flows (empty: that there are none) are on screen and input is handled:');
  say(`    ${ms(full.map(({ ready }) => ready))} ms; empty ${ms(empty)} ms`);
  say(`    medians ${rowsAt.toFixed(0)} and ${without.toFixed(0)} ms, ratio ${(rowsAt / without).toFixed(1)}`);
  say(`  until all verdicts are there: ${ms(full.map(({ judged }) => judged))} ms`);
  await tab.page.waitForFunction(() => /messages\.$/.test(document.querySelector('.list-foot')?.textContent ?? ''));
  const rows = await tab.page.evaluate(() => document.querySelectorAll('.window-rows > li').length);
  say(`  rows in the page: ${rows}`);
  say(`  scrolling: ${toldTasks(await longTasks(tab, () => scroll(tab)))}`);
  say(`  one more sign-in: ${toldTasks(await longTasks(tab, () => arrive(tab, () => put(logOf(1000, 1)))))}`);
  await browser.close();
  await demo.stop();
}
