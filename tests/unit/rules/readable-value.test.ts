import { describe, expect, it } from 'vitest';
import { readValue } from '../../../lib/rules/support/readable-value.ts';

const base64url = (text: string) => Buffer.from(text).toString('base64url');
const json = '{"returnTo":"/inbox","user":{"id":7}}';
const members = [
  ['returnTo', '/inbox'],
  ['id', '7'],
];
const hex = 'a50b822630358ec4b16cc66f8e7d51c9';
const mac = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

describe('data', () => {
  it.each([
    ['JSON', json],
    ['JSON, encoded twice', encodeURIComponent(json)],
    ['JSON in base64url', base64url(json)],
    ['JSON in base64 with padding', Buffer.from(`${json} `).toString('base64')],
    ['JSON in base64 that was encoded twice', encodeURIComponent(Buffer.from(`${json} `).toString('base64'))],
  ])('%s', (_name, value) => {
    expect(readValue(value)).toMatchObject({ members, sealed: false });
  });

  it('reads a form', () => {
    const read = readValue('user=7&next=%2Finbox');
    expect(read?.members).toEqual([
      ['user', '7'],
      ['next', '/inbox'],
    ]);
    expect(read?.sealed).toBe(false);
  });

  it.each(['https://app.example/inbox', '/inbox', '/inbox/new?step=2', '/', 'com.example.app://home'])(
    'reads the address %s',
    (text) => {
      expect(readValue(text)).toEqual({ members: [], text, sealed: false });
    },
  );

  it('reads every part beside a bar', () => {
    const read = readValue(`${base64url('{"id":"x"}')}|q1TzX8b2nE|https://app.example/inbox`);
    expect(read).toEqual({ members: [['id', 'x']], text: '{"id":"x"} https://app.example/inbox', sealed: false });
  });

  it('leaves a bar inside of data alone', () => {
    expect(readValue('{"id":"x|https://app.example/"}')?.members).toEqual([['id', 'x|https://app.example/']]);
  });

  it('keeps deep nesting as text', () => {
    expect(readValue('{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}')?.members).toEqual([['a', '{"a":1}']]);
  });
});

describe('sealed data', () => {
  it.each([
    ['a signed token', `${base64url('{"alg":"HS256"}')}.${base64url(json)}.${mac}`],
    ['an authentication code in base64url', `${base64url(json)}.${mac}`],
    ['an authentication code in hexadecimal', `${base64url(json)}--${hex}`],
    ['data encoded twice before the code', `${encodeURIComponent(Buffer.from(`${json} `).toString('base64'))}_${hex}`],
    ['one part of several', `https://app.example/inbox|${JSON.stringify({ id: 'x', hmac: hex })}`],
  ])('%s', (_name, value) => {
    expect(readValue(value)?.sealed).toBe(true);
  });

  it('takes the name of a code for one only with a value that could be one', () => {
    expect(readValue(JSON.stringify({ id: 'x', hash: hex }))?.sealed).toBe(true);
    expect(readValue(JSON.stringify({ id: 'x', hash: 'short' }))?.sealed).toBe(false);
    expect(readValue(JSON.stringify({ id: hex, hash: '' }))?.sealed).toBe(false);
  });
});

describe('opaque values', () => {
  it.each([
    'q1TzX8b2nE6m0uYw',
    '75f29bc9-5e80-4314-80a0-f759e07fdd86',
    `q1TzX8b2nE.${hex}`,
    'q1TzX8b2nE6m0uYwA==',
    '/x8Kq2TzX8b2nE6m0uYw',
    '%E0%A4%A',
    '["a","b"]',
    '4815162342',
    `${base64url('{"alg":"dir","enc":"A256GCM"}')}..aXY.Y2lwaGVy.dGFn`,
  ])('%s', (value) => {
    expect(readValue(value)).toBeNull();
  });

  it('takes nothing apart that is longer than any value of a request', () => {
    expect(readValue(JSON.stringify({ id: 'x'.repeat(19_000) }))).not.toBeNull();
    expect(readValue(JSON.stringify({ id: 'x'.repeat(20_000) }))).toBeNull();
  });
});
