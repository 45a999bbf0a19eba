import { bodyParams, bodyText } from '../http/body.ts';
import { bearerToken, header } from '../http/headers.ts';
import { isRecord, paramValue, parseJson, wordsOf } from '../http/params.ts';
import { locationOf } from '../http/redirect.ts';
import { readRequest } from '../http/request.ts';
import type {
  AuthorizationRequest,
  MessageKind,
  OAuthMessage,
  Param,
  PlainKind,
  PlainMessage,
} from '../model/message.ts';
import type { Exchange, Observation, ResponseSeen } from '../model/observation.ts';
import { finish, type Work } from '../model/work.ts';
import { readCompactJose } from '../token/jose.ts';
import { type Known, learnMetadata, nothingKnown, redirectTarget } from './known.ts';
import { named, partsOf, type RequestParts, sdkOfParts } from './parts.ts';
import { providerAt } from './providers.ts';
import { mayBeOAuth } from './scan.ts';
import {
  responseCarrier,
  STRONG,
  scoreAuthorizationRequest,
  scoreAuthorizationResponse,
  scoreTokenRequest,
  THRESHOLD,
} from './score.ts';
import { browserEvidence } from './sender.ts';

export { mayBeOAuth } from './scan.ts';

export interface RecogniseOptions {
  /** The person said that the client is public: its token requests are the browser's. */
  readonly toldPublic?: boolean;
}

/** Distributes over the union, so that a draft keeps the fields of its kind. */
type Draft<M> = M extends OAuthMessage ? Omit<M, 'index'> : never;
type MessageDraft = Draft<OAuthMessage>;

/**
 * Every OAuth message among the observations, in their order. What an earlier message of the same
 * trace taught (pending redirect targets, endpoints of the metadata, issued tokens) decides about
 * later ones; metadata counts from the start, because pages fetch it at any time.
 */
export function recognise(observations: readonly Observation[], options: RecogniseOptions = {}): OAuthMessage[] {
  return finish(recognising(observations, options));
}

/** Exchanges between two places where the work may be interrupted: most of them take less time than asking. */
const STRETCH = 16;

/** The same, as work that may be interrupted. */
export function* recognising(
  observations: readonly Observation[],
  options: RecogniseOptions = {},
): Work<OAuthMessage[]> {
  const exchanges = observations.filter((o): o is Exchange => o.is === 'exchange');
  const traces = new Map<string, Known>();
  const knownOf = (trace: string): Known => {
    const before = traces.get(trace);
    if (before !== undefined) return before;
    const known = nothingKnown();
    traces.set(trace, known);
    return known;
  };
  for (const exchange of exchanges) {
    const document = metadataDocument(exchange);
    if (document !== null) learnMetadata(knownOf(exchange.trace), document);
  }
  for (const { resource, trace } of exchanges) if (resource === 'document') knownOf(trace).pageSeen = true;
  const seen = overview(exchanges);

  const messages: OAuthMessage[] = [];
  const add = (known: Known, draft: MessageDraft | null): void => {
    if (draft === null) return;
    messages.push({ ...draft, index: messages.length });
    learn(known, draft);
  };
  let turn = 0;
  for (const exchange of exchanges) {
    const known = knownOf(exchange.trace);
    const request = requestMessage(exchange, known, seen, options);
    add(known, request);
    add(known, responseMessage(exchange, request));
    add(known, locationMessage(exchange, known, seen));
    turn += 1;
    if (turn % STRETCH === 0) yield;
  }
  return messages;
}

/** What the whole of the observations tells about each. */
interface Seen {
  /** Whether an address was requested, with its fragment or without. */
  readonly requested: (trace: string, url: string) => boolean;
  readonly byId: (id: string) => Exchange | undefined;
}

/** Most captures hold nothing that asks: what answers is put together when something does. */
function overview(exchanges: readonly Exchange[]): Seen {
  const key = (trace: string, url: string): string => `${trace} ${url}`;
  let requested: ReadonlySet<string> | null = null;
  let byId: ReadonlyMap<string, Exchange> | null = null;
  return {
    requested: (trace, url) => {
      requested ??= new Set(
        exchanges.flatMap((one) => [key(one.trace, one.request.url), key(one.trace, withoutFragment(one.request.url))]),
      );
      return requested.has(key(trace, url));
    },
    byId: (id) => {
      byId ??= new Map(exchanges.map((one) => [one.id, one]));
      return byId.get(id);
    },
  };
}

/** The message in the request of one exchange. The address alone decides whether anything is parsed. */
function requestMessage(exchange: Exchange, known: Known, seen: Seen, options: RecogniseOptions): MessageDraft | null {
  if (!worthParsing(exchange, known)) return null;
  const parts = partsOf(exchange);
  if (parts === null || parts.method === 'OPTIONS') return null;
  const authorization = header(exchange.request.headers, 'authorization');
  const plain = plainKind(parts, known, authorization);
  if (plain !== null) return { ...base(exchange, parts, 'request', STRONG), kind: plain, status: statusOf(exchange) };
  return (
    scoredMessage(exchange, parts, known, { authorization, from: redirectorOf(exchange, seen), ...options }) ??
    documentMessage(exchange, parts, known) ??
    resourceMessage(exchange, parts, known, authorization)
  );
}

function scoredMessage(
  exchange: Exchange,
  parts: RequestParts,
  known: Known,
  { authorization, from, toldPublic = false }: RecogniseOptions & { authorization: string | null; from: string | null },
): MessageDraft | null {
  const asRequest = scoreAuthorizationRequest(parts, known);
  const asResponse = scoreAuthorizationResponse(parts, known, from);
  const asTokenRequest = scoreTokenRequest(parts, known, authorization);
  const best = Math.max(asRequest, asResponse, asTokenRequest);
  if (best < THRESHOLD) return null;
  if (best === asTokenRequest) {
    const because = browserEvidence(exchange, known.pageSeen, toldPublic);
    return {
      ...base(exchange, parts, 'request', best),
      kind: 'tokenRequest',
      grant: paramValue(parts, 'grant_type'),
      sentBy: because === null ? 'unknown' : 'browser',
      sentByBecause: because,
    };
  }
  return best === asRequest
    ? authorizationRequest(exchange, parts, best, 'request')
    : authorizationResponse(exchange, parts, best, 'request');
}

function documentMessage(exchange: Exchange, parts: RequestParts, known: Known): MessageDraft | null {
  const kind = metadataKind(parts, known);
  if (kind === null) return null;
  const document = kind === 'metadata' ? metadataDocument(exchange) : jwksDocument(exchange);
  // A path such as `/keys` tells nothing without the key set itself.
  if (document === null && kind === 'jwks') return null;
  return { ...base(exchange, parts, 'request', STRONG), kind, document };
}

function resourceMessage(
  exchange: Exchange,
  parts: RequestParts,
  known: Known,
  authorization: string | null,
): MessageDraft | null {
  const token = bearerToken(authorization) ?? paramValue(parts, 'access_token');
  if (token === null || !known.accessTokens.has(token)) return null;
  return { ...base(exchange, parts, 'request', THRESHOLD), kind: 'resourceRequest', status: statusOf(exchange) };
}

function worthParsing(exchange: Exchange, known: Known): boolean {
  const { request } = exchange;
  if (mayBeOAuth(request.url)) return true;
  if (request.method !== 'GET' && request.body.seen && request.body.value !== null) {
    const { value } = request.body;
    if (value.is === 'form') return true;
    if (
      /grant_?type|client_?id|redirect_uris|access_token|id_token|code=|error=|response=/i.test(
        value.text.slice(0, 20_000),
      )
    )
      return true;
  }
  if (known.endpoints.size > 0 && known.endpoints.has(readRequest(request).endpoint?.url ?? '')) return true;
  return known.accessTokens.size > 0 && header(request.headers, 'authorization') !== null;
}

function authorizationRequest(
  exchange: Exchange,
  parts: RequestParts,
  score: number,
  at: 'request' | 'location',
): Draft<AuthorizationRequest> {
  const request = paramValue(parts, 'request');
  const opaque =
    paramValue(parts, 'request_uri') !== null
      ? 'request_uri'
      : request !== null && readCompactJose(request)?.claims == null
        ? 'request'
        : null;
  return {
    ...base(exchange, parts, at, score),
    kind: 'authorizationRequest',
    responseType: wordsOf(paramValue(parts, 'response_type')),
    opaque,
    hop: 'client',
  };
}

function authorizationResponse(
  exchange: Exchange,
  parts: RequestParts,
  score: number,
  at: 'request' | 'location',
): MessageDraft {
  const carrier = responseCarrier(parts);
  const channel = carrier === parts.body ? 'form_post' : carrier === parts.fragment ? 'fragment' : 'query';
  // Both places stay: a token in the query beside a code in the fragment is a finding of its own.
  return {
    ...base(exchange, parts, at, score),
    kind: 'authorizationResponse',
    channel,
    error: paramValue({ params: [...carrier, ...parts.claims] }, 'error'),
  };
}

const PLAIN_PATHS: readonly (readonly [RegExp, PlainKind, (parts: RequestParts) => boolean])[] = [
  [
    /\/(par|par\/request|par\.oauth2|pushed[_-]?authorization([_-]?requests?)?)\/?$/i,
    'pushedAuthorizationRequest',
    (p) => p.method === 'POST' && isPushed(p),
  ],
  [
    /\/(device([_-]?(authori[sz]ation|authori[sz]e|code)|\/(code|auth|authori[sz]e|authori[sz]ation)|_authz\.oauth2)|authorize_device|auth\/device)\/?$/i,
    'deviceAuthorizationRequest',
    (p) => p.method === 'POST' && paramValue(p, 'client_id') !== null && !p.names.has('grant_type'),
  ],
  [
    /\/(oauth_)?(revoke|revocation)(_?token)?(\.oauth2)?\/?$/i,
    'revocationRequest',
    (p) => p.method === 'POST' && (p.names.has('token') || p.names.has('access_token')),
  ],
  [
    /\/(introspect(ion|_?token|\.oauth2)?|check_token)\/?$/i,
    'introspectionRequest',
    (p) => p.method === 'POST' && p.names.has('token'),
  ],
  [
    /\/(connect\/)?(register|registration|reg|clients-registrations\/openid-connect)\/?$/i,
    'clientRegistrationRequest',
    (p) => p.method === 'POST' && p.names.has('redirect_uris'),
  ],
  // Management interfaces take the metadata of RFC 7591 §2 at addresses of their own.
  [
    /^/,
    'clientRegistrationRequest',
    (p) => p.method === 'POST' && p.names.has('redirect_uris') && CLIENT_METADATA.some((name) => p.names.has(name)),
  ],
  // The first draft of RFC 8628 asked with a response type, and some servers still want it.
  [
    /^/,
    'deviceAuthorizationRequest',
    (p) =>
      p.method === 'POST' &&
      p.names.has('client_id') &&
      !p.names.has('grant_type') &&
      paramValue(p, 'response_type') === 'device_code',
  ],
];
const CLIENT_METADATA = ['grant_types', 'response_types', 'token_endpoint_auth_method', 'application_type'];
const LOGOUT_PATH =
  /\/(log-?(out|off)|sign-?(out|off)|end[_-]?session|session\/end|openid_logout|init_logout\.openid)\/?$/i;
/** Below these a sign-out is the server's. */
const SERVER_LOGOUT_PATH = /\/(oauth2?|oidc|connect|openid)\/(.*\/)?(logout|end[_-]?session)\/?$/i;

/** RFC 9126 §2.1: the parameters of an authorization request, of which an identifier alone is none. */
function isPushed(parts: RequestParts): boolean {
  // A form out of sight may hold them.
  if (parts.bodyHidden !== null) return paramValue(parts, 'client_id') !== null;
  return ['response_type', 'request', 'redirect_uri', 'code_challenge', 'scope'].some(
    (name) => paramValue(parts, name) !== null,
  );
}

const USERINFO_PATH = /\/(userinfo|userInfo|userinfo\.openid)\/?$/;

const KNOWN_PLAIN: Partial<Record<string, PlainKind>> = {
  par: 'pushedAuthorizationRequest',
  device: 'deviceAuthorizationRequest',
  revocation: 'revocationRequest',
  introspection: 'introspectionRequest',
  userinfo: 'userinfoRequest',
  registration: 'clientRegistrationRequest',
  logout: 'logoutRequest',
};

/** Messages that their endpoint and one or two parameters tell. */
function plainKind(parts: RequestParts, known: Known, authorization: string | null): PlainKind | null {
  if (parts.foreign) return null;
  const told = known.endpoints.get(parts.endpoint.url);
  const kind = told === undefined ? undefined : KNOWN_PLAIN[told];
  if (kind !== undefined && (parts.method === 'POST' || kind === 'userinfoRequest' || kind === 'logoutRequest')) {
    return kind;
  }
  const { path } = parts.endpoint;
  for (const [pattern, plain, fits] of PLAIN_PATHS) if (pattern.test(path) && fits(parts)) return plain;
  if (isLogout(parts)) return 'logoutRequest';
  // RFC 6750 §2: in the header, in a form, or in the query.
  if (USERINFO_PATH.test(path) && (bearerToken(authorization) !== null || parts.names.has('access_token'))) {
    return 'userinfoRequest';
  }
  return null;
}

/** RP-Initiated Logout §2 and the dialects of Auth0, Cognito and others; a plain `/logout` is the application's own. */
function isLogout(parts: RequestParts): boolean {
  const has = (name: string): boolean => parts.names.has(name);
  const { path } = parts.endpoint;
  if (has('post_logout_redirect_uri') && !has('response_type')) return true;
  if (!LOGOUT_PATH.test(path)) return false;
  if (has('id_token_hint')) return true;
  // Keycloak's own, which took `redirect_uri` alone before version 18.
  if (path.endsWith('/protocol/openid-connect/logout')) return true;
  if (path.endsWith('/v2/logout') && has('returnTo')) return true;
  if (!has('client_id')) return false;
  const targets = ['logout_uri', 'logout_redirect_uri', 'returnTo', 'redirect_uri'];
  return SERVER_LOGOUT_PATH.test(path) || targets.some(has);
}

/** RFC 8414 §3, OpenID Connect Discovery §4, RFC 9728 §3.1: a path, not a word in a parameter. */
const METADATA_ADDRESS =
  /^[^?#]*\/\.well-known\/(openid-configuration|oauth-authorization-server|oauth-protected-resource)(\/|[?#]|$)/;

function metadataKind(parts: RequestParts, known: Known): 'metadata' | 'jwks' | null {
  const { path } = parts.endpoint;
  if (parts.method !== 'GET') return null;
  if (known.endpoints.get(parts.endpoint.url) === 'jwks') return 'jwks';
  // IdentityServer keeps its keys below the metadata.
  if (METADATA_ADDRESS.test(parts.url) && !path.endsWith('/jwks')) return 'metadata';
  return /\/(jwks|JWKS|jwks\.json|jwk_uri|certs|keys)\/?$/.test(path) ? 'jwks' : null;
}

function metadataDocument(exchange: Exchange): Record<string, unknown> | null {
  const { url } = exchange.request;
  if (!url.includes('/.well-known/') || !METADATA_ADDRESS.test(url)) return null;
  const document = responseJson(exchange);
  if (document === null) return null;
  return typeof document['issuer'] === 'string' || typeof document['resource'] === 'string' ? document : null;
}

function jwksDocument(exchange: Exchange): Record<string, unknown> | null {
  const document = responseJson(exchange);
  const keys = document?.['keys'];
  return Array.isArray(keys) && keys.some((key) => isRecord(key) && typeof key['kty'] === 'string') ? document : null;
}

function responseJson(exchange: Exchange): Record<string, unknown> | null {
  if (exchange.outcome.is !== 'response') return null;
  const text = bodyText(exchange.outcome.response.body);
  const value = text === null ? undefined : parseJson(text);
  return isRecord(value) ? value : null;
}

/** Answers of the back channel, told by the request that they answer or by their own shape. */
function responseMessage(exchange: Exchange, request: MessageDraft | null): MessageDraft | null {
  if (exchange.outcome.is !== 'response') return null;
  const { response } = exchange.outcome;
  const kind = request === null ? (hasTokenBody(response) ? 'tokenResponse' : undefined) : ANSWERS[request.kind];
  const endpoint = kind === undefined ? null : readRequest(exchange.request).endpoint;
  if (kind === undefined || endpoint === null) return null;
  const params = named(bodyParams(response.body, header(response.headers, 'content-type')));
  const shared: Base = {
    exchange,
    at: 'response',
    endpoint,
    method: exchange.request.method,
    url: exchange.request.url,
    params,
    provider: request?.provider ?? providerAt(endpoint.host, endpoint.path)?.facts ?? null,
    sdk: null,
    score: STRONG,
    bodyHidden: response.body.seen ? null : response.body.why,
    truncated: exchange.truncated,
  };
  if (kind !== 'tokenResponse') return { ...shared, kind, status: response.status };
  if (request === null && !isTokenAnswer(shared)) return null;
  return { ...shared, kind, status: response.status, error: paramValue(shared, 'error') };
}

/** RFC 6749 §5.1 without the request: texts and lists of tokens of other kinds have members of these names, too. */
function isTokenAnswer(answer: { readonly params: readonly Param[] }): boolean {
  const token = paramValue(answer, 'access_token');
  const type = paramValue(answer, 'token_type');
  return token !== null && type !== null && !/\s/.test(token) && TOKEN_TYPE.test(type);
}

/** RFC 6749 §11.1, RFC 9449 §5, RFC 8693 §2.2.1, and what providers write for the first of them. */
const TOKEN_TYPE = /^(bearer(_?token)?|dpop|mac|pop|n_a|bot|user|jwt|none|urn:\S+)$/i;

type AnswerKind = 'tokenResponse' | 'pushedAuthorizationResponse' | 'deviceAuthorizationResponse' | 'userinfoResponse';

const ANSWERS: Partial<Record<MessageKind, AnswerKind>> = {
  tokenRequest: 'tokenResponse',
  pushedAuthorizationRequest: 'pushedAuthorizationResponse',
  deviceAuthorizationRequest: 'deviceAuthorizationResponse',
  userinfoRequest: 'userinfoResponse',
};

/** A cheap look before a body is parsed. */
function hasTokenBody(response: ResponseSeen): boolean {
  const text = bodyText(response.body);
  if (text === null || text.length > 200_000 || !/^\s*\{/.test(text)) return false;
  return text.includes('access_token') && text.includes('token_type');
}

/** A redirect whose target was never requested in this trace carries its message itself. */
function locationMessage(exchange: Exchange, known: Known, seen: Seen): MessageDraft | null {
  const location = locationOf(exchange);
  if (location === null || !mayBeOAuth(location)) return null;
  if (isRequested(exchange.trace, location, seen)) return null;
  const parts = partsOf(exchange, location);
  if (parts === null || isRequested(exchange.trace, new URL(location).href, seen)) return null;
  const asResponse = scoreAuthorizationResponse(parts, known, exchange.request.url);
  const asRequest = scoreAuthorizationRequest(parts, known);
  if (Math.max(asResponse, asRequest) < THRESHOLD) return null;
  return asRequest >= asResponse
    ? authorizationRequest(exchange, parts, asRequest, 'location')
    : authorizationResponse(exchange, parts, asResponse, 'location');
}

/**
 * A fragment without parameters of OAuth (`#_=_`, `#/home`) makes no difference: sources leave fragments out
 * of requests, and browsers hand them on from one address to the next (RFC 9110 §10.2.2).
 */
function isRequested(trace: string, location: string, { requested }: Seen): boolean {
  if (requested(trace, location)) return true;
  const bare = withoutFragment(location);
  return !mayBeOAuth(location.slice(bare.length)) && requested(trace, bare);
}

function withoutFragment(url: string): string {
  const hash = url.indexOf('#');
  return hash < 0 ? url : url.slice(0, hash);
}

/** Address of the request whose redirect led to this one. */
function redirectorOf(exchange: Exchange, { byId }: Seen): string | null {
  const { redirectedFrom } = exchange;
  return redirectedFrom === null ? null : (byId(redirectedFrom)?.request.url ?? null);
}

type Base = Omit<PlainMessage, 'index' | 'kind' | 'status'>;

function base(exchange: Exchange, parts: RequestParts, at: 'request' | 'location', score: number): Base {
  return {
    exchange,
    at,
    endpoint: parts.endpoint,
    method: parts.method,
    url: parts.url,
    params: parts.params,
    provider: parts.provider?.facts ?? null,
    sdk: sdkOfParts(parts),
    score,
    bodyHidden: parts.bodyHidden,
    truncated: exchange.truncated,
  };
}

function statusOf(exchange: Exchange): number | null {
  return exchange.outcome.is === 'response' ? exchange.outcome.response.status : null;
}

function learn(known: Known, message: MessageDraft): void {
  const value = (name: string): string | null => paramValue(message, name);
  switch (message.kind) {
    case 'authorizationRequest':
    case 'pushedAuthorizationRequest': {
      const target = redirectTarget(value('redirect_uri') ?? '');
      if (target !== null) known.redirectTargets.add(target);
      const state = value('state');
      if (state !== null) known.states.add(state);
      known.serverSites.add(message.endpoint.site);
      known.serverOrigins.add(message.endpoint.origin);
      break;
    }
    case 'authorizationResponse':
    case 'tokenResponse': {
      const token = value('access_token');
      if (token !== null) known.accessTokens.add(token);
      break;
    }
    default:
  }
}
