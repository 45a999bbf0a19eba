/**
 * What of a capture may leave as it is, by name. Whatever is not named here is replaced by a mark: a redacted export says
 * what is known to be harmless, and nothing else.
 */

/** Parameters, JSON members and claims whose values describe the protocol, not a person or a session. */
export const HARMLESS_PARAMS: ReadonlySet<string> = new Set([
  // RFC 6749, RFC 7636, RFC 9126, RFC 9207, OIDC Core §3.1.2.1
  'response_type',
  'response_mode',
  'grant_type',
  'client_id',
  'scope',
  'token_type',
  'expires_in',
  'error',
  'code_challenge_method',
  'prompt',
  'display',
  'max_age',
  'ui_locales',
  'claims_locales',
  'acr_values',
  'client_assertion_type',
  'refresh_token_expires_in',
  // RFC 8628, RFC 8693, RFC 7009, RFC 7662
  'interval',
  'subject_token_type',
  'actor_token_type',
  'requested_token_type',
  'issued_token_type',
  'token_type_hint',
  'active',
  // Claims of tokens and members of keys
  'iat',
  'exp',
  'nbf',
  'auth_time',
  'amr',
  'acr',
  'alg',
  'enc',
  'typ',
  'cty',
  'crit',
  // Thumbprints of public keys (RFC 7800, RFC 9449 §6.1)
  'jkt',
  'dpop_jkt',
  'email_verified',
  'updated_at',
  // RFC 7591
  'token_endpoint_auth_method',
  'application_type',
  'grant_types',
  'response_types',
]);

/** Parameters and members that hold an address, or a list of addresses. */
export const ADDRESS_PARAMS: ReadonlySet<string> = new Set([
  'redirect_uri',
  'redirect_uris',
  'post_logout_redirect_uri',
  'frontchannel_logout_uri',
  'iss',
  'issuer',
  'aud',
  'audience',
  'resource',
  'error_uri',
  'client_uri',
  'jwks_uri',
  'verification_uri',
  'verification_url',
  'verification_uri_complete',
  'registration_client_uri',
  'authorization_servers',
  'op_policy_uri',
  'op_tos_uri',
  'service_documentation',
  'check_session_iframe',
]);

/** Suffixes of members of server metadata (RFC 8414 §2). */
export const METADATA_MEMBER = /(?:_endpoint|_supported|_required|_bound_access_tokens|_parameter_supported)$/;

/** Public members of a key (RFC 7517, RFC 7518 §6). */
export const PUBLIC_KEY_MEMBERS: ReadonlySet<string> = new Set([
  'kty',
  'use',
  'key_ops',
  'kid',
  'crv',
  'n',
  'e',
  'x',
  'y',
  'x5c',
  'x5t',
  'x5t#S256',
]);

/** Headers that say nothing about a person or a session. */
export const HARMLESS_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-expose-headers',
  'access-control-max-age',
  'access-control-request-headers',
  'access-control-request-method',
  'age',
  'cache-control',
  'connection',
  'content-encoding',
  'content-language',
  'content-length',
  'content-security-policy',
  'content-type',
  'cross-origin-embedder-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'date',
  'dnt',
  'expires',
  'host',
  'last-modified',
  'permissions-policy',
  'pragma',
  'referrer-policy',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  'server',
  'strict-transport-security',
  'transfer-encoding',
  'upgrade-insecure-requests',
  'user-agent',
  'vary',
  'www-authenticate',
  'x-content-type-options',
  'x-frame-options',
  ':authority',
  ':method',
  ':scheme',
  ':status',
]);

/** Headers that hold an address. */
export const ADDRESS_HEADERS: ReadonlySet<string> = new Set([
  'location',
  'content-location',
  'referer',
  'origin',
  'access-control-allow-origin',
  ':path',
]);
