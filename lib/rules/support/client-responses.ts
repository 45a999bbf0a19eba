import { bearerToken, header } from '../../http/headers.ts';
import { allParams, paramValue } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import { messagesOf } from '../../model/flow.ts';
import type { AuthorizationResponse, OAuthMessage, VendorSdk } from '../../model/message.ts';
import type { Outcome, RuleContext } from '../../model/rule.ts';
import { readCompactJose } from '../../token/jose.ts';
import { worstOf } from './outcomes.ts';

export type FoundResponses =
  | { readonly is: 'none' }
  /** A request was sent, its response was not seen. */
  | { readonly is: 'unseen' }
  | { readonly is: 'seen'; readonly messages: readonly [AuthorizationResponse, ...AuthorizationResponse[]] };

/**
 * The authorization responses that the client got. What a server upstream answers to a broker is the
 * broker's: `none` here.
 */
export function clientResponses(flow: Flow): FoundResponses {
  const requests = messagesOf(flow, 'authorizationRequest');
  if (requests.length > 0 && requests.every((request) => request.hop === 'upstream')) return { is: 'none' };
  const [first, ...rest] = messagesOf(flow, 'authorizationResponse');
  if (first !== undefined) return { is: 'seen', messages: [first, ...rest] };
  return requests.length > 0 || messagesOf(flow, 'pushedAuthorizationRequest').length > 0
    ? { is: 'unseen' }
    : { is: 'none' };
}

/**
 * What a rule about responses answers: nothing to judge, not seen, or what `judge` says of each. A failure
 * counts more than what could not be told, and that more than a pass.
 */
export function judgeResponses(
  flow: Flow,
  c: RuleContext,
  judge: (message: AuthorizationResponse) => Outcome,
): Outcome {
  const responses = clientResponses(flow);
  if (responses.is === 'none') return c.notApplicable;
  if (responses.is === 'unseen') return c.cannotTell('authorization response');
  return worstOf(responses.messages.map(judge), c);
}

/** The answer of a rule that found nothing wrong: a pass where all of the response was seen. */
export function passIfWholeResponse(message: AuthorizationResponse, c: RuleContext): Outcome {
  if (isSealed(message)) return c.cannotTell('authorization response');
  return message.truncated ? c.cannotTell('whole address') : c.pass;
}

/** An encrypted `response` (JARM §2.2) hides every parameter of the response. */
export function isSealed(response: AuthorizationResponse): boolean {
  return allParams(response, 'response').some(({ value }) => readCompactJose(value)?.is === 'jwe');
}

/** The message that shows that the client went on with this response: its code redeemed or its token used. */
export function continuation(flow: Flow, response: AuthorizationResponse): OAuthMessage | null {
  const code = paramValue(response, 'code');
  const token = paramValue(response, 'access_token');
  for (const message of flow.messages) {
    if (message.kind === 'tokenRequest' && code !== null && paramValue(message, 'code') === code) return message;
    if (message.kind !== 'resourceRequest' && message.kind !== 'userinfoRequest') continue;
    if (token !== null && presentedToken(message) === token) return message;
  }
  return null;
}

/** The access token that a request shows (RFC 6750 §2). */
export function presentedToken(message: OAuthMessage): string | null {
  const { headers } = message.exchange.request;
  return bearerToken(header(headers, 'authorization')) ?? paramValue(message, 'access_token');
}

/** The vendor's script that runs this flow, told by any of its messages. */
export function sdkOfFlow(flow: Flow): VendorSdk | null {
  return flow.messages.find((message) => message.sdk !== null)?.sdk ?? null;
}
