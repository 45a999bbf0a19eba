import { endpointOf } from '../../http/endpoint.ts';
import { allParams } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import type { Endpoint } from '../../model/message.ts';
import { readCompactJose } from '../../token/jose.ts';
import { isUnder } from './telemetry-hosts.ts';

/** Parameters that name where tokens are for (RFC 8707 §2, and what providers call it), and where the client is. */
const NAMES = ['resource', 'audience', 'redirect_uri', 'post_logout_redirect_uri'];

/** Whether a host belongs to the sign-in of a token: the server, the client, and the APIs that token or provider name. */
export function isRelated(target: Endpoint, token: string, flow: Flow): boolean {
  // Where a token was shown says nothing: that is the question.
  const messages = flow.messages.filter(({ kind }) => kind !== 'resourceRequest');
  const sites = new Set(messages.map(({ endpoint }) => endpoint.site));
  for (const message of flow.messages) {
    for (const name of NAMES) for (const { value } of allParams(message, name)) add(value);
    if (message.exchange.initiator !== null && message.kind === 'tokenRequest') add(message.exchange.initiator);
  }
  for (const value of [readCompactJose(token)?.claims?.['aud']].flat()) if (typeof value === 'string') add(value);
  if (sites.has(target.site)) return true;
  return isUnder(target.host, new Set(flow.provider?.resourceHosts ?? []));

  function add(url: string): void {
    const site = endpointOf(/^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `https://${url}`)?.site;
    if (site !== undefined && site !== '') sites.add(site);
  }
}
