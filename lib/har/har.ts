import { header, ListedHeaders } from '../http/headers.ts';
import { characterAt } from '../http/json-error.ts';
import { isRecord } from '../http/params.ts';
import type { Body, Exchange, Header, Outcome, ResponseSeen, Seen } from '../model/observation.ts';
import { seen, unseen } from '../model/observation.ts';
import { decodeBase64 } from './base64.ts';
import { type OwnEntry, readOwnEntry, restore } from './own-entry.ts';
import { readOwnLog, withPages } from './own-log.ts';
import { isAbsolute, MAX_BODY, numberOf, OpenRedirects, resourceWord, statusOf, textBody, timeOf } from './parts.ts';
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
    if (isRecord(document) && Array.isArray(document['runs'])) {
      return unusable({
        message:
          'the input is a SARIF report, which holds findings without their traffic; expected a HAR or JSON Lines',
      });
    }
    const what = isRecord(log) ? `"log.entries" is ${kindOf(entries)}` : `"log" is ${kindOf(log)}`;
    return unusable({
      message: `${what}; expected a HAR (a list in "log.entries") or JSON Lines (one observation a line)`,
    });
  }
  const reader = new HarReader(source);
  for (const entry of entries) reader.add(entry);
  return reader.finish(isRecord(log) ? log : {});
}

/** Reads the entries of one document one by one, keeping nothing of them that is not observed. */
export class HarReader {
  readonly #source: number;
  readonly #errors: ReadError[] = [];
  readonly #drafts: Draft[] = [];
  #entries = 0;
  /** Every entry that is an object has a time. */
  #complete = true;
  #sorted = true;
  #last = Number.NEGATIVE_INFINITY;

  constructor(source: number) {
    this.#source = source;
  }

  /** How many entries were added. */
  get entries(): number {
    return this.#entries;
  }

  /** Adds the next entry of the file. */
  add(value: unknown): void {
    const entry = this.#entries++;
    const time = isRecord(value) ? timeOf(value['startedDateTime']) : null;
    if (time === null) this.#complete &&= !isRecord(value);
    else {
      this.#sorted &&= time >= this.#last;
      this.#last = time;
    }
    const draft = readEntry(value, { source: this.#source, entry, time }, this.#errors);
    if (typeof draft === 'string') this.#errors.push({ entry, message: draft });
    else this.#drafts.push(draft);
  }

  /** @param log The members of `log` beside its entries. */
  finish(log: Readonly<Record<string, unknown>>): ReadResult {
    const own = readOwnLog(log);
    // HAR 1.2 §entries: a reader must not rely on the recorder having sorted by time. What this program wrote is in the
    // order of the capture.
    if (own === null && this.#complete && !this.#sorted) {
      this.#drafts.sort((a, b) => (a.exchange.time ?? 0) - (b.exchange.time ?? 0));
    }
    const redirects = new OpenRedirects();
    const pages = new Set<string>();
    const observations = this.#drafts.map((draft) => linked(draft, redirects, pages));
    this.#errors.sort((a, b) => (a.entry ?? 0) - (b.entry ?? 0));
    const read = { format: 'har', entries: this.#entries, errors: this.#errors } as const;
    if (own === null) return { ...read, observations };
    const recorded = own.recorded === undefined ? {} : { recorded: own.recorded };
    return { ...read, observations: withPages(observations, own.pages, this.#source, this.#errors), ...recorded };
  }
}

interface EntryPlace {
  readonly source: number;
  readonly entry: number;
  readonly time: number | null;
}

/** An exchange before the entries around it are known. */
interface Draft {
  readonly exchange: Exchange;
  /** Where it redirects to; empty where it does not. */
  readonly redirect: string;
  /** The recorder's page of which this is the document unless an earlier entry is. */
  readonly page: string | null;
  readonly own: OwnEntry | null;
}

function linked({ exchange, redirect, page, own }: Draft, redirects: OpenRedirects, pages: Set<string>): Exchange {
  const { request, id } = exchange;
  const { method } = request;
  const from = redirects.take(request.url, method);
  // HAR 1.2 leaves fragments out of addresses; the browser followed the redirect with the fragment that it carried.
  const url = from && !request.url.includes('#') ? request.url + from.fragment : request.url;
  if (redirect !== '') redirects.add(id, { url, method }, redirect);
  const isDocument = page !== null && !pages.has(page);
  if (isDocument) pages.add(page);
  if (from === null && !isDocument && own === null) return exchange;
  const whole: Exchange = {
    ...exchange,
    resource: isDocument ? 'document' : exchange.resource,
    redirectedFrom: from?.id ?? null,
    request: { ...request, url },
  };
  return own === null ? whole : restore(whole, own, exchange.source.source);
}

function readEntry(entry: unknown, place: EntryPlace, errors: ReadError[]): Draft | string {
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
  const resource = resourceOf(entry, headers);
  const exchange: Exchange = {
    is: 'exchange',
    id: `${place.source}:${place.entry}`,
    trace: String(place.source),
    capture: 'har',
    time: place.time,
    tab: null,
    resource: resource ?? subresource(type),
    initiator: initiatorOf(entry['_initiator']),
    redirectedFrom: null,
    truncated: false,
    request: { method, url, headers, body: requestBody(request, method, headers, note) },
    outcome,
    source: { source: place.source, entry: place.entry },
  };
  return {
    exchange,
    redirect: outcome.is === 'response' ? redirectOf(outcome.response, response) : '',
    page: resource === null ? documentOf(entry, type, outcome) : null,
    own: readOwnEntry(entry),
  };
}

function methodOf(request: Record<string, unknown>): string {
  const method = request['method'];
  if (typeof method === 'string' && method !== '') return method.toUpperCase();
  return isRecord(request['postData']) ? 'POST' : 'GET';
}

function headersOf(list: unknown): Seen<readonly Header[]> {
  return Array.isArray(list) ? new ListedHeaders(list) : unseen('stripped');
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
  if (status === null) return { is: 'failed', reason: failureOf(response['_error'] ?? response['_failureText']) };
  return {
    is: 'response',
    response: { status, headers: headersOf(response['headers']), body: responseBody(response, status, type, note) },
  };
}

/** Chromium's DevTools write `_error`, Playwright `_failureText`. */
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

/** What the request was for, where the recorder or the browser says so. */
function resourceOf(entry: Record<string, unknown>, headers: Seen<readonly Header[]>): string | null {
  const recorded = entry['_resourceType'];
  const word = typeof recorded === 'string' && recorded !== '' ? resourceWord(recorded) : null;
  // Chromium writes `document` for frames, too; fetch metadata tells them apart.
  if (word !== null && word !== 'document') return word;
  const dest = header(headers, 'sec-fetch-dest');
  const fetched = dest === null || dest === '' ? null : resourceWord(dest);
  if (word !== null) return fetched === 'frame' ? fetched : word;
  return fetched;
}

/** The recorder's page of which this can be the document. */
function documentOf(entry: Record<string, unknown>, type: string, outcome: Outcome): string | null {
  const page = entry['pageref'];
  if (typeof page !== 'string' || page === '' || !type.includes('html') || outcome.is !== 'response') return null;
  const { status } = outcome.response;
  return status >= 200 && (status < 300 || status >= 400) ? page : null;
}

function subresource(type: string): string | null {
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
