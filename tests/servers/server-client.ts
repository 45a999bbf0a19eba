import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import * as oauth from 'oauth4webapi';
import type { DemoCase, ServerClient } from './case.ts';
import { caseUrls, type DemoSetup, formBody } from './demo-site.ts';

interface Transaction {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What the device shows, and what it polls with. */
interface Device {
  readonly deviceCode: string;
  readonly userCode: string;
  /** Where the person enters the code; with the code in it. */
  readonly verification: string;
}

/** A case whose client runs on its own server. */
export type ServerCase = DemoCase & { readonly client: ServerClient };

/** What the done page shows of a sign-in. */
export type Facts = { readonly subject: string; readonly tokens: readonly string[] } | { readonly error: string };

/** `__Host-`: the cookie is bound to this host and this path alone (RFC 6265bis §4.1.3.2). */
const COOKIE = '__Host-client';

function sessionCookie(id: string, sameSite: 'Lax' | 'None'): string {
  return `${COOKIE}=${id}; Path=/; Secure; HttpOnly; SameSite=${sameSite}`;
}

function sessionId(request: IncomingMessage): string | null {
  const cookies = (request.headers.cookie ?? '').split('; ');
  return cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? null;
}

/** A confidential client: secret, transaction and tokens stay on the client's own server. */
export function createServerClient({ origins, secrets, clientKeys, backChannel }: DemoSetup) {
  const transactions = new Map<string, Transaction>();
  const devices = new Map<string, Device>();
  const outcomes = new Map<string, Facts>();
  const options = {
    [oauth.customFetch]: (url: string, { method, headers, body }: oauth.CustomFetchOptions<string, unknown>) =>
      backChannel(url, { method, headers, ...(body == null ? {} : { body: String(body) }) }),
  };
  let metadata: Promise<oauth.AuthorizationServer> | null = null;

  function authorizationServer(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(origins.as);
    metadata ??= oauth
      .discoveryRequest(issuer, options)
      .then((response) => oauth.processDiscoveryResponse(issuer, response));
    return metadata;
  }

  function newSession(): string {
    return randomBytes(24).toString('base64url');
  }

  const authentication = (id: string) => oauth.ClientSecretBasic(secrets.get(id) ?? '');

  async function exchange(
    { id, client: { responseMode } }: ServerCase,
    transaction: Transaction,
    callback: URL | URLSearchParams,
  ): Promise<Facts> {
    const server = await authorizationServer();
    const client: oauth.Client = { client_id: id };
    const params =
      responseMode === 'jwt'
        ? await oauth.validateJwtAuthResponse(server, client, callback, transaction.state, options)
        : oauth.validateAuthResponse(server, client, callback, transaction.state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication(id),
      params,
      caseUrls(origins, id).callback,
      transaction.verifier,
      options,
    );
    return use(
      await oauth.processAuthorizationCodeResponse(server, client, response, {
        expectedNonce: transaction.nonce,
        requireIdToken: true,
      }),
    );
  }

  async function poll({ id }: DemoCase, { deviceCode }: Device): Promise<Facts> {
    const server = await authorizationServer();
    const client: oauth.Client = { client_id: id };
    const response = await oauth.deviceCodeGrantRequest(server, client, authentication(id), deviceCode, options);
    return use(await oauth.processDeviceCodeResponse(server, client, response));
  }

  /** One call of the API, and what the page says in the end. */
  async function use(tokens: oauth.TokenEndpointResponse): Promise<Facts> {
    const profile = await backChannel(`${origins.api}/profile`, {
      method: 'GET',
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const { sub } = (await profile.json()) as { sub: string };
    return {
      subject: sub,
      tokens: Object.keys(tokens)
        .filter((name) => name.endsWith('_token'))
        .sort(),
    };
  }

  /** The parameters in the address: the request itself, a signed object, or a reference to what was pushed. */
  async function asSent(
    server: oauth.AuthorizationServer,
    { id, client: { pushes, signsRequest, differsFromRequestObject } }: Pick<ServerCase, 'id' | 'client'>,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>>> {
    const client: oauth.Client = { client_id: id };
    if (signsRequest) {
      const request = await oauth.issueRequestObject(server, client, { ...parameters }, clientKeys.privateKey);
      return { client_id: id, request, ...differsFromRequestObject };
    }
    if (!pushes) return parameters;
    const authenticated = authentication(id);
    const response = await oauth.pushedAuthorizationRequest(server, client, authenticated, { ...parameters }, options);
    const { request_uri } = await oauth.processPushedAuthorizationResponse(server, client, response);
    return { client_id: id, request_uri };
  }

  return {
    /** Gets a code for a device; what it shows is bound to the session. */
    async beginDevice({ id, client: { scope } }: ServerCase): Promise<{ device: Device; cookie: string }> {
      const server = await authorizationServer();
      const client: oauth.Client = { client_id: id };
      const response = await oauth.deviceAuthorizationRequest(server, client, authentication(id), { scope }, options);
      const answer = await oauth.processDeviceAuthorizationResponse(server, client, response);
      const device = {
        deviceCode: answer.device_code,
        userCode: answer.user_code,
        verification: answer.verification_uri_complete ?? answer.verification_uri,
      };
      const session = newSession();
      devices.set(session, device);
      return { device, cookie: sessionCookie(session, 'Lax') };
    },

    /** Asks the server whether the person allowed the device of this session, once. */
    async finishDevice(demoCase: ServerCase, request: IncomingMessage): Promise<void> {
      const session = sessionId(request) ?? '';
      const device = devices.get(session);
      if (device === undefined) return;
      devices.delete(session);
      outcomes.set(session, await poll(demoCase, device).catch((error: unknown) => ({ error: String(error) })));
    },

    /** Starts a sign-in: where to send the browser, and the cookie that binds the transaction to it. */
    async begin({ id, client }: ServerCase): Promise<{ location: string; cookie: string }> {
      const server = await authorizationServer();
      const { responseMode } = client;
      const transaction = {
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
        verifier: oauth.generateRandomCodeVerifier(),
      };
      const parameters = {
        response_type: 'code',
        client_id: id,
        redirect_uri: caseUrls(origins, id).callback,
        scope: client.scope,
        state: transaction.state,
        nonce: transaction.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(transaction.verifier),
        code_challenge_method: 'S256',
        ...(responseMode === 'query' ? {} : { response_mode: responseMode }),
      };
      const url = new URL(server.authorization_endpoint ?? '');
      for (const [name, value] of Object.entries(await asSent(server, { id, client }, parameters))) {
        url.searchParams.set(name, value);
      }
      const session = newSession();
      transactions.set(session, transaction);
      // A form_post response is a cross-site POST: only a SameSite=None cookie comes along with it.
      return { location: url.href, cookie: sessionCookie(session, responseMode === 'form_post' ? 'None' : 'Lax') };
    },

    /** Redeems the authorization response; the session after it is a new one. */
    async finish(demoCase: ServerCase, request: IncomingMessage, url: URL): Promise<{ cookie: string }> {
      const pending = sessionId(request) ?? '';
      const transaction = transactions.get(pending);
      transactions.delete(pending);
      const session = newSession();
      try {
        if (!transaction) throw new Error('no sign-in is under way in this browser');
        const callback = request.method === 'POST' ? await formBody(request) : url;
        outcomes.set(session, await exchange(demoCase, transaction, callback));
      } catch (error) {
        outcomes.set(session, { error: String(error) });
      }
      return { cookie: sessionCookie(session, 'Lax') };
    },

    /** Outcome of the sign-in that this browser's session holds. */
    facts(request: IncomingMessage): Facts | null {
      return outcomes.get(sessionId(request) ?? '') ?? null;
    },
  };
}
