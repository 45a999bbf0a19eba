import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { type JsonNote, type JsonValue, parseJsonText } from './json-text.ts';

export type TokenPart = 'header' | 'payload' | 'signature' | 'structure';

/** Where a token is broken. */
export interface TokenError {
  readonly part: TokenPart;
  /** Index into the whole token, from 0. For JSON inside a part: the character whose bytes hold the error. */
  readonly at: number;
  readonly message: string;
}

export type JsonObject = { readonly [name: string]: JsonValue };

/** A JWS payload that is no JSON stays as its exact bytes. */
export type Payload = JsonValue | { readonly base64url: string };

export interface DecodedToken {
  /** `unknown` where anything is broken; then `error` says what and where. */
  readonly kind: 'jws' | 'jwe' | 'unknown';
  readonly header?: JsonObject;
  readonly payload?: Payload;
  readonly error?: TokenError;
  /** Things that a lenient reader would pass over. */
  readonly notes: readonly (JsonNote & { readonly part: TokenPart })[];
  /** Start and end of each dot-separated part in the token. */
  readonly parts: readonly (readonly [start: number, end: number])[];
}

/** Takes a compact JWS (RFC 7515 §7.1) or JWE (RFC 7516 §7.1) apart. Never throws; checks no signature. */
export function decodeToken(token: string): DecodedToken {
  const parts = splitAtDots(token);
  const [headerPart, payloadPart] = parts;
  const notes: (JsonNote & { part: TokenPart })[] = [];
  const broken = (error: TokenError, header?: JsonObject): DecodedToken => ({
    kind: 'unknown',
    ...(header ? { header } : {}),
    error,
    notes,
    parts,
  });
  if (token === '') return broken({ part: 'structure', at: 0, message: 'empty' });
  if (headerPart === undefined || parts.length < 2) {
    return broken({
      part: 'structure',
      at: token.length,
      message: 'no dot: a JWS has three parts and a JWE five, separated by dots',
    });
  }
  const header = decodeObject(token, headerPart);
  if ('error' in header) return broken(header.error);
  notes.push(...header.notes.map((note) => ({ ...note, part: 'header' as const })));
  if (parts.length !== 3 && parts.length !== 5) {
    const message = `${parts.length} parts: a JWS has three and a JWE five`;
    return broken({ part: 'structure', at: extraDot(parts), message }, header.value);
  }
  if (typeof header.value['alg'] !== 'string') {
    return broken({ part: 'header', at: 0, message: 'the header has no "alg" (RFC 7515 §4.1.1)' }, header.value);
  }
  if (parts.length === 5) return decodeJwe(token, parts, header.value, notes, broken);

  const unencoded = header.value['b64'] === false;
  const payload = unencoded ? { payload: textPayload(token, payloadPart) } : decodePayload(token, payloadPart);
  if ('error' in payload) return broken(payload.error, header.value);
  if ('notes' in payload) notes.push(...payload.notes.map((note) => ({ ...note, part: 'payload' as const })));
  const signature = checkBytes(token, parts[2], 'signature');
  if (signature !== null) return broken(signature, header.value);
  return { kind: 'jws', header: header.value, payload: payload.payload, notes, parts };
}

function decodeJwe(
  token: string,
  parts: DecodedToken['parts'],
  header: JsonObject,
  notes: DecodedToken['notes'],
  broken: (error: TokenError, header?: JsonObject) => DecodedToken,
): DecodedToken {
  for (const index of [1, 2, 3, 4]) {
    const error = checkBytes(token, parts[index], index === 4 ? 'signature' : 'payload');
    if (error !== null) return broken(error, header);
  }
  if (typeof header['enc'] !== 'string') {
    return broken({ part: 'header', at: 0, message: 'the header of a JWE has no "enc" (RFC 7516 §4.1.2)' }, header);
  }
  return { kind: 'jwe', header, notes, parts };
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
  if ('error' in result) return { error: { part, at: start + result.error.at, message: result.error.message } };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(result.bytes) };
  } catch {
    return { error: { part, at: start + invalidUtf8(result.bytes), message: 'the bytes are no UTF-8 text' } };
  }
}

/** Index of the base64url character that begins the first byte which is no UTF-8. */
function invalidUtf8(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  const fine = (length: number): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (fine(middle)) low = middle;
    else high = middle - 1;
  }
  return Math.floor((low * 4) / 3);
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
  span: Span | undefined,
): { payload: Payload; notes: readonly JsonNote[] } | { error: TokenError } {
  const [start, end] = span ?? [token.length, token.length];
  const encoded = token.slice(start, end);
  const bytes = decodeBase64url(encoded);
  if ('error' in bytes) {
    return { error: { part: 'payload', at: start + bytes.error.at, message: bytes.error.message } };
  }
  const text = decodeText(token, [start, end], 'payload');
  // RFC 7515 §3: the payload of a JWS may be any bytes.
  if ('error' in text) return { payload: { base64url: encoded }, notes: [] };
  const json = parseJsonText(text.text);
  if (!('error' in json)) return { payload: json.value, notes: json.notes };
  const looksLikeClaims = text.text.trimStart().startsWith('{');
  return looksLikeClaims
    ? { error: inToken(json.error, text.text, [start, end], 'payload') }
    : { payload: { base64url: encoded }, notes: [] };
}

/** RFC 7797 §5.2: the payload stands in the token as it is. */
function textPayload(token: string, span: Span | undefined): Payload {
  const text = token.slice(...(span ?? [token.length, token.length]));
  return { base64url: encodeBase64url(new TextEncoder().encode(text)) };
}

function inToken(error: JsonNote, text: string, [start, end]: Span, part: TokenPart): TokenError {
  const bytes = new TextEncoder().encode(text.slice(0, error.at)).length;
  const at = Math.min(start + Math.floor((bytes * 4) / 3), Math.max(start, end - 1));
  return { part, at, message: `the ${part} is no JSON: ${error.message} at character ${error.at} of its text` };
}
