import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ordinaryHar } from '../bench/ordinary.ts';
import { ChromiumTab, launchChromium } from '../tests/e2e/harness/chromium.ts';
import { startDemo } from '../tests/servers/start-demo.ts';

const BYTES = 100_000_000;
const NOTICE = '.inspector-notice';
const ROUNDS = 3;

/** Memory of the page's scripts, in megabytes: objects and what lies outside of the heap for them. */
async function usage(page: ChromiumTab['page'], collect: boolean): Promise<number> {
  const cdp = await page.context().newCDPSession(page);
  if (collect) await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize, ...rest } = await cdp.send('Runtime.getHeapUsage');
  await cdp.detach();
  const outside = (rest as { readonly backingStorageSize?: number }).backingStorageSize ?? 0;
  return (usedSize + outside) / 1e6;
}

/**
 * What a HAR of 100 MB takes in the inspector while it is read, and what is left of that once it is cancelled or read to
 * its end. Needs a build.
 */
export async function benchImport(): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const folder = await mkdtemp(join(tmpdir(), 'oauth-inspector-bench-'));
  const file = join(folder, 'large.har');
  await writeFile(file, ordinaryHar(BYTES));
  const demo = await startDemo();
  const browser = await launchChromium({ demo, extension: true });
  try {
    const tab = await browser.extension?.openPage('inspector.html');
    if (!(tab instanceof ChromiumTab)) throw new Error('the extension is not loaded');
    const { page } = tab;
    const share = () =>
      page.evaluate((at) => document.querySelector<HTMLProgressElement>(`${at} progress`)?.value ?? null, NOTICE);
    const open = async () => {
      await page.setInputFiles('input[type=file]', file);
      await page.waitForSelector(`${NOTICE} progress`);
    };
    await page.waitForSelector('.inspector-app');
    say(`import of a HAR, ${BYTES / 1e6} MB, in the inspector: megabytes of the page's scripts`);
    const mb = (value: number) => value.toFixed(1);
    for (let round = 0; round < ROUNDS; round++) {
      const before = await usage(page, true);
      await open();
      let peak = before;
      while (((await share()) ?? 1) < 0.5) peak = Math.max(peak, await usage(page, false));
      const held = await usage(page, true);
      await page.evaluate((at) => document.querySelector<HTMLButtonElement>(`${at} button`)?.click(), NOTICE);
      await page.waitForFunction(
        (at) => document.querySelector(at)?.textContent?.includes('was not read to its end') === true,
        NOTICE,
      );
      const after = await usage(page, true);
      say(`  before ${mb(before)}, half read ${mb(peak)} (held ${mb(held)}), after cancel ${mb(after)}`);
    }
    const before = await usage(page, true);
    await open();
    let peak = before;
    for (let now = await share(); now !== null; now = await share()) peak = Math.max(peak, await usage(page, false));
    say(`  read to its end: at most ${mb(peak)}, then ${mb(await usage(page, true))}`);
  } finally {
    await browser.close();
    await demo.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
