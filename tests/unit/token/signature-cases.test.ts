import {
  createHash,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  privateEncrypt,
  randomBytes,
  sign,
} from 'node:crypto';
import type { JWK } from 'jose';
import { generate } from 'selfsigned';
import { describe, expect, test } from 'vitest';
import { inspectToken } from '../../../lib/token/inspect.ts';
import type { Judgement } from '../../../lib/token/outcome.ts';

/** Signed with Node's own cryptography, so that the library under test is not its own witness. */
const NOW = 1_800_000_000;
const b64 = (data: string | Uint8Array): string => Buffer.from(data as string).toString('base64url');

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaOther = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaSmall = generateKeyPairSync('rsa', { modulusLength: 1024 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p256Other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const k256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const ed25519 = generateKeyPairSync('ed25519');
const ed448 = generateKeyPairSync('ed448');
const secret = randomBytes(64);

const jwkOf = (key: KeyObject): JWK => key.export({ format: 'jwk' }) as JWK;
const octOf = (bytes: Uint8Array): JWK => ({ kty: 'oct', k: b64(bytes) });

function bytesOf(alg: string, key: KeyObject | Uint8Array, input: string): Buffer {
  const data = Buffer.from(input);
  const hash = `sha${alg.slice(2, 5)}`;
  if (key instanceof Uint8Array) return createHmac(hash, key).update(data).digest();
  if (alg.startsWith('RS')) return sign(hash, data, key);
  if (alg.startsWith('PS')) return sign(hash, data, { key, padding: 6, saltLength: Number(alg.slice(2)) / 8 });
  if (alg.startsWith('ES')) return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
  return sign(null, data, key);
}

interface Making {
  readonly header?: Record<string, unknown>;
  readonly payload?: string;
  readonly signature?: (bytes: Buffer) => Uint8Array;
}

function make(
  alg: string,
  key: KeyObject | Uint8Array,
  { header = {}, payload = '{"sub":"a"}', signature }: Making = {},
): string {
  const body = header['b64'] === false ? payload : b64(payload);
  const input = `${b64(JSON.stringify({ alg, ...header }))}.${body}`;
  const made = bytesOf(alg, key, input);
  return `${input}.${b64(signature?.(made) ?? made)}`;
}

const MAKERS: Readonly<Record<string, readonly [KeyObject | Uint8Array, JWK]>> = {
  HS256: [secret, octOf(secret)],
  HS384: [secret, octOf(secret)],
  HS512: [secret, octOf(secret)],
  RS256: [rsa.privateKey, jwkOf(rsa.publicKey)],
  RS384: [rsa.privateKey, jwkOf(rsa.publicKey)],
  RS512: [rsa.privateKey, jwkOf(rsa.publicKey)],
  PS256: [rsa.privateKey, jwkOf(rsa.publicKey)],
  PS384: [rsa.privateKey, jwkOf(rsa.publicKey)],
  PS512: [rsa.privateKey, jwkOf(rsa.publicKey)],
  ES256: [p256.privateKey, jwkOf(p256.publicKey)],
  ES384: [p384.privateKey, jwkOf(p384.publicKey)],
  ES512: [p521.privateKey, jwkOf(p521.publicKey)],
  EdDSA: [ed25519.privateKey, jwkOf(ed25519.publicKey)],
  Ed25519: [ed25519.privateKey, jwkOf(ed25519.publicKey)],
};

const flip = (bytes: Buffer): Buffer => {
  const changed = Buffer.from(bytes);
  changed.writeUInt8((changed[3] ?? 0) ^ 1, 3);
  return changed;
};

type Case = readonly [what: string, token: string | object, keys: object, is: Judgement, reason?: RegExp];

const each = Object.entries(MAKERS).flatMap(([alg, [key, jwk]]): Case[] => {
  const token = make(alg, key);
  const [header = '', , signature = ''] = token.split('.');
  const wrong = alg.startsWith('HS')
    ? octOf(randomBytes(64))
    : alg.startsWith('RS') || alg.startsWith('PS')
      ? jwkOf(rsaOther.publicKey)
      : null;
  return [
    [`${alg}, its key`, token, { jwk }, 'valid'],
    [`${alg}, its key in a set`, token, { jwks: { keys: [jwk] } }, 'valid'],
    [`${alg}, no key`, token, {}, 'cannotTell', /no key was given/],
    [`${alg}, empty set`, token, { jwks: { keys: [] } }, 'cannotTell', /holds no key/],
    [`${alg}, one bit of the signature`, make(alg, key, { signature: flip }), { jwk }, 'invalid'],
    [`${alg}, signature cut`, make(alg, key, { signature: (bytes) => bytes.subarray(0, -3) }), { jwk }, 'invalid'],
    [
      `${alg}, signature longer`,
      make(alg, key, { signature: (bytes) => Buffer.concat([bytes, bytes]) }),
      { jwk },
      'invalid',
    ],
    [`${alg}, signature empty`, `${token.slice(0, token.lastIndexOf('.'))}.`, { jwk }, 'invalid', /empty/],
    [`${alg}, other payload`, `${header}.${b64('{"sub":"b"}')}.${signature}`, { jwk }, 'invalid'],
    [
      `${alg}, other header`,
      `${b64(JSON.stringify({ alg, x: 1 }))}.${token.split('.').slice(1).join('.')}`,
      { jwk },
      'invalid',
    ],
    [`${alg}, key for encryption`, token, { jwk: { ...jwk, use: 'enc' } }, 'invalid', /use/],
    [`${alg}, key_ops without verify`, token, { jwk: { ...jwk, key_ops: ['deriveBits'] } }, 'invalid', /key_ops/],
    [`${alg}, key_ops with verify`, token, { jwk: { ...jwk, use: 'sig', key_ops: ['verify'] } }, 'valid'],
    [`${alg}, key of another algorithm`, token, { jwk: { ...jwk, alg: 'XX1' } }, 'invalid', /the key is for XX1/],
    [`${alg}, key of its algorithm`, token, { jwk: { ...jwk, alg } }, 'valid'],
    [
      `${alg}, kid of the set`,
      make(alg, key, { header: { kid: 'b' } }),
      {
        jwks: {
          keys: [
            { ...jwkOf(p256Other.publicKey), kid: 'a' },
            { ...jwk, kid: 'b' },
          ],
        },
      },
      'valid',
    ],
    [
      `${alg}, a key twice`,
      make(alg, key, { header: { kid: 'b' } }),
      {
        jwks: {
          keys: [
            { ...jwkOf(p256Other.publicKey), kid: 'b' },
            { ...jwk, kid: 'b' },
          ],
        },
      },
      'valid',
    ],
    [
      `${alg}, kid missing in the set`,
      make(alg, key, { header: { kid: 'c' } }),
      {
        jwks: {
          keys: [
            { ...jwkOf(p256Other.publicKey), kid: 'a' },
            { ...jwkOf(rsaOther.publicKey), kid: 'b' },
          ],
        },
      },
      'cannotTell',
      /no key "c"/,
    ],
    ...(wrong === null ? [] : [[`${alg}, wrong key`, token, { jwk: wrong }, 'invalid', /does not match/] as Case]),
    [`${alg}, unknown critical header`, make(alg, key, { header: { crit: ['x'], x: 1 } }), { jwk }, 'invalid', /crit/],
    [
      `${alg}, unencoded payload`,
      make(alg, key, { header: { b64: false, crit: ['b64'] }, payload: '$02' }),
      { jwk },
      'valid',
    ],
    [`${alg}, payload detached`, make(alg, key).replace(/\.[^.]+\./, '..'), { jwk }, 'invalid', /if it is detached/],
    [
      `${alg}, unencoded payload detached`,
      make(alg, key, { header: { b64: false, crit: ['b64'] }, payload: 'x' }).replace('.x.', '..'),
      { jwk },
      'cannotTell',
      /detached/,
    ],
    [`${alg}, payload empty and signed`, make(alg, key, { payload: '' }), { jwk }, 'valid'],
  ];
});

const parts = (token: string): { protected: string; payload: string; signature: string } => {
  const [head = '', payload = '', signature = ''] = token.split('.');
  return { protected: head, payload, signature };
};
const general = (...tokens: string[]): object => ({
  payload: parts(tokens[0] ?? '').payload,
  signatures: tokens.map((token) => ({ protected: parts(token).protected, signature: parts(token).signature })),
});
const rs = MAKERS['RS256']?.[1] ?? {};
const es = MAKERS['ES256']?.[1] ?? {};
const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string;
const unsecured = (alg: unknown, signature = ''): string => `${b64(JSON.stringify({ alg }))}.e30.${signature}`;
const der = (token: string, key: KeyObject): string => {
  const input = token.slice(0, token.lastIndexOf('.'));
  return `${input}.${b64(sign('sha256', Buffer.from(input), { key, dsaEncoding: 'der' }))}`;
};
const unprotected = (header: object, key: Uint8Array): object => ({
  payload: b64('{}'),
  header,
  signature: b64(
    createHmac('sha256', key)
      .update(`.${b64('{}')}`)
      .digest(),
  ),
});

/** Values of r and s on which arithmetic breaks: zero, one, the order of the curve and its neighbours. */
function edgeSignatures(
  pair: { privateKey: KeyObject; publicKey: KeyObject },
  alg: string,
  size: number,
  order: string,
): Case[] {
  const n = BigInt(`0x${order}`);
  const fixed = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex');
  const jwk = jwkOf(pair.publicKey);
  const values = { zero: 0n, one: 1n, 'order - 1': n - 1n, order: n, 'order + 1': n + 1n };
  const all = Object.entries(values).flatMap(([rName, r]) =>
    Object.entries(values).map(([sName, s]): Case => {
      const signature = () => Buffer.concat([fixed(r), fixed(s)]);
      return [`${alg}, r ${rName}, s ${sName}`, make(alg, pair.privateKey, { signature }), { jwk }, 'invalid'];
    }),
  );
  const s = (bytes: Buffer): bigint => BigInt(`0x${bytes.subarray(size).toString('hex')}`);
  return [
    ...all,
    [
      `${alg}, the other root of s`,
      make(alg, pair.privateKey, {
        signature: (bytes) => Buffer.concat([bytes.subarray(0, size), fixed(n - s(bytes))]),
      }),
      { jwk },
      'valid',
    ],
    [
      `${alg}, zeros in front of both`,
      make(alg, pair.privateKey, {
        signature: (bytes) =>
          Buffer.concat([Buffer.alloc(1), bytes.subarray(0, size), Buffer.alloc(1), bytes.subarray(size)]),
      }),
      { jwk },
      'invalid',
      /bytes/,
    ],
  ];
}

/** PKCS #1 v1.5 paddings that a lenient reader accepts (RFC 8017 §8.2.2 compares all of it), signed raw. */
function paddings(): Case[] {
  const input = `${b64('{"alg":"RS256"}')}.${b64('{"sub":"a"}')}`;
  const hash = createHash('sha256').update(input).digest();
  const info = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const framed = (rest: Buffer, fill = 255, first = [0, 1]): Buffer =>
    Buffer.concat([Buffer.from(first), Buffer.alloc(256 - 3 - rest.length, fill), Buffer.alloc(1), rest]);
  const cases: Readonly<Record<string, Buffer>> = {
    'no NULL in the algorithm': framed(
      Buffer.concat([Buffer.from('302f300b0609608648016503040201', 'hex'), Buffer.from('0420', 'hex'), hash]),
    ),
    'length in two bytes': framed(
      Buffer.concat([Buffer.from('308131300d060960864801650304020105000420', 'hex'), hash]),
    ),
    'hash alone': framed(hash),
    'another hash named': framed(Buffer.concat([Buffer.from('3031300d060960864801650304020205000420', 'hex'), hash])),
    'zeros as padding': framed(Buffer.concat([info, hash]), 0),
    'padding of encryption': framed(Buffer.concat([info, hash]), 255, [0, 2]),
    'garbage behind the hash': (() => {
      const block = Buffer.alloc(256, 0xab);
      Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(8, 255), Buffer.alloc(1), info, hash]).copy(block);
      return block;
    })(),
  };
  const raw = (block: Buffer): Buffer => privateEncrypt({ key: rsa.privateKey, padding: 3 }, block);
  const jwk = jwkOf(rsa.publicKey);
  return [
    ['PKCS #1: right', `${input}.${b64(raw(framed(Buffer.concat([info, hash]))))}`, { jwk }, 'valid'],
    ...Object.entries(cases).map(
      ([what, block]): Case => [`PKCS #1: ${what}`, `${input}.${b64(raw(block))}`, { jwk }, 'invalid'],
    ),
  ];
}

/** Keys that one library reads and the next one refuses: here they are refused everywhere, with the same words. */
function keyForms(): Case[] {
  const bytes = (part = ''): Buffer => Buffer.from(part, 'base64url');
  const padded = (part = ''): string => b64(Buffer.concat([Buffer.alloc(1), bytes(part)]));
  const signed = make('RS256', rsa.privateKey);
  const onP256 = make('ES256', p256.privateKey);
  const edwards = make('EdDSA', ed25519.privateKey);
  const okp = jwkOf(ed25519.publicKey);
  const hmac = make('HS256', secret);
  const refused = (what: string, token: string, jwk: object, reason: RegExp): Case => [
    what,
    token,
    { jwk },
    'invalid',
    reason,
  ];
  return [
    refused('modulus with a zero in front', signed, { ...rs, n: padded(rs.n) }, /"n" begins with a zero byte/),
    refused('exponent with a zero in front', signed, { ...rs, e: 'AAEAAQ' }, /"e" begins with a zero byte/),
    refused('x with a zero in front', onP256, { ...es, x: padded(es.x) }, /"x" has 33 bytes, on P-256 it has 32/),
    refused('y one byte short', onP256, { ...es, y: b64(bytes(es.y).subarray(1)) }, /"y" has 31 bytes/),
    refused('Ed25519, x one byte short', edwards, { ...okp, x: b64(bytes(okp.x).subarray(1)) }, /"x" has 31 bytes/),
    refused('Ed25519, x with a zero in front', edwards, { ...okp, x: padded(okp.x) }, /"x" has 33 bytes/),
    refused('x and y exchanged', onP256, { ...es, x: es.y, y: es.x }, /not on the curve P-256/),
    refused('zero as point', onP256, { ...es, x: b64(Buffer.alloc(32)), y: b64(Buffer.alloc(32)) }, /not on the curve/),
    refused('curve in small letters', onP256, { ...es, crv: 'p-256' }, /this one is on p-256/),
    refused('X25519 for EdDSA', edwards, { ...okp, crv: 'X25519' }, /needs a key on Ed25519/),
    ...([rs, octOf(secret)] as const).flatMap((jwk): Case[] => {
      const token = jwk === rs ? signed : hmac;
      const kty = String(jwk.kty);
      return [
        refused(`${kty}, key_ops a text`, token, { ...jwk, key_ops: 'verify' }, /"key_ops" of the key is no list/),
        refused(`${kty}, key_ops twice`, token, { ...jwk, key_ops: ['verify', 'verify'] }, /an operation twice/),
        refused(`${kty}, key_ops to sign alone`, token, { ...jwk, key_ops: ['sign'] }, /not for signatures/),
        refused(`${kty}, key_ops empty`, token, { ...jwk, key_ops: [] }, /not for signatures/),
        refused(`${kty}, use a number`, token, { ...jwk, use: 1 }, /"use" of the key is no text/),
        refused(`${kty}, use in capitals`, token, { ...jwk, use: 'SIG' }, /not for signatures \("use"\)/),
        refused(`${kty}, alg a list`, token, { ...jwk, alg: ['RS256'] }, /"alg" of the key is no text/),
        refused(`${kty}, use and key_ops differ`, token, { ...jwk, use: 'sig', key_ops: ['encrypt'] }, /"key_ops"/),
      ];
    }),
    refused(
      'the identity as key, with which every signature fits',
      `${b64('{"alg":"EdDSA"}')}.${b64('{"sub":"admin"}')}.${b64(Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]))}`,
      { kty: 'OKP', crv: 'Ed25519', x: b64(Buffer.concat([Buffer.from([1]), Buffer.alloc(31)])) },
      /./,
    ),
    refused(
      'Ed25519, s beyond the order',
      make('EdDSA', ed25519.privateKey, {
        signature: (from) => {
          const order = 2n ** 252n + 27742317777372353535851937790883648493n;
          const s = BigInt(`0x${Buffer.from(from.subarray(32)).reverse().toString('hex')}`) + order;
          return Buffer.concat([from.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()]);
        },
      }),
      okp,
      /does not match/,
    ),
    ['private key to sign alone', onP256, { jwk: { ...jwkOf(p256.privateKey), key_ops: ['sign'] } }, 'valid'],
    [
      'an encryption algorithm',
      unsecured('RSA-OAEP', 'AAAA'),
      { jwk: rs },
      'invalid',
      /encrypts keys and signs nothing/,
    ],
    [
      'b64 of one signature alone',
      {
        payload: b64('x'),
        signatures: [
          make('HS256', secret, { payload: 'x' }),
          make('HS256', secret, { header: { b64: false, crit: ['b64'] }, payload: b64('x') }),
        ].map((token) => ({ protected: parts(token).protected, signature: parts(token).signature })),
      },
      { jwk: octOf(secret) },
      'invalid',
      /"b64" differs/,
    ],
    [
      'crit of a name of RFC 7518',
      make('HS256', secret, { header: { crit: ['epk'], epk: {} } }),
      { jwk: octOf(secret) },
      'invalid',
      /must not list "epk"/,
    ],
  ];
}

const single: readonly Case[] = [
  ...['none', 'None', 'NONE', 'nOnE'].flatMap((alg): Case[] => [
    [alg, unsecured(alg), {}, 'invalid', /nothing is signed/],
    [`${alg} with a key`, unsecured(alg), { jwk: rs }, 'invalid', /nothing is signed/],
    [`${alg} with a signature`, unsecured(alg, 'AAAA'), { jwk: rs }, 'invalid', /nothing is signed/],
  ]),
  [
    'confusion: PEM as HMAC secret',
    make('HS256', Buffer.from(publicPem)),
    { jwk: rs },
    'invalid',
    /algorithm confusion/,
  ],
  [
    'confusion: in a set',
    make('HS256', Buffer.from(publicPem), { header: { kid: 'r' } }),
    { jwks: { keys: [{ ...rs, kid: 'r' }] } },
    'invalid',
    /algorithm confusion/,
  ],
  [
    'ES256K',
    make('ES256', k256.privateKey, { header: { alg: 'ES256K' } }),
    { jwk: jwkOf(k256.publicKey) },
    'cannotTell',
    /WebCrypto has no ES256K/,
  ],
  ['Ed448 as EdDSA', make('EdDSA', ed448.privateKey), { jwk: jwkOf(ed448.publicKey) }, 'cannotTell', /Ed448/],
  ['Ed448', make('Ed448', ed448.privateKey), { jwk: jwkOf(ed448.publicKey) }, 'cannotTell', /Ed448/],
  ['unknown algorithm', unsecured('XY99', 'AAAA'), { jwk: rs }, 'cannotTell', /known here/],
  [
    'algorithm in small letters',
    make('RS256', rsa.privateKey, { header: { alg: 'rs256' } }),
    { jwk: rs },
    'cannotTell',
    /case-sensitive/,
  ],
  ['DER instead of raw', der(make('ES256', p256.privateKey), p256.privateKey), { jwk: es }, 'invalid', /DER/],
  ...edgeSignatures(p256, 'ES256', 32, 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
  ...edgeSignatures(
    p384,
    'ES384',
    48,
    'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  ),
  ...edgeSignatures(
    p521,
    'ES512',
    66,
    '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
  ),
  ...paddings(),
  ['zero signature', make('ES256', p256.privateKey, { signature: () => Buffer.alloc(64) }), { jwk: es }, 'invalid'],
  ['wrong EC key', make('ES256', p256.privateKey), { jwk: jwkOf(p256Other.publicKey) }, 'invalid', /does not match/],
  ['wrong curve', make('ES256', p256.privateKey), { jwk: jwkOf(p384.publicKey) }, 'invalid', /P-256/],
  ['secp256k1 for ES256', make('ES256', p256.privateKey), { jwk: jwkOf(k256.publicKey) }, 'invalid', /P-256/],
  ['EC key for RS256', make('RS256', rsa.privateKey), { jwk: es }, 'invalid', /type EC/],
  ['RSA key for ES256', make('ES256', p256.privateKey), { jwk: rs }, 'invalid', /type RSA/],
  ['oct key for RS256', make('RS256', rsa.privateKey), { jwk: octOf(secret) }, 'invalid', /type oct/],
  ['RSA of 1024 bits', make('RS256', rsaSmall.privateKey), { jwk: jwkOf(rsaSmall.publicKey) }, 'invalid', /2048/],
  ['PS256 read as RS256', make('PS256', rsa.privateKey, { header: { alg: 'RS256' } }), { jwk: rs }, 'invalid'],
  [
    'PSS with another salt',
    (() => {
      const input = make('PS256', rsa.privateKey).split('.').slice(0, 2).join('.');
      return `${input}.${b64(sign('sha256', Buffer.from(input), { key: rsa.privateKey, padding: 6, saltLength: 0 }))}`;
    })(),
    { jwk: rs },
    'invalid',
  ],
  ['HS256 read as HS384', make('HS256', secret, { header: { alg: 'HS384' } }), { jwk: octOf(secret) }, 'invalid'],
  ['private RSA key', make('RS256', rsa.privateKey), { jwk: jwkOf(rsa.privateKey) }, 'valid'],
  [
    'private EC key',
    make('ES256', p256.privateKey),
    { jwk: { ...jwkOf(p256.privateKey), key_ops: ['sign'] } },
    'valid',
  ],
  ['private OKP key', make('EdDSA', ed25519.privateKey), { jwk: jwkOf(ed25519.privateKey) }, 'valid'],
  ...([256, 384, 512] as const).flatMap((bits): Case[] => {
    const alg = `HS${bits}`;
    const bytes = (length: number): Buffer => Buffer.from(secret.subarray(0, length));
    return [
      [`${alg}, secret as long as its hash`, make(alg, bytes(bits / 8)), { jwk: octOf(bytes(bits / 8)) }, 'valid'],
      [
        `${alg}, secret one byte short`,
        make(alg, bytes(bits / 8 - 1)),
        { jwk: octOf(bytes(bits / 8 - 1)) },
        'invalid',
        /matches, but .*RFC 7518 §3.2/,
      ],
      [`${alg}, empty secret`, make(alg, Buffer.alloc(0)), { jwk: { kty: 'oct', k: '' } }, 'invalid', /has 0 bits/],
      [
        `${alg}, short and wrong`,
        make(alg, secret),
        { jwk: octOf(bytes(4)) },
        'invalid',
        /^the signature does not match/,
      ],
    ];
  }),
  ...['AQ', 'AAE', 'AA', 'Ag', '', 'AQAA'].map(
    (e): Case => [
      `public exponent "${e}"`,
      make('RS256', rsa.privateKey),
      { jwk: { ...rs, e } },
      'invalid',
      /at least 3/,
    ],
  ),
  [
    'a signature that exponent 1 accepts',
    (() => {
      const input = `${b64('{"alg":"RS256"}')}.${b64('{"sub":"a"}')}`;
      const hash = createHash('sha256').update(input).digest();
      const info = Buffer.from('3031300d060960864801650304020105000420', 'hex');
      const padding = Buffer.concat([
        Buffer.from([0, 1]),
        Buffer.alloc(256 - 3 - info.length - 32, 255),
        Buffer.alloc(1),
      ]);
      return `${input}.${b64(Buffer.concat([padding, info, hash]))}`;
    })(),
    { jwk: { ...rs, e: 'AQ' } },
    'invalid',
    /at least 3/,
  ],
  ['kid of another type', make('RS256', rsa.privateKey, { header: { kid: 7 } }), { jwks: { keys: [rs] } }, 'valid'],
  [
    'kid missing, key without kid',
    make('RS256', rsa.privateKey, { header: { kid: 'c' } }),
    { jwks: { keys: [rs] } },
    'valid',
  ],
  [
    'kid names the wrong key',
    make('RS256', rsa.privateKey, { header: { kid: 'a' } }),
    {
      jwks: {
        keys: [
          { ...jwkOf(rsaOther.publicKey), kid: 'a' },
          { ...rs, kid: 'b' },
        ],
      },
    },
    'invalid',
  ],
  [
    'single key of another kid',
    make('RS256', rsa.privateKey, { header: { kid: 'a' } }),
    { jwk: { ...rs, kid: 'b' } },
    'valid',
  ],
  ['null in the set', make('RS256', rsa.privateKey), { jwks: { keys: [null, 1, 'x', rs] } }, 'valid'],
  [
    'members of the key that are null',
    make('RS256', rsa.privateKey),
    { jwk: { ...rs, use: null, alg: null } },
    'valid',
  ],
  [
    'secret in base64 instead of base64url',
    make('HS256', secret),
    { jwk: { kty: 'oct', k: `+${secret.toString('base64')}` } },
    'cannotTell',
    /"k", character 1: "\+" belongs to base64/,
  ],
  [
    'modulus padded',
    make('RS256', rsa.privateKey),
    { jwk: { ...rs, n: `${rs.n}=` } },
    'cannotTell',
    /"n", character 343/,
  ],
  ['key type in capitals', make('HS256', secret), { jwk: { ...octOf(secret), kty: 'OCT' } }, 'invalid', /HS256$/],
  ['key without n', make('RS256', rsa.privateKey), { jwk: { kty: 'RSA', e: 'AQAB' } }, 'cannotTell', /no "n"/],
  [
    'point off the curve',
    make('ES256', p256.privateKey),
    { jwk: { ...es, x: b64(randomBytes(32)) } },
    'invalid',
    /not on the curve P-256/,
  ],
  ...keyForms(),
  ['no kty', make('RS256', rsa.privateKey), { jwk: { n: 'AQAB', e: 'AQAB' } }, 'cannotTell', /kty/],
  ['key is a list', make('RS256', rsa.privateKey), { jwk: [rs] }, 'cannotTell', /no JWK/],
  ['broken key, unsecured token', unsecured('none'), { jwk: 1 }, 'invalid'],
  [
    'embedded key is not used',
    make('RS256', rsa.privateKey, { header: { jwk: rs } }),
    {},
    'cannotTell',
    /no key was given/,
  ],
  [
    'embedded key is not used for another',
    make('RS256', rsa.privateKey, { header: { jwk: rs } }),
    { jwk: jwkOf(rsaOther.publicKey) },
    'invalid',
  ],
  ['crit empty', make('HS256', secret, { header: { crit: [] } }), { jwk: octOf(secret) }, 'invalid', /at least one/],
  ['crit no list', make('HS256', secret, { header: { crit: 'b64' } }), { jwk: octOf(secret) }, 'invalid', /list/],
  [
    'crit of its own names',
    make('HS256', secret, { header: { crit: ['alg'] } }),
    { jwk: octOf(secret) },
    'invalid',
    /must not list/,
  ],
  [
    'crit names an absent one',
    make('HS256', secret, { header: { crit: ['b64'] } }),
    { jwk: octOf(secret) },
    'invalid',
    /does not have/,
  ],
  [
    'crit twice',
    make('HS256', secret, { header: { crit: ['b64', 'b64'], b64: true } }),
    { jwk: octOf(secret) },
    'invalid',
    /twice/,
  ],
  [
    'b64 true and critical',
    make('HS256', secret, { header: { crit: ['b64'], b64: true } }),
    { jwk: octOf(secret) },
    'valid',
  ],
  [
    'b64 false, not critical',
    make('HS256', secret, { header: { b64: false }, payload: 'x' }),
    { jwk: octOf(secret) },
    'invalid',
    /RFC 7797/,
  ],
  [
    'b64 no boolean',
    make('HS256', secret, { header: { crit: ['b64'], b64: 0 } }),
    { jwk: octOf(secret) },
    'invalid',
    /true or false/,
  ],
  [
    'detached, given',
    make('HS256', secret, { payload: 'hello' }).replace(/\.[^.]+\./, '..'),
    { jwk: octOf(secret), detached: 'hello' },
    'valid',
  ],
  [
    'detached, another given',
    make('HS256', secret, { payload: 'hello' }).replace(/\.[^.]+\./, '..'),
    { jwk: octOf(secret), detached: 'hallo' },
    'invalid',
  ],
  ['JSON flattened', parts(make('RS256', rsa.privateKey)), { jwk: rs }, 'valid'],
  ['JSON flattened, changed', { ...parts(make('RS256', rsa.privateKey)), payload: b64('{}') }, { jwk: rs }, 'invalid'],
  [
    'JSON flattened, no payload',
    { ...parts(make('RS256', rsa.privateKey)), payload: undefined },
    { jwk: rs },
    'cannotTell',
    /detached/,
  ],
  [
    'JSON general, both',
    general(make('RS256', rsa.privateKey), make('ES256', p256.privateKey)),
    { jwks: { keys: [rs, es] } },
    'valid',
  ],
  [
    'JSON general, the second',
    general(make('RS256', rsa.privateKey), make('ES256', p256.privateKey)),
    { jwk: es },
    'valid',
  ],
  [
    'JSON general, neither',
    general(make('RS256', rsa.privateKey), make('ES256', p256.privateKey)),
    { jwk: jwkOf(rsaOther.publicKey) },
    'invalid',
  ],
  ['JSON general, no key', general(make('RS256', rsa.privateKey), make('ES256', p256.privateKey)), {}, 'cannotTell'],
  ['JSON, all unprotected', unprotected({ alg: 'HS256' }, secret), { jwk: octOf(secret) }, 'valid'],
  [
    'JSON, crit unprotected',
    unprotected({ alg: 'HS256', crit: ['x'], x: 1 }, secret),
    { jwk: octOf(secret) },
    'invalid',
    /protected header/,
  ],
  [
    'JSON, a name in both',
    { ...parts(make('RS256', rsa.privateKey)), header: { alg: 'RS256' } },
    { jwk: rs },
    'invalid',
    /both/,
  ],
];

describe('signatures', () => {
  test.each(
    [...each, ...single].map(([what, token, keys, is, reason]) => ({ what, token, keys, is, reason: reason ?? /^/ })),
  )('$what', async ({ token, keys, is, reason }) => {
    const text = typeof token === 'string' ? token : JSON.stringify(token);
    const report = await inspectToken(text, { ...keys, now: NOW });
    expect([report.kind, report.signature, report.reason ?? '']).toEqual(['jws', is, expect.stringMatching(reason)]);
  });
});

test('a key that brings the certificate of another key is refused, with its own it is not', async () => {
  const made = await generate([{ name: 'commonName', value: 'as.example' }], { keyType: 'ec', algorithm: 'sha256' });
  const own = createPrivateKey(made.private);
  const x5c = [made.cert.replace(/-----[^-]+-----|\s/g, '')];
  const judged = async (key: KeyObject) => {
    const jwk = { ...(key.export({ format: 'jwk' }) as JWK), x5c };
    return (await inspectToken(make('ES256', key), { jwk, now: NOW })).reason ?? 'valid';
  };
  expect(await judged(own)).toBe('valid');
  expect(await judged(p256.privateKey)).toMatch(/^the signature matches, but the certificate in "x5c".*RFC 7517 §4.7/);
});

test('keys made by Node are read back', () => {
  expect(createPrivateKey({ key: jwkOf(rsa.privateKey) as never, format: 'jwk' }).type).toBe('private');
});
