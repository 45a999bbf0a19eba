import type { JWK } from 'jose';
import { table } from '../model/table.ts';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { convert } from './convert.ts';
import {
  BIT_STRING,
  type DerElement,
  DerError,
  expected,
  INTEGER,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  oidOf,
  only,
  readDer,
  SEQUENCE,
  unsigned,
  writeDer,
  writeOid,
} from './der.ts';

/** A key out of PEM or a certificate, as a JWK. */
export type PemKey =
  /** `at`: index of its first character. */
  { readonly jwk: JWK; readonly at: number } | { readonly error: { readonly at: number; readonly message: string } };

/** Blocks of PEM that hold a key (RFC 7468, RFC 8017 appendix A.1, RFC 5915). */
const READERS = table<(bytes: Uint8Array) => JWK>({
  'PUBLIC KEY': fromSpki,
  'PRIVATE KEY': fromPkcs8,
  CERTIFICATE: fromCertificate,
  'X509 CERTIFICATE': fromCertificate,
  'RSA PUBLIC KEY': rsaPublic,
  'RSA PRIVATE KEY': rsaPrivate,
  'EC PRIVATE KEY': (bytes) => ecPrivate(bytes, null),
});

/** The keys of every block of a PEM text, in their order; a private one may lack its public half. Never throws. */
export function readPem(text: string): readonly PemKey[] {
  const found: PemKey[] = [];
  for (const block of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)(-----END \1-----)?/g)) {
    const [, label = '', body = '', end] = block;
    const start = block.index + label.length + '-----BEGIN -----'.length;
    if (label === 'EC PARAMETERS') continue;
    if (end === undefined)
      found.push({ error: { at: start + body.length, message: `-----END ${label}----- is missing` } });
    else found.push(readBlock(label, body, start));
  }
  return found;
}

function readBlock(label: string, body: string, start: number): PemKey {
  const failed = (message: string, at = start): PemKey => ({ error: { at, message } });
  if (/^\s*Proc-Type:|ENCRYPTED/.test(`${body.slice(0, 40)} ${label}`)) {
    return failed('the key is encrypted with a password: decrypt it first');
  }
  const reader = READERS[label];
  if (reader === undefined) return failed(`"${label}" holds no key that is known here`);
  const made = convert(body.replace(/\s+/g, ''), 'base64');
  if ('error' in made) {
    // Back to the place in the text, over its line breaks.
    let left = made.error.at;
    let at = 0;
    while (at < body.length && (left > 0 || /\s/.test(body.charAt(at)))) {
      if (!/\s/.test(body.charAt(at))) left--;
      at++;
    }
    return failed(made.error.message, start + at);
  }
  return readKey(label, bytesOf(made.values.hex), reader, start);
}

/** A certificate in base64, as `x5c` holds it (RFC 7517 §4.7). Never throws. */
export function readCertificate(base64: string): PemKey {
  const made = convert(base64.replace(/\s+/g, ''), 'base64');
  if ('error' in made) return { error: made.error };
  return readKey('CERTIFICATE', bytesOf(made.values.hex), fromCertificate, 0);
}

function readKey(label: string, bytes: Uint8Array, reader: (bytes: Uint8Array) => JWK, at: number): PemKey {
  try {
    return { jwk: reader(bytes), at };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return { error: { at, message: `this is no ${label.toLowerCase()}: ${error.message}` } };
  }
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}

/** RFC 5280 §4.1: the key of a certificate; nothing else of it is looked at. */
function fromCertificate(bytes: Uint8Array): JWK {
  const [tbs] = readDer(only(bytes, SEQUENCE).content);
  const fields = readDer(expected(tbs, SEQUENCE).content);
  // The version is explicit from v2 on; then serial, algorithm, issuer, validity, subject.
  const first = fields[0]?.tag === 0xa0 ? 1 : 0;
  return spki(expected(fields[first + 5], SEQUENCE));
}

function fromSpki(bytes: Uint8Array): JWK {
  return spki(only(bytes, SEQUENCE));
}

const RSA_OIDS = ['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.10', '1.2.840.113549.1.1.7'];
const EC_OID = '1.2.840.10045.2.1';
const EC_CURVES: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
  '1.3.132.0.10': 'secp256k1',
};
const OKP_CURVES: Readonly<Record<string, string>> = {
  '1.3.101.110': 'X25519',
  '1.3.101.111': 'X448',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
};

function algorithmOf(element: DerElement | undefined): { readonly oid: string; readonly curve: string | null } {
  const [oid, parameter] = readDer(expected(element, SEQUENCE).content);
  const curve = parameter?.tag === OBJECT_IDENTIFIER ? oidOf(parameter) : null;
  return { oid: oidOf(expected(oid, OBJECT_IDENTIFIER)), curve };
}

/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). */
function spki({ content }: DerElement): JWK {
  const [algorithm, bits] = readDer(content);
  const { oid, curve } = algorithmOf(algorithm);
  // The first byte counts unused bits, of which a key has none.
  const key = expected(bits, BIT_STRING).content.subarray(1);
  if (RSA_OIDS.includes(oid)) return rsaPublic(key);
  if (oid === EC_OID) return { kty: 'EC', ...ecPoint(key, curveOf(curve)) };
  return { kty: 'OKP', crv: okpOf(oid), x: encodeBase64url(key) };
}

/** PKCS #8 (RFC 5958 §2). */
function fromPkcs8(bytes: Uint8Array): JWK {
  const [, algorithm, key] = readDer(only(bytes, SEQUENCE).content);
  const { oid, curve } = algorithmOf(algorithm);
  const { content } = expected(key, OCTET_STRING);
  if (RSA_OIDS.includes(oid)) return rsaPrivate(content);
  if (oid === EC_OID) return ecPrivate(content, curveOf(curve));
  const crv = okpOf(oid);
  const attached = readDer(only(bytes, SEQUENCE).content).find(({ tag }) => tag === 0x81 || tag === 0xa1);
  const d = encodeBase64url(only(content, OCTET_STRING).content);
  const own = { kty: 'OKP', crv, d } as const;
  return attached === undefined ? own : { ...own, x: encodeBase64url(attached.content.subarray(1)) };
}

function rsaPublic(bytes: Uint8Array): JWK {
  const [n, e] = readDer(only(bytes, SEQUENCE).content);
  return { kty: 'RSA', n: number(n), e: number(e) };
}

function rsaPrivate(bytes: Uint8Array): JWK {
  const [, n, e, d, p, q, dp, dq, qi] = readDer(only(bytes, SEQUENCE).content);
  return {
    kty: 'RSA',
    n: number(n),
    e: number(e),
    d: number(d),
    p: number(p),
    q: number(q),
    dp: number(dp),
    dq: number(dq),
    qi: number(qi),
  };
}

/** ECPrivateKey (RFC 5915 §3). */
function ecPrivate(bytes: Uint8Array, named: string | null): JWK {
  const [, key, ...rest] = readDer(only(bytes, SEQUENCE).content);
  const inside = (tag: number): DerElement | undefined => {
    const found = rest.find((element) => element.tag === tag);
    return found === undefined ? undefined : readDer(found.content)[0];
  };
  const own = inside(0xa0);
  const crv = named ?? curveOf(own === undefined ? null : oidOf(own));
  const point = inside(0xa1);
  const d = encodeBase64url(expected(key, OCTET_STRING).content);
  if (point === undefined) return { kty: 'EC', crv, d };
  return { kty: 'EC', ...ecPoint(expected(point, BIT_STRING).content.subarray(1), crv), d };
}

/** PKCS #8 of a private key on a curve, without its public half (RFC 5958 §2, RFC 5915 §3, RFC 8410 §7). */
export function toPkcs8({ kty, crv, d }: JWK): Uint8Array | null {
  const named = Object.entries(kty === 'EC' ? EC_CURVES : OKP_CURVES).find(([, name]) => name === crv);
  const bytes = decodeBase64url(d ?? '');
  if (named === undefined || 'error' in bytes) return null;
  const [oid] = named;
  const secret = writeDer(OCTET_STRING, bytes.bytes);
  const [algorithm, key] =
    kty === 'EC'
      ? [[writeOid(EC_OID), writeOid(oid)], writeDer(SEQUENCE, writeDer(INTEGER, Uint8Array.of(1)), secret)]
      : [[writeOid(oid)], secret];
  return writeDer(
    SEQUENCE,
    writeDer(INTEGER, Uint8Array.of(0)),
    writeDer(SEQUENCE, ...algorithm),
    writeDer(OCTET_STRING, key),
  );
}

function ecPoint(bytes: Uint8Array, crv: string): { readonly crv: string; readonly x: string; readonly y: string } {
  if (bytes[0] !== 4 || bytes.length % 2 === 0)
    throw new DerError('its point is compressed, which browsers cannot read');
  const half = (bytes.length - 1) / 2;
  return { crv, x: encodeBase64url(bytes.subarray(1, 1 + half)), y: encodeBase64url(bytes.subarray(1 + half)) };
}

function curveOf(oid: string | null): string {
  const crv = oid === null ? undefined : EC_CURVES[oid];
  if (crv === undefined) throw new DerError(`its curve ${oid ?? ''} is unknown here`);
  return crv;
}

function okpOf(oid: string): string {
  const crv = OKP_CURVES[oid];
  if (crv === undefined) throw new DerError(`its algorithm ${oid} is unknown here`);
  return crv;
}

function number(element: DerElement | undefined): string {
  return encodeBase64url(unsigned(expected(element, INTEGER)));
}
