import { createServer as createHttpServer, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyse } from '../../../lib/analyse.ts';
import { advance, begin, type RunnerIo } from '../../../lib/runner/advance.ts';
import { newRun, type Run, type RunConfig } from '../../../lib/runner/run.ts';
import { createServer } from '../../../lib/runner/transport/oauth-server.ts';
import type { Fetch } from '../../../lib/runner/transport/recorder.ts';
import { encodeBase64url } from '../../../lib/token/base64url.ts';
import { sha256Base64url } from '../../../lib/token/hash.ts';
import { REDIRECT_URI, type RealServer, startRealServer } from './real-server.ts';

let real: RealServer;
beforeAll(async () => {
  real = await startRealServer();
});
afterAll(() => real.stop());

const config = (changes: Partial<RunConfig> = {}): RunConfig => ({
  flow: 'code',
  issuer: real.issuer,
  endpoints: null,
  clientId: 'public',
  authentication: 'none',
  scope: 'openid',
  redirectUri: REDIRECT_URI,
  ...changes,
});

interface Wishes {
  readonly fetch?: Fetch;
  readonly callback?: (url: URL) => void;
}

async function runAll(run: Run, wishes: Wishes = {}): Promise<Run> {
  const ioFor = (current: Run): RunnerIo => ({
    server: createServer({
      fetch: wishes.fetch ?? ((url, init) => fetch(url, init)),
      now: Date.now,
      trace: run.id,
      first: current.exchanges.length,
    }),
    signIn: async (url) => {
      const callback = new URL(await real.signIn(url));
      wishes.callback?.(callback);
      return { exchanges: [], value: callback.href };
    },
    random: () => encodeBase64url(crypto.getRandomValues(new Uint8Array(32))),
    s256: sha256Base64url,
    now: Date.now,
  });
  let current = run;
  while (current.is === 'running') current = await advance(begin(current, Date.now()), ioFor(current));
  return current;
}

describe('against oidc-provider', () => {
  test('endpoints typed by hand need no issuer, whatever `iss` comes back', async () => {
    const endpoints = { authorization: `${real.issuer}/auth`, token: `${real.issuer}/token` };
    const run = await runAll(newRun('r', config({ issuer: null, endpoints }), null, 0));
    expect(run.problem).toBeNull();
    expect(run.secrets.tokens?.accessToken).toBeTruthy();
  });

  test('code with PKCE ends with tokens and an ID token that was checked', async () => {
    const run = await runAll(newRun('r', config(), null, 0));
    expect(run.problem).toBeNull();
    expect(run.steps.map((step) => [step.id, step.is])).toEqual(
      ['discovery', 'pkce', 'request', 'signIn', 'callback', 'token', 'idToken'].map((id) => [id, 'done']),
    );
    expect(run.steps.at(-1)?.proved).toEqual(['signature-valid', 'claims-valid', 'at-hash-absent']);
    expect(run.secrets.tokens?.expiresAt).toBeGreaterThan(Date.now());
  });

  test('its own messages are recognised and judged like those of a site', async () => {
    const run = await runAll(newRun('r', config(), null, 0));
    const { messages, findings } = await analyse(run.exchanges);
    expect(messages.map((message) => message.kind)).toEqual(['metadata', 'tokenRequest', 'tokenResponse', 'jwks']);
    expect(findings.filter((finding) => finding.severity !== 'info')).toEqual([]);
  });

  test('client credentials', async () => {
    const changes = {
      flow: 'clientCredentials',
      clientId: 'service',
      authentication: 'client_secret_basic',
      scope: '',
    } as const;
    const run = await runAll(newRun('r', config(changes), 'a-secret-of-a-service-1', 0));
    expect(run).toMatchObject({ is: 'done', secrets: { tokens: { tokenType: 'bearer' } } });
  });

  test('a refused secret names the client as the cause', async () => {
    const changes = {
      flow: 'clientCredentials',
      clientId: 'service',
      authentication: 'client_secret_post',
      scope: '',
    } as const;
    const run = await runAll(newRun('r', config(changes), 'wrong', 0));
    expect(run.problem).toMatchObject({ step: 'token', code: 'client-refused' });
  });

  test('refresh gives new tokens', async () => {
    const run = await runAll(newRun('r', config(), null, 0));
    const server = createServer({ fetch: (url, init) => fetch(url, init), now: Date.now, trace: 'r', first: 0 });
    if (run.server === null) throw new Error('no metadata');
    const answer = await server.refresh(
      run.server,
      { clientId: 'public', authentication: 'none', clientSecret: null },
      run.secrets.tokens?.refreshToken ?? '',
    );
    expect(answer).toMatchObject({ value: { tokenType: 'bearer' } });
  });

  test('an Origin that the server does not know is named as the cause', async () => {
    const run = await runAll(newRun('r', config(), null, 0), { fetch: fetchWithOrigin });
    expect(run.problem).toMatchObject({ step: 'token', code: 'origin-refused' });
    expect(run.problem?.detail).toContain(EXTENSION);
  });

  test('a code of another sign-in is refused by the server', async () => {
    const run = await runAll(newRun('r', config(), null, 0), {
      callback: (url) => url.searchParams.set('code', 'SplxlOBeZQQYbYS6WxSbIA'),
    });
    expect(run.problem).toMatchObject({ step: 'token', code: 'code-refused' });
  });

  test('a wrong state and a wrong iss stop at the callback', async () => {
    const forged = await runAll(newRun('r', config(), null, 0), {
      callback: (url) => url.searchParams.set('state', 'x'),
    });
    expect(forged.problem).toMatchObject({ step: 'callback', code: 'state-mismatch' });
    const mixed = await runAll(newRun('r', config(), null, 0), {
      callback: (url) => url.searchParams.set('iss', 'https://evil.example'),
    });
    expect(mixed.problem).toMatchObject({ step: 'callback', code: 'iss-mismatch', detail: 'https://evil.example' });
  });

  test('keys that did not sign the ID token', async () => {
    const otherKeys: Fetch = async (url, init) =>
      url.endsWith('/jwks') ? Response.json({ keys: [] }) : fetch(url, init);
    const run = await runAll(newRun('r', config(), null, 0), { fetch: otherKeys });
    expect(run.problem).toMatchObject({ step: 'idToken', code: 'signature-invalid' });
  });
});

const EXTENSION = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';

/** As a browser sends it from an extension: `fetch()` of Node leaves `Origin` out whatever it is told. */
const fetchWithOrigin: Fetch = (url, init) =>
  new Promise((resolve, reject) => {
    const headers = { ...Object.fromEntries(new Headers(init.headers)), origin: EXTENSION };
    const sent = request(url, { method: init.method ?? 'GET', headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const type = answer.headers['content-type'] ?? '';
        resolve(
          new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 0, headers: { 'content-type': type } }),
        );
      });
    });
    sent.on('error', reject);
    sent.end(init.body === null || init.body === undefined ? undefined : String(init.body));
  });

describe('servers that are none', () => {
  async function against(listener: RequestListener, check: (issuer: string) => Promise<void>): Promise<void> {
    const http = createHttpServer(listener);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    try {
      await check(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
    } finally {
      http.close();
    }
  }

  test.each<[string, RequestListener, string]>([
    ['HTML instead of JSON', (_q, a) => a.setHeader('content-type', 'text/html').end('<p>Hello</p>'), 'not-json'],
    ['JSON that is cut', (_q, a) => a.setHeader('content-type', 'application/json').end('{"issuer":'), 'not-json'],
    [
      'another issuer',
      (_q, a) => a.setHeader('content-type', 'application/json').end('{"issuer":"https://evil.example"}'),
      'issuer-mismatch',
    ],
    ['an error', (_q, a) => a.writeHead(500).end(), 'malformed-response'],
    ['a redirect', (_q, a) => a.writeHead(302, { location: '/elsewhere' }).end(), 'malformed-response'],
    [
      'a huge answer',
      (_q, a) => a.setHeader('content-type', 'application/json').end(`"${'x'.repeat(2_000_000)}"`),
      'malformed-response',
    ],
  ])('%s', async (_name, listener, code) => {
    await against(listener, async (issuer) => {
      const run = await runAll(newRun('r', config({ issuer }), null, 0));
      expect(run.problem).toMatchObject({ step: 'discovery', code });
    });
  });

  test('nobody listens', async () => {
    const run = await runAll(newRun('r', config({ issuer: 'http://127.0.0.1:9' }), null, 0));
    expect(run.problem).toMatchObject({ step: 'discovery', code: 'server-unreachable', about: '127.0.0.1:9' });
  });

  test('no TLS outside of this machine', async () => {
    const run = await runAll(newRun('r', config({ issuer: 'http://as.example' }), null, 0));
    expect(run.problem).toMatchObject({ step: 'discovery', code: 'insecure-endpoint', about: 'as.example' });
    expect(run.exchanges).toEqual([]);
  });
});
