import type { Analysis } from '../model/analysis.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { MessageKind, OAuthMessage } from '../model/message.ts';
import { visible } from './text.ts';
import { words } from './words.ts';

/** Kinds that make a flow worth a verdict of its own; the rest (metadata, keys, calls) only accompany one. */
const LEADING: ReadonlySet<MessageKind> = new Set<MessageKind>([
  'authorizationRequest',
  'authorizationResponse',
  'pushedAuthorizationRequest',
  'deviceAuthorizationRequest',
  'tokenRequest',
  'tokenResponse',
  'logoutRequest',
]);

/** Survives new traffic and the closing of the popup; holds no secret. */
export function flowKey(flow: Flow): string {
  return flow.messages[0]?.exchange.id ?? flow.id;
}

/** Names the client of a flow: a word about it holds for its later sign-ins, too. Client ids are no secrets. */
export function clientKey(flow: Flow): string {
  return `${serverHost(flow)} ${visible(flow.clientId ?? '-', 200)}`;
}

/** The flows that a person would choose from: sign-ins, latest first; then what else has something to say. */
export function leadingFlows(analysis: Analysis): readonly Flow[] {
  const last = (flow: Flow): number => flow.messages.at(-1)?.index ?? -1;
  const leads = (flow: Flow): boolean => flow.messages.some((message) => LEADING.has(message.kind));
  const speaks = new Set(analysis.findings.map((finding) => finding.flow));
  const shown = analysis.flows.filter((flow) => leads(flow) || speaks.has(flow.id));
  return shown.toSorted((a, b) => Number(leads(b)) - Number(leads(a)) || last(b) - last(a));
}

/** Host that the flow is with: the authorization server's, else where its first message went. */
export function serverHost(flow: Flow): string {
  const server =
    messagesOf(flow, 'authorizationRequest')[0] ??
    messagesOf(flow, 'pushedAuthorizationRequest')[0] ??
    messagesOf(flow, 'tokenRequest')[0] ??
    messagesOf(flow, 'deviceAuthorizationRequest')[0];
  return visible((server ?? issuerMessage(flow))?.endpoint.host ?? hostOf(flow.issuer), 253);
}

function issuerMessage(flow: Flow): OAuthMessage | undefined {
  return flow.issuer === null ? flow.messages[0] : undefined;
}

function hostOf(url: string | null): string {
  try {
    return url === null ? '' : new URL(url).host;
  } catch {
    return url ?? '';
  }
}

/** `Signing in with as.example` */
export function flowName(flow: Flow): string {
  const host = serverHost(flow);
  const w = words.subject;
  const [request] = messagesOf(flow, 'authorizationRequest');
  if (request !== undefined) {
    return request.params.some((param) => (param.as ?? param.name) === 'prompt' && param.value === 'none')
      ? w.silent(host)
      : w.signIn(host);
  }
  if (messagesOf(flow, 'pushedAuthorizationRequest').length > 0) return w.signIn(host);
  const [response] = messagesOf(flow, 'authorizationResponse');
  if (response !== undefined) {
    return flow.issuer === null ? w.response(visible(response.endpoint.host, 253)) : w.signIn(host);
  }
  switch (flow.grant) {
    case 'password':
      return w.password(host);
    case 'client_credentials':
      return w.clientCredentials(host);
    case 'refresh_token':
      return w.refresh(host);
    case 'device_code':
      return w.device(host);
    case 'token_exchange':
      return w.exchange(host);
    default:
  }
  if (messagesOf(flow, 'tokenRequest').length > 0) return w.token(host);
  if (messagesOf(flow, 'metadata').length > 0) return w.metadata(host);
  return messagesOf(flow, 'logoutRequest').length > 0 ? w.signOut(host) : w.other(host);
}

/** Time of the first message, milliseconds since the epoch; `null` where the source has no clock. */
export function flowTime(flow: Flow): number | null {
  return flow.messages.find((message) => message.exchange.time !== null)?.exchange.time ?? null;
}

/** Origins of the servers that the flow names, as far as they are https or http. */
export function serverOrigins(flow: Flow): readonly string[] {
  const kinds: readonly MessageKind[] = ['authorizationRequest', 'pushedAuthorizationRequest', 'tokenRequest'];
  const origins = flow.messages
    .filter((message) => kinds.includes(message.kind) && /^https?$/.test(message.endpoint.scheme))
    .map((message) => message.endpoint.origin);
  return [...new Set(origins)];
}
