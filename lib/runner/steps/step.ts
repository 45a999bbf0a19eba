import type { Exchange } from '../../model/observation.ts';
import {
  type Answer,
  type CallContext,
  type CallName,
  type Calls,
  type Edit,
  problem,
  type Transport,
} from '../calls.ts';
import {
  type BoundKey,
  type Check,
  clientIdOf,
  type Draft,
  type EndpointName,
  type Pair,
  type Problem,
  type Proved,
  type Run,
  type RunSecrets,
  type Step,
  type StepId,
} from '../run.ts';

/** Everything outside of the state machine. */
export interface RunnerIo {
  readonly transport: Transport;
  /** Opens the sign-in window and gives the address that it ended at. One at a time. */
  signIn(url: string, redirectUri: string): Promise<Answer<string>>;
  /** Makes the key pair that tokens are bound to (RFC 9449). */
  makeKey(): Promise<BoundKey>;
  /** 43 characters of base64url from 32 random bytes. */
  random(): string;
  s256(verifier: string): Promise<string>;
  now(): number;
}

export type StepProblem = Omit<Problem, 'step'>;

export interface Change
  extends Partial<Pick<Run, 'server' | 'resource' | 'registeredId' | 'device' | 'boundKey' | 'authorizationUrl'>> {
  readonly secrets?: Partial<RunSecrets>;
  readonly proved?: readonly Proved[];
  readonly checks?: readonly Check[];
  readonly exchanges?: readonly Exchange[];
  readonly skipped?: true;
  /** The step is not over: it goes on at this time, in milliseconds since the epoch. */
  readonly dueAt?: number;
}

export type StepResult = Change & { readonly problem?: StepProblem };

export interface StepDefinition {
  /**
   * Whether the step may be done again without being asked for after the background died in its middle. `once`: a
   * code, a token or a person's attention may have been spent.
   */
  readonly repeats: 'safe' | 'once';
  /** Where to go on after this step failed; itself, if `null`. */
  readonly retryFrom: StepId | null;
  /** The request before it is sent; `null` where a step sends none, or none this time. */
  readonly draft: ((run: Run, step: Step, io: RunnerIo) => Promise<Draft | StepProblem | null>) | null;
  act(run: Run, step: Step, io: RunnerIo): Promise<StepResult>;
}

/** A request that is asked for by name, with what goes in; or why there can be none. */
interface Call<K extends CallName> {
  readonly name: K;
  readonly input: Calls[K]['input'];
}

export function contextOf(run: Run): CallContext {
  const { clientSecret, clientKey } = run.secrets;
  return {
    server: run.server ?? { issuer: run.config.issuer ?? '' },
    clientId: clientIdOf(run),
    authentication: run.config.authentication,
    clientSecret,
    clientKey,
    boundKey: run.boundKey?.id ?? null,
  };
}

export function editOf({ draft, approved }: Step): Edit | null {
  return draft === null || approved === null ? null : { before: draft.fields, after: approved };
}

interface CallStep<K extends CallName> {
  readonly repeats: StepDefinition['repeats'];
  readonly retryFrom?: StepId;
  call(run: Run, step: Step): Call<K> | { readonly problem: StepProblem } | { readonly skip: readonly Proved[] };
  /** `sent`: whether anything was sent for the answer. */
  judge(value: Calls[K]['output'], run: Run, step: Step, io: RunnerIo, sent: boolean): StepResult;
}

/** A step that is one request: the same call gives the draft and is sent. */
export function callStep<K extends CallName>(definition: CallStep<K>): StepDefinition {
  return {
    repeats: definition.repeats,
    retryFrom: definition.retryFrom ?? null,
    async draft(run, step, io) {
      const call = definition.call(run, step);
      if ('problem' in call) return call.problem;
      if ('skip' in call) return null;
      const answer = await io.transport.preview(call.name, call.input, contextOf(run));
      return 'problem' in answer ? answer.problem : answer.value;
    },
    async act(run, step, io) {
      const call = definition.call(run, step);
      if ('problem' in call) return call;
      if ('skip' in call) return { proved: call.skip, skipped: true };
      const answer = await io.transport.send(call.name, call.input, contextOf(run), editOf(step));
      const { exchanges } = answer;
      if ('problem' in answer) return { exchanges, problem: answer.problem };
      return { exchanges, ...definition.judge(answer.value, run, step, io, exchanges.length > 0) };
    },
  };
}

export const isDraft = (value: Draft | StepProblem): value is Draft => 'fields' in value;

export function missing(run: Run, endpoint: EndpointName): StepProblem | null {
  return typeof run.server?.[endpoint] === 'string' ? null : problem('endpoint-missing', null, endpoint);
}

export function wantsIdToken(run: Run): boolean {
  return run.config.scope.split(' ').includes('openid');
}

/** Values of `resource`: those that were given, or the one that the run starts from (RFC 8707 §2). */
export function resourcesOf(run: Run): readonly string[] {
  const found = run.resource?.metadata?.resource;
  return run.config.options.resources.length > 0 ? run.config.options.resources : found === undefined ? [] : [found];
}

/** The scope to ask for: given by the person, else what the challenge or the metadata of the resource asks for. */
export function scopeOf(run: Run): string {
  const { resource, config } = run;
  return config.scope || resource?.scope || resource?.metadata?.scopes_supported?.join(' ') || '';
}

/** Parameters of a request to the token endpoint that ask for something. */
export function askingPairs(run: Run): readonly Pair[] {
  const { options } = run.config;
  const scope = scopeOf(run);
  return [
    ...(scope === '' ? [] : [['scope', scope] as const]),
    ...resourcesOf(run).map((value) => ['resource', value] as const),
    ...(options.authorizationDetails === '' ? [] : [['authorization_details', options.authorizationDetails] as const]),
    ...options.extra,
  ];
}
