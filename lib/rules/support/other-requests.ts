import { bodyText } from '../../http/body.ts';
import { header } from '../../http/headers.ts';
import { fragmentOf, parseForm, queryOf } from '../../http/params.ts';
import { readRequest } from '../../http/request.ts';
import type { Endpoint } from '../../model/message.ts';
import { type Exchange, isLittleSeen } from '../../model/observation.ts';
import type { RuleContext } from '../../model/rule.ts';

type Trace = Pick<RuleContext, 'exchanges'>;

/** Requests by the whole address in their Referer header. An address that was trimmed to its origin leaks nothing. */
export function requestsByReferer({ exchanges }: Trace): ReadonlyMap<string, readonly Exchange[]> {
  return groupBy(exchanges, (exchange) => header(exchange.request.headers, 'referer'));
}

/** Requests by the address of the page or script that sent them. */
export function requestsByInitiator({ exchanges }: Trace): ReadonlyMap<string, readonly Exchange[]> {
  return groupBy(exchanges, (exchange) => exchange.initiator);
}

/** Values shorter than this are everywhere by chance. */
const MIN_VALUE = 16;

/** Requests by every longer value among their parameters and, where a body is none, by its words. */
export function requestsByValue({ exchanges }: Trace): ReadonlyMap<string, readonly Exchange[]> {
  const found = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    for (const value of new Set(valuesOf(exchange))) {
      const group = found.get(value);
      if (group) group.push(exchange);
      else found.set(value, [exchange]);
    }
  }
  return found;
}

function valuesOf({ request }: Exchange): string[] {
  const { query, body } = readRequest(request);
  const params = [...query, ...body];
  const text = body.length > 0 ? null : bodyText(request.body);
  return [
    ...params.flatMap(({ value }) => [value, ...nestedValues(value)]),
    ...(text === null ? [] : (text.slice(0, MAX_TEXT).match(WORDS) ?? [])),
  ].filter((value) => value.length >= MIN_VALUE);
}

const MAX_TEXT = 200_000;
const WORDS = /[A-Za-z0-9._~-]{16,}/g;

/** An address inside a parameter (`?page=https://app.example/cb?code=…`) has parameters of its own. */
export function nestedValues(value: string): string[] {
  if (!/[?#]/.test(value) || value.length >= MAX_TEXT) return [];
  return [...parseForm(queryOf(value), 'query'), ...parseForm(fragmentOf(value), 'fragment')].map((p) => p.value);
}

/** The requests of pages were hardly seen: that one is not among them proves nothing. */
export function areRequestsUnseen({ exchanges }: Trace): boolean {
  return exchanges.every(isLittleSeen);
}

/** That no request of the page was found proves nothing: the capture shows none, or it does not say who sent them. */
export function isBlindToPage(exchange: Exchange, found: ReadonlyMap<string, readonly Exchange[]>): boolean {
  return found.size === 0 || isLittleSeen(exchange);
}

/** Where a request over the network went; `null` for the addresses of a page's own making (`blob:`, `data:`). */
export function networkTarget(exchange: Exchange): Endpoint | null {
  const target = readRequest(exchange.request).endpoint;
  return target !== null && /^https?$/.test(target.scheme) ? target : null;
}

/** The address as it stands in Referer headers and initiators. */
export function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, '');
}

function groupBy(
  exchanges: readonly Exchange[],
  keyOf: (exchange: Exchange) => string | null,
): ReadonlyMap<string, readonly Exchange[]> {
  const groups = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const key = keyOf(exchange);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(exchange);
    else groups.set(key, [exchange]);
  }
  return groups;
}
