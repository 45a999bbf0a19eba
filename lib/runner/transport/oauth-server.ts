import * as oauth from 'oauth4webapi';
import { checkIdToken } from '../../token/id-token.ts';
import { type Answer, type Credentials, problem, type Server } from '../advance.ts';
import type { Problem, ServerMetadata, TokenSet } from '../run.ts';
import { expiryOf } from '../token-cache.ts';
import { createRecorder, type Recorder, type RecorderOptions, TooLargeError } from './recorder.ts';

export type ServerOptions = RecorderOptions;

/** The authorization server through oauth4webapi; every request goes through the recorder. */
export function createServer(options: ServerOptions): Server {
  let made = options.first;
  /** Does one call and gives its traffic with its result or its problem. */
  const call = async <T>(url: string, work: (recorder: Recorder) => Promise<T>): Promise<Answer<T>> => {
    if (!isSecure(url)) return { exchanges: [], problem: problem('insecure-endpoint', null, hostOf(url)) };
    const recorder = createRecorder({ ...options, first: made });
    try {
      const value = await work(recorder);
      return { exchanges: recorder.exchanges, value };
    } catch (error) {
      return { exchanges: recorder.exchanges, problem: problemOf(error, hostOf(url)) };
    } finally {
      made += recorder.exchanges.length;
    }
  };

  return {
    discover: (issuer) =>
      call(issuer, async (recorder) => {
        const identifier = new URL(issuer);
        const response = await oauth.discoveryRequest(identifier, { ...http(recorder, issuer), algorithm: 'oidc' });
        if (response.status === 404) {
          const second = await oauth.discoveryRequest(identifier, { ...http(recorder, issuer), algorithm: 'oauth2' });
          return (await oauth.processDiscoveryResponse(identifier, second)) as ServerMetadata;
        }
        return (await oauth.processDiscoveryResponse(identifier, response)) as ServerMetadata;
      }),

    redeem: (server, client, input) =>
      call(server.token_endpoint ?? '', async (recorder) => {
        const callback = new URL(input.callbackUrl);
        // With endpoints typed by hand there is no issuer to compare `iss` with; the library insists on one.
        const issuer = server.issuer === '' ? (callback.searchParams.get('iss') ?? '') : server.issuer;
        const as = authorizationServer({ ...server, issuer });
        const parameters = oauth.validateAuthResponse(as, clientOf(client), callback, input.state);
        const response = await oauth.authorizationCodeGrantRequest(
          as,
          clientOf(client),
          authenticationOf(client),
          parameters,
          input.redirectUri,
          input.codeVerifier,
          http(recorder, as.token_endpoint ?? ''),
        );
        return tokenSet(as, client, response, options.now());
      }),

    clientCredentials: (server, client, scope) =>
      call(server.token_endpoint ?? '', async (recorder) => {
        const as = authorizationServer(server);
        const parameters = new URLSearchParams(scope === '' ? {} : { scope });
        const response = await oauth.clientCredentialsGrantRequest(
          as,
          clientOf(client),
          authenticationOf(client),
          parameters,
          http(recorder, as.token_endpoint ?? ''),
        );
        return tokenSet(as, client, response, options.now());
      }),

    refresh: (server, client, refreshToken) =>
      call(server.token_endpoint ?? '', async (recorder) => {
        const as = authorizationServer(server);
        const response = await oauth.refreshTokenGrantRequest(
          as,
          clientOf(client),
          authenticationOf(client),
          refreshToken,
          http(recorder, as.token_endpoint ?? ''),
        );
        return tokenSet(as, client, response, options.now());
      }),

    async checkIdToken(server, clientId, tokens, nonce) {
      const answer = await call(server.jwks_uri ?? '', async (recorder) => {
        const response = await recorder.fetch(server.jwks_uri ?? '', { headers: { accept: 'application/json' } });
        if (response.status !== 200) throw new StatusError(response.status);
        return checkIdToken(tokens.idToken ?? '', await response.json(), {
          issuer: server.issuer,
          clientId,
          nonce,
          accessToken: tokens.accessToken,
          now: options.now() / 1000,
        });
      });
      if ('problem' in answer) return answer;
      const { value: check, exchanges } = answer;
      if (check.is === 'valid') {
        const atHash = check.atHash === 'valid' ? 'at-hash-valid' : 'at-hash-absent';
        return { exchanges, value: ['signature-valid', 'claims-valid', atHash] };
      }
      return { exchanges, problem: problem(check.is, check.detail, check.is === 'claim-wrong' ? check.claim : null) };
    },
  };
}

/** A status that no OAuth endpoint should answer with. */
class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: number;
  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

/** The token response without its ID token, which is a step of its own: a wrong one must not hide that tokens came. */
async function tokenSet(
  as: oauth.AuthorizationServer,
  client: Credentials,
  response: Response,
  now: number,
): Promise<TokenSet> {
  let idToken: string | null = null;
  let stripped = response;
  if (response.status === 200) {
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => null);
    if (typeof body === 'object' && body !== null && 'id_token' in body) {
      const { id_token, ...rest } = body;
      if (typeof id_token === 'string') idToken = id_token;
      stripped = new Response(JSON.stringify(rest), { status: 200, headers: response.headers });
    }
  }
  const result = await oauth.processGenericTokenEndpointResponse(as, clientOf(client), stripped);
  return {
    accessToken: result.access_token,
    tokenType: result.token_type,
    refreshToken: result.refresh_token ?? null,
    idToken,
    scope: result.scope ?? null,
    expiresAt: expiryOf(result.expires_in, now),
  };
}

function http<M extends string, B extends URLSearchParams | undefined>(
  recorder: Recorder,
  url: string,
): oauth.HttpRequestOptions<M, B> {
  return {
    [oauth.customFetch]: (target, { method, headers, body }) =>
      recorder.fetch(target, { method, headers, body: body ?? null }),
    [oauth.allowInsecureRequests]: new URL(url).protocol === 'http:',
  };
}

function authorizationServer(server: ServerMetadata): oauth.AuthorizationServer {
  // Endpoints typed by hand come without an issuer; the library wants one for its comparisons.
  const issuer = server.issuer === '' ? new URL(server.token_endpoint ?? '').origin : server.issuer;
  return { ...server, issuer } as oauth.AuthorizationServer;
}

function clientOf(client: Credentials): oauth.Client {
  return { client_id: client.clientId };
}

function authenticationOf({ authentication, clientSecret }: Credentials): oauth.ClientAuth {
  if (authentication === 'none' || clientSecret === null) return oauth.None();
  return authentication === 'client_secret_basic'
    ? oauth.ClientSecretBasic(clientSecret)
    : oauth.ClientSecretPost(clientSecret);
}

/** TLS, or this machine (RFC 8252 §8.3): nobody else may see a code or a secret. */
export function isSecure(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:') return true;
  return protocol === 'http:' && (/^127\.|^localhost$|\.localhost$/.test(hostname) || hostname === '[::1]');
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url.slice(0, 100);
}

function problemOf(error: unknown, host: string): Omit<Problem, 'step'> {
  if (error instanceof oauth.ResponseBodyError) return refusal(error, host);
  if (error instanceof oauth.OperationProcessingError) return processingProblem(error, host);
  if (error instanceof TooLargeError) return problem('malformed-response', error.message, host);
  if (error instanceof StatusError) return problem('malformed-response', error.message, host);
  if (error instanceof SyntaxError) return problem('not-json', null, host);
  // fetch() says no more than this, whether the name, the connection, the certificate or CORS failed.
  if (error instanceof TypeError) return problem('server-unreachable', error.message, host);
  return problem('unexpected', error instanceof Error ? error.message : null, host);
}

/** RFC 6749 §5.2, with what servers say about the Origin of an extension. */
function refusal(error: oauth.ResponseBodyError, host: string): Omit<Problem, 'step'> {
  const said = [error.error, error.error_description].filter((part) => part !== undefined).join(': ');
  if (/origin/i.test(error.error_description ?? '')) return problem('origin-refused', said, host);
  if (error.error === 'invalid_client' || error.error === 'unauthorized_client')
    return problem('client-refused', said, host);
  if (error.error === 'invalid_grant') return problem('code-refused', said, host);
  return problem('server-said-no', said, host);
}

function processingProblem(error: oauth.OperationProcessingError, host: string): Omit<Problem, 'step'> {
  switch (error.code) {
    case oauth.RESPONSE_IS_NOT_JSON:
    case oauth.PARSE_ERROR:
      return problem('not-json', null, host);
    case oauth.JSON_ATTRIBUTE_COMPARISON:
      return problem('issuer-mismatch', error.message, host);
    case oauth.RESPONSE_IS_NOT_CONFORM:
      return problem('malformed-response', `HTTP ${error.cause instanceof Response ? error.cause.status : '?'}`, host);
    default:
      return problem('malformed-response', error.message, host);
  }
}
