import type { Exchange } from '../model/observation.ts';

/** How the client proves who it is (RFC 6749 §2.3.1, OIDC Core §9). `none`: a public client. */
export const CLIENT_AUTHENTICATIONS = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
] as const;
export type ClientAuthentication = (typeof CLIENT_AUTHENTICATIONS)[number];

/** Endpoints by their names in the metadata of a server (RFC 8414 §2). */
export const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'pushed_authorization_request_endpoint',
  'device_authorization_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'userinfo_endpoint',
  'end_session_endpoint',
  'registration_endpoint',
  'jwks_uri',
] as const;
export type EndpointName = (typeof ENDPOINTS)[number];

/** Endpoints typed by hand, for servers without metadata. */
export type Endpoints = Readonly<Partial<Record<EndpointName, string>>>;

/** What a run can be. `resource` starts from a URL that answers 401 and finds the rest out. */
export const FLOWS = [
  'code',
  'resource',
  'device',
  'clientCredentials',
  'tokenExchange',
  'refresh',
  'introspection',
  'revocation',
  'userinfo',
  'logout',
  'registration',
] as const;
export type Flow = (typeof FLOWS)[number];

/** A parameter or field: order and repeats are kept. */
export type Pair = readonly [name: string, value: string];

/** What may be added to a flow; each is ignored where the flow has no use for it. */
export interface RunOptions {
  /** Pushed authorization request (RFC 9126). */
  readonly par: boolean;
  /** Signed request object (RFC 9101). */
  readonly jar: boolean;
  /** Signed authorization response (JARM). */
  readonly jarm: boolean;
  /** Sender-constrained tokens (RFC 9449). */
  readonly dpop: boolean;
  /** JSON text of `authorization_details` (RFC 9396); empty: none. */
  readonly authorizationDetails: string;
  /** Values of `resource` (RFC 8707). */
  readonly resources: readonly string[];
  /** Further parameters of the authorization request, or of the token request where that is the first. */
  readonly extra: readonly Pair[];
}

export const NO_OPTIONS: RunOptions = {
  par: false,
  jar: false,
  jarm: false,
  dpop: false,
  authorizationDetails: '',
  resources: [],
  extra: [],
};

/** Token exchange (RFC 8693 §2.1). */
export interface ExchangeConfig {
  readonly subjectTokenType: string;
  readonly requestedTokenType: string;
  readonly audience: string;
}

/** What the person asked for. Holds no secret. */
export interface RunConfig {
  readonly flow: Flow;
  /** Guided: each request waits to be looked at before it is sent. */
  readonly mode: 'guided' | 'through';
  readonly issuer: string | null;
  readonly endpoints: Endpoints | null;
  /** Where the flow starts from a resource: its address. */
  readonly resourceUrl: string | null;
  /** Empty where the run registers its client, an https address for a client ID metadata document. */
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  readonly scope: string;
  readonly redirectUri: string;
  readonly options: RunOptions;
  readonly exchange: ExchangeConfig | null;
  /** `access_token`, `refresh_token` or empty: what the given token is (RFC 7009 §2.1, RFC 7662 §2.1). */
  readonly tokenTypeHint: string;
}

export const STEPS = [
  'probe',
  'resourceMetadata',
  'discovery',
  'client',
  'registration',
  'key',
  'pkce',
  'requestObject',
  'par',
  'request',
  'signIn',
  'callback',
  'device',
  'poll',
  'token',
  'idToken',
  'refresh',
  'introspection',
  'revocation',
  'userinfo',
  'resourceCall',
  'logout',
] as const;
export type StepId = (typeof STEPS)[number];

/** A request as it is about to be sent: shown, and its fields may be changed. */
export interface Draft {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly Pair[];
  /** Where the fields go. `claims`: into a signed request object. */
  readonly in: 'query' | 'form' | 'json' | 'claims';
  readonly fields: readonly Pair[];
}

/** One point of the checklist of an ID token. */
export interface Check {
  readonly of: CheckName;
  readonly is: 'valid' | 'invalid' | 'absent' | 'cannotTell';
  /** What was found; never a secret. */
  readonly found: string | null;
  readonly expected: string | null;
}
export type CheckName = 'alg' | 'signature' | 'iss' | 'aud' | 'azp' | 'sub' | 'exp' | 'iat' | 'nonce' | 'at_hash';

/** What a step that was added after the flow is about. */
export interface StepInput {
  readonly token: 'accessToken' | 'refreshToken' | null;
  readonly url: string | null;
}

export interface Step {
  /** Unique in the run: the id, with a number where the step was added once more. */
  readonly key: string;
  readonly id: StepId;
  /** `ready`: its request waits to be looked at. */
  readonly is: 'waiting' | 'ready' | 'running' | 'done' | 'skipped' | 'failed';
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /**
   * Of a step that is under way: when its last request was about to leave, or its window to open. Written before, so that
   * `null` says that nothing was sent.
   */
  readonly sentAt: number | null;
  /** A step that has to wait, such as polling, goes on then. */
  readonly dueAt: number | null;
  /** What the step proved, as a key of the words of the view. */
  readonly proved: readonly Proved[];
  readonly checks: readonly Check[];
  readonly draft: Draft | null;
  /** The fields as the person let them go, changed or not; `null` before, and where nobody was asked. */
  readonly approved: readonly Pair[] | null;
  /** Indices of its exchanges in the run. */
  readonly exchanges: readonly number[];
  readonly input: StepInput | null;
}

/** Facts that a step established. */
export type Proved =
  | 'issuer-matches'
  | 'endpoints-by-hand'
  | 's256-supported'
  | 's256-not-advertised'
  | 'iss-supported'
  | 'state-matches'
  | 'iss-matches'
  | 'iss-absent'
  | 'response-signed'
  | 'request-signed'
  | 'request-pushed'
  | 'key-locked'
  | 'key-extractable'
  | 'tokens-received'
  | 'tokens-refreshed'
  | 'tokens-from-cache'
  | 'token-bound'
  | 'token-not-bound'
  | 'refresh-rotated'
  | 'refresh-kept'
  | 'id-token-valid'
  | 'no-id-token'
  | 'no-keys-known'
  | 'challenge-found'
  | 'challenge-without-metadata'
  | 'resource-matches'
  | 'several-servers'
  | 'client-given'
  | 'client-document-valid'
  | 'client-document-unread'
  | 'client-registered'
  | 'code-for-person'
  | 'pending'
  | 'slowed-down'
  | 'person-agreed'
  | 'token-active'
  | 'token-inactive'
  | 'token-revoked'
  | 'tokens-dropped'
  | 'claims-received'
  | 'sub-matches'
  | 'resource-answered'
  | 'signed-out';

export const PROBLEMS = [
  // The connection.
  'server-unreachable',
  'origin-refused',
  'insecure-endpoint',
  'too-slow',
  'cut-off',
  'too-large',
  'redirected',
  'http-error',
  'not-json',
  'html',
  'content-type',
  'malformed-response',
  // Metadata.
  'issuer-mismatch',
  'no-metadata',
  'endpoint-missing',
  // The sign-in window.
  'busy',
  'window-closed',
  'window-failed',
  'redirect-uri-refused',
  // The authorization response.
  'state-mismatch',
  'state-missing',
  'iss-mismatch',
  'iss-missing',
  'parameter-repeated',
  'answer-in-fragment',
  'code-missing',
  'response-missing',
  'response-invalid',
  'person-refused',
  'server-said-no',
  // Token and other endpoints.
  'client-refused',
  'client-not-allowed',
  'grant-unsupported',
  'scope-refused',
  'code-refused',
  'pkce-refused',
  'redirect-uri-differs',
  'refresh-refused',
  'target-refused',
  'assertion-clock',
  'dpop-refused',
  'token-type-wrong',
  'key-unusable',
  'key-gone',
  'token-missing',
  // ID token.
  'alg-wrong',
  'signature-invalid',
  'id-token-unreadable',
  'id-token-issuer',
  'id-token-audience',
  'id-token-expired',
  'id-token-clock',
  'claim-wrong',
  'nonce-mismatch',
  'at-hash-mismatch',
  // Device.
  'device-expired',
  'device-spent',
  'device-denied',
  // Resource.
  'resource-open',
  'no-challenge',
  'no-resource-metadata',
  'resource-mismatch',
  'no-authorization-server',
  'no-registration',
  'registration-refused',
  'client-document-unsupported',
  'client-document-and-registration-unsupported',
  'client-document-wrong',
  'token-refused',
  'scope-missing',
  'sub-mismatch',
  // The run.
  'interrupted',
  'unexpected',
] as const;
export type ProblemCode = (typeof PROBLEMS)[number];

/** Why a run ended, naming the step by its key. `detail` is what the server or the browser said: hostile text, shown as text. */
export interface Problem {
  readonly step: string;
  readonly code: ProblemCode;
  readonly detail: string | null;
  /** Host or value concerned, for the words of the view. */
  readonly about: string | null;
}

export interface TokenSet {
  readonly accessToken: string;
  readonly tokenType: string;
  readonly refreshToken: string | null;
  readonly idToken: string | null;
  readonly scope: string | null;
  /** Milliseconds since the epoch; `null` where the server gave no usable `expires_in`. */
  readonly expiresAt: number | null;
}

/** Server metadata as far as a run needs it (RFC 8414). */
export interface ServerMetadata extends Endpoints {
  readonly issuer: string;
  readonly code_challenge_methods_supported?: readonly string[];
  readonly authorization_response_iss_parameter_supported?: boolean;
  readonly id_token_signing_alg_values_supported?: readonly string[];
  readonly client_id_metadata_document_supported?: boolean;
  readonly [name: string]: unknown;
}

/** The protected resource that a run starts from (RFC 9728). */
export interface Resource {
  readonly url: string;
  /** `resource_metadata` of the challenge; `null` where it has none. */
  readonly metadataUrl: string | null;
  /** `scope` of the challenge. */
  readonly scope: string | null;
  readonly metadata: ResourceMetadata | null;
}

export interface ResourceMetadata {
  readonly resource: string;
  readonly authorization_servers?: readonly string[];
  readonly scopes_supported?: readonly string[];
  readonly [name: string]: unknown;
}

/** What a device shows to the person (RFC 8628 §3.2), without the device code. */
export interface Device {
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Seconds between two polls; grows with each `slow_down`. */
  readonly interval: number;
  readonly polls: number;
}

/** The key that tokens are bound to. The key itself is where the browser can lock it, not in the run. */
export interface BoundKey {
  readonly id: string;
  /** `locked`: cannot be read out of the browser. */
  readonly kept: 'locked' | 'extractable';
  /** SHA-256 thumbprint of the public key (RFC 7638). */
  readonly thumbprint: string;
}

/** Secrets of a run. Only ever in memory: `storage.session`, never an export or a log. */
export interface RunSecrets {
  readonly clientSecret: string | null;
  /** Private JWK of the client, as JSON, for `private_key_jwt` and signed requests. */
  readonly clientKey: string | null;
  /** A token that the flow starts with: to refresh, to exchange, to ask about, to revoke, or `id_token_hint`. */
  readonly token: string | null;
  readonly initialAccessToken: string | null;
  readonly codeVerifier: string | null;
  readonly state: string | null;
  readonly nonce: string | null;
  readonly requestObject: string | null;
  readonly requestUri: string | null;
  /** The callback as it came back, with its code. */
  readonly callbackUrl: string | null;
  /** Its parameters after they were checked. */
  readonly callback: readonly Pair[] | null;
  readonly deviceCode: string | null;
  readonly tokens: TokenSet | null;
}

/** What the person gives with the configuration; in memory only. */
export type GivenSecrets = Partial<Pick<RunSecrets, 'clientSecret' | 'clientKey' | 'token' | 'initialAccessToken'>>;

export interface Run {
  readonly id: string;
  readonly config: RunConfig;
  readonly is: 'running' | 'done' | 'failed' | 'cancelled';
  readonly steps: readonly Step[];
  readonly problem: Problem | null;
  readonly server: ServerMetadata | null;
  readonly resource: Resource | null;
  /** The client id that the server gave, where the run registered its client. */
  readonly registeredId: string | null;
  readonly device: Device | null;
  readonly boundKey: BoundKey | null;
  readonly authorizationUrl: string | null;
  readonly secrets: RunSecrets;
  /** Everything that was sent and received, for the same rules that judge a site. */
  readonly exchanges: readonly Exchange[];
  readonly startedAt: number;
}

/** The client that the run acts as. */
export function clientIdOf(run: Run): string {
  return run.registeredId ?? run.config.clientId;
}

/** The step that is under way or comes next; `null` when none is left. */
export function currentStep(run: Run): Step | null {
  return (
    run.steps.find((step) => step.is === 'running' || step.is === 'ready') ??
    run.steps.find((step) => step.is === 'waiting') ??
    null
  );
}
