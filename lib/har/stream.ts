import { characterAt, jsonError } from '../http/json-error.ts';
import { isRecord } from '../http/params.ts';
import { HarReader, readHar } from './har.ts';
import { JsonBytes } from './json-bytes.ts';
import { type ReadResult, unusable } from './read-result.ts';

/** Whether a text that begins so is read entry by entry: the recorders' own way to write a HAR. */
export function startsAsHar(text: string): boolean {
  return /^\ufeff?\s*\{\s*"log"\s*:/.test(text.slice(0, 1000));
}

/** Whether a text that begins so can be a saved report, which has its traffic in "capture". */
export function startsAsReport(text: string): boolean {
  return /^\ufeff?\s*\{\s*"schema"\s*:/.test(text.slice(0, 1000));
}

/**
 * Reads a HAR or saved report whose bytes (UTF-8) come in pieces, in the memory of what is observed and some entries.
 * The same document gives the same result as `readHar` of the whole, and a text that is no JSON is told with its entry.
 */
export class HarStream {
  readonly #input = new JsonBytes();
  readonly #source: number;
  readonly #work: Generator<void, Found, void>;
  #broken: Broken | null = null;
  #result: ReadResult | null = null;

  /** @param source Index of the input among those of one analysis. */
  constructor(source: number) {
    this.#source = source;
    this.#work = readDocument(this.#input, source);
  }

  /** The next piece. After a piece that is no JSON the others are passed over. */
  push(bytes: Uint8Array): void {
    if (this.#result !== null) return;
    this.#input.push(bytes);
    this.#go();
  }

  finish(): ReadResult {
    this.#input.ended = true;
    if (this.#result === null) this.#go();
    return this.#result ?? unusable({ message: 'the input cannot be parsed as JSON' });
  }

  #go(): void {
    const input = this.#input;
    try {
      if (this.#broken === null) {
        const step = this.#work.next();
        if (step.done) this.#result = resultOf(step.value, this.#source);
      }
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      this.#broken = error;
      input.at = error.at;
    }
    // To name the character that was found, all of its bytes have to be there.
    if (this.#broken !== null && (input.ended || input.bytes.length - input.at >= LONGEST_CHARACTER))
      this.#result = notJson(input, this.#broken);
  }
}

const LONGEST_CHARACTER = 4;

/** The value of a member "log". */
interface Log {
  /** Without its entries where `reader` has them. */
  readonly value: unknown;
  readonly reader: HarReader | null;
}

interface Found {
  readonly log: Log | null;
  /** Of a saved report: what is in "capture", or its value where that is no object. */
  readonly capture: Log | { readonly document: unknown } | null;
}

class Broken extends Error {
  readonly at: number;
  readonly expected: string;
  readonly entry: number | null;

  /** @param at Index into the bytes of the input. */
  constructor(at: number, expected: string, entry: number | null) {
    super(expected);
    this.at = at;
    this.expected = expected;
    this.entry = entry;
  }
}

function resultOf({ log, capture }: Found, source: number): ReadResult {
  if (capture !== null && 'document' in capture) return readHar(capture.document, source);
  const { value, reader } = capture ?? log ?? NO_LOG;
  return reader === null ? readHar({ log: value }, source) : reader.finish(isRecord(value) ? value : {});
}

const NO_LOG: Log = { value: undefined, reader: null };

function notJson(input: JsonBytes, { expected, entry }: Broken): ReadResult {
  const { at } = input;
  const { line, column, byte } = input.placeOf(at);
  const found =
    at >= input.bytes.length ? 'the end of the input' : characterAt(input.text(at, at + LONGEST_CHARACTER), 0);
  const place = `line ${line}, column ${column} (byte ${byte})`;
  const message = `not JSON at ${place}: expected ${expected}, found ${found}`;
  return unusable({ ...(entry === null ? {} : { entry }), line, message });
}

type Reading<T> = Generator<void, T, void>;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function* readDocument(input: JsonBytes, source: number): Reading<Found> {
  if (input.text(0, 3) === '\ufeff') input.at = 3;
  let log: Log | null = null;
  let capture: Found['capture'] = null;
  const names = new Set<string>();
  yield* eachMember(input, function* (name) {
    names.add(name);
    if (name === 'log') log = yield* readLog(input, source);
    else if (name === 'capture') capture = yield* readCapture(input, source);
    else yield* value(input, null);
  });
  if (!Number.isNaN(yield* nextCode(input)))
    throw new Broken(input.at, 'nothing after the end of the JSON value', null);
  if (!isReport(names)) return { log, capture: null };
  return { log, capture: capture ?? { document: undefined } };
}

/** @param names Members of the document. */
export function isReport(names: ReadonlySet<string>): boolean {
  return names.has('schema') && names.has('findings') && !names.has('log');
}

function* readCapture(input: JsonBytes, source: number): Reading<NonNullable<Found['capture']>> {
  if ((yield* nextCode(input)) !== OPEN_OBJECT) return { document: yield* value(input, null) };
  let log: Log = NO_LOG;
  yield* eachMember(input, function* (name) {
    if (name === 'log') log = yield* readLog(input, source);
    else yield* value(input, null);
  });
  return log;
}

function* readLog(input: JsonBytes, source: number): Reading<Log> {
  if ((yield* nextCode(input)) !== OPEN_OBJECT) return { value: yield* value(input, null), reader: null };
  const others: [string, unknown][] = [];
  let reader: HarReader | null = null;
  yield* eachMember(input, function* (name) {
    if (name === 'entries' && (yield* nextCode(input)) === OPEN_LIST) {
      reader = new HarReader(source);
      yield* eachItem(input, entriesTo(reader, input));
    } else others.push([name, yield* value(input, null)]);
  });
  return { value: Object.fromEntries(others), reader };
}

/** Bytes of entries that are parsed together: the engine takes memory that it uses again for short texts only. */
const TOGETHER = 60_000;
/** Bytes of one entry from which on its end is looked for character by character. */
const LONG = 4_000_000;

/** Reads the next entry and those behind it that came already: the engine parses many of them faster than each. */
function entriesTo(reader: HarReader, input: JsonBytes): () => Reading<void> {
  let border: Uint8Array | null = null;
  return function* () {
    yield* nextCode(input);
    border ??= borderAt(input);
    // Only a guess; it is right if what lies before the border parses as a list of entries.
    for (let looked = TOGETHER; border.length > 0 && looked < LONG; ) {
      const end = indexOf(input.bytes, border, input.at + looked) + 1;
      if (end > 0) {
        const entries = parse(`[${input.text(input.at, end)}]`);
        if (entries === null) border = NO_BORDER;
        else {
          input.at = end;
          for (const entry of entries.value as unknown[]) reader.add(entry);
          return;
        }
      } else if (input.ended) break;
      else {
        looked = Math.max(looked, input.bytes.length - input.at - border.length);
        yield;
      }
    }
    reader.add(yield* value(input, reader.entries));
  };
}

const NO_BORDER = new Uint8Array(0);

/**
 * What the recorder writes from the end of one entry to the start of the next one, told by how the first one starts:
 * indented, entries are the only objects in their column; else their first member tells. Empty where nothing does.
 */
function borderAt(input: JsonBytes): Uint8Array {
  const { bytes, at } = input;
  let gap = at;
  while (gap > 0 && isSpace(bytes[gap - 1])) gap -= 1;
  const space = input.text(gap, at);
  const start = space.includes('\n') ? '{' : (/^\{"[^"\\]{1,40}":/.exec(input.text(at, at + 50))?.[0] ?? '');
  return start === '' ? NO_BORDER : new TextEncoder().encode(`},${space}${start}`);
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(CLOSE_OBJECT, from); at >= 0; at = bytes.indexOf(CLOSE_OBJECT, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

function isSpace(code: number | undefined): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function* eachMember(input: JsonBytes, visit: (name: string) => Reading<void>): Reading<void> {
  if ((yield* nextCode(input)) !== OPEN_OBJECT) throw new Broken(input.at, '"{"', null);
  input.at += 1;
  if ((yield* nextCode(input)) === CLOSE_OBJECT) {
    input.at += 1;
    return;
  }
  for (let expected = 'a name in double quotes or "}"'; ; expected = 'a name in double quotes') {
    if ((yield* nextCode(input)) !== QUOTE) throw new Broken(input.at, expected, null);
    const name = yield* value(input, null);
    if ((yield* nextCode(input)) !== COLON) throw new Broken(input.at, '":"', null);
    input.at += 1;
    yield* visit(String(name));
    const code = yield* nextCode(input);
    if (code !== COMMA && code !== CLOSE_OBJECT) throw new Broken(input.at, '"," or "}"', null);
    input.at += 1;
    if (code === CLOSE_OBJECT) return;
  }
}

function* eachItem(input: JsonBytes, visit: () => Reading<void>): Reading<void> {
  input.at += 1;
  if ((yield* nextCode(input)) === CLOSE_LIST) {
    input.at += 1;
    return;
  }
  for (;;) {
    yield* visit();
    const code = yield* nextCode(input);
    if (code !== COMMA && code !== CLOSE_LIST) throw new Broken(input.at, '"," or "]"', null);
    input.at += 1;
    if (code === CLOSE_LIST) return;
  }
}

/** Passes over white space to the next character and waits for it; `NaN` at the end. */
function* nextCode(input: JsonBytes): Reading<number> {
  for (;;) {
    const code = input.bytes[input.at];
    if (isSpace(code)) input.at += 1;
    else if (code !== undefined || input.ended) return code ?? Number.NaN;
    else yield;
  }
}

/** The value that starts at the next character, with everything in it. */
function* value(input: JsonBytes, entry: number | null): Reading<unknown> {
  yield* nextCode(input);
  const length = yield* lengthOfValue(input);
  const text = input.text(input.at, input.at + length);
  const whole = parse(text);
  if (whole !== null) {
    input.at += length;
    return whole.value;
  }
  const error = jsonError(text);
  // A number or word with something behind it: whoever asked for it says what should be there.
  const first = error === null ? null : parse(text.slice(0, error.offset));
  const at = input.at + new TextEncoder().encode(text.slice(0, error?.offset ?? 0)).length;
  if (error === null || first === null) throw new Broken(at, error?.expected ?? '', entry);
  input.at = at;
  return first.value;
}

function parse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** Bytes of the value that starts here; of one without an end, what there is. */
function* lengthOfValue(input: JsonBytes): Reading<number> {
  let depth = 0;
  let quoted = false;
  for (let length = 0; ; ) {
    const { bytes, at: start } = input;
    let at = start + length;
    while (at < bytes.length) {
      if (quoted) {
        const end = bytes.indexOf(QUOTE, at);
        at = end < 0 ? bytes.length : end + 1;
        if (end < 0 || isEscaped(bytes, end)) continue;
        quoted = false;
        if (depth === 0) return at - start;
        continue;
      }
      const code = bytes[at];
      if (code === QUOTE) quoted = true;
      else if (code === OPEN_OBJECT || code === OPEN_LIST) depth += 1;
      else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        // Without one that it closes it ends a number or a word.
        if (depth <= 1) return depth === 0 ? at - start : at + 1 - start;
        depth -= 1;
      } else if (depth === 0 && (code === COMMA || isSpace(code))) return at - start;
      at += 1;
    }
    length = at - start;
    if (input.ended) return length;
    yield;
  }
}

/** Whether the quote in a string has an odd number of backslashes before it. */
function isEscaped(bytes: Uint8Array, quote: number): boolean {
  let before = quote - 1;
  while (bytes[before] === BACKSLASH) before -= 1;
  return (quote - before) % 2 === 0;
}
