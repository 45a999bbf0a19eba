import { param } from '../../http/params.ts';
import type { CannotTellExample } from '../../model/example.ts';
import type { Flow } from '../../model/flow.ts';
import { messagesOf } from '../../model/flow.ts';
import type { Param, TokenResponse } from '../../model/message.ts';
import type { Outcome, RuleContext } from '../../model/rule.ts';
import { worstOf } from './outcomes.ts';

/** What a rule about what the token endpoint gives answers: of every answer with that token, an access token unless told otherwise. */
export function judgeTokenAnswers(
  flow: Flow,
  c: RuleContext,
  judge: (answer: TokenResponse, token: Param) => Outcome,
  name = 'access_token',
): Outcome {
  const answers = messagesOf(flow, 'tokenResponse').filter(({ error }) => error === null);
  if (answers.length === 0) return isUnseen(flow) ? c.cannotTell('token response') : c.notApplicable;
  return worstOf(
    answers.map((answer) => {
      const token = param(answer, name);
      if (token !== null && token.value !== '') return judge(answer, token);
      return answer.bodyHidden === null && !answer.truncated ? c.notApplicable : c.cannotTell('response body');
    }),
    c,
  );
}

/** A token request whose answer nobody saw; a refusal is one. */
function isUnseen(flow: Flow): boolean {
  const answered = new Set(messagesOf(flow, 'tokenResponse').map(({ exchange }) => exchange.id));
  return messagesOf(flow, 'tokenRequest').some(({ exchange: { id, outcome } }) => {
    return !answered.has(id) && (outcome.is !== 'response' || outcome.response.status < 300);
  });
}

const REDEEM =
  'POST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1';

export const TOKENS_UNSEEN: readonly CannotTellExample[] = [
  { name: 'the answer was not seen', trace: REDEEM, missing: ['token response'] },
];
export const TOKENS_HIDDEN: readonly CannotTellExample[] = [
  { name: 'the body of the answer is hidden', trace: `# capture watch\n${REDEEM}\n\n200`, missing: ['response body'] },
];
