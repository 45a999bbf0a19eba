import { paramValue } from '../../http/params.ts';
import type { ClientRequest } from './client-request.ts';

const OUTSIDE_ADDRESS: ReadonlySet<string> = new Set([
  'form_post',
  'form_post.jwt',
  'web_message',
  'okta_post_message',
]);

/** The asked `response_mode` where it keeps the response out of an address, else `null`. */
export function modeOutsideAddress(message: ClientRequest): string | null {
  const mode = paramValue(message, 'response_mode');
  return mode !== null && OUTSIDE_ADDRESS.has(mode) ? mode : null;
}
