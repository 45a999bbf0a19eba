/**
 * `npm start`: the extension on the demo clients. With a display, Chrome, Chromium or Edge opens on the list of clients.
 * Without one, or with `--headless`, all sign-ins are driven, the findings are printed beside what must be found, and
 * pictures are written; the exit code is 1 when they differ.
 */
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Extension } from '../tests/e2e/harness/browser.ts';
import { demoArguments, launchChromium, startChromium } from '../tests/e2e/harness/chromium.ts';
import { signIn } from '../tests/e2e/harness/drive.ts';
import { readFindings } from '../tests/e2e/harness/read-findings.ts';
import { type DemoCase, expectationText } from '../tests/servers/case.ts';
import { disagreement, findingLines } from '../tests/servers/expectations.ts';
import { type Demo, startDemo } from '../tests/servers/start-demo.ts';
import { ensureBrowsers } from './browsers.ts';

const EXTENSION = '.output/chrome-mv3';
const PICTURES = join('tmp', 'demo');

function build() {
  const wxt = join('node_modules', 'wxt', 'bin', 'wxt.mjs');
  const { status } = spawnSync(process.execPath, [wxt, 'build', '-b', 'chrome'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the extension was not built');
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

async function showInWindow(demo: Demo) {
  const { chromium: executablePath } = await ensureBrowsers(['chromium']);
  const { context, close } = await startChromium({
    executablePath,
    headless: false,
    args: demoArguments(demo),
    extension: EXTENSION,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(demo.url);
  process.stdout.write(`The demo clients are open in ${executablePath}. Press the extension's icon (behind the puzzle piece),
choose to watch all sites, and sign in with any client; any name and password will do.
Close the window or press Ctrl+C to end.\n`);
  const closed = new Promise((resolve) => context.once('close', resolve));
  process.once('SIGINT', () => void context.close());
  await closed;
  await close();
}

interface Row {
  readonly demoCase: DemoCase;
  readonly found: string;
  readonly badge: string;
  readonly problem: string | null;
}

async function signInAndRead(
  demo: Demo,
  demoCase: DemoCase,
  browser: Awaited<ReturnType<typeof launchChromium>>,
  extension: Extension,
): Promise<Row> {
  const tab = await browser.newTab();
  await tab.setSize(1024, 640);
  const { outcome, facts } = await signIn(tab, demo, demoCase.id);
  if (outcome !== 'done') throw new Error(`${demoCase.id} failed: ${JSON.stringify(facts)}`);
  const popup = await extension.clickToolbar(tab);
  const found = (await readFindings(popup)).flatMap(({ findings }) => findings);
  await popup.screenshot(join(PICTURES, `${demoCase.id}.png`));
  await popup.close();
  const { text } = await extension.badge(tab);
  await tab.close();
  return {
    demoCase,
    found: findingLines(found).join(', ') || 'nothing above info',
    badge: text || '-',
    problem: disagreement(demoCase.expected, found),
  };
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function driveAll(demo: Demo): Promise<boolean> {
  await mkdir(PICTURES, { recursive: true });
  const browser = await launchChromium({ demo, extension: true });
  const { extension } = browser;
  if (!extension) throw new Error('the extension is not loaded');
  await extension.grantHosts('*://*/*');
  const index = await browser.newTab();
  await index.setSize(1024, 640);
  await index.goto(demo.url);
  await index.screenshot(join(PICTURES, 'clients.png'));
  const rows: Row[] = [];
  for (const demoCase of demo.cases) rows.push(await signInAndRead(demo, demoCase, browser, extension));
  await browser.close();

  const printed = rows.map(({ demoCase, found, badge, problem }) => [
    demoCase.id,
    badge,
    found,
    expectationText(demoCase.expected),
    problem ?? 'as expected',
  ]);
  process.stdout.write(`\n${table([['client', 'badge', 'found', 'must be found', ''], ...printed])}\n`);
  process.stdout.write(`\nPictures: ${PICTURES}\n`);
  return rows.every(({ problem }) => problem === null);
}

const { values } = parseArgs({ options: { headless: { type: 'boolean', default: false } } });
build();
const demo = await startDemo();
try {
  if (hasDisplay() && !values.headless) await showInWindow(demo);
  else if (!(await driveAll(demo))) process.exitCode = 1;
} finally {
  await demo.stop();
}
