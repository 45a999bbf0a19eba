import type { Exchange, Header } from '../../model/observation.ts';

/** Captures that keep only the few response headers which they need themselves. */
const PARTIAL: ReadonlySet<string> = new Set(['watch', 'line', 'address']);

/** All headers of the response, so that the absence of one means something; `null` where they were not all seen. */
export function allResponseHeaders(exchange: Exchange): readonly Header[] | null {
  if (exchange.outcome.is !== 'response' || PARTIAL.has(exchange.capture)) return null;
  // Of the browser's own sign-in window a run learns where it was sent, and nothing else.
  if (exchange.capture === 'run' && exchange.resource === 'document') return null;
  const { headers } = exchange.outcome.response;
  return headers.seen ? headers.value : null;
}

/** Value of a header of the response, wherever it was seen. */
export function responseHeader(headers: readonly Header[], name: string): string | null {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? null;
}
