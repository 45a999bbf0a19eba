import { describe, expect, test } from 'vitest';
import { advance, begin, cancel, problem, type RunnerIo, resume } from '../../../lib/runner/advance.ts';
import { currentStep, newRun, type Run, type RunConfig, type ServerMetadata } from '../../../lib/runner/run.ts';
import { sha256Base64url } from '../../../lib/token/hash.ts';

const CONFIG: RunConfig = {
  flow: 'code',
  issuer: 'https://as.example',
  endpoints: null,
  clientId: 'web-portal',
  authentication: 'none',
  scope: 'openid profile',
  redirectUri: 'https://extension.example/cb',
};
const METADATA: ServerMetadata = {
  issuer: 'https://as.example',
  authorization_endpoint: 'https://as.example/authorize?tenant=1',
  token_endpoint: 'https://as.example/token',
  jwks_uri: 'https://as.example/jwks',
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
};
const TOKENS = {
  accessToken: 'access-token-value',
  tokenType: 'bearer',
  refreshToken: null,
  idToken: 'a.b.c',
  scope: null,
  expiresAt: null,
};

/** A server and a browser that do as they are told. Faked: the transport is tested against a real server elsewhere. */
function outside(
  changes: { metadata?: Partial<ServerMetadata>; answer?: Record<string, string | null>; tokens?: object } = {},
) {
  const calls: string[] = [];
  let randoms = 0;
  const io: RunnerIo = {
    server: {
      discover: () => {
        calls.push('discover');
        return Promise.resolve({ exchanges: [], value: { ...METADATA, ...changes.metadata } });
      },
      redeem: (_server, _client, input) => {
        calls.push(`redeem ${input.codeVerifier}`);
        return Promise.resolve({ exchanges: [], value: { ...TOKENS, ...changes.tokens } });
      },
      clientCredentials: () => {
        calls.push('clientCredentials');
        return Promise.resolve({ exchanges: [], value: TOKENS });
      },
      refresh: () => Promise.resolve({ exchanges: [], value: TOKENS }),
      checkIdToken: (_server, _client, _tokens, nonce) => {
        calls.push(`checkIdToken ${nonce}`);
        return Promise.resolve({ exchanges: [], value: ['signature-valid', 'claims-valid', 'at-hash-valid'] });
      },
    },
    signIn: (url) => {
      calls.push('signIn');
      const sent = new URL(url).searchParams;
      const answer = {
        code: 'SplxlOBeZQQYbYS6WxSbIA',
        state: sent.get('state'),
        iss: 'https://as.example',
        ...changes.answer,
      };
      const callback = new URL(CONFIG.redirectUri);
      for (const [name, value] of Object.entries(answer)) if (value !== null) callback.searchParams.set(name, value);
      return Promise.resolve({ exchanges: [], value: callback.href });
    },
    random: () => `random-${++randoms}`,
    s256: sha256Base64url,
    now: () => 1_000_000,
  };
  return { io, calls };
}

async function runAll(run: Run, io: RunnerIo): Promise<Run> {
  let current = run;
  for (let turns = 0; turns < 20 && current.is === 'running'; turns++) {
    current = await advance(begin(current, io.now()), io);
  }
  return current;
}

const fresh = (config: Partial<RunConfig> = {}): Run => newRun('r1', { ...CONFIG, ...config }, null, 0);

describe('code with PKCE', () => {
  test('goes through its seven steps in order', async () => {
    const { io, calls } = outside();
    const run = await runAll(fresh(), io);
    expect(run.is).toBe('done');
    expect(run.steps.map((step) => step.is)).toEqual(Array(7).fill('done'));
    expect(calls).toEqual(['discover', 'signIn', 'redeem random-1', 'checkIdToken random-3']);
    expect(run.secrets.tokens).toEqual(TOKENS);
  });

  test('the request carries challenge, state and nonce, and keeps what the endpoint had', async () => {
    const { io } = outside();
    const run = await runAll(fresh(), io);
    const sent = new URL(run.authorizationUrl ?? '').searchParams;
    expect(Object.fromEntries(sent)).toEqual({
      tenant: '1',
      response_type: 'code',
      client_id: 'web-portal',
      redirect_uri: CONFIG.redirectUri,
      scope: 'openid profile',
      state: 'random-2',
      nonce: 'random-3',
      code_challenge: await sha256Base64url('random-1'),
      code_challenge_method: 'S256',
    });
  });

  test('no nonce without openid', async () => {
    const { io } = outside({ tokens: { idToken: null } });
    const run = await runAll(fresh({ scope: 'profile' }), io);
    expect(new URL(run.authorizationUrl ?? '').searchParams.has('nonce')).toBe(false);
    expect(run.steps.at(-1)).toMatchObject({ is: 'skipped', proved: ['no-id-token'] });
  });

  test.each([
    ['another state', { state: 'forged' }, 'state-mismatch'],
    ['no state', { state: null }, 'state-missing'],
    ['another issuer', { iss: 'https://evil.example' }, 'iss-mismatch'],
    ['no iss though it was promised', { iss: null }, 'iss-missing'],
    ['an error', { code: null, error: 'access_denied' }, 'server-said-no'],
    ['no code', { code: null }, 'malformed-response'],
  ])('a callback with %s stops before the code is sent', async (_name, answer, code) => {
    const { io, calls } = outside({ answer });
    const run = await runAll(fresh(), io);
    expect(run).toMatchObject({ is: 'failed', problem: { step: 'callback', code } });
    expect(calls).toEqual(['discover', 'signIn']);
  });

  test('no iss is fine where the server does not promise one', async () => {
    const { io } = outside({
      metadata: { authorization_response_iss_parameter_supported: false },
      answer: { iss: null },
    });
    expect((await runAll(fresh(), io)).is).toBe('done');
  });

  test('endpoints by hand need no discovery', async () => {
    const { io, calls } = outside();
    const endpoints = { authorization: 'https://as.example/a', token: 'https://as.example/t' };
    const run = await runAll(fresh({ issuer: null, endpoints }), io);
    expect(run.is).toBe('done');
    expect(calls).not.toContain('discover');
    expect(run.steps.at(-1)).toMatchObject({ is: 'skipped', proved: ['no-keys-known'] });
  });

  test('metadata without an authorization endpoint names what is missing', async () => {
    const { io } = outside();
    io.server.discover = () => Promise.resolve({ exchanges: [], value: { issuer: 'https://as.example' } });
    expect((await runAll(fresh(), io)).problem).toEqual({
      step: 'discovery',
      code: 'endpoint-missing',
      detail: null,
      about: 'authorization_endpoint',
    });
  });

  test('a problem of the server names the step it came in', async () => {
    const { io } = outside();
    io.server.redeem = () =>
      Promise.resolve({ exchanges: [], problem: problem('code-refused', 'invalid_grant', 'as.example') });
    expect((await runAll(fresh(), io)).problem).toMatchObject({ step: 'token', code: 'code-refused' });
  });

  test('what a transport throws ends the run and is no unhandled error', async () => {
    const { io } = outside();
    io.signIn = () => Promise.reject(new Error('gone'));
    expect((await runAll(fresh(), io)).problem).toMatchObject({ step: 'signIn', code: 'unexpected', detail: 'gone' });
  });
});

test('client credentials have two steps', async () => {
  const { io, calls } = outside();
  const run = await runAll(newRun('r1', { ...CONFIG, flow: 'clientCredentials' }, 'secret', 0), io);
  expect(run.is).toBe('done');
  expect(calls).toEqual(['discover', 'clientCredentials']);
});

describe('a worker that was stopped', () => {
  /** The run as it was stored when the step had been marked, before it was done. */
  async function stoppedIn(step: string): Promise<{ run: Run; io: RunnerIo; calls: string[] }> {
    const { io, calls } = outside();
    let run = begin(fresh(), 0);
    while (currentStep(run)?.id !== step) run = begin(await advance(run, io), 0);
    return { run, io, calls };
  }

  test.each(['discovery', 'pkce', 'request', 'callback', 'idToken'])('%s is done again', async (step) => {
    const { run, io } = await stoppedIn(step);
    expect((await runAll(resume(run, 0), io)).is).toBe('done');
  });

  test.each(['signIn', 'token'])('%s is not repeated in secret', async (step) => {
    const { run, io, calls } = await stoppedIn(step);
    const before = calls.length;
    const resumed = await runAll(resume(run, 0), io);
    expect(resumed).toMatchObject({ is: 'failed', problem: { step, code: 'interrupted' } });
    expect(calls.length).toBe(before);
  });

  test('between two steps nothing is lost', async () => {
    const { io } = outside();
    const run = await advance(begin(fresh(), 0), io);
    expect(resume(run, 0)).toEqual(run);
  });
});

test('a cancelled run does nothing more', async () => {
  const { io, calls } = outside();
  const run = cancel(begin(fresh(), 0), 5);
  expect(run).toMatchObject({ is: 'cancelled' });
  expect(await advance(run, io)).toBe(run);
  expect(calls).toEqual([]);
});
