import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../lib/cli/main.ts', import.meta.url));

function run(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { input, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('the program', () => {
  it('reads standard input and ends with the exit code of the command', () => {
    const url =
      'https://as.example/authorize?response_type=token&client_id=c1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
    const { status, stdout, stderr } = run(['audit', '--format', 'json', '-'], JSON.stringify({ url }));
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(JSON.parse(stdout).sources).toEqual([{ file: '-', entries: 1, errors: [], profile: 'rfc9700' }]);
  });

  it('writes no colours into a pipe', () => {
    const { stdout } = run(['rules']);
    expect(stdout.length).toBeGreaterThan(0);
    expect(stdout).not.toContain('\u001b');
  });

  it('names a file that is missing', () => {
    const { status, stderr } = run(['audit', 'missing.har']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^oauth-inspector: missing\.har: cannot be opened: ENOENT/);
  });

  it.each([
    [[], 'a command is missing'],
    [['judge'], 'unknown command "judge"'],
    [['audit'], 'audit needs a file'],
  ])('%j explains how it is used', (args, message) => {
    const { status, stdout, stderr } = run(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: oauth-inspector');
  });

  it('prints its help', () => {
    const { status, stdout } = run(['--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: oauth-inspector/);
  });
});
