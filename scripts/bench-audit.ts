import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contender, compare, print } from '../bench/compare.ts';
import { ordinaryHar } from '../bench/ordinary.ts';
import { buildCli } from './build-cli.ts';

/** Reads and parses the file of its last argument, as a program would that does nothing else. */
const PARSE = "JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'))";
/** Writes what a process used to its fourth stream as it ends, in milliseconds. */
const REPORT = `import { writeSync } from 'node:fs';
process.on('exit', () => { const { user, system } = process.cpuUsage(); writeSync(3, String((user + system) / 1000)); });`;

/**
 * The command `audit` on a 20 MB HAR of ordinary traffic against `JSON.parse` of that file, each as a process of its own,
 * as people and CI run it: what it uses beyond the start, which is what it uses for a HAR of one entry. Once as DevTools
 * saves a HAR with content, and once with hardly any, where the same bytes are three times as many requests.
 */
export async function benchAudit(): Promise<void> {
  await buildCli();
  const folder = await mkdtemp(join(tmpdir(), 'oauth-inspector-'));
  try {
    const small = join(folder, 'small.har');
    await writeFile(small, ordinaryHar(1));
    for (const [title, bodies] of [
      ['with content', 6],
      ['with little content', 1],
    ] as const) {
      const file = join(folder, 'ordinary.har');
      await writeFile(file, ordinaryHar(20_000_000, bodies));
      const contender = (name: string, ...command: string[]): Contender => ({
        name,
        time: () => timeOf([...command, file]) - timeOf([...command, small]),
      });
      const results = await compare(
        contender('JSON.parse', '-e', PARSE),
        [contender('audit', 'dist/cli/main.js', 'audit')],
        15,
      );
      print(`Audit of an ordinary HAR ${title}, 20 MB, beyond the start`, results, { audit: 1.5 });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns milliseconds of processor time of one Node process. */
function timeOf(args: readonly string[]): number {
  const { status, output } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(REPORT)}`, ...args],
    { encoding: 'utf8', stdio: ['ignore', 'ignore', 'inherit', 'pipe'] },
  );
  const time = Number(output[3]);
  if (status !== 0 || !(time > 0)) throw new Error(`${args.join(' ')} ended with ${status}`);
  return time;
}
