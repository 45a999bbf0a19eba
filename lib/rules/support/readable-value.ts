import { isRecord, parseJson, textOf } from '../../http/params.ts';
import { base64urlText } from '../../token/base64url.ts';
import { readCompactJose } from '../../token/jose.ts';

/** A value that turned out to be data: JSON, a form, an address or a path, plain or in base64. */
export interface ReadableValue {
  /** Members of the object or fields of the form; those of nested objects follow. */
  readonly members: readonly Member[];
  /** The decoded text. */
  readonly text: string;
  /** Signed or sealed with a message authentication code: nobody can change it unnoticed. */
  readonly sealed: boolean;
}

export type Member = readonly [name: string, value: string];

/** Longer values are not taken apart. */
const MAX_LENGTH = 20_000;
const MAX_DEPTH = 4;

/** `null` where the value is opaque, as a random value is. */
export function readValue(value: string): ReadableValue | null {
  if (value.length > MAX_LENGTH) return null;
  const claims = readCompactJose(value)?.claims;
  if (claims) return { members: membersOf(claims, MAX_DEPTH), text: textOf(claims), sealed: true };
  const whole = readPlain(value);
  if (whole !== null) return whole;
  const authenticated = readAuthenticated(value);
  if (authenticated !== null) return authenticated;
  const parts = value.split('|').flatMap((part) => readPlain(part) ?? []);
  return parts.length === 0
    ? null
    : {
        members: parts.flatMap(({ members }) => members),
        text: parts.map(({ text }) => text).join(' '),
        sealed: parts.some(({ sealed }) => sealed),
      };
}

/** Data, a separator, and an authentication code of 128 bits or more. */
function readAuthenticated(value: string): ReadableValue | null {
  for (const { 0: separator, index } of value.matchAll(/--|[._|:-]/g)) {
    if (!CODE.test(value.slice(index + separator.length))) continue;
    const data = readPlain(value.slice(0, index));
    if (data !== null) return { ...data, sealed: true };
  }
  return null;
}

const CODE = /^(?:[0-9a-f]{32,128}|[A-Za-z0-9_-]{27,128}={0,2})$/i;

function readPlain(value: string): ReadableValue | null {
  for (const text of decodings(value)) {
    // A failed JSON.parse costs more than all the rest, and most values are random.
    const object = /^\s*\{/.test(text) ? parseJson(text) : undefined;
    if (isRecord(object)) {
      const members = membersOf(object, MAX_DEPTH);
      return { members, text, sealed: members.some(([name, code]) => MAC_NAME.test(name) && code.length >= 16) };
    }
    if (FORM.test(text)) return { members: [...new URLSearchParams(text)], text, sealed: false };
    if (ADDRESS.test(text) || PATH.test(text)) return { members: [], text, sealed: false };
  }
  return null;
}

const MAC_NAME = /^(sig|signature|hmac|mac|hash|digest)$/i;
/** A name and a value with something in it: the padding of base64 has nothing behind it. */
const FORM = /^[\w.-]{1,40}=[^=]/;
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/[^\s|]+$/i;
/** Standard base64 can begin with a slash, too, but its next characters are not all of lower case. */
const PATH = /^\/(?:[a-z][a-z0-9_.-]*(?:[/?#][^\s|]*)?)?$/;

/** The value as it stands, percent-decoded once more, and out of base64 where that gives text. */
function decodings(value: string): readonly string[] {
  const plain = percentDecoded(value);
  const text = base64urlText(plain.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_'));
  return text === null ? [value, plain] : [value, plain, text];
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function membersOf(object: Readonly<Record<string, unknown>>, depth: number): Member[] {
  return Object.entries(object).flatMap(([name, value]): Member[] => {
    if (isRecord(value) && depth > 0) return membersOf(value, depth - 1);
    return [[name, typeof value === 'string' ? value : value === null ? 'null' : textOf(value)]];
  });
}
