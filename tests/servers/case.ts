import type { ClientMetadata } from 'oidc-provider';
import type { Severity } from '../../lib/model/rule.ts';

/** A finding that a case must give. Children are findings that this one explains; they are not counted. */
export interface ExpectedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly children?: readonly string[];
}

/**
 * What the extension must say about a case. `exactly` lists every finding above `info` that has no parent;
 * notes of severity `info` are free.
 */
export type Expected =
  | { readonly nothingAbove: 'info' | 'low' }
  | { readonly exactly: readonly [ExpectedFinding, ...ExpectedFinding[]] };

/** A client whose code runs in the page: it builds the requests, reads the callback and calls the token endpoint. */
export interface PageClient {
  readonly runs: 'page';
  readonly grant: 'code' | 'implicit' | 'password';
  readonly scope: string;
  readonly sendsState: boolean;
  readonly sendsNonce: boolean;
  readonly pkce: 'S256' | 'plain' | null;
  /** Reads the server's metadata first (RFC 8414); otherwise the endpoints are written into the client. */
  readonly readsMetadata: boolean;
  /** Which parts of the authorization response it compares with the request. */
  readonly checks: readonly ('state' | 'iss' | 'nonce')[];
  /** The client secret is delivered to the page and sent from there. */
  readonly secretInPage: boolean;
  /** After the sign-in, gets new tokens through `prompt=none` in a hidden frame. */
  readonly renewsSilently: boolean;
  /** Pushes the authorization request to the server and sends the browser there with a reference (RFC 9126). */
  readonly pushes: boolean;
  /** Binds its tokens to a key that never leaves the page (RFC 9449). */
  readonly bindsTokens: boolean;
  /** After the sign-in, gets new tokens with the refresh token, which it holds in memory. */
  readonly refreshes: boolean;
  /** After the sign-in, revokes its token (RFC 7009) and signs the person out at the server. */
  readonly signsOut: boolean;
  /** What else it does wrong. */
  readonly mistake: PageMistake | null;
}

export type PageMistake =
  /** The state carries the person's data as they are. */
  | 'state-with-email'
  | 'verifier-constant'
  /** The silent renewal repeats what was made for the sign-in. */
  | 'state-again'
  | 'nonce-again'
  | 'verifier-again'
  /** The authorization request carries what only the token request may. */
  | 'verifier-in-request'
  | 'secret-in-request'
  | 'password-in-request'
  /** The client authenticates by HTTP Basic, from the page. */
  | 'secret-as-basic'
  | 'code-redeemed-twice'
  /** The callback page tells the analytics site its address, on purpose or by Referer. */
  | 'callback-to-stats'
  | 'callback-in-referer'
  /** Two calls of the API carry one DPoP proof, or one that is not made for the token, or made long ago. */
  | 'proof-used-twice'
  | 'proof-without-token'
  | 'proof-too-old'
  /** It signs the person out without a word to the server, where its tokens stay valid. */
  | 'signs-out-alone';

/** A client whose own server keeps the secret and calls the token endpoint; the browser only follows redirects. */
export interface ServerClient {
  readonly runs: 'server';
  /** `device`: it shows a code, and the person signs in elsewhere (RFC 8628). */
  readonly grant: 'code' | 'device';
  readonly scope: string;
  /** `jwt`: the response comes as a signed object (JARM). */
  readonly responseMode: 'query' | 'form_post' | 'jwt';
  /** Pushes the authorization request to the server (RFC 9126). */
  readonly pushes: boolean;
  /** Sends the authorization request as a signed object (RFC 9101). */
  readonly signsRequest: boolean;
  /** Parameters in the address that are other than those in the signed object. */
  readonly differsFromRequestObject?: Readonly<Record<string, string>>;
}

export const LIBRARIES = [
  'oidc-client-ts',
  'react-oidc-context',
  'auth0-spa-js',
  'msal-browser',
  'keycloak-js',
  'oauth4webapi',
] as const;

/** A client library of the registry in a page, used as its documentation says (`pages/libraries/`). */
export interface LibraryClient {
  readonly runs: 'library';
  readonly library: (typeof LIBRARIES)[number];
  /** Where it is told to keep tokens. */
  readonly keeps: 'localStorage' | 'sessionStorage' | 'memory';
  readonly scope: string;
  /** It gets a refresh token and uses it once, right after the sign-in. */
  readonly refreshes: boolean;
  /** Signs in in a window of its own; the page stays. */
  readonly opensWindow?: true;
}

/** What the authorization server does for this client and for no other. */
export interface ServerBehaviour {
  /** Endpoints that this client expects elsewhere: path in its requests, path of the server. */
  readonly paths?: Readonly<Record<string, string>>;
  /** It accepts authorization code requests without `code_challenge`. */
  readonly pkceOptional?: true;
  /** It supports `code_challenge_method=plain`. */
  readonly plainPkce?: true;
  /** It trusts the client and asks nobody for consent. */
  readonly trusted?: true;
  readonly mistakes?: readonly ServerMistake[];
  /** Parameters of the authorization response that are replaced on their way to the client. */
  readonly replaces?: { readonly state?: string; readonly iss?: string };
}

export type ServerMistake =
  /** The authorization response lacks a parameter, or has the code twice. */
  | 'state-left-out'
  | 'iss-left-out'
  | 'code-twice'
  /** The page that posts the authorization response may be cached. */
  | 'cacheable-form'
  /** The sign-in pages may be framed by anybody. */
  | 'framable-pages'
  /** Token responses may be cached, do not say when the tokens expire, or are no JSON by their type (RFC 6749 §5.1). */
  | 'cacheable-tokens'
  | 'endless-tokens'
  | 'tokens-as-html'
  /** The ID token carries another nonce than the request. */
  | 'foreign-nonce';

/** Parameters of one message: `name`, or `name=value` where the value matters. */
export interface MessageFacts {
  readonly has: readonly string[];
  readonly lacks: readonly string[];
}

/**
 * What really crosses the wire in a case; the tests of the servers compare it with the servers' own log. The claims of
 * a request or response object count as parameters.
 */
export interface Wire {
  readonly authorizationRequest: MessageFacts | null;
  readonly authorizationResponse: (MessageFacts & { readonly channel: 'query' | 'fragment' | 'form_post' }) | null;
  readonly tokenRequest: (MessageFacts & { readonly sentBy: 'page' | 'server' }) | null;
  /** Kinds of tokens that the client holds at the end. */
  readonly tokens: readonly ('access_token' | 'id_token' | 'refresh_token')[];
  /** How many authorization requests the sign-in takes; one unless said otherwise. */
  readonly authorizationRequests?: number;
  /** Requests to other endpoints of the authorization server, and refreshes: each once. */
  readonly others?: readonly (MessageFacts & { readonly path: string; readonly sentBy: 'page' | 'server' })[];
}

/** One demo client: what it does, what the server does, and what must be found. The file name is the id. */
export interface DemoCase {
  /** Also the `client_id` and the folder on the client site. */
  readonly id: string;
  readonly title: string;
  readonly client: PageClient | ServerClient | LibraryClient;
  /** Registration data beyond what follows from `client`. */
  readonly registration?: Partial<ClientMetadata>;
  readonly server?: ServerBehaviour;
  readonly wire: Wire;
  readonly expected: Expected;
  /** The browser shows nothing of the sign-in: client and server do it between themselves. */
  readonly unseen?: true;
}

/** A page client without a mistake; a broken client is this with one thing changed. */
export const soundPageClient: PageClient = {
  runs: 'page',
  grant: 'code',
  scope: 'read',
  sendsState: true,
  sendsNonce: false,
  pkce: 'S256',
  readsMetadata: false,
  checks: ['state', 'iss'],
  secretInPage: false,
  renewsSilently: false,
  pushes: false,
  bindsTokens: false,
  refreshes: false,
  signsOut: false,
  mistake: null,
};

/** A page that was given the secret of its client. */
export function hasSecret({ secretInPage, mistake }: PageClient): boolean {
  return secretInPage || mistake === 'secret-as-basic';
}

/** The same for a client with a server of its own. */
export const soundServerClient: ServerClient = {
  runs: 'server',
  grant: 'code',
  scope: 'openid profile',
  responseMode: 'query',
  pushes: false,
  signsRequest: false,
};

/** The expectation in words, for the index page and the table of `npm start`. */
export function expectationText(expected: Expected): string {
  if ('nothingAbove' in expected) return `nothing above ${expected.nothingAbove}`;
  return expected.exactly
    .map(({ rule, severity, children = [] }) =>
      [`${rule} (${severity})`, ...(children.length > 0 ? [`[${children.join(', ')}]`] : [])].join(' '),
    )
    .join(', ');
}
