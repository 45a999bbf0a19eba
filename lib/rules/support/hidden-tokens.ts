import { messagesOf } from '../../model/flow.ts';
import type { Need, Trace } from '../../model/rule.ts';

/**
 * What hides tokens that a server gave: browsers show extensions no bodies of answers. That the value of such a token was
 * found nowhere proves nothing. `null` where every token that was given could be read. Pass it to `once`.
 */
export function whatHidesTokens({ flows }: Pick<Trace, 'flows'>): Need | null {
  let hidden: Need | null = null;
  for (const flow of flows) {
    const answers = new Map(messagesOf(flow, 'tokenResponse').map((answer) => [answer.exchange.id, answer]));
    for (const { exchange } of messagesOf(flow, 'tokenRequest')) {
      const { outcome } = exchange;
      if (outcome.is === 'failed' || (outcome.is === 'response' && outcome.response.status >= 300)) continue;
      const answer = answers.get(exchange.id);
      if (answer === undefined) hidden ??= 'token response';
      else if (answer.bodyHidden !== null || answer.truncated) return 'response body';
    }
  }
  return hidden;
}
