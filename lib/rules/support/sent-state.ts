import { param } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import { messagesOf } from '../../model/flow.ts';
import type { OAuthMessage, Param } from '../../model/message.ts';
import type { Outcome, RuleContext } from '../../model/rule.ts';
import { blindSpot, clientRequest } from './client-request.ts';

/**
 * What a rule about the content of `state` answers. The request shows it, and where that is out of sight
 * a response does: the server returns it as it came.
 */
export function judgeState(
  flow: Flow,
  c: RuleContext,
  judge: (message: OAuthMessage, state: Param) => Outcome,
): Outcome {
  const request = clientRequest(flow);
  if (request.is === 'none' && messagesOf(flow, 'authorizationRequest').length > 0) return c.notApplicable;
  const messages = request.is === 'seen' ? [request.message] : messagesOf(flow, 'authorizationResponse');
  for (const message of messages) {
    const state = param(message, 'state');
    if (state !== null) return judge(message, state);
  }
  if (request.is === 'hidden') return c.cannotTell(request.missing);
  const unseen = request.is === 'seen' ? blindSpot(request.message) : null;
  return unseen === null ? c.notApplicable : c.cannotTell(unseen);
}
