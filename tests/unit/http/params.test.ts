import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  allParams,
  fragmentOf,
  objectParams,
  param,
  paramValue,
  parseForm,
  parseJsonObject,
  queryOf,
  wordsOf,
} from '../../../lib/http/params.ts';
import type { Param } from '../../../lib/model/message.ts';
import { anyText } from '../any-text.ts';
import { seeded } from '../har/seeded.ts';

const pairs = (params: readonly Param[]): (readonly [string, string])[] => params.map((p) => [p.name, p.value]);

describe('parseForm', () => {
  test.each<[string, (readonly [string, string])[]]>([
    ['', []],
    [
      'a=1&b=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'a=1&a=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    [
      'a&b=&=c',
      [
        ['a', ''],
        ['b', ''],
        ['', 'c'],
      ],
    ],
    ['client%5Fid=x', [['client_id', 'x']]],
    ['a=b+c%20d%2Be', [['a', 'b c d+e']]],
    ['a=%253F', [['a', '%3F']]],
    [
      'a=%zz%&b=%E4',
      [
        ['a', '%zz%'],
        ['b', '\ufffd'],
      ],
    ],
    ['a=b=c', [['a', 'b=c']]],
  ])('%s', (text, expected) => {
    expect(pairs(parseForm(text, 'query'))).toEqual(expected);
  });

  test('says where', () => {
    expect(parseForm('a=1', 'fragment')).toEqual([{ name: 'a', value: '1', where: 'fragment' }]);
  });

  test('a flood of parameters is cut', () => {
    expect(parseForm('a=1&'.repeat(10_000), 'query')).toHaveLength(500);
    expect(objectParams(Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`a${n}`, n])), 'body')).toHaveLength(
      500,
    );
  });

  test('writing and reading gives the same pairs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' })), {
          maxLength: 20,
        }),
        (list) => {
          const text = list.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
          expect(pairs(parseForm(text, 'query'))).toEqual(list);
        },
      ),
      seeded(200),
    );
  });
});

describe('parts of an address', () => {
  test.each([
    ['https://a.example/p?x=1#y=2', 'x=1', 'y=2'],
    ['https://a.example/p', '', ''],
    ['https://a.example/p#a?b=c', '', 'b=c'],
    ['https://a.example/p#y=2?z', '', 'y=2?z'],
    ['https://a.example/p#/y=2', '', 'y=2'],
    ['https://a.example/p#!/y=2', '', 'y=2'],
    ['https://a.example/p#?y=2', '', 'y=2'],
    ['https://a.example/p#/route/sub?y=2&z=3', '', 'y=2&z=3'],
    ['https://a.example/p?#y=2', '', 'y=2'],
    ['https://a.example/p??x=1', '?x=1', ''],
    ['com.app:/cb?x=1', 'x=1', ''],
    ['?#', '', ''],
    ['', '', ''],
  ])('%s', (url, query, fragment) => {
    expect([queryOf(url), fragmentOf(url)]).toEqual([query, fragment]);
  });
});

describe('parseJsonObject', () => {
  test.each<[string, (readonly [string, string])[]]>([
    [
      '{"a":"x","n":60,"b":true,"o":{"k":[1]},"none":null}',
      [
        ['a', 'x'],
        ['n', '60'],
        ['b', 'true'],
        ['o', '{"k":[1]}'],
      ],
    ],
    ['[1]', []],
    ['"text"', []],
    ['null', []],
    ['{"a":', []],
    ['', []],
  ])('%s', (text, expected) => {
    expect(pairs(parseJsonObject(text, 'body'))).toEqual(expected);
  });
});

describe('looking a parameter up', () => {
  const params: Param[] = [
    { name: 'state', value: '', where: 'query' },
    { name: 'state', value: 'one', where: 'query' },
    { name: 'client_key', as: 'client_id', value: 'c1', where: 'query' },
    { name: 'state', value: 'two', where: 'fragment' },
  ];

  test('the first with a value, by its standard name', () => {
    expect(param({ params }, 'state')).toBe(params[1]);
    expect(paramValue({ params }, 'client_id')).toBe('c1');
    expect(paramValue({ params }, 'client_key')).toBeNull();
    expect(param({ params }, 'nonce')).toBeNull();
  });

  test('all of them, empty ones too', () => {
    expect(allParams({ params }, 'state').map((p) => p.value)).toEqual(['', 'one', 'two']);
  });
});

test.each([
  [null, []],
  ['', []],
  ['openid profile', ['openid', 'profile']],
  ['Code,ID_TOKEN', ['code', 'id_token']],
  [' a+b\t c,,d ', ['a', 'b', 'c', 'd']],
])('wordsOf(%j)', (value, words) => {
  expect(wordsOf(value)).toEqual(words);
});

test('nothing throws on any text', () => {
  fc.assert(
    fc.property(anyText(200), fc.string({ maxLength: 60 }), (text, more) => {
      for (const any of [text, `${text}?${more}#${text}`, `{"${more}":${text}}`]) {
        parseForm(any, 'query');
        parseForm(queryOf(any), 'query');
        parseForm(fragmentOf(any), 'fragment');
        parseJsonObject(any, 'body');
        wordsOf(any);
      }
    }),
    seeded(500),
  );
});
