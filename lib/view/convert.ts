import { convert, ENCODINGS, type Encoding } from '../token/convert.ts';
import type { Mark } from './mark.ts';
import { visible } from './text.ts';
import { tokenWords } from './words-token.ts';

export { ENCODINGS, type Encoding };

export interface ConvertedRow {
  readonly encoding: Encoding;
  readonly name: string;
  /** `null` where the bytes cannot be written so. */
  readonly value: string | null;
  /** What is shown of it: cut, and made harmless. */
  readonly shown: string;
}

export type ConvertView =
  | { readonly rows: readonly ConvertedRow[] }
  | {
      readonly error: string;
      readonly before: string;
      /** `null` at the end of the text. */
      readonly at: string | null;
      readonly after: string;
    };

const SHOWN = 2000;
const AROUND = 24;

/** The value in every other encoding, or the place where it is none of what it is said to be. */
export function convertView(value: string, from: Encoding): ConvertView {
  const w = tokenWords.convert;
  if (value === '') return { rows: [] };
  const converted = convert(value, from);
  if ('error' in converted) {
    const { at, message } = converted.error;
    const character = value.charAt(at);
    return {
      error: w.wrong(visible(message), at + 1),
      before: visible(`${at > AROUND ? '…' : ''}${value.slice(Math.max(0, at - AROUND), at)}`),
      at: character === '' ? null : visible(character),
      after: visible(`${value.slice(at + 1, at + 1 + AROUND)}${value.length > at + 1 + AROUND ? '…' : ''}`),
    };
  }
  return {
    rows: ENCODINGS.filter((encoding) => encoding !== from).map((encoding) => {
      const made = converted.values[encoding];
      return {
        encoding,
        name: w.encoding[encoding],
        value: made,
        shown: made === null ? w.noText : visible(made, SHOWN),
      };
    }),
  };
}

export interface PkceView {
  /** `null` where the verifier is none (RFC 7636 §4.1). */
  readonly challenge: string | null;
  readonly mark: Mark | null;
  readonly says: string | null;
}

/** What is wrong with a verifier; `null` where nothing is (RFC 7636 §4.1). */
export function verifierComplaint(verifier: string): string | null {
  const w = tokenWords.convert;
  const foreign = verifier.search(/[^A-Za-z0-9\-._~]/);
  if (foreign >= 0) return w.alphabet(foreign + 1);
  return verifier.length < 43 || verifier.length > 128 ? w.length(verifier.length) : null;
}

/** @param made the S256 challenge of the verifier */
export function pkceView(verifier: string, made: string, compared: string): PkceView {
  const w = tokenWords.convert;
  const complaint = verifierComplaint(verifier);
  const given = compared.trim();
  if (given === '') return { challenge: made, mark: complaint === null ? null : 'medium', says: complaint };
  if (given === made)
    return { challenge: made, mark: complaint === null ? 'pass' : 'medium', says: complaint ?? w.same };
  return { challenge: made, mark: 'high', says: given === verifier ? w.plain : w.different };
}
