import type { Redacted } from '../model/redacted.ts';
import { createFinder } from './find-values.ts';
import { type SecretKind, secretKind } from './secrets.ts';
import { base64Writings } from './wrapped-values.ts';

/** In place of a value in a redacted capture; equal values have equal ones. */
export const MARK = /^(?:urn:ietf:params:oauth:request_uri:|[ps]k\.eyJ)?redacted-[A-Z]\d+_?$/;

const SHOWN = 4;
/** A shorter secret shows nothing of itself. */
const MIN_SHOWN_LENGTH = 16;
/** People choose these: four characters of them are half the secret. */
const NOTHING_SHOWN: ReadonlySet<SecretKind | null> = new Set(['password', 'user code']);
const MAX_PLAIN = 300;
const MAX_READ = 20_000;
/** Controls, bidi marks and isolates, zero-width characters, lone surrogates: they can hide or reorder text. */
const HARMFUL =
  /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;
/** A compact JWS or JWE is a secret wherever it stands. */
const JOSE = /eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){1,4}/g;

/** Letters and digits mixed, longer than a name: what generators make and people do not. */
const RANDOM = /(?=[\w+/=~-]*\d)(?=[\w+/=~-]*[A-Za-z])[\w+/=~-]{16,}/g;

/** A name without what is random in it, so that the same thing has the same name each time. */
export function withoutRandom(name: string): string {
  return name.replace(RANDOM, '…');
}

/** Makes text that may leave: the only source of `Redacted`. */
export interface Redactor {
  /** Masks a value whatever it is: `Splx…•••• (22)`. */
  mask(value: string): Redacted;
  /** A value that is no secret by its name; secrets inside it are masked all the same. */
  plain(value: string): Redacted;
  /** Text that is no secret as a whole (a storage key, code around a value): whatever looks random in it is masked. */
  readable(text: string): Redacted;
  /** The value of a parameter or header: masked if its name or its content is secret. */
  value(name: string, value: string): Redacted;
  say(text: TemplateStringsArray, ...values: readonly (Redacted | number)[]): Redacted;
}

/** Text of the program itself, free of captured values. */
export function ownText(text: string): Redacted {
  return text as Redacted;
}

/** Text of a report that somebody else made: what it masked stays masked, and it cannot disguise what stands around it. */
export function foreignText(text: string): Redacted {
  return text.replace(JOSE, (jose) => mask(jose)).replace(HARMFUL, '\ufffd') as Redacted;
}

/** `secrets`: values that must not appear in any output, whatever stands around them, and what each is. */
export function createRedactor(secrets: ReadonlyMap<string, SecretKind>): Redactor {
  const hide = hider(secrets);
  const maskKnown = (value: string): Redacted => maskAs(secrets.get(value) ?? null, value);
  const clean = (value: string): Redacted => {
    const text = hide(value).replace(JOSE, (jose) => mask(jose));
    const shown = text.length > MAX_PLAIN ? `${text.slice(0, MAX_PLAIN)}… (${value.length})` : text;
    return shown.replace(HARMFUL, '\ufffd') as Redacted;
  };
  const plain = (value: string): Redacted => clean(isAddress(value) ? maskAddress(value) : value);
  return {
    mask: maskKnown,
    plain,
    readable: (text) => clean(hide(text).replace(RANDOM, (run) => mask(run))),
    value: (name, value) => {
      const kind = secretKind(name);
      if (kind !== null) return maskAs(kind, value);
      const inHeader = HEADERS.get(name.toLowerCase());
      return inHeader === undefined ? plain(value) : clean(inHeader(value));
    },
    say: (text, ...values) =>
      text.reduce((said, part, index) => said + String(values[index - 1] ?? '') + part) as Redacted,
  };
}

/** Replaces known values in a text, however they are written there. */
export type Sweep = (text: string) => Redacted;

/**
 * Replaces each value by its mark: as it is, percent-encoded once or twice, with the escapes of JSON, in hexadecimal, and
 * inside of base64 or base64url at any alignment. The whole text is read.
 *
 * @param marks The mark of each value.
 */
export function createSweep(marks: ReadonlyMap<string, string>): Sweep {
  const finder = createFinder(
    [...marks].flatMap(([value, mark]) =>
      [value, ...encodings(value), ...escapes(value)].map((text): [string, string] => [text, mark]),
    ),
  );
  return (text) => {
    let safe = '';
    let copied = 0;
    for (const { at, length, found } of finder.find(text)) {
      if (at >= copied) safe += text.slice(copied, at) + found;
      // What overlaps goes with the first.
      copied = Math.max(copied, at + length);
    }
    return (safe + text.slice(copied)) as Redacted;
  };
}

/** How a value is written inside JSON, hexadecimal and base64. */
function escapes(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const bytes = [...new TextEncoder().encode(value)];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [json, json.replaceAll('/', '\\/'), hex, hex.toUpperCase(), ...base64Writings(value)];
}

/** First four characters and the length; nothing of a short value. */
export function mask(value: string): Redacted {
  return maskAs(null, value);
}

/** Whether a mask shows nothing of a secret of this kind, however long it is. */
export function hidesWhole(kind: SecretKind | null): boolean {
  return NOTHING_SHOWN.has(kind);
}

function maskAs(kind: SecretKind | null, value: string): Redacted {
  // What a redacted file has in place of a value is to be read.
  if (MARK.test(value)) return value as Redacted;
  const length = [...value.slice(0, 40)].length < 40 ? [...value].length : value.length;
  const shown = length >= MIN_SHOWN_LENGTH && !hidesWhole(kind);
  const head = shown ? `${[...value.slice(0, 12)].slice(0, SHOWN).join('')}…` : '';
  return `${head.replace(HARMFUL, '\ufffd')}•••• (${length})` as Redacted;
}

/**
 * Masks every known secret in the beginning of a text, as it is and percent-encoded; a secret that goes on beyond the
 * part that is read is masked whole. Overlapping ones become one mask that shows nothing.
 */
function hider(secrets: ReadonlyMap<string, SecretKind>): (text: string) => string {
  const kinds = new Map<string, SecretKind>();
  for (const [secret, kind] of secrets) {
    for (const written of [secret, ...encodings(secret)]) if (!kinds.has(written)) kinds.set(written, kind);
  }
  const finder = createFinder(kinds);
  return (text) => {
    let safe = '';
    let copied = 0;
    let from = 0;
    let to = 0;
    const flush = (): void => {
      if (to === from) return;
      const secret = text.slice(from, to);
      safe += text.slice(copied, from) + maskAs(kinds.get(secret) ?? 'password', secret);
      copied = to;
    };
    const end = Math.min(text.length, MAX_READ);
    for (const { at, length } of finder.find(text, end)) {
      if (at >= to) {
        flush();
        from = at;
      }
      to = Math.max(to, at + length);
    }
    flush();
    return safe + text.slice(copied, Math.max(copied, end));
  };
}

/** How a value is written inside an address or a form. */
function encodings(value: string): string[] {
  if (/^[\w.-]*$/.test(value)) return [];
  let encoded: string;
  try {
    encoded = encodeURIComponent(value);
  } catch {
    // A lone surrogate: no address can hold it.
    return [];
  }
  const form = encoded
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return [encoded, form, lowerHex(encoded), lowerHex(form), encodeURIComponent(encoded)];
}

function lowerHex(encoded: string): string {
  return encoded.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase());
}

/** Headers that are secret in part: what may be shown of each. */
const HEADERS: ReadonlyMap<string, (value: string) => string> = new Map([
  ['authorization', maskCredentials],
  ['proxy-authorization', maskCredentials],
  ['dpop', mask],
  ['cookie', (value: string) => value.replace(/=([^;]*)/g, (_, content: string) => `=${mask(content)}`)],
  ['set-cookie', (value: string) => value.replace(/=([^;]*)/, (_, content: string) => `=${mask(content)}`)],
  ['location', maskAddress],
  ['content-location', maskAddress],
  ['referer', maskAddress],
  ['refresh', maskAddress],
  ['link', maskAddress],
]);

/** Scheme and mask: `Bearer 2Yot…•••• (22)`; HTTP Basic shows nothing, its first characters are the client id's. */
function maskCredentials(value: string): string {
  const [, scheme, rest] = /^([A-Za-z][\w-]*) +(.*)$/s.exec(value) ?? [];
  if (scheme === undefined || rest === undefined) return mask(value);
  return `${scheme} ${/^basic$/i.test(scheme) ? maskAs('password', rest) : mask(rest)}`;
}

function isAddress(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/|^\/|^[a-z][a-z0-9+.-]*:[^\s]*[?#]/i.test(value);
}

/** Keeps scheme, host and path; of parameters only the names, of credentials before the host nothing. */
function maskAddress(url: string): string {
  const address = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, '$1••••@');
  const cut = address.search(/[?#]/);
  if (cut < 0) return address;
  return (
    address.slice(0, cut) +
    address.slice(cut).replace(/([?#&])([^=&?#]*)(=([^&#]*))?/g, (_, lead, name, equals, value) => {
      if (equals === undefined) return lead + (/^[\w./-]{0,20}$/.test(name) ? name : mask(name));
      return `${lead}${name}=${value === '' ? '' : maskAs(secretKind(name), value)}`;
    })
  );
}
