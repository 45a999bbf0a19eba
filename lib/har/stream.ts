import { characterAt, jsonError } from '../http/json-error.ts';
import { isRecord } from '../http/params.ts';
import { HarReader, readHar } from './har.ts';
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
 * Reads a HAR or saved report that comes in pieces, in the memory of what is observed and one entry. The same document
 * gives the same result as `readHar` of the whole; only a text that is no JSON is told without its byte, and with its
 * entry.
 */
export class HarStream {
  readonly #input: Input = { text: '', at: 0, ended: false, line: 1, column: 0 };
  readonly #source: number;
  readonly #work: Generator<void, Found, void>;
  #result: ReadResult | null = null;

  /** @param source Index of the input among those of one analysis. */
  constructor(source: number) {
    this.#source = source;
    this.#work = readDocument(this.#input, source);
  }

  /** The next piece. After a piece that is no JSON the others are passed over. */
  push(text: string): void {
    this.#input.text += text;
    this.#go();
  }

  finish(): ReadResult {
    this.#input.ended = true;
    this.#go();
    return this.#result ?? unusable({ message: 'the input cannot be parsed as JSON' });
  }

  #go(): void {
    if (this.#result !== null) return;
    try {
      const step = this.#work.next();
      if (step.done) this.#result = resultOf(step.value, this.#source);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      this.#result = notJson(this.#input, error);
    }
    if (this.#result !== null) this.#input.text = '';
  }
}

interface Input {
  /** What came and is not dropped yet. */
  text: string;
  /** Up to here it is read; grows between values only. */
  at: number;
  ended: boolean;
  /** Place of the start of `text`: line from 1, column from 0. */
  line: number;
  column: number;
}

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

  /** @param at Index into the text of the input. */
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

function notJson(input: Input, { at, expected, entry }: Broken): ReadResult {
  const { line, column } = placeIn(input, at);
  const found = at >= input.text.length ? 'the end of the input' : characterAt(input.text, at);
  const message = `not JSON at line ${line}, column ${column + 1}: expected ${expected}, found ${found}`;
  return unusable({ ...(entry === null ? {} : { entry }), line, message });
}

function placeIn({ text, line, column }: Input, at: number): { readonly line: number; readonly column: number } {
  let lines = line;
  let start = -column;
  for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', start)) {
    lines += 1;
    start = end + 1;
  }
  return { line: lines, column: at - start };
}

type Reading<T> = Generator<void, T, void>;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function* readDocument(input: Input, source: number): Reading<Found> {
  if (input.text.startsWith('\ufeff')) input.at = 1;
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

function* readCapture(input: Input, source: number): Reading<NonNullable<Found['capture']>> {
  if ((yield* nextCode(input)) !== OPEN_OBJECT) return { document: yield* value(input, null) };
  let log: Log = NO_LOG;
  yield* eachMember(input, function* (name) {
    if (name === 'log') log = yield* readLog(input, source);
    else yield* value(input, null);
  });
  return log;
}

function* readLog(input: Input, source: number): Reading<Log> {
  if ((yield* nextCode(input)) !== OPEN_OBJECT) return { value: yield* value(input, null), reader: null };
  const others: [string, unknown][] = [];
  let reader: HarReader | null = null;
  yield* eachMember(input, function* (name) {
    if (name === 'entries' && (yield* nextCode(input)) === OPEN_LIST) {
      const entries = new HarReader(source);
      yield* eachItem(input, function* () {
        entries.add(yield* value(input, entries.entries));
      });
      reader = entries;
    } else others.push([name, yield* value(input, null)]);
  });
  return { value: Object.fromEntries(others), reader };
}

function* eachMember(input: Input, visit: (name: string) => Reading<void>): Reading<void> {
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

function* eachItem(input: Input, visit: () => Reading<void>): Reading<void> {
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

/** Passes over white space to the next character and waits for it; `NaN` at the end. What was read before is dropped. */
function* nextCode(input: Input): Reading<number> {
  for (;;) {
    const code = input.text.charCodeAt(input.at);
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) input.at += 1;
    else if (!Number.isNaN(code) || input.ended) return code;
    else {
      drop(input);
      yield;
    }
  }
}

function drop(input: Input): void {
  const { line, column } = placeIn(input, input.at);
  input.text = input.text.slice(input.at);
  input.at = 0;
  input.line = line;
  input.column = column;
}

/** The value that starts at the next character, with everything in it. */
function* value(input: Input, entry: number | null): Reading<unknown> {
  yield* nextCode(input);
  let end = endOfValue(input.text, input.at);
  while (end < 0 && !input.ended) {
    drop(input);
    yield;
    end = endOfValue(input.text, input.at);
  }
  const text = input.text.slice(input.at, end < 0 ? undefined : end);
  const whole = parse(text);
  if (whole !== null) {
    input.at += text.length;
    return whole.value;
  }
  const error = jsonError(text);
  // A number or word with something behind it: whoever asked for it says what should be there.
  const first = error === null ? null : parse(text.slice(0, error.offset));
  if (error === null || first === null) throw new Broken(input.at + (error?.offset ?? 0), error?.expected ?? '', entry);
  input.at += error.offset;
  return first.value;
}

function parse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** Index behind the value that starts at `start`; -1 where it goes on behind the text. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = closingQuote(text, at);
      if (at < 0) return -1;
      if (depth === 0) return at + 1;
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) depth += 1;
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      // Without one that it closes it ends a number or a word.
      if (depth <= 1) return depth === 0 ? at : at + 1;
      depth -= 1;
    } else if (depth === 0 && (code === COMMA || code <= 0x20)) return at;
  }
  return -1;
}

function closingQuote(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === 0x5c) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return -1;
}
