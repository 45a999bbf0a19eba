import { header } from '../http/headers.ts';
import type { SentByEvidence } from '../model/message.ts';
import type { Exchange } from '../model/observation.ts';

/** Captures that see nothing but the traffic of a browser. */
const BROWSER_CAPTURES: ReadonlySet<string> = new Set(['watch', 'record', 'devtools']);

/**
 * Evidence that a browser sent this request, or `null`: a HAR or a line alone may have been recorded
 * at a server or a proxy.
 */
export function browserEvidence(exchange: Exchange, pageSeen: boolean, toldPublic: boolean): SentByEvidence | null {
  if (BROWSER_CAPTURES.has(exchange.capture)) return 'capture';
  if (toldPublic) return 'told';
  if (exchange.initiator !== null && /^https?:/.test(exchange.initiator)) return 'initiator';
  const { headers } = exchange.request;
  if (['sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest'].some((name) => header(headers, name) !== null)) {
    return 'fetch-metadata';
  }
  if (/^https?:/.test(header(headers, 'origin') ?? '')) return 'origin';
  return pageSeen ? 'page-in-trace' : null;
}
