import type { Redacted } from '../model/redacted.ts';
import { secretKind } from './secrets.ts';

const SHOWN = 4;
/** A shorter secret shows nothing of itself. */
const MIN_SHOWN_LENGTH = 16;
const MAX_PLAIN = 300;
/** Controls, bidi marks and isolates, zero-width characters, lone surrogates: they can hide or reorder text. */
const HARMFUL =
  /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;
/** A compact JWS or JWE is a secret wherever it stands. */
const JOSE = /eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){1,4}/g;

/** Makes text that may leave: the only source of `Redacted`. */
export interface Redactor {
  /** Masks a value whatever it is: `SplxlO…•••• (22)`. */
  mask(value: string): Redacted;
  /** A value that is no secret by its name; secrets inside it are masked all the same. */
  plain(value: string): Redacted;
  /** The value of a parameter: masked if its name or its content is secret. */
  value(name: string, value: string): Redacted;
  say(text: TemplateStringsArray, ...values: readonly (Redacted | number)[]): Redacted;
}

/** Text of the program itself, free of captured values. */
export function ownText(text: string): Redacted {
  return text as Redacted;
}

/** `secrets`: values that must not appear in any output, whatever stands around them. */
export function createRedactor(secrets: Iterable<string>): Redactor {
  // Longest first, so that a token is not cut in two by a shorter secret inside it.
  const known = [...secrets].sort((a, b) => b.length - a.length);
  const plain = (value: string): Redacted => {
    let text = value.length > 20_000 ? value.slice(0, 20_000) : value;
    for (const secret of known) if (text.includes(secret)) text = text.replaceAll(secret, mask(secret));
    text = text.replace(JOSE, (jose) => mask(jose)).replace(HARMFUL, '\ufffd');
    return (text.length > MAX_PLAIN ? `${text.slice(0, MAX_PLAIN)}… (${value.length})` : text) as Redacted;
  };
  return {
    mask,
    plain,
    value: (name, value) => {
      if (secretKind(name) !== null) return mask(value);
      return isAddress(value) ? plain(maskAddress(value)) : plain(value);
    },
    say: (text, ...values) =>
      text.reduce((said, part, index) => said + String(values[index - 1] ?? '') + part) as Redacted,
  };
}

/** First four characters and the length; nothing of a short value. */
export function mask(value: string): Redacted {
  const length = [...value.slice(0, 40)].length < 40 ? [...value].length : value.length;
  const head = length >= MIN_SHOWN_LENGTH ? `${[...value.slice(0, 12)].slice(0, SHOWN).join('')}…` : '';
  return `${head.replace(HARMFUL, '\ufffd')}•••• (${length})` as Redacted;
}

function isAddress(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
}

/** Keeps scheme, host and path; of parameters only the names. */
function maskAddress(url: string): string {
  const cut = url.search(/[?#]/);
  if (cut < 0) return url;
  return (
    url.slice(0, cut) +
    url
      .slice(cut)
      .replace(/([?#&])([^=&#?]*)=([^&#]*)/g, (_, lead: string, name: string, value: string) =>
        value === '' ? `${lead}${name}=` : `${lead}${name}=${mask(value)}`,
      )
  );
}
