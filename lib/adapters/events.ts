import type { Browser, WebRequest } from 'webextension-polyfill';
import {
  type CompletedRecord,
  type FailedRecord,
  type HeadersRecord,
  MAX_BODY,
  MAX_HEADER,
  MAX_URL,
  REQUEST_HEADERS,
  RESPONSE_HEADERS,
  type RedirectRecord,
  type RequestRecord,
} from '../log/records.ts';
import type { Body, Header, Seen } from '../model/observation.ts';
import { seen, unseen } from '../model/observation.ts';

/** The members that all webRequest events share, as both browsers deliver them. */
type Details = Pick<
  WebRequest.OnBeforeRequestDetailsType,
  | 'requestId'
  | 'url'
  | 'method'
  | 'type'
  | 'tabId'
  | 'timeStamp'
  | 'initiator'
  | 'originUrl'
  | 'incognito'
  | 'cookieStoreId'
>;

/** Makes log records of browser events, synchronously and with every part capped. */
export interface Recorder {
  request(details: WebRequest.OnBeforeRequestDetailsType): RequestRecord;
  headers(details: WebRequest.OnSendHeadersDetailsType): HeadersRecord;
  redirect(details: WebRequest.OnBeforeRedirectDetailsType): RedirectRecord;
  completed(details: WebRequest.OnCompletedDetailsType): CompletedRecord;
  failed(details: WebRequest.OnErrorOccurredDetailsType): FailedRecord;
}

/** `recorded`: of a tab that is being recorded; every header but `Cookie` is kept. */
export function createRecorder(browser: Browser, { recorded = false } = {}): Recorder {
  const requestHeaders = recorded ? ALL_BUT_COOKIE : REQUEST_HEADERS;
  const responseHeaders = recorded ? ALL_BUT_COOKIE : RESPONSE_HEADERS;
  // With split instances (Chromium) every event of this instance is private or none is; elsewhere the event says so.
  const hidden = browser.extension.inIncognitoContext === true;

  function traffic(details: Details) {
    const from = originOf(details.initiator ?? details.originUrl);
    return {
      id: details.requestId,
      at: details.timeStamp,
      url: details.url.slice(0, MAX_URL),
      method: details.method,
      type: details.type,
      tab: details.tabId,
      ...(from !== null ? { from } : {}),
      ...(hidden || details.incognito ? { private: true as const } : {}),
      ...(details.cookieStoreId ? { store: details.cookieStoreId } : {}),
      ...(details.url.length > MAX_URL ? { cut: true as const } : {}),
      ...(recorded ? { recorded: true as const } : {}),
    };
  }

  return {
    request: (details) => ({ is: 'request', ...traffic(details), body: bodyOf(details) }),
    headers: (details) => ({
      is: 'headers',
      ...traffic(details),
      headers: kept(details.requestHeaders, requestHeaders),
    }),
    redirect: (details) => ({
      is: 'redirect',
      ...traffic(details),
      status: details.statusCode,
      to: details.redirectUrl.slice(0, MAX_URL),
      headers: kept(details.responseHeaders, responseHeaders),
    }),
    completed: (details) => ({
      is: 'completed',
      ...traffic(details),
      status: details.statusCode,
      headers: kept(details.responseHeaders, responseHeaders),
    }),
    failed: (details) => ({ is: 'failed', ...traffic(details), reason: details.error.slice(0, 200) }),
  };
}

/**
 * Chromium tells the origin of the sending page, Firefox its whole address, in which a token may stand: only the origin
 * is kept. `null` where there is none or an opaque one.
 */
function originOf(sender: string | undefined): string | null {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]{1,300}/i.exec(sender ?? '')?.[0] ?? null;
}

/** Names of the fields of a form body; empty for any other body. */
export function formNames(details: WebRequest.OnBeforeRequestDetailsType): string[] {
  const form: unknown = details.requestBody?.formData;
  return typeof form === 'object' && form !== null ? Object.keys(form) : [];
}

const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * The request body. A form that the browser parsed comes as fields, in which the order among different names is the
 * browser's; anything else as bytes. A Blob gives no `requestBody` at all, and so does a POST without a body, which is
 * why its absence proves nothing there.
 */
function bodyOf(details: WebRequest.OnBeforeRequestDetailsType): Seen<Body | null> {
  const body = details.requestBody;
  if (!body) return BODILESS.has(details.method) ? seen(null) : unseen('api-hides-it');
  const form: unknown = body.formData;
  if (typeof form === 'object' && form !== null) return formBody(form);
  return body.raw ? rawBody(body.raw) : unseen('api-hides-it');
}

function formBody(form: object): Seen<Body> {
  const fields: (readonly [string, string])[] = [];
  let size = 0;
  for (const [name, values] of Object.entries(form)) {
    for (const value of Array.isArray(values) ? values : [values]) {
      // Chromium gives bytes for values that are not UTF-8.
      const text = typeof value === 'string' ? value : bytesToText(value);
      if (text === null) return unseen('api-hides-it');
      size += name.length + text.length;
      if (size > MAX_BODY) return unseen('too-large');
      fields.push([name, text]);
    }
  }
  return seen({ is: 'form', fields });
}

function rawBody(parts: readonly WebRequest.UploadData[]): Seen<Body> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (const { bytes } of parts) {
    // A part that is a file on disk gives no bytes.
    if (!(bytes instanceof ArrayBuffer)) return unseen('api-hides-it');
    size += bytes.byteLength;
    if (size > MAX_BODY) return unseen('too-large');
    chunks.push(new Uint8Array(bytes));
  }
  if (size === 0) return unseen('api-hides-it');
  const joined = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return seen({ is: 'text', text: new TextDecoder().decode(joined) });
}

function bytesToText(value: unknown): string | null {
  return value instanceof ArrayBuffer ? new TextDecoder().decode(value) : null;
}

/** Names of headers, lower case. */
type Names = Pick<ReadonlySet<string>, 'has'>;

const ALL_BUT_COOKIE: Names = { has: (name) => name !== 'cookie' };

function kept(headers: readonly WebRequest.HttpHeadersItemType[] | undefined, names: Names): Header[] {
  const result: Header[] = [];
  for (const { name, value } of headers ?? []) {
    if (value !== undefined && names.has(name.toLowerCase())) result.push([name, value.slice(0, MAX_HEADER)]);
  }
  return result;
}
