import { request } from 'node:https';
import { connect } from 'node:net';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Demo, startDemo } from '../../servers/start-demo.ts';

let demo: Demo;

beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request to the demo's port under this name; a test of its own looks at the certificate. */
function ask(url: string, form?: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) {
  const { host, hostname, pathname, search } = new URL(url);
  const body = form && new URLSearchParams(form).toString();
  return new Promise<Answer>((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: demo.port,
        servername: hostname,
        rejectUnauthorized: false,
        method: body === undefined ? 'GET' : 'POST',
        path: pathname + search,
        headers: {
          host,
          ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...headers,
        },
      },
      async (incoming) => {
        let text = '';
        for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** First line of what the proxy answers to CONNECT. */
function connectThroughProxy(authority: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(demo.proxyPort, '127.0.0.1', () => {
      socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    });
    socket.once('data', (data) => {
      resolve(data.toString('utf8').split('\r\n')[0] ?? '');
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe('the front', () => {
  test('knows the four sites and no other', async () => {
    expect((await ask('https://app.example/')).status).toBe(200);
    expect((await ask('https://as.example/.well-known/openid-configuration')).status).toBe(200);
    expect((await ask('https://stats.example/collect?page=%2F')).status).toBe(204);
    expect((await ask('https://other.example/')).status).toBe(421);
  });

  test.each(['as.example', 'app.example', 'api.example', 'stats.example'])(
    'has a certificate for %s',
    (servername) =>
      new Promise<void>((done, failed) => {
        const socket = connectTls({ host: '127.0.0.1', port: demo.port, servername, rejectUnauthorized: false }, () => {
          const problem = checkServerIdentity(servername, socket.getPeerCertificate());
          socket.destroy();
          if (problem) failed(problem);
          else done();
        });
        socket.on('error', failed);
      }),
  );

  test('logs a request with its body and the answer to it', async () => {
    demo.log.clear();
    await ask('https://as.example/token', { grant_type: 'nothing-known' });
    expect(demo.log.exchanges).toMatchObject([
      { method: 'POST', requestBody: 'grant_type=nothing-known', status: 400 },
    ]);
    expect(demo.log.exchanges[0]?.url.href).toBe('https://as.example/token');
    expect(demo.log.exchanges[0]?.responseBody).toContain('invalid_request');
  });

  test('the proxy leads to the demo and nowhere else', async () => {
    expect(await connectThroughProxy('as.example:443')).toContain('200');
    expect(await connectThroughProxy('as.example:80')).toContain('403');
    expect(await connectThroughProxy('192.0.2.1:443')).toContain('403');
  });
});

describe('the authorization server', () => {
  const authorize = (clientId: string, params: Readonly<Record<string, string>>) =>
    ask(
      `https://as.example/auth?${new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: `https://app.example/cases/${clientId}/callback`,
        scope: 'read',
        ...params,
      })}`,
    );

  test('wants PKCE of every public client but the one that shows its absence', async () => {
    expect((await authorize('no-state-no-pkce', {})).headers['location']).toContain('/interaction/');
    expect((await authorize('s256-no-state', {})).headers['location']).toContain('error=invalid_request');
  });

  test('takes a plain challenge of the client that shows it, and of no other', async () => {
    const plain = { code_challenge: 'v'.repeat(43), code_challenge_method: 'plain' };
    expect((await authorize('pkce-plain', plain)).headers['location']).toContain('/interaction/');
    expect((await authorize('s256-no-state', plain)).headers['location']).toContain('error=invalid_request');
  });

  test('gives no token for a password of a client without that grant, or without a password', async () => {
    const form = { grant_type: 'password', username: 'alice', password: 'x', client_id: 'ropc' };
    expect((await ask('https://as.example/token', form)).status).toBe(200);
    expect((await ask('https://as.example/token', { ...form, password: '' })).status).toBe(400);
    expect((await ask('https://as.example/token', { ...form, client_id: 'implicit' })).status).toBe(400);
  });

  test('lets pages of the client site alone read its token endpoint', async () => {
    const form = { grant_type: 'password', username: 'alice', password: 'x', client_id: 'ropc' };
    const from = async (origin: string) => (await ask('https://as.example/token', form, { origin })).status;
    expect(await from('https://app.example')).toBe(200);
    expect(await from('https://stats.example')).toBe(400);
  });
});

describe('the API', () => {
  test('answers 401 with a challenge (RFC 6750 §3) unless the token is known', async () => {
    const token = await ask('https://as.example/token', {
      grant_type: 'password',
      username: 'alice',
      password: 'x',
      client_id: 'ropc',
    });
    const { access_token } = JSON.parse(token.body) as { access_token: string };
    const bearer = (value: string) =>
      ask('https://api.example/profile', undefined, { authorization: `Bearer ${value}` });
    expect(JSON.parse((await bearer(access_token)).body)).toEqual({ sub: 'alice' });
    const refused = await bearer('unknown');
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
    expect((await ask('https://api.example/profile')).headers['www-authenticate']).toBe('Bearer');
  });
});
