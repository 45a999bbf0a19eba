import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);

/** A copy of what `npm pack` reads: it changes the manifest for a moment, which no other test must meet. */
let copy: string;
let home: string;
let packed: readonly string[];

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'oauth-inspector-pack-'));
  home = await mkdtemp(join(tmpdir(), 'oauth-inspector-home-'));
  for (const part of ['lib', 'scripts', 'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
    await cp(part, join(copy, part), { recursive: true });
  }
  await symlink(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'));
  const before = await readFile(join(copy, 'package.json'), 'utf8');
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', home], { cwd: copy });
  // Scripts may write before the JSON.
  const [info] = JSON.parse(stdout.slice(stdout.search(/^\[/m))) as [{ filename: string; files: { path: string }[] }];
  packed = info.files.map(({ path }) => path);
  expect(await readFile(join(copy, 'package.json'), 'utf8')).toBe(before);
  await writeFile(join(home, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(home, info.filename)], { cwd: home });
}, 120_000);

afterAll(async () => {
  await rm(copy, { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
});

/** The installed command, as a shell finds it. */
async function command(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  try {
    const { stdout } = await run(join(home, 'node_modules/.bin/oauth-inspector'), [...args], { cwd: home });
    return { code: 0, out: stdout };
  } catch (error) {
    const { code, stdout } = error as { readonly code: number; readonly stdout: string };
    return { code, out: stdout };
  }
}

it('holds the command line and nothing of the extension', async () => {
  expect(packed.filter((path) => !path.startsWith('dist/cli/'))).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'package.json',
  ]);
  expect(packed.every((path) => /\.(js|json|md)$|^LICENSE$/.test(path))).toBe(true);
  const folder = join(home, 'node_modules/oauth-inspector/dist/cli');
  for (const file of await readdir(folder)) {
    const text = await readFile(join(folder, file), 'utf8');
    expect(text).not.toMatch(/webextension-polyfill|from ['"]preact|browser\.runtime/);
    expect(text).not.toMatch(/from ['"](?!node:|\.)/);
  }
});

it('brings no other package along', async () => {
  const installed = (await readdir(join(home, 'node_modules'))).filter((name) => !name.startsWith('.'));
  expect(installed).toEqual(['oauth-inspector']);
});

it('audits a recording where it is installed', async () => {
  const url = 'https://as.example/auth?response_type=token&client_id=c&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
  const har = { log: { entries: [{ request: { method: 'GET', url, headers: [] }, response: { status: 200 } }] } };
  await writeFile(join(home, 'a.har'), JSON.stringify(har));
  const { code, out } = await command('audit', '--format', 'json', 'a.har');
  expect(code).toBe(1);
  const report = JSON.parse(out) as { tool: unknown; findings: { rule: string }[] };
  const { name, version } = JSON.parse(await readFile('package.json', 'utf8')) as Record<string, unknown>;
  expect(report.tool).toEqual({ name, version });
  expect(report.findings.map(({ rule }) => rule)).toContain('implicit-flow');
});

it('does what the documentation of CI says', async () => {
  const text = await readFile('docs/ci.md', 'utf8');
  const audit = /run: npx (oauth-inspector audit .*)/.exec(text)?.[1] ?? '';
  const write = /^npx (oauth-inspector audit .*--write-baseline.*)$/m.exec(text)?.[1] ?? '';
  await mkdir(join(home, 'test-results'));
  await cp(join(home, 'a.har'), join(home, 'test-results/sign-in.har'));
  const env = { ...process.env, PATH: `${join(home, 'node_modules/.bin')}:${process.env['PATH']}` };
  const shell = (line: string) =>
    run('bash', ['-c', line], { cwd: home, env }).then(
      () => 0,
      (error: { readonly code: number }) => error.code,
    );
  await writeFile(join(home, 'oauth-baseline.json'), '{"schema":1,"findings":[]}');
  expect(await shell(audit)).toBe(1);
  expect(JSON.parse(await readFile(join(home, 'oauth.sarif'), 'utf8')).runs[0].results).not.toEqual([]);
  expect(await shell(write)).toBe(0);
  expect(await shell(audit)).toBe(0);
});

it('lists the rules as from the source, with the number of their examples', async () => {
  const { stdout } = await run('node', ['lib/cli/main.ts', 'rules', '--format', 'json'], { maxBuffer: 1e7 });
  expect((await command('rules', '--format', 'json')).out).toBe(stdout);
});
