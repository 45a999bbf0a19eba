import type { AuthorizationRequest, AuthorizationResponse, Param } from '../../model/message.ts';

/**
 * Parameters that stand in the address of a message: query, fragment, and the claims of a readable
 * request object there. What a form carries is left out.
 */
export function inAddress(message: AuthorizationRequest | AuthorizationResponse): readonly Param[] {
  const places = message.method === 'POST' ? ['query', 'fragment'] : ['query', 'fragment', 'jwt'];
  return message.params.filter((param) => places.includes(param.where));
}
