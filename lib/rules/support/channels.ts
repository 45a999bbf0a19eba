import { header } from '../../http/headers.ts';
import type { Exchange } from '../../model/observation.ts';

/** A WebSocket or an event stream: the browser lets no script set headers for them. */
export function isPushChannel({ request, resource }: Exchange): boolean {
  if (/^wss?:/i.test(request.url) || resource === 'websocket' || resource === 'eventsource') return true;
  return header(request.headers, 'accept')?.includes('text/event-stream') ?? false;
}
