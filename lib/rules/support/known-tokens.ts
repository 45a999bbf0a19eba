import { bearerToken, header } from '../../http/headers.ts';
import { allParams } from '../../http/params.ts';
import type { Flow } from '../../model/flow.ts';
import type { OAuthMessage } from '../../model/message.ts';
import type { Trace } from '../../model/rule.ts';
import type { TokenKind } from '../../page/token-values.ts';

/** A token that travelled, and the message in which it was first seen. */
export interface KnownToken {
  readonly is: TokenKind;
  readonly value: string;
  readonly flow: Flow;
  readonly message: OAuthMessage;
}

/** Shorter values are everywhere by chance. */
export const MIN_LENGTH = 16;

const NAMES: readonly (readonly [name: string, is: TokenKind])[] = [
  ['access_token', 'access token'],
  ['refresh_token', 'refresh token'],
  ['id_token', 'ID token'],
];

/** Every token of the messages, by value. Pass it to `once`. */
export function knownTokens({ flows }: Trace): ReadonlyMap<string, KnownToken> {
  const found = new Map<string, KnownToken>();
  const add = (is: TokenKind, value: string, flow: Flow, message: OAuthMessage): void => {
    const before = found.get(value);
    if (value.length < MIN_LENGTH || (before !== undefined && before.message.index <= message.index)) return;
    found.set(value, { is, value, flow, message });
  };
  for (const flow of flows) {
    for (const message of flow.messages) {
      for (const [name, is] of NAMES) for (const { value } of allParams(message, name)) add(is, value, flow, message);
      const bearer = usesToken(message) ? bearerToken(header(message.exchange.request.headers, 'authorization')) : null;
      if (bearer !== null) add('access token', bearer, flow, message);
    }
  }
  return found;
}

function usesToken(message: OAuthMessage): boolean {
  return message.kind === 'resourceRequest' || message.kind === 'userinfoRequest';
}
