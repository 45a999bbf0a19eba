import { isRecord, wordOf } from '../http/params.ts';
import { table } from '../model/table.ts';
import type { TokenReport } from './inspect.ts';

export type TokenKind =
  | 'idToken'
  | 'accessToken'
  | 'logoutToken'
  | 'dpopProof'
  | 'requestObject'
  | 'clientAssertion'
  | 'jwt'
  | 'jws'
  | 'jwe'
  | 'sdJwt';

/** `typ` says it outright (RFC 8725 §3.11). */
const BY_TYPE = table<TokenKind>({
  'at+jwt': 'accessToken',
  'logout+jwt': 'logoutToken',
  'dpop+jwt': 'dpopProof',
  'oauth-authz-req+jwt': 'requestObject',
  'client-authentication+jwt': 'clientAssertion',
});

/** Parameters and headers that hold one sort of token only. */
const BY_NAME = table<TokenKind>({
  id_token: 'idToken',
  id_token_hint: 'idToken',
  access_token: 'accessToken',
  client_assertion: 'clientAssertion',
  request: 'requestObject',
  logout_token: 'logoutToken',
  dpop: 'dpopProof',
});

/** The report of a token that was found under this name; the name decides where its own `typ` says nothing. */
export function namedReport(report: TokenReport, name: string | null): TokenReport {
  if (report.nested !== undefined) return { ...report, nested: namedReport(report.nested, name) };
  const as = BY_NAME[(name ?? '').toLowerCase()];
  return as === undefined ? report : { ...report, as };
}

/** Claims that only ID tokens have (OIDC Core §2, §3.1.3.6, §3.3.2.11). */
const OF_ID_TOKENS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'auth_time', 'acr', 'amr', 'azp'];
const OF_ACCESS_TOKENS = ['scope', 'scp', 'client_id', 'cid', 'appid', 'ath'];

/** What sort of token it is: by its `typ`, else by where it was found, else by claims that only one sort has. */
export function tokenKind(report: TokenReport): TokenKind {
  const { kind, header } = report;
  if (kind === 'jwe' || kind === 'sdJwt') return kind;
  const typ = wordOf(header?.['typ'] ?? '')
    .toLowerCase()
    .replace(/^application\//, '');
  const typed = BY_TYPE[typ];
  if (typed !== undefined) return typed;
  const claims = claimsOf(report);
  if (claims === null) return 'jws';
  if (report.as !== undefined) return report.as;
  const has = (names: readonly string[]): boolean => names.some((name) => name in claims);
  const { events } = claims;
  if (isRecord(events) && 'http://schemas.openid.net/event/backchannel-logout' in events) return 'logoutToken';
  if (has(['response_type', 'redirect_uri'])) return 'requestObject';
  if (has(OF_ID_TOKENS.slice(0, 4))) return 'idToken';
  if (has(OF_ACCESS_TOKENS)) return 'accessToken';
  if (has(OF_ID_TOKENS)) return 'idToken';
  if (typeof claims['iss'] === 'string' && claims['iss'] === claims['sub']) return 'clientAssertion';
  return 'jwt';
}

/** A payload that is no JSON, kept as its exact bytes. */
export function isBytes(payload: unknown): payload is { readonly base64url: string } {
  return isRecord(payload) && typeof payload['base64url'] === 'string' && Object.keys(payload).length === 1;
}

/** The claims, where the payload is a JSON object. */
export function claimsOf({ payload }: Pick<TokenReport, 'payload'>): Readonly<Record<string, unknown>> | null {
  return isRecord(payload) && !isBytes(payload) ? payload : null;
}
