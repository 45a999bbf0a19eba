import { header } from '../http/headers.ts';
import { parseForm, queryOf } from '../http/params.ts';
import type { Body, Exchange, Header, Observation, Seen } from '../model/observation.ts';
import { OWN_MEMBER, type OwnEntry, type OwnPart } from './own-entry.ts';
import { type OwnLog, pageLine } from './own-log.ts';

export interface HarOptions {
  readonly creator: { readonly name: string; readonly version: string };
  /** Said of the whole file, for whoever opens it. */
  readonly comment: string;
  /** What was found, where the values that it was found in were replaced. */
  readonly recorded?: object;
}

/**
 * A capture as a HAR 1.2 document. What the format cannot say (a part that was not visible, the tab, storage) is kept
 * under members of its own, so that reading the file again gives the same observations.
 */
export function harDocument(
  observations: readonly Observation[],
  { creator, comment, recorded }: HarOptions,
): { readonly log: object } {
  const exchanges = observations.filter((one): one is Exchange => one.is === 'exchange');
  const indexes = new Map(exchanges.map(({ id }, index) => [id, index]));
  const entries = exchanges.map((exchange) => entryOf(exchange, indexes));
  const pages = observations.flatMap((one, at) => (one.is === 'exchange' ? [] : [{ at, line: pageLine(one) }]));
  const own: OwnLog = { pages, ...(recorded === undefined ? {} : { recorded }) };
  return { log: { version: '1.2', creator, comment, entries, [OWN_MEMBER]: own } };
}

/** The format demands values where nothing is known (HAR 1.2: -1 and empty lists). */
const UNKNOWN = -1;

function entryOf(exchange: Exchange, indexes: ReadonlyMap<string, number>): object {
  const { request, outcome, time } = exchange;
  const response = outcome.is === 'response' ? outcome.response : null;
  const hidden: { [P in OwnPart]?: OwnEntry['unseen'][P] } = {};
  const note = (part: OwnPart, seen: Seen<unknown> | undefined): void => {
    if (seen !== undefined && !seen.seen) hidden[part] = seen.why;
  };
  note('requestHeaders', request.headers);
  note('requestBody', request.body);
  note('responseHeaders', response?.headers);
  note('responseBody', response?.body);
  const own: OwnEntry = {
    capture: exchange.capture,
    trace: exchange.trace,
    tab: exchange.tab,
    resource: exchange.resource,
    initiator: exchange.initiator,
    redirectedFrom: exchange.redirectedFrom === null ? null : (indexes.get(exchange.redirectedFrom) ?? null),
    truncated: exchange.truncated,
    timeless: time === null,
    outcome: outcome.is,
    unseen: hidden,
  };
  const post = postData(request.body, header(request.headers, 'content-type') ?? '');
  const { resource } = exchange;
  return {
    startedDateTime: new Date(time ?? 0).toISOString(),
    time: 0,
    request: {
      method: request.method,
      url: request.url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: pairs(request.headers),
      queryString: parseForm(queryOf(request.url), 'query').map(({ name, value }) => ({ name, value })),
      ...(post === null ? {} : { postData: post }),
      headersSize: UNKNOWN,
      bodySize: request.body.seen && request.body.value === null ? 0 : UNKNOWN,
    },
    response: {
      status: response?.status ?? 0,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: response === null ? [] : pairs(response.headers),
      content: contentOf(response?.body, (response && header(response.headers, 'content-type')) ?? ''),
      redirectURL: (response && header(response.headers, 'location')) ?? '',
      headersSize: UNKNOWN,
      bodySize: UNKNOWN,
      ...(outcome.is === 'failed' ? { _error: outcome.reason } : {}),
    },
    cache: {},
    timings: { send: 0, wait: 0, receive: 0 },
    ...(resource === null ? {} : { _resourceType: resource }),
    [OWN_MEMBER]: own,
  };
}

function pairs(headers: Seen<readonly Header[]>): object[] {
  return headers.seen ? headers.value.map(([name, value]) => ({ name, value })) : [];
}

function postData(body: Seen<Body | null>, mimeType: string): object | null {
  if (!body.seen || body.value === null) return null;
  if (body.value.is === 'text') return { mimeType, text: body.value.text };
  return { mimeType, params: body.value.fields.map(([name, value]) => ({ name, value })) };
}

function contentOf(body: Seen<Body | null> | undefined, mimeType: string): object {
  const text = body?.seen && body.value?.is === 'text' ? body.value.text : null;
  if (text === null) return { size: body?.seen ? 0 : UNKNOWN, mimeType };
  return { size: new TextEncoder().encode(text).length, mimeType, text };
}
