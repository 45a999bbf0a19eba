import { endpointOf } from '../../http/endpoint.ts';
import { param, paramValue } from '../../http/params.ts';
import type { CannotTellExample } from '../../model/example.ts';
import type { Flow } from '../../model/flow.ts';
import { messagesOf } from '../../model/flow.ts';
import type { AuthorizationResponse, OAuthMessage, Param, TokenResponse } from '../../model/message.ts';
import type { Outcome, RuleContext } from '../../model/rule.ts';
import { readCompactJose } from '../../token/jose.ts';
import { clientRequest, isOpenId, responseTypeOf } from './client-request.ts';
import { clientResponses, continuation, presentedToken } from './client-responses.ts';
import { PUSHED_UNSEEN } from './example-traces.ts';
import { worstOf } from './outcomes.ts';

/** An ID token and the message that it came in. */
export interface IdToken {
  readonly message: AuthorizationResponse | TokenResponse;
  readonly param: Param;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** How it came: from the authorization endpoint, for a code, by a refresh, or by another grant. */
  readonly by: 'front' | 'code' | 'refresh' | 'other';
}

/** Every readable ID token that the client got, each once with what came beside it. A broker's own from upstream is not the client's. */
export function idTokens(flow: Flow): readonly IdToken[] {
  const found = new Map<string, IdToken>();
  for (const message of carriers(flow)) {
    const token = param(message, 'id_token');
    const jose = readCompactJose(token?.value ?? '');
    if (token === null || jose === null || jose.claims === null) continue;
    const key = [token.value, paramValue(message, 'access_token'), paramValue(message, 'code')].join(' ');
    if (found.has(key)) continue;
    found.set(key, {
      message,
      param: token,
      header: jose.header,
      claims: jose.claims,
      by: originOf(flow, message),
    });
  }
  return [...found.values()];
}

/**
 * What a rule about ID tokens answers: what `judge` says of each, or, where none is readable, whether
 * one could have been there.
 */
export function judgeIdTokens(flow: Flow, c: RuleContext, judge: (token: IdToken) => Outcome): Outcome {
  const tokens = idTokens(flow);
  const answers = carriers(flow).filter((message) => message.kind === 'tokenResponse');
  const hidden = answers.some((message) => message.bodyHidden !== null) ? [c.cannotTell('response body')] : [];
  if (tokens.length > 0 || hidden.length > 0) return worstOf([...tokens.map(judge), ...hidden], c);
  const encrypted = carriers(flow).find((message) => readCompactJose(paramValue(message, 'id_token') ?? '') !== null);
  if (encrypted !== undefined) {
    return c.cannotTell(encrypted.kind === 'tokenResponse' ? 'token response' : 'authorization response');
  }
  const request = clientRequest(flow);
  if (answers.length > 0 || request.is === 'none') return c.notApplicable;
  if (request.is === 'hidden') return c.cannotTell(request.missing);
  if (!isOpenId(request.message)) return c.notApplicable;
  return c.cannotTell(
    responseTypeOf(request.message).includes('id_token') ? 'authorization response' : 'token response',
  );
}

/** The message that shows that the client went on after this ID token. */
export function continuationAfter(flow: Flow, { message }: IdToken): OAuthMessage | null {
  if (message.kind === 'authorizationResponse') return continuation(flow, message);
  const token = paramValue(message, 'access_token');
  return flow.messages.find((later) => token !== null && isUse(later, token)) ?? null;
}

/** The response belongs to this flow beyond doubt: its request does. */
export function isSurelyOf(flow: Flow, { message }: Pick<IdToken, 'message'>): boolean {
  return flow.links.every((link) => link.sure || link.message.exchange.id !== message.exchange.id);
}

/** `aud` as a list without repeats; empty where the claim is absent or no text. */
export function audiencesOf({ claims }: Pick<IdToken, 'claims'>): readonly string[] {
  const listed: readonly unknown[] = [claims['aud']].flat();
  return [...new Set(listed.filter((audience) => typeof audience === 'string'))];
}

/** The issuer lies on a site of this flow's server, or is the one of its metadata. */
export function isOwnIssuer(flow: Flow, { claims }: Pick<IdToken, 'claims'>): boolean {
  const { iss } = claims;
  if (typeof iss !== 'string' || iss === flow.issuer) return true;
  // Google's issuer has no scheme in some tokens.
  const site = (endpointOf(iss) ?? endpointOf(`https://${iss}`))?.site;
  return flow.messages.some((message) => message.kind !== 'authorizationResponse' && message.endpoint.site === site);
}

function isUse(message: OAuthMessage, token: string): boolean {
  return (
    (message.kind === 'resourceRequest' || message.kind === 'userinfoRequest') && presentedToken(message) === token
  );
}

function carriers(flow: Flow): readonly (AuthorizationResponse | TokenResponse)[] {
  const responses = clientResponses(flow);
  if (responses.is === 'none' && messagesOf(flow, 'authorizationRequest').length > 0) return [];
  return [...(responses.is === 'seen' ? responses.messages : []), ...messagesOf(flow, 'tokenResponse')];
}

function originOf(flow: Flow, message: AuthorizationResponse | TokenResponse): IdToken['by'] {
  if (message.kind === 'authorizationResponse') return 'front';
  const asked = messagesOf(flow, 'tokenRequest').find((request) => request.exchange.id === message.exchange.id);
  if (asked === undefined) return 'other';
  if (asked.grant === 'refresh_token') return 'refresh';
  return paramValue(asked, 'code') === null ? 'other' : 'code';
}

/** Examples of every rule about ID tokens: those could have come, but were not seen. */
export const ID_TOKEN_UNSEEN: readonly CannotTellExample[] = [
  {
    name: 'the token response was not seen',
    trace:
      'GET https://as.example/authorize?response_type=code&client_id=web1&scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7',
    missing: ['token response'],
  },
  {
    name: 'the callback with the ID token was not seen',
    trace:
      'GET https://as.example/authorize?response_type=id_token&client_id=web1&scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&nonce=n-0S6_WzA2Mj',
    missing: ['authorization response'],
  },
  {
    name: 'the body of the token response is hidden',
    trace: `
      # hides response-body
      POST https://as.example/token
      Content-Type: application/x-www-form-urlencoded

      grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1

      200
      Content-Type: application/json

      {}
    `,
    missing: ['response body'],
  },
  {
    name: 'the ID token is encrypted',
    trace:
      'GET https://app.example/cb#id_token=eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a.b.c.d&access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer&state=af0ifjsldkjQ2w7',
    missing: ['authorization response'],
  },
  { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
];
