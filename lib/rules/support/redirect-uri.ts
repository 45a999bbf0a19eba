import { param } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import type { Param } from '../../model/message.ts';
import type { Outcome, RuleContext } from '../../model/rule.ts';
import { blindSpot, type ClientRequest, judgeRequest } from './client-request.ts';

/** What a rule about the value of `redirect_uri` answers; a vendor's script chooses its own (nothing to judge). */
export function judgeRedirectUri(
  flow: Flow,
  c: RuleContext,
  judge: (message: ClientRequest, redirectUri: Param) => Outcome,
): Outcome {
  return judgeRequest(flow, c, (message) => {
    const redirectUri = param(message, 'redirect_uri');
    if (message.sdk !== null) return c.notApplicable;
    if (redirectUri !== null) return judge(message, redirectUri);
    const unseen = blindSpot(message);
    return unseen === null ? c.notApplicable : c.cannotTell(unseen);
  });
}
