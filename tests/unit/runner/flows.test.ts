import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { analyse } from '../../../lib/analyse.ts';
import { withLaterStep } from '../../../lib/runner/flows.ts';
import { NO_OPTIONS, type Run, type RunConfig } from '../../../lib/runner/run.ts';
import type { Fetch } from '../../../lib/runner/transport/recorder.ts';
import {
  DOCUMENT_CLIENT,
  documentOf,
  FULL_SECRET,
  type FullServer,
  startFullServer,
} from '../../servers/full-server.ts';
import { visit } from './browser.ts';
import { drive, REDIRECT_URI, start } from './real-run.ts';

let server: FullServer;
beforeAll(async () => {
  server = await startFullServer(REDIRECT_URI);
});
afterAll(() => server.stop());
beforeEach(() => {
  server.received.length = 0;
});

const marks = (run: Run) => run.steps.map(({ id, is }) => `${id} ${is}`);
const paths = () =>
  server.received
    .map(({ method, path }) => `${method} ${path}`)
    .filter((line) => !/ \/(?:auth|interaction)\b/.test(line));
const sentTo = (path: string) => Object.fromEntries(server.received.find((one) => one.path === path)?.fields ?? []);
const options = (changes: Partial<typeof NO_OPTIONS>) => ({ ...NO_OPTIONS, ...changes });

describe('authorization code with PKCE', () => {
  test.each([
    ['public', 'none', {}],
    ['basic', 'client_secret_basic', { clientSecret: FULL_SECRET }],
    ['post', 'client_secret_post', { clientSecret: FULL_SECRET }],
    ['jwt', 'client_secret_jwt', { clientSecret: FULL_SECRET }],
  ] as const)('client %s by %s', async (clientId, authentication, given) => {
    const run = await start({ issuer: server.issuer, clientId, authentication }, given);
    expect(run.problem).toBeNull();
    expect(run.is).toBe('done');
    expect(paths()).toEqual(['GET /.well-known/openid-configuration', 'POST /token', 'GET /jwks']);
    const checks = run.steps.at(-1)?.checks.map(({ of, is }) => `${of} ${is}`);
    expect(checks).toContain('signature valid');
    expect(checks).toContain('nonce valid');
  });

  test('private_key_jwt, with the whole stack: PAR, JAR, JARM, DPoP', async () => {
    const run = await start(
      {
        issuer: server.issuer,
        clientId: 'key',
        authentication: 'private_key_jwt',
        options: options({ par: true, jar: true, jarm: true, dpop: true }),
      },
      { clientKey: server.clientKey },
    );
    expect(run.problem).toBeNull();
    expect(marks(run)).toEqual(
      ['discovery', 'key', 'pkce', 'requestObject', 'par', 'request', 'signIn', 'callback', 'token', 'idToken'].map(
        (id) => `${id} done`,
      ),
    );
    expect(Object.keys(sentTo('/request')).sort()).toEqual([
      'client_assertion',
      'client_assertion_type',
      'client_id',
      'request',
    ]);
    expect(run.secrets.tokens?.tokenType).toBe('dpop');
    // The server wants its nonce: the token request is sent twice, and both are there to be seen.
    const token = run.steps.find(({ id }) => id === 'token');
    expect(token?.exchanges.length).toBe(2);
    expect(token?.proved).toEqual(['tokens-received', 'token-bound']);
  });

  test.each([
    ['JAR', { jar: true }, 'signed'],
    ['PAR', { par: true }, 'public'],
    ['JARM', { jarm: true }, 'public'],
    ['DPoP', { dpop: true }, 'public'],
  ] as const)('%s alone', async (_name, changes, clientId) => {
    const run = await start(
      { issuer: server.issuer, clientId, options: options(changes) },
      { clientKey: server.clientKey },
    );
    expect(run.problem).toBeNull();
    expect(run.is).toBe('done');
  });

  test('authorization_details and resource reach the server, and the token is for the resource', async () => {
    const details = JSON.stringify([{ type: 'payment', amount: '1' }]);
    const run = await start({
      issuer: server.issuer,
      scope: 'openid read',
      options: options({ authorizationDetails: details, resources: [server.resource] }),
    });
    expect(run.problem).toBeNull();
    const sent = Object.fromEntries(server.received.find(({ path }) => path === '/auth')?.fields ?? []);
    expect(sent).toMatchObject({ authorization_details: details, resource: server.resource });
    expect(sentTo('/token')).toMatchObject({ resource: server.resource });
  });

  test('what was sent and received is judged: nothing above info', async () => {
    const run = await start({ issuer: server.issuer });
    const { findings, messages } = await analyse(run.exchanges);
    expect(messages.map(({ kind }) => kind)).toEqual(['metadata', 'tokenRequest', 'tokenResponse', 'jwks']);
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });
});

describe('without a sign-in window', () => {
  test('client credentials', async () => {
    const run = await start(
      {
        flow: 'clientCredentials',
        issuer: server.issuer,
        clientId: 'service',
        authentication: 'client_secret_basic',
        scope: '',
      },
      { clientSecret: FULL_SECRET },
    );
    expect(run.problem).toBeNull();
    expect(marks(run)).toEqual(['discovery done', 'token done']);
    const revoked = await drive(withLaterStep(run, 'revocation', { token: 'accessToken', url: null }));
    expect(revoked.steps.at(-1)?.proved).toEqual(['token-revoked', 'tokens-dropped']);
    expect(revoked.secrets.tokens).toBeNull();
  });

  test('an access token is revoked, its refresh token stays', async () => {
    const run = await start({ issuer: server.issuer });
    const revoked = await drive(withLaterStep(run, 'revocation', { token: 'accessToken', url: null }));
    expect(revoked.steps.at(-1)?.proved).toEqual(['token-revoked']);
    expect(revoked.secrets.tokens?.refreshToken).toBe(run.secrets.tokens?.refreshToken);
  });

  test('device authorization: polls until the person agreed', async () => {
    let polls = 0;
    const run = await start(
      { flow: 'device', issuer: server.issuer, clientId: 'tv' },
      {},
      {
        before: async (current, step) => {
          if (step.id !== 'poll') return;
          polls += 1;
          if (polls === 3) await visit(current.device?.verificationUriComplete ?? '', REDIRECT_URI);
        },
      },
    );
    expect(run.problem).toBeNull();
    expect(marks(run)).toEqual(['discovery done', 'device done', 'poll done', 'idToken done']);
    expect(run.device?.polls).toBe(2);
    expect(run.device?.userCode).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
  });

  test('registration gives a client', async () => {
    const run = await start({ flow: 'registration', issuer: server.issuer, clientId: '' });
    expect(run.problem).toBeNull();
    expect(run.registeredId).toBeTruthy();
  });

  test('refresh, exchange, introspection, userinfo, revocation and logout with the tokens of a run', async () => {
    const run = await start({ issuer: server.issuer });
    const first = run.secrets.tokens?.refreshToken;
    const refreshed = await drive(withLaterStep(run, 'refresh', null));
    expect(refreshed.problem).toBeNull();
    expect(refreshed.steps.at(-1)?.proved).toEqual(['tokens-refreshed', 'refresh-rotated']);
    expect(refreshed.secrets.tokens?.refreshToken).not.toBe(first);

    const asked = await drive(withLaterStep(refreshed, 'introspection', { token: 'accessToken', url: null }));
    expect(asked.steps.at(-1)?.proved).toEqual(['token-active']);
    const claims = await drive(withLaterStep(refreshed, 'userinfo', null));
    expect(claims.steps.at(-1)?.proved).toEqual(['claims-received', 'sub-matches']);
    const again = await drive(withLaterStep(claims, 'userinfo', null));
    expect(again.steps.at(-1)?.key).toBe('userinfo.2');

    const token = refreshed.secrets.tokens?.accessToken ?? '';
    const exchange = {
      subjectTokenType: 'urn:ietf:params:oauth:token-type:access_token',
      requestedTokenType: '',
      audience: '',
    };
    const service = {
      issuer: server.issuer,
      clientId: 'service',
      authentication: 'client_secret_basic',
      scope: '',
    } as const;
    const exchanged = await start(
      { flow: 'tokenExchange', ...service, exchange },
      { clientSecret: FULL_SECRET, token },
    );
    expect(exchanged.problem).toBeNull();
    const introspected = await start({ flow: 'introspection', ...service }, { clientSecret: FULL_SECRET, token });
    expect(introspected.steps.at(-1)?.proved).toEqual(['token-active']);

    const out = await drive(withLaterStep(claims, 'logout', null));
    expect(out.problem).toBeNull();
    expect(out.steps.at(-1)?.proved).toEqual(['signed-out']);
    const revoked = await drive(withLaterStep(claims, 'revocation', { token: 'refreshToken', url: null }));
    expect(revoked.steps.at(-1)?.proved).toEqual(['token-revoked', 'tokens-dropped']);
    expect(revoked.secrets.tokens).toBeNull();
    const gone = await start({ flow: 'introspection', ...service }, { clientSecret: FULL_SECRET, token });
    expect(gone.steps.at(-1)?.proved).toEqual(['token-inactive']);
  });

  test('a token that was given: refresh, userinfo, revocation', async () => {
    const run = await start({ issuer: server.issuer });
    const { accessToken = '', refreshToken = '' } = run.secrets.tokens ?? {};
    const userinfo = await start({ flow: 'userinfo', issuer: server.issuer }, { token: accessToken });
    expect(userinfo.is).toBe('done');
    const refreshed = await start({ flow: 'refresh', issuer: server.issuer }, { token: refreshToken ?? '' });
    expect(refreshed.is).toBe('done');
    const revoked = await start({ flow: 'revocation', issuer: server.issuer }, { token: accessToken });
    expect(revoked.is).toBe('done');
  });
});

describe('from a resource', () => {
  test.each([false, true])('401, its metadata, the server, registration, code, the call (DPoP: %s)', async (dpop) => {
    const run = await start({
      flow: 'resource',
      resourceUrl: server.resource,
      clientId: '',
      scope: '',
      options: options({ dpop }),
    });
    expect(run.problem).toBeNull();
    expect(marks(run).filter((mark) => !mark.endsWith(' done'))).toEqual([]);
    const proof = dpop ? ['POST /token', 'POST /token'] : ['POST /token'];
    expect(paths()).toEqual([
      'GET /api',
      'GET /.well-known/oauth-protected-resource/api',
      'GET /.well-known/oauth-authorization-server',
      'POST /reg',
      ...proof,
      'GET /api',
    ]);
    expect(run.steps.at(-1)?.proved).toEqual(['resource-answered']);
    expect(sentTo('/token')).toMatchObject({ resource: server.resource });
  });

  describe('by a client ID metadata document', () => {
    afterEach(() => {
      server.alter = null;
    });

    /** Members of the server's metadata that differ; `undefined`: left out. */
    const advertise = (changes: object): void => {
      server.alter = (ctx) => {
        if (ctx.path.startsWith('/.well-known/')) ctx.body = { ...(ctx.body as object), ...changes };
      };
    };
    const reads =
      (document: () => Response | Promise<Response>): Fetch =>
      (url, init) =>
        url === DOCUMENT_CLIENT ? Promise.resolve(document()) : fetch(url, init);
    const withDocument = (document: () => Response | Promise<Response>, config: Partial<RunConfig> = {}) =>
      start(
        { flow: 'resource', resourceUrl: server.resource, clientId: DOCUMENT_CLIENT, scope: '', ...config },
        {},
        { fetch: reads(document) },
      );
    const right = () => Response.json(documentOf(REDIRECT_URI));
    const wrong = (changes: object) => () => Response.json({ ...documentOf(REDIRECT_URI), ...changes });
    const clientOf = ({ steps }: Run) => steps.find(({ id }) => id === 'client');

    test('the server reads the document, and nothing is registered', async () => {
      advertise({ registration_endpoint: undefined });
      const run = await withDocument(right);
      expect(run.problem).toBeNull();
      expect(run.is).toBe('done');
      expect(clientOf(run)?.proved).toEqual(['client-document-valid']);
      expect(paths()).not.toContain('POST /reg');
      expect(sentTo('/auth')).toMatchObject({ client_id: DOCUMENT_CLIENT });
      expect(sentTo('/token')).toMatchObject({ client_id: DOCUMENT_CLIENT, resource: server.resource });
    });

    test('what only the server can reach is left to it', async () => {
      const run = await withDocument(() => Promise.reject(new TypeError('fetch failed')));
      expect(run.problem).toBeNull();
      expect(clientOf(run)).toMatchObject({ is: 'skipped', proved: ['client-document-unread'] });
    });

    test.each([
      ['another client_id', wrong({ client_id: 'https://other.example/' }), 'client-document-wrong', 'client_id'],
      [
        'other redirect URIs',
        wrong({ redirect_uris: ['https://a.example/'] }),
        'client-document-wrong',
        'redirect_uris',
      ],
      [
        'another way to prove the client',
        wrong({ token_endpoint_auth_method: 'private_key_jwt' }),
        'client-document-wrong',
        'token_endpoint_auth_method',
      ],
      ['a list', () => Response.json([]), 'client-document-wrong', 'client_id'],
      ['null', () => Response.json(null), 'client-document-wrong', 'client_id'],
      ['a page', () => new Response('<p>'), 'not-json', 'client.example'],
      ['none', () => new Response(null, { status: 404 }), 'http-error', 'client.example'],
    ] as const)('a document that cannot be used: %s', async (_name, document, code, about) => {
      const run = await withDocument(document);
      expect(run.problem).toMatchObject({ step: 'client', code, about });
      expect(paths()).toHaveLength(3);
    });

    test.each([
      [{}, 'client-document-unsupported'],
      [{ registration_endpoint: undefined }, 'client-document-and-registration-unsupported'],
    ])('a server that does not say that it reads them, and %j', async (changes, code) => {
      advertise({ client_id_metadata_document_supported: undefined, ...changes });
      const read = vi.fn(right);
      const run = await withDocument(read);
      expect(run.problem).toEqual({ step: 'client', code, detail: null, about: server.issuer });
      expect(read).not.toHaveBeenCalled();
    });

    test('neither registration nor a client id', async () => {
      advertise({ registration_endpoint: undefined });
      const run = await withDocument(right, { clientId: '' });
      expect(run.problem).toMatchObject({ step: 'client', code: 'no-registration', about: server.issuer });
    });
  });
});

describe('guided', () => {
  test('each request waits, and what the person changed is what is sent', async () => {
    const shown: string[] = [];
    const run = await start(
      { issuer: server.issuer, mode: 'guided', options: options({ par: true }) },
      {},
      {
        approve: (step) => {
          shown.push(step.id);
          const fields = step.draft?.fields ?? [];
          return step.id === 'par' ? [...fields, ['login_hint', 'jo']] : fields;
        },
      },
    );
    expect(run.problem).toBeNull();
    expect(shown).toEqual(['par', 'request', 'token']);
    expect(sentTo('/request')).toMatchObject({ login_hint: 'jo', code_challenge_method: 'S256' });
  });

  test('a changed state is the one that the callback is compared with', async () => {
    const run = await start(
      { issuer: server.issuer, mode: 'guided' },
      {},
      {
        approve: (step) =>
          (step.draft?.fields ?? []).map(([name, value]) => [name, name === 'state' ? 'my-own' : value] as const),
      },
    );
    expect(run.problem).toBeNull();
    expect(run.secrets.state).toBe('my-own');
  });

  test('a changed verifier is refused by the server', async () => {
    const run = await start(
      { issuer: server.issuer, mode: 'guided' },
      {},
      {
        approve: (step) =>
          (step.draft?.fields ?? []).map(
            ([name, value]) => [name, name === 'code_verifier' ? `${value}x` : value] as const,
          ),
      },
    );
    expect(run.problem).toMatchObject({ step: 'token', code: 'code-refused' });
  });
});
