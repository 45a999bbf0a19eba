import { bearerToken, header } from '../http/headers.ts';
import type { OAuthMessage } from '../model/message.ts';
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
  | 'other';

/** Parameters whose values are secrets, by standard name and the names that providers use. */
const SECRET_PARAMS: ReadonlyMap<string, SecretKind> = new Map([
  ['code', 'code'],
  ['access_token', 'access token'],
  ['refresh_token', 'refresh token'],
  ['id_token', 'ID token'],
  ['id_token_hint', 'ID token'],
  ['state', 'state'],
  ['nonce', 'nonce'],
  ['code_verifier', 'verifier'],
  ['auth_code', 'code'],
  ['authCode', 'code'],
  ['client_secret', 'client secret'],
  ['clientSecret', 'client secret'],
  ['app_secret', 'client secret'],
  ['appsecret', 'client secret'],
  ['secret', 'client secret'],
  ['password', 'password'],
  ['passwd', 'password'],
  ['device_code', 'device code'],
  ['user_code', 'user code'],
  ['client_assertion', 'assertion'],
  ['assertion', 'assertion'],
  ['subject_token', 'access token'],
  ['actor_token', 'access token'],
  ['token', 'access token'],
  ['request', 'request object'],
  ['request_uri', 'other'],
  ['response', 'request object'],
  ['registration_access_token', 'access token'],
  ['sessionToken', 'other'],
  ['session_state', 'other'],
  ['signed_request', 'other'],
  ['code_challenge', 'other'],
  ['login_hint', 'other'],
  ['username', 'other'],
]);

/** What a parameter of that name holds, or `null` where its value may be shown. */
export function secretKind(name: string): SecretKind | null {
  return SECRET_PARAMS.get(name) ?? null;
}

/** Shorter values are everywhere by chance; hiding them by value would hide half the report. */
const MIN_LENGTH = 8;

/** Every secret value of the messages, each once, with what it is. */
export function collectSecrets(messages: readonly OAuthMessage[]): Map<string, SecretKind> {
  const secrets = new Map<string, SecretKind>();
  const add = (value: string, kind: SecretKind): void => {
    if (value.length >= MIN_LENGTH && !secrets.has(value)) secrets.set(value, kind);
  };
  for (const message of messages) {
    for (const { name, as, value } of message.params) {
      const kind = secretKind(as ?? name);
      if (kind !== null) add(value, kind);
    }
    if (message.at !== 'request') continue;
    const authorization = header(message.exchange.request.headers, 'authorization');
    if (authorization === null) continue;
    const bearer = bearerToken(authorization);
    if (bearer !== null) add(bearer, 'access token');
    const basic = basicCredentials(authorization);
    if (basic !== null) add(basic.password, 'client secret');
  }
  return secrets;
}
