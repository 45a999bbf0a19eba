import type { Body, Header, Seen, StorageArea, Unseen } from '../model/observation.ts';

/**
 * One browser event each, as it was delivered: plain JSON, nothing derived. An exchange is put together from them
 * only when somebody reads the log (`observe`), so a worker that stops between two events loses nothing.
 */
export type LogRecord = TrafficRecord | PageLogRecord | OpenerRecord | EvictedRecord | LostRecord;

export type TrafficRecord = RequestRecord | HeadersRecord | RedirectRecord | CompletedRecord | FailedRecord;

/** What every webRequest event says about its request; each record carries it, so that each can stand alone. */
interface Traffic {
  /** `requestId`: the same for all hops of a redirect chain, unique within a browser session. */
  readonly id: string;
  /** Time of the event, milliseconds since the epoch. */
  readonly at: number;
  readonly url: string;
  readonly method: string;
  /** `ResourceType` in the browser's word: `main_frame`, `sub_frame`, `xmlhttprequest`, … */
  readonly type: string;
  /** -1 where the request belongs to no tab (service worker, a window not yet shown). */
  readonly tab: number;
  /** Origin of the page that sent it. */
  readonly from?: string;
  readonly private?: true;
  /** `cookieStoreId`, where the browser has containers and says so. */
  readonly store?: string;
  /** The address was longer than `MAX_URL` and was cut. */
  readonly cut?: true;
  /** The tab was being recorded: every header but `Cookie` was kept. */
  readonly recorded?: true;
}

/** onBeforeRequest: the request, before it is sent. */
export interface RequestRecord extends Traffic {
  readonly is: 'request';
  readonly body: Seen<Body | null>;
}

/** onSendHeaders: the request headers of `REQUEST_HEADERS`. */
export interface HeadersRecord extends Traffic {
  readonly is: 'headers';
  readonly headers: readonly Header[];
}

/** onBeforeRedirect. */
export interface RedirectRecord extends Traffic {
  readonly is: 'redirect';
  readonly status: number;
  /** Absolute target, with its fragment. */
  readonly to: string;
  /** The response headers of `RESPONSE_HEADERS`. */
  readonly headers: readonly Header[];
}

/** onCompleted. */
export interface CompletedRecord extends Traffic {
  readonly is: 'completed';
  readonly status: number;
  readonly headers: readonly Header[];
}

/** onErrorOccurred. */
export interface FailedRecord extends Traffic {
  readonly is: 'failed';
  /** The browser's own word, for example `net::ERR_NAME_NOT_RESOLVED`. */
  readonly reason: string;
}

/** What a recording read of the page in its tab, or heard from its hooks. */
export type PageLogRecord = StoredRecord | BodyRecord | MessageRecord | HookedRecord;

interface OfPage {
  /** When it was read or heard, milliseconds since the epoch. */
  readonly at: number;
  readonly tab: number;
  readonly private?: true;
  readonly store?: string;
}

/** One area of a page's storage. */
export interface StoredRecord extends OfPage {
  readonly is: 'stored';
  readonly origin: string;
  readonly area: StorageArea;
  readonly items: readonly (readonly [key: string, value: string])[];
  /** More was there than was kept. */
  readonly cut?: true;
  /** One call of `setItem`, and nothing else of the area. */
  readonly written?: true;
}

/** A response body as the page's own code got it. */
export interface BodyRecord extends OfPage {
  readonly is: 'body';
  /** Address of the response, after redirects. */
  readonly address: string;
  readonly status: number;
  readonly text: string;
}

/** A message that a window of the page got from another one. */
export interface MessageRecord extends OfPage {
  readonly is: 'message';
  /** Address of the page, without query and fragment. */
  readonly page: string;
  /** JSON `{origin, data}`: who sent it, and what. */
  readonly text: string;
}

/** From here on functions of the page were replaced by ones that tell who calls them. */
export interface HookedRecord extends OfPage {
  readonly is: 'hooked';
}

/** A popup window in which something was recorded was opened by a page in another tab. */
export interface OpenerRecord {
  readonly is: 'opener';
  readonly at: number;
  readonly tab: number;
  readonly opener: number;
  readonly private?: true;
}

/** Records were removed to make room. */
export interface EvictedRecord {
  readonly is: 'evicted';
  readonly at: number;
  readonly tab: number;
  readonly records: number;
  /** Everything of the tab, or only its oldest part. */
  readonly whole: boolean;
  readonly private?: true;
}

/** A record could not be written, not even after making room. */
export interface LostRecord {
  readonly is: 'lost';
  readonly at: number;
  readonly tab: number;
  readonly reason: string;
  readonly private?: true;
}

/** A record with the key under which it is stored; keys sort in the order of the events. */
export interface LogEntry {
  readonly key: string;
  readonly record: LogRecord;
}

/** Prefix of the keys of all records in `storage.session`. */
export const LOG_PREFIX = 'log:';

/** Characters of an address; longer ones are cut and marked. */
export const MAX_URL = 65_536;

/** Bytes of a body, UTF-8; longer ones are left out and marked `too-large`. */
export const MAX_BODY = 262_144;

/** Characters of one header value. */
export const MAX_HEADER = 16_384;

/**
 * Request headers that Watch keeps. `Cookie` is never among them, and a header outside this list was not looked at:
 * its absence from an exchange says nothing.
 */
export const REQUEST_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'content-type',
  'dpop',
  'origin',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
]);

/** Response headers that Watch keeps. `Set-Cookie` is never among them. */
export const RESPONSE_HEADERS: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-allow-origin',
  'cache-control',
  'content-type',
  'dpop-nonce',
  'non-authoritative-reason',
  'pragma',
  'referrer-policy',
  'www-authenticate',
]);

/**
 * Reads back what is stored under one key; `null` where it is no record that this version understands. The log
 * outlives an update of the extension, so a stored value is input like any other.
 */
export function readRecord(value: unknown): LogRecord | null {
  if (!isObject(value)) return null;
  if (!isNumber(value['at']) || !isNumber(value['tab'])) return null;
  switch (value['is']) {
    case 'request':
      return isTraffic(value) && isBody(value['body']) ? (value as unknown as RequestRecord) : null;
    case 'headers':
      return isTraffic(value) && isHeaders(value['headers']) ? (value as unknown as HeadersRecord) : null;
    case 'redirect':
      return isTraffic(value) && isHeaders(value['headers']) && isNumber(value['status']) && isText(value['to'])
        ? (value as unknown as RedirectRecord)
        : null;
    case 'completed':
      return isTraffic(value) && isHeaders(value['headers']) && isNumber(value['status'])
        ? (value as unknown as CompletedRecord)
        : null;
    case 'failed':
      return isTraffic(value) && isText(value['reason']) ? (value as unknown as FailedRecord) : null;
    case 'stored':
      return isText(value['origin']) &&
        AREAS.has(value['area']) &&
        isHeaders(value['items']) &&
        isFlag(value['cut']) &&
        isFlag(value['written']) &&
        isOfPage(value)
        ? (value as unknown as StoredRecord)
        : null;
    case 'body':
      return isText(value['address']) && isNumber(value['status']) && isText(value['text']) && isOfPage(value)
        ? (value as unknown as BodyRecord)
        : null;
    case 'message':
      return isText(value['page']) && isText(value['text']) && isOfPage(value)
        ? (value as unknown as MessageRecord)
        : null;
    case 'hooked':
      return isOfPage(value) ? (value as unknown as HookedRecord) : null;
    case 'opener':
      return isNumber(value['opener']) ? (value as unknown as OpenerRecord) : null;
    case 'evicted':
      return isNumber(value['records']) && typeof value['whole'] === 'boolean'
        ? (value as unknown as EvictedRecord)
        : null;
    case 'lost':
      return isText(value['reason']) ? (value as unknown as LostRecord) : null;
    default:
      return null;
  }
}

const TRAFFIC: ReadonlySet<LogRecord['is']> = new Set(['request', 'headers', 'redirect', 'completed', 'failed']);

export function isTrafficRecord(record: LogRecord): record is TrafficRecord {
  return TRAFFIC.has(record.is);
}

const AREAS: ReadonlySet<unknown> = new Set<StorageArea>(['local', 'session', 'indexeddb', 'cookie']);

function isOfPage(value: Readonly<Record<string, unknown>>): boolean {
  return isFlag(value['private']) && (value['store'] === undefined || isText(value['store']));
}

const UNSEEN: ReadonlySet<unknown> = new Set<Unseen>(['api-hides-it', 'too-large', 'not-yet', 'stripped']);

function isTraffic(value: Readonly<Record<string, unknown>>): boolean {
  return (
    isText(value['id']) &&
    isText(value['url']) &&
    isText(value['method']) &&
    isText(value['type']) &&
    (value['from'] === undefined || isText(value['from'])) &&
    (value['store'] === undefined || isText(value['store'])) &&
    isFlag(value['private']) &&
    isFlag(value['cut']) &&
    isFlag(value['recorded'])
  );
}

function isBody(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (value['seen'] === false) return UNSEEN.has(value['why']);
  if (value['seen'] !== true) return false;
  const body = value['value'];
  if (body === null) return true;
  if (!isObject(body)) return false;
  return body['is'] === 'form' ? isHeaders(body['fields']) : body['is'] === 'text' && isText(body['text']);
}

/** Headers, form fields and items of a storage have the same shape: pairs of text. */
function isHeaders(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((pair) => Array.isArray(pair) && pair.length === 2 && isText(pair[0]) && isText(pair[1]))
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isFlag(value: unknown): boolean {
  return value === undefined || value === true;
}
