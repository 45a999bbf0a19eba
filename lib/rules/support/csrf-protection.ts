import { paramValue } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import { type ClientRequest, isOpenId } from './client-request.ts';

/**
 * Whether something else than `state` ties the response to this browser (RFC 9700 §4.7.1): PKCE, unless
 * the server is known not to check it, or an OpenID nonce.
 */
export function isProtectedWithoutState(flow: Flow, message: ClientRequest): boolean {
  if (paramValue(message, 'code_challenge') !== null && flow.pkceSupport !== 'no') return true;
  return paramValue(message, 'nonce') !== null && isOpenId(message);
}
