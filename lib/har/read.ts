import { jsonError } from '../http/json-error.ts';
import { isRecord } from '../http/params.ts';
import { readHar } from './har.ts';
import { LineStream } from './line-stream.ts';
import { LINE_MEMBERS, linesOf, readLines } from './lines.ts';
import { kindOf, type ReadResult, unusable } from './read-result.ts';
import { decodeSource, placeOf, type SourceText } from './source-text.ts';
import { HarStream, isReport, startsAsHar, startsAsReport } from './stream.ts';

export type { ReadError, ReadResult } from './read-result.ts';
export { decodeSource, type SourceText, sourceText } from './source-text.ts';

/**
 * Reads a HAR or JSON Lines, told apart by their content. Never throws: what cannot be read is in `errors`, with its
 * place and what was expected.
 *
 * @param source Index of the input among those of one analysis.
 */
export function readSource(input: SourceText, source: number): ReadResult {
  const { text } = input;
  const first = linesOf(text).next();
  if (first.done) return unusable({ message: 'the input is empty; expected a HAR or JSON Lines' });
  if (!startsAsHar(text) && startsWithLines(text, first.value.text)) return readLines(input, source);
  const whole = parse(text);
  if (!whole.ok) return notJson(input);
  if (!isRecord(whole.value)) return unexpected(whole.value);
  return readHar(isReport(new Set(Object.keys(whole.value))) ? whole.value['capture'] : whole.value, source);
}

/** Bytes that are taken at once. */
export const PIECE = 1_000_000;

/** Reads an input whose bytes come in pieces, each entry or line as soon as it is there. */
export class PieceReader {
  readonly #source: number;
  #stream: HarStream | LineStream | null = null;

  /** @param source Index of the input among those of one analysis. */
  constructor(source: number) {
    this.#source = source;
  }

  /**
   * The next piece, which is not kept. The first one decides: it is long enough to hold some lines.
   *
   * @returns whether the input can be read so; if not, it has to be taken as a whole.
   */
  push(bytes: Uint8Array<ArrayBuffer>): boolean {
    this.#stream ??= streamFor(decodeSource(bytes), this.#source);
    this.#stream?.push(bytes);
    return this.#stream !== null;
  }

  finish(): ReadResult {
    return this.#stream?.finish() ?? unusable({ message: 'the input is empty; expected a HAR or JSON Lines' });
  }
}

function streamFor({ text, encoding, bom }: SourceText, source: number): HarStream | LineStream | null {
  if (encoding !== 'utf-8') return null;
  if (startsAsHar(text)) return new HarStream(source);
  const first = linesOf(text).next();
  if (first.done) return null;
  if (text.includes('\n', first.value.start) && startsWithLines(text, first.value.text))
    return new LineStream(source, bom);
  return startsAsReport(text) ? new HarStream(source) : null;
}

function startsWithLines(text: string, first: string): boolean {
  const line = parse(first);
  return (line.ok ? isLine(line.value) : startsLine(first)) || hasLines(text);
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

function parse(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

function isLine(value: unknown): boolean {
  return isRecord(value) && !isRecord(value['log']) && LINE_MEMBERS.some((name) => name in value);
}

/** A first line that is no JSON but starts as an observation does. */
function startsLine(line: string): boolean {
  const member = /^\s*\{\s*"([^"\\]{1,40})"\s*:/.exec(line.slice(0, 200))?.[1];
  return LINE_MEMBERS.some((name) => name === member);
}

/** Whether one of the lines after the first is an observation by itself. */
function hasLines(text: string): boolean {
  let looked = 0;
  for (const { text: line } of linesOf(text)) {
    if (looked++ === 0) continue;
    if (looked > 20) return false;
    if (!line.startsWith('{')) continue;
    const parsed = parse(line);
    if (parsed.ok && isLine(parsed.value)) return true;
  }
  return false;
}

function unexpected(value: unknown): ReadResult {
  return unusable({
    line: 1,
    message: `the input is ${kindOf(value)}; expected a HAR (an object with "log") or JSON Lines`,
  });
}

function notJson(input: SourceText): ReadResult {
  const error = jsonError(input.text);
  if (error === null) return unusable({ message: 'the input cannot be parsed as JSON' });
  const { line, column, byte } = placeOf(input, error.offset);
  const found = error.found === 'the end' ? 'the end of the input' : error.found;
  const place = `line ${line}, column ${column} (byte ${byte})`;
  const other = otherFormat(input.text);
  const hint = other === null ? '' : `; the input is ${other}`;
  return unusable({ line, message: `not JSON at ${place}: expected ${error.expected}, found ${found}${hint}` });
}

/** What people take for a HAR by mistake, by its first characters as UTF-8. */
const OTHER_FORMATS: readonly (readonly [start: string, what: string])[] = [
  ['PK\u0003\u0004', 'a ZIP archive: unpack it and take the file inside'],
  ['\u001f\ufffd\u0008', 'compressed by gzip: unpack it first'],
  ['{\u0000', 'UTF-16 without a byte order mark: save it as UTF-8'],
  ['\u0000{', 'UTF-16 without a byte order mark: save it as UTF-8'],
  ['# oauth report', 'a Markdown report, without the traffic: save Report (JSON) or HAR under Export and open that'],
  ['<!doctype html', 'a web page, not the traffic that loaded it'],
  ['<html', 'a web page, not the traffic that loaded it'],
  ['<', 'XML or HTML'],
];

function otherFormat(text: string): string | null {
  const start = text.slice(0, 1000).trimStart().toLowerCase();
  return OTHER_FORMATS.find(([one]) => start.startsWith(one.toLowerCase()))?.[1] ?? null;
}
