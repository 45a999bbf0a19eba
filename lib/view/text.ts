/** A run of text; `code` is shown in the typeface of values. */
export interface TextPart {
  readonly text: string;
  readonly code: boolean;
}

export type Text = readonly TextPart[];

/** Longest run of captured text that a view shows, in UTF-16 code units. */
export const TEXT_CAP = 600;

/** Longest part of a revealed value that is shown; copying takes all of it. */
export const REVEAL_CAP = 4096;

/**
 * Everything that could change how its surroundings read: controls, line and paragraph separators, bidi marks,
 * embeddings, overrides and isolates, zero-width characters, the byte order mark, tags, lone surrogates.
 */
const UNSAFE =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Captured text made harmless for a view: what cannot be seen is written as `\u{202E}`, the length is capped. */
export function visible(text: string, cap: number = TEXT_CAP): string {
  const cut = text.length > cap ? `${text.slice(0, cap)}…` : text;
  return cut.replace(UNSAFE, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`);
}

/** Names such as `code_challenge`, which texts may leave without backticks. */
const NAME = /\b([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\b/;

/** Text with `code` in backticks, and names of parameters, as parts. A backtick without a partner stands for itself. */
export function richText(markup: string): Text {
  const pieces = visible(markup).split('`');
  if (pieces.length % 2 === 0) {
    const last = pieces.pop() ?? '';
    pieces.push(`${pieces.pop() ?? ''}\`${last}`);
  }
  return pieces
    .flatMap((piece, index) => (index % 2 === 1 ? [{ text: piece, code: true }] : namesAsCode(piece)))
    .filter((part) => part.text !== '');
}

function namesAsCode(text: string): Text {
  return text.split(NAME).map((piece, index) => ({ text: piece, code: index % 2 === 1 }));
}

/** The parts without their markup, for names that are spoken or copied. */
export function plainText(text: Text): string {
  return text.map((part) => part.text).join('');
}
