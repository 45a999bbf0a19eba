import { header } from '../http/headers.ts';
import { jsonError } from '../http/json-error.ts';
import { isRecord, textOf } from '../http/params.ts';
import type {
  Body,
  Exchange,
  Header,
  Observation,
  Outcome,
  PageScan,
  PageText,
  Seen,
  StorageArea,
  StorageSnapshot,
} from '../model/observation.ts';
import { seen, unseen } from '../model/observation.ts';
import { table } from '../model/table.ts';
import { isAbsolute, OpenRedirects, resourceWord, statusOf, textBody, timeOf } from './parts.ts';
import { kindOf, type ReadError, type ReadResult } from './read-result.ts';
import { placeOf, type SourceText, type TextPlace } from './source-text.ts';

/** Members of a line that carry an observation; everything else in it is ignored. */
export const LINE_MEMBERS = [
  'id',
  'trace',
  'url',
  'method',
  'headers',
  'body',
  'truncated',
  'initiator',
  'resourceType',
  'time',
  'response',
  'storage',
  'script',
] as const;

/**
 * Reads one observation a line (JSON Lines). A line without `trace` is a trace of its own, about which nothing is known
 * before or after it; lines with the same `trace` belong together. Empty lines are passed over and not counted. A line
 * that cannot be used is an error of that line. A line with `storage` is a snapshot of one area of storage, one with
 * `script` a text of a page.
 */
export function readLines(input: SourceText, source: number): ReadResult {
  const reader = new LineReader(source);
  for (const { text, line, start } of linesOf(input.text)) {
    reader.add(text, line, (offset) => placeOf(input, start + offset));
  }
  return reader.finish();
}

/** Reads the lines of one input one by one, keeping nothing of them that is not observed. */
export class LineReader {
  readonly #source: number;
  readonly #observations: Observation[] = [];
  readonly #errors: ReadError[] = [];
  readonly #redirects = new Map<string, OpenRedirects>();
  #entries = 0;

  constructor(source: number) {
    this.#source = source;
  }

  /**
   * Adds the next line that is not empty.
   *
   * @param line Its number, from 1.
   * @param placeIn Where a character of it is, for the message about a broken one.
   */
  add(text: string, line: number, placeIn: (offset: number) => TextPlace): void {
    const entry = this.#entries++;
    const value = parseLine(text);
    const read = value === undefined ? explain(text, placeIn) : readLine(value, this.#source, entry, this.#redirects);
    if (typeof read === 'string') this.#errors.push({ entry, line, message: read });
    else this.#observations.push(read);
  }

  finish(): ReadResult {
    return { format: 'lines', entries: this.#entries, observations: this.#observations, errors: this.#errors };
  }
}

/** Lines that are not empty, with their number from 1 and where they start. */
export function* linesOf(text: string): Generator<{ text: string; line: number; start: number }> {
  for (let start = 0, line = 1; start < text.length; line++) {
    const end = text.indexOf('\n', start);
    const content = text.slice(start, end < 0 ? text.length : end);
    if (content.trim() !== '') yield { text: content, line, start };
    if (end < 0) return;
    start = end + 1;
  }
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function explain(text: string, placeIn: (offset: number) => TextPlace): string {
  const error = jsonError(text);
  if (error === null) return 'not JSON';
  const { column, byte } = placeIn(error.offset);
  const found = error.found === 'the end' ? 'the end of the line' : error.found;
  return `not JSON at column ${column} (byte ${byte}): expected ${error.expected}, found ${found}`;
}

function readLine(
  value: unknown,
  source: number,
  entry: number,
  redirects: Map<string, OpenRedirects>,
): Observation | string {
  if (!isRecord(value)) return `the line is ${kindOf(value)}; expected an object with "url", "storage" or "script"`;
  if (value['storage'] !== undefined || value['script'] !== undefined) return readPage(value, source, entry);
  const { url, method = 'GET', headers } = value;
  if (typeof url !== 'string' || !isAbsolute(url)) {
    const what = typeof url === 'string' && url !== '' ? 'a relative address' : kindOf(url);
    return `"url" is ${what}; expected an absolute URL`;
  }
  if (typeof method !== 'string') return `"method" is ${kindOf(method)}; expected a string`;
  const sent = headersOf(headers);
  if (typeof sent === 'string') return `"headers" is ${sent}`;
  const outcome = outcomeOf(value['response']);
  if (typeof outcome === 'string') return `"response${outcome}`;
  const verb = method.toUpperCase();
  const bodiless = verb === 'GET' || verb === 'HEAD' || verb === 'OPTIONS';
  const body = value['body'] === undefined && bodiless ? seen(null) : bodyOf(value['body']);
  const common = commonOf(value, source, entry);
  const open = common.capture === 'line' ? new OpenRedirects() : openRedirects(redirects, common.trace);
  const followed = open.take(url, verb);
  const carried = followed && !url.includes('#') ? url + followed.fragment : url;
  if (outcome.is === 'response' && outcome.response.status >= 300 && outcome.response.status <= 399) {
    const location = header(outcome.response.headers, 'location');
    if (location !== null) open.add(common.id, { url: carried, method: verb }, location);
  }
  const resource = value['resourceType'];
  const initiator = value['initiator'];
  return {
    is: 'exchange',
    ...common,
    resource: typeof resource === 'string' && resource !== '' ? resourceWord(resource) : null,
    initiator: typeof initiator === 'string' && initiator !== '' ? initiator : null,
    redirectedFrom: followed?.id ?? null,
    request: { method: verb, url: carried, headers: sent, body },
    outcome,
  } satisfies Exchange;
}

/** A line with `storage` or `script`; a string is an error. */
export function readPage(
  line: Readonly<Record<string, unknown>>,
  source: number,
  entry: number,
): StorageSnapshot | PageScan | string {
  return line['storage'] === undefined
    ? readScript(line, line['script'], source, entry)
    : readStorage(line, line['storage'], source, entry);
}

type Common = Pick<StorageSnapshot, 'id' | 'trace' | 'capture' | 'time' | 'tab' | 'truncated' | 'source'>;

/** What every line has, whatever it shows. */
function commonOf(line: Readonly<Record<string, unknown>>, source: number, entry: number): Common {
  const { id, trace } = line;
  const name = typeof trace === 'string' || typeof trace === 'number' ? String(trace) : null;
  return {
    id: `${source}:${entry}`,
    // Lines of different files never belong together, even under the same name.
    trace: name === null ? `${source}:${entry}` : `${source}/${name}`,
    capture: name === null ? 'line' : 'har',
    time: timeOf(line['time']),
    tab: null,
    truncated: line['truncated'] === true,
    source: { source, entry, ...(typeof id === 'string' || typeof id === 'number' ? { id: String(id) } : {}) },
  };
}

const AREAS = table<StorageArea>({
  local: 'local',
  localstorage: 'local',
  session: 'session',
  sessionstorage: 'session',
  indexeddb: 'indexeddb',
  cookie: 'cookie',
  cookies: 'cookie',
});

/** `{origin, area, items, written?}`; a string is an error. */
function readStorage(
  line: Readonly<Record<string, unknown>>,
  storage: unknown,
  source: number,
  entry: number,
): StorageSnapshot | string {
  if (!isRecord(storage))
    return `"storage" is ${kindOf(storage)}; expected an object with "origin", "area" and "items"`;
  const { origin, area } = storage;
  if (typeof origin !== 'string' || !isAbsolute(origin)) {
    return `"storage.origin" is ${kindOf(origin)}; expected an origin such as "https://app.example"`;
  }
  const known = typeof area === 'string' ? AREAS[area.toLowerCase()] : undefined;
  if (known === undefined) {
    return `"storage.area" is ${kindOf(area)}; expected "local", "session", "indexeddb" or "cookie"`;
  }
  const items = pairsOf(storage['items']);
  if (typeof items === 'string') return `"storage.items" is ${items}`;
  const written = storage['written'] === true ? { written: true as const } : {};
  return { is: 'storage', ...commonOf(line, source, entry), origin, area: known, items, ...written };
}

const TEXTS: ReadonlySet<string> = new Set<PageText>(['file', 'inline', 'markup', 'global', 'console', 'message']);

/** `{url, text, found?}`; a string is an error. */
function readScript(
  line: Readonly<Record<string, unknown>>,
  script: unknown,
  source: number,
  entry: number,
): PageScan | string {
  if (!isRecord(script)) return `"script" is ${kindOf(script)}; expected an object with "url" and "text"`;
  const { url, text, found } = script;
  if (typeof url !== 'string' || !isAbsolute(url)) return `"script.url" is ${kindOf(url)}; expected an absolute URL`;
  if (typeof text !== 'string') return `"script.text" is ${kindOf(text)}; expected a string`;
  const told = typeof found === 'string' && TEXTS.has(found) ? (found as PageText) : null;
  return {
    is: 'script',
    ...commonOf(line, source, entry),
    url,
    text,
    found: told ?? (/^\s*</.test(text) ? 'markup' : 'file'),
  };
}

function openRedirects(all: Map<string, OpenRedirects>, trace: string): OpenRedirects {
  let open = all.get(trace);
  if (open === undefined) {
    open = new OpenRedirects();
    all.set(trace, open);
  }
  return open;
}

/** A string is an error: what was found and expected. */
function headersOf(headers: unknown): Seen<readonly Header[]> | string {
  if (headers === undefined || headers === null) return unseen('stripped');
  const pairs = pairsOf(headers);
  return typeof pairs === 'string' ? pairs : seen(pairs);
}

/** Names and values of an object or a list of pairs. A string is an error. */
function pairsOf(given: unknown): readonly Header[] | string {
  const list: Header[] = [];
  if (Array.isArray(given)) {
    for (const [index, pair] of given.entries()) {
      if (!Array.isArray(pair) || typeof pair[0] !== 'string') {
        return `a list whose item ${index} is ${kindOf(pair)}; expected pairs of name and value`;
      }
      list.push([pair[0], textOf(pair[1])]);
    }
    return list;
  }
  if (!isRecord(given)) return `${kindOf(given)}; expected an object or a list of pairs`;
  for (const [name, value] of Object.entries(given)) {
    for (const one of Array.isArray(value) ? value : [value]) list.push([name, textOf(one)]);
  }
  return list;
}

/** Text as sent; a JSON value stands for its text. `null` says that there was none, absence that nothing is known. */
function bodyOf(body: unknown): Seen<Body | null> {
  return body === undefined ? unseen('stripped') : textBody(textOf(body));
}

/** A string is an error: the rest of a sentence that starts with `"response`. */
function outcomeOf(response: unknown): Outcome | string {
  if (response === undefined || response === null) return { is: 'unknown' };
  if (!isRecord(response)) return `" is ${kindOf(response)}; expected an object`;
  const headers = headersOf(response['headers']);
  if (typeof headers === 'string') return `.headers" is ${headers}`;
  const given = response['status'] ?? (header(headers, 'location') === null ? 200 : 302);
  const status = statusOf(given);
  if (status === null) return `.status" is ${kindOf(given)}; expected a number from 100 to 999`;
  return { is: 'response', response: { status, headers, body: bodyOf(response['body']) } };
}
