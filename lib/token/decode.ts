import type { FlattenedJWE } from 'jose';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { type JsonNote, type JsonObject, type JsonPath, type JsonValue, parseJsonText, placeOf } from './json-text.ts';

export type { JsonObject };

export type TokenPart = 'header' | 'payload' | 'signature' | 'structure';

/** Where a token is broken. */
export interface TokenError {
  readonly part: TokenPart;
  /** Index into the whole token, from 0. For JSON inside a part: the character whose bytes hold the error. */
  readonly at: number;
  readonly message: string;
}

/** A JWS payload that is no JSON stays as its exact bytes. */
export type Payload = JsonValue | { readonly base64url: string };

/** One signature with the headers that belong to it; a compact JWS has one (RFC 7515 §7). */
export interface SignedPart {
  /** Both headers in one. */
  readonly header: JsonObject;
  readonly protectedHeader: JsonObject;
  /** Exactly as encoded; absent where nothing is protected. */
  readonly protected?: string;
  readonly unprotected?: JsonObject;
  /** base64url. */
  readonly signature: string;
}

/** One recipient with the headers that belong to it; a compact JWE has one (RFC 7516 §7). */
export interface EncryptedPart {
  /** All headers in one. */
  readonly header: JsonObject;
  readonly protectedHeader: JsonObject;
  readonly jwe: FlattenedJWE;
}

export interface DecodedToken {
  /** `unknown` where anything is broken; then `error` says what and where. */
  readonly kind: 'jws' | 'jwe' | 'unknown';
  readonly serialization: 'compact' | 'json';
  /** Of the first signature or recipient. */
  readonly header?: JsonObject;
  readonly payload?: Payload;
  readonly error?: TokenError;
  /** Things that a lenient reader would pass over. */
  readonly notes: readonly (JsonNote & { readonly part: TokenPart })[];
  /** Start and end of each dot-separated part in the token; of a JSON serialization, of all of it. */
  readonly parts: readonly Span[];
  readonly signatures: readonly SignedPart[];
  /** What stands between header and signature when they are signed; `null` where it is not in the token. */
  readonly signedPayload: string | Uint8Array | null;
  readonly recipients: readonly EncryptedPart[];
}

/** What a decoder hands on besides what it found. */
type Found = Omit<DecodedToken, 'parts' | 'serialization' | 'notes'>;
type Notes = (JsonNote & { readonly part: TokenPart })[];

const NOTHING = { signatures: [], signedPayload: null, recipients: [] } as const;

const broken = (error: TokenError, header?: JsonObject): Found => ({
  kind: 'unknown',
  ...(header ? { header } : {}),
  error,
  ...NOTHING,
});

/** Takes a JWS (RFC 7515 §7) or JWE (RFC 7516 §7) apart, compact or JSON. Never throws; checks no signature. */
export function decodeToken(token: string): DecodedToken {
  const notes: Notes = [];
  if (/^[ \t\r\n]*\{/.test(token)) {
    return { ...decodeJson(token, notes), serialization: 'json', notes, parts: [[0, token.length]] };
  }
  const parts = splitAtDots(token);
  return { ...decodeCompact(token, parts, notes), serialization: 'compact', notes, parts };
}

function decodeCompact(token: string, parts: readonly Span[], notes: Notes): Found {
  const [headerPart, payloadPart, third] = parts;
  if (token === '') return broken({ part: 'structure', at: 0, message: 'empty' });
  if (headerPart === undefined || parts.length < 2) {
    return broken({
      part: 'structure',
      at: token.length,
      message: 'no dot: a JWS has three parts and a JWE five, separated by dots',
    });
  }
  const header = decodeObject(token, headerPart);
  if ('error' in header) return broken(inFront(token, header.error));
  notes.push(...header.notes.map((note) => ({ ...note, part: 'header' as const })));
  if (parts.length !== 3 && parts.length !== 5) {
    const unencoded =
      header.value['b64'] === false ? '; an unencoded payload with a dot in it has to be detached (RFC 7797 §5.2)' : '';
    const message = `${parts.length} parts: a JWS has three and a JWE five${unencoded}`;
    return broken({ part: 'structure', at: extraDot(parts), message }, header.value);
  }
  if (typeof header.value['alg'] !== 'string') {
    return broken({ part: 'header', at: 0, message: 'the header has no "alg" (RFC 7515 §4.1.1)' }, header.value);
  }
  const text = (span: Span | undefined): string => token.slice(...(span ?? [token.length, token.length]));
  if (parts.length === 5) return decodeCompactJwe(token, parts, header.value);

  const encoded = text(payloadPart);
  const unencoded = header.value['b64'] === false;
  const payload = unencoded
    ? { payload: textPayload(encoded), notes: [] }
    : decodePayload(token, payloadPart ?? [token.length, token.length]);
  if ('error' in payload) return broken(payload.error, header.value);
  notes.push(...payload.notes.map((note) => ({ ...note, part: 'payload' as const })));
  const signature = checkBytes(token, third, 'signature');
  if (signature !== null) return broken(signature, header.value);
  return {
    kind: 'jws',
    header: header.value,
    payload: payload.payload,
    signatures: [
      { header: header.value, protectedHeader: header.value, protected: text(headerPart), signature: text(third) },
    ],
    signedPayload: unencoded ? new TextEncoder().encode(encoded) : encoded,
    recipients: [],
  };
}

/** What people copy along with a token is said by its name. */
function inFront(token: string, error: TokenError): TokenError {
  const found = /^(?:(?:proxy-)?authorization\s*:\s*)?(bearer|dpop|basic)(?=\s)|^["'`<]/i.exec(token);
  if (found === null || error.at > found[0].length) return error;
  const [quote, scheme] = found;
  const what = scheme === undefined ? `the sign ${quote}` : `the scheme "${scheme}"`;
  return { ...error, message: `${error.message}: ${what} stands in front of the token` };
}

function decodeCompactJwe(token: string, parts: readonly Span[], header: JsonObject): Found {
  for (const index of [1, 2, 3, 4]) {
    const error = checkBytes(token, parts[index], index === 4 ? 'signature' : 'payload');
    if (error !== null) return broken(error, header);
  }
  if (typeof header['enc'] !== 'string') {
    return broken({ part: 'header', at: 0, message: 'the header of a JWE has no "enc" (RFC 7516 §4.1.2)' }, header);
  }
  const [encodedHeader = '', key = '', iv = '', ciphertext = '', tag = ''] = parts.map((span) => token.slice(...span));
  const jwe = {
    protected: encodedHeader,
    ...(key === '' ? {} : { encrypted_key: key }),
    ...(iv === '' ? {} : { iv }),
    ciphertext,
    ...(tag === '' ? {} : { tag }),
  };
  return {
    kind: 'jwe',
    header,
    signatures: [],
    signedPayload: null,
    recipients: [{ header, protectedHeader: header, jwe }],
  };
}

/** The JSON serializations, general and flattened (RFC 7515 §7.2, RFC 7516 §7.2). */
function decodeJson(token: string, notes: Notes): Found {
  const json = parseJsonText(token);
  if ('error' in json) {
    return broken({ part: 'structure', at: json.error.at, message: `not JSON: ${json.error.message}` });
  }
  notes.push(...json.notes.map((note) => ({ ...note, part: 'structure' as const })));
  const { value } = json;
  if (!isObject(value)) return broken({ part: 'structure', at: 0, message: 'not a JSON object' });
  const signature = ['signature', 'signatures'].find((name) => name in value);
  if ('ciphertext' in value && signature !== undefined) {
    const message = `"ciphertext" makes it a JWE and "${signature}" a JWS: it cannot be both (RFC 7516 §9)`;
    return broken({ part: 'structure', at: nameAt(token, [signature]), message });
  }
  if ('ciphertext' in value) return decodeJsonJwe(token, value, notes);
  if (signature !== undefined) return decodeJsonJws(token, value, notes);
  if (['iv', 'tag', 'encrypted_key', 'recipients'].some((name) => name in value)) {
    return broken({ part: 'payload', at: token.length, message: 'a JWE has to have "ciphertext" (RFC 7516 §7.2.1)' });
  }
  if ('payload' in value && 'protected' in value) {
    return broken({ part: 'signature', at: token.length, message: 'a JWS has to have "signature" (RFC 7515 §7.2)' });
  }
  const message = 'a JSON object with neither "signature", "signatures" nor "ciphertext" is no JWS and no JWE';
  return broken({ part: 'structure', at: token.length, message });
}

/** The two syntaxes in one object: readers would differ in which one they take. */
function bothSyntaxes(token: string, value: JsonObject, list: string, flattened: readonly string[]): TokenError | null {
  const name = value[list] === undefined ? undefined : flattened.find((one) => value[one] !== undefined);
  if (name === undefined) return null;
  const section = list === 'signatures' ? 'RFC 7515 §7.2.2' : 'RFC 7516 §7.2.2';
  return {
    part: 'structure',
    at: nameAt(token, [name]),
    message: `"${name}" and "${list}" exclude each other (${section})`,
  };
}

function decodeJsonJws(token: string, value: JsonObject, notes: Notes): Found {
  const listed = value['signatures'];
  const both = bothSyntaxes(token, value, 'signatures', ['signature', 'protected', 'header']);
  if (both !== null) return broken(both);
  if (listed !== undefined && (!Array.isArray(listed) || listed.length === 0)) {
    const message = '"signatures" is no list of signatures (RFC 7515 §7.2.1)';
    return broken({ part: 'structure', at: nameAt(token, ['signatures']), message });
  }
  const signatures: SignedPart[] = [];
  const entries = Array.isArray(listed) ? (listed as readonly JsonValue[]) : [value];
  for (const [index, entry] of entries.entries()) {
    const signed = decodeSigned(token, entry, listed === undefined ? [] : ['signatures', index], notes);
    if ('error' in signed) return broken(signed.error, signed.header);
    signatures.push(signed);
  }
  const header = signatures[0]?.header ?? {};
  const encoded = value['payload'];
  if (encoded === undefined) return { kind: 'jws', header, signatures, signedPayload: null, recipients: [] };
  if (typeof encoded !== 'string') {
    return broken({ part: 'payload', at: nameAt(token, ['payload']), message: '"payload" is no text' }, header);
  }
  const unencoded = header['b64'] === false;
  const payload = unencoded
    ? { payload: textPayload(encoded), notes: [] }
    : moved(decodePayload(encoded, [0, encoded.length]), textAt(token, ['payload']));
  if ('error' in payload) return broken(payload.error, header);
  notes.push(...payload.notes.map((note) => ({ ...note, part: 'payload' as const })));
  return {
    kind: 'jws',
    header,
    payload: payload.payload,
    signatures,
    signedPayload: unencoded ? new TextEncoder().encode(encoded) : encoded,
    recipients: [],
  };
}

type BrokenPart = { readonly error: TokenError; readonly header?: JsonObject };

function decodeSigned(token: string, entry: JsonValue, path: JsonPath, notes: Notes): SignedPart | BrokenPart {
  if (!isObject(entry)) {
    return { error: { part: 'structure', at: nameAt(token, path), message: 'a signature is no object' } };
  }
  const headers = decodeHeaders(
    token,
    [[...path, 'protected'], entry['protected']],
    [[[...path, 'header'], entry['header']]],
    notes,
  );
  if ('error' in headers) return headers;
  const { header, protectedHeader, encoded } = headers;
  const signature = entry['signature'];
  if (typeof signature !== 'string') {
    const message = 'a signature has no text "signature"';
    return { error: { part: 'signature', at: nameAt(token, [...path, 'signature']), message }, header };
  }
  const bytes = decodeBase64url(signature);
  if ('error' in bytes) {
    const at = textAt(token, [...path, 'signature']) + bytes.error.at;
    return { error: { part: 'signature', at, message: bytes.error.message }, header };
  }
  const unprotected = entry['header'];
  return {
    header,
    protectedHeader,
    ...(encoded === undefined ? {} : { protected: encoded }),
    ...(unprotected !== undefined && isObject(unprotected) ? { unprotected } : {}),
    signature,
  };
}

interface Headers {
  readonly header: JsonObject;
  readonly protectedHeader: JsonObject;
  readonly encoded: string | undefined;
}

/** A member and where it stands. */
type Placed = readonly [path: JsonPath, value: JsonValue | undefined];

function decodeHeaders(
  token: string,
  [path, encoded]: Placed,
  unprotected: readonly Placed[],
  notes: Notes,
): Headers | BrokenPart {
  const fail = (of: JsonPath, message: string, header?: JsonObject): BrokenPart => ({
    error: { part: 'header', at: nameAt(token, of), message },
    ...(header ? { header } : {}),
  });
  if (encoded !== undefined && typeof encoded !== 'string') return fail(path, '"protected" is no text');
  let protectedHeader: JsonObject = {};
  if (encoded !== undefined && encoded !== '') {
    const found = decodeObject(encoded, [0, encoded.length]);
    if ('error' in found) return moved(found, textAt(token, path));
    protectedHeader = found.value;
    notes.push(...found.notes.map((note) => ({ ...note, part: 'header' as const })));
  }
  const open: JsonObject[] = [];
  for (const [of, value] of unprotected) {
    if (value === undefined) continue;
    if (!isObject(value)) return fail(of, 'an unprotected header is no object', protectedHeader);
    open.push(value);
  }
  const header = Object.assign({}, ...open, protectedHeader) as JsonObject;
  if (typeof header['alg'] !== 'string') return fail(path, 'the header has no "alg" (RFC 7515 §4.1.1)', header);
  return { header, protectedHeader, encoded: encoded === '' ? undefined : encoded };
}

function decodeJsonJwe(token: string, value: JsonObject, notes: Notes): Found {
  const listed = value['recipients'];
  const both = bothSyntaxes(token, value, 'recipients', ['encrypted_key', 'header']);
  if (both !== null) return broken(both);
  if (listed !== undefined && (!Array.isArray(listed) || listed.length === 0)) {
    const message = '"recipients" is no list of recipients (RFC 7516 §7.2.1)';
    return broken({ part: 'structure', at: nameAt(token, ['recipients']), message });
  }
  const recipients: EncryptedPart[] = [];
  const entries = Array.isArray(listed) ? (listed as readonly JsonValue[]) : [value];
  for (const [index, entry] of entries.entries()) {
    const path = listed === undefined ? [] : ['recipients', index];
    if (!isObject(entry)) {
      return broken({ part: 'structure', at: nameAt(token, path), message: 'a recipient is no object' });
    }
    const headers = decodeHeaders(
      token,
      [['protected'], value['protected']],
      [
        [['unprotected'], value['unprotected']],
        [[...path, 'header'], entry['header']],
      ],
      notes,
    );
    if ('error' in headers) return broken(headers.error, headers.header);
    const { header, protectedHeader } = headers;
    if (typeof header['enc'] !== 'string') {
      const message = 'the header of a JWE has no "enc" (RFC 7516 §4.1.2)';
      return broken({ part: 'header', at: nameAt(token, ['protected']), message }, header);
    }
    const names = ['protected', 'unprotected', 'iv', 'aad', 'ciphertext', 'tag'];
    const shared = Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
    const own = Object.fromEntries(
      Object.entries(entry).filter(([name]) => ['header', 'encrypted_key'].includes(name)),
    );
    for (const [name, text] of Object.entries({ ...shared, ...own })) {
      if (['protected', 'unprotected', 'header'].includes(name)) continue;
      const part = name === 'tag' ? 'signature' : 'payload';
      const of = name === 'encrypted_key' ? [...path, name] : [name];
      if (typeof text !== 'string') {
        return broken({ part, at: nameAt(token, of), message: `"${name}" is no text` }, header);
      }
      const bytes = decodeBase64url(text);
      if ('error' in bytes) {
        return broken({ part, at: textAt(token, of) + bytes.error.at, message: bytes.error.message }, header);
      }
    }
    recipients.push({ header, protectedHeader, jwe: { ...shared, ...own } as unknown as FlattenedJWE });
  }
  const header = recipients[0]?.header ?? {};
  return { kind: 'jwe', header, signatures: [], signedPayload: null, recipients };
}

/** Where a member stands in the JSON text; its end where it is absent. */
function nameAt(token: string, path: JsonPath): number {
  return placeOf(token, path)?.name ?? token.length;
}

/** Where the text of a string member begins. */
function textAt(token: string, path: JsonPath): number {
  return (placeOf(token, path)?.value ?? -1) + 1;
}

/** An error in a member's value, placed in the whole text. */
function moved<T extends object>(found: T, by: number): T {
  if (!('error' in found)) return found;
  const error = found.error as TokenError;
  return { ...found, error: { ...error, at: error.at + by } };
}

type Span = readonly [start: number, end: number];

function splitAtDots(token: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  // Hostile input may have a million dots; more than six parts say all there is to say.
  for (let at = token.indexOf('.'); at >= 0 && spans.length < 6; at = token.indexOf('.', start)) {
    spans.push([start, at]);
    start = at + 1;
  }
  spans.push([start, token.length]);
  return spans;
}

function extraDot(parts: readonly Span[]): number {
  const expected = parts.length >= 6 ? 5 : Math.min(parts.length, 3);
  return parts[expected - 1]?.[1] ?? 0;
}

function checkBytes(token: string, span: Span | undefined, part: TokenPart): TokenError | null {
  const [start, end] = span ?? [token.length, token.length];
  const result = decodeBase64url(token.slice(start, end));
  return 'error' in result ? { part, at: start + result.error.at, message: result.error.message } : null;
}

function decodeText(token: string, [start, end]: Span, part: TokenPart): { text: string } | { error: TokenError } {
  const result = decodeBase64url(token.slice(start, end));
  return 'error' in result
    ? { error: { part, at: start + result.error.at, message: result.error.message } }
    : textOf(result.bytes, start, part);
}

function textOf(bytes: Uint8Array, start: number, part: TokenPart): { text: string } | { error: TokenError } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { error: { part, at: start + invalidUtf8(bytes), message: 'the bytes are no UTF-8 text' } };
  }
}

/** Index of the base64url character that holds the first byte of the first sequence which is no UTF-8. */
function invalidUtf8(bytes: Uint8Array): number {
  const start = (length: number): string | null => {
    try {
      const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
      return decoder.decode(bytes.subarray(0, length), { stream: true });
    } catch {
      return null;
    }
  };
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (start(middle) === null) high = middle - 1;
    else low = middle;
  }
  // What the decoder still holds back is the beginning of the broken sequence.
  const whole = new TextEncoder().encode(start(low) ?? '').length;
  return Math.floor((whole * 4) / 3);
}

function decodeObject(
  token: string,
  span: Span,
): { value: JsonObject; notes: readonly JsonNote[] } | { error: TokenError } {
  if (span[0] === span[1]) return { error: { part: 'header', at: span[0], message: 'the header is empty' } };
  const text = decodeText(token, span, 'header');
  if ('error' in text) return text;
  const json = parseJsonText(text.text);
  if ('error' in json) return { error: inToken(json.error, text.text, span, 'header') };
  if (!isObject(json.value)) return { error: { part: 'header', at: span[0], message: 'the header is no JSON object' } };
  return { value: json.value, notes: json.notes };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decodePayload(
  token: string,
  span: Span,
): { payload: Payload; notes: readonly JsonNote[] } | { error: TokenError } {
  const [start, end] = span;
  const encoded = token.slice(start, end);
  const bytes = decodeBase64url(encoded);
  if ('error' in bytes) {
    return { error: { part: 'payload', at: start + bytes.error.at, message: bytes.error.message } };
  }
  const text = textOf(bytes.bytes, start, 'payload');
  // RFC 7515 §3: the payload of a JWS may be any bytes. What begins like claims is meant to be claims.
  if ('error' in text) {
    const meant = bytes.bytes[0] === 0x7b && bytes.bytes[1] === 0x22;
    return meant ? text : { payload: { base64url: encoded }, notes: [] };
  }
  const json = parseJsonText(text.text);
  if (!('error' in json)) return { payload: json.value, notes: json.notes };
  return text.text.trimStart().startsWith('{')
    ? { error: inToken(json.error, text.text, span, 'payload') }
    : { payload: { base64url: encoded }, notes: [] };
}

/** RFC 7797 §5.2: the payload stands in the token as it is. */
function textPayload(text: string): Payload {
  return { base64url: encodeBase64url(new TextEncoder().encode(text)) };
}

function inToken(error: JsonNote, text: string, [start, end]: Span, part: TokenPart): TokenError {
  const bytes = new TextEncoder().encode(text.slice(0, error.at)).length;
  const at = Math.min(start + Math.floor((bytes * 4) / 3), Math.max(start, end - 1));
  return { part, at, message: `the ${part} is no JSON: ${error.message} at character ${error.at} of its text` };
}
