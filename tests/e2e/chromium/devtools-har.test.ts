import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { implicit } from '../../servers/cases/implicit.ts';
import { secretInPage } from '../../servers/cases/secret-in-page.ts';
import { startDemo } from '../../servers/start-demo.ts';
import { audit, type Report } from '../harness/audit.ts';
import { until } from '../harness/browser.ts';
import { launchChromium } from '../harness/chromium.ts';
import { signIn } from '../harness/drive.ts';
import { type Har, harOfTab } from '../harness/har-of-tab.ts';

const cases = [implicit, secretInPage];
const folder = await mkdtemp(join(tmpdir(), 'oauth-inspector-devtools-'));
after(() => rm(folder, { recursive: true, force: true }));

/** Runs in the panel: the JSON report that it saves, or `null` while nothing is judged. */
async function savedReport(): Promise<string | null> {
  const saved: Promise<string>[] = [];
  const original = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    saved.push((blob as Blob).text());
    return '#saved';
  };
  document.querySelector<HTMLElement>('.narrow-only .menu > button')?.click();
  await new Promise((done) => setTimeout(done, 50));
  document.querySelectorAll<HTMLElement>('.narrow-only [role=menuitem]')[1]?.click();
  await new Promise((done) => setTimeout(done, 50));
  URL.createObjectURL = original;
  return (await saved[0]) ?? null;
}

const lines = ({ findings }: Report) =>
  findings.map(({ severity, confidence, key, parent }) => `${severity} ${confidence} ${key} < ${parent}`).toSorted();

test('a HAR that Playwright records gives on the command line exactly what the panel shows', async () => {
  const demo = await startDemo({ cases });
  const har = join(folder, 'all.har');
  const browser = await launchChromium({ demo, extension: true, har });
  const panels: Record<string, readonly string[]> = {};
  try {
    const { extension } = browser;
    assert.ok(extension);
    for (const { id } of cases) {
      const page = await browser.newTab();
      await page.goto(demo.caseUrl(id));
      const devtools = await extension.openDevtools(page);
      assert.equal((await signIn(page, demo, id)).outcome, 'done');
      const panel = await devtools.showPanel();
      // Bodies come after their requests: what is said twice is said of all of them.
      let last: string | null = null;
      panels[id] = await until('the report', async () => {
        const text = await panel.evaluate(savedReport, undefined);
        const isLast = text !== null && text === last;
        last = text;
        const found = text === null ? [] : lines(JSON.parse(text) as Report);
        return isLast && found.length > 0 ? found : null;
      });
      await page.close();
    }
  } finally {
    // The recording is written when the browser closes.
    await browser.close();
    await demo.stop();
  }
  const recorded = JSON.parse(await readFile(har, 'utf8')) as Har;
  for (const { id } of cases) {
    const file = join(folder, `${id}.har`);
    await writeFile(file, JSON.stringify(harOfTab(recorded, demo.caseUrl(id))));
    assert.deepEqual(lines(await audit(file)), panels[id], id);
  }
});
