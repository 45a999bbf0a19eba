import { param } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import { messagesOf } from '../../model/flow.ts';
import type { Param, TokenRequest, TokenResponse } from '../../model/message.ts';

export interface Redemption {
  readonly request: TokenRequest;
  readonly code: Param;
  readonly answer: TokenResponse | null;
}

/** Token requests with a code, by code and endpoint, in order. */
export function codeRedemptions(flow: Flow): readonly (readonly [Redemption, ...Redemption[]])[] {
  const groups = new Map<string, [Redemption, ...Redemption[]]>();
  const answers = messagesOf(flow, 'tokenResponse');
  for (const request of messagesOf(flow, 'tokenRequest')) {
    const code = param(request, 'code');
    if (code === null) continue;
    const answer = answers.find((message) => message.exchange.id === request.exchange.id) ?? null;
    const key = `${request.endpoint.url} ${code.value}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ request, code, answer }]);
    else group.push({ request, code, answer });
  }
  return [...groups.values()];
}
