import { endpointOf } from '../http/endpoint.ts';
import { paramValue, wordsOf } from '../http/params.ts';
import type { Param } from '../model/message.ts';
import { readCompactJose } from '../token/jose.ts';
import type { Known } from './known.ts';
import { EMAIL_LINK_TYPES, RESPONSE_ERRORS, RESPONSE_TYPE_WORDS } from './names.ts';
import type { RequestParts } from './parts.ts';
import { isProviderCode } from './providers.ts';

/** A message is taken for OAuth from this score on. */
export const THRESHOLD = 5;
/** From this score on a message needs no history to be sure. */
export const STRONG = 8;
const FOREIGN = -8;

const AUTHORIZE_PATH =
  /\/(oauth2?|oidc|connect|protocol\/openid-connect|as|openid)\/(.*\/)?(authori[sz]e?|auth|authorization(\.oauth2)?)\/?$|\/authori[sz]e\/?$/;
const NO_REQUEST_PATH = /\/(logout|signout|sign-out|end_?session|adminconsent)\/?$/i;
/** Where a sign-in may start, whatever the server calls it. */
const SIGN_IN_WORD = /auth|login|log-in|sign-?in|sso|oidc|connect|identity|account/i;
/** Advertisers exchange identifiers with `client_id`, `redirect_uri` and `state` of their own. */
const TRACKER_PATH =
  /\/(user-?|cookie-?|id-?)?(sync|match|pixel|setuid|collect|beacon|click|impression|track(ing|er)?)([/.]|$)/i;
const REQUEST_URI_PREFIX = 'urn:ietf:params:oauth:request_uri:';

/** RFC 6749 §4.1.1: how much a request looks like an authorization request. */
export function scoreAuthorizationRequest(parts: RequestParts, known: Known): number {
  if (parts.foreign) return FOREIGN;
  const value = (name: string): string | null => paramValue(parts, name);
  const responseType = wordsOf(value('response_type'));
  const scope = wordsOf(value('scope'));
  const { path } = parts.endpoint;
  let score = 0;
  if (parts.provider?.at === 'authorization' || known.endpoints.get(parts.endpoint.url) === 'authorization') score += 6;
  if (AUTHORIZE_PATH.test(path)) score += /\/oauth2?\/(.*\/)?authorize\/?$/.test(path) ? 3 : 2;
  if (responseType.some((word) => RESPONSE_TYPE_WORDS.has(word))) score += 3;
  if (value('client_id') !== null) score += 2;
  if (value('redirect_uri') !== null) score += 2;
  if (value('code_challenge') !== null) score += 3;
  for (const name of ['scope', 'state', 'nonce']) if (value(name) !== null) score += 1;
  if (['response_mode', 'prompt', 'acr_values'].some((name) => value(name) !== null)) score += 1;
  const requestUri = value('request_uri');
  if (requestUri !== null) score += requestUri.startsWith(REQUEST_URI_PREFIX) ? 5 : 1;
  if (isJose(value('request'))) score += 3;
  if (NO_REQUEST_PATH.test(path)) score -= 8;
  score -= lackOfRequest(parts, known, responseType.length > 0);
  if (responseType.length === 0 && scope.some((word) => word === 'bot' || word === 'applications.commands')) {
    // Discord's installation link answers nothing; Slack's `scope=bot` is an ordinary request.
    if (parts.provider?.facts.id === 'discord') score -= 8;
  }
  if (parts.resource !== null && !isNavigation(parts.resource)) score -= 3;
  if (hasResponseValue(parts)) score -= 3;
  // A request names its client; a lone path with `state` or `scope` is a page.
  const nameless = value('client_id') === null && value('request_uri') === null && responseType.length === 0;
  if (!nameless || parts.provider?.facts.stateByProvider === true) return score;
  return Math.min(score - 4, THRESHOLD - 1);
}

/** Points off for what RFC 6749 §4.1.1 requires and is not there, where no known endpoint answers for it. */
function lackOfRequest(parts: RequestParts, known: Known, hasResponseType: boolean): number {
  const has = (name: string): boolean => paramValue(parts, name) !== null;
  if (parts.provider?.at === 'authorization' || known.endpoints.get(parts.endpoint.url) === 'authorization') return 0;
  if (has('request_uri') || has('request') || has('code_challenge')) return 0;
  // Later pages of a server may leave the client out.
  if (hasResponseType) return has('client_id') || known.serverSites.has(parts.endpoint.site) ? 0 : 2;
  const { path } = parts.endpoint;
  if (TRACKER_PATH.test(path)) return 3;
  if (!has('redirect_uri')) return 1;
  return has('scope') || has('nonce') || SIGN_IN_WORD.test(path) ? 0 : 1;
}

const CALLBACK_PATH =
  /(^|[/_.-])(cb|callbacks?|(\w*auth|\w*log[io]n|sign-?in|sso|google|facebook|github|linkedin|azure|apple|naver|kakao|spotify)\w*callback|\w*oauth2?\w*|oidc|signin-(oidc|google|facebook|microsoft|twitter|github)|authresp|redirect|silent[\w-]*|idpresponse)([/_.-]|$)/i;
/** Redirect targets that browsers make for extensions (`identity.getRedirectURL()`). */
const EXTENSION_HOST = /\.(chromiumapp\.org|extensions\.allizom\.org)$/;
const OTHER_PATH =
  /(coupon|promo|invite|referr|verify|reset|unsubscribe|activat|track|redeem|voucher|gift|unlock|recover|confirm|download|paywall|error)/i;
/** Endpoints that take an access token as a parameter. */
const TOKEN_USE_PATH = /\/(user_?info(\.openid)?|token_?info|debug_token|check_token|revoke_?token)\/?$/i;
/** Where applications take a sign-in in, apart from callbacks so called. */
const SIGN_IN_PATH = /\/(auth|login|log-in|sign-?in|sso|session|exchange_token)([/_.-]|$)/i;
const RESPONSE_EXTRAS = [
  'session_state',
  'refresh_token',
  'scope',
  'expires_in',
  'token_type',
  'client_info',
  'authuser',
  'hd',
  'granted_scopes',
];

/**
 * RFC 6749 §4.1.2, §4.2.2: how much an address or a posted form looks like an authorization response.
 * `from`: the address whose redirect led here, where there was one.
 */
export function scoreAuthorizationResponse(parts: RequestParts, known: Known, from: string | null): number {
  if (parts.foreign || isEmailLink(parts)) return FOREIGN;
  const carrier = responseCarrier(parts);
  const secured = isJose(paramValue({ params: carrier }, 'response'));
  const params = secured ? [...carrier, ...parts.claims] : carrier;
  const value = (name: string): string | null => paramValue({ params }, name);
  const pending =
    known.redirectTargets.has(parts.endpoint.url) ||
    (value('state') !== null && known.states.has(value('state') ?? ''));
  const { path, host } = parts.endpoint;
  const route = routeOf(parts.url);
  const landing = parts.provider?.at === 'landing';
  const callback =
    landing || EXTENSION_HOST.test(host) || [path, host, route].some((place) => CALLBACK_PATH.test(place));
  const code = value('code');
  const token = value('access_token') ?? value('id_token');
  const error = value('error');
  if (code === null && token === null && error === null && !secured) return 0;
  if (isPublishableKey(value('access_token')) || TOKEN_USE_PATH.test(parts.endpoint.path)) return FOREIGN;

  let score = 0;
  if (known.redirectTargets.has(parts.endpoint.url)) score += 5;
  if (value('state') !== null && known.states.has(value('state') ?? '')) score += 5;
  if (callback) score += 3;
  if (landing) score += 2;
  if (code !== null) score += codeScore(code, pending, callback);
  if (token !== null) score += tokenScore(parts, carrier);
  if (secured) score += 4;
  if (SIGN_IN_PATH.test(path) || SIGN_IN_PATH.test(route)) score += 1;
  // RFC 8252 §7.3: an application on the person's own machine listens at any port, often at its root.
  if (parts.endpoint.loopback && path === '/' && code !== null && isRandom(code)) score += 2;
  if (isSentByServer(parts, known, from)) score += 3;
  if (error !== null)
    score += errorScore(error, params, { expected: callback || pending, inFragment: carrier === parts.fragment });
  const state = value('state');
  if (state !== null) score += state.length >= 8 && !/^[a-z]+([_-][a-z]+)*$/i.test(state) ? 2 : 1;
  if (state !== null && code !== null && isRandom(code) && !isCoupon(code) && !isVoucher(code) && !isFilter(state))
    score += 1;
  // RFC 8252 §7.1: an address of an application is no page, where a state has many meanings.
  if (state !== null && code !== null && !/^https?:/.test(parts.url)) score += 2;
  const iss = value('iss');
  if (iss !== null) score += /^https?:\/\//.test(iss) ? 2 : 1;
  score += RESPONSE_EXTRAS.filter((name) => value(name) !== null).length;
  // Nothing but OpenID Connect Session Management §2 has it.
  if (code !== null && value('session_state') !== null) score += 1;
  if (value('hmac') !== null && value('shop') !== null) score += 1;
  if (!pending && OTHER_PATH.test(path)) score -= 4;
  if (parts.resource !== null && !isNavigation(parts.resource)) score -= 4;
  if (!pending && code === null && token === null && error === null && !callback) score -= 2;
  return score;
}

/**
 * RFC 6749 §4.1.2.1, §4.2.2.1. Many sites have `?error=` on their own pages, but a description beside it, a state, or
 * a registered error in a fragment is something that OAuth alone has.
 */
function errorScore(
  error: string,
  params: readonly Param[],
  { expected, inFragment }: { readonly expected: boolean; readonly inFragment: boolean },
): number {
  const has = (name: string): boolean => paramValue({ params }, name) !== null;
  const registered = RESPONSE_ERRORS.has(error);
  const explained = has('error_description') || has('error_uri');
  let score = registered ? 2 : 0;
  if (explained) score += registered ? 3 : 2;
  if (has('state')) score += registered ? 2 : 1;
  if (registered && inFragment) score += 3;
  if (!expected && !explained && !has('state') && !inFragment) score -= 2;
  return score;
}

/** Capitals and digits with a word among them. */
function isCoupon(code: string): boolean {
  return /^[A-Z0-9-]+$/.test(code) && /[A-Z]{5}/.test(code);
}

/** `state` of a list or a map: what is shown of it, or where in a country. */
function isFilter(state: string): boolean {
  return /^([A-Za-z]{1,2}|open(ed)?|closed?|all|any|(in)?active|draft|published|pending|confirmed|denied|approved|rejected|accepted|done|completed|paid|new|used|(in)?valid|expired|success|failed|ok|error|(un)?read|on(line)?|off(line)?|(en|dis)abled|true|false)$/i.test(
    state,
  );
}

/** Path of a page that routes by its fragment (`#/callback?code=…`); empty without one. */
function routeOf(url: string): string {
  return /#!?(\/[^?=&]*)\?/.exec(url)?.[1] ?? '';
}

/** A redirect out of the authorization server; its redirects among its own pages carry other things. */
function isSentByServer({ endpoint }: RequestParts, known: Known, from: string | null): boolean {
  const server = from === null ? null : endpointOf(from);
  if (server === null || !known.serverSites.has(server.site)) return false;
  if (server.site !== endpoint.site) return true;
  return known.serverOrigins.has(server.origin) && server.origin !== endpoint.origin;
}

/** The one place of the address or form that carries the response. */
export function responseCarrier(parts: RequestParts): readonly Param[] {
  const telling = (params: readonly Param[]): boolean =>
    ['code', 'access_token', 'id_token', 'error', 'response'].some((name) => paramValue({ params }, name) !== null);
  if (parts.method === 'POST' && telling(parts.body)) return parts.body;
  if (telling(parts.fragment)) return parts.fragment;
  return parts.query;
}

/** Codes of the wild are long and random; short words, numbers and country codes are something else. */
function codeScore(code: string, pending: boolean, callback: boolean): number {
  if (isProviderCode(code)) return 5;
  // Payments and their like report a number at addresses called callback.
  if (pending || (callback && !/^[0-9]{1,6}$/.test(code))) return 2;
  if (code.length < 8 || /^[0-9]+$/.test(code) || isWord(code) || isVoucher(code)) return -4;
  return isRandom(code) ? 3 : 2;
}

/** Groups of capitals and digits, made for people to type (`GIFT-1234-ABCD`); longer groups are identifiers. */
function isVoucher(code: string): boolean {
  return /^[A-Z0-9]{2,}(-[A-Z0-9]{2,})+$/.test(code) && !/^[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}$/.test(code);
}

function isRandom(code: string): boolean {
  return code.length >= 16 && /[0-9]/.test(code) && /[A-Za-z]/.test(code);
}

/** Letters only, as words have them. One random code in forty has no digit either, but half of its letters are capitals. */
function isWord(code: string): boolean {
  if (!/^[A-Za-z]+$/.test(code)) return false;
  const capitals = code.replace(/[a-z]/g, '').length;
  return code.length < 16 || Math.min(capitals, code.length - capitals) * 4 < code.length;
}

function tokenScore(parts: RequestParts, carrier: readonly Param[]): number {
  // Only implicit and hybrid responses put a token into a fragment; a query has many other uses of the name.
  if (carrier === parts.fragment) return 5;
  return carrier === parts.body ? 4 : 3;
}

/** GoTrue's recovery, invitation and confirmation links carry a session or an error, but answer no request. */
function isEmailLink(parts: RequestParts): boolean {
  if (parts.names.has('access_token')) return EMAIL_LINK_TYPES.has(paramValue(parts, 'type') ?? '');
  return (
    paramValue(parts, 'error_code') === 'otp_expired' ||
    /^email link/i.test(paramValue(parts, 'error_description') ?? '')
  );
}

/** `access_token=pk.…` of map tiles and similar keys that are meant to be public. */
function isPublishableKey(value: string | null): boolean {
  return value !== null && /^(pk|sk|tk)\.eyJ/.test(value);
}

const TOKEN_PATH =
  /\/[\w-]*token(\.oauth2|\.srf)?\/?$|\/tokens\/bearer$|\/api\/oauth\.v2(\.user)?\.access$|\/api\/openid\.connect\.token$/i;

/** RFC 6749 §4.1.3, §4.3.2, §4.4.2, §6: how much a request looks like a token request. */
export function scoreTokenRequest(parts: RequestParts, known: Known, authorization: string | null): number {
  if (parts.foreign || parts.method === 'OPTIONS') return FOREIGN;
  const value = (name: string): string | null => paramValue(parts, name);
  let score = 0;
  if (parts.provider?.at === 'token' || known.endpoints.get(parts.endpoint.url) === 'token') score += 6;
  const grant = value('grant_type');
  const atToken = TOKEN_PATH.test(parts.endpoint.path);
  if (grant !== null && isGrantType(grant)) score += 5;
  // RFC 6749 §4.5: servers make grants of their own.
  else if (grant !== null && atToken) score += 3;
  if (value('code') !== null && (value('code_verifier') !== null || value('redirect_uri') !== null)) score += 3;
  if (value('code') !== null && value('client_secret') !== null) score += 2;
  if (value('client_id') !== null || /^basic /i.test(authorization ?? '')) score += 1;
  if (parts.method === 'POST') score += 1;
  if (atToken) score += 2;
  if (parts.names.has('query') && grant === null) score -= 4;
  if (grant === null && known.endpoints.get(parts.endpoint.url) === undefined && OTHER_PATH.test(parts.endpoint.path))
    score -= 4;
  if (grant === null && value('code') === null && value('refresh_token') === null && parts.bodyHidden === null)
    score -= 4;
  return score;
}

function isGrantType(grant: string): boolean {
  return (
    /^(authorization_code|refresh_token|client_credentials|password|pkce|id_token)$/.test(grant) ||
    /^(urn:(ietf|openid):params:(oauth:)?grant-type:|https?:\/\/)/.test(grant)
  );
}

/** A document, a frame or something that may be one. Sub-requests never carry front-channel messages. */
export function isNavigation(resource: string): boolean {
  return resource === 'document' || resource === 'frame' || resource === 'other';
}

/** A compact JOSE object with a header. */
export function isJose(value: string | null): boolean {
  return value !== null && readCompactJose(value) !== null;
}

function hasResponseValue(parts: RequestParts): boolean {
  return paramValue(parts, 'code') !== null && paramValue(parts, 'response_type') === null;
}
