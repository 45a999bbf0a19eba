import { jsonError } from '../http/json-error.ts';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

export type JsonObject = { readonly [name: string]: JsonValue };

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

/** Deeper values are refused: `JSON.stringify` and whoever walks them by calls would run out of stack. */
const MAX_DEPTH = 1000;
const MAX_NOTES = 50;

/**
 * Strict JSON (RFC 8259) that says where it broke, and notes repeated names and numbers that lose digits. Engines word
 * and place their own errors differently, so the place comes from one walk everywhere.
 */
export function parseJsonText(text: string): JsonResult {
  const notes: JsonNote[] = [];
  const names: Set<string>[] = [];
  let tooDeep: number | null = null;
  const note = (at: number, message: string): void => {
    if (notes.length < MAX_NOTES) notes.push({ at, message });
  };
  const broken = jsonError(text, {
    open: (at, depth) => {
      if (depth > MAX_DEPTH) tooDeep ??= at;
      else names[depth] = new Set();
    },
    name: (start, end) => {
      const name = nameOf(text.slice(start, end));
      const seen = names.at(-1);
      if (seen?.has(name))
        note(start, `the member "${name.slice(0, 60)}" is there twice; readers disagree which one counts`);
      seen?.add(name);
    },
    scalar: (start, end) => {
      const number = text.slice(start, Math.min(end, start + 40));
      if (/^[-\d]/.test(number) && losesDigits(Number(text.slice(start, end))))
        note(start, `the number ${number} has more digits than JavaScript keeps`);
    },
    close: (depth) => {
      if (depth < MAX_DEPTH) names.length = depth + 1;
    },
  });
  if (broken !== null) {
    return { error: { at: broken.offset, message: `expected ${broken.expected}, found ${broken.found}` } };
  }
  if (tooDeep !== null) return { error: { at: tooDeep, message: `nested deeper than ${MAX_DEPTH} levels` } };
  return { value: JSON.parse(text) as JsonValue, notes };
}

function losesDigits(value: number): boolean {
  return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
}

/** Two spellings of one name (`"a"`, `"\\u0061"`) are one name. */
function nameOf(quoted: string): string {
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

/** Names of members and indexes of lists, from the outermost in. */
export type JsonPath = readonly (string | number)[];

/** Where a member stands in a JSON text: its name (of an element of a list, the element) and its value. */
export interface JsonPlace {
  readonly name: number;
  readonly value: number;
}

/** `null` where there is no such member; of members that are there twice, the last, which is the one that counts. */
export function placeOf(text: string, path: JsonPath): JsonPlace | null {
  let found: JsonPlace | null = null;
  /** Where the walk is: of each open object or list, the member or the index of the element. */
  const here: (string | number)[] = [];
  let name: number | null = null;
  const value = (at: number): void => {
    const last = here.at(-1);
    if (typeof last === 'number') here[here.length - 1] = last + 1;
    if (here.length === path.length && here.every((step, index) => step === path[index])) {
      found = { name: name ?? at, value: at };
    }
    name = null;
  };
  jsonError(text, {
    open: (at) => {
      value(at);
      here.push(text[at] === '[' ? -1 : '');
    },
    name: (start, end) => {
      name = start;
      here[here.length - 1] = nameOf(text.slice(start, end));
    },
    scalar: value,
    close: () => {
      here.pop();
    },
  });
  return found;
}
