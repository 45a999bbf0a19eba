import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import * as oauth from 'oauth4webapi';
import type { DemoCase } from './case.ts';
import { caseUrls, type DemoSetup, formBody } from './demo-site.ts';

interface Transaction {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

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
export function createServerClient({ origins, secrets, backChannel }: DemoSetup) {
  const transactions = new Map<string, Transaction>();
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

  async function exchange({ id }: DemoCase, transaction: Transaction, callback: URL | URLSearchParams): Promise<Facts> {
    const server = await authorizationServer();
    const client: oauth.Client = { client_id: id };
    const params = oauth.validateAuthResponse(server, client, callback, transaction.state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.ClientSecretBasic(secrets.get(id) ?? ''),
      params,
      caseUrls(origins, id).callback,
      transaction.verifier,
      options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: transaction.nonce,
      requireIdToken: true,
    });
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

  return {
    /** Starts a sign-in: where to send the browser, and the cookie that binds the transaction to it. */
    async begin({ id, client }: DemoCase): Promise<{ location: string; cookie: string }> {
      const server = await authorizationServer();
      const responseMode = client.runs === 'server' ? client.responseMode : 'query';
      const transaction = {
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
        verifier: oauth.generateRandomCodeVerifier(),
      };
      const url = new URL(server.authorization_endpoint ?? '');
      for (const [name, value] of Object.entries({
        response_type: 'code',
        client_id: id,
        redirect_uri: caseUrls(origins, id).callback,
        scope: client.scope,
        state: transaction.state,
        nonce: transaction.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(transaction.verifier),
        code_challenge_method: 'S256',
        ...(responseMode === 'query' ? {} : { response_mode: responseMode }),
      })) {
        url.searchParams.set(name, value);
      }
      const session = newSession();
      transactions.set(session, transaction);
      // A form_post response is a cross-site POST: only a SameSite=None cookie comes along with it.
      return { location: url.href, cookie: sessionCookie(session, responseMode === 'form_post' ? 'None' : 'Lax') };
    },

    /** Redeems the authorization response; the session after it is a new one. */
    async finish(demoCase: DemoCase, request: IncomingMessage, url: URL): Promise<{ cookie: string }> {
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
