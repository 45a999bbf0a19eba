import { describe, expect, it } from 'vitest';
import { readLines } from '../../../lib/har/lines.ts';
import { sourceText } from '../../../lib/har/source-text.ts';
import type { Exchange } from '../../../lib/model/observation.ts';

function read(...lines: unknown[]) {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const result = readLines(sourceText(text), 0);
  return { ...result, exchanges: result.observations.filter((o): o is Exchange => o.is === 'exchange') };
}

function one(line: unknown): Exchange {
  const { exchanges, errors } = read(line);
  expect(errors).toEqual([]);
  const [exchange] = exchanges;
  if (exchange === undefined) throw new Error('no exchange');
  return exchange;
}

const url = 'https://as.example/authorize?client_id=c1';

describe('a line', () => {
  it('needs an address only', () => {
    expect(one({ url })).toEqual({
      is: 'exchange',
      id: '0:0',
      trace: '0:0',
      capture: 'line',
      time: null,
      tab: null,
      resource: null,
      initiator: null,
      redirectedFrom: null,
      truncated: false,
      request: { method: 'GET', url, headers: { seen: false, why: 'stripped' }, body: { seen: true, value: null } },
      outcome: { is: 'unknown' },
      source: { source: 0, entry: 0 },
    });
  });

  it('may say everything', () => {
    const line = {
      id: 'u1',
      trace: 't',
      url,
      method: 'post',
      headers: { Accept: '*/*', 'Set-Cookie': ['a=1', 'b=2'] },
      body: 'a=b',
      truncated: true,
      initiator: 'https://app.example/',
      resourceType: 'main_frame',
      time: '2026-01-01T00:00:00Z',
      response: { status: 200, headers: [['X-A', '1']], body: { a: 1 } },
      kind: 'ignored',
      mistakes: ['ignored'],
    };
    expect(one(line)).toEqual({
      is: 'exchange',
      id: '0:0',
      trace: '0/t',
      capture: 'har',
      time: Date.UTC(2026, 0, 1),
      tab: null,
      resource: 'document',
      initiator: 'https://app.example/',
      redirectedFrom: null,
      truncated: true,
      request: {
        method: 'POST',
        url,
        headers: {
          seen: true,
          value: [
            ['Accept', '*/*'],
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
          ],
        },
        body: { seen: true, value: { is: 'text', text: 'a=b' } },
      },
      outcome: {
        is: 'response',
        response: {
          status: 200,
          headers: { seen: true, value: [['X-A', '1']] },
          body: { seen: true, value: { is: 'text', text: '{"a":1}' } },
        },
      },
      source: { source: 0, entry: 0, id: 'u1' },
    });
  });

  it.each([
    [
      { url, method: 'POST' },
      { seen: false, why: 'stripped' },
    ],
    [
      { url, method: 'POST', body: null },
      { seen: true, value: null },
    ],
    [
      { url, method: 'POST', body: '' },
      { seen: true, value: null },
    ],
    [
      { url, method: 'POST', body: { a: 1 } },
      { seen: true, value: { is: 'text', text: '{"a":1}' } },
    ],
    [
      { url, method: 'POST', body: 'x'.repeat(300_000) },
      { seen: false, why: 'too-large' },
    ],
  ])('tells a body that was not sent from one that is not known: %#', (line, body) => {
    expect(one(line).request.body).toEqual(body);
  });

  it.each([
    [{}, 200],
    [{ headers: { location: '/x' } }, 302],
    [{ status: 404 }, 404],
  ])('response %j has status %i', (response, status) => {
    expect(one({ url, response }).outcome).toMatchObject({ response: { status } });
  });

  it.each([
    ['[]', 'the line is a list; expected an object with "url", "storage" or "script"'],
    ['7', 'the line is a number; expected an object with "url", "storage" or "script"'],
    ['{}', '"url" is nothing; expected an absolute URL'],
    ['{"url":null}', '"url" is null; expected an absolute URL'],
    ['{"url":"/cb?code=1"}', '"url" is a relative address; expected an absolute URL'],
    ['{"url":"a:b","method":1}', '"method" is a number; expected a string'],
    ['{"url":"a:b","headers":"x"}', '"headers" is a string; expected an object or a list of pairs'],
    [
      '{"url":"a:b","headers":[["a","b"],"c"]}',
      '"headers" is a list whose item 1 is a string; expected pairs of name and value',
    ],
    ['{"url":"a:b","response":1}', '"response" is a number; expected an object'],
    ['{"url":"a:b","response":{"headers":1}}', '"response.headers" is a number; expected an object or a list of pairs'],
    ['{"url":"a:b","response":{"status":"x"}}', '"response.status" is a string; expected a number from 100 to 999'],
    ['{"url":"é", x}', 'not JSON at column 13 (byte 13): expected a name in double quotes, found "x"'],
    ['{"url":"a:b"', 'not JSON at column 13 (byte 12): expected "," or "}", found the end of the line'],
  ])('%s is an error', (line, message) => {
    const { entries, exchanges, errors } = read(line);
    expect({ entries, exchanges, errors }).toEqual({
      entries: 1,
      exchanges: [],
      errors: [{ entry: 0, line: 1, message }],
    });
  });
});

it('a line nested deeper than can be written again is read', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  expect(one(`{"url":"https://a.example/","body":${deep},"headers":{"A":${deep}}}`).request.url).toBe(
    'https://a.example/',
  );
});

describe('lines', () => {
  it('count what is unusable, pass over what is empty, and number lines as an editor does', () => {
    const { entries, exchanges, errors } = read({ url }, '', '  ', '{', '\r', { url }, '');
    expect(entries).toBe(3);
    expect(exchanges.map((e) => e.source.entry)).toEqual([0, 2]);
    expect(errors).toEqual([
      { entry: 1, line: 4, message: expect.stringMatching(/^not JSON at column 2 \(byte \d+\): expected a name/) },
    ]);
  });

  it('place an error by its byte in the whole file', () => {
    const text = '\ufeff{"url":"https://é.example/"}\r\n{"url":}';
    const [error] = readLines(sourceText(text), 0).errors;
    expect(error?.message).toContain(`column 8 (byte ${new TextEncoder().encode(text).length - 1})`);
  });

  it('are traces of their own without "trace", and share the one they name, apart for each file', () => {
    const text = [{ url }, { url, trace: 'a' }, { url, trace: 'b' }, { url, trace: 'a' }].map((line) =>
      JSON.stringify(line),
    );
    const traces = (source: number) => readLines(sourceText(text.join('\n')), source).observations.map((o) => o.trace);
    const [alone, a, b, again] = traces(0);
    expect(again).toBe(a);
    expect(new Set([alone, a, b, ...traces(1)]).size).toBe(6);
  });

  it('of one trace follow redirects, lines alone do not', () => {
    const hop = { url: 'https://a.example/x', response: { status: 303, headers: { Location: '/y#z' } } };
    const next = { url: 'https://a.example/y' };
    const linked = read({ ...hop, trace: 't' }, { ...next, trace: 't' }).exchanges[1];
    expect([linked?.redirectedFrom, linked?.request.url]).toEqual(['0:0', 'https://a.example/y#z']);
    expect(read(hop, next).exchanges[1]?.redirectedFrom).toBeNull();
    expect(read({ ...hop, trace: 't' }, { ...next, trace: 'u' }).exchanges[1]?.redirectedFrom).toBeNull();
  });
});

describe('a line about a page', () => {
  const storage = { origin: 'https://app.example', area: 'local', items: { theme: 'dark', user: { name: 'Ada' } } };

  it('is a snapshot of storage', () => {
    expect(read({ storage, time: '2026-01-01T00:00:00Z', id: 'a' }).observations).toEqual([
      {
        is: 'storage',
        id: '0:0',
        trace: '0:0',
        capture: 'line',
        time: 1_767_225_600_000,
        tab: null,
        truncated: false,
        source: { source: 0, entry: 0, id: 'a' },
        origin: 'https://app.example',
        area: 'local',
        items: [
          ['theme', 'dark'],
          ['user', '{"name":"Ada"}'],
        ],
      },
    ]);
  });

  it('takes items as pairs, and the names that browsers give to areas', () => {
    for (const [area, known] of [
      ['localStorage', 'local'],
      ['session', 'session'],
      ['IndexedDB', 'indexeddb'],
      ['cookies', 'cookie'],
    ]) {
      const { observations } = read({ storage: { ...storage, area, items: [['a', 'b']] } });
      expect(observations).toMatchObject([{ area: known, items: [['a', 'b']] }]);
    }
  });

  it('is a text of the page: a file, markup, or what the line says', () => {
    const url = 'https://app.example/app.js';
    const found = (script: object) => read({ script: { url, ...script } }).observations;
    expect(found({ text: 'let a;' })).toMatchObject([{ is: 'script', url, text: 'let a;', found: 'file' }]);
    expect(found({ text: ' <!doctype html>' })).toMatchObject([{ found: 'markup' }]);
    expect(found({ text: '{}', found: 'global' })).toMatchObject([{ found: 'global' }]);
    expect(found({ text: '{}', found: 'elsewhere' })).toMatchObject([{ found: 'file' }]);
  });

  it('belongs to the trace that it names', () => {
    const { observations } = read(
      { storage, trace: 't' },
      { script: { url, text: '' }, trace: 't' },
      { url, trace: 't' },
    );
    expect(new Set(observations.map(({ trace }) => trace))).toEqual(new Set(['0/t']));
  });

  it.each([
    [{ storage: 7 }, '"storage" is a number; expected an object with "origin", "area" and "items"'],
    [
      { storage: { ...storage, origin: '/' } },
      '"storage.origin" is a string; expected an origin such as "https://app.example"',
    ],
    [
      { storage: { ...storage, area: 'disk' } },
      '"storage.area" is a string; expected "local", "session", "indexeddb" or "cookie"',
    ],
    [
      { storage: { ...storage, items: [1] } },
      '"storage.items" is a list whose item 0 is a number; expected pairs of name and value',
    ],
    [{ script: [] }, '"script" is a list; expected an object with "url" and "text"'],
    [{ script: { url: 'app.js', text: '' } }, '"script.url" is a string; expected an absolute URL'],
    [{ script: { url: 'https://app.example/app.js' } }, '"script.text" is nothing; expected a string'],
  ])('%j is an error that says what was expected', (line, message) => {
    expect(read(line)).toMatchObject({ observations: [], errors: [{ entry: 0, line: 1, message }] });
  });
});
