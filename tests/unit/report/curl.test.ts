import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type Body, type Header, seen } from '../../../lib/model/observation.ts';
import { curlCommand } from '../../../lib/report/curl.ts';

interface Sent {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: readonly Header[];
  readonly body?: Body | null;
}

const command = ({ method = 'GET', url = 'https://as.example/', headers = [], body = null }: Sent): string =>
  curlCommand({ request: { method, url, headers: seen(headers), body: seen(body) } });

/** The words that a shell hands to curl. */
function wordsOf(sent: Sent): readonly string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command(sent)}`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

const HOSTILE = [
  `it's`,
  '"',
  '$(touch x)',
  '`touch x`',
  'a\nb',
  '!x',
  '\\',
  '\\\n',
  '@/etc/passwd',
  '-o x',
  '%0a',
  'é\u202e\u0085',
];

describe('a request as a command', () => {
  it.each(HOSTILE)('hands over %j as it is', (value) => {
    const form: Header = ['Content-Type', 'application/x-www-form-urlencoded'];
    expect(wordsOf({ method: 'POST', body: { is: 'text', text: value }, headers: [form, ['X-A', value]] })).toEqual([
      'https://as.example/',
      '--header',
      'Content-Type: application/x-www-form-urlencoded',
      '--header',
      `X-A: ${value}`,
      '--data-raw',
      value,
    ]);
    expect(wordsOf({ url: `https://as.example/?a=${value}` })).toEqual([`https://as.example/?a=${value}`]);
  });

  it('sends fields as a form, whatever is in their names', () => {
    const fields = [
      ['a=b', 'c d'],
      ['@file', '&'],
      ['', 'x'],
    ] as const;
    expect(wordsOf({ method: 'POST', body: { is: 'form', fields } })).toEqual([
      'https://as.example/',
      '--data-raw',
      'a%3Db=c+d&%40file=%26&=x',
    ]);
  });

  it('leaves the boundary to curl', () => {
    const headers: readonly Header[] = [
      ['content-type', 'multipart/form-data; boundary=b'],
      ['X-A', '1'],
    ];
    expect(wordsOf({ method: 'POST', headers, body: { is: 'form', fields: [['f', '@/etc/passwd']] } })).toEqual([
      'https://as.example/',
      '--header',
      'X-A: 1',
      '--form-string',
      'f=@/etc/passwd',
    ]);
  });

  it('lets curl take nothing for a pattern, an option or a file', () => {
    expect(wordsOf({ url: 'https://as.example/?claims={"a":[1]}' })[0]).toBe('--globoff');
    expect(wordsOf({ url: '-o/tmp/x' })).toEqual(['--url', '-o/tmp/x']);
    expect(wordsOf({ headers: [['@/etc/passwd', 'x']] })).toEqual(['https://as.example/']);
    expect(wordsOf({ method: 'HEAD' })).toEqual(['--head', 'https://as.example/']);
  });
});
