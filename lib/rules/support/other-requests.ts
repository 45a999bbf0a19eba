import { endpointOf } from '../../http/endpoint.ts';
import { header } from '../../http/headers.ts';
import type { Endpoint } from '../../model/message.ts';
import type { Exchange } from '../../model/observation.ts';
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

/** Captures that do not show the requests of a page itself. */
const LITTLE_SEEN: ReadonlySet<string> = new Set(['watch', 'line', 'address']);

/** That no request of the page was found proves nothing: the capture shows none, or it does not say who sent them. */
export function isBlindToPage(exchange: Exchange, found: ReadonlyMap<string, readonly Exchange[]>): boolean {
  return found.size === 0 || LITTLE_SEEN.has(exchange.capture);
}

/** Where a request over the network went; `null` for the addresses of a page's own making (`blob:`, `data:`). */
export function networkTarget(exchange: Exchange): Endpoint | null {
  const target = endpointOf(exchange.request.url);
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
