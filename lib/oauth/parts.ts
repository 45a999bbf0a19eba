import { endpointOf } from '../http/endpoint.ts';
import { fragmentOf, objectParams, paramValue, parseForm, queryOf } from '../http/params.ts';
import { readRequest } from '../http/request.ts';
import type { Endpoint, Param } from '../model/message.ts';
import type { Exchange, Unseen } from '../model/observation.ts';
import { readCompactJose } from '../token/jose.ts';
import { ALIASES, FOREIGN_NAMES } from './names.ts';
import { type ProviderMatch, providerAt, sdkOf } from './providers.ts';

/** A request taken apart once, for all scores. */
export interface RequestParts {
  readonly method: string;
  readonly url: string;
  readonly endpoint: Endpoint;
  readonly query: readonly Param[];
  readonly fragment: readonly Param[];
  readonly body: readonly Param[];
  /** Claims of a readable `request` (RFC 9101) or `response` object (JARM §2.1). */
  readonly claims: readonly Param[];
  /** All of the above. */
  readonly params: readonly Param[];
  readonly names: ReadonlySet<string>;
  readonly provider: ProviderMatch | null;
  /** Carries a parameter of SAML, OAuth 1.0a, OpenID 2.0, WS-Federation or CAS. */
  readonly foreign: boolean;
  readonly bodyHidden: Unseen | null;
  /** `null` where the request is only known as the target of a redirect. */
  readonly resource: string | null;
}

/** Parts of the request of an exchange, or of the bare address in its `Location`. */
export function partsOf(exchange: Exchange, location?: string): RequestParts | null {
  const { request } = exchange;
  const url = location ?? request.url;
  const read =
    location === undefined
      ? readRequest(request)
      : { endpoint: endpointOf(location), query: parseForm(queryOf(location), 'query'), body: [] };
  const { endpoint } = read;
  if (endpoint === null) return null;
  const query = named(read.query);
  const fragment = named(parseForm(fragmentOf(url), 'fragment'));
  const body = named(read.body);
  const claims = objectClaims([...query, ...fragment, ...body]);
  const params = [...query, ...fragment, ...body, ...claims];
  const names = new Set(params.map((p) => p.as ?? p.name));
  return {
    method: location === undefined ? request.method.toUpperCase() : 'GET',
    url,
    endpoint,
    query,
    fragment,
    body,
    claims,
    params,
    names,
    provider: providerAt(endpoint.host, endpoint.path),
    foreign: isForeign(params, endpoint),
    bodyHidden: location === undefined && !request.body.seen ? request.body.why : null,
    resource: location === undefined ? exchange.resource : null,
  };
}

/** Names get their standard name beside them where a provider uses another. */
export function named(params: readonly Param[]): Param[] {
  return params.map((param) => {
    const as = ALIASES.get(param.name);
    return as === undefined ? param : { ...param, as };
  });
}

export function sdkOfParts(parts: RequestParts): ReturnType<typeof sdkOf> {
  return sdkOf(paramValue(parts, 'redirect_uri'), parts.names, paramValue(parts, 'response_mode'));
}

function objectClaims(params: readonly Param[]): Param[] {
  const object = paramValue({ params }, 'request') ?? paramValue({ params }, 'response');
  const claims = object === null ? null : readCompactJose(object)?.claims;
  return claims ? named(objectParams(claims, 'jwt')) : [];
}

function isForeign(params: readonly Param[], endpoint: Endpoint): boolean {
  for (const { name, value } of params) {
    if (FOREIGN_NAMES.has(name)) return true;
    if (name === 'wa' && value.startsWith('wsignin')) return true;
    if (name === 'ticket' && value.startsWith('ST-')) return true;
    if (name === 'service' && endpoint.path.includes('/cas/')) return true;
  }
  return false;
}
