import { param, paramValue } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import type { Param } from '../../model/message.ts';
import type { Outcome, RuleContext } from '../../model/rule.ts';
import type { ClientRequest } from './client-request.ts';

/**
 * What a rule about the request object (RFC 9101) answers: of the one that the client sent, in its address or
 * pushed. One that the server fetches by `request_uri` is out of sight; a pushed request needs none.
 */
export function judgeRequestObject(
  flow: Flow,
  c: RuleContext,
  judge: (message: ClientRequest, object: Param) => Outcome,
): Outcome {
  const requests = flow.messages.filter(isOfClient);
  for (const message of requests) {
    const object = param(message, 'request');
    if (object !== null) return judge(message, object);
  }
  if (requests.some((message) => /^https?:/i.test(paramValue(message, 'request_uri') ?? ''))) {
    return c.cannotTell('request object');
  }
  return requests.some((message) => message.truncated) ? c.cannotTell('whole address') : c.notApplicable;
}

function isOfClient(message: Flow['messages'][number]): message is ClientRequest {
  return (
    message.kind === 'pushedAuthorizationRequest' ||
    (message.kind === 'authorizationRequest' && message.hop === 'client')
  );
}
