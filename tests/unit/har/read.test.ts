import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSource, type ReadResult, readSource, sourceText } from '../../../lib/har/read.ts';
import { seeded } from './seeded.ts';

const read = (text: string): ReadResult => readSource(sourceText(text), 0);

const HAR = {
  log: {
    version: '1.2',
    creator: { name: 'test', version: '1' },
    pages: [{ id: 'page_1' }],
    entries: [
      {
        startedDateTime: '2026-01-01T00:00:00.000Z',
        pageref: 'page_1',
        request: {
          method: 'POST',
          url: 'https://as.example/token',
          headers: [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded' }],
          postData: { mimeType: 'application/x-www-form-urlencoded', text: 'grant_type=authorization_code&code=é' },
        },
        response: {
          status: 302,
          headers: [{ name: 'Location', value: 'https://app.example/cb#a=b' }],
          content: { size: 2, mimeType: 'application/json', text: 'e30=', encoding: 'base64' },
        },
        _initiator: { type: 'script', stack: { callFrames: [{ url: 'https://app.example/main.js' }] } },
      },
      null,
      { request: { method: 'GET', url: 'https://app.example/cb' }, response: null },
    ],
  },
};
const LINE = {
  id: 'a',
  trace: 't',
  url: 'https://as.example/authorize',
  headers: { A: 'b' },
  response: { status: 200 },
};

describe('formats', () => {
  it.each([
    ['HAR on one line', JSON.stringify(HAR)],
    ['HAR over many lines', JSON.stringify(HAR, null, 2)],
    ['HAR with Windows line ends', JSON.stringify(HAR, null, 2).replace(/\n/g, '\r\n')],
    ['HAR with a byte order mark', `\ufeff${JSON.stringify(HAR)}`],
    ['HAR after empty lines', `\n\n  ${JSON.stringify(HAR)}\n`],
    ['HAR whose first member is another', JSON.stringify({ comment: 'x', ...HAR })],
    ['HAR over many lines whose first member is another', JSON.stringify({ comment: 'x', ...HAR }, null, 1)],
    ['HAR whose first member is named like one of a line', JSON.stringify({ id: 'x', ...HAR })],
  ])('%s', (_name, text) => {
    expect(read(text)).toMatchObject({ format: 'har', entries: 3, errors: [{ entry: 1 }] });
  });

  it.each([
    ['one line', JSON.stringify(LINE), 1, []],
    ['many lines', `${JSON.stringify(LINE)}\n${JSON.stringify(LINE)}\n`, 2, []],
    ['a byte order mark', `\ufeff${JSON.stringify(LINE)}`, 1, []],
    ['a first line cut short', `{"url":"https:/\n${JSON.stringify(LINE)}`, 2, [1]],
    ['a first line that is no JSON', `hello\n${JSON.stringify(LINE)}`, 2, [1]],
    ['a first line that is no object', `[1]\n${JSON.stringify(LINE)}`, 2, [1]],
    ['only one line, broken', '{"url":"https://as.example/"', 1, [1]],
    ['only lines without an address', '{"id":"a"}\n{"id":"b"}', 2, [1, 2]],
  ])('JSON Lines: %s', (_name, text, entries, lines) => {
    const result = read(text);
    expect({ ...result, observations: 0, errors: result.errors.map(({ line }) => line) }).toEqual({
      format: 'lines',
      entries,
      observations: 0,
      errors: lines,
    });
  });

  it.each([
    ['', 'the input is empty; expected a HAR or JSON Lines'],
    [' \n ', 'the input is empty; expected a HAR or JSON Lines'],
    ['hello', 'not JSON at line 1, column 1 (byte 0): expected a JSON value, found "h"'],
    ['[]', 'the input is a list; expected a HAR (an object with "log") or JSON Lines'],
    ['null', 'the input is null; expected a HAR (an object with "log") or JSON Lines'],
    [
      '{"name":"x"}',
      '"log" is nothing; expected a HAR (a list in "log.entries") or JSON Lines (one observation a line)',
    ],
    ['{"log":{\n "é": \\}', 'not JSON at line 2, column 7 (byte 16): expected a JSON value, found "\\"'],
    [
      '{"log":{"entries":[',
      'not JSON at line 1, column 20 (byte 19): expected a JSON value, found the end of the input',
    ],
    [
      '{"log":{"entries":[]}} x',
      'not JSON at line 1, column 24 (byte 23): expected nothing after the end of the JSON value, found "x"',
    ],
  ])('%j cannot be used', (text, message) => {
    expect(read(text)).toMatchObject({ format: null, entries: 0, errors: [{ message }] });
  });

  it.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ['a ZIP archive', new Uint8Array([0x50, 0x4b, 3, 4, 20, 0]), 'a ZIP archive: unpack it and take the file inside'],
    ['gzip', new Uint8Array(gzipSync('{"log":{}}')), 'compressed by gzip: unpack it first'],
    [
      'UTF-16 without a mark',
      new Uint8Array(Buffer.from('{"log":{}}', 'utf16le')),
      'UTF-16 without a byte order mark: save it as UTF-8',
    ],
    [
      'a page',
      new TextEncoder().encode('\n<!DOCTYPE html><html></html>'),
      'a web page, not the traffic that loaded it',
    ],
    [
      'a Markdown report',
      new TextEncoder().encode('# OAuth report\n\n## Watch\n'),
      'a Markdown report, without the traffic: save Report (JSON) or HAR under Export and open that',
    ],
    ['XML', new TextEncoder().encode('<?xml version="1.0"?><a/>'), 'XML or HTML'],
  ])('%s is named', (_name, bytes, what) => {
    const [error] = readSource(decodeSource(bytes), 0).errors;
    expect(error?.message).toMatch(/^not JSON at line \d, column \d \(byte \d\): expected /);
    expect(error?.message).toContain(`; the input is ${what}`);
  });
});

/** Every error says where, and everything that was counted is either used or has an error. */
function expectSound(result: ReadResult): void {
  const used = new Set(result.observations.map((o) => o.source.entry));
  const unused = new Set(result.errors.flatMap(({ entry }) => (entry === undefined ? [] : [entry])));
  if (result.format === null) {
    expect(result.errors).toHaveLength(1);
    expect(result.observations).toEqual([]);
  } else {
    for (let entry = 0; entry < result.entries; entry++) expect(used.has(entry) || unused.has(entry)).toBe(true);
    expect(used.size).toBe(result.observations.length);
  }
  for (const { message } of result.errors) expect(message).toMatch(/expected|left out/);
}

describe('broken input', () => {
  it.each([
    ['on one line', JSON.stringify(HAR)],
    ['over many lines', JSON.stringify(HAR, null, 2)],
  ])('every cut of a HAR %s is an error with line and byte at the cut', (_name, text) => {
    for (let end = 1; end < text.length; end++) {
      const cut = text.slice(0, end);
      const result = read(cut);
      expectSound(result);
      expect(result.format).toBeNull();
      const bytes = new TextEncoder().encode(cut).length;
      expect(result.errors[0]?.message).toContain(`(byte ${bytes})`);
      expect(result.errors[0]?.line).toBe(cut.split('\n').length);
    }
  });

  it('any text and any JSON is read or refused with a reason', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.json()).map((list) => list.join('\n')),
        ),
        (text) => {
          expectSound(read(text));
        },
      ),
      seeded(2000),
    );
  });

  it.each([
    ['HAR', HAR],
    ['line', LINE],
  ])('any value in any place of a %s is read or refused with a reason', (_name, document) => {
    const places = placesOf(document);
    fc.assert(
      fc.property(fc.constantFrom(...places), awkwardValue, (place, value) => {
        expectSound(read(JSON.stringify(replaced(document, place, value) ?? null)));
      }),
      seeded(3000),
    );
  });

  it('any edit of the text is read or refused with a reason', () => {
    const text = JSON.stringify(HAR, null, 1);
    const edit = fc.record({ at: fc.nat(text.length), remove: fc.nat(30), insert: fc.string({ maxLength: 5 }) });
    fc.assert(
      fc.property(edit, ({ at, remove, insert }) => {
        expectSound(read(text.slice(0, at) + insert + text.slice(at + remove)));
      }),
      seeded(2000),
    );
  });
});

/** Objects that no conversion to text or number survives are rare among random ones. */
const awkwardValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    undefined,
    { toString: false },
    { valueOf: 1, toString: null },
    [{ toString: 0 }],
    -0,
    1e308,
    '',
  ),
);

type Path = readonly string[];

function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesOf(member, [...path, key]))];
}

function replaced(document: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const copy: unknown = structuredClone(document);
  const members = Object.entries(Object(copy)).map(([name, member]) => [
    name,
    name === key ? replaced(member, rest, value) : member,
  ]);
  return Array.isArray(copy) ? members.map(([, member]) => member) : Object.fromEntries(members);
}
