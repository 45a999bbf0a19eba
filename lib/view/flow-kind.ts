import { header } from '../http/headers.ts';
import { paramValue } from '../http/params.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import { visible } from './text.ts';
import { diagramWords } from './words-diagram.ts';

const w = diagramWords.grant;

/** The kinds that a list can be filtered by. */
export type FlowKind = keyof typeof w;

/** What a flow is, in one of the kinds. */
export function flowKind(flow: Flow): FlowKind {
  const [request] = messagesOf(flow, 'authorizationRequest');
  if (request !== undefined && paramValue(request, 'prompt') === 'none') return 'silent';
  switch (flow.grant) {
    case 'authorization_code':
      return usesPkce(flow) ? 'codePkce' : 'code';
    case 'implicit':
      return 'implicit';
    case 'hybrid':
      return 'hybrid';
    case 'refresh_token':
      return 'refresh';
    case 'device_code':
      return 'device';
    case 'password':
      return 'password';
    case 'client_credentials':
      return 'client';
    case 'token_exchange':
      return 'exchange';
    default:
  }
  if (messagesOf(flow, 'logoutRequest').length > 0) return 'signOut';
  if (messagesOf(flow, 'tokenRequest').length > 0) return 'token';
  return messagesOf(flow, 'metadata').length > 0 ? 'metadata' : 'other';
}

function usesPkce(flow: Flow): boolean {
  return flow.messages.some(
    (message) => paramValue(message, 'code_challenge') !== null || paramValue(message, 'code_verifier') !== null,
  );
}

/** `Code with PKCE, pushed request, DPoP` */
export function kindWords(flow: Flow): string {
  const words = [w[flowKind(flow)]] as string[];
  if (messagesOf(flow, 'pushedAuthorizationRequest').length > 0) words.push(w.pushed);
  const proves = messagesOf(flow, 'tokenRequest').some(
    ({ exchange }) => header(exchange.request.headers, 'dpop') !== null,
  );
  if (proves) words.push(w.dpop);
  return words.join(', ');
}

/** Host of the client, as far as the flow shows it: where answers go, else the page that sent a request. */
export function clientHost(flow: Flow): string | null {
  const [response] = messagesOf(flow, 'authorizationResponse');
  if (response !== undefined) return visible(response.endpoint.host, 253);
  const redirect = flow.messages.map((message) => paramValue(message, 'redirect_uri')).find((uri) => uri !== null);
  return hostOf(redirect ?? flow.messages.find(({ exchange }) => exchange.initiator !== null)?.exchange.initiator);
}

function hostOf(url: string | null | undefined): string | null {
  if (url === null || url === undefined) return null;
  try {
    const { hostname, protocol } = new URL(url);
    return visible(hostname === '' ? protocol : hostname, 253);
  } catch {
    return null;
  }
}
