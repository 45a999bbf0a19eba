import { describe, expect, it } from 'vitest';
import { audit } from '../../../lib/cli/audit.ts';
import { captured } from './captured.ts';

const line = (url: string): string => `${JSON.stringify({ url })}\n`;
const IMPLICIT = line(
  'https://as.example/authorize?response_type=token&client_id=c1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkj',
);
const OTHER_CLIENT = IMPLICIT.replace('client_id=c1', 'client_id=c2');
const WITHOUT_PKCE = line(
  'https://as.example/authorize?response_type=code&client_id=c1&state=Zk3uV8pQx1LrT0&redirect_uri=https%3A%2F%2Fapp.example%2Fcb',
);

async function run(args: readonly string[], files: Readonly<Record<string, string>>) {
  const { streams, result } = captured(files);
  const code = await audit(args, streams);
  return { code, ...result() };
}

async function baselineOf(input: string, ...options: readonly string[]): Promise<string> {
  const args = [...options, '--baseline', 'known.json', '--write-baseline', 'a.jsonl'];
  const { code, written } = await run(args, { 'a.jsonl': input });
  expect(code).toBe(0);
  return written['known.json'] ?? '';
}

const against = (baseline: string, input: string, ...options: readonly string[]) =>
  run([...options, '--baseline', 'known.json', 'a.jsonl'], { 'a.jsonl': input, 'known.json': baseline });

describe('a baseline', () => {
  it('is written with each key once, and lets the same findings pass', async () => {
    const baseline = await baselineOf(IMPLICIT + IMPLICIT);
    const { findings } = JSON.parse(baseline) as { findings: { key: string }[] };
    expect(findings.length).toBeGreaterThan(0);
    expect(new Set(findings.map(({ key }) => key)).size).toBe(findings.length);
    expect((await against(baseline, IMPLICIT)).code).toBe(0);
    expect((await run(['a.jsonl'], { 'a.jsonl': IMPLICIT })).code).toBe(1);
  });

  it('is the same whatever the order of what was found', async () => {
    expect(await baselineOf(IMPLICIT + OTHER_CLIENT)).toBe(await baselineOf(OTHER_CLIENT + IMPLICIT));
  });

  it('does not excuse what is new', async () => {
    const { code, out } = await against(await baselineOf(IMPLICIT), IMPLICIT + OTHER_CLIENT, '--format', 'json');
    expect(code).toBe(1);
    const { findings } = JSON.parse(out) as { findings: { key: string; inBaseline: boolean }[] };
    for (const { key, inBaseline } of findings) expect([key, inBaseline]).toEqual([key, key.includes('c1')]);
  });

  it('does not excuse what became worse', async () => {
    const lenient = await baselineOf(WITHOUT_PKCE, '--profile', 'oauth2.0');
    expect((await against(lenient, WITHOUT_PKCE, '--profile', 'oauth2.0')).code).toBe(0);
    expect((await against(lenient, WITHOUT_PKCE, '--profile', 'fapi2')).code).toBe(1);
    const strict = await baselineOf(WITHOUT_PKCE, '--profile', 'fapi2');
    expect((await against(strict, WITHOUT_PKCE, '--profile', 'oauth2.0')).code).toBe(0);
  });

  it('can be a JSON report', async () => {
    const { out } = await run(['--format', 'json', 'a.jsonl'], { 'a.jsonl': IMPLICIT });
    expect((await against(out, IMPLICIT)).code).toBe(0);
  });

  it('is named in every format', async () => {
    const baseline = await baselineOf(IMPLICIT);
    expect((await against(baseline, IMPLICIT)).out).toContain('in the baseline, does not count');
    expect((await against(baseline, IMPLICIT, '--format', 'markdown')).out).toContain('in the baseline');
    const sarif = JSON.parse((await against(baseline, IMPLICIT, '--format', 'sarif')).out);
    expect(sarif.runs[0].results.length).toBeGreaterThan(0);
    for (const result of sarif.runs[0].results) expect(result.baselineState).toBe('unchanged');
  });

  it.each([
    ['{', 'not JSON; expected a file written by --write-baseline'],
    ['[]', 'no list "findings"; expected a file written by --write-baseline'],
    ['{"findings":[]}', '"schema" is missing; this version reads 1'],
    ['{"schema":2,"findings":[]}', '"schema" is 2; this version reads 1'],
    ['{"schema":1,"findings":[{"key":"k","severity":"low"},{}]}', '"findings[1].key" is not a text'],
    [
      '{"schema":1,"findings":[{"key":"k","severity":"bad"}]}',
      '"findings[0].severity" is not one of high, medium, low, info',
    ],
  ])('%s is refused by name and place', async (file, message) => {
    const { code, out, err } = await against(file, IMPLICIT);
    expect([code, out, err]).toEqual([2, '', `oauth-inspector: baseline known.json: ${message}\n`]);
  });

  it('that is missing is an error, not an empty one', async () => {
    const { code, err } = await run(['--baseline', 'gone.json', 'a.jsonl'], { 'a.jsonl': IMPLICIT });
    expect([code, err]).toEqual([2, 'oauth-inspector: baseline gone.json: cannot be opened: no such file\n']);
  });

  it('is not written from inputs that could not all be read', async () => {
    const args = ['--baseline', 'known.json', '--write-baseline', 'a.jsonl', 'b.har'];
    const { code, written } = await run(args, { 'a.jsonl': IMPLICIT, 'b.har': '{"log"' });
    expect([code, written]).toEqual([2, {}]);
  });

  it('to write needs a name', async () => {
    await expect(run(['--write-baseline', 'a.jsonl'], { 'a.jsonl': IMPLICIT })).rejects.toThrow(
      '--write-baseline needs --baseline FILE',
    );
  });
});
