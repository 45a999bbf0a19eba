import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineStream } from '../../../lib/har/line-stream.ts';
import { readLines } from '../../../lib/har/lines.ts';
import { decodeSource, PieceReader, readSource, sourceText } from '../../../lib/har/read.ts';
import type { ReadResult } from '../../../lib/har/read-result.ts';
import { HarStream, startsAsHar, startsAsReport } from '../../../lib/har/stream.ts';
import { ListedHeaders } from '../../../lib/http/headers.ts';
import { seeded } from './seeded.ts';

function inPieces(
  text: string,
  lengths: readonly number[],
  stream: HarStream | LineStream = new HarStream(0),
): ReadResult {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const length = Math.max(1, lengths[turn % lengths.length] ?? 1);
    stream.push(bytes.subarray(at, at + length));
    at += length;
  }
  return stream.finish();
}

/** With headers as the pairs that they are made into. */
function shown({ observations, ...read }: ReadResult): object {
  const plain = JSON.stringify(observations, (_name, value) =>
    value instanceof ListedHeaders ? { seen: true, value: value.value } : value,
  );
  return { ...read, observations: JSON.parse(plain) };
}

const time = fc.constantFrom('2026-01-31T12:00:00.000Z', '2026-01-31T12:00:01.500Z', 'x', null);
const url = fc.constantFrom(
  'https://as.example/auth?state=a',
  'https://app.example/cb',
  'https://app.example/',
  '/x',
  '',
);
const text = fc.string({ unit: fc.constantFrom('"', '\\', '{', ']', 'é', '\n', '😀', 'a', ' ') });
const entry = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.record({
    startedDateTime: time,
    pageref: fc.constantFrom('p1', 'p2'),
    request: fc.record({
      method: fc.constantFrom('GET', 'POST'),
      url,
      headers: fc.constantFrom([], [{ name: 'Origin', value: 'null' }, 5]),
    }),
    response: fc.record({
      status: fc.constantFrom(200, 302, 0),
      headers: fc.constantFrom([], [{ name: 'Location', value: 'https://app.example/cb#x=1' }]),
      content: fc.record({ mimeType: fc.constantFrom('text/html', 'image/png'), text }),
    }),
  }),
);
const document = fc.record({
  log: fc.record({ entries: fc.array(entry, { maxLength: 6 }), version: text, pages: fc.jsonValue() }),
  other: fc.jsonValue(),
});
const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe('a HAR that comes in pieces', () => {
  it('is read as the whole is', () => {
    fc.assert(
      fc.property(document, lengths, fc.constantFrom(0, 1, 2), (har, pieces, indent) => {
        const whole = JSON.stringify(har, null, indent);
        expect(shown(inPieces(whole, pieces))).toEqual(shown(readSource(sourceText(whole), 0)));
      }),
      seeded(300),
    );
  });

  it('is refused where the whole is, at the same line, column and byte', () => {
    fc.assert(
      fc.property(
        document,
        lengths,
        fc.nat(),
        fc.constantFrom('', '}', '"', ',', 'x', '\\'),
        (har, pieces, at, put) => {
          const good = JSON.stringify(har, null, 1);
          const place = at % good.length;
          // As bytes: half of a pair of surrogates is no character.
          const bad = new TextDecoder().decode(
            new TextEncoder().encode(good.slice(0, place) + put + good.slice(place + 1)),
          );
          if (!startsAsHar(bad)) return;
          const whole = readSource(sourceText(bad), 0);
          const read = inPieces(bad, pieces);
          expect(read.format).toBe(whole.format);
          if (whole.format === null) {
            expect(read.errors[0]?.line).toBe(whole.errors[0]?.line);
            expect(read.errors[0]?.message).toBe(whole.errors[0]?.message);
          }
        },
      ),
      seeded(500),
    );
  });

  it('is read as the whole is where many entries are parsed together, whatever they hold', () => {
    const body = fc.constantFrom('},\n      {', '},{"request":', 'é'.repeat(3000), 'a'.repeat(70_000));
    const long = fc.record({
      request: fc.record({ url, headers: fc.constant([{ name: 'Origin', value: 'null' }]) }),
      // Objects in objects start and end as entries do.
      inner: fc.constant([{ request: { a: 1 } }, { request: 2 }]),
      response: fc.record({
        status: fc.constant(200),
        content: fc.record({ mimeType: fc.constant('text/html'), text: body }),
      }),
    });
    const size = fc.constantFrom(10_000, 90_000, 1_000_000);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(long, entry), { maxLength: 30 }),
        size,
        fc.constantFrom(0, 1, 2),
        (all, of, indent) => {
          const whole = JSON.stringify({ log: { version: '1.2', entries: [...all, ...all, ...all] } }, null, indent);
          expect(shown(inPieces(whole, [of]))).toEqual(shown(readSource(sourceText(whole), 0)));
          const cut = whole.slice(0, Math.floor(whole.length * 0.9));
          expect(inPieces(cut, [of]).errors[0]?.message).toBe(readSource(sourceText(cut), 0).errors[0]?.message);
        },
      ),
      seeded(40),
    );
  });

  it('is read where an entry is written in another way than the first one', () => {
    const one = { request: { url: 'https://app.example/' }, response: { content: { text: 'x'.repeat(50_000) } } };
    const indented = JSON.stringify({ log: { entries: [one, one, one, one] } }, null, 2);
    const odd = indented.replace(/\},\s*\{\s*"request"/g, '},{"request"');
    expect(odd.length).toBeLessThan(indented.length);
    const trap = indented.replace('"response": {', '"_a": [{},\n      {}],\n"response": {');
    for (const text of [odd, trap])
      expect(shown(inPieces(text, [9000]))).toEqual(shown(readSource(sourceText(text), 0)));
  });

  it('has room for an entry of several pieces', () => {
    const one = { request: { url: 'https://app.example/' }, text: '"\\'.repeat(1_500_000) };
    const text = JSON.stringify({ log: { entries: [one, one] } }, null, 2);
    expect(shown(inPieces(text, [1_000_000]))).toEqual(shown(readSource(sourceText(text), 0)));
  });

  it('names the entry that is broken', () => {
    const [error] = inPieces('{"log":{"entries":[{},{"request":{"url":"https://a.example/",}}]}}', [7]).errors;
    expect(error).toEqual({
      entry: 1,
      line: 1,
      message: 'not JSON at line 1, column 62 (byte 61): expected a name in double quotes, found "}"',
    });
  });

  it.each([
    '{"log":null}',
    '{"log":{}}',
    '{"log":{"entries":null}}',
    '{"log":[]}',
    '{"log":{"entries":[]}} x',
    '{"log":',
  ])('%s is said as of the whole', (bad) => {
    const [whole] = readSource(sourceText(bad), 0).errors;
    expect(inPieces(bad, [3]).errors[0]?.message).toBe(whole?.message);
  });
});

describe('a saved report that comes in pieces', () => {
  const report = fc.record({
    schema: fc.constant(1),
    findings: fc.jsonValue({ maxDepth: 1 }),
    capture: fc.oneof(document, fc.jsonValue()),
  });

  it('is read as the whole is', () => {
    fc.assert(
      fc.property(report, lengths, fc.constantFrom(0, 2), (value, pieces, indent) => {
        const whole = JSON.stringify(value, null, indent);
        expect(startsAsReport(whole)).toBe(true);
        expect(shown(inPieces(whole, pieces))).toEqual(shown(readSource(sourceText(whole), 0)));
      }),
      seeded(300),
    );
  });

  it.each([
    '{"schema":1,"findings":[]}',
    '{"schema":1}',
    '{"schema":1,"findings":[],"log":{"entries":[]},"capture":5}',
  ])('%s is said as of the whole', (text) => {
    expect(shown(inPieces(text, [4]))).toEqual(shown(readSource(sourceText(text), 0)));
  });
});

describe('JSON Lines that come in pieces', () => {
  const observation = fc
    .record({ url, trace: fc.constantFrom('a', 'b', 1), body: text })
    .map((one) => JSON.stringify(one));
  const line = fc.oneof(observation, text, fc.constant(''), fc.constant('{"url":"https://é.example/😀",}'));

  it('are read as the whole is, down to the byte of what is broken', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), lengths, fc.boolean(), fc.boolean(), (lines, pieces, bom, end) => {
        const whole = lines.join('\n') + (end ? '\n' : '');
        const read = inPieces(whole, pieces, new LineStream(0, bom ? 3 : 0));
        expect(read).toEqual(readLines(sourceText(bom ? `\ufeff${whole}` : whole), 0));
      }),
      seeded(300),
    );
  });
});

describe('an input whose bytes come in pieces', () => {
  const observed = { url: 'https://app.example/cb?code=é' };
  const har = { log: { entries: [{ request: { url: 'https://app.example/' } }] } };

  it.each([
    ['a HAR', JSON.stringify(har, null, 2)],
    ['a HAR with a byte order mark', `\ufeff${JSON.stringify(har)}`],
    ['a saved report', JSON.stringify({ schema: 1, findings: [], capture: har })],
    ['JSON Lines', `${JSON.stringify(observed)}\n${JSON.stringify(observed)}\n{"url":1`],
    ['JSON Lines with a byte order mark', `\ufeff${JSON.stringify(observed)}\n{"é":}\n`],
  ])('%s is read as the whole is', (_name, content) => {
    const bytes = new TextEncoder().encode(content);
    const reader = new PieceReader(0);
    // Inside of a character, if there is one.
    const cut =
      content.indexOf('é') < 0 ? 60 : new TextEncoder().encode(content.slice(0, content.lastIndexOf('é'))).length + 1;
    expect([reader.push(bytes.slice(0, cut)), reader.push(bytes.slice(cut))]).toEqual([true, true]);
    expect(shown(reader.finish())).toEqual(shown(readSource(decodeSource(bytes), 0)));
  });

  it.each(['{"other":1}', '<html>', '', '{"url":"https://app.example/"}'])(
    '%s is left to the reader of the whole',
    (text) => {
      expect(new PieceReader(0).push(new TextEncoder().encode(text))).toBe(false);
    },
  );
});
