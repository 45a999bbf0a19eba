import type { Flow } from '../../model/flow.ts';
import { messagesOf } from '../../model/flow.ts';
import type { MessageOf } from '../../model/message.ts';
import type { Outcome, RuleContext } from '../../model/rule.ts';
import { worstOf } from './outcomes.ts';

export type LogoutRequest = MessageOf<'logoutRequest'>;

/** What a rule about sign-out answers: of each request to the logout endpoint whose parameters were all seen. */
export function judgeLogoutRequests(flow: Flow, c: RuleContext, judge: (message: LogoutRequest) => Outcome): Outcome {
  const outcomes = messagesOf(flow, 'logoutRequest').map((message): Outcome => {
    if (message.truncated) return c.cannotTell('whole address');
    if (message.method === 'POST' && message.bodyHidden !== null) return c.cannotTell('request body');
    return judge(message);
  });
  return worstOf(outcomes, c);
}
