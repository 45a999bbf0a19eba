import type { Flow } from '../../model/flow.ts';
import { messagesOf } from '../../model/flow.ts';
import type { TokenRequest, TokenResponse } from '../../model/message.ts';
import type { Outcome, RuleContext } from '../../model/rule.ts';
import { worstOf } from './outcomes.ts';

/**
 * What a rule about token requests answers: nothing to judge, or what `judge` says of each. A failure
 * counts more than what could not be told, and that more than a pass.
 */
export function judgeTokenRequests(flow: Flow, c: RuleContext, judge: (message: TokenRequest) => Outcome): Outcome {
  return worstOf(messagesOf(flow, 'tokenRequest').map(judge), c);
}

/** The answer of a rule that found nothing wrong in a body: a pass where all of the body was seen. */
export function passIfWholeBody(message: TokenRequest, c: RuleContext): Outcome {
  return message.bodyHidden !== null || message.truncated ? c.cannotTell('request body') : c.pass;
}

/** What the server said to this very request: tokens, a refusal, or `null` where its answer was not seen. */
export function answerTo(flow: Flow, request: TokenRequest): 'tokens' | 'refusal' | null {
  const answer = messagesOf(flow, 'tokenResponse').find((message) => message.exchange.id === request.exchange.id);
  if (answer === undefined) return null;
  return isSuccess(answer) ? 'tokens' : 'refusal';
}

function isSuccess(answer: TokenResponse): boolean {
  // Some providers answer an error with status 200 (RFC 6749 §5.2 wants 400).
  return answer.status >= 200 && answer.status < 300 && answer.error === null;
}
