import { describe, expect, test } from 'vitest';

import { bearerToken, dpopProofs, header } from '../../../lib/http/headers.ts';
import { locationOf } from '../../../lib/http/redirect.ts';
import { parseTrace } from '../../../lib/http/trace.ts';
import { seen, unseen } from '../../../lib/model/observation.ts';

test('a header is found without case, the first of several, and not where headers are hidden', () => {
  const headers = seen([
    ['X-One', 'a'],
    ['x-one', 'b'],
    ['Empty', ''],
  ] as const);
  expect(header(headers, 'X-ONE')).toBe('a');
  expect(header(headers, 'empty')).toBe('');
  expect(header(headers, 'x-two')).toBeNull();
  expect(header(unseen('stripped'), 'x-one')).toBeNull();
});

test.each([
  ['Bearer 2YotnFZF', '2YotnFZF'],
  ['bearer   2YotnFZF', '2YotnFZF'],
  ['DPoP 2YotnFZF', '2YotnFZF'],
  ['Bearer', null],
  ['Bearer a b', null],
  ['Basic d2ViMTp4', null],
  ['', null],
  [null, null],
])('the token of %j', (authorization, token) => {
  expect(bearerToken(authorization)).toBe(token);
});

describe('the target of a redirect', () => {
  const from = (response: string): string | null => {
    const [exchange] = parseTrace(`GET https://as.example/a/b?x=1\n\n${response}`);
    return exchange === undefined ? null : locationOf(exchange);
  };

  test.each([
    ['302\nLocation: https://App.example/cb?a=%7e', 'https://App.example/cb?a=%7e'],
    ['303\nlocation: /cb?a=1', 'https://as.example/cb?a=1'],
    ['307\nLocation: ?y=2', 'https://as.example/a/b?y=2'],
    ['301\nLocation: //app.example/cb', 'https://app.example/cb'],
    ['302\nLocation: com.example.app:/cb?code=x', 'com.example.app:/cb?code=x'],
    ['302', null],
    ['200\nLocation: /cb', null],
    ['201\nLocation: /cb', null],
    ['302\nLocation: https://[', null],
  ])('%s', (response, target) => {
    expect(from(response)).toBe(target);
  });

  test('nothing without a response', () => {
    const [exchange] = parseTrace('GET https://as.example/');
    expect(exchange && locationOf(exchange)).toBeNull();
  });
});

test('proofs are found in repeated headers and between commas, and not where headers are hidden', () => {
  const headers = seen([
    ['DPoP', 'eyJhIjox, eyJiIjox'],
    ['dpop', 'eyJjIjox'],
    ['DPoP', ''],
    ['DPoP-Nonce', 'eyJkIjox'],
  ] as const);
  expect(dpopProofs(headers)).toEqual(['eyJhIjox', 'eyJiIjox', 'eyJjIjox']);
  expect(dpopProofs(unseen('stripped'))).toEqual([]);
});
