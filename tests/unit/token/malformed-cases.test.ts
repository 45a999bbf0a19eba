import { describe, expect, test } from 'vitest';
import { inspectToken } from '../../../lib/token/inspect.ts';

const b64 = (data: string | Uint8Array): string => Buffer.from(data as string).toString('base64url');
const HEAD = b64('{"alg":"HS256","typ":"JWT"}');
const BODY = b64('{"sub":"a"}');
const SIG = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const TOKEN = `${HEAD}.${BODY}.${SIG}`;
const body = HEAD.length + 1;
const sig = body + BODY.length + 1;
const deep = (open: string, close: string, levels: number): string => open.repeat(levels) + close.repeat(levels);
const json = (value: object): string => JSON.stringify(value);

type Case = readonly [what: string, token: string, part: string, at: number, message: RegExp];

const CASES: readonly Case[] = [
  ['empty', '', 'structure', 0, /empty/],
  ['one dot', '.', 'header', 0, /header is empty/],
  ['two dots', '..', 'header', 0, /header is empty/],
  ['no dot', HEAD, 'structure', HEAD.length, /no dot/],
  ['two parts', `${HEAD}.${BODY}`, 'structure', sig - 1, /2 parts/],
  ['four parts', `${TOKEN}.x`, 'structure', TOKEN.length, /4 parts/],
  ['six parts', `${HEAD}.a.b.c.d.e`, 'structure', HEAD.length + 8, /6 parts/],
  ['header missing', `.${BODY}.${SIG}`, 'header', 0, /empty/],
  ['a word', 'hello', 'structure', 5, /no dot/],
  ['scheme in front', `Bearer ${TOKEN}`, 'header', 6, /white space.*scheme "Bearer"/],
  ['header line in front', `Authorization: Bearer ${TOKEN}`, 'header', 13, /scheme "Bearer"/],
  ['space in front', ` ${TOKEN}`, 'header', 0, /white space/],
  ['line break behind', `${TOKEN}\n`, 'signature', TOKEN.length, /white space/],
  ['tab in the payload', `${HEAD}.${BODY.slice(0, 4)}\t${BODY.slice(4)}.${SIG}`, 'payload', body + 4, /white space/],
  ['line break in the header', `${HEAD.slice(0, 5)}\r\n${HEAD.slice(5)}.${BODY}.${SIG}`, 'header', 5, /white space/],
  ['quotes around', `"${TOKEN}"`, 'header', 0, /U\+0022.*in front/],
  ['padding in the header', `${b64('{"alg":"HS256"}')}==.${BODY}.${SIG}`, 'header', 20, /padding/],
  ['padding in the payload', `${HEAD}.${BODY}=.${SIG}`, 'payload', sig - 1, /padding/],
  ['padding in the signature', `${TOKEN}=`, 'signature', TOKEN.length, /padding/],
  ['plus', `${HEAD}.${BODY}.${SIG.slice(1)}+`, 'signature', TOKEN.length - 1, /belongs to base64/],
  ['slash', `${HEAD}.${BODY}.${SIG.slice(1)}/`, 'signature', TOKEN.length - 1, /belongs to base64/],
  ['bits left over in the signature', `${HEAD}.${BODY}.${SIG.slice(1)}B`, 'signature', TOKEN.length - 1, /bits/],
  ['bits left over in the payload', `${HEAD}.${b64('{"a":1}').slice(0, -1)}R.${SIG}`, 'payload', body + 9, /bits/],
  ['bits left over in the header', `${b64('{"alg":"HS256" }').slice(0, -1)}R.${BODY}.${SIG}`, 'header', 21, /bits/],
  ['impossible length', `${HEAD}.${BODY}.A`, 'signature', sig, /impossible/],
  ['percent', `${HEAD}.%7B%7D.${SIG}`, 'payload', body, /U\+0025/],
  ['umlaut', `${HEAD}.${BODY}.ä`, 'signature', sig, /U\+00E4/],
  ['emoji', `${HEAD}.😀.${SIG}`, 'payload', body, /U\+1F600/],
  ['lone surrogate', `${HEAD}.\ud800.${SIG}`, 'payload', body, /U\+D800/],
  ['NUL', `${HEAD}.${BODY}.\0`, 'signature', sig, /U\+0000/],
  ['zero-width space', `${HEAD}\u200b.${BODY}.${SIG}`, 'header', HEAD.length, /U\+200B/],
  ['BOM in front', `\ufeff${TOKEN}`, 'header', 0, /./],
  ['BOM in the header', `${b64('\ufeff{"alg":"HS256"}')}.${BODY}.${SIG}`, 'header', 0, /U\+FEFF/],
  ['BOM in the payload', `${HEAD}.${b64('\ufeff{"a":1}')}.${SIG}`, 'payload', body, /U\+FEFF/],
  ['UTF-16 header', `${b64(Buffer.from('{"alg":"HS256"}', 'utf16le'))}.${BODY}.${SIG}`, 'header', 1, /./],
  ['header no UTF-8', `${b64(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))}.${BODY}.${SIG}`, 'header', 2, /UTF-8/],
  [
    'header with a coded surrogate',
    `${b64(Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d]))}.${BODY}.${SIG}`,
    'header',
    2,
    /UTF-8/,
  ],
  ['claims no UTF-8', `${HEAD}.${b64(Buffer.from('{"sub":"ä"}', 'latin1'))}.${SIG}`, 'payload', body + 10, /UTF-8/],
  ['header a list', `${b64('["HS256"]')}.${BODY}.${SIG}`, 'header', 0, /no JSON object/],
  ['header a text', `${b64('"HS256"')}.${BODY}.${SIG}`, 'header', 0, /no JSON object/],
  ['header null', `${b64('null')}.${BODY}.${SIG}`, 'header', 0, /no JSON object/],
  ['header a number', `${b64('1')}.${BODY}.${SIG}`, 'header', 0, /no JSON object/],
  ['header empty object', `${b64('{}')}.${BODY}.${SIG}`, 'header', 0, /no "alg"/],
  ['alg a number', `${b64('{"alg":1}')}.${BODY}.${SIG}`, 'header', 0, /no "alg"/],
  ['alg null', `${b64('{"alg":null}')}.${BODY}.${SIG}`, 'header', 0, /no "alg"/],
  ['header cut', `${b64('{"alg":"HS2')}.${BODY}.${SIG}`, 'header', 14, /closing double quote/],
  ['header with a comma too many', `${b64('{"alg":"HS256",}')}.${BODY}.${SIG}`, 'header', 20, /a name/],
  ['header with a comment', `${b64('{/*x*/"alg":"HS256"}')}.${BODY}.${SIG}`, 'header', 1, /a name/],
  ['header in single quotes', `${b64("{'alg':'HS256'}")}.${BODY}.${SIG}`, 'header', 1, /a name/],
  ['header twice', `${b64('{"alg":"HS256"}{}')}.${BODY}.${SIG}`, 'header', 20, /nothing after/],
  ['header with NaN', `${b64('{"alg":NaN}')}.${BODY}.${SIG}`, 'header', 9, /a JSON value/],
  ['header with a bare control', `${b64('{"alg":"HS\n256"}')}.${BODY}.${SIG}`, 'header', 13, /control/],
  [
    'header too deep',
    `${b64(`{"alg":"HS256","x":${deep('[', ']', 100_000)}}`)}.${BODY}.${SIG}`,
    'header',
    1357,
    /deeper/,
  ],
  [
    'claims too deep',
    `${HEAD}.${b64(`{"x":${deep('{"x":', '}', 5000).replace(/:}/, ':1}')}}`)}.${SIG}`,
    'payload',
    body + 6666,
    /deeper/,
  ],
  ['claims cut', `${HEAD}.${b64('{"sub":"a"')}.${SIG}`, 'payload', body + 13, /"," or "}"/],
  ['claims with something behind', `${HEAD}.${b64('{"sub":"a"}x')}.${SIG}`, 'payload', body + 14, /nothing after/],
  ['claims with a bare name', `${HEAD}.${b64('{sub:1}')}.${SIG}`, 'payload', body + 1, /a name/],
  ['JWE without enc', `${b64('{"alg":"dir"}')}..AAAA.AAAA.AAAA`, 'header', 0, /no "enc"/],
  ['JWE, key with a sign', `${b64('{"alg":"dir","enc":"A128GCM"}')}.!.AAAA.AAAA.AAAA`, 'payload', 40, /U\+0021/],
  ['JWE, tag with a sign', `${b64('{"alg":"dir","enc":"A128GCM"}')}..AAAA.AAAA.AA!A`, 'signature', 53, /U\+0021/],
  ['JSON cut', '{"payload":"e30",', 'structure', 17, /a name/],
  ['JSON of something else', '{"a":1}', 'structure', 7, /neither/],
  ['JSON, no signatures', json({ payload: 'e30', signatures: [] }), 'structure', 17, /no list/],
  ['JSON, signatures no list', json({ payload: 'e30', signatures: {} }), 'structure', 17, /no list/],
  ['JSON, signature a number', json({ payload: 'e30', protected: HEAD, signature: 1 }), 'signature', 68, /no text/],
  [
    'JSON, signature with a sign',
    json({ payload: 'e30', protected: HEAD, signature: 'A=' }),
    'signature',
    82,
    /padding/,
  ],
  ['JSON, both signature and signatures', json({ signature: 'AAAA', signatures: [{}] }), 'structure', 1, /exclude/],
  ['JSON, payload a number', json({ payload: 1, protected: HEAD, signature: 'AAAA' }), 'payload', 1, /no text/],
  ['JSON, payload with a sign', json({ payload: 'e3!', protected: HEAD, signature: 'AAAA' }), 'payload', 14, /U\+0021/],
  ['JSON, no headers', json({ payload: 'e30', signature: 'AAAA' }), 'header', 36, /no "alg"/],
  [
    'JSON, protected broken',
    json({ payload: 'e30', protected: b64('[]'), signature: 'AAAA' }),
    'header',
    30,
    /no JSON object/,
  ],
  [
    'JSON, the second signature a number',
    json({
      payload: 'e30',
      signatures: [
        { protected: HEAD, signature: 'AAAA' },
        { protected: HEAD, signature: 1 },
      ],
    }),
    'signature',
    155,
    /no text/,
  ],
  [
    'JSON, the second header broken',
    json({
      payload: 'e30',
      signatures: [
        { protected: HEAD, signature: '' },
        { protected: b64('[]'), signature: '' },
      ],
    }),
    'header',
    113,
    /no JSON object/,
  ],
  [
    'JSON, the second signature no object',
    json({ payload: 'e30', signatures: [{ protected: HEAD, signature: 'AAAA' }, 1] }),
    'structure',
    103,
    /no object/,
  ],
  [
    'JSON, the text of the payload is that of another member',
    json({ signature: 'e3!', payload: 'e30', protected: HEAD }),
    'signature',
    16,
    /U\+0021/,
  ],
  [
    'JSON, header of one signature for all',
    json({ payload: 'e30', protected: HEAD, signatures: [{ protected: HEAD, signature: '' }] }),
    'structure',
    17,
    /"protected" and "signatures" exclude/,
  ],
  ['JSON, header null', json({ payload: 'e30', header: null, signature: 'AAAA' }), 'header', 17, /no object/],
  ['JSON, JWS and JWE in one', json({ ciphertext: 'AAAA', signature: 'AAAA' }), 'structure', 21, /cannot be both/],
  ['JSON, no signature', json({ payload: 'e30', protected: HEAD }), 'signature', 68, /has to have "signature"/],
  ['JSON, no ciphertext', json({ protected: HEAD, iv: 'AAAA' }), 'payload', 64, /has to have "ciphertext"/],
  [
    'JSON, recipient and recipients',
    json({ ciphertext: 'AAAA', encrypted_key: 'AAAA', recipients: [{}] }),
    'structure',
    21,
    /"encrypted_key" and "recipients" exclude/,
  ],
  [
    'unencoded payload with a dot',
    `${b64('{"alg":"HS256","b64":false,"crit":["b64"]}')}.a.b.${SIG}`,
    'structure',
    60,
    /has to be detached \(RFC 7797 §5.2\)/,
  ],
  [
    'JSON, ciphertext a number',
    json({ protected: b64('{"alg":"dir","enc":"A128GCM"}'), ciphertext: 1 }),
    'payload',
    55,
    /no text/,
  ],
];

describe('malformed tokens', () => {
  test.each(CASES)('%s', async (_what, token, part, at, message) => {
    const report = await inspectToken(token, { now: 0 });
    expect(report).toMatchObject({ kind: 'unknown', signature: 'cannotTell', time: 'unknown' });
    expect(report.error).toEqual({ part, at, message: expect.stringMatching(message) });
    expect(() => JSON.stringify(report)).not.toThrow();
  });
});

describe('odd, but well-formed', () => {
  test.each([
    ['payload empty', `${HEAD}..${SIG}`, { base64url: '' }],
    ['payload a text', `${HEAD}.${b64('hello')}.${SIG}`, { base64url: b64('hello') }],
    ['payload bytes', `${HEAD}.${b64(Buffer.from([255, 0]))}.${SIG}`, { base64url: '_wA' }],
    ['payload a list', `${HEAD}.${b64('[1]')}.${SIG}`, [1]],
    ['payload null', `${HEAD}.${b64('null')}.${SIG}`, null],
    ['payload with white space', `${HEAD}.${b64(' { "a" : 1 }\n')}.${SIG}`, { a: 1 }],
    ['payload with an escaped surrogate', `${HEAD}.${b64('{"a":"\\ud800"}')}.${SIG}`, { a: '\ud800' }],
    ['claims 900 deep', `${HEAD}.${b64(deep('[', ']', 900))}.${SIG}`, JSON.parse(deep('[', ']', 900))],
    ['own member __proto__', `${HEAD}.${b64('{"__proto__":{"a":1}}')}.${SIG}`, JSON.parse('{"__proto__":{"a":1}}')],
  ])('%s', async (_what, token, payload) => {
    const report = await inspectToken(token, { now: 0 });
    expect([report.kind, report.error]).toEqual(['jws', undefined]);
    expect(report.payload).toEqual(payload);
  });

  test.each([
    ['header', `${b64('{"alg":"HS256","alg":"none"}')}.${BODY}.${SIG}`, 15, /twice/],
    ['header', `${b64('{"alg":"HS256","\\u0061lg":"RS256"}')}.${BODY}.${SIG}`, 15, /twice/],
    ['payload', `${HEAD}.${b64('{"a":{"b":1,"b":2}}')}.${SIG}`, 12, /twice/],
    ['payload', `${HEAD}.${b64('{"n":9007199254740993}')}.${SIG}`, 5, /more digits/],
    ['payload', `${HEAD}.${b64('{"n":1e999}')}.${SIG}`, 5, /more digits/],
  ])('said of the %s: %s', async (part, token, at, message) => {
    const { kind, notes } = await inspectToken(token, { now: 0 });
    expect([kind, notes]).toEqual(['jws', [{ part, at, message: expect.stringMatching(message) }]]);
  });
});
