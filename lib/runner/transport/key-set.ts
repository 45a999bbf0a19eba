import type { Answer } from '../calls.ts';
import type { ServerMetadata } from '../run.ts';
import { createTransport } from './oauth-transport.ts';
import type { RecorderOptions } from './recorder.ts';

const NOBODY = {
  authentication: 'none',
  clientId: 'none',
  clientSecret: null,
  clientKey: null,
  boundKey: null,
} as const;

const transport = (options: RecorderOptions) => createTransport({ ...options, keyPair: () => Promise.resolve(null) });

/** The metadata of an issuer (OIDC Discovery §4, RFC 8414 §3), as the person asked for it. */
export function askIssuer(issuer: string, options: RecorderOptions): Promise<Answer<ServerMetadata>> {
  return transport(options).send('discovery', { issuer, first: 'oidc' }, { ...NOBODY, server: { issuer } }, null);
}

/** The key set at `jwks_uri` (RFC 7517 §5): JSON as it came, to be judged by whoever uses it. */
export function fetchKeySet(url: string, options: RecorderOptions): Promise<Answer<unknown>> {
  return transport(options).send('keys', { url }, { ...NOBODY, server: { issuer: '' } }, null);
}
