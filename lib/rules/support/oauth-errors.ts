/** What an error means and what usually helps. */
export interface ErrorWords {
  readonly meaning: string;
  readonly remedy: string;
}

/** Errors of a protocol that goes as planned: polling (RFC 8628 §3.5) and nonces (RFC 9449 §8). */
export const ORDINARY: ReadonlySet<string> = new Set(['authorization_pending', 'slow_down', 'use_dpop_nonce']);

/** OIDC Core §3.1.2.6: the answers to `prompt=none` where somebody would have to be asked. */
export const ASKING: ReadonlySet<string> = new Set([
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
]);

/** Numbers in `error_description` by which a server is more exact than by `error`. */
const NUMBERED = /\bAADSTS\d{4,8}\b/;

const TABLE: readonly (readonly [code: string, meaning: string, remedy: string])[] = [
  // RFC 6749 §4.1.2.1 and §5.2.
  [
    'invalid_request',
    'a parameter is missing, repeated or malformed',
    'Compare the parameters with the documentation of the endpoint.',
  ],
  [
    'invalid_client',
    'the client is unknown or its authentication failed',
    'Check client id, secret and authentication method against the registration.',
  ],
  [
    'invalid_grant',
    'the code or refresh token is expired, used, revoked or made for another redirect_uri or verifier',
    'Redeem each code once, at once, with the `redirect_uri` and `code_verifier` of its own request.',
  ],
  [
    'unauthorized_client',
    'this client may not use this grant or response type',
    'Allow the grant for this client at the server.',
  ],
  ['unsupported_grant_type', 'the server does not offer this grant', 'Use a grant that its metadata lists.'],
  ['unsupported_response_type', 'the server does not offer this response type', 'Use `response_type=code`.'],
  [
    'invalid_scope',
    'a scope is unknown, malformed or more than the client may have',
    'Ask only for scopes that are registered for this client.',
  ],
  ['access_denied', 'the person or the server said no', 'Offer to start again; nothing is wrong with the request.'],
  ['server_error', 'the server failed', 'Look into the log of the server at this time.'],
  ['temporarily_unavailable', 'the server is overloaded or under maintenance', 'Try again later.'],
  // OIDC Core §3.1.2.6.
  ['login_required', 'nobody is signed in, and the request forbids asking', 'Start a sign-in without `prompt=none`.'],
  [
    'interaction_required',
    'somebody would have to be asked, and the request forbids it',
    'Start a sign-in without `prompt=none`.',
  ],
  ['consent_required', 'consent is missing, and the request forbids asking', 'Start a sign-in without `prompt=none`.'],
  [
    'account_selection_required',
    'an account has to be chosen, and the request forbids asking',
    'Start a sign-in without `prompt=none`.',
  ],
  [
    'invalid_request_uri',
    'the request object could not be fetched or has expired',
    'Push the request again and use its `request_uri` at once.',
  ],
  [
    'invalid_request_object',
    'the request object is malformed, expired or not signed as expected',
    'Check algorithm, key, `aud` and `exp` of the request object.',
  ],
  ['request_not_supported', 'the server takes no `request`', 'Send the parameters in the address or push them.'],
  [
    'request_uri_not_supported',
    'the server takes no `request_uri`',
    'Send the parameters in the address or in a request object.',
  ],
  // RFC 8628 §3.5, RFC 8707 §2, RFC 9396 §5, RFC 9449 §5, RFC 9470 §3.
  ['expired_token', 'the device code has expired', 'Start the device authorization again.'],
  ['invalid_target', 'the resource is unknown or not allowed', 'Name a `resource` that the server knows.'],
  [
    'invalid_authorization_details',
    'the authorization details are unknown or malformed',
    'Use types that the metadata of the server lists.',
  ],
  [
    'invalid_dpop_proof',
    'the DPoP proof is missing or wrong',
    'Check `htm`, `htu`, `iat`, `jti` and the key of the proof.',
  ],
  // Providers.
  ['redirect_uri_mismatch', 'the redirect_uri is not registered', 'Register the `redirect_uri` exactly as it is sent.'],
  ['bad_verification_code', 'the code is wrong or expired', 'Redeem each code once and at once.'],
  ['incorrect_client_credentials', 'client id or secret is wrong', 'Check both against the registration.'],
  ['AADSTS50011', 'the redirect_uri is not registered', 'Register the `redirect_uri` exactly as it is sent.'],
  [
    'AADSTS7000215',
    'the client secret is wrong',
    'Send the value of the secret, not its id, and check that it has not expired.',
  ],
  ['AADSTS700016', 'the application is unknown in this directory', 'Check client id and tenant of the endpoint.'],
  ['AADSTS65001', 'nobody has consented to this application', 'Ask the person or an administrator for consent.'],
  [
    'AADSTS9002326',
    'a page redeems a code of a registration that is not for pages',
    'Register the redirect URI under the platform for single-page applications.',
  ],
  ['AADSTS54005', 'the code was redeemed before', 'Redeem each code once.'],
  ['AADSTS50105', 'the person is not assigned to the application', 'Assign the person or a group to the application.'],
];

const WORDS: ReadonlyMap<string, ErrorWords> = new Map(
  TABLE.map(([code, meaning, remedy]) => [code, { meaning, remedy }]),
);

/** By the number in the description where there is one, else by `error`; `null` for an error that nobody has explained. */
export function explainError(error: string, description: string | null): ErrorWords | null {
  const numbered = NUMBERED.exec(description ?? '')?.[0];
  return WORDS.get(numbered ?? error) ?? WORDS.get(error) ?? null;
}
