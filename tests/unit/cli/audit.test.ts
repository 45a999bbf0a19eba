import { describe, expect, it } from 'vitest';
import { audit } from '../../../lib/cli/audit.ts';
import { UsageError } from '../../../lib/cli/usage.ts';
import { captured } from './captured.ts';

const IMPLICIT =
  'https://as.example/authorize?response_type=token&client_id=c1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkj';
const SOUND =
  'https://as.example/authorize?response_type=code&client_id=c1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb' +
  '&state=af0ifjsldkj&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const line = (url: string, rest: object = {}): string => `${JSON.stringify({ url, ...rest })}\n`;

describe('exit code', () => {
  it.each([
    ['nothing found', [], line(SOUND), 0],
    ['a high finding', [], line(IMPLICIT), 1],
    ['a high finding, threshold high', ['--fail-on', 'high'], line(IMPLICIT), 1],
    ['a high finding, threshold never', ['--fail-on', 'never'], line(IMPLICIT), 0],
    ['a bad line among good ones', [], `{"url":\n${line(SOUND)}`, 0],
    ['no JSON', [], 'hello', 2],
    ['an empty input', [], '', 2],
  ])('%s', async (_name, options, input, code) => {
    expect(await audit([...options, '-'], captured({ '-': input }).streams)).toBe(code);
  });

  it('is 2 where one of the inputs cannot be used, even if others have findings', async () => {
    const { streams, result } = captured({ 'good.jsonl': line(IMPLICIT), 'bad.har': '{"log":{"entries":[}' });
    expect(await audit(['--format', 'json', 'good.jsonl', 'bad.har', 'missing.har'], streams)).toBe(2);
    const report = JSON.parse(result().out);
    expect(report.sources).toEqual([
      { file: 'good.jsonl', entries: 1, errors: [], profile: 'rfc9700' },
      {
        file: 'bad.har',
        entries: 0,
        errors: [
          { entry: 0, line: 1, message: 'not JSON at line 1, column 20 (byte 19): expected a JSON value, found "}"' },
        ],
      },
      { file: 'missing.har', entries: 0, errors: [{ message: 'cannot be opened: no such file' }] },
    ]);
    expect(report.findings.length).toBeGreaterThan(0);
    expect(result().err.split('\n')).toEqual([
      'oauth-inspector: bad.har: not JSON at line 1, column 20 (byte 19): expected a JSON value, found "}"',
      'oauth-inspector: missing.har: cannot be opened: no such file',
      '',
    ]);
  });

  it.each([
    [[], 'audit needs a file, or - for standard input'],
    [['--format', 'xml', '-'], '--format is text, json, sarif, markdown; found "xml"'],
    [['--profile', 'oauth3', '-'], '--profile is oauth2.0, rfc9700, oauth2.1, oidc, fapi2; found "oauth3"'],
    [['--client-type', 'x', '-'], '--client-type is public, confidential, unknown; found "x"'],
    [['--fail-on', 'info', '-'], '--fail-on is high, medium, low, never; found "info"'],
    [['--now', 'soon', '-'], '--now is an ISO 8601 time such as 2026-01-31T12:00:00Z; found "soon"'],
    [['--what', '-'], "Unknown option '--what'"],
  ])('%j is used wrongly', async (args, message) => {
    await expect(audit(args, captured({ '-': line(SOUND) }).streams)).rejects.toThrow(UsageError);
    await expect(audit(args, captured({ '-': line(SOUND) }).streams)).rejects.toThrow(message);
  });
});

describe('JSON', () => {
  async function json(args: readonly string[], input: string) {
    const { streams, result } = captured({ '-': input });
    await audit(['--format', 'json', ...args, '-'], streams);
    return JSON.parse(result().out);
  }

  it('has the fields of the contract', async () => {
    const report = await json([], line(SOUND, { id: 'sound' }) + line(IMPLICIT, { id: 'implicit' }));
    expect(report).toMatchObject({
      schema: 1,
      tool: { name: 'oauth-inspector', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
      sources: [{ file: '-', entries: 2, errors: [] }],
    });
    expect(report.messages).toEqual([
      expect.objectContaining({
        source: 0,
        entry: 0,
        id: 'sound',
        at: 'request',
        kind: 'authorizationRequest',
        provider: null,
      }),
      expect.objectContaining({
        source: 0,
        entry: 1,
        id: 'implicit',
        at: 'request',
        kind: 'authorizationRequest',
        provider: null,
      }),
    ]);
    expect(report.flows).toEqual([
      {
        id: report.messages[0].flow,
        grant: 'authorization_code',
        provider: null,
        issuer: null,
        clientId: 'c1',
        clientType: { is: 'unknown', because: 'no-evidence' },
        messages: [0],
      },
      {
        id: report.messages[1].flow,
        grant: 'implicit',
        provider: null,
        issuer: null,
        clientId: 'c1',
        clientType: { is: 'unknown', because: 'no-evidence' },
        messages: [1],
      },
    ]);
    const implicit = report.findings.find((finding: { rule: string }) => finding.rule === 'implicit-flow');
    expect(implicit).toEqual({
      rule: 'implicit-flow',
      severity: 'high',
      confidence: 'certain',
      flow: report.messages[1].flow,
      source: 0,
      entry: 1,
      id: 'implicit',
      key: expect.stringContaining('implicit-flow'),
      parent: null,
      title: expect.any(String),
      summary: expect.any(String),
      why: expect.any(String),
      fix: expect.any(String),
      evidence: [expect.objectContaining({ message: 1, where: 'query', name: 'response_type' })],
    });
    const total = Object.values<number>(report.verdicts).reduce((sum, n) => sum + n, 0);
    expect(total).toBeGreaterThan(0);
    expect(Object.keys(report.verdicts)).toEqual(['pass', 'fail', 'cannotTell', 'notApplicable', 'error']);
    expect(report.verdictList).toBeUndefined();
  });

  it('lists verdicts where asked', async () => {
    const { verdicts, verdictList } = await json(['--verdicts'], line(SOUND));
    expect(verdictList.length).toBe(Object.values<number>(verdicts).reduce((sum, n) => sum + n, 0));
    for (const verdict of verdictList) {
      expect(Object.hasOwn(verdict, 'missing')).toBe(verdict.is === 'cannotTell');
    }
  });

  it('holds no value of a line', async () => {
    const secret = 'Xk9fQ2vL7pR4tZ8wB1nM';
    const url = `https://app.example/cb#access_token=${secret}&token_type=bearer&expires_in=3600`;
    const { streams, result } = captured({ '-': line(url, { id: 'token' }) });
    expect(await audit(['--format', 'json', '--verdicts', '-'], streams)).toBe(1);
    expect(result().out).not.toContain(secret);
  });

  it('numbers messages and flows over all inputs', async () => {
    const { streams, result } = captured({ a: line(SOUND), b: line(IMPLICIT) });
    await audit(['--format', 'json', 'a', 'b'], streams);
    const report = JSON.parse(result().out);
    expect(report.messages.map((m: { source: number; entry: number }) => [m.source, m.entry])).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(report.findings.every((finding: { source: number }) => finding.source === 1)).toBe(true);
    expect(new Set(report.flows.map((flow: { id: string }) => flow.id)).size).toBe(2);
  });

  it('follows the client type that it was told', async () => {
    const request = line(SOUND.replace(/&code_challenge.*/, ''));
    const severities = async (type: string) => {
      const { findings } = await json(['--client-type', type], request);
      return findings.find((f: { rule: string }) => f.rule === 'missing-pkce')?.severity;
    };
    expect(await severities('public')).toBe('high');
    expect(await severities('unknown')).not.toBe('high');
  });
});

describe('text', () => {
  async function text(input: string, columns: number | null = 72) {
    const { streams, result } = captured({ 'a.jsonl': input }, columns);
    await audit(['a.jsonl'], streams);
    return result().out;
  }

  it('starts with the verdict', async () => {
    const [title, sentence] = (await text(line(SOUND))).split('\n');
    expect(title).toBe('a.jsonl  1 entry');
    expect(sentence).toMatch(/^Signing in with as\.example: no problems found\. \d+ checks? passed, \d+/);
  });

  it('lists findings with what was seen, why, fix and section, within the width', async () => {
    const out = await text(line(IMPLICIT));
    expect(out).toMatch(/▲ high/);
    for (const name of ['seen', 'why', 'fix', 'see']) expect(out).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
    expect(out).toContain('RFC 9700');
    for (const row of out.split('\n')) if (!row.includes('://')) expect(row.length).toBeLessThanOrEqual(72);
  });

  it('says what could not be read, and shows no control character of it', async () => {
    const { streams, result } = captured({ 'a\u001b[31m\u202e.jsonl': `{"url":"\n${line(SOUND)}` });
    await audit(['a\u001b[31m\u202e.jsonl'], streams);
    expect(result().out).toMatch(/^a<U\+001B>\[31m<U\+202E>\.jsonl {2}2 entries$/m);
    expect(result().out).toContain('Not read: line 1: not JSON at column 9');
  });

  it('says that there was no OAuth', async () => {
    expect(await text(line('https://shop.example/?code=de'))).toContain('No OAuth message among 1 entry.');
  });
});

describe('a profile', () => {
  it('is named in text and Markdown, with what was said of the client', async () => {
    const under = async (...args: readonly string[]) => {
      const { streams, result } = captured({ '-': line(SOUND) });
      await audit([...args, '-'], streams);
      return result().out.replaceAll('\\', '');
    };
    expect(await under()).toContain('\n  Profile: Best current practice, RFC 9700.\n');
    expect(await under('--format', 'markdown', '--profile', 'oauth2.1', '--client-type', 'public')).toContain(
      '\n\nProfile: OAuth 2.1 (draft). Clients taken as public, as told.\n\n',
    );
  });

  const withoutPkce = line(
    'https://as.example/authorize?response_type=code&client_id=c1&state=Zk3uV8pQx1LrT0&redirect_uri=https%3A%2F%2Fapp.example%2Fcb',
  );

  it.each([
    ['rfc9700', 'medium'],
    ['oauth2.0', 'low'],
    ['fapi2', 'high'],
  ])('%s judges a missing challenge as %s', async (profile, severity) => {
    const { streams, result } = captured({ '-': withoutPkce });
    await audit(['--format', 'json', '--profile', profile, '-'], streams);
    const { findings } = JSON.parse(result().out) as { findings: { rule: string; severity: string }[] };
    expect(findings.find((finding) => finding.rule === 'missing-pkce')?.severity).toBe(severity);
  });
});
