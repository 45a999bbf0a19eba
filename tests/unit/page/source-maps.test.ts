import { describe, expect, test } from 'vitest';

import { parseObservations } from '../../../lib/http/trace.ts';
import type { PageScan } from '../../../lib/model/observation.ts';
import { mappedPlace, mapSources } from '../../../lib/page/source-maps.ts';
import { text } from '../../../lib/rules/support/example-pages.ts';

const BUNDLE = 'https://app.example/a/app.js';
/** The eleventh character of the bundle is the fifth of the third line. */
const MAP = {
  version: 3,
  sources: ['../src/auth.ts'],
  sourcesContent: ['one\ntwo\nthree'],
  names: [],
  mappings: 'AAAA,UAEI',
};

const scans = (...blocks: readonly string[]): PageScan[] =>
  parseObservations(blocks.join('')).flatMap((observation) => (observation.is === 'script' ? [observation] : []));
const placeIn = (...blocks: readonly string[]) => {
  const [script, ...others] = scans(...blocks);
  return script === undefined ? null : mappedPlace(script, 1, 11, others);
};
const bundle = (link = '') => text('SCRIPT', `0123456789x()${link}`, BUNDLE);
const map = (url: string, content: object | string = MAP) => text('SCRIPT', content, url);
const PLACE = { file: '../src/auth.ts', line: 3, column: 5 };

describe('the place in the source is found', () => {
  test.each([
    [
      'by the address that the script names',
      bundle('\n//# sourceMappingURL=maps/app.map'),
      map('https://app.example/a/maps/app.map'),
    ],
    [
      'by an absolute one',
      bundle('\n//# sourceMappingURL=https://app.example/m.map'),
      map('https://app.example/m.map'),
    ],
    ['beside the script', bundle(), map(`${BUNDLE}.map`)],
    ['in a comment of a style', bundle('\n/*# sourceMappingURL=app.js.map */'), map(`${BUNDLE}.map`)],
    ['behind a guard', bundle(), map(`${BUNDLE}.map`, `)]}'\n${JSON.stringify(MAP)}`)],
    [
      'inside of the script',
      bundle(`\n//# sourceMappingURL=data:application/json;base64,${btoa(JSON.stringify(MAP))}`),
      '',
    ],
  ])('%s', (_, ...blocks) => {
    expect(placeIn(...blocks)).toEqual(PLACE);
  });
});

describe('no place', () => {
  test.each([
    ['without a map', bundle(), ''],
    [
      'by a map of another origin',
      bundle('\n//# sourceMappingURL=https://cdn.example/m.map'),
      map('https://cdn.example/m.map'),
    ],
    ['by a map of another script', bundle(), map('https://app.example/a/other.js.map')],
    ['by a broken map', bundle(), map(`${BUNDLE}.map`, { ...MAP, mappings: 7 })],
    ['by a map that is none', bundle(), map(`${BUNDLE}.map`, { mappings: 7, sources: [] })],
    ['by an inline map that is none', bundle('\n//# sourceMappingURL=data:application/json;base64,e30='), ''],
  ])('%s', (_, ...blocks) => {
    expect(placeIn(...blocks)).toBeNull();
  });
});

test('the sources of a map are those that it holds', () => {
  const sources = (content: object | string) => scans(map('https://app.example/m.map', content)).map(mapSources);
  expect(sources(MAP)).toEqual([[{ file: '../src/auth.ts', text: 'one\ntwo\nthree' }]]);
  expect(sources({ ...MAP, sourceRoot: 'https://app.example/' })).toEqual([
    [{ file: 'https://app.example/../src/auth.ts', text: 'one\ntwo\nthree' }],
  ]);
  expect(sources({ ...MAP, sourcesContent: [null] })).toEqual([[]]);
  expect(sources({ ...MAP, sourcesContent: undefined })).toEqual([[]]);
  expect(sources({ ...MAP, sources: 'a' })).toEqual([null]);
  expect(sources('const mappings = { "sources": 1 }')).toEqual([null]);
  expect(sources('{ "mappings": "sources"')).toEqual([null]);
});
