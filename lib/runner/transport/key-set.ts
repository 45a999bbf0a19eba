import { type Answer, problem } from '../advance.ts';
import type { ServerMetadata } from '../run.ts';
import { createServer, isSecure } from './oauth-server.ts';
import { createRecorder, type RecorderOptions } from './recorder.ts';

/** The metadata of an issuer (OIDC Discovery §4, RFC 8414 §3), as the person asked for it. */
export function askIssuer(issuer: string, options: RecorderOptions): Promise<Answer<ServerMetadata>> {
  return createServer(options).discover(issuer);
}

/** The key set at `jwks_uri` (RFC 7517 §5): JSON as it came, to be judged by whoever uses it. */
export async function fetchKeySet(url: string, options: RecorderOptions): Promise<Answer<unknown>> {
  const { host } = new URL(url);
  if (!isSecure(url)) return { exchanges: [], problem: problem('insecure-endpoint', null, host) };
  const recorder = createRecorder(options);
  const { exchanges } = recorder;
  try {
    const response = await recorder.fetch(url, { headers: { accept: 'application/json' } });
    if (response.status !== 200)
      return { exchanges, problem: problem('malformed-response', `HTTP ${response.status}`, host) };
    return { exchanges, value: await response.json() };
  } catch (error) {
    const code = error instanceof SyntaxError ? 'not-json' : 'server-unreachable';
    return { exchanges, problem: problem(code, error instanceof Error ? error.message : null, host) };
  }
}
