import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSource, sourceText } from '../../../lib/har/read.ts';
import type { ReadResult } from '../../../lib/har/read-result.ts';
import { HarStream, startsAsHar } from '../../../lib/har/stream.ts';
import { ListedHeaders } from '../../../lib/http/headers.ts';
import { seeded } from './seeded.ts';

function inPieces(text: string, lengths: readonly number[]): ReadResult {
  const stream = new HarStream(0);
  let at = 0;
  for (let turn = 0; at < text.length; turn++) {
    const length = Math.max(1, lengths[turn % lengths.length] ?? 1);
    stream.push(text.slice(at, at + length));
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

  it('is refused where the whole is, at the same line and column', () => {
    fc.assert(
      fc.property(
        document,
        lengths,
        fc.nat(),
        fc.constantFrom('', '}', '"', ',', 'x', '\\'),
        (har, pieces, at, put) => {
          const good = JSON.stringify(har, null, 1);
          const place = at % good.length;
          const bad = good.slice(0, place) + put + good.slice(place + 1);
          if (!startsAsHar(bad)) return;
          const whole = readSource(sourceText(bad), 0);
          const read = inPieces(bad, pieces);
          expect(read.format).toBe(whole.format);
          if (whole.format === null) {
            expect(read.errors[0]?.line).toBe(whole.errors[0]?.line);
            expect(read.errors[0]?.message).toBe(whole.errors[0]?.message.replace(/ \(byte \d+\)/, ''));
          }
        },
      ),
      seeded(500),
    );
  });

  it('names the entry that is broken', () => {
    const [error] = inPieces('{"log":{"entries":[{},{"request":{"url":"https://a.example/",}}]}}', [7]).errors;
    expect(error).toEqual({
      entry: 1,
      line: 1,
      message: 'not JSON at line 1, column 62: expected a name in double quotes, found "}"',
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
    expect(inPieces(bad, [3]).errors[0]?.message).toBe(whole?.message.replace(/ \(byte \d+\)/, ''));
  });
});
