import { table } from '../model/table.ts';
import type { ProblemCode, StepId } from '../runner/run.ts';

/** What a text about a problem may need. All of it is made harmless before. */
export interface ProblemFacts {
  readonly host: string;
  readonly about: string;
  readonly step: StepId;
  readonly origin: string;
  /** What server or browser said; `null` where they said nothing. */
  readonly said: string | null;
  /** When the request of the step left, as a clock shows it; `null` where that is not known. */
  readonly sentAt: string | null;
  /** Whether the server replaced a refresh token earlier in this run; `null`: it was not asked. */
  readonly rotates: boolean | null;
}

export interface ProblemWords {
  readonly cause: string;
  readonly next: string;
}

/** One message for each way in which a run ends: the cause, and the next thing to do. */
export const problemWords: Readonly<Record<ProblemCode, (facts: ProblemFacts) => ProblemWords>> = {
  'server-unreachable': ({ host }) => ({
    cause: `${host} could not be reached.`,
    next: 'See that the server runs, that the address is right, and that the browser trusts its certificate.',
  }),
  'origin-refused': ({ host, origin }) => ({
    cause: `${host} refuses requests whose \`Origin\` is this extension (\`${origin}\`).`,
    next: `Give access to ${host}, so that the header is left out; or allow this origin for the client at the server.`,
  }),
  'insecure-endpoint': ({ host }) => ({
    cause: `${host} would be asked over http, where anyone on the way can read codes and secrets.`,
    next: 'Use https. Plain http is only for servers on this machine.',
  }),
  'too-slow': ({ host }) => ({
    cause: `${host} took the request and did not answer in time.`,
    next: 'Look into the log of the server. Whether it did what was asked is not known: a code or refresh token may be spent.',
  }),
  'cut-off': ({ host }) => ({
    cause: `The connection to ${host} ended in the middle of the answer.`,
    next: 'A proxy or the server closed it early. Nothing of the answer was used, though a code or refresh token that was sent is spent; see its `Content-Length` and its log.',
  }),
  'too-large': ({ host }) => ({
    cause: `The answer of ${host} is far larger than any that belongs here; it was cut off.`,
    next: 'See what stands at this address: it is hardly the endpoint.',
  }),
  redirected: ({ host }) => ({
    cause: `${host} answered with a redirect, which is not followed: what was sent must not go elsewhere.`,
    next: 'Give the address that it leads to, exactly; a missing or superfluous slash, or http for https, is a common reason.',
  }),
  'http-error': ({ host }) => ({
    cause: `${host} failed with the status below, and without an error of the protocol.`,
    next: 'Look into the log of the server at this time. What it answered is shown in the step.',
  }),
  'not-json': ({ host, step }) => ({
    cause: `${host} answered with something that is no JSON.`,
    next:
      step === 'discovery'
        ? 'Give the issuer exactly as it stands in `iss`: its metadata is looked for below that address. What came is shown in the step.'
        : 'What came is shown in the step: a cut answer, or one in another format.',
  }),
  html: ({ host, step }) => ({
    cause: `${host} answered with an HTML page instead of JSON.`,
    next:
      step === 'discovery'
        ? 'Give the issuer exactly as it stands in `iss`: its metadata is looked for below that address. What came is shown in the step.'
        : 'A sign-in page, a proxy or an error page stands before the endpoint. What came is shown in the step.',
  }),
  'content-type': ({ host, said }) => ({
    cause: `${host} sent JSON but calls it ${said === null ? 'nothing' : 'something else'}.`,
    next: 'The server has to send `Content-Type: application/json`; clients refuse the answer otherwise.',
  }),
  'malformed-response': ({ step }) => ({
    cause: 'The answer of the server is not what the specification asks for.',
    next: `What came is shown in the step${step === 'callback' ? '' : ', with its status and its fields'}; the server has to be corrected.`,
  }),
  'issuer-mismatch': ({ host }) => ({
    cause: `The metadata at ${host} names another issuer than the one that was asked for.`,
    next: 'Give the issuer exactly as its metadata writes it, to the last slash (RFC 8414 §3.3).',
  }),
  'no-metadata': ({ host }) => ({
    cause: `There is no metadata at ${host}: both well-known addresses are empty.`,
    next: 'Give the issuer as it stands in `iss`, or type the endpoints by hand.',
  }),
  'endpoint-missing': ({ about }) => ({
    cause: `The server has no \`${about}\`, and this flow needs it.`,
    next: 'Type the endpoints by hand, or choose a flow that this server has.',
  }),
  busy: () => ({
    cause: 'Another sign-in window is open, and the browser allows extensions one at a time.',
    next: 'Finish or close that window, then run again.',
  }),
  'window-closed': () => ({
    cause: 'The window was closed before the server sent you back.',
    next: 'Try again and go on to the end. If the window showed an error, the redirect URI may not be registered: it is this one.',
  }),
  'window-failed': ({ host }) => ({
    cause: `The page of ${host} could not be loaded in the window.`,
    next: 'See that the server runs and that its endpoint is right, then try again.',
  }),
  'redirect-uri-refused': ({ host }) => ({
    cause: `${host} refused the request and did not send you back. It does so when it does not know the redirect URI or the client.`,
    next: 'Register exactly this redirect URI for the client, or correct the client id, then try again.',
  }),
  'state-mismatch': () => ({
    cause: 'The callback carries another `state` than the one that was sent.',
    next: 'Nothing of it was used. Try again; if it stays, the server does not send `state` back unchanged, as it must (RFC 6749 §4.1.2).',
  }),
  'state-missing': () => ({
    cause: 'The callback carries no `state`, although one was sent.',
    next: 'Nothing of it was used. The server must send `state` back unchanged (RFC 6749 §4.1.2).',
  }),
  'iss-mismatch': ({ about }) => ({
    cause: `The callback says that it comes from another issuer than ${about}.`,
    next: 'The code was not sent anywhere. Compare the issuer in the form with the `iss` below; if both are right, this is a mix-up (RFC 9207 §2.4).',
  }),
  'iss-missing': ({ about }) => ({
    cause: `The callback has no \`iss\`, although ${about} promises one in its metadata.`,
    next: 'The code was not sent anywhere. The server must add `iss`, or stop promising it (RFC 9207 §2.4).',
  }),
  'parameter-repeated': ({ about }) => ({
    cause: `The callback carries \`${about}\` more than once, so nobody knows which one counts.`,
    next: 'Nothing of it was used. A parameter must not be repeated (RFC 6749 §3.1): see what adds the second one.',
  }),
  'answer-in-fragment': () => ({
    cause:
      'The server answered in the fragment of the address, as for the implicit grant, although a code was asked for.',
    next: 'Allow `response_type=code` for this client at the server; it sends errors there when it takes the request for another flow.',
  }),
  'code-missing': () => ({
    cause: 'The callback has the right `state`, but neither a code nor an error.',
    next: 'The server has to send `code` (RFC 6749 §4.1.2). See the callback in the step.',
  }),
  'response-missing': () => ({
    cause: 'A signed response was asked for (`response_mode=jwt`), and the callback has none.',
    next: 'Nothing of it was used. Turn JARM off, or choose a server whose metadata lists `jwt` among its response modes.',
  }),
  'response-invalid': () => ({
    cause: 'The signed response does not hold: its signature, issuer, audience or expiry is wrong.',
    next: 'Nothing of it was used. Compare `iss`, `aud`, `exp` and `kid` of the response with the metadata (JARM §2.4).',
  }),
  'person-refused': () => ({
    cause: 'You, or the server for you, said no.',
    next: 'Nothing is wrong with the request. Try again and agree, or ask for less.',
  }),
  'server-said-no': ({ host, step }) => ({
    cause: `${step === 'callback' ? 'The server' : host} refused, with the error below.`,
    next: 'Correct what the error names: the scope, the client or the flow that it may use; then try again.',
  }),
  'client-refused': ({ host }) => ({
    cause: `${host} does not accept this client.`,
    next: 'Check the client id, the secret and how it is sent; a client without a secret must be registered with the method `none`.',
  }),
  'client-not-allowed': ({ host }) => ({
    cause: `${host} knows this client but does not allow it this flow.`,
    next: 'Add the grant to the registration of the client.',
  }),
  'grant-unsupported': ({ host }) => ({
    cause: `${host} does not offer this grant at all.`,
    next: 'Choose a flow whose grant stands in `grant_types_supported` of the metadata.',
  }),
  'scope-refused': ({ host }) => ({
    cause: `${host} does not give this client the scope that was asked for.`,
    next: 'Ask only for scopes of `scopes_supported`, or have them allowed for this client.',
  }),
  'code-refused': ({ host }) => ({
    cause: `${host} does not accept the code.`,
    next: 'Try again: a code serves once, for a minute or so, and only with the redirect URI and the verifier of its request.',
  }),
  'pkce-refused': ({ host }) => ({
    cause: `${host} says that the verifier does not fit the challenge.`,
    next: 'The server compares with a challenge that it kept: see that it keeps the one of this request, and hashes with S256.',
  }),
  'redirect-uri-differs': ({ host }) => ({
    cause: `${host} says that the redirect URI of the token request is not that of the authorization request.`,
    next: 'Both have to be equal, character by character (RFC 6749 §4.1.3).',
  }),
  'refresh-refused': ({ host }) => ({
    cause: `${host} does not accept the refresh token: it is spent, expired, revoked or of another client.`,
    next: 'Sign in anew. With rotation a token serves once, and a second use ends all that came from it.',
  }),
  'target-refused': ({ host }) => ({
    cause: `${host} does not know the resource that the token is to be for.`,
    next: 'Give `resource` exactly as the server has it, or leave it out (RFC 8707 §2).',
  }),
  'assertion-clock': ({ host }) => ({
    cause: `${host} takes the assertion of the client for expired or not yet valid: the clocks differ.`,
    next: 'Set the clock of this machine or of the server; assertions live for a minute.',
  }),
  'dpop-refused': ({ host }) => ({
    cause: `${host} does not accept the proof of the key.`,
    next: 'See `htm`, `htu`, `iat` and `nonce` of the proof in the step; a proxy that changes the address breaks `htu` (RFC 9449 §4.3).',
  }),
  'token-type-wrong': ({ host }) => ({
    cause: `${host} sent a token of a type that nobody asked for.`,
    next: 'It has to be `Bearer`, or `DPoP` for a bound token (RFC 6749 §7.1).',
  }),
  'key-unusable': () => ({
    cause: 'The private key of the client cannot be used.',
    next: 'Paste a private JWK with `kty` and `d`, for ES256, RS256 or a relative; or have one made in the form.',
  }),
  'key-gone': () => ({
    cause: 'The key that the tokens are bound to is no longer in the browser.',
    next: 'Start a new run: it makes a new key.',
  }),
  'token-missing': ({ about }) => ({
    cause: `There is no \`${about}\` to do this with.`,
    next: 'Paste it in the form, or take it from a run that got one.',
  }),
  'alg-wrong': ({ said, about }) => ({
    cause: `The ID token is signed with \`${said ?? '?'}\`, which the server does not promise.`,
    next: `Do not use this token. Expected: ${about === '' ? 'an algorithm of the metadata' : `\`${about}\``}; \`none\` would let anyone make one (RFC 8725 §3.1).`,
  }),
  'signature-invalid': ({ host }) => ({
    cause: `The signature of the ID token does not fit the keys of ${host}.`,
    next: 'Do not use this token. Compare its `kid` and `alg` with the key set of the server: look at it in the view Token.',
  }),
  'id-token-unreadable': () => ({
    cause: 'What came as ID token is no signed token.',
    next: 'Look at it in the view Token: it says which part is broken, and where.',
  }),
  'id-token-issuer': ({ about }) => ({
    cause: `The ID token was made by another issuer than ${about === '' ? 'this one' : `\`${about}\``}.`,
    next: 'Do not use this token. `iss` has to be the issuer of the metadata, character by character.',
  }),
  'id-token-audience': ({ about }) => ({
    cause: 'The ID token was made for another client.',
    next: `Do not use this token. \`aud\` has to contain ${about === '' ? 'this client' : `\`${about}\``}: a token for someone else, replayed, looks like this.`,
  }),
  'id-token-expired': () => ({
    cause: 'The ID token is expired already.',
    next: 'Compare the clock of this machine with that of the server; a fresh token is valid for minutes at least.',
  }),
  'id-token-clock': () => ({
    cause: 'The ID token comes from the future: one of the two clocks is wrong.',
    next: 'Compare `iat` with the clock of this machine; half a minute is allowed.',
  }),
  'claim-wrong': ({ about }) => ({
    cause: `The claim \`${about}\` of the ID token is missing or wrong.`,
    next: 'Do not use this token. The server has to send it (OIDC Core §2).',
  }),
  'nonce-mismatch': () => ({
    cause: 'The ID token was not made for this request: its `nonce` is not the one that was sent.',
    next: 'Do not use this token. Try again; if it stays, the server does not copy the nonce (OIDC Core §3.1.3.7).',
  }),
  'at-hash-mismatch': () => ({
    cause: 'The ID token belongs to another access token: `at_hash` does not fit.',
    next: 'Do not use either. The server has to make both in one answer (OIDC Core §3.1.3.6).',
  }),
  'device-expired': () => ({
    cause: 'The code of the device expired before anyone agreed.',
    next: 'Try again: the run takes a new code, and polls until it expires.',
  }),
  'device-spent': ({ host }) => ({
    cause: `${host} does not accept the code of the device any more: its token was fetched already, or it expired.`,
    next: 'Try again: the run takes a new code. The token of the old one may have been lost with a stopped background.',
  }),
  'device-denied': () => ({
    cause: 'The person said no to the device.',
    next: 'Nothing is wrong with the request. Try again and agree.',
  }),
  'resource-open': ({ host }) => ({
    cause: `${host} answers without a token: nothing is protected at this address.`,
    next: 'Give the address of something that needs a token, such as the endpoint of an API or an MCP server.',
  }),
  'no-challenge': ({ host }) => ({
    cause: `${host} answers 401, but without a challenge that can be read.`,
    next: `It has to send \`WWW-Authenticate: Bearer\` with \`resource_metadata\` (RFC 9728 §5.1). If it does, give access to ${host}: otherwise the browser hides the header.`,
  }),
  'no-resource-metadata': ({ host }) => ({
    cause: `There is no metadata of the resource at ${host}.`,
    next: 'The resource has to publish it (RFC 9728 §3). Without it, start from the authorization server: choose the code flow.',
  }),
  'resource-mismatch': ({ host, said }) => ({
    cause: `The metadata at ${host} is that of another resource${said === null ? '' : ', named below'}.`,
    next: 'Nothing of it was used. `resource` has to be the address that was called (RFC 9728 §3.3), or tokens for one end at another.',
  }),
  'no-authorization-server': ({ about }) => ({
    cause: `The metadata of ${about} names no authorization server.`,
    next: 'It has to list at least one in `authorization_servers` (RFC 9728 §2).',
  }),
  'no-registration': ({ about }) => ({
    cause: `${about} offers no registration, and there is no client id.`,
    next: 'Register a client at the server by hand, with this redirect URI, and give its id. Where its metadata has `client_id_metadata_document_supported`, the address of such a document does, too.',
  }),
  'registration-refused': ({ host }) => ({
    cause: `${host} does not register this client.`,
    next: 'Correct what the error names; a server that wants an initial access token answers like this, too.',
  }),
  'client-document-unsupported': ({ about }) => ({
    cause: `${about} does not say that it reads client ID metadata documents (\`client_id_metadata_document_supported\`).`,
    next: 'Leave the client id empty: this server registers clients. If the address was registered there as an id, choose the code flow, with the resource under “More options”.',
  }),
  'client-document-and-registration-unsupported': ({ about }) => ({
    cause: `${about} neither says that it reads client ID metadata documents (\`client_id_metadata_document_supported\`) nor registers clients.`,
    next: 'Register a client there by hand, with this redirect URI, and give its id. If the address was registered as an id, choose the code flow, with the resource under “More options”.',
  }),
  'client-document-wrong': ({ about, said }) => ({
    cause: `The client ID metadata document does not fit: \`${about}\`${said === null ? '' : ' is what stands below'}.`,
    next: CLIENT_DOCUMENT[about] ?? CLIENT_DOCUMENT['client_id'] ?? '',
  }),
  'token-refused': ({ host }) => ({
    cause: `${host} does not accept the token.`,
    next: 'It may be expired, for another audience, or bound to another key. See its claims, or ask the server about it.',
  }),
  'scope-missing': ({ host }) => ({
    cause: `${host} knows the token, but it is not enough for this.`,
    next: 'Ask for the scope that the challenge names, in a new run (RFC 6750 §3.1).',
  }),
  'sub-mismatch': () => ({
    cause: 'The claims are about another person than the ID token.',
    next: 'Do not use them: the access token was swapped for that of someone else (OIDC Core §5.3.2).',
  }),
  interrupted: ({ step, sentAt, rotates }) => ({
    cause:
      sentAt === null
        ? 'The browser stopped the extension in the middle of this step.'
        : `The browser stopped the extension in the middle of this step: ${step === 'signIn' || step === 'logout' ? 'its window opened' : 'its request left'} at ${sentAt}, and no answer was kept.`,
    next:
      INTERRUPTED[step]?.(rotates) ??
      'What was sent may have arrived, so it is not sent again by itself. Try again from here.',
  }),
  unexpected: () => ({
    cause: 'This step failed in a way that is not foreseen.',
    next: 'Try again. If it stays, report it with the text below.',
  }),
};

/** What a member of a client ID metadata document has to be. */
const CLIENT_DOCUMENT = table<string>({
  client_id: 'Make `client_id` of the document its own address, character by character; it has to be a JSON object.',
  redirect_uris: 'List the redirect URI of this run in `redirect_uris` of the document, exactly: it is this one.',
  token_endpoint_auth_method:
    'Choose in the form how the document says that the client proves who it is; it can have no secret.',
});

/** What may have been spent, and from which step the run can be repeated. */
const INTERRUPTED: Partial<Record<StepId, (rotates: boolean | null) => string>> = {
  signIn: () => 'The window no longer belongs to the run. Try again: it goes on from the PKCE pair.',
  logout: () => 'The window no longer belongs to the run. Try again: the sign-out is repeated.',
  token: () =>
    'The code may be redeemed, and then its tokens are lost: a code serves once, and a server that sees it again may end them (RFC 6749 §4.1.2). It is not sent again. Try again: it goes on from the PKCE pair.',
  refresh: (rotates) =>
    rotates === false
      ? 'This server did not replace the refresh token before. Then the old one still serves: send it once more.'
      : `${rotates === null ? 'If the server replaces refresh tokens' : 'This server replaces refresh tokens: if the request arrived'}, the new one is lost, and the old one, sent again, looks stolen: all tokens of this sign-in may end (RFC 9700 §4.14.2). It was kept. Send it once more, sign in anew, or ask the server whether it is active.`,
  registration: () => 'A client may be registered already, whose id is lost. Try again registers another one.',
  client: () => 'A client may be registered already, whose id is lost. Try again registers another one.',
};
