import { paramValue, wordsOf } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import { messagesOf } from '../../model/flow.ts';
import type { AuthorizationRequest, MessageOf, OAuthMessage } from '../../model/message.ts';
import type { Need, Outcome, RuleContext } from '../../model/rule.ts';

/** An authorization request as the client sent it: in the address, or pushed (RFC 9126). */
export type ClientRequest = AuthorizationRequest | MessageOf<'pushedAuthorizationRequest'>;

export type FoundRequest =
  | { readonly is: 'none' }
  /** It was sent, but its parameters are out of sight. */
  | { readonly is: 'hidden'; readonly message: ClientRequest; readonly missing: Need }
  | { readonly is: 'seen'; readonly message: ClientRequest };

/**
 * The request that left the client. Later hops on the server belong to the server, and a broker's own
 * request to the broker: both are `none` here.
 */
export function clientRequest(flow: Flow): FoundRequest {
  let hidden: FoundRequest | null = null;
  for (const message of flow.messages) {
    if (message.kind === 'pushedAuthorizationRequest') {
      if (message.bodyHidden === null) return { is: 'seen', message };
      hidden = { is: 'hidden', message, missing: 'request body' };
    }
    if (message.kind !== 'authorizationRequest' || message.hop !== 'client') continue;
    if (message.opaque === null) return { is: 'seen', message };
    hidden ??= { is: 'hidden', message, missing: 'request object' };
  }
  return hidden ?? { is: 'none' };
}

/** What a rule about the request answers: nothing to judge, out of sight, or what `judge` says of the request. */
export function judgeRequest(flow: Flow, c: RuleContext, judge: (message: ClientRequest) => Outcome): Outcome {
  const request = clientRequest(flow);
  if (request.is === 'none') return c.notApplicable;
  if (request.is === 'hidden') return c.cannotTell(request.missing);
  return judge(request.message);
}

/** What has to be seen before the absence of a parameter proves that it was not sent; `null` where it does. */
export function blindSpot(message: OAuthMessage): Need | null {
  if (message.truncated) return 'whole address';
  return message.method === 'POST' && message.bodyHidden !== null ? 'request body' : null;
}

/** The answer of a rule that found nothing wrong: a pass where all of the request was seen. */
export function passIfWhole(message: ClientRequest, c: RuleContext): Outcome {
  const unseen = blindSpot(message);
  return unseen === null ? c.pass : c.cannotTell(unseen);
}

/** The request that left the client as an address: all of it is in sight even where it refers to a request object. */
export function frontChannelRequest(flow: Flow): AuthorizationRequest | null {
  return messagesOf(flow, 'authorizationRequest').find((message) => message.hop === 'client') ?? null;
}

/** Words of `response_type`; where it is absent, what the provider is known to assume, else `code`. */
export function responseTypeOf(message: ClientRequest): readonly string[] {
  const words = wordsOf(paramValue(message, 'response_type'));
  return words.length > 0 ? words : [message.provider?.defaultResponseType ?? 'code'];
}

/** `openid` in `scope`, or an ID token asked for (OIDC Core §3.1.2.1). */
export function isOpenId(message: ClientRequest): boolean {
  return wordsOf(paramValue(message, 'scope')).includes('openid') || responseTypeOf(message).includes('id_token');
}

/** The person copies the code by hand: no response travels through the browser to a client. */
export function isCopiedByHand(message: ClientRequest): boolean {
  const redirectUri = paramValue(message, 'redirect_uri');
  if (redirectUri === null) return message.provider?.displaysCode ?? false;
  return redirectUri === 'oob' || redirectUri.startsWith('urn:ietf:wg:oauth:2.0:oob');
}
