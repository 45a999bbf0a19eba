import { describe, expect, test } from 'vitest';
import { mask } from '../../../lib/engine/redact.ts';
import { readPaste } from '../../../lib/token/paste.ts';
import { cardHeads, cardView, isReadAsToken, maskedText, rawRow } from '../../../lib/view/paste.ts';

const b64 = (text: string): string => Buffer.from(text).toString('base64url');
const ID_TOKEN = `${b64('{"alg":"ES256"}')}.${b64('{"iss":"https://as.example","nonce":"n"}')}.c2ln`;
const SECRET = 'hR7s-v3ry-s3cret-value-92x';

function card(text: string) {
  const things = readPaste(text);
  const [thing] = things;
  if (thing === undefined) throw new Error('nothing');
  return { thing, ...cardView(thing, things, mask) };
}

test('the heads name each thing and the place of what is inside', () => {
  expect(cardHeads(readPaste(`https://app.example/cb#id_token=${ID_TOKEN}`))).toEqual([
    { title: 'Authorization response', from: null },
    { title: 'ID token from as.example', from: 'in id_token' },
  ]);
});

describe('nothing secret is in a card', () => {
  test.each([
    [`https://app.example/cb?code=${SECRET}&state=x`],
    [`Authorization: Basic ${Buffer.from(`web:${SECRET}`).toString('base64')}`],
    [`{"access_token":"${SECRET}"}`],
    [`Set-Cookie: sid=${SECRET}; Path=/`],
    [`curl -u web:${SECRET} -d client_secret=${SECRET} https://as.example/token?x=${SECRET}`],
    [`https://user:${SECRET}@as.example/x?a=${SECRET}`],
    [`{"kty":"oct","k":"${SECRET}"}`],
    [`{"keys":[{"kty":"oct","k":"${SECRET}"}]}`],
    [`grant_type=x&client_secret=${SECRET}`],
    [b64(`the text is ${SECRET}`)],
  ])('%s', (text) => {
    const { thing, ...view } = card(text);
    expect(JSON.stringify(view)).not.toContain(SECRET);
    expect(JSON.stringify(maskedText(text))).not.toContain(SECRET.slice(0, 12));
    expect(isReadAsToken(thing)).toBe(false);
  });
});

test('a masked row has its raw value behind it', () => {
  const { thing, rows } = card(`https://app.example/cb?code=${SECRET}`);
  expect(rows.map(({ name, masked }) => [name, masked])).toEqual([
    ['address', false],
    ['code', true],
  ]);
  expect(rawRow(thing, 1)).toBe(SECRET);
});

test('a private key is called out', () => {
  expect(card('{"kty":"EC","crv":"P-256","x":"A","y":"A","d":"A"}').warns).toHaveLength(1);
  expect(card('{"keys":[{"kty":"EC","crv":"P-256","x":"A","y":"A"}]}').warns).toHaveLength(0);
});
