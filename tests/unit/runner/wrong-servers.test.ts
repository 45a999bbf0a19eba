import { request, type ServerResponse } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NO_OPTIONS, PROBLEMS, type ProblemCode, type Run, type RunConfig } from '../../../lib/runner/run.ts';
import type { Fetch } from '../../../lib/runner/transport/recorder.ts';
import { plainText } from '../../../lib/view/text.ts';
import { problemWords } from '../../../lib/view/words-run-problems.ts';
import { FULL_SECRET, type FullServer, startFullServer } from '../../servers/full-server.ts';
import { REDIRECT_URI, start, type Wishes } from './real-run.ts';
import { viewOf } from './view-of.ts';

let server: FullServer;
beforeAll(async () => {
  server = await startFullServer(REDIRECT_URI);
});
afterAll(() => server.stop());
afterEach(() => {
  server.alter = null;
  server.answer = null;
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
        const init = { status: answer.statusCode ?? 0, headers: { 'content-type': type } };
        resolve(new Response(Buffer.concat(chunks), init));
      });
    });
    sent.on('error', reject);
    sent.end(init.body === null || init.body === undefined ? undefined : String(init.body));
  });

const at =
  (path: string, act: (response: ServerResponse) => void) =>
  (asked: string, response: ServerResponse): boolean => {
    if (asked !== path) return false;
    act(response);
    return true;
  };

const json = (response: ServerResponse, status: number, body: unknown, type = 'application/json'): void =>
  void response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));

const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
const write = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Changes the ID token; what is changed is no longer signed, so claims are told apart from the signature by name. */
const claims = (change: (payload: Record<string, unknown>, header: Record<string, unknown>) => void) => () => {
  server.alter = (ctx: KoaContextWithOIDC) => {
    const body = ctx.body as { id_token?: string } | null;
    if (ctx.path !== '/token' || typeof body?.id_token !== 'string') return;
    const [head = '', middle = '', signature] = body.id_token.split('.');
    const header = read(head);
    const payload = read(middle);
    change(payload, header);
    ctx.body = { ...body, id_token: `${write(header)}.${write(payload)}.${signature}` };
  };
};

const token = (change: (body: Record<string, unknown>) => object) => () => {
  server.alter = (ctx: KoaContextWithOIDC) => {
    if (ctx.path === '/token' && ctx.status === 200) ctx.body = change(ctx.body as Record<string, unknown>);
  };
};

interface Wrong {
  readonly what: string;
  readonly step: string;
  readonly code: ProblemCode;
  /** What is shown as said by the server, where the case is about that. */
  readonly detail?: string;
  readonly set?: () => void;
  readonly wishes?: Wishes;
  readonly config?: Partial<RunConfig>;
  /** Claims of the ID token that differ; it is signed by the server's own key. */
  readonly claims?: Record<string, unknown>;
}

/** The right server signs what it should not: its key set and its ID tokens are replaced together. */
const resigned =
  (changed: Record<string, unknown>): Fetch =>
  async (url, init) => {
    const { jwk, privateKey } = await signer;
    if (url.endsWith('/jwks')) return Response.json({ keys: [jwk] });
    const response = await fetch(url, init);
    if (!url.endsWith('/token')) return response;
    const body = (await response.json()) as { id_token: string };
    const payload = read(body.id_token.split('.')[1] ?? '');
    const text = `${write({ alg: 'ES256', kid: 'new' })}.${write({ ...payload, ...changed })}`;
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(text));
    return Response.json({ ...body, id_token: `${text}.${Buffer.from(signature).toString('base64url')}` });
  };

async function makeSigner() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const { privateKey, publicKey } = (await crypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  return { privateKey, jwk: { ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'new', alg: 'ES256' } };
}
const signer = makeSigner();

/** Seconds since the epoch. */
const now = Math.floor(Date.now() / 1000);

/** Somebody was faster: each code is redeemed before the run redeems it. */
const redeemedBefore: Fetch = async (url, init) => {
  if (url.endsWith('/token')) await (await fetch(url, init)).text();
  return fetch(url, init);
};

const callback = (change: (url: URL) => void): Wishes => ({ callback: change });
const metadata = '/.well-known/openid-configuration';
const answers = (path: string, act: (response: ServerResponse) => void) => () => {
  server.answer = at(path, act);
};
const refuses = (error: string, description: string | null = null, status = 400) =>
  answers('/token', (response) =>
    json(response, status, { error, ...(description === null ? {} : { error_description: description }) }),
  );

const CASES: readonly Wrong[] = [
  {
    what: 'wrong state',
    step: 'callback',
    code: 'state-mismatch',
    wishes: callback((url) => url.searchParams.set('state', 'x')),
  },
  {
    what: 'no state',
    step: 'callback',
    code: 'state-missing',
    wishes: callback((url) => url.searchParams.delete('state')),
  },
  {
    what: 'state twice',
    step: 'callback',
    code: 'parameter-repeated',
    wishes: callback((url) => url.searchParams.append('state', 'x')),
  },
  {
    what: 'wrong iss',
    step: 'callback',
    code: 'iss-mismatch',
    wishes: callback((url) => url.searchParams.set('iss', 'https://evil.example')),
  },
  {
    what: 'no iss, although promised',
    step: 'callback',
    code: 'iss-missing',
    wishes: callback((url) => url.searchParams.delete('iss')),
  },
  {
    what: 'no code',
    step: 'callback',
    code: 'code-missing',
    wishes: callback((url) => url.searchParams.delete('code')),
  },
  {
    what: 'an error in the fragment',
    step: 'callback',
    code: 'answer-in-fragment',
    wishes: callback((url) => {
      url.searchParams.delete('code');
      url.hash = new URLSearchParams({
        ...Object.fromEntries(url.searchParams),
        error: 'unauthorized_client',
      }).toString();
      url.search = '';
    }),
  },
  { what: 'the person says no', step: 'callback', code: 'person-refused', wishes: { agree: false } },
  {
    what: 'no signed response, although asked for',
    step: 'callback',
    code: 'response-missing',
    config: { options: { ...NO_OPTIONS, jarm: true } },
    wishes: callback((url) => url.searchParams.delete('response')),
  },
  {
    what: 'a signed response that was changed',
    step: 'callback',
    code: 'response-invalid',
    config: { options: { ...NO_OPTIONS, jarm: true } },
    wishes: callback((url) =>
      url.searchParams.set('response', `${url.searchParams.get('response')?.slice(0, -6)}AAAAAA`),
    ),
  },
  {
    what: 'another code',
    step: 'token',
    code: 'code-refused',
    wishes: callback((url) => url.searchParams.set('code', 'SplxlOBeZQQYbYS6WxSbIA')),
  },
  { what: 'a code that was used', step: 'token', code: 'code-refused', wishes: { fetch: redeemedBefore } },
  {
    what: 'PKCE refused',
    step: 'token',
    code: 'pkce-refused',
    set: refuses('invalid_grant', 'PKCE verification failed'),
  },
  {
    what: 'redirect URI differs',
    step: 'token',
    code: 'redirect-uri-differs',
    set: refuses('invalid_grant', 'redirect_uri mismatch'),
  },
  {
    what: 'wrong secret',
    step: 'token',
    code: 'client-refused',
    config: { clientId: 'post', authentication: 'client_secret_post' },
  },
  {
    what: 'challenge beside the error',
    step: 'token',
    code: 'client-refused',
    set: answers('/token', (response) => {
      response.setHeader('www-authenticate', 'Basic realm="as"');
      json(response, 401, { error: 'invalid_client' });
    }),
  },
  {
    what: 'clock of the assertion',
    step: 'token',
    code: 'assertion-clock',
    set: refuses('invalid_client', 'assertion has expired (exp)', 401),
  },
  { what: 'grant not allowed', step: 'token', code: 'client-not-allowed', set: refuses('unauthorized_client') },
  { what: 'grant unknown', step: 'token', code: 'grant-unsupported', set: refuses('unsupported_grant_type') },
  { what: 'scope refused', step: 'token', code: 'scope-refused', set: refuses('invalid_scope') },
  { what: 'resource refused', step: 'token', code: 'target-refused', set: refuses('invalid_target') },
  { what: 'proof refused', step: 'token', code: 'dpop-refused', set: refuses('invalid_dpop_proof') },
  { what: 'Origin refused', step: 'token', code: 'origin-refused', wishes: { fetch: fetchWithOrigin } },
  {
    what: 'another error',
    step: 'token',
    code: 'server-said-no',
    set: refuses('invalid_request', 'AADSTS50011: the address does not match'),
  },
  {
    what: '500',
    step: 'token',
    code: 'http-error',
    set: answers('/token', (response) => response.writeHead(500).end()),
  },
  {
    what: 'HTML for JSON',
    step: 'token',
    code: 'html',
    set: answers('/token', (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'),
    ),
  },
  {
    what: 'wrong content type',
    step: 'token',
    code: 'content-type',
    set: answers('/token', (response) =>
      json(response, 200, { access_token: 'x', token_type: 'bearer' }, 'text/plain'),
    ),
  },
  {
    what: 'JSON that is cut',
    step: 'token',
    code: 'not-json',
    set: answers('/token', (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":'),
    ),
  },
  {
    what: 'a body that ends early',
    step: 'token',
    code: 'cut-off',
    set: answers('/token', (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{');
      setTimeout(() => response.destroy(), 20);
    }),
  },
  {
    what: 'a huge body',
    step: 'token',
    code: 'too-large',
    set: answers('/token', (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(2_000_000)}"`),
    ),
  },
  {
    what: 'no answer',
    step: 'token',
    code: 'too-slow',
    wishes: { timeout: 300 },
    set: answers('/token', () => undefined),
  },
  {
    what: 'a redirect',
    step: 'token',
    code: 'redirected',
    set: answers('/token', (response) => response.writeHead(302, { location: '/elsewhere' }).end()),
  },
  {
    what: 'a redirect loop',
    step: 'discovery',
    code: 'redirected',
    set: answers(metadata, (response) => response.writeHead(302, { location: metadata }).end()),
  },
  {
    what: 'no access token',
    step: 'token',
    code: 'malformed-response',
    set: token(({ access_token: _gone, ...rest }) => rest),
  },
  {
    what: 'another token type',
    step: 'token',
    code: 'token-type-wrong',
    set: token((body) => ({ ...body, token_type: 'mac' })),
  },
  {
    what: 'alg none',
    step: 'idToken',
    code: 'alg-wrong',
    set: claims((_payload, header) => {
      header['alg'] = 'none';
    }),
  },
  {
    what: 'bad signature',
    step: 'idToken',
    code: 'signature-invalid',
    set: claims((payload) => {
      payload['acr'] = 'x';
    }),
  },
  {
    what: 'no token at all',
    step: 'idToken',
    code: 'id-token-unreadable',
    set: token((body) => ({ ...body, id_token: 'x.y' })),
  },
  {
    what: 'an ID token of another issuer',
    step: 'idToken',
    code: 'id-token-issuer',
    claims: { iss: 'https://evil.example' },
  },
  {
    what: 'an ID token for another client',
    step: 'idToken',
    code: 'id-token-audience',
    claims: { aud: 'someone-else' },
  },
  { what: 'an expired ID token', step: 'idToken', code: 'id-token-expired', claims: { exp: now - 600 } },
  { what: 'an ID token from the future', step: 'idToken', code: 'id-token-clock', claims: { iat: now + 600 } },
  { what: 'wrong nonce', step: 'idToken', code: 'nonce-mismatch', claims: { nonce: 'x' } },
  { what: 'wrong at_hash', step: 'idToken', code: 'at-hash-mismatch', claims: { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } },
  { what: 'an ID token about nobody', step: 'idToken', code: 'claim-wrong', claims: { sub: undefined } },
  {
    what: 'keys that cannot be had',
    step: 'idToken',
    code: 'http-error',
    set: answers('/jwks', (response) => response.writeHead(503).end()),
  },
  {
    what: 'another issuer in the metadata',
    step: 'discovery',
    code: 'issuer-mismatch',
    set: answers(metadata, (response) => json(response, 200, { issuer: 'https://evil.example' })),
  },
  { what: 'no metadata', step: 'discovery', code: 'no-metadata', config: { issuer: 'SERVER/elsewhere' } },
  {
    what: 'no endpoint for it',
    step: 'discovery',
    code: 'endpoint-missing',
    set: answers(metadata, (response) => json(response, 200, { issuer: server.issuer })),
  },
  { what: 'nobody listens', step: 'discovery', code: 'server-unreachable', config: { issuer: 'http://127.0.0.1:9' } },
  { what: 'no TLS', step: 'discovery', code: 'insecure-endpoint', config: { issuer: 'http://as.example' } },
  {
    what: 'an open resource',
    step: 'probe',
    code: 'resource-open',
    config: { flow: 'resource' },
    set: answers('/api', (response) => json(response, 200, {})),
  },
  {
    what: '401 without a challenge',
    step: 'probe',
    code: 'no-challenge',
    config: { flow: 'resource' },
    set: answers('/api', (response) => json(response, 401, {})),
  },
  {
    what: 'metadata of another resource',
    step: 'resourceMetadata',
    code: 'resource-mismatch',
    config: { flow: 'resource' },
    set: answers('/.well-known/oauth-protected-resource/api', (response) =>
      json(response, 200, { resource: 'https://other.example/api', authorization_servers: ['https://as.example'] }),
    ),
  },
  {
    what: 'a resource without metadata',
    step: 'resourceMetadata',
    code: 'no-resource-metadata',
    config: { flow: 'resource' },
    set: answers('/.well-known/oauth-protected-resource/api', (response) => response.writeHead(404).end()),
  },
  {
    what: 'a resource without a server',
    step: 'resourceMetadata',
    code: 'no-authorization-server',
    config: { flow: 'resource' },
    set: answers('/.well-known/oauth-protected-resource/api', (response) =>
      json(response, 200, { resource: server.resource }),
    ),
  },
  {
    what: 'an error of userinfo that stands only in the body',
    step: 'userinfo',
    code: 'token-refused',
    detail: 'invalid_token: it was signed out',
    config: { flow: 'userinfo' },
    set: answers('/me', (response) =>
      json(response, 400, { error: 'invalid_token', error_description: 'it was signed out' }),
    ),
  },
  {
    what: 'registration refused',
    step: 'client',
    code: 'registration-refused',
    config: { flow: 'resource' },
    set: answers('/reg', (response) => json(response, 400, { error: 'invalid_redirect_uri' })),
  },
];

function runOf({ set, wishes, config, claims: changed }: Wrong): Promise<Run> {
  set?.();
  const flow = config?.flow ?? 'code';
  const issuer = config?.issuer?.replace('SERVER', server.issuer) ?? server.issuer;
  const where = flow === 'resource' ? { resourceUrl: server.resource, clientId: '', scope: '' } : { issuer };
  return start(
    { ...config, ...where },
    { clientSecret: FULL_SECRET.replace('not', 'NOT'), token: 'a-token' },
    {
      ...wishes,
      ...(changed === undefined ? {} : { fetch: resigned(changed) }),
    },
  );
}

describe('servers that do it wrong', () => {
  test.each(CASES)('$what', async (wrong) => {
    const run = await runOf(wrong);
    expect(run.problem).toMatchObject({ step: wrong.step, code: wrong.code });
    if (wrong.detail !== undefined) expect(run.problem?.detail).toBe(wrong.detail);
    const view = viewOf(run);
    // The step is named, the cause is said, and there is a way on.
    expect(plainText(view.heading)).toContain(plainText(view.problem?.step ?? []));
    expect(plainText(view.problem?.cause ?? [])).not.toBe('');
    expect(view.retry?.label).toContain('Try again from');
    if (wrong.claims === undefined) return;
    // One point that is wrong does not hide the others.
    const checks = run.steps.at(-1)?.checks ?? [];
    expect(checks.filter(({ is }) => is === 'invalid')).toHaveLength(1);
    expect(checks.find(({ of }) => of === 'signature')?.is).toBe('valid');
  });

  test('there are thirty of them and more, and each kind has a message of its own', () => {
    const kinds = new Set(CASES.map(({ code }) => code));
    expect(kinds.size).toBeGreaterThanOrEqual(30);
    const facts = {
      host: 'as.example',
      about: 'x',
      step: 'token',
      origin: EXTENSION,
      said: null,
      sentAt: null,
      rotates: null,
    } as const;
    const causes = PROBLEMS.map((code) => problemWords[code](facts).cause);
    expect(new Set(causes).size).toBe(PROBLEMS.length);
  });

  test('nothing of a wrong callback reaches the token endpoint', async () => {
    server.received.length = 0;
    for (const wrong of CASES.filter(({ step }) => step === 'callback')) await runOf(wrong);
    expect(server.received.filter(({ path }) => path === '/token')).toEqual([]);
  });
});
