import { isRecord, parseJson, wordOf } from '../http/params.ts';
import type { Redacted } from '../model/redacted.ts';
import { decodeBase64url } from '../token/base64url.ts';
import { convert } from '../token/convert.ts';
import { decodeToken } from '../token/decode.ts';
import type { TokenReport } from '../token/inspect.ts';
import { parseJsonText } from '../token/json-text.ts';
import { namedReport } from '../token/kind.ts';
import type { Pasted } from '../token/paste.ts';
import { decodeSdJwt, isSdJwt } from '../token/sd-jwt.ts';
import { visible } from './text.ts';
import type { PieceView } from './token.ts';
import { tokenHeading } from './token-heading.ts';
import { PARAM_MEANINGS, pasteWords } from './words-paste.ts';
import { tokenWords } from './words-token.ts';

/** One thing in the paste, as a line that opens its card. */
export interface CardHead {
  readonly title: string;
  /** Where in the paste it was. */
  readonly from: string | null;
}

export interface PastedRow {
  readonly name: string;
  readonly value: string;
  /** Whether the raw value is behind a press. */
  readonly masked: boolean;
  readonly meaning: string | null;
}

/** What is said of a thing that is no token. */
export interface CardView {
  readonly title: string;
  /** Sentences. */
  readonly says: readonly string[];
  /** Something in it that should not lie about. */
  readonly warns: readonly string[];
  readonly rows: readonly PastedRow[];
}

const VALUE_CAP = 300;
/** Keys of a set that are listed. */
const LISTED = 100;

export function cardHeads(things: readonly Pasted[]): readonly CardHead[] {
  return things.map((thing) => ({
    title: thing.kind === 'token' ? headingOf(thing) : pasteWords.kind[thing.kind],
    from: thing.from === null ? null : pasteWords.from(visible(thing.from, 40)),
  }));
}

function headingOf({ text, from }: Pasted): string {
  const { kind, header, payload } = isSdJwt(text) ? decodeSdJwt(text).issuer : decodeToken(text);
  if (kind === 'unknown') return tokenWords.broken.heading;
  const report: TokenReport = {
    kind: isSdJwt(text) ? 'sdJwt' : kind,
    ...(header === undefined ? {} : { header }),
    ...(payload === undefined ? {} : { payload }),
    signature: 'cannotTell',
    time: 'unknown',
  };
  return tokenHeading(namedReport(report, from));
}

/** Whether the thing is read as a token: it is one, or nothing that is known, which is then said with its place. */
export function isReadAsToken({ kind, values, text }: Pasted): boolean {
  return (
    kind === 'token' || kind === 'unknown' || (kind === 'json' && values.length === 0 && 'error' in parseJsonText(text))
  );
}

/** @param things the whole paste, to count what is inside the one that is shown */
export function cardView(thing: Pasted, things: readonly Pasted[], mask: (value: string) => Redacted): CardView {
  const w = pasteWords.detail;
  const title = pasteWords.kind[thing.kind];
  const rows = thing.values.map(({ name, value, open }) => rowOf(name, value, open, mask));
  const card = (says: readonly string[], warns: readonly string[] = [], own = rows): CardView => ({
    title,
    says,
    warns,
    rows: own,
  });
  switch (thing.kind) {
    case 'jwk': {
      const key = parseJson(thing.text);
      const members = isRecord(key) ? Object.entries(key) : [];
      return card(
        [w.jwk],
        isRecord(key) && isPrivate(key) ? [w.privateKey] : [],
        members.map(([name, value]) => rowOf(name, textOf(value), !SECRET_MEMBERS.includes(name), mask)),
      );
    }
    case 'jwks': {
      const set = parseJson(thing.text);
      const keys = isRecord(set) && Array.isArray(set['keys']) ? set['keys'].filter(isRecord) : [];
      const more = keys.length > LISTED ? [w.jwksMore(LISTED)] : [];
      return card(
        [w.jwks(keys.length), ...more],
        keys.some(isPrivate) ? [w.privateKey] : [],
        keys.slice(0, LISTED).map(keyRow),
      );
    }
    case 'pem':
      return card(
        [w.pem(/BEGIN ([A-Z ]+)/.exec(thing.text)?.[1] ?? 'PEM')],
        /PRIVATE/.test(thing.text.slice(0, 60)) ? [w.privateKey] : [],
      );
    case 'pkce': {
      const bytes = decodeBase64url(thing.text);
      return card([w.pkce, ...('bytes' in bytes && bytes.bytes.length === 32 ? [w.pkceThirtyTwo] : [])]);
    }
    case 'hex':
    case 'base64':
    case 'base64url': {
      const made = convert(thing.text, thing.kind);
      const length = 'values' in made ? made.values.hex.length / 2 : 0;
      return card(rows.length > 0 ? [] : [w.bytes(length)]);
    }
    default: {
      const inside = things.filter((other) => other.kind === 'token' && other.from !== null).length;
      const inAddress = inside > 0 && (thing.kind === 'callback' || thing.kind === 'url');
      return card([inside === 0 ? w.none : w.tokens(inside)], inAddress ? [w.implicit] : []);
    }
  }
}

/** The raw value behind a row of the card. */
export function rawRow(thing: Pasted, index: number): string | null {
  if (thing.kind !== 'jwk') return thing.values[index]?.value ?? null;
  const key = parseJson(thing.text);
  const value = isRecord(key) ? Object.values(key)[index] : undefined;
  return value === undefined ? null : textOf(value);
}

/** A paste of any kind with most of it masked: its start says what it is. */
export function maskedText(text: string): readonly PieceView[] {
  const start = /^[\w.+:/-]{0,60}/.exec(text)?.[0] ?? '';
  // An address may carry a name and a password before its host.
  const isSecret = !/^(?:https?:|curl|set-cookie|authorization)/i.test(start) || text.slice(0, 200).includes('@');
  const shown = isSecret ? text.slice(0, Math.min(4, text.length >> 3)) : start;
  return [{ part: null, text: `${visible(shown)}…••••` }];
}

const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth', 'priv'];

function isPrivate(key: Readonly<Record<string, unknown>>): boolean {
  return ['d', 'k', 'priv'].some((name) => typeof key[name] === 'string');
}

function keyRow(key: Readonly<Record<string, unknown>>, index: number): PastedRow {
  const { kty, kid, use, alg, crv, n } = key;
  const bits = typeof n === 'string' ? [pasteWords.bits(Math.floor((n.length * 6) / 8) * 8)] : [];
  const more = [
    ...[crv, alg, use].filter((part) => typeof part === 'string'),
    ...bits,
    ...(isPrivate(key) ? [pasteWords.privateHalf] : []),
  ];
  return {
    name: visible(typeof kid === 'string' ? kid : `${index + 1}`, 60),
    value: visible(pasteWords.key(wordOf(kty), more), VALUE_CAP),
    masked: false,
    meaning: null,
  };
}

function rowOf(name: string, value: string, open: boolean, mask: (value: string) => Redacted): PastedRow {
  const meaning = Object.hasOwn(PARAM_MEANINGS, name) ? (PARAM_MEANINGS[name] ?? null) : null;
  return {
    name: visible(name, 60),
    value: open || value === '' ? visible(value, VALUE_CAP) : mask(value),
    masked: !open && value !== '',
    meaning,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
