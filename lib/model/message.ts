import type { Exchange, Unseen } from './observation.ts';

/** Where a parameter travelled. `jwt`: a claim of the `request` or `response` object. */
export type Place = 'query' | 'fragment' | 'body' | 'header' | 'jwt';

/** One parameter, decoded once. Repeated names stay repeated; order is the order on the wire. */
export interface Param {
  /** The name on the wire, percent-decoded. */
  readonly name: string;
  /** The standard's name where a provider uses another (`client_key` is `client_id`). */
  readonly as?: string;
  readonly value: string;
  readonly where: Place;
}

/** Origin and path of the URL that the message went to, without parameters. */
export interface Endpoint {
  readonly url: string;
  readonly origin: string;
  readonly scheme: string;
  /** Host name without port, lower case. */
  readonly host: string;
  readonly path: string;
  /** Registrable domain or, where there is none (IP address, single label), the host. */
  readonly site: string;
  /** This machine: `localhost`, `*.localhost`, 127.0.0.0/8, `::1`. */
  readonly loopback: boolean;
  /** A private address or a name of a test or local domain. */
  readonly dev: boolean;
}

/** What a provider is known to do; put on messages by the recogniser, so that rules know no provider. */
export interface ProviderFacts {
  readonly id: string;
  readonly name: string;
  readonly pkce: 'yes' | 'limited' | 'no' | 'unknown';
  /** `plain` is refused, so an omitted `code_challenge_method` cannot mean it. */
  readonly s256Only: boolean;
  /** Its codes are short, but worthless without the secret of the client. */
  readonly shortCodes: boolean;
  /** The grant that a request without `response_type` asks for. */
  readonly defaultResponseType: 'code' | 'token' | null;
  /** The provider, not the client, keeps the state of the request (a broker such as Supabase). */
  readonly stateByProvider: boolean;
  /** Implicit is the only flow that it documents for clients without a server. */
  readonly implicitOnly: boolean;
  /** The password grant is its own sign-in, not delegation. */
  readonly nativePassword: boolean;
  /** An installation can start at the provider, without a request of the client. */
  readonly startsFlows: boolean;
  /** Without a `redirect_uri` it shows the code to the person, who copies it: nothing comes back to a client. */
  readonly displaysCode: boolean;
  /** `iss` and issuer are templated or differ from the host by design. */
  readonly looseIssuer: boolean;
  /** It signs ID tokens of web sign-ins with the secret of the client and offers nothing else. */
  readonly symmetricIdTokens: boolean;
  /** How long its access tokens live is its own choice, not that of the developer. */
  readonly fixedLifetimes: boolean;
  /** It documents `nonce` as optional where OpenID Connect requires it. */
  readonly nonceOptional: boolean;
  /** It documents `redirect_uri` as optional. */
  readonly redirectUriOptional: boolean;
  /** Requests with a `localhost` redirect are refused. */
  readonly refusesLocalhost: boolean;
  /** ID tokens come without the scope `openid`. */
  readonly openIdImplied: boolean;
  /** It grants `offline_access` without `prompt=consent`. */
  readonly offlineWithoutConsent: boolean;
  /** It signs out and redirects without `id_token_hint`. */
  readonly logoutWithoutHint: boolean;
  /** Scopes that give the run of an account, in lower case. */
  readonly broadScopes: readonly string[];
  /** Hosts under which its APIs are: its tokens belong there. */
  readonly resourceHosts: readonly string[];
  /** Its refresh tokens stay the same unless one asks it otherwise. */
  readonly keepsRefreshTokens: boolean;
  /** It documents access tokens that do not end. */
  readonly endlessTokens: boolean;
  /** This very endpoint is one that the provider replaced by another. */
  readonly legacyEndpoint: boolean;
}

/** A vendor's SDK that speaks for itself: its internals are not the developer's choice. */
export interface VendorSdk {
  readonly id: string;
  readonly name: string;
}

interface MessageBase {
  /** Position in `Analysis.messages`. */
  readonly index: number;
  readonly exchange: Exchange;
  /** `location`: seen only as the target of a redirect, the request itself was not seen. */
  readonly at: 'request' | 'response' | 'location';
  readonly endpoint: Endpoint;
  /** Method of the request that carried it; `GET` for a `Location`. */
  readonly method: string;
  /** URL that carried it, with parameters. */
  readonly url: string;
  readonly params: readonly Param[];
  readonly provider: ProviderFacts | null;
  readonly sdk: VendorSdk | null;
  /** Score of the recogniser (threshold 5, strong from 8). */
  readonly score: number;
  /** The body exists or may exist, but cannot be read: an absent body parameter proves nothing. */
  readonly bodyHidden: Unseen | null;
  /** The source was cut: an absent parameter proves nothing. */
  readonly truncated: boolean;
}

/** RFC 6749 §4.1.1, OIDC Core §3.1.2.1. */
export interface AuthorizationRequest extends MessageBase {
  readonly kind: 'authorizationRequest';
  /** Words of `response_type` in lower case; empty where the parameter is absent. */
  readonly responseType: readonly string[];
  /** Set where `request_uri` (PAR) or an encrypted `request` object hides the parameters. */
  readonly opaque: 'request' | 'request_uri' | null;
  /** `client`: left the client. `server`: the server's own later hop. `upstream`: a broker's request to its own provider. */
  readonly hop: 'client' | 'server' | 'upstream';
}

/** RFC 6749 §4.1.2 and §4.2.2, errors too. */
export interface AuthorizationResponse extends MessageBase {
  readonly kind: 'authorizationResponse';
  readonly channel: 'query' | 'fragment' | 'form_post';
  readonly error: string | null;
}

/** RFC 6749 §4.1.3, §4.3.2, §4.4.2, §6; RFC 8628 §3.4; RFC 8693 §2.1. */
export interface TokenRequest extends MessageBase {
  readonly kind: 'tokenRequest';
  readonly grant: string | null;
  /** `browser` only with evidence (initiator, fetch metadata, Origin, the capture itself). */
  readonly sentBy: 'browser' | 'unknown';
  /** Why `sentBy` is `browser`. */
  readonly sentByBecause: SentByEvidence | null;
}

export type SentByEvidence = 'capture' | 'initiator' | 'fetch-metadata' | 'origin' | 'page-in-trace' | 'told';

/** RFC 6749 §5.1, §5.2. */
export interface TokenResponse extends MessageBase {
  readonly kind: 'tokenResponse';
  readonly status: number;
  readonly error: string | null;
}

export type PlainKind =
  | 'pushedAuthorizationRequest'
  | 'pushedAuthorizationResponse'
  | 'deviceAuthorizationRequest'
  | 'deviceAuthorizationResponse'
  | 'revocationRequest'
  | 'introspectionRequest'
  | 'userinfoRequest'
  | 'userinfoResponse'
  | 'clientRegistrationRequest'
  | 'logoutRequest'
  | 'resourceRequest';

/** Messages that need no facts beyond their parameters. */
export interface PlainMessage<K extends PlainKind = PlainKind> extends MessageBase {
  readonly kind: K;
  /** HTTP status of the response, where it was seen. */
  readonly status: number | null;
}

/** RFC 8414, OpenID Connect Discovery, RFC 9728; RFC 7517 for `jwks`. */
export interface MetadataMessage<K extends 'metadata' | 'jwks' = 'metadata' | 'jwks'> extends MessageBase {
  readonly kind: K;
  /** The parsed document, or `null` where only the request was seen. */
  readonly document: Readonly<Record<string, unknown>> | null;
}

export type OAuthMessage =
  | AuthorizationRequest
  | AuthorizationResponse
  | TokenRequest
  | TokenResponse
  | { readonly [K in PlainKind]: PlainMessage<K> }[PlainKind]
  | MetadataMessage<'metadata'>
  | MetadataMessage<'jwks'>;

export type MessageKind = OAuthMessage['kind'];

/** The member of the union with this `kind`. */
export type MessageOf<K extends MessageKind> = Extract<OAuthMessage, { readonly kind: K }>;
