import type { Exchange } from '../../model/observation.ts';
import type { RuleContext } from '../../model/rule.ts';

const MAX_HOPS = 50;

/** The exchange at which the redirects that begin with this one end, as far as they were seen. */
export function lastHop(exchange: Exchange, c: RuleContext): Exchange {
  const next = c.once(nextHops);
  let last = exchange;
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    const following = next.get(last.id);
    if (following === undefined) break;
    last = following;
  }
  return last;
}

/** The exchange that this one redirects to, where it was seen. */
export function nextHop(exchange: Exchange, c: RuleContext): Exchange | null {
  return c.once(nextHops).get(exchange.id) ?? null;
}

/** The exchange whose redirect led to this one, where it was seen. */
export function cameFrom(exchange: Exchange, c: RuleContext): Exchange | null {
  return exchange.redirectedFrom === null ? null : (c.once(exchangesById).get(exchange.redirectedFrom) ?? null);
}

function exchangesById({ exchanges }: Pick<RuleContext, 'exchanges'>): ReadonlyMap<string, Exchange> {
  return new Map(exchanges.map((exchange) => [exchange.id, exchange]));
}

/** Exchange by the exchange whose redirect led to it. */
function nextHops({ exchanges }: Pick<RuleContext, 'exchanges'>): ReadonlyMap<string, Exchange> {
  const next = new Map<string, Exchange>();
  for (const exchange of exchanges) if (exchange.redirectedFrom !== null) next.set(exchange.redirectedFrom, exchange);
  return next;
}
