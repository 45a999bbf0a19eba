import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { bodyParams, bodyText } from '../../../lib/http/body.ts';
import { seen, unseen } from '../../../lib/model/observation.ts';
import { anyText } from '../any-text.ts';
import { seeded } from '../har/seeded.ts';

const read = (text: string, type: string | null): Record<string, string> =>
  Object.fromEntries(bodyParams(seen({ is: 'text', text }), type).map((p) => [p.name, p.value]));

const FORM = 'application/x-www-form-urlencoded';

describe('parameters of a body', () => {
  test.each<[string, string | null, string, Record<string, string>]>([
    ['form', FORM, 'a=1&b=2', { a: '1', b: '2' }],
    ['form with a charset', `${FORM}; charset=UTF-8`, 'a=1', { a: '1' }],
    ['form that looks like JSON', FORM, '{"a":1}', { '{"a":1}': '' }],
    ['JSON', 'application/json', '{"a":1}', { a: '1' }],
    ['JSON of a kind', 'application/problem+json', '{"a":1}', { a: '1' }],
    ['JSON with a wrong type', 'text/html', ' {"a":1}', { a: '1' }],
    ['no type, a form', null, 'grant_type=password&x=y', { grant_type: 'password', x: 'y' }],
    ['text, a form', 'text/plain;charset=UTF-8', 'a=1', { a: '1' }],
    ['no type, JSON', null, '{"a":"b"}', { a: 'b' }],
    ['no type, a sentence', null, 'two words = not a form', {}],
    ['no type, markup', null, '<a href="?x=1">', {}],
    ['markup', 'text/html', 'a=1', {}],
    ['a list', 'application/json', '[{"a":1}]', {}],
    ['empty', FORM, '', {}],
  ])('%s', (_, type, text, expected) => {
    expect(read(text, type)).toEqual(expected);
  });

  test('fields that the browser parsed', () => {
    const body = seen({
      is: 'form',
      fields: [
        ['a', '1'],
        ['a', '2'],
      ],
    } as const);
    expect(bodyParams(body, null, 'body').map((p) => [p.name, p.value, p.where])).toEqual([
      ['a', '1', 'body'],
      ['a', '2', 'body'],
    ]);
  });

  test('hidden and absent bodies have none', () => {
    expect(bodyParams(unseen('api-hides-it'), FORM)).toEqual([]);
    expect(bodyParams(seen(null), FORM)).toEqual([]);
    expect(bodyText(unseen('api-hides-it'))).toBeNull();
    expect(bodyText(seen(null))).toBeNull();
    expect(bodyText(seen({ is: 'form', fields: [] }))).toBeNull();
  });

  test('a body that is too large is not parsed', () => {
    expect(read(`a=${'x'.repeat(2_000_000)}`, FORM)).toEqual({});
  });
});

describe('multipart', () => {
  const type = 'multipart/form-data; boundary=x7f';

  test('text fields; files and nameless parts are passed over', () => {
    const text = [
      '--x7f',
      'Content-Disposition: form-data; name="grant_type"',
      '',
      'authorization_code',
      '--x7f',
      'Content-Disposition: form-data; name="empty"',
      '',
      '',
      '--x7f',
      'Content-Disposition: form-data; name="file"; filename="a.txt"',
      '',
      'secret=1',
      '--x7f',
      'Content-Disposition: form-data',
      '',
      'nameless',
      '--x7f',
      'Content-Disposition: form-data; name="lines"',
      'Content-Type: text/plain',
      '',
      'one',
      'two',
      '--x7f--',
      '',
    ].join('\r\n');
    const expected = { grant_type: 'authorization_code', empty: '', lines: 'one\r\ntwo' };
    expect(read(text, type)).toEqual(expected);
    expect(read(text.replaceAll('\r\n', '\n'), type)).toEqual({ ...expected, lines: 'one\ntwo' });
  });

  test.each(['', 'no boundary', '--x7f', '--x7f\n\n--x7f--', '--\nname="a"\n\nb'])('%j has none', (text) => {
    expect(read(text, type)).toEqual({});
  });
});

test('nothing throws on any body of any type', () => {
  const types = fc.constantFrom(
    null,
    FORM,
    'application/json',
    'multipart/form-data',
    'text/plain',
    ';',
    'APPLICATION/JSON ;x',
  );
  const pieces = fc.constantFrom(
    '--x7f',
    '\r\n',
    '\n\n',
    'name="a"',
    '; filename=',
    'a=1&',
    '{"a":',
    '}',
    '%',
    '\u0000',
  );
  const texts = fc.oneof(
    anyText(),
    fc.array(pieces, { maxLength: 30 }).map((list) => list.join('')),
  );
  fc.assert(
    fc.property(texts, types, (text, type) => {
      for (const { name, value } of bodyParams(seen({ is: 'text', text }), type)) {
        expect([typeof name, typeof value]).toEqual(['string', 'string']);
      }
    }),
    seeded(500),
  );
});
