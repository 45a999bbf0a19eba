import { type Flow, messagesOf } from '../model/flow.ts';
import type { AuthorizationRequest, OAuthMessage } from '../model/message.ts';

/** The client's own authorization request of a flow, best `near` itself; `null` where none was seen, and for own runs. */
export function requestToRun(flow: Flow, near: OAuthMessage | null): AuthorizationRequest | null {
  const own = messagesOf(flow, 'authorizationRequest').filter(
    ({ hop, exchange, endpoint }) =>
      hop === 'client' && exchange.capture !== 'run' && (endpoint.scheme === 'https' || endpoint.scheme === 'http'),
  );
  return own.find((message) => message === near) ?? own[0] ?? null;
}
