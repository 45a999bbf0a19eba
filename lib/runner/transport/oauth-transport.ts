import * as oauth from 'oauth4webapi';
import { readSigningKey } from '../../token/private-key.ts';
import {
  type Answer,
  type CallContext,
  type CallName,
  type Calls,
  type Challenge,
  type Edit,
  edited,
  problem,
  type RegisteredClient,
  type ResourceAnswer,
  type Transport,
} from '../calls.ts';
import type { Draft, Pair, ResourceMetadata, ServerMetadata, TokenSet } from '../run.ts';
import { expiryOf } from '../token-cache.ts';
import { KeyGoneError, KeyUnusableError, otherType, problemOf } from './problems.ts';
import { createRecorder, type Fetch, type RecorderOptions } from './recorder.ts';

export interface TransportOptions extends RecorderOptions {
  /** The pair of keys with this id; `null` where it is gone. */
  readonly keyPair: (id: string) => Promise<CryptoKeyPair | null>;
}

type Implementations = {
  readonly [K in CallName]: (input: Calls[K]['input'], on: Line) => Promise<Calls[K]['output']>;
};

/** One call in the making: who asks, and the `fetch` that it goes through. */
interface Line {
  readonly context: CallContext;
  readonly as: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly fetch: Fetch;
  readonly now: () => number;
  readonly dpop: oauth.DPoPHandle | undefined;
  authentication(): Promise<oauth.ClientAuth>;
}

/** The network through oauth4webapi; every request goes through the recorder. */
export function createTransport(options: TransportOptions): Transport {
  let made = options.first;
  const handles = new Map<string, oauth.DPoPHandle>();

  const dpopOf = async (id: string | null): Promise<oauth.DPoPHandle | undefined> => {
    if (id === null) return undefined;
    const held = handles.get(id);
    if (held !== undefined) return held;
    const pair = await options.keyPair(id);
    if (pair === null) throw new KeyGoneError('the key is gone');
    const handle = oauth.DPoP({}, pair as oauth.CryptoKeyPair);
    handles.set(id, handle);
    return handle;
  };

  const lineOf = async (context: CallContext, fetch: Fetch): Promise<Line> => ({
    context,
    as: authorizationServer(context.server),
    client: { client_id: context.clientId },
    fetch,
    now: options.now,
    dpop: await dpopOf(context.boundKey),
    authentication: () => authenticationOf(context),
  });

  const run = async <T>(
    name: CallName,
    url: string,
    work: (fetch: Fetch) => Promise<T>,
    change: (url: string, init: RequestInit) => [url: string, init: RequestInit],
  ): Promise<Answer<T>> => {
    const host = hostOf(url);
    if (url !== '' && !isSecure(url)) return { exchanges: [], problem: problem('insecure-endpoint', null, host) };
    const recorder = createRecorder({ ...options, first: made });
    const { exchanges } = recorder;
    try {
      const value = await work((target, init) => recorder.fetch(...change(target, init)));
      const type = JSON_ANSWERS.has(name) ? otherType(exchanges) : null;
      return type === null ? { exchanges, value } : { exchanges, problem: problem('content-type', type, host) };
    } catch (error) {
      return { exchanges, problem: await problemOf(error, name, host, exchanges) };
    } finally {
      made += exchanges.length;
    }
  };

  return {
    async preview(name, input, context) {
      const url = addressOf(name, input, context);
      if (!isSecure(url)) return { exchanges: [], problem: problem('insecure-endpoint', null, hostOf(url)) };
      let draft: Draft | null = null;
      const capture: Fetch = (target, init) => {
        draft ??= draftOf(target, init);
        throw new CapturedError();
      };
      try {
        await CALLS[name](input, await lineOf(context, capture));
      } catch (error) {
        if (draft !== null) return { exchanges: [], value: draft };
        return { exchanges: [], problem: await problemOf(error, name, hostOf(url), []) };
      }
      return { exchanges: [], problem: problem('unexpected', null) };
    },

    send(name, input, context, edit) {
      const url = addressOf(name, input, context);
      const work = async (fetch: Fetch): Promise<Calls[typeof name]['output']> => {
        const line = await lineOf(context, fetch);
        try {
          return await CALLS[name](input, line);
        } catch (error) {
          // RFC 9449 §8: the server wants its own nonce in the proof, and has used nothing of the request.
          if (line.dpop === undefined || !oauth.isDPoPNonceError(error)) throw error;
          return await CALLS[name](input, line);
        }
      };
      return run(name, url, work, (target, init) => withEdit(target, init, edit));
    },
  };
}

/** Calls whose answers have to say that they are JSON; the library reads them whatever they say. */
const JSON_ANSWERS: ReadonlySet<CallName> = new Set<CallName>([
  'discovery',
  'resourceMetadata',
  'registration',
  'par',
  'code',
  'clientCredentials',
  'refresh',
  'tokenExchange',
  'device',
  'introspection',
]);

const CALLS: Implementations = {
  async discovery({ issuer, first }, on) {
    const identifier = new URL(issuer);
    const second = first === 'oidc' ? 'oauth2' : 'oidc';
    const ask = (algorithm: 'oidc' | 'oauth2'): Promise<Response> =>
      oauth.discoveryRequest(identifier, { ...http(on, issuer), algorithm });
    let response = await ask(first);
    if (response.status === 404) response = await ask(second);
    return (await oauth.processDiscoveryResponse(identifier, response)) as ServerMetadata;
  },

  probe({ url }, on) {
    const bare: Fetch = (target, init) => {
      const headers = new Headers(init.headers);
      headers.delete('authorization');
      return on.fetch(target, { ...init, headers: Object.fromEntries(headers) });
    };
    // The library reads the challenge of the answer, but sends nothing without a token: it is taken off again.
    return challengeOf(() =>
      oauth.protectedResourceRequest('none', 'GET', new URL(url), undefined, null, http({ ...on, fetch: bare }, url)),
    );
  },

  async resourceMetadata({ resource, url }, on) {
    const identifier = new URL(resource);
    if (url === null) {
      const response = await oauth.resourceDiscoveryRequest(identifier, http(on, resource));
      return (await oauth.processResourceDiscoveryResponse(identifier, response)) as ResourceMetadata;
    }
    const response = await on.fetch(url, { headers: { accept: 'application/json' } });
    const named: unknown = await response
      .clone()
      .json()
      .then((body: { resource?: unknown }) => body.resource)
      .catch(() => null);
    // RFC 9728 §3.3 wants the address that was called; many servers protect a whole origin under its root.
    const covers = typeof named === 'string' && URL.canParse(named) && isBelow(identifier, new URL(named));
    const expected = covers ? new URL(named) : identifier;
    return (await oauth.processResourceDiscoveryResponse(expected, response)) as ResourceMetadata;
  },

  async clientDocument({ url }, on) {
    const document = await jsonOf(await on.fetch(url, { headers: { accept: 'application/json' } }));
    return typeof document === 'object' && document !== null ? { ...document } : {};
  },

  async registration({ metadata, initialAccessToken }, on) {
    const asked: Record<string, unknown> = Object.fromEntries(
      metadata.map(([name, value]) => [name, jsonValue(value)]),
    );
    const url = on.as.registration_endpoint ?? '';
    const response = await oauth.dynamicClientRegistrationRequest(on.as, asked as Partial<oauth.Client>, {
      ...http(on, url),
      ...(initialAccessToken === null ? {} : { initialAccessToken }),
    });
    return (await oauth.processDynamicClientRegistrationResponse(response)) as RegisteredClient;
  },

  async requestObject({ parameters }, on) {
    const key = await signingKeyOf(on.context);
    return oauth.issueRequestObject(on.as, on.client, pairs(parameters), key);
  },

  async par({ parameters }, on) {
    const url = on.as.pushed_authorization_request_endpoint ?? '';
    const sent = pairs(parameters);
    const response = await oauth.pushedAuthorizationRequest(on.as, on.client, await on.authentication(), sent, {
      ...http(on, url),
      ...bound(on),
    });
    return (await oauth.processPushedAuthorizationResponse(on.as, on.client, response)).request_uri;
  },

  async signedResponse({ parameters }, on) {
    const url = on.as.jwks_uri ?? '';
    try {
      const given = pairs(parameters);
      return [...(await oauth.validateJwtAuthResponse(on.as, on.client, given, oauth.skipStateCheck, http(on, url)))];
    } catch (error) {
      // An error of the server, in a response that is as it should be.
      if (error instanceof oauth.AuthorizationResponseError) return [...error.cause];
      throw error;
    }
  },

  async code({ callback, redirectUri, codeVerifier, resources }, on) {
    const parameters = oauth.validateAuthResponse(on.as, on.client, pairs(callback), oauth.skipStateCheck);
    const response = await oauth.authorizationCodeGrantRequest(
      on.as,
      on.client,
      await on.authentication(),
      parameters,
      redirectUri,
      codeVerifier,
      { ...tokenHttp(on), additionalParameters: resources.map((value) => ['resource', value]) },
    );
    return tokenSet(on, response);
  },

  async clientCredentials({ parameters }, on) {
    const authentication = await on.authentication();
    const given = pairs(parameters);
    return tokenSet(
      on,
      await oauth.clientCredentialsGrantRequest(on.as, on.client, authentication, given, tokenHttp(on)),
    );
  },

  async refresh({ refreshToken, parameters }, on) {
    const authentication = await on.authentication();
    const response = await oauth.refreshTokenGrantRequest(on.as, on.client, authentication, refreshToken, {
      ...tokenHttp(on),
      additionalParameters: pairs(parameters),
    });
    return tokenSet(on, response);
  },

  async tokenExchange({ parameters }, on) {
    const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
    const authentication = await on.authentication();
    const given = pairs(parameters);
    const response = await oauth.genericTokenEndpointRequest(
      on.as,
      on.client,
      authentication,
      grant,
      given,
      tokenHttp(on),
    );
    // RFC 8693 §2.2.1: `N_A` for a token that is no access token.
    return tokenSet(on, response, ['n_a']);
  },

  async device({ parameters }, on) {
    const url = on.as.device_authorization_endpoint ?? '';
    const authentication = await on.authentication();
    const given = pairs(parameters);
    const response = await oauth.deviceAuthorizationRequest(on.as, on.client, authentication, given, http(on, url));
    return oauth.processDeviceAuthorizationResponse(on.as, on.client, response);
  },

  async poll({ deviceCode }, on) {
    const authentication = await on.authentication();
    const response = await oauth.deviceCodeGrantRequest(on.as, on.client, authentication, deviceCode, tokenHttp(on));
    try {
      return await tokenSet(on, response);
    } catch (error) {
      if (!(error instanceof oauth.ResponseBodyError)) throw error;
      if (error.error === 'authorization_pending') return 'pending';
      if (error.error === 'slow_down') return 'slow_down';
      throw error;
    }
  },

  async introspection({ token, hint }, on) {
    const url = on.as.introspection_endpoint ?? '';
    const authentication = await on.authentication();
    const response = await oauth.introspectionRequest(on.as, on.client, authentication, token, {
      ...http(on, url),
      ...hinted(hint),
    });
    return await oauth.processIntrospectionResponse(on.as, on.client, response);
  },

  async revocation({ token, hint }, on) {
    const url = on.as.revocation_endpoint ?? '';
    const authentication = await on.authentication();
    const response = await oauth.revocationRequest(on.as, on.client, authentication, token, {
      ...http(on, url),
      ...hinted(hint),
    });
    await oauth.processRevocationResponse(response);
    return null;
  },

  async userinfo({ accessToken }, on) {
    const url = on.as.userinfo_endpoint ?? '';
    const options = { ...http(on, url), ...bound(on) };
    const response = await oauth.userInfoRequest(on.as, on.client, accessToken, options);
    return await oauth.processUserInfoResponse(on.as, on.client, oauth.skipSubjectCheck, response);
  },

  resource({ url, accessToken, tokenType }, on) {
    const isBound = tokenType.toLowerCase() === 'dpop';
    return challengeOf(() =>
      oauth.protectedResourceRequest(accessToken, 'GET', new URL(url), undefined, null, {
        ...http(on, url),
        ...(isBound ? bound(on) : {}),
      }),
    );
  },

  async keys({ url }, on) {
    return jsonOf(await on.fetch(url, { headers: { accept: 'application/json' } }));
  },
};

/** The address that a call goes to, for its host; empty where a call sends nothing of its own. */
function addressOf<K extends CallName>(name: K, input: Calls[K]['input'], { server }: CallContext): string {
  const given = input as { url?: string | null; issuer?: string; resource?: string };
  switch (name) {
    case 'discovery':
      return given.issuer ?? '';
    case 'resourceMetadata':
      return given.url ?? given.resource ?? '';
    case 'probe':
    case 'clientDocument':
    case 'resource':
    case 'keys':
      return given.url ?? '';
    case 'registration':
      return server.registration_endpoint ?? '';
    case 'par':
      return server.pushed_authorization_request_endpoint ?? '';
    case 'device':
      return server.device_authorization_endpoint ?? '';
    case 'introspection':
      return server.introspection_endpoint ?? '';
    case 'revocation':
      return server.revocation_endpoint ?? '';
    case 'userinfo':
      return server.userinfo_endpoint ?? '';
    case 'signedResponse':
      return server.jwks_uri ?? '';
    case 'requestObject':
      return '';
    default:
      return server.token_endpoint ?? '';
  }
}

/** A request that was made to be looked at. */
class CapturedError extends Error {
  override readonly name = 'CapturedError';
}

const FORM = 'application/x-www-form-urlencoded';

type Where = Exclude<Draft['in'], 'claims'>;

function whereOf(init: RequestInit): Where {
  const type = new Headers(init.headers).get('content-type') ?? '';
  if (type.startsWith(FORM)) return 'form';
  return type.startsWith('application/json') && init.body !== null ? 'json' : 'query';
}

function fieldsOf(url: string, init: RequestInit, where: Where): readonly Pair[] {
  if (where === 'query') return [...new URL(url).searchParams];
  const text = String(init.body ?? '');
  if (where === 'form') return [...new URLSearchParams(text)];
  const body = JSON.parse(text) as Record<string, unknown>;
  return Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}

function draftOf(url: string, init: RequestInit): Draft {
  const where = whereOf(init);
  const { origin, pathname } = new URL(url);
  return {
    method: init.method ?? 'GET',
    url: where === 'query' ? `${origin}${pathname}` : url,
    headers: [...new Headers(init.headers)].filter(([name]) => name !== 'content-type' && name !== 'accept'),
    in: where,
    fields: fieldsOf(url, init, where),
  };
}

function withEdit(url: string, init: RequestInit, edit: Edit | null): [string, RequestInit] {
  if (edit === null) return [url, init];
  const where = whereOf(init);
  const fields = edited(fieldsOf(url, init, where), edit);
  if (where === 'json') {
    const body = Object.fromEntries(fields.map(([name, value]) => [name, jsonValue(value)]));
    return [url, { ...init, body: JSON.stringify(body) }];
  }
  const text = pairs(fields);
  if (where === 'form') return [url, { ...init, body: text.toString() }];
  const changed = new URL(url);
  changed.search = text.toString();
  return [changed.href, init];
}

/** A field of a JSON body as it was typed: JSON where it is some, else text. */
function jsonValue(text: string): unknown {
  if (!/^\s*[[{]|^(?:true|false|null|-?\d+(?:\.\d+)?)$/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const pairs = (list: readonly Pair[]): URLSearchParams =>
  new URLSearchParams(list.map(([name, value]) => [name, value]));

const hinted = (hint: string): { additionalParameters?: Record<string, string> } =>
  hint === '' ? {} : { additionalParameters: { token_type_hint: hint } };

const bound = ({ dpop }: Line): oauth.DPoPRequestOptions => (dpop === undefined ? {} : { DPoP: dpop });

function http<M extends string, B extends oauth.ProtectedResourceRequestBody | undefined>(
  on: Pick<Line, 'fetch'>,
  url: string,
): oauth.HttpRequestOptions<M, B> {
  return {
    [oauth.customFetch]: (target: string, init: oauth.CustomFetchOptions<M, B>) => {
      const { method, headers } = init;
      const body = (init.body ?? null) as BodyInit | null;
      return on.fetch(target, { method, headers, body });
    },
    [oauth.allowInsecureRequests]: url.startsWith('http:'),
  };
}

function tokenHttp(on: Line): oauth.TokenEndpointRequestOptions {
  return { ...http<'POST', URLSearchParams>(on, on.as.token_endpoint ?? ''), ...bound(on) };
}

/** The answer of a resource, with its challenges; any status is an answer. */
async function challengeOf(ask: () => Promise<Response>): Promise<ResourceAnswer> {
  try {
    return { status: (await ask()).status, challenges: [] };
  } catch (error) {
    if (!(error instanceof oauth.WWWAuthenticateChallengeError) || oauth.isDPoPNonceError(error)) throw error;
    const challenges = error.cause.map(
      ({ scheme, parameters }): Challenge => ({
        scheme,
        parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)])),
      }),
    );
    return { status: error.status, challenges };
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  if (response.status === 200) return await response.json();
  throw Object.assign(new oauth.OperationProcessingError('status', { cause: response }), {
    code: oauth.RESPONSE_IS_NOT_CONFORM,
  });
}

/** The token response without its ID token, which is a step of its own: a wrong one must not hide that tokens came. */
async function tokenSet(on: Line, response: Response, alsoTypes: readonly string[] = []): Promise<TokenSet> {
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
  const types = Object.fromEntries(alsoTypes.map((type) => [type, () => undefined]));
  const options = alsoTypes.length === 0 ? {} : { recognizedTokenTypes: types };
  const result = await oauth.processGenericTokenEndpointResponse(on.as, on.client, stripped, options);
  return {
    accessToken: result.access_token,
    tokenType: result.token_type,
    refreshToken: result.refresh_token ?? null,
    idToken,
    scope: result.scope ?? null,
    expiresAt: expiryOf(result.expires_in, on.now()),
  };
}

function authorizationServer(server: ServerMetadata): oauth.AuthorizationServer {
  // Endpoints typed by hand come without an issuer; the library wants one for its comparisons.
  const typed = server.authorization_endpoint ?? server.token_endpoint ?? '';
  const issuer = server.issuer === '' ? (URL.canParse(typed) ? new URL(typed).origin : 'none') : server.issuer;
  return { ...server, issuer } as oauth.AuthorizationServer;
}

async function signingKeyOf({ clientKey }: CallContext): Promise<oauth.PrivateKey> {
  const read = clientKey === null ? null : await readSigningKey(clientKey);
  if (read === null) throw new KeyUnusableError('no private JWK');
  return read.kid === null ? { key: read.key as CryptoKey } : { key: read.key as CryptoKey, kid: read.kid };
}

async function authenticationOf(context: CallContext): Promise<oauth.ClientAuth> {
  const { authentication, clientSecret } = context;
  if (authentication === 'private_key_jwt') return oauth.PrivateKeyJwt(await signingKeyOf(context));
  if (authentication === 'none' || clientSecret === null) return oauth.None();
  if (authentication === 'client_secret_jwt') return oauth.ClientSecretJwt(clientSecret);
  return authentication === 'client_secret_basic'
    ? oauth.ClientSecretBasic(clientSecret)
    : oauth.ClientSecretPost(clientSecret);
}

/** Whether `url` is `root` or lies below it. */
function isBelow(url: URL, root: URL): boolean {
  const folder = root.pathname.endsWith('/') ? root.pathname : `${root.pathname}/`;
  return url.origin === root.origin && (url.pathname === root.pathname || url.pathname.startsWith(folder));
}

/** TLS, or this machine (RFC 8252 §8.3): nobody else may see a code or a secret. */
export function isSecure(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:') return true;
  return protocol === 'http:' && (/^127\.|^localhost$|\.localhost$/.test(hostname) || hostname === '[::1]');
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url.slice(0, 100);
}
