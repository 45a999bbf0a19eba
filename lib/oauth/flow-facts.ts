import { header } from '../http/headers.ts';
import { param, paramValue, wordsOf } from '../http/params.ts';
import type { Grant } from '../model/flow.ts';
import type { OAuthMessage, ProviderFacts } from '../model/message.ts';
import { table } from '../model/table.ts';
import { basicCredentials } from '../token/basic.ts';
import { endpointsOf } from './known.ts';

/** `client_id` as a parameter or as the user of HTTP Basic (RFC 6749 §2.3.1). */
export function clientIdOf(messages: readonly OAuthMessage[]): string | null {
  for (const message of messages) {
    const value = message.at === 'response' ? null : paramValue(message, 'client_id');
    if (value !== null) return value;
  }
  for (const message of messages) {
    if (message.kind !== 'tokenRequest') continue;
    const basic = basicCredentials(header(message.exchange.request.headers, 'authorization'));
    if (basic !== null && basic.user !== '') return formDecoded(basic.user);
  }
  return null;
}

/** RFC 6749 §2.3.1: both halves of the credentials are form-encoded before they become HTTP Basic. */
function formDecoded(user: string): string {
  try {
    return decodeURIComponent(user.replaceAll('+', ' '));
  } catch {
    return user;
  }
}

const GRANTS = table<Grant>({
  authorization_code: 'authorization_code',
  pkce: 'authorization_code',
  client_credentials: 'client_credentials',
  password: 'password',
  refresh_token: 'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code': 'device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'token_exchange',
});

/** The grant that the flow uses, by its request, else by its token request, else by what came back. */
export function grantOf(messages: readonly OAuthMessage[]): Grant {
  for (const message of messages) {
    if (message.kind !== 'authorizationRequest' && message.kind !== 'pushedAuthorizationRequest') continue;
    if (message.kind === 'authorizationRequest' && message.opaque === 'request_uri' && messages.length > 1) continue;
    return grantOfResponseType(wordsOf(paramValue(message, 'response_type')), message.provider);
  }
  if (messages.some((m) => m.kind === 'deviceAuthorizationRequest')) return 'device_code';
  for (const message of messages) {
    if (message.kind === 'tokenRequest') return message.grant === null ? 'unknown' : (GRANTS[message.grant] ?? 'other');
  }
  for (const message of messages) {
    if (message.kind !== 'authorizationResponse') continue;
    const has = (name: string): boolean => param(message, name) !== null;
    if (has('access_token') || has('id_token')) return has('code') ? 'hybrid' : 'implicit';
    if (has('code')) return 'authorization_code';
  }
  return 'unknown';
}

function grantOfResponseType(words: readonly string[], provider: ProviderFacts | null): Grant {
  const asked = words.length > 0 ? words : [provider?.defaultResponseType ?? 'code'];
  const code = asked.includes('code');
  const front = asked.includes('token') || asked.includes('id_token');
  if (code) return front ? 'hybrid' : 'authorization_code';
  return front ? 'implicit' : 'unknown';
}

export interface ServerDocument {
  readonly trace: string;
  readonly document: Readonly<Record<string, unknown>>;
  /** Origin and path of its endpoints. */
  readonly urls: ReadonlySet<string>;
}

/** The metadata documents among the messages. */
export function serverDocuments(messages: readonly OAuthMessage[]): ServerDocument[] {
  return messages.flatMap((message) => {
    if (message.kind !== 'metadata' || message.document === null) return [];
    const { document, exchange } = message;
    return [{ trace: exchange.trace, document, urls: new Set(endpointsOf(document).map(({ url }) => url)) }];
  });
}

/** The metadata of the server that these messages went to, or that they are. */
export function metadataFor(
  linked: readonly OAuthMessage[],
  documents: readonly ServerDocument[],
  trace: string,
): Readonly<Record<string, unknown>> | null {
  const own = linked.find((m) => m.kind === 'metadata');
  if (own?.kind === 'metadata') return own.document;
  const found = documents.find((d) => d.trace === trace && linked.some((m) => d.urls.has(m.endpoint.url)));
  return found?.document ?? null;
}

/** RFC 8414 §2: methods that are listed are supported; a list that is absent proves nothing. */
export function pkceSupportOf(
  metadata: Readonly<Record<string, unknown>> | null,
  provider: ProviderFacts | null,
): ProviderFacts['pkce'] {
  const methods = metadata?.['code_challenge_methods_supported'];
  if (Array.isArray(methods)) return methods.includes('S256') ? 'yes' : 'limited';
  return provider?.pkce ?? 'unknown';
}
