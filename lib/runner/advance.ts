import type { Exchange } from '../model/observation.ts';
import {
  type ClientAuthentication,
  currentStep,
  type Problem,
  type ProblemCode,
  type Proved,
  type Run,
  type RunSecrets,
  type ServerMetadata,
  type Step,
  type StepId,
  type TokenSet,
} from './run.ts';

/** What a call to the outside gave. Its traffic comes with it, whether it worked or not. */
export type Answer<T> = { readonly exchanges: readonly Exchange[] } & (
  | { readonly value: T }
  | { readonly problem: Omit<Problem, 'step'> }
);

export interface Credentials {
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  readonly clientSecret: string | null;
}

/** The authorization server, reached over an injected transport. */
export interface Server {
  discover(issuer: string): Promise<Answer<ServerMetadata>>;
  /** RFC 6749 §4.1.3 with RFC 7636 §4.5. */
  redeem(server: ServerMetadata, client: Credentials, input: Redemption): Promise<Answer<TokenSet>>;
  clientCredentials(server: ServerMetadata, client: Credentials, scope: string): Promise<Answer<TokenSet>>;
  /** RFC 6749 §6. */
  refresh(server: ServerMetadata, client: Credentials, refreshToken: string): Promise<Answer<TokenSet>>;
  /** Signature, `iss`, `aud`, `exp`, `nonce` and `at_hash` of the ID token (OIDC Core §3.1.3.7, §3.1.3.6). */
  checkIdToken(
    server: ServerMetadata,
    clientId: string,
    tokens: TokenSet,
    nonce: string,
  ): Promise<Answer<readonly Proved[]>>;
}

export interface Redemption {
  readonly callbackUrl: string;
  readonly state: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
}

/** Everything outside of the state machine. */
export interface RunnerIo {
  readonly server: Server;
  /** Opens the sign-in window and gives the address that it ended at. One at a time. */
  signIn(authorizationUrl: string, redirectUri: string): Promise<Answer<string>>;
  /** 43 characters of base64url from 32 random bytes. */
  random(): string;
  s256(verifier: string): Promise<string>;
  now(): number;
}

type Change = Partial<Pick<Run, 'server' | 'authorizationUrl'>> & {
  readonly secrets?: Partial<RunSecrets>;
  readonly proved?: readonly Proved[];
  readonly exchanges?: readonly Exchange[];
  readonly skipped?: true;
};
type StepResult = Change | (Change & { readonly problem: Omit<Problem, 'step'> });

/** Marks the next step as running, so that a death in its middle is known afterwards. */
export function begin(run: Run, now: number): Run {
  const step = currentStep(run);
  if (run.is !== 'running' || step === null || step.is === 'running') return run;
  return withStep(run, { ...step, is: 'running', startedAt: now });
}

/** Does the running step and gives the run after it. Never throws: what goes wrong is the run's problem. */
export async function advance(run: Run, io: RunnerIo): Promise<Run> {
  const step = currentStep(run);
  if (run.is !== 'running' || step === null) return run;
  let result: StepResult;
  try {
    result = await STEPS[step.id](run, io);
  } catch (error) {
    result = { problem: problem('unexpected', error instanceof Error ? error.message : null) };
  }
  return finish(run, step, result, io.now());
}

/**
 * A run found in storage after the background was stopped. Steps that only compute or read are done again;
 * a sign-in window is gone with its promise, and a code may have been sent: neither is repeated in secret.
 */
export function resume(run: Run, now: number): Run {
  const step = currentStep(run);
  if (run.is !== 'running' || step === null || step.is !== 'running') return run;
  if (step.id !== 'signIn' && step.id !== 'token') return withStep(run, { ...step, is: 'waiting', startedAt: null });
  return finish(run, step, { problem: problem('interrupted', null) }, now);
}

export function cancel(run: Run, now: number): Run {
  if (run.is !== 'running') return run;
  const step = currentStep(run);
  const stopped = step?.is === 'running' ? withStep(run, { ...step, is: 'failed', endedAt: now }) : run;
  return { ...stopped, is: 'cancelled' };
}

const STEPS: Readonly<Record<StepId, (run: Run, io: RunnerIo) => Promise<StepResult>>> = {
  async discovery(run, io) {
    const { issuer, endpoints } = run.config;
    if (endpoints !== null) {
      const server = {
        issuer: issuer ?? '',
        authorization_endpoint: endpoints.authorization,
        token_endpoint: endpoints.token,
      };
      return { server, proved: ['endpoints-by-hand'] };
    }
    if (issuer === null) return { problem: problem('no-metadata', null) };
    const answer = await io.server.discover(issuer);
    if ('problem' in answer) return answer;
    const { value: server, exchanges } = answer;
    const needed = run.config.flow === 'code' ? 'authorization_endpoint' : 'token_endpoint';
    if (typeof server[needed] !== 'string') return { exchanges, problem: problem('endpoint-missing', null, needed) };
    return { server, exchanges, proved: provedByMetadata(server) };
  },

  pkce(_run, io) {
    return Promise.resolve({ secrets: { codeVerifier: io.random(), state: io.random(), nonce: io.random() } });
  },

  async request(run, io) {
    const { codeVerifier, state, nonce } = run.secrets;
    const url = new URL(run.server?.authorization_endpoint ?? '');
    const parameters: Record<string, string> = {
      response_type: 'code',
      client_id: run.config.clientId,
      redirect_uri: run.config.redirectUri,
      scope: run.config.scope,
      state: state ?? '',
      code_challenge: await io.s256(codeVerifier ?? ''),
      code_challenge_method: 'S256',
    };
    if (wantsIdToken(run)) parameters['nonce'] = nonce ?? '';
    for (const [name, value] of Object.entries(parameters)) if (value !== '') url.searchParams.set(name, value);
    return { authorizationUrl: url.href };
  },

  async signIn(run, io) {
    const answer = await io.signIn(run.authorizationUrl ?? '', run.config.redirectUri);
    return 'problem' in answer ? answer : { exchanges: answer.exchanges, secrets: { callbackUrl: answer.value } };
  },

  callback(run) {
    return Promise.resolve(checkCallback(run));
  },

  async token(run, io) {
    const credentials: Credentials = {
      clientId: run.config.clientId,
      authentication: run.config.authentication,
      clientSecret: run.secrets.clientSecret,
    };
    const server = run.server;
    if (server === null || typeof server.token_endpoint !== 'string') {
      return { problem: problem('endpoint-missing', null, 'token_endpoint') };
    }
    const answer =
      run.config.flow === 'clientCredentials'
        ? await io.server.clientCredentials(server, credentials, run.config.scope)
        : await io.server.redeem(server, credentials, {
            callbackUrl: run.secrets.callbackUrl ?? '',
            state: run.secrets.state ?? '',
            codeVerifier: run.secrets.codeVerifier ?? '',
            redirectUri: run.config.redirectUri,
          });
    if ('problem' in answer) return answer;
    const proved = answer.exchanges.length > 0 || run.config.flow === 'code' ? 'tokens-received' : 'tokens-from-cache';
    return { exchanges: answer.exchanges, secrets: { tokens: answer.value }, proved: [proved] };
  },

  async idToken(run, io) {
    const { tokens, nonce } = run.secrets;
    if (tokens === null || tokens.idToken === null) return { proved: ['no-id-token'], skipped: true };
    if (typeof run.server?.jwks_uri !== 'string') return { proved: ['no-keys-known'], skipped: true };
    const answer = await io.server.checkIdToken(run.server, run.config.clientId, tokens, nonce ?? '');
    return 'problem' in answer ? answer : { exchanges: answer.exchanges, proved: answer.value };
  },
};

/** RFC 6749 §4.1.2, RFC 9207 §2.4: nothing of a response is used before `state` and `iss` fit. */
function checkCallback(run: Run): StepResult {
  const url = new URL(run.secrets.callbackUrl ?? 'about:blank');
  const parameters = url.searchParams.size > 0 ? url.searchParams : new URLSearchParams(url.hash.slice(1));
  const state = parameters.get('state');
  if (state === null) return { problem: problem('state-missing', parameters.get('error')) };
  if (state !== run.secrets.state) return { problem: problem('state-mismatch', null) };
  const iss = parameters.get('iss');
  const issuer = run.server?.issuer ?? '';
  if (iss !== null && issuer !== '' && iss !== issuer) return { problem: problem('iss-mismatch', iss, issuer) };
  if (iss === null && run.server?.authorization_response_iss_parameter_supported === true) {
    return { problem: problem('iss-missing', null, issuer) };
  }
  const error = parameters.get('error');
  if (error !== null) {
    const said = [error, parameters.get('error_description')].filter((part) => part !== null).join(': ');
    return { problem: problem('server-said-no', said) };
  }
  if (!parameters.has('code')) return { problem: problem('malformed-response', 'the callback carries no code') };
  return { proved: ['state-matches', iss === null ? 'iss-absent' : 'iss-matches'] };
}

function provedByMetadata(server: ServerMetadata): Proved[] {
  const s256 = server.code_challenge_methods_supported?.includes('S256') === true;
  const iss = server.authorization_response_iss_parameter_supported === true;
  return [
    'issuer-matches',
    s256 ? 's256-supported' : 's256-not-advertised',
    ...(iss ? (['iss-supported'] as const) : []),
  ];
}

function wantsIdToken(run: Run): boolean {
  return run.config.scope.split(' ').includes('openid');
}

function finish(run: Run, step: Step, result: StepResult, now: number): Run {
  const failed = 'problem' in result;
  const done: Step = {
    ...step,
    is: failed ? 'failed' : result.skipped ? 'skipped' : 'done',
    startedAt: step.startedAt ?? now,
    endedAt: now,
    proved: result.proved ?? [],
  };
  const next: Run = {
    ...withStep(run, done),
    server: result.server ?? run.server,
    authorizationUrl: result.authorizationUrl ?? run.authorizationUrl,
    secrets: { ...run.secrets, ...result.secrets },
    exchanges: [...run.exchanges, ...(result.exchanges ?? [])],
  };
  if (failed) return { ...next, is: 'failed', problem: { step: step.id, ...result.problem } };
  return currentStep(next) === null ? { ...next, is: 'done' } : next;
}

function withStep(run: Run, step: Step): Run {
  return { ...run, steps: run.steps.map((other) => (other.id === step.id ? step : other)) };
}

export function problem(code: ProblemCode, detail: string | null, about: string | null = null): Omit<Problem, 'step'> {
  return { code, detail, about };
}
