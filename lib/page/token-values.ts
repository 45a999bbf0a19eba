import { isRecord, wordOf } from '../http/params.ts';
import { table } from '../model/table.ts';
import { readCompactJose } from '../token/jose.ts';
import { numericDate } from '../token/time.ts';
import { type StorageSdk, sdkOfKey } from './sdk-storage.ts';
import type { StoredValue } from './stored-values.ts';

export type TokenKind = 'access token' | 'refresh token' | 'ID token';

/** A value that is a token of OAuth by where it stands, what it is called or what it says of itself. */
export interface TokenValue {
  readonly is: TokenKind;
  /** What tells it: a library's storage, its name, or claims that only such a token has. */
  readonly by: 'sdk' | 'name' | 'claims';
}

const NAMES = table<TokenKind>({
  accesstoken: 'access token',
  idtoken: 'ID token',
  refreshtoken: 'refresh token',
});

/** Shorter values are placeholders. */
const MIN_TOKEN = 16;

/** Values that look like tokens and are none of OAuth: publishable keys and credentials for one request. */
const PUBLIC = /^(pk\.|pk_|sk_|tk\.|AIza|ek_|whsec_|ghs_dummy|CFPAT-)/;

/** What a value in storage is, or `null`. */
export function storedToken(stored: StoredValue): (TokenValue & { readonly sdk: StorageSdk | null }) | null {
  const sdk = sdkOfKey(stored.snapshot.area, stored.key);
  if (sdk !== null && sdk.holds !== 'tokens') return null;
  const token = tokenValue(stored.member, stored.value, stored.among);
  if (token === null) return null;
  return { ...token, by: sdk === null ? token.by : 'sdk', sdk };
}

/** What a value under a name is, or `null`; `among`: the object that it is a member of. */
export function tokenValue(
  name: string,
  value: string,
  among: Readonly<Record<string, unknown>> | null,
): TokenValue | null {
  if (value.length < MIN_TOKEN || !/^[\x21-\x7e]+$/.test(value) || PUBLIC.test(value)) return null;
  const jose = readCompactJose(value);
  const claims = jose?.claims ?? null;
  if (isForeign(claims)) return null;
  const kind = named(name, among);
  // An encrypted value without a name is a session or another blob: nothing says that it is a token.
  const claimed = jose === null || claims === null ? null : kindByClaims(jose.header, claims);
  if (kind !== null) return { is: kind, by: claimed === null ? 'name' : 'claims' };
  return claimed === null ? null : { is: claimed, by: 'claims' };
}

/** MSAL keeps every token as `secret` beside its `credentialType`. */
function named(name: string, among: Readonly<Record<string, unknown>> | null): TokenKind | null {
  const type = name === 'secret' ? among?.['credentialType'] : null;
  return NAMES[(typeof type === 'string' ? type : name).replace(/[^A-Za-z]/g, '').toLowerCase()] ?? null;
}

/** Services that are no OAuth sign it (Supabase's keys, Firebase App Check and installations). */
function isForeign(claims: Readonly<Record<string, unknown>> | null): boolean {
  if (claims === null) return false;
  const { iss, role } = claims as { iss?: unknown; role?: unknown };
  if (role === 'anon' || role === 'service_role') return true;
  return typeof iss === 'string' && /firebaseappcheck\.googleapis\.com|^supabase$/.test(iss);
}

/** RFC 9068 §2.2 and OpenID Connect Core §2: what sets these tokens apart from a session of the application's own. */
export function kindByClaims(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): TokenKind | null {
  if (isForeign(claims)) return null;
  const has = (name: string): boolean => claims[name] !== undefined && claims[name] !== null;
  const type = wordOf(header['typ'] ?? '').toLowerCase();
  const own = wordOf(claims['typ'] ?? claims['token_use'] ?? '').toLowerCase();
  if (/^(application\/)?at\+jwt$/.test(type)) return 'access token';
  if (own === 'refresh' || own === 'offline') return 'refresh token';
  if (!has('iss')) return null;
  if (own === 'id') return 'ID token';
  if (has('scope') || has('scp') || (has('client_id') && has('sub')) || own === 'access') return 'access token';
  if (has('nonce') || has('at_hash') || has('c_hash') || has('auth_time')) return 'ID token';
  return has('azp') ? 'access token' : null;
}

/** When a token ends, seconds since the epoch: by itself, else by what stands beside it; `null` where nothing tells. */
export function expiryOf(value: string, among: Readonly<Record<string, unknown>> | null): number | null {
  const own = numericDate(readCompactJose(value)?.claims?.['exp']);
  if (own !== null) return own;
  for (const name of ['expires_at', 'expiresAt', 'expiresOn', 'expires_on', 'expirationTime']) {
    const beside = numericDate(Number(among?.[name] ?? Number.NaN));
    // Some write milliseconds.
    if (beside !== null) return beside > 1e11 ? beside / 1000 : beside;
  }
  return null;
}

/** Seconds that a JWT lives; `null` where it does not say. */
export function lifetimeOf(value: string): number | null {
  const claims = readCompactJose(value)?.claims ?? null;
  const exp = numericDate(claims?.['exp']);
  const start = numericDate(claims?.['iat']) ?? numericDate(claims?.['nbf']);
  return exp === null || start === null ? null : exp - start;
}

/** Bound to a key (RFC 9449 §6, RFC 8705 §3): by its claims or by the type beside it. */
export function isBound(value: string, among: Readonly<Record<string, unknown>> | null): boolean {
  if (isRecord(readCompactJose(value)?.claims?.['cnf'])) return true;
  return wordOf(among?.['token_type'] ?? among?.['tokenType'] ?? '').toLowerCase() === 'dpop';
}

/** MSAL encrypts its localStorage: `{"id":…,"nonce":…,"data":…}` instead of an entry with its `secret`. */
export function isSealedEntry(value: unknown): boolean {
  return isRecord(value) && typeof value['nonce'] === 'string' && typeof value['data'] === 'string' && 'id' in value;
}
