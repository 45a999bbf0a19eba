import type { Exchange } from '../model/observation.ts';
import { header } from './headers.ts';

/** Target of a redirect as an absolute URL, or `null`. */
export function locationOf(exchange: Exchange): string | null {
  if (exchange.outcome.is !== 'response') return null;
  const { status, headers } = exchange.outcome.response;
  if (status < 300 || status > 399) return null;
  const location = header(headers, 'location');
  if (location === null) return null;
  try {
    const target = new URL(location, exchange.request.url);
    // An absolute target is kept as written: percent-encoding is part of the evidence.
    return /^[a-z][a-z0-9+.-]*:/i.test(location) ? location : target.href;
  } catch {
    return null;
  }
}
