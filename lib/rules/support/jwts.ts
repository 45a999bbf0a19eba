import { header } from '../../http/headers.ts';
import { param } from '../../http/params.ts';
import type { CannotTellExample } from '../../model/example.ts';
import type { Flow } from '../../model/flow.ts';
import { messagesOf } from '../../model/flow.ts';
import type { OAuthMessage } from '../../model/message.ts';
import type { Evidence, Outcome, RuleContext } from '../../model/rule.ts';
import { readCompactJose } from '../../token/jose.ts';
import { clientRequest } from './client-request.ts';
import { clientResponses, presentedToken } from './client-responses.ts';
import { PUSHED_UNSEEN } from './example-traces.ts';
import { worstOf } from './outcomes.ts';

/** A signed (or unsigned) token that a flow uses, and the message that it was first seen in. */
export interface UsedJwt {
  readonly is: 'id_token' | 'access_token' | 'client_assertion' | 'assertion';
  readonly message: OAuthMessage;
  readonly value: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly evidence: Evidence;
}

/** Every readable JWS of the flow, each once. What an upstream server gave a broker is not the client's. */
export function usedJwts(flow: Flow, c: RuleContext): readonly UsedJwt[] {
  const found = new Map<string, UsedJwt>();
  const add = (is: UsedJwt['is'], message: OAuthMessage, value: string, evidence: Evidence): void => {
    const jose = readCompactJose(value);
    if (jose === null || jose.claims === null || found.has(`${is} ${value}`)) return;
    found.set(`${is} ${value}`, { is, message, value, header: jose.header, claims: jose.claims, evidence });
  };
  if (clientResponses(flow).is === 'none' && messagesOf(flow, 'authorizationRequest').length > 0) return [];
  for (const message of flow.messages) {
    for (const is of NAMES[message.kind] ?? []) {
      const token = param(message, is);
      if (token !== null) add(is, message, token.value, c.at(message, token));
    }
    const presented =
      message.kind === 'resourceRequest' || message.kind === 'userinfoRequest' ? presentedToken(message) : null;
    if (presented === null) continue;
    const value = header(message.exchange.request.headers, 'authorization');
    if (value !== null)
      add('access_token', message, presented, { message, where: 'header', name: 'Authorization', value });
  }
  return [...found.values()];
}

const NAMES: Partial<Record<OAuthMessage['kind'], readonly UsedJwt['is'][]>> = {
  authorizationResponse: ['id_token', 'access_token'],
  tokenResponse: ['id_token', 'access_token'],
  tokenRequest: ['client_assertion', 'assertion'],
  pushedAuthorizationRequest: ['client_assertion'],
};

/**
 * What a rule about the content of tokens answers: what `judge` says of each of these sorts, or, where
 * none is readable, whether one could have been there. Tokens that are no JWT give nothing to judge.
 */
export function judgeJwts(
  flow: Flow,
  c: RuleContext,
  sorts: readonly UsedJwt['is'][],
  judge: (token: UsedJwt) => Outcome,
): Outcome {
  const tokens = usedJwts(flow, c).filter(({ is }) => sorts.includes(is));
  if (tokens.length > 0) return worstOf(tokens.map(judge), c);
  const answers = messagesOf(flow, 'tokenResponse');
  if (answers.some((message) => message.bodyHidden !== null)) return c.cannotTell('response body');
  const request = clientRequest(flow);
  if (answers.length > 0 || request.is === 'none') return c.notApplicable;
  return c.cannotTell(
    messagesOf(flow, 'authorizationResponse').length > 0 ? 'token response' : 'authorization response',
  );
}

/** Examples of every rule about the content of tokens: those could have come, but were not seen. */
export const TOKEN_UNSEEN: readonly CannotTellExample[] = [
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
    name: 'the token response was not seen',
    trace: `
      GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7

      GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7
    `,
    missing: ['token response'],
  },
  { name: 'nothing but a request was seen', trace: PUSHED_UNSEEN, missing: ['authorization response'] },
];
