import { endpointOf } from '../http/endpoint.ts';

/** What earlier messages of one trace taught: pending redirect targets, endpoints and tokens. */
export interface Known {
  /** Origin and path of every `redirect_uri` that was asked for. */
  readonly redirectTargets: Set<string>;
  /** `state` of every authorization request. */
  readonly states: Set<string>;
  /** Sites and origins that an authorization request went to. */
  readonly serverSites: Set<string>;
  readonly serverOrigins: Set<string>;
  /** Origin and path → which endpoint the metadata says it is. */
  readonly endpoints: Map<string, KnownEndpoint>;
  /** Access tokens that were issued. */
  readonly accessTokens: Set<string>;
  /** A page was loaded at some time in this trace: its requests come from a browser. */
  pageSeen: boolean;
}

export type KnownEndpoint =
  | 'authorization'
  | 'token'
  | 'par'
  | 'device'
  | 'revocation'
  | 'introspection'
  | 'userinfo'
  | 'registration'
  | 'logout'
  | 'jwks';

const METADATA_ENDPOINTS: Readonly<Record<string, KnownEndpoint>> = {
  authorization_endpoint: 'authorization',
  token_endpoint: 'token',
  pushed_authorization_request_endpoint: 'par',
  device_authorization_endpoint: 'device',
  revocation_endpoint: 'revocation',
  introspection_endpoint: 'introspection',
  userinfo_endpoint: 'userinfo',
  registration_endpoint: 'registration',
  end_session_endpoint: 'logout',
  jwks_uri: 'jwks',
};

export function nothingKnown(): Known {
  return {
    redirectTargets: new Set(),
    states: new Set(),
    serverSites: new Set(),
    serverOrigins: new Set(),
    endpoints: new Map(),
    accessTokens: new Set(),
    pageSeen: false,
  };
}

/** Origin and path of every endpoint in a metadata document (RFC 8414 §2, OpenID Connect Discovery §3). */
export function endpointsOf(
  document: Readonly<Record<string, unknown>>,
): readonly { readonly url: string; readonly kind: KnownEndpoint }[] {
  return Object.entries(METADATA_ENDPOINTS).flatMap(([member, kind]) => {
    const value = document[member];
    const endpoint = typeof value === 'string' ? endpointOf(value) : null;
    return endpoint === null ? [] : [{ url: endpoint.url, kind }];
  });
}

export function learnMetadata(known: Known, document: Readonly<Record<string, unknown>>): void {
  for (const { url, kind } of endpointsOf(document)) known.endpoints.set(url, kind);
}

/** Origin and path of a redirect target, the form in which requests and responses are compared. */
export function redirectTarget(redirectUri: string): string | null {
  return endpointOf(redirectUri)?.url ?? null;
}
