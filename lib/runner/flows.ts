import type { Flow, GivenSecrets, Run, RunConfig, RunSecrets, Step, StepId, StepInput } from './run.ts';

const key = ({ options }: RunConfig): readonly StepId[] => (options.dpop ? ['key'] : []);

/** The steps from "what is asked for" to the window; which of them depends on the options. */
function frontChannel(config: RunConfig): readonly StepId[] {
  const { options } = config;
  return [
    ...key(config),
    'pkce',
    ...(options.jar ? (['requestObject'] as const) : []),
    ...(options.par ? (['par'] as const) : []),
    'request',
    'signIn',
    'callback',
  ];
}

/** Each flow is a list of steps. */
const STEPS_OF: Readonly<Record<Flow, (config: RunConfig) => readonly StepId[]>> = {
  code: (config) => ['discovery', ...frontChannel(config), 'token', 'idToken'],
  resource: (config) => [
    'probe',
    'resourceMetadata',
    'discovery',
    'client',
    ...frontChannel(config),
    'token',
    'resourceCall',
  ],
  device: (config) => ['discovery', ...key(config), 'device', 'poll', 'idToken'],
  clientCredentials: (config) => ['discovery', ...key(config), 'token'],
  tokenExchange: (config) => ['discovery', ...key(config), 'token'],
  refresh: (config) => ['discovery', ...key(config), 'refresh'],
  introspection: () => ['discovery', 'introspection'],
  revocation: () => ['discovery', 'revocation'],
  userinfo: () => ['discovery', 'userinfo'],
  logout: () => ['discovery', 'logout'],
  registration: () => ['discovery', 'registration'],
};

/** Whether a client id is the address of a document that describes the client. */
export function isDocumentAddress(clientId: string): boolean {
  return /^https:\/\//i.test(clientId);
}

/** draft-ietf-oauth-client-id-metadata-document §3: a path, and no fragment, user or dot segment, as it is written. */
export function isUsableDocumentAddress(clientId: string): boolean {
  const [, authority = '', path = ''] = /^https:\/\/([^/?#]*)(\/[^?#]*)?/i.exec(clientId) ?? [];
  const dotted = path.split('/').some((part) => /^\.{1,2}$/.test(part.replaceAll(/%2e/gi, '.')));
  return URL.canParse(clientId) && path !== '' && !dotted && !authority.includes('@') && !/[#\s\\]/.test(clientId);
}

export function stepsOf(config: RunConfig): readonly StepId[] {
  return STEPS_OF[config.flow](config);
}

/** Endpoint of the metadata without which a flow cannot be. */
export function endpointsNeeded({ flow, options }: Pick<RunConfig, 'flow' | 'options'>) {
  switch (flow) {
    case 'code':
    case 'resource':
      return options.par
        ? (['authorization_endpoint', 'pushed_authorization_request_endpoint', 'token_endpoint'] as const)
        : (['authorization_endpoint', 'token_endpoint'] as const);
    case 'device':
      return ['device_authorization_endpoint', 'token_endpoint'] as const;
    case 'clientCredentials':
    case 'tokenExchange':
    case 'refresh':
      return ['token_endpoint'] as const;
    case 'introspection':
      return ['introspection_endpoint'] as const;
    case 'revocation':
      return ['revocation_endpoint'] as const;
    case 'userinfo':
      return ['userinfo_endpoint'] as const;
    case 'logout':
      return ['end_session_endpoint'] as const;
    case 'registration':
      return ['registration_endpoint'] as const;
  }
}

const NO_SECRETS: RunSecrets = {
  clientSecret: null,
  clientKey: null,
  token: null,
  initialAccessToken: null,
  codeVerifier: null,
  state: null,
  nonce: null,
  requestObject: null,
  requestUri: null,
  callbackUrl: null,
  callback: null,
  deviceCode: null,
  tokens: null,
};

/** A run before its first step. `now` in milliseconds since the epoch. */
export function newRun(id: string, config: RunConfig, given: GivenSecrets, now: number): Run {
  return {
    id,
    config,
    is: 'running',
    steps: stepsOf(config).map((step) => newStep(step, step, null)),
    problem: null,
    server: null,
    resource: null,
    registeredId: null,
    device: null,
    boundKey: null,
    authorizationUrl: null,
    secrets: { ...NO_SECRETS, ...given },
    exchanges: [],
    startedAt: now,
  };
}

/** What may be done with the tokens of a run that has ended. */
export const LATER_STEPS = ['refresh', 'introspection', 'revocation', 'userinfo', 'resourceCall', 'logout'] as const;
export type LaterStep = (typeof LATER_STEPS)[number];

/** The run with one step more; it goes on with it. A run that is under way stays as it is. */
export function withLaterStep(run: Run, id: LaterStep, input: StepInput | null): Run {
  if (run.is === 'running') return run;
  const before = run.steps.filter((step) => step.id === id).length;
  const key = before === 0 ? id : `${id}.${before + 1}`;
  // What was not reached stays so: the later step must not be mistaken for what comes after it.
  const steps = run.steps.map((step) => (step.is === 'waiting' ? { ...step, is: 'skipped' as const } : step));
  return { ...run, is: 'running', problem: null, steps: [...steps, newStep(key, id, input)] };
}

export function newStep(key: string, id: StepId, input: StepInput | null): Step {
  return {
    key,
    id,
    is: 'waiting',
    startedAt: null,
    endedAt: null,
    sentAt: null,
    dueAt: null,
    proved: [],
    checks: [],
    draft: null,
    approved: null,
    exchanges: [],
    input,
  };
}
