import { paramValue } from '../http/params.ts';
import { locationOf } from '../http/redirect.ts';
import type { ClientType, ClientTypeFact } from '../model/flow.ts';
import type { OAuthMessage } from '../model/message.ts';

export type ToldClientType = ClientType;

export interface LinkedMessages {
  readonly messages: readonly OAuthMessage[];
  /** Whether a message belongs to the flow without doubt. */
  readonly sure: (message: OAuthMessage) => boolean;
}

/** RFC 6749 §2.1, inferred as far as a browser shows it. */
export function clientTypeOf(linked: LinkedMessages, told: ToldClientType): ClientTypeFact {
  if (told !== 'unknown') return { is: told, because: 'told' };
  const { messages, sure } = linked;
  if (messages.some((m) => m.kind === 'tokenRequest' && m.sentBy === 'browser' && sure(m))) {
    return { is: 'public', because: 'browser-token-request' };
  }
  if (messages.some((m) => m.kind === 'authorizationRequest' && isPrivateUseScheme(paramValue(m, 'redirect_uri')))) {
    return { is: 'public', because: 'private-use-scheme' };
  }
  const tokenRequested = messages.some((m) => m.kind === 'tokenRequest');
  if (!tokenRequested && messages.some(answeredByServer)) return { is: 'confidential', because: 'server-callback' };
  return { is: 'unknown', because: 'no-evidence' };
}

/** A callback with a code that is answered by a redirect was handled by a server: a page's script never sees it. */
function answeredByServer(message: OAuthMessage): boolean {
  return (
    message.kind === 'authorizationResponse' &&
    message.at === 'request' &&
    message.channel !== 'fragment' &&
    paramValue(message, 'code') !== null &&
    locationOf(message.exchange) !== null
  );
}

/** RFC 8252 §7.1; relays of vendors' scripts and the manual-copy URN are no native apps. */
function isPrivateUseScheme(redirectUri: string | null): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(redirectUri ?? '')?.[1]?.toLowerCase();
  return scheme !== undefined && !NOT_PRIVATE.has(scheme);
}

const NOT_PRIVATE: ReadonlySet<string> = new Set(['http', 'https', 'storagerelay', 'urn', 'postmessage', 'fbconnect']);
