import type { MessageKind, MessageOf, OAuthMessage, ProviderFacts } from './message.ts';

/** What ties a message to its flow. */
export type Proof =
  | 'starts-flow'
  | 'same-exchange'
  | 'state'
  | 'code'
  | 'request_uri'
  | 'refresh-token'
  | 'access-token'
  | 'id-token'
  | 'device_code'
  | 'code-verifier'
  | 'redirect-chain'
  | 'redirect-uri'
  | 'same-request'
  | 'client'
  | 'server';

export interface Link {
  readonly message: OAuthMessage;
  readonly by: Proof;
  /** A finding that rests on a link that is not sure is at most `tentative`. */
  readonly sure: boolean;
}

export type ClientType = 'public' | 'confidential' | 'unknown';

/** Why the client type is what it is; `told` is the person's own word. */
export interface ClientTypeFact {
  readonly is: ClientType;
  readonly because: 'told' | 'browser-token-request' | 'private-use-scheme' | 'server-callback' | 'no-evidence';
}

export type Grant =
  | 'authorization_code'
  | 'implicit'
  | 'hybrid'
  | 'client_credentials'
  | 'password'
  | 'refresh_token'
  | 'device_code'
  | 'token_exchange'
  | 'other'
  | 'unknown';

/** Messages that belong together: one sign-in or one grant. */
export interface Flow {
  /** Stable within one analysis, free of secrets. */
  readonly id: string;
  readonly trace: string;
  readonly grant: Grant;
  /** In the order of observation. */
  readonly links: readonly Link[];
  readonly messages: readonly OAuthMessage[];
  readonly clientId: string | null;
  readonly provider: ProviderFacts | null;
  /** `issuer` of the metadata that was seen for this server. */
  readonly issuer: string | null;
  /** Metadata of the authorization server, where it was seen in the same trace. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly clientType: ClientTypeFact;
  /** Whether the server checks PKCE, by its metadata or by what is known of the provider. */
  readonly pkceSupport: ProviderFacts['pkce'];
  /** Nothing is known of what came before or after: a pasted address, a single line. */
  readonly alone: boolean;
  /** Tab of the first message. */
  readonly tab: number | null;
}

/** The messages of one kind in a flow, in order. */
export function messagesOf<K extends MessageKind>(flow: Flow, kind: K): readonly MessageOf<K>[] {
  return flow.messages.filter((m): m is MessageOf<K> => m.kind === kind);
}
