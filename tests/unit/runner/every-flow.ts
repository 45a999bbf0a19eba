import { type GivenSecrets, NO_OPTIONS, type RunConfig, type TokenSet } from '../../../lib/runner/run.ts';
import { FULL_SECRET, type FullServer } from '../../servers/full-server.ts';

/** A flow as it is run against the full server. */
export interface ListedFlow {
  readonly name: string;
  /** What of the configuration is its own. `server`: `null` while only the steps are asked for. */
  config(server: FullServer | null): Partial<RunConfig>;
  /** @param tokens - of a run of the public client */
  given(server: FullServer, tokens: () => Promise<TokenSet>): Promise<GivenSecrets>;
}

const service = { clientId: 'service', authentication: 'client_secret_basic', scope: '' } as const;
const exchange = {
  subjectTokenType: 'urn:ietf:params:oauth:token-type:access_token',
  requestedTokenType: '',
  audience: '',
};
const all = { par: true, jar: true, jarm: true, dpop: true } as const;

const nothing = (): Promise<GivenSecrets> => Promise.resolve({});
const withToken: ListedFlow['given'] = async (_server, tokens) => ({
  clientSecret: FULL_SECRET,
  token: (await tokens()).accessToken,
});

/** Every flow that can be run, the code flow twice. */
export const EVERY_FLOW: readonly ListedFlow[] = [
  { name: 'code', config: () => ({}), given: nothing },
  {
    name: 'code with PAR, JAR, JARM and DPoP',
    config: () => ({ clientId: 'key', authentication: 'private_key_jwt', options: { ...NO_OPTIONS, ...all } }),
    given: ({ clientKey }) => Promise.resolve({ clientKey }),
  },
  {
    name: 'resource',
    config: (server) => ({
      flow: 'resource',
      resourceUrl: server?.resource ?? null,
      issuer: null,
      clientId: '',
      scope: '',
    }),
    given: nothing,
  },
  { name: 'device', config: () => ({ flow: 'device', clientId: 'tv' }), given: nothing },
  {
    name: 'client credentials',
    config: () => ({ flow: 'clientCredentials', ...service }),
    given: () => Promise.resolve({ clientSecret: FULL_SECRET }),
  },
  { name: 'token exchange', config: () => ({ flow: 'tokenExchange', ...service, exchange }), given: withToken },
  {
    name: 'refresh',
    config: () => ({ flow: 'refresh' }),
    given: async (_server, tokens) => ({ token: (await tokens()).refreshToken }),
  },
  { name: 'introspection', config: () => ({ flow: 'introspection', ...service }), given: withToken },
  { name: 'revocation', config: () => ({ flow: 'revocation' }), given: withToken },
  { name: 'userinfo', config: () => ({ flow: 'userinfo' }), given: withToken },
  { name: 'registration', config: () => ({ flow: 'registration', clientId: '' }), given: nothing },
  {
    name: 'logout',
    config: () => ({ flow: 'logout' }),
    given: async (_server, tokens) => ({ token: (await tokens()).idToken }),
  },
];
