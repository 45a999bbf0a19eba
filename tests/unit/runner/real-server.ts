import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const REDIRECT_URI = 'https://extension.example/cb';

export interface RealServer {
  readonly issuer: string;
  /** Does what a person would do in the window: signs in and agrees. Gives the address of the callback. */
  signIn(authorizationUrl: string): Promise<string>;
  stop(): Promise<void>;
}

/** `oidc-provider` on this machine under its default CORS policy, which refuses every Origin. */
export async function startRealServer(redirectUri: string = REDIRECT_URI): Promise<RealServer> {
  const http = createHttpServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'public',
        token_endpoint_auth_method: 'none',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
      },
      {
        client_id: 'service',
        client_secret: 'a-secret-of-a-service-1',
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
      },
    ],
    cookies: { keys: ['a-cookie-key'] },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: true } },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    issueRefreshToken: () => true,
  });
  // Its warning about development interactions is meant for those who put it into production.
  http.on('request', provider.callback());
  return {
    issuer,
    signIn: (url) => signIn(url),
    stop: () => new Promise((resolve) => http.close(() => resolve())),
  };
}

async function signIn(authorizationUrl: string): Promise<string> {
  const cookies = new Map<string, string>();
  let url = authorizationUrl;
  let form: URLSearchParams | null = null;
  for (let hops = 0; hops < 15; hops++) {
    const response: Response = await fetch(url, {
      method: form === null ? 'GET' : 'POST',
      body: form,
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location !== null) {
      url = new URL(location, url).href;
      if (url.startsWith(REDIRECT_URI)) return url;
      form = null;
      continue;
    }
    const page = await response.text();
    const prompt = /name="prompt" value="(login|consent)"/.exec(page)?.[1];
    if (prompt === undefined) throw new Error(`no form on ${new URL(url).pathname}: HTTP ${response.status}`);
    form = new URLSearchParams(prompt === 'login' ? { prompt, login: 'jo', password: 'x' } : { prompt });
  }
  throw new Error('the sign-in did not end');
}
