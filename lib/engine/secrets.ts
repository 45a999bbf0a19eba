import { bearerToken, header } from '../http/headers.ts';
import { parseJson } from '../http/params.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { StorageSnapshot } from '../model/observation.ts';
import { finish, type Work } from '../model/work.ts';
import { ALIASES } from '../oauth/names.ts';
import { storedValues } from '../page/stored-values.ts';
import { basicCredentials } from '../token/basic.ts';

/** What a value is secret as. */
export type SecretKind =
  | 'code'
  | 'access token'
  | 'refresh token'
  | 'ID token'
  | 'state'
  | 'nonce'
  | 'verifier'
  | 'client secret'
  | 'password'
  | 'device code'
  | 'user code'
  | 'assertion'
  | 'request object'
  | 'request URI'
  | 'challenge'
  | 'other';

/** Parameters whose values are secrets. Providers' names for a standard one are in `ALIASES`. */
const SECRET_PARAMS: ReadonlyMap<string, SecretKind> = new Map([
  ['code', 'code'],
  ['access_token', 'access token'],
  ['refresh_token', 'refresh token'],
  ['id_token', 'ID token'],
  ['id_token_hint', 'ID token'],
  ['state', 'state'],
  ['nonce', 'nonce'],
  ['code_verifier', 'verifier'],
  ['client_secret', 'client secret'],
  ['app_secret', 'client secret'],
  ['appsecret', 'client secret'],
  ['secret', 'client secret'],
  ['password', 'password'],
  ['passwd', 'password'],
  ['pwd', 'password'],
  ['otp', 'password'],
  ['pin', 'password'],
  ['device_code', 'device code'],
  ['user_code', 'user code'],
  ['client_assertion', 'assertion'],
  ['assertion', 'assertion'],
  ['subject_token', 'access token'],
  ['actor_token', 'access token'],
  ['token', 'access token'],
  ['request', 'request object'],
  ['request_uri', 'request URI'],
  ['response', 'request object'],
  ['registration_access_token', 'access token'],
  ['sessionToken', 'other'],
  ['session_state', 'other'],
  ['signed_request', 'other'],
  ['code_challenge', 'challenge'],
  ['login_hint', 'other'],
  ['username', 'other'],
  // Accounts and amounts (RFC 9396 §2).
  ['authorization_details', 'other'],
]);

/** What a parameter of that name holds, or `null` where its value may be shown. */
export function secretKind(name: string): SecretKind | null {
  return SECRET_PARAMS.get(ALIASES.get(name) ?? name) ?? SECRET_PARAMS.get(name.toLowerCase()) ?? null;
}

/** Shorter values are everywhere by chance; hiding them by value would hide half the report. */
const MIN_LENGTH = 8;

/** Every secret value of the messages and of what was seen of the page, each once, with what it is. */
export function collectSecrets(
  messages: readonly OAuthMessage[],
  snapshots: readonly StorageSnapshot[] = [],
): Map<string, SecretKind> {
  return finish(collectingSecrets(messages, snapshots));
}

/** The same, as work that may be interrupted between two messages and between two snapshots. */
export function* collectingSecrets(
  messages: readonly OAuthMessage[],
  snapshots: readonly StorageSnapshot[] = [],
): Work<Map<string, SecretKind>> {
  const secrets = new Map<string, SecretKind>();
  const add = (value: string, kind: SecretKind): void => {
    if (value.length >= MIN_LENGTH && !secrets.has(value)) secrets.set(value, kind);
  };
  for (const message of messages) {
    for (const { name, value } of message.params) {
      const kind = secretKind(name);
      if (kind !== null) add(value, kind);
      else if (value.startsWith('{') || value.startsWith('[')) addNested(parseJson(value), add);
    }
    if (message.at === 'request') addCredentials(header(message.exchange.request.headers, 'authorization'), add);
    yield;
  }
  for (const snapshot of snapshots) {
    for (const { member, value } of storedValues(snapshot)) {
      const kind = secretKind(snakeCase(member));
      // Data as a whole is no secret; what is inside of it comes by itself.
      if (kind !== null && !/^\s*[{[]/.test(value)) add(value, kind);
    }
    yield;
  }
  return secrets;
}

/** `accessToken`, `access-token` and `ACCESS_TOKEN` are `access_token`. */
function snakeCase(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
}

type Add = (value: string, kind: SecretKind) => void;

/** Some token responses keep tokens one level down (Slack's `authed_user`). */
function addNested(value: unknown, add: Add, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > 4) return;
  for (const [name, member] of Object.entries(value)) {
    const kind = typeof member === 'string' ? secretKind(name) : null;
    if (typeof member === 'string' && kind !== null) add(member, kind);
    else addNested(member, add, depth + 1);
  }
}

function addCredentials(authorization: string | null, add: Add): void {
  const bearer = bearerToken(authorization);
  if (bearer !== null) add(bearer, 'access token');
  const basic = basicCredentials(authorization);
  if (authorization === null || basic === null) return;
  add(authorization.slice(authorization.lastIndexOf(' ') + 1), 'client secret');
  add(basic.password, 'client secret');
  // RFC 6749 §2.3.1: the secret is form-encoded before it becomes HTTP Basic.
  const [decoded] = new URLSearchParams(`p=${basic.password}`).values();
  if (decoded !== undefined) add(decoded, 'client secret');
}
