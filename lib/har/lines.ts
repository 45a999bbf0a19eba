import { header } from '../http/headers.ts';
import { isRecord } from '../http/params.ts';
import type { Body, Exchange, Header, Observation, Outcome, Seen } from '../model/observation.ts';
import { seen, unseen } from '../model/observation.ts';
import { jsonError } from './json-error.ts';
import { isAbsolute, OpenRedirects, resourceWord, statusOf, textBody, textOf, timeOf } from './parts.ts';
import { kindOf, type ReadError, type ReadResult } from './read-result.ts';
import { placeOf, type SourceText } from './source-text.ts';

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
] as const;

/**
 * Reads one observation a line (JSON Lines). A line without `trace` is a trace of its own, about which nothing is known
 * before or after it; lines with the same `trace` belong together. Empty lines are passed over and not counted. A line
 * that cannot be used is an error of that line.
 */
export function readLines(input: SourceText, source: number): ReadResult {
  const observations: Observation[] = [];
  const errors: ReadError[] = [];
  const redirects = new Map<string, OpenRedirects>();
  let entries = 0;
  for (const { text, line, start } of linesOf(input.text)) {
    const entry = entries++;
    const value = parseLine(text);
    if (value === undefined) {
      errors.push({ entry, line, message: explain(input, text, start) });
      continue;
    }
    const read = readLine(value, source, entry, redirects);
    if (typeof read === 'string') errors.push({ entry, line, message: read });
    else observations.push(read);
  }
  return { format: 'lines', entries, observations, errors };
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

function explain(input: SourceText, text: string, start: number): string {
  const error = jsonError(text);
  if (error === null) return 'not JSON';
  const { column, byte } = placeOf(input, start + error.offset);
  const found = error.found === 'the end' ? 'the end of the line' : error.found;
  return `not JSON at column ${column} (byte ${byte}): expected ${error.expected}, found ${found}`;
}

function readLine(
  value: unknown,
  source: number,
  entry: number,
  redirects: Map<string, OpenRedirects>,
): Observation | string {
  if (!isRecord(value)) return `the line is ${kindOf(value)}; expected an object with "url"`;
  const { url, method = 'GET', headers, id, trace } = value;
  if (typeof url !== 'string' || !isAbsolute(url)) {
    const what = typeof url === 'string' && url !== '' ? 'a relative address' : kindOf(url);
    return `"url" is ${what}; expected an absolute URL`;
  }
  if (typeof method !== 'string') return `"method" is ${kindOf(method)}; expected a string`;
  const sent = headersOf(headers);
  if (typeof sent === 'string') return `"headers" is ${sent}`;
  const name = typeof trace === 'string' || typeof trace === 'number' ? String(trace) : null;
  const outcome = outcomeOf(value['response']);
  if (typeof outcome === 'string') return `"response${outcome}`;
  const verb = method.toUpperCase();
  const bodiless = verb === 'GET' || verb === 'HEAD' || verb === 'OPTIONS';
  const body = value['body'] === undefined && bodiless ? seen(null) : bodyOf(value['body']);
  const exchangeId = `${source}:${entry}`;
  // Lines of different files never belong together, even under the same name.
  const whole = name === null ? exchangeId : `${source}/${name}`;
  const open = name === null ? new OpenRedirects() : openRedirects(redirects, whole);
  const followed = open.take(url, verb);
  const carried = followed && !url.includes('#') ? url + followed.fragment : url;
  if (outcome.is === 'response' && outcome.response.status >= 300 && outcome.response.status <= 399) {
    const location = header(outcome.response.headers, 'location');
    if (location !== null) open.add(exchangeId, { url: carried, method: verb }, location);
  }
  const resource = value['resourceType'];
  const initiator = value['initiator'];
  return {
    is: 'exchange',
    id: exchangeId,
    trace: whole,
    capture: name === null ? 'line' : 'har',
    time: timeOf(value['time']),
    tab: null,
    resource: typeof resource === 'string' && resource !== '' ? resourceWord(resource) : null,
    initiator: typeof initiator === 'string' && initiator !== '' ? initiator : null,
    redirectedFrom: followed?.id ?? null,
    truncated: value['truncated'] === true,
    request: { method: verb, url: carried, headers: sent, body },
    outcome,
    source: { source, entry, ...(typeof id === 'string' || typeof id === 'number' ? { id: String(id) } : {}) },
  } satisfies Exchange;
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
  const list: Header[] = [];
  if (Array.isArray(headers)) {
    for (const [index, pair] of headers.entries()) {
      if (!Array.isArray(pair) || typeof pair[0] !== 'string') {
        return `a list whose item ${index} is ${kindOf(pair)}; expected pairs of name and value`;
      }
      list.push([pair[0], textOf(pair[1])]);
    }
    return seen(list);
  }
  if (!isRecord(headers)) return `${kindOf(headers)}; expected an object or a list of pairs`;
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value]) list.push([name, textOf(one)]);
  }
  return seen(list);
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
