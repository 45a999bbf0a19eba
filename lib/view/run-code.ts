import type { ClientAuthentication, Pair, Run, RunConfig } from '../runner/run.ts';
import { curlCode, fetchCode } from './run-code-http.ts';
import { oauth4webapiCode, openidClientCode } from './run-code-libraries.ts';

/** The whole run as a program. */
export const CODE_KINDS = ['curl', 'fetch', 'oauth4webapi', 'openid-client'] as const;
export type CodeKind = (typeof CODE_KINDS)[number];

/** What a program needs to know. Secrets are no part of it, so none can be in the code: they come from the environment. */
export type CodeInput = Pick<Run, 'config' | 'server' | 'registeredId'>;

/** Placeholders, named as variables of the environment. */
export type Placeholder =
  | 'CLIENT_SECRET'
  | 'CLIENT_KEY'
  | 'CLIENT_ASSERTION'
  | 'TOKEN'
  | 'INITIAL_ACCESS_TOKEN'
  | 'REQUEST_OBJECT'
  | 'DPOP_PROOF';

export interface CodeFacts extends Pick<RunConfig, 'flow' | 'scope' | 'redirectUri' | 'exchange' | 'resourceUrl'> {
  /** Found by its metadata; `null` where the endpoints were typed. */
  readonly issuer: string | null;
  readonly endpoints: Readonly<Record<string, string>>;
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  readonly options: RunConfig['options'];
  readonly hint: string;
  /** There is an ID token to be checked. */
  readonly openId: boolean;
  /** An address without TLS: libraries want to be told. */
  readonly insecure: boolean;
  /** `scope`, `resource`, `authorization_details` and further parameters. */
  readonly asked: readonly Pair[];
}

function factsOf({ config, server, registeredId }: CodeInput): CodeFacts {
  const { options, scope } = config;
  const known = Object.entries({ ...config.endpoints, ...server }).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && /_endpoint$|^jwks_uri$/.test(entry[0]),
  );
  const issuer = config.issuer ?? (config.endpoints === null ? (server?.issuer ?? null) : null);
  const addresses = [issuer, config.resourceUrl, ...known.map(([, url]) => url)];
  return {
    flow: config.flow,
    scope,
    redirectUri: config.redirectUri,
    exchange: config.exchange,
    resourceUrl: config.resourceUrl,
    issuer,
    endpoints: Object.fromEntries(known),
    clientId: registeredId ?? config.clientId,
    authentication: config.authentication,
    options,
    hint: config.tokenTypeHint,
    openId: scope.split(' ').includes('openid'),
    insecure: addresses.some((url) => url?.startsWith('http:') === true),
    asked: [
      ...(scope === '' ? [] : [['scope', scope] as const]),
      ...options.resources.map((value) => ['resource', value] as const),
      ...(config.resourceUrl === null ? [] : [['resource', config.resourceUrl] as const]),
      ...(options.authorizationDetails === ''
        ? []
        : [['authorization_details', options.authorizationDetails] as const]),
      ...options.extra,
    ],
  };
}

const CODE = {
  curl: curlCode,
  fetch: fetchCode,
  oauth4webapi: oauth4webapiCode,
  'openid-client': openidClientCode,
} as const;

export function runCode(kind: CodeKind, input: CodeInput): string {
  return `${CODE[kind](factsOf(input)).join('\n')}\n`;
}
