import { header } from '../http/headers.ts';
import { characterAt } from '../http/json-error.ts';
import { isRecord } from '../http/params.ts';
import type { Body, Exchange, Header, Outcome, ResponseSeen, Seen } from '../model/observation.ts';
import { seen, unseen } from '../model/observation.ts';
import { decodeBase64 } from './base64.ts';
import { readOwnEntry, restore } from './own-entry.ts';
import { readOwnLog, withPages } from './own-log.ts';
import {
  isAbsolute,
  MAX_BODY,
  numberOf,
  OpenRedirects,
  resourceWord,
  statusOf,
  textBody,
  textOf,
  timeOf,
} from './parts.ts';
import { kindOf, type ReadError, type ReadResult, unusable } from './read-result.ts';

/**
 * Reads a parsed HAR 1.2 document. Recorders leave fields out and write `null` where the format has none: what is
 * missing becomes "not visible here", never "was not sent". One document is one trace. An entry that cannot be used is
 * an error of that entry; only a document without `log.entries` cannot be used at all.
 */
export function readHar(document: unknown, source: number): ReadResult {
  const log = isRecord(document) ? document['log'] : undefined;
  const entries = isRecord(log) ? log['entries'] : undefined;
  if (!Array.isArray(entries)) {
    if (document === undefined)
      return unusable({ message: 'the report has no "capture": only one that was saved in the inspector has' });
    const what = isRecord(log) ? `"log.entries" is ${kindOf(entries)}` : `"log" is ${kindOf(log)}`;
    return unusable({
      message: `${what}; expected a HAR (a list in "log.entries") or JSON Lines (one observation a line)`,
    });
  }
  const trace = String(source);
  const own = isRecord(log) ? readOwnLog(log) : null;
  const observations: Exchange[] = [];
  const errors: ReadError[] = [];
  const redirects = new OpenRedirects();
  const pages = new Set<string>();
  for (const { entry, time, value } of own === null ? inOrder(entries) : timed(entries)) {
    const place: EntryPlace = { source, entry, time, trace };
    const read = readEntry(value, place, redirects, pages, errors);
    if (typeof read === 'string') errors.push({ entry, message: read });
    else observations.push(read);
  }
  errors.sort((a, b) => (a.entry ?? 0) - (b.entry ?? 0));
  const read = { format: 'har', entries: entries.length, errors } as const;
  if (own === null) return { ...read, observations };
  const recorded = own.recorded === undefined ? {} : { recorded: own.recorded };
  return { ...read, observations: withPages(observations, own.pages, source, errors), ...recorded };
}

interface EntryPlace {
  readonly source: number;
  readonly entry: number;
  readonly time: number | null;
  readonly trace: string;
}

interface Timed {
  readonly entry: number;
  readonly time: number | null;
  readonly value: unknown;
}

/** In the order of the file, which is that of the capture where this program wrote it. */
function timed(entries: readonly unknown[]): Timed[] {
  return entries.map((value, entry) => ({
    entry,
    time: isRecord(value) ? timeOf(value['startedDateTime']) : null,
    value,
  }));
}

/** HAR 1.2 §entries: a reader must not rely on the recorder having sorted by time. */
function inOrder(entries: readonly unknown[]): Timed[] {
  const list = timed(entries);
  let sorted = true;
  let complete = true;
  let last = Number.NEGATIVE_INFINITY;
  for (const { time, value } of list) {
    if (time === null) complete &&= !isRecord(value);
    else {
      sorted &&= time >= last;
      last = time;
    }
  }
  return sorted || !complete ? list : list.sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
}

function readEntry(
  entry: unknown,
  place: EntryPlace,
  redirects: OpenRedirects,
  pages: Set<string>,
  errors: ReadError[],
): Exchange | string {
  if (!isRecord(entry)) return `the entry is ${kindOf(entry)}; expected an object with "request" and "response"`;
  const request = entry['request'];
  if (!isRecord(request)) return `"request" is ${kindOf(request)}; expected an object with "method" and "url"`;
  const url = request['url'];
  if (typeof url !== 'string' || !isAbsolute(url)) {
    const what = typeof url === 'string' && url !== '' ? 'a relative address' : kindOf(url);
    return `"request.url" is ${what}; expected an absolute URL`;
  }
  const response = entry['response'];
  const headers = headersOf(request['headers']);
  const method = methodOf(request);
  const type = isRecord(response) ? mimeOf(response) : '';
  const note = (message: string): void => {
    errors.push({ entry: place.entry, message });
  };
  const outcome = outcomeOf(response, type, note);
  const id = `${place.source}:${place.entry}`;
  const from = redirects.take(url, method);
  const redirect = outcome.is === 'response' ? redirectOf(outcome.response, response) : '';
  // HAR 1.2 leaves fragments out of addresses; the browser followed the redirect with the fragment that it carried.
  const whole = from && !url.includes('#') ? url + from.fragment : url;
  if (redirect !== '') redirects.add(id, { url: whole, method }, redirect);
  const exchange: Exchange = {
    is: 'exchange',
    id,
    trace: place.trace,
    capture: 'har',
    time: place.time,
    tab: null,
    resource: resourceOf(entry, headers, type, outcome, pages),
    initiator: initiatorOf(entry['_initiator']),
    redirectedFrom: from?.id ?? null,
    truncated: false,
    request: { method, url: whole, headers, body: requestBody(request, method, headers, note) },
    outcome,
    source: { source: place.source, entry: place.entry },
  };
  const own = readOwnEntry(entry);
  return own === null ? exchange : restore(exchange, own, place.source);
}

function methodOf(request: Record<string, unknown>): string {
  const method = request['method'];
  if (typeof method === 'string' && method !== '') return method.toUpperCase();
  return isRecord(request['postData']) ? 'POST' : 'GET';
}

/** `[name, value]` from a list of `{name, value}`; items that are neither are passed over. */
function headersOf(list: unknown): Seen<readonly Header[]> {
  if (!Array.isArray(list)) return unseen('stripped');
  const headers: Header[] = [];
  for (const item of list) {
    if (!isRecord(item)) continue;
    const name = item['name'];
    const value = item['value'];
    if (typeof name !== 'string') continue;
    headers.push([name, textOf(value)]);
  }
  return seen(headers);
}

function requestBody(
  request: Record<string, unknown>,
  method: string,
  headers: Seen<readonly Header[]>,
  note: (message: string) => void,
): Seen<Body | null> {
  const data = request['postData'];
  if (isRecord(data)) {
    const text = data['text'];
    if (typeof text === 'string' && text !== '') {
      return data['encoding'] === 'base64' ? base64Body(text, '"request.postData.text"', note) : textBody(text);
    }
    const fields = headersOf(data['params']);
    if (fields.seen && fields.value.length > 0) return seen({ is: 'form', fields: fields.value });
  }
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return seen(null);
  const length = header(headers, 'content-length');
  return numberOf(length ?? request['bodySize']) === 0 ? seen(null) : unseen('stripped');
}

function mimeOf(response: Record<string, unknown>): string {
  const content = response['content'];
  const mime = isRecord(content) ? content['mimeType'] : undefined;
  if (typeof mime === 'string' && mime !== '') return mime.toLowerCase();
  return header(headersOf(response['headers']), 'content-type')?.toLowerCase() ?? '';
}

function outcomeOf(response: unknown, type: string, note: (message: string) => void): Outcome {
  if (!isRecord(response)) return { is: 'unknown' };
  const status = statusOf(response['status']);
  if (status === null) return { is: 'failed', reason: failureOf(response['_error']) };
  return {
    is: 'response',
    response: { status, headers: headersOf(response['headers']), body: responseBody(response, status, type, note) },
  };
}

function failureOf(error: unknown): string {
  if (typeof error === 'string' && error !== '') return error.slice(0, 200);
  const message = isRecord(error) ? error['message'] : undefined;
  return typeof message === 'string' && message !== '' ? message.slice(0, 200) : 'no response';
}

/** Types whose bodies cannot be part of OAuth. */
const NO_TEXT = /^(?:image|audio|video|font)\/|^application\/(?:octet-stream|wasm|pdf|zip|gzip|x-protobuf|grpc)/;
/** Types worth the cost of decoding. */
const WORTH_DECODING = /^$|json|x-www-form-urlencoded|html|xml|^text\/plain|jwt/;

function responseBody(
  response: Record<string, unknown>,
  status: number,
  type: string,
  note: (message: string) => void,
): Seen<Body | null> {
  const content = response['content'];
  if (!isRecord(content)) return status === 204 || status === 304 ? seen(null) : unseen('stripped');
  const text = content['text'];
  if (typeof text !== 'string' || text === '') {
    // `size` is what was received; a recorder that keeps no bodies still writes it.
    const size = numberOf(content['size']);
    const empty = text === '' ? size === null || size <= 0 : size === 0;
    return empty || status === 204 || status === 304 ? seen(null) : unseen('stripped');
  }
  if (NO_TEXT.test(type)) return unseen('stripped');
  if (content['encoding'] !== 'base64') return textBody(text);
  return WORTH_DECODING.test(type) ? base64Body(text, '"response.content.text"', note) : unseen('stripped');
}

function base64Body(text: string, name: string, note: (message: string) => void): Seen<Body | null> {
  // Four characters for three bytes, and room for line breaks.
  if (text.length > MAX_BODY * 1.5) return unseen('too-large');
  const bytes = decodeBase64(text);
  if (typeof bytes !== 'number') return textBody(new TextDecoder().decode(bytes));
  note(`${name} is not base64 at character ${bytes} (${characterAt(text, bytes)}); the body is left out`);
  return unseen('stripped');
}

/** Where a redirect leads; recorders that drop headers still write `redirectURL`. */
function redirectOf(response: ResponseSeen, raw: unknown): string {
  if (response.status < 300 || response.status > 399) return '';
  const recorded = isRecord(raw) ? raw['redirectURL'] : undefined;
  return header(response.headers, 'location') ?? (typeof recorded === 'string' ? recorded : '');
}

/** The page that sent the request, as Chromium (object) and WebPageTest (address) record it. */
function initiatorOf(initiator: unknown): string | null {
  if (typeof initiator === 'string') return isAbsolute(initiator) ? initiator : null;
  if (!isRecord(initiator)) return null;
  if (typeof initiator['url'] === 'string' && isAbsolute(initiator['url'])) return initiator['url'];
  for (let stack = initiator['stack']; isRecord(stack); stack = stack['parent']) {
    const frames = stack['callFrames'];
    if (!Array.isArray(frames)) continue;
    for (const frame of frames) {
      const url = isRecord(frame) ? frame['url'] : undefined;
      if (typeof url === 'string' && isAbsolute(url)) return url;
    }
  }
  return null;
}

function resourceOf(
  entry: Record<string, unknown>,
  headers: Seen<readonly Header[]>,
  type: string,
  outcome: Outcome,
  pages: Set<string>,
): string | null {
  const recorded = entry['_resourceType'];
  const word = typeof recorded === 'string' && recorded !== '' ? resourceWord(recorded) : null;
  // Chromium writes `document` for frames, too; fetch metadata tells them apart.
  if (word !== null && word !== 'document') return word;
  const dest = header(headers, 'sec-fetch-dest');
  const fetched = dest === null || dest === '' ? null : resourceWord(dest);
  if (word !== null) return fetched === 'frame' ? fetched : word;
  if (fetched !== null) return fetched;
  const page = entry['pageref'];
  if (typeof page === 'string' && page !== '' && !pages.has(page) && type.includes('html')) {
    const status = outcome.is === 'response' ? outcome.response.status : 0;
    if (status >= 200 && (status < 300 || status >= 400)) {
      pages.add(page);
      return 'document';
    }
  }
  for (const [pattern, word] of SUBRESOURCES) if (pattern.test(type)) return word;
  return null;
}

const SUBRESOURCES = [
  [/^image\//, 'image'],
  [/^text\/css/, 'stylesheet'],
  [/javascript|ecmascript/, 'script'],
  [/^font\/|^application\/(?:x-)?font/, 'font'],
  [/^(?:audio|video)\//, 'media'],
] as const;
