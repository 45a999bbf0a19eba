import { paramValue } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import type { Need, RuleContext } from '../../model/rule.ts';
import { whatHidesTokens } from './hidden-tokens.ts';
import { areRequestsUnseen } from './other-requests.ts';

/**
 * What hides calls with the tokens of this flow, so that none among its messages proves nothing: the capture does not show
 * what a page sends, or not the token by which a call is known. `null` where none could be missed, or no token was given.
 */
export function whatHidesCalls(flow: Flow, c: Pick<RuleContext, 'exchanges'>): Need | null {
  const hidden = whatHidesTokens({ flows: [flow] });
  const given = flow.messages.some(
    (message) =>
      (message.kind === 'tokenResponse' || message.kind === 'authorizationResponse') &&
      paramValue(message, 'access_token') !== null,
  );
  if (hidden === null && !given) return null;
  return areRequestsUnseen(c) ? 'page' : hidden;
}
