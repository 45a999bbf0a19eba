import type { Exchange } from '../model/observation.ts';

/**
 * Milliseconds between the two times of one request. Both clocks are the browser's, but the one of webRequest stands for
 * the event, the one of DevTools for the request; a busy browser puts them apart.
 */
const APART = 3000;

/**
 * What DevTools and Watch saw of one tab, each request once, by time. Where both saw it, DevTools' stands, because it has
 * headers and bodies, completed by what only webRequest tells: the fragment, the tab. The others are those that DevTools
 * was not open for, or that another tab sent: a popup window, a service worker.
 *
 * Everything gets the trace of the tab, so that the two can be correlated.
 */
export function mergeCaptures(devtools: readonly Exchange[], watched: readonly Exchange[]): readonly Exchange[] {
  const open = new Map<string, Exchange[]>();
  for (const exchange of watched) {
    const list = open.get(requestKey(exchange));
    if (list === undefined) open.set(requestKey(exchange), [exchange]);
    else list.push(exchange);
  }
  const pairs = new Map<Exchange, Exchange>();
  const ids = new Map<string, string>();
  for (const exchange of devtools) {
    const list = open.get(requestKey(exchange)) ?? [];
    const twin = nearest(exchange, list);
    if (twin === null) continue;
    list.splice(list.indexOf(twin), 1);
    pairs.set(exchange, twin);
    ids.set(twin.id, exchange.id);
  }
  const linked = ({ redirectedFrom }: Exchange): string | null =>
    redirectedFrom === null ? null : (ids.get(redirectedFrom) ?? redirectedFrom);
  const trace = watched[0]?.trace ?? devtools[0]?.trace ?? '';
  const rest = watched.filter(({ id }) => !ids.has(id));
  return [
    ...devtools.map((exchange) => {
      const twin = pairs.get(exchange);
      return { ...exchange, trace, ...(twin === undefined ? {} : completed(exchange, twin, linked(twin))) };
    }),
    ...rest.map((exchange) => ({ ...exchange, redirectedFrom: linked(exchange) })),
  ].sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
}

function completed(exchange: Exchange, twin: Exchange, redirectedFrom: string | null): Partial<Exchange> {
  const { request } = exchange;
  return {
    tab: twin.tab,
    initiator: exchange.initiator ?? twin.initiator,
    resource: exchange.resource ?? twin.resource,
    redirectedFrom: exchange.redirectedFrom ?? redirectedFrom,
    request: {
      ...request,
      url: request.url.includes('#') ? request.url : twin.request.url,
      body: request.body.seen ? request.body : twin.request.body,
    },
  };
}

function requestKey({ request }: Exchange): string {
  return `${request.method} ${request.url.split('#', 1)[0]}`;
}

function nearest({ time }: Exchange, list: readonly Exchange[]): Exchange | null {
  let found: Exchange | null = null;
  let least = APART;
  for (const one of list) {
    const apart = Math.abs((one.time ?? 0) - (time ?? 0));
    if (apart > least) continue;
    found = one;
    least = apart;
  }
  return found;
}
