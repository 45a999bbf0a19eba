import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBrowsers } from './browsers.ts';

/**
 * The whole check: `npm test`, or `npm test -- unit e2e-firefox` for some stages. Streams what each stage prints and
 * ends with `N passed, N failed` over all of them. A skipped test and a stage without a test count as failed.
 */

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface Stage {
  readonly name: string;
  run(): Promise<Counts>;
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

/** Runs a script with the Node that runs this one; what it prints is shown as it comes, and returned. */
function node(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...env },
    });
    let output = '';
    const show = (to: NodeJS.WriteStream) => (chunk: Buffer) => {
      output += chunk.toString('utf8');
      to.write(chunk);
    };
    child.stdout.on('data', show(process.stdout));
    child.stderr.on('data', show(process.stderr));
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

const browserTests = (browser: 'chromium' | 'firefox'): Stage => ({
  name: `e2e-${browser}`,
  async run() {
    await ensureBrowsers([browser]);
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
    return countsOf(await node(args));
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

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => STAGES.every((stage) => stage.name !== name));
if (unknown.length > 0) {
  process.stderr.write(`No stage ${unknown.join(', ')}; there are ${STAGES.map(({ name }) => name).join(', ')}.\n`);
  process.exit(2);
}

const rows: string[] = [];
let passed = 0;
let failed = 0;
if (wanted.length === 0) await rm('.output', { recursive: true, force: true });
for (const { name, run } of STAGES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n── ${name}\n`);
  const started = performance.now();
  let counts: Counts;
  try {
    counts = await run();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    counts = { passed: 0, failed: 1 };
  }
  passed += counts.passed;
  failed += counts.failed;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  rows.push(
    `${name.padEnd(14)} ${String(counts.passed).padStart(5)} passed ${String(counts.failed).padStart(4)} failed ${seconds.padStart(7)} s`,
  );
}
process.stdout.write(`\n${rows.join('\n')}\n\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
