import { endpointOf } from '../../http/endpoint.ts';
import { header } from '../../http/headers.ts';
import type { Endpoint } from '../../model/message.ts';
import type { Exchange } from '../../model/observation.ts';

/** The page that sent the browser on its way, by the recorder or by the Referer; `null` where nothing tells it. */
export function initiatingPage(exchange: Exchange): Endpoint | null {
  return endpointOf(exchange.initiator ?? header(exchange.request.headers, 'referer') ?? '');
}
