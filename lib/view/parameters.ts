import type { Reference } from '../model/rule.ts';

/** What a parameter of OAuth is for, and where that is written. */
export interface ParameterMeaning {
  /** Goes on from the parameter's name: `client_id`: who asks. */
  readonly text: string;
  readonly reference: Reference;
}

type Row = readonly [name: string, text: string, spec: string, section: string];

/** IANA "OAuth Parameters", as far as they are seen in traffic; the standard's names. */
const ROWS: readonly Row[] = [
  ['response_type', 'what is asked for: a code, tokens, or both', 'RFC 6749', '3.1.1'],
  ['client_id', 'who asks', 'RFC 6749', '2.2'],
  ['redirect_uri', 'where the answer goes', 'RFC 6749', '3.1.2'],
  ['scope', 'what is asked for', 'RFC 6749', '3.3'],
  ['state', 'ties the answer to this request', 'RFC 6749', '10.12'],
  ['nonce', 'ties the ID token to this request', 'OIDC Core', '3.1.2.1'],
  ['code_challenge', 'ties the code to this client', 'RFC 7636', '4.3'],
  ['code_challenge_method', 'how the challenge is made', 'RFC 7636', '4.3'],
  ['code_verifier', 'proves who asked for the code', 'RFC 7636', '4.5'],
  ['response_mode', 'how the answer travels', 'Multiple Response Types', '2.1'],
  ['prompt', 'whether the person is asked', 'OIDC Core', '3.1.2.1'],
  ['max_age', 'how old the sign-in may be, in seconds', 'OIDC Core', '3.1.2.1'],
  ['display', 'how the sign-in page is shown', 'OIDC Core', '3.1.2.1'],
  ['ui_locales', 'languages of the person', 'OIDC Core', '3.1.2.1'],
  ['claims', 'single claims that are asked for', 'OIDC Core', '5.5'],
  ['acr_values', 'how strong the sign-in should be', 'OIDC Core', '3.1.2.1'],
  ['login_hint', 'who is expected to sign in', 'OIDC Core', '3.1.2.1'],
  ['id_token_hint', 'who signed in before', 'OIDC Core', '3.1.2.1'],
  ['request', 'the parameters as a signed object', 'RFC 9101', '5'],
  ['request_uri', 'where the parameters were left', 'RFC 9126', '4'],
  ['resource', 'the server that the token is for', 'RFC 8707', '2'],
  ['authorization_details', 'what is asked for, in detail', 'RFC 9396', '2'],
  ['dpop_jkt', 'the key that the code is bound to', 'RFC 9449', '10'],
  ['code', 'is redeemed for tokens, once', 'RFC 6749', '4.1.2'],
  ['iss', 'who answers', 'RFC 9207', '2'],
  ['session_state', 'tells when the session at the server changes', 'OIDC Session', '3'],
  ['error', 'why it was refused', 'RFC 6749', '4.1.2.1'],
  ['error_description', 'why, in words', 'RFC 6749', '4.1.2.1'],
  ['error_uri', 'where more about it is written', 'RFC 6749', '4.1.2.1'],
  ['access_token', 'opens the resource server', 'RFC 6749', '1.4'],
  ['token_type', 'how the token is presented', 'RFC 6749', '7.1'],
  ['expires_in', 'seconds until it expires', 'RFC 6749', '5.1'],
  ['refresh_token', 'gets new access tokens', 'RFC 6749', '1.5'],
  ['id_token', 'who signed in, for the client', 'OIDC Core', '2'],
  ['response', 'the answer as a signed object', 'JARM', '4.1'],
  ['grant_type', 'what is presented for tokens', 'RFC 6749', '4.1.3'],
  ['client_secret', 'proves the client; not for browsers', 'RFC 6749', '2.3.1'],
  ['client_assertion', 'proves the client by a signature', 'RFC 7523', '2.2'],
  ['client_assertion_type', 'what sort of proof it is', 'RFC 7523', '2.2'],
  ['assertion', 'a signed statement instead of a code', 'RFC 7523', '2.1'],
  ['username', 'the person’s name at the server', 'RFC 6749', '4.3.2'],
  ['password', 'the person’s password, seen by the client', 'RFC 6749', '4.3.2'],
  ['device_code', 'the device’s own half of the code', 'RFC 8628', '3.2'],
  ['user_code', 'what the person types', 'RFC 8628', '3.2'],
  ['verification_uri', 'where the person goes', 'RFC 8628', '3.2'],
  ['verification_uri_complete', 'the same with the code in it', 'RFC 8628', '3.3.1'],
  ['interval', 'seconds between two tries', 'RFC 8628', '3.2'],
  ['subject_token', 'the token to exchange', 'RFC 8693', '2.1'],
  ['subject_token_type', 'what sort of token that is', 'RFC 8693', '2.1'],
  ['actor_token', 'who acts for the subject', 'RFC 8693', '2.1'],
  ['requested_token_type', 'what sort of token is wanted', 'RFC 8693', '2.1'],
  ['issued_token_type', 'what sort of token came', 'RFC 8693', '2.2.1'],
  ['audience', 'who the token is for', 'RFC 8693', '2.1'],
  ['token', 'the token in question', 'RFC 7009', '2.1'],
  ['token_type_hint', 'what sort of token it is', 'RFC 7009', '2.1'],
  ['post_logout_redirect_uri', 'where to go after signing out', 'OIDC RP-Initiated Logout', '2'],
];

const MEANINGS: ReadonlyMap<string, ParameterMeaning> = new Map(
  ROWS.map(([name, text, spec, section]) => [name, { text, reference: { spec, section, level: 'none' } }]),
);

/** By the standard's name; `null` for a provider's own. */
export function parameterMeaning(name: string): ParameterMeaning | null {
  return MEANINGS.get(name) ?? null;
}
