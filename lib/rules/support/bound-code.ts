import { paramValue } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import { clientRequest } from './client-request.ts';

/** The code of this flow is worthless without the verifier of an S256 challenge. */
export function isBoundByS256(flow: Flow): boolean {
  const request = clientRequest(flow);
  if (request.is !== 'seen') return false;
  return (
    paramValue(request.message, 'code_challenge') !== null &&
    paramValue(request.message, 'code_challenge_method') === 'S256'
  );
}
