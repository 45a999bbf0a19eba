import type { Extension, TestBrowser } from '../tests/e2e/harness/browser.ts';
import { ChromiumTab, launchChromium } from '../tests/e2e/harness/chromium.ts';
import { recordsOf } from '../tests/e2e/popup-records.ts';
import { startDemo } from '../tests/servers/start-demo.ts';

declare const chrome: {
  readonly storage: { readonly session: { clear(): Promise<void>; set(items: object): Promise<void> } };
};

interface Timed {
  readonly performance: Performance;
  /** Milliseconds of each task that kept the page busy for more than 50. */
  longTasks?: number[];
}

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

async function open(
  browser: TestBrowser,
  { origin }: Extension,
  ready: string,
): Promise<{ tab: ChromiumTab; took: number }> {
  const tab = await browser.newTab();
  if (!(tab instanceof ChromiumTab)) throw new Error('the bench needs Chromium');
  await tab.setSize(1440, 900);
  await tab.page.addInitScript(() => {
    const timed: Timed = globalThis;
    timed.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) timed.longTasks?.push(Math.round(duration));
    }).observe({ type: 'longtask', buffered: true });
  });
  const start = performance.now();
  await tab.goto(`${origin}/inspector.html`);
  await tab.page.waitForSelector(ready);
  return { tab, took: performance.now() - start };
}

/** The long tasks since the last time, as a line. */
async function longTasks({ page }: ChromiumTab): Promise<string> {
  await page.waitForTimeout(300);
  const tasks = await page.evaluate(() => {
    const timed: Timed = globalThis;
    const all = timed.longTasks ?? [];
    timed.longTasks = [];
    return all;
  });
  return tasks.length === 0 ? 'no long task' : `${tasks.length} long tasks: ${tasks.join(', ')} ms`;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** What the inspector costs with 5,000 messages in the log: opening, an arriving message, scrolling. Needs a build. */
export async function benchInspector(): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const demo = await startDemo();
  const browser = await launchChromium({ demo, extension: true });
  const { extension } = browser;
  if (extension === null) throw new Error('the extension is not loaded');
  const put = (items: object) => extension.background.evaluate((all) => chrome.storage.session.set(all), items);
  say('inspector, 5,000 messages in 1,000 sign-ins');

  const empty: number[] = [];
  for (let round = 0; round < 3; round++) {
    const { tab, took } = await open(browser, extension, '.no-match');
    empty.push(took);
    await tab.close();
  }
  for (let from = 0; from < 1000; from += 100) await put(logOf(from, 100));
  const full: number[] = [];
  for (let round = 0; round < 3; round++) {
    const { tab, took } = await open(browser, extension, '.flow-row');
    full.push(took);
    if (round === 2) {
      say(`  opening: ${await longTasks(tab)}`);
      const rows = await tab.page.evaluate(() => document.querySelectorAll('.window-rows > li').length);
      say(`  rows in the page: ${rows}`);
      for (let step = 0; step < 40; step++) {
        await tab.page.evaluate(
          (top) => document.querySelector('.pane.list .pane-scroll')?.scrollTo(0, top),
          step * 1300,
        );
        await tab.page.waitForTimeout(30);
      }
      say(`  scrolling: ${await longTasks(tab)}`);
      const last = (await tab.page.textContent('.list-foot')) ?? '';
      await put(logOf(1000, 1));
      await tab.page.waitForFunction((before) => document.querySelector('.list-foot')?.textContent !== before, last);
      say(`  one more sign-in: ${await longTasks(tab)}`);
    }
    await tab.close();
  }
  const [without, withAll] = [median(empty), median(full)];
  say(`  opening: ${withAll.toFixed(0)} ms, empty ${without.toFixed(0)} ms, ratio ${(withAll / without).toFixed(1)}`);
  await browser.close();
  await demo.stop();
}
