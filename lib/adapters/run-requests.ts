import { isRecord } from '../http/params.ts';
import type { ClientAuthentication, RunConfig } from '../runner/run.ts';

/** What a page of the extension asks the background to do. */
export type RunRequest =
  | { readonly do: 'run.start'; readonly config: RunConfig; readonly clientSecret: string | null }
  | { readonly do: 'run.cancel' }
  | { readonly do: 'run.showWindow' }
  | { readonly do: 'run.refresh' }
  /** The same run once more, from the start; client credentials come from the cache while they are fresh. */
  | { readonly do: 'run.again' }
  /** Asks for nothing: who hears it is awake. */
  | { readonly do: 'run.wake' }
  | { readonly do: 'run.clear' };

/** `busy`: there is one sign-in window at a time, and it is taken. */
export type RunReply =
  | { readonly is: 'ok' }
  | { readonly is: 'busy' }
  | { readonly is: 'invalid'; readonly what: string };

const MAX_TEXT = 2000;
const AUTHENTICATIONS: readonly ClientAuthentication[] = ['none', 'client_secret_basic', 'client_secret_post'];

/** Reads a message as a request, or says what is wrong with it; nothing else of a message is used. */
export function readRunRequest(message: unknown): RunRequest | { readonly invalid: string } | null {
  if (!isRecord(message) || typeof message['do'] !== 'string' || !message['do'].startsWith('run.')) return null;
  switch (message['do']) {
    case 'run.cancel':
    case 'run.showWindow':
    case 'run.refresh':
    case 'run.again':
    case 'run.wake':
    case 'run.clear':
      return { do: message['do'] };
    case 'run.start': {
      const config = readConfig(message['config']);
      if (typeof config === 'string') return { invalid: config };
      const secret = message['clientSecret'];
      if (secret !== null && !isText(secret)) return { invalid: 'clientSecret' };
      return { do: 'run.start', config, clientSecret: secret };
    }
    default:
      return { invalid: 'do' };
  }
}

/** The configuration, or the name of the first field that is wrong. */
function readConfig(value: unknown): RunConfig | string {
  if (!isRecord(value)) return 'config';
  const { flow, issuer, endpoints, clientId, authentication, scope, redirectUri } = value;
  if (flow !== 'code' && flow !== 'clientCredentials') return 'flow';
  if (issuer !== null && !isAddress(issuer)) return 'issuer';
  const readEndpoints = readEndpointsOf(endpoints);
  if (readEndpoints === undefined || (readEndpoints === null && issuer === null)) return 'endpoints';
  if (!isText(clientId) || clientId === '') return 'clientId';
  const found = AUTHENTICATIONS.find((known) => known === authentication);
  if (found === undefined) return 'authentication';
  if (!isText(scope)) return 'scope';
  if (!isText(redirectUri)) return 'redirectUri';
  return { flow, issuer, endpoints: readEndpoints, clientId, authentication: found, scope, redirectUri };
}

function readEndpointsOf(value: unknown): RunConfig['endpoints'] | undefined {
  if (value === null) return null;
  if (!isRecord(value)) return undefined;
  const { authorization, token } = value;
  return isAddress(authorization) && isAddress(token) ? { authorization, token } : undefined;
}

function isAddress(value: unknown): value is string {
  return isText(value) && /^https?:\/\//i.test(value) && URL.canParse(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT;
}
