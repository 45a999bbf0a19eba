import { isRecord } from '../http/params.ts';
import { LATER_STEPS, type LaterStep } from '../runner/flows.ts';
import {
  CLIENT_AUTHENTICATIONS,
  ENDPOINTS,
  type Endpoints,
  type ExchangeConfig,
  FLOWS,
  type GivenSecrets,
  type Pair,
  type Problem,
  type RunConfig,
  type RunOptions,
  type ServerMetadata,
  type StepInput,
} from '../runner/run.ts';

/** What a page of the extension asks the background to do. */
export type RunRequest =
  | { readonly do: 'run.start'; readonly config: RunConfig; readonly given: GivenSecrets }
  | { readonly do: 'run.cancel' }
  | { readonly do: 'run.showWindow' }
  /** Lets a request go that waited to be looked at, with its fields as they are now. */
  | { readonly do: 'run.approve'; readonly step: string; readonly fields: readonly Pair[] }
  /** Reads the metadata of a server, for the form; no run is concerned. */
  | { readonly do: 'run.discover'; readonly issuer: string }
  /** From here on nothing waits to be looked at. */
  | { readonly do: 'run.through' }
  /** Takes up a run that failed, from the step that this is possible from. */
  | { readonly do: 'run.retry' }
  /** One thing more with the tokens of a run that has ended. */
  | { readonly do: 'run.later'; readonly step: LaterStep; readonly input: StepInput | null }
  /** The same run once more, from the start; client credentials come from the cache while they are fresh. */
  | { readonly do: 'run.again' }
  /** Asks for nothing: who hears it is awake, and goes on with what is due. */
  | { readonly do: 'run.wake' }
  | { readonly do: 'run.clear' };

/** `busy`: there is one run at a time, and one sign-in window, and it is taken. */
export type RunReply =
  | { readonly is: 'ok' }
  | { readonly is: 'busy' }
  | { readonly is: 'metadata'; readonly metadata: ServerMetadata }
  | { readonly is: 'problem'; readonly problem: Omit<Problem, 'step'> }
  | { readonly is: 'invalid'; readonly what: string };

const MAX_TEXT = 2000;
/** Tokens, keys and signed requests are longer than what is typed. */
const MAX_LONG = 100_000;
const MAX_PAIRS = 100;

/** Reads a message as a request, or says what is wrong with it; nothing else of a message is used. */
export function readRunRequest(message: unknown): RunRequest | { readonly invalid: string } | null {
  if (!isRecord(message) || typeof message['do'] !== 'string' || !message['do'].startsWith('run.')) return null;
  switch (message['do']) {
    case 'run.cancel':
    case 'run.showWindow':
    case 'run.through':
    case 'run.retry':
    case 'run.again':
    case 'run.wake':
    case 'run.clear':
      return { do: message['do'] };
    case 'run.discover': {
      const { issuer } = message;
      return isAddress(issuer) ? { do: 'run.discover', issuer } : { invalid: 'issuer' };
    }
    case 'run.approve': {
      const { step } = message;
      const fields = readPairs(message['fields']);
      if (!isText(step)) return { invalid: 'step' };
      return fields === null ? { invalid: 'fields' } : { do: 'run.approve', step, fields };
    }
    case 'run.later': {
      const step = LATER_STEPS.find((known) => known === message['step']);
      const input = readInput(message['input']);
      if (step === undefined) return { invalid: 'step' };
      return input === undefined ? { invalid: 'input' } : { do: 'run.later', step, input };
    }
    case 'run.start': {
      const config = readConfig(message['config']);
      if (typeof config === 'string') return { invalid: config };
      const given = readGiven(message['given']);
      return given === null ? { invalid: 'given' } : { do: 'run.start', config, given };
    }
    default:
      return { invalid: 'do' };
  }
}

/** The configuration, or the name of the first field that is wrong. */
export function readConfig(value: unknown): RunConfig | string {
  if (!isRecord(value)) return 'config';
  const { issuer, resourceUrl, clientId, scope, redirectUri, mode, tokenTypeHint } = value;
  const flow = FLOWS.find((known) => known === value['flow']);
  if (flow === undefined) return 'flow';
  if (mode !== 'guided' && mode !== 'through') return 'mode';
  if (issuer !== null && !isAddress(issuer)) return 'issuer';
  if (resourceUrl !== null && !isAddress(resourceUrl)) return 'resourceUrl';
  const endpoints = readEndpoints(value['endpoints']);
  if (endpoints === undefined) return 'endpoints';
  if (flow === 'resource' ? resourceUrl === null : endpoints === null && issuer === null) return 'endpoints';
  const mayBeEmpty = flow === 'resource' || flow === 'registration';
  if (!isText(clientId) || (clientId === '' && !mayBeEmpty)) return 'clientId';
  const authentication = CLIENT_AUTHENTICATIONS.find((known) => known === value['authentication']);
  if (authentication === undefined) return 'authentication';
  if (!isText(scope)) return 'scope';
  if (!isText(redirectUri)) return 'redirectUri';
  const options = readOptions(value['options']);
  if (options === null) return 'options';
  const exchange = readExchange(value['exchange']);
  if (exchange === undefined) return 'exchange';
  if (!isText(tokenTypeHint)) return 'tokenTypeHint';
  const where = { issuer, endpoints, resourceUrl, clientId, authentication, scope, redirectUri };
  return { flow, mode, ...where, options, exchange, tokenTypeHint };
}

function readEndpoints(value: unknown): Endpoints | null | undefined {
  if (value === null) return null;
  if (!isRecord(value)) return undefined;
  const given = ENDPOINTS.filter((name) => name in value);
  if (given.length !== Object.keys(value).length || !given.every((name) => isAddress(value[name]))) return undefined;
  return Object.fromEntries(given.map((name) => [name, value[name]]));
}

function readOptions(value: unknown): RunOptions | null {
  if (!isRecord(value)) return null;
  const { par, jar, jarm, dpop, authorizationDetails, resources } = value;
  const extra = readPairs(value['extra']);
  if (!isFlag(par) || !isFlag(jar) || !isFlag(jarm) || !isFlag(dpop)) return null;
  if (!isLong(authorizationDetails) || extra === null) return null;
  if (!Array.isArray(resources) || resources.length > MAX_PAIRS || !resources.every(isText)) return null;
  return { par, jar, jarm, dpop, authorizationDetails, resources, extra };
}

function readExchange(value: unknown): ExchangeConfig | null | undefined {
  if (value === null) return null;
  if (!isRecord(value)) return undefined;
  const { subjectTokenType, requestedTokenType, audience } = value;
  if (!isText(subjectTokenType) || !isText(requestedTokenType) || !isText(audience)) return undefined;
  return { subjectTokenType, requestedTokenType, audience };
}

const SECRETS = ['clientSecret', 'clientKey', 'token', 'initialAccessToken'] as const;

function readGiven(value: unknown): GivenSecrets | null {
  if (!isRecord(value)) return null;
  const given = SECRETS.filter((name) => name in value);
  if (!given.every((name) => value[name] === null || isLong(value[name]))) return null;
  return Object.fromEntries(given.map((name) => [name, value[name]]));
}

function readInput(value: unknown): StepInput | null | undefined {
  if (value === null) return null;
  if (!isRecord(value)) return undefined;
  const { token, url } = value;
  if (token !== null && token !== 'accessToken' && token !== 'refreshToken') return undefined;
  return url === null || isAddress(url) ? { token, url } : undefined;
}

function readPairs(value: unknown): readonly Pair[] | null {
  if (!Array.isArray(value) || value.length > MAX_PAIRS) return null;
  const isPair = (one: unknown): one is Pair =>
    Array.isArray(one) && one.length === 2 && isText(one[0]) && isLong(one[1]);
  return value.every(isPair) ? value.map(([name, text]): Pair => [name, text]) : null;
}

const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

function isAddress(value: unknown): value is string {
  return isText(value) && /^https?:\/\//i.test(value) && URL.canParse(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT;
}

function isLong(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_LONG;
}
