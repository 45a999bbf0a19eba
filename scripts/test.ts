import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type BrowserName, ensureBrowsers } from './browsers.ts';

/**
 * The whole check: `npm test`, or `npm test -- unit e2e-firefox` for some stages. Streams what each stage prints and
 * ends with `N passed, N failed` over all of them. A skipped test and a stage without a test count as failed.
 */

const wanted = process.argv.slice(2);

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface Stage {
  readonly name: string;
  run(): Promise<Counts>;
  /** Neighbours in the list that say so run at the same time. */
  readonly beside?: true;
}

const MODULES = join(process.cwd(), 'node_modules');
const BIOME = join(MODULES, '@biomejs/biome/bin/biome');
const TSC = join(MODULES, 'typescript/bin/tsc');
const VITEST = join(MODULES, 'vitest/vitest.mjs');
const WEB_EXT = join(MODULES, 'web-ext/bin/web-ext.js');
const WXT = join(MODULES, 'wxt/bin/wxt.mjs');

/** A browser that hangs must end the run, not the patience of whoever waits for it. Milliseconds, for one test file. */
const BROWSER_TEST_TIMEOUT = 300_000;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/**
 * Runs a script with the Node that runs this one; what it prints is shown as it comes, and returned. With a label, whole
 * lines are shown, each behind it: two stages may be printing at the same time.
 */
function node(args: readonly string[], label = ''): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
    });
    let output = '';
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (label === '') to.write(text);
      });
      if (label !== '') createInterface(from).on('line', (line) => to.write(`${label} ${line}\n`));
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** A stage that is one check: it passes when the command ends with 0. */
const check = (name: string, ...args: readonly string[]): Stage => ({
  name,
  async run() {
    const { code } = await node(args);
    return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  },
});

/** The last line of the form `N passed, N failed, N skipped`, which both test runners' reporters here print. */
function countsOf({ code, output }: Ended): Counts {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
  const [passed, failed, skipped] = last === undefined ? [0, 0, 0] : last.slice(1, 4).map(Number);
  const broken = (failed ?? 0) + (skipped ?? 0);
  const silent = (code !== 0 || (passed ?? 0) === 0) && broken === 0;
  return { passed: passed ?? 0, failed: silent ? 1 : broken };
}

const vitest = (name: string, ...folders: readonly string[]): Stage => ({
  name,
  run: async () => countsOf(await node([VITEST, 'run', ...folders])),
});

let installed: Promise<unknown> | undefined;

/** Both browsers at once: of two installations at the same time one would fail at the lock of apt. */
function browsersWanted(): Promise<unknown> {
  const names = (['chromium', 'firefox'] as const).filter(
    (browser) => wanted.length === 0 || wanted.includes(`e2e-${browser}`),
  );
  installed ??= ensureBrowsers(names);
  return installed;
}

const browserTests = (browser: BrowserName): Stage => ({
  name: `e2e-${browser}`,
  beside: true,
  async run() {
    await browsersWanted();
    const args = [
      '--test',
      '--test-concurrency=1',
      `--test-timeout=${BROWSER_TEST_TIMEOUT}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=./scripts/node-test-counts.ts',
      '--test-reporter-destination=stdout',
      `tests/e2e/${browser}/**/*.test.ts`,
    ];
    return countsOf(await node(args, `${browser.padEnd(8)} │`));
  },
});

const STAGES: readonly Stage[] = [
  check('types', TSC, '--noEmit'),
  check('types-core', TSC, '-p', 'tsconfig.core.json'),
  check('lint', BIOME, 'check', '.'),
  vitest('unit', 'tests/unit'),
  vitest('gates', 'tests/gates'),
  check('build-chrome', WXT, 'build', '-b', 'chrome'),
  check('build-firefox', WXT, 'build', '-b', 'firefox', '--mv3'),
  vitest('built', 'tests/built'),
  check('web-ext', WEB_EXT, 'lint', '--no-config-discovery', '--source-dir', '.output/firefox-mv3'),
  browserTests('chromium'),
  browserTests('firefox'),
  check('demo', 'scripts/start.ts', '--headless'),
];

const unknown = wanted.filter((name) => STAGES.every((stage) => stage.name !== name));
if (unknown.length > 0) {
  process.stderr.write(`No stage ${unknown.join(', ')}; there are ${STAGES.map(({ name }) => name).join(', ')}.\n`);
  process.exit(2);
}

/** The stages asked for; those that go beside each other as one step. */
const steps: Stage[][] = [];
for (const stage of STAGES) {
  if (wanted.length > 0 && !wanted.includes(stage.name)) continue;
  const before = steps.at(-1);
  if (stage.beside && before?.at(-1)?.beside) before.push(stage);
  else steps.push([stage]);
}

interface Row extends Counts {
  readonly name: string;
  readonly seconds: number;
}

async function row({ name, run }: Stage): Promise<Row> {
  const started = performance.now();
  let counts: Counts;
  try {
    counts = await run();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    counts = { passed: 0, failed: 1 };
  }
  return { name, ...counts, seconds: (performance.now() - started) / 1000 };
}

const rows: Row[] = [];
if (wanted.length === 0) await rm('.output', { recursive: true, force: true });
for (const step of steps) {
  process.stdout.write(`\n── ${step.map(({ name }) => name).join(', ')}\n`);
  rows.push(...(await Promise.all(step.map(row))));
}
const sum = (which: keyof Counts): number => rows.reduce((total, counts) => total + counts[which], 0);
const table = rows.map(
  ({ name, passed, failed, seconds }) =>
    `${name.padEnd(14)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${seconds.toFixed(1).padStart(7)} s\n`,
);
process.stdout.write(`\n${table.join('')}\n${sum('passed')} passed, ${sum('failed')} failed\n`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
