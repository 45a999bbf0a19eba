import { type ParseError, parse, printParseErrorCode, visit } from 'jsonc-parser';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

export interface JsonError {
  /** Index into the text. */
  readonly at: number;
  readonly message: string;
}

/** What a parser would repair in silence. */
export interface JsonNote {
  readonly at: number;
  readonly message: string;
}

export type JsonResult =
  | { readonly value: JsonValue; readonly notes: readonly JsonNote[] }
  | { readonly error: JsonError };

const STRICT = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

/** Strict JSON (RFC 8259) that says where it broke, and notes repeated names and numbers that lose digits. */
export function parseJsonText(text: string): JsonResult {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return { error: firstError(text) };
  }
  return { value, notes: notesOn(text) };
}

/** Engines word and place their own errors differently, so the place comes from one parser everywhere. */
function firstError(text: string): JsonError {
  const errors: ParseError[] = [];
  parse(text, errors, STRICT);
  const [first] = errors;
  if (first === undefined) return { at: 0, message: 'not JSON' };
  const found = first.offset >= text.length ? 'the end of the text' : JSON.stringify(text.charAt(first.offset));
  return { at: first.offset, message: `${WORDS[printParseErrorCode(first.error)] ?? 'not JSON'}, found ${found}` };
}

const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'unknown word',
  InvalidNumberFormat: 'not a number of JSON',
  PropertyNameExpected: 'expected a member name in quotes',
  ValueExpected: 'expected a value',
  ColonExpected: 'expected ":"',
  CommaExpected: 'expected ","',
  CloseBraceExpected: 'expected "}"',
  CloseBracketExpected: 'expected "]"',
  EndOfFileExpected: 'expected the end of the JSON text',
  InvalidCommentToken: 'comments are no part of JSON',
  UnexpectedEndOfComment: 'comments are no part of JSON',
  UnexpectedEndOfString: 'the string has no closing quote',
  UnexpectedEndOfNumber: 'the number is incomplete',
  InvalidUnicode: 'expected four hex digits after \\u',
  InvalidEscapeCharacter: 'unknown escape',
  InvalidCharacter: 'control character inside a string',
};

function notesOn(text: string): JsonNote[] {
  const notes: JsonNote[] = [];
  const names: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => void names.push(new Set()),
    onObjectEnd: () => void names.pop(),
    onObjectProperty: (name, at) => {
      const seen = names.at(-1);
      if (seen?.has(name))
        notes.push({
          at,
          message: `the member "${name.slice(0, 60)}" is there twice; readers disagree which one counts`,
        });
      seen?.add(name);
    },
    onLiteralValue: (value: unknown, at, length) => {
      if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
        notes.push({
          at,
          message: `the number ${text.slice(at, at + Math.min(length, 40))} has more digits than JavaScript keeps`,
        });
      }
    },
  });
  return notes;
}
