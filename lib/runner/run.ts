import type { Exchange } from '../model/observation.ts';

/** How the client proves who it is at the token endpoint (RFC 6749 §2.3.1). `none`: a public client. */
export type ClientAuthentication = 'none' | 'client_secret_basic' | 'client_secret_post';

/** Endpoints typed by hand, for servers without metadata. */
export interface Endpoints {
  readonly authorization: string;
  readonly token: string;
}

/** What the person asked for. Holds no secret. */
export interface RunConfig {
  readonly flow: 'code' | 'clientCredentials';
  readonly issuer: string | null;
  readonly endpoints: Endpoints | null;
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  readonly scope: string;
  readonly redirectUri: string;
}

export const CODE_STEPS = ['discovery', 'pkce', 'request', 'signIn', 'callback', 'token', 'idToken'] as const;
export const CLIENT_CREDENTIALS_STEPS = ['discovery', 'token'] as const;
export type StepId = (typeof CODE_STEPS)[number];

export interface Step {
  readonly id: StepId;
  readonly is: 'waiting' | 'running' | 'done' | 'skipped' | 'failed';
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** What the step proved, as a key of the words of the view. */
  readonly proved: readonly Proved[];
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
  | 'tokens-received'
  | 'tokens-refreshed'
  | 'tokens-from-cache'
  | 'signature-valid'
  | 'claims-valid'
  | 'at-hash-valid'
  | 'at-hash-absent'
  | 'no-id-token'
  | 'no-keys-known';

export type ProblemCode =
  | 'server-unreachable'
  | 'not-json'
  | 'issuer-mismatch'
  | 'no-metadata'
  | 'endpoint-missing'
  | 'busy'
  | 'window-closed'
  | 'window-failed'
  | 'redirect-uri-refused'
  | 'state-mismatch'
  | 'state-missing'
  | 'iss-mismatch'
  | 'iss-missing'
  | 'server-said-no'
  | 'origin-refused'
  | 'client-refused'
  | 'code-refused'
  | 'malformed-response'
  | 'signature-invalid'
  | 'claim-wrong'
  | 'nonce-mismatch'
  | 'at-hash-mismatch'
  | 'interrupted'
  | 'insecure-endpoint'
  | 'unexpected';

/** Why a run ended, naming the step. `detail` is what the server or the browser said: hostile text, shown as text. */
export interface Problem {
  readonly step: StepId;
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
export interface ServerMetadata {
  readonly issuer: string;
  readonly authorization_endpoint?: string;
  readonly token_endpoint?: string;
  readonly jwks_uri?: string;
  readonly code_challenge_methods_supported?: readonly string[];
  readonly authorization_response_iss_parameter_supported?: boolean;
  readonly [name: string]: unknown;
}

/** Secrets of a run. Only ever in memory: `storage.session`, never an export or a log. */
export interface RunSecrets {
  readonly clientSecret: string | null;
  readonly codeVerifier: string | null;
  readonly state: string | null;
  readonly nonce: string | null;
  /** The callback as it came back, with its code. */
  readonly callbackUrl: string | null;
  readonly tokens: TokenSet | null;
}

export interface Run {
  readonly id: string;
  readonly config: RunConfig;
  readonly is: 'running' | 'done' | 'failed' | 'cancelled';
  readonly steps: readonly Step[];
  readonly problem: Problem | null;
  readonly server: ServerMetadata | null;
  readonly authorizationUrl: string | null;
  readonly secrets: RunSecrets;
  /** Everything that was sent and received, for the same rules that judge a site. */
  readonly exchanges: readonly Exchange[];
  readonly startedAt: number;
}

/** A run before its first step. */
export function newRun(id: string, config: RunConfig, clientSecret: string | null, now: number): Run {
  const ids: readonly StepId[] = config.flow === 'code' ? CODE_STEPS : CLIENT_CREDENTIALS_STEPS;
  return {
    id,
    config,
    is: 'running',
    steps: ids.map((step) => ({ id: step, is: 'waiting', startedAt: null, endedAt: null, proved: [] })),
    problem: null,
    server: null,
    authorizationUrl: null,
    secrets: { clientSecret, codeVerifier: null, state: null, nonce: null, callbackUrl: null, tokens: null },
    exchanges: [],
    startedAt: now,
  };
}

/** The step that is running or comes next; `null` when none is left. */
export function currentStep(run: Run): Step | null {
  return run.steps.find((step) => step.is === 'running') ?? run.steps.find((step) => step.is === 'waiting') ?? null;
}
