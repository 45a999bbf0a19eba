import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../lib/model/observation.ts';
import { seen } from '../../../lib/model/observation.ts';
import { newRun, withLaterStep } from '../../../lib/runner/flows.ts';
import {
  NO_OPTIONS,
  PROBLEMS,
  type ProblemCode,
  type Run,
  type RunConfig,
  type Step,
  type TokenSet,
} from '../../../lib/runner/run.ts';
import {
  EMPTY_FORM,
  type FormSecrets,
  flowAnswer,
  formHost,
  NO_FORM_SECRETS,
  type RunForm,
  readForm,
  withAnswer,
} from '../../../lib/view/run-form.ts';
import { rawRunValue } from '../../../lib/view/run-values.ts';
import { plainText } from '../../../lib/view/text.ts';
import { runWords } from '../../../lib/view/words-run.ts';
import { BASE } from '../runner/real-run.ts';
import { viewOf as viewAt } from '../runner/view-of.ts';

const NOW = new Date(2026, 10, 23, 10, 45).getTime();
const REDIRECT = 'https://abcdefgh.chromiumapp.org/cb';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

const CONFIG: RunConfig = {
  ...BASE,
  issuer: 'https://as.example',
  clientId: 'web-portal',
  redirectUri: REDIRECT,
};

function exchange(url: string, time: number, more: Partial<Exchange> = {}): Exchange {
  return {
    is: 'exchange',
    id: `run#${time}`,
    trace: 'run',
    capture: 'run',
    time,
    tab: null,
    resource: null,
    initiator: null,
    redirectedFrom: null,
    truncated: false,
    source: { source: 0, entry: 0 },
    request: { method: 'GET', url, headers: seen([]), body: seen(null) },
    outcome: {
      is: 'response',
      response: { status: 200, headers: seen([]), body: seen({ is: 'text', text: '{"issuer":"https://as.example"}' }) },
    },
    ...more,
  };
}

/** Where the exchanges of the runs below belong. */
const sent: Partial<Record<Step['id'], number[]>> = { discovery: [0], token: [0] };

/** The steps as they are after so many of them, each a second long. */
function stepsAfter(done: number, last: Step['is'] = 'waiting', run: Run = newRun('run', CONFIG, {}, NOW)): Step[] {
  return run.steps.map((step, index) => ({
    ...step,
    exchanges: sent[step.id] ?? [],
    is: index < done ? 'done' : index === done ? last : 'waiting',
    startedAt: index < done || (index === done && last !== 'waiting') ? NOW + index * 1000 : null,
    endedAt: index < done || (index === done && last === 'failed') ? NOW + index * 1000 + 128 : null,
  }));
}

const runWith = (change: Partial<Run>): Run => ({ ...newRun('run', CONFIG, {}, NOW), ...change });

const viewOf = (run: Run, granted: readonly string[] = [], now = NOW + 27_000) => viewAt(run, granted, now);

describe('a run under way', () => {
  const url = `https://as.example/authorize?response_type=code&code_challenge=E9Melhoa2OwvFrEM&nonce=n-0S6_WzA2MjQ7xk3pLmQa`;
  const run = runWith({
    steps: stepsAfter(3, 'running'),
    authorizationUrl: url,
    secrets: {
      ...newRun('run', CONFIG, {}, NOW).secrets,
      codeVerifier: VERIFIER,
      state: 'vS3fXq8vT1mXc0aJr5yW2b',
      nonce: 'n-0S6_WzA2MjQ7xk3pLmQa',
    },
    exchanges: [exchange('https://as.example/.well-known/openid-configuration', NOW)],
  });

  it('waits for the person, with the window to show and the time so far', () => {
    const view = viewOf(run);
    const [discovery, pkce, request, signIn] = view.steps;
    expect(plainText(view.heading)).toBe('Authorization code with PKCE');
    expect(plainText(view.detail)).toBe('as.example, client web-portal, no secret');
    expect(view.footer).toBe('Step 4 of 7');
    expect(discovery).toMatchObject({ mark: 'pass', time: '128 ms' });
    expect(discovery?.exchanges[0]).toMatchObject({
      line: 'GET as.example/.well-known/openid-configuration',
      answer: '200',
    });
    expect(pkce?.values.map(({ name }) => name)).toEqual(['verifier', 'challenge', 'state', 'nonce']);
    expect(plainText(request?.says ?? [])).toBe('GET as.example/authorize, 3 parameters');
    expect(signIn).toMatchObject({ mark: 'running', window: true, time: '24 s' });
    expect(plainText(signIn?.name ?? [])).toBe('Waiting for you to sign in');
  });

  it('holds no secret; each is fetched when it is asked for', () => {
    const view = viewOf(run);
    expect(JSON.stringify(view)).not.toContain(VERIFIER);
    const verifier = view.steps[1]?.values[0];
    expect(verifier?.value).toBe('dBjf…•••• (43)');
    expect(verifier?.ref === null || verifier?.ref === undefined ? null : rawRunValue(run, verifier.ref)).toBe(
      VERIFIER,
    );
  });
});

describe('a run that is done', () => {
  const tokens = {
    accessToken: 'CSMRzCsicMWpAA2YotnFZFEjr1',
    tokenType: 'bearer',
    refreshToken: 'XZIhzCsicMWpAA2YotnFZFEjr1',
    idToken: null,
    scope: 'openid',
    expiresAt: NOW + 27_000 + 2_512_000,
  };
  const token = exchange('https://as.example/token', NOW + 5001, {
    request: {
      method: 'POST',
      url: 'https://as.example/token',
      headers: seen([['content-type', 'application/x-www-form-urlencoded']]),
      body: seen({ is: 'text', text: `grant_type=authorization_code&code_verifier=${VERIFIER}` }),
    },
    outcome: {
      is: 'response',
      response: {
        status: 200,
        headers: seen([]),
        body: seen({ is: 'text', text: JSON.stringify({ access_token: tokens.accessToken }) }),
      },
    },
  });
  const done = runWith({
    is: 'done',
    steps: stepsAfter(7),
    secrets: { ...newRun('run', CONFIG, {}, NOW).secrets, tokens },
    server: { issuer: 'https://as.example', token_endpoint: 'https://as.example/token' },
    exchanges: [token],
  });

  it('shows its tokens masked, when they expire, and what can be done with them', () => {
    const { result, heading } = viewOf(done);
    expect(plainText(heading)).toBe('Authorization code with PKCE: done');
    expect(result?.values.map(({ name }) => name)).toEqual(['access token', 'refresh token', 'type', 'scope']);
    expect(result?.strong).toBe('41 min 52 s');
    expect(result?.uses).toMatchObject({
      refresh: true,
      again: false,
      idToken: false,
      revocation: null,
      userinfo: false,
    });
    expect(JSON.stringify(viewOf(done))).not.toContain(tokens.accessToken);
  });

  it('shows what was sent and received in its step, masked, and gives it raw when asked', () => {
    const [sent] = viewOf(done).steps.find(({ id }) => id === 'token')?.exchanges ?? [];
    expect(sent?.request.map(({ name }) => name)).toEqual(['content-type', 'grant_type', 'code_verifier']);
    const verifier = sent?.request[2];
    expect(verifier?.value).not.toContain(VERIFIER);
    expect(verifier?.ref === null || verifier?.ref === undefined ? null : rawRunValue(done, verifier.ref)).toBe(
      VERIFIER,
    );
    expect(sent?.response[0]).toMatchObject({ name: 'access_token', value: 'CSMR…•••• (26)' });
  });

  it('says when the server names no expiry, and when it is over', () => {
    const without = { ...done, secrets: { ...done.secrets, tokens: { ...tokens, expiresAt: null } } };
    expect(viewOf(without).result).toMatchObject({ mark: 'cannotTell', strong: null });
    expect(viewOf(done, [], NOW + 9_999_000).result).toMatchObject({ mark: 'medium', rest: ' ago' });
  });

  it('says at its head what was done with them last, unless it failed there', () => {
    const end = (change: Partial<Step>, more: Partial<Run> = {}): Run => {
      const later = withLaterStep({ ...done, is: 'done' }, 'revocation', { token: 'refreshToken', url: null });
      const steps = later.steps.map((step) => (step.id === 'revocation' ? { ...step, ...change } : step));
      return { ...later, is: 'done', steps, ...more };
    };
    expect(viewOf({ ...done, is: 'done' }).later).toBeNull();
    const { later, result } = viewOf(
      end({ is: 'done', proved: ['token-revoked', 'tokens-dropped'] }, { secrets: { ...done.secrets, tokens: null } }),
    );
    expect(result).toBeNull();
    expect(later).toMatchObject({ key: 'revocation', mark: 'pass' });
    expect(plainText(later?.says ?? [])).toBe('The server has revoked it. No token of this run is held any more.');
    const waits = viewOf(end({ is: 'ready' }, { is: 'running' })).later;
    expect(plainText(waits?.says ?? [])).toMatch(/^Nothing was sent yet/);
    expect(viewOf(end({ is: 'failed' }, { is: 'failed' })).later).toBeNull();
  });

  it('from the cache says how long it lasts', () => {
    const config: RunConfig = { ...CONFIG, flow: 'clientCredentials' };
    const steps = stepsAfter(2, 'waiting', newRun('run', config, { clientSecret: 's' }, NOW)).map((step) =>
      step.id === 'token' ? { ...step, proved: ['tokens-from-cache' as const] } : step,
    );
    const { result } = viewOf({ ...done, config, steps });
    expect(plainText(result?.before ?? [])).toBe('From the cache, 41 min 52 s left.');
    expect(result?.uses?.again).toBe(true);
  });
});

describe('a run that failed', () => {
  const failedAt = (code: ProblemCode, about: string | null = 'as.example'): Run =>
    runWith({
      is: 'failed',
      steps: stepsAfter(5, 'failed'),
      problem: { step: 'token', code, detail: 'invalid_request: \u202eno', about },
      exchanges: [exchange('https://tokens.example/token', NOW + 5001)],
    });

  it('has another message for each problem', () => {
    const views = PROBLEMS.map((code) => viewOf(failedAt(code)).problem);
    const causes = views.map((problem) => plainText(problem?.cause ?? []));
    expect(new Set(causes).size).toBe(PROBLEMS.length);
    for (const problem of views) {
      expect(plainText(problem?.step ?? [])).toBe('Token request with the verifier');
      expect(plainText(problem?.next ?? []).length).toBeGreaterThan(20);
      expect(problem?.said).toBe('invalid_request: \\u{202E}no');
    }
  });

  it('gives the value to register, or the origin to allow', () => {
    expect(viewOf(failedAt('redirect-uri-refused')).problem?.copy?.value).toBe(REDIRECT);
    expect(viewOf(failedAt('origin-refused')).problem?.copy?.value).toBe('chrome-extension://abcdefgh');
    expect(viewOf(failedAt('code-refused')).problem?.copy).toBeNull();
  });

  it('offers access to the host only where it is missing and would help', () => {
    const { grant } = viewOf(failedAt('origin-refused')).problem ?? {};
    expect(grant).toEqual({ url: 'https://tokens.example/token', label: 'Give access to tokens.example' });
    expect(viewOf(failedAt('origin-refused'), ['tokens.example']).problem?.grant).toBeNull();
    expect(viewOf(failedAt('code-refused')).problem?.grant).toBeNull();
  });

  it('masks what a server repeats of what it was sent', () => {
    const run = failedAt('server-said-no');
    const detail = `invalid_request: verifier ${VERIFIER} refused`;
    const told = { ...run, problem: { step: 'token', code: 'server-said-no', detail, about: 'as.example' } as const };
    expect(viewAt(told, [], NOW, [VERIFIER]).problem?.said).toBe('invalid_request: verifier dBjf…•••• (43) refused');
  });

  describe('whose background was stopped while its refresh token was under way', () => {
    const tokens: TokenSet = {
      accessToken: 'CSMRzCsicMWpAA2YotnFZFEjr1',
      tokenType: 'bearer',
      refreshToken: 'XZIhzCsicMWpAA2YotnFZFEjr1',
      idToken: null,
      scope: null,
      expiresAt: null,
    };
    const stoppedIn = (code: ProblemCode, proved: Step['proved'] = []): Run => {
      const done = runWith({ is: 'done', steps: stepsAfter(7), server: { issuer: 'https://as.example' } });
      const first = withLaterStep(done, 'refresh', null);
      const steps = first.steps.map((step) =>
        step.key === 'refresh' ? { ...step, is: 'done' as const, proved } : step,
      );
      const second = withLaterStep({ ...first, is: 'done', steps }, 'refresh', null);
      return {
        ...second,
        is: 'failed',
        server: { issuer: 'https://as.example', introspection_endpoint: 'https://as.example/i', token_endpoint: 't' },
        steps: second.steps.map((step) => (step.key === 'refresh.2' ? { ...step, is: 'failed', sentAt: NOW } : step)),
        problem: { step: 'refresh.2', code, detail: null, about: null },
        secrets: { ...second.secrets, tokens },
      };
    };
    const nextOf = (run: Run) => plainText(viewOf(run).problem?.next ?? []);

    it('says when it left and what that may mean; the person sends it again, or asks first', () => {
      const { problem, retry, result } = viewOf(stoppedIn('interrupted'));
      expect(plainText(problem?.cause ?? [])).toMatch(/its request left at \d\d:\d\d:\d\d, and no answer was kept/);
      expect(retry).toEqual({ label: runWords.problem.sendRefresh, act: 'retry' });
      expect(problem?.asksRefresh).toBe(true);
      expect(result?.uses?.refresh).toBe(false);
      expect(result?.values.map(({ name }) => name)).toContain(runWords.result.refresh);
      expect(nextOf(stoppedIn('interrupted'))).toMatch(/^If the server replaces refresh tokens, the new one is lost/);
    });

    it('knows whether the server replaced one before', () => {
      expect(nextOf(stoppedIn('interrupted', ['refresh-rotated']))).toMatch(/^This server replaces refresh tokens/);
      expect(nextOf(stoppedIn('interrupted', ['refresh-kept']))).toMatch(/^This server did not replace/);
    });

    it('is not offered a second time what was refused', () => {
      const { problem, retry, result } = viewOf(stoppedIn('refresh-refused'));
      expect(retry).toEqual({ label: runWords.problem.signInAnew, act: 'again' });
      expect([problem?.asksRefresh, result?.uses?.refresh]).toEqual([false, false]);
    });
  });

  it('marks the step that failed, and those that were not reached', () => {
    const view = viewOf(failedAt('code-refused'));
    expect(plainText(view.heading)).toBe('Stopped at: Token request with the verifier');
    expect(view.steps.map(({ mark }) => mark)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass', 'stopped', 'notYet']);
    expect(plainText(view.steps[6]?.says ?? [])).toBe('Not reached');
  });
});

describe('which flow', () => {
  const answer = (person: boolean | null, keepsSecret: boolean | null) =>
    flowAnswer({ ...EMPTY_FORM, person, keepsSecret });

  it('two answers lead to one of three, or to none', () => {
    expect([answer(true, true), answer(true, false), answer(false, true), answer(false, false)]).toEqual([
      'confidential',
      'public',
      'service',
      'none',
    ]);
    expect([answer(null, true), answer(true, null)]).toEqual([null, null]);
  });

  it('opens the flow in the form, with scopes that fit it', () => {
    expect(withAnswer(EMPTY_FORM, 'service')).toMatchObject({ page: 'form', flow: 'clientCredentials', scope: '' });
    expect(withAnswer({ ...EMPTY_FORM, scope: 'openid read' }, 'public')).toMatchObject({ scope: 'openid read' });
  });
});

describe('the form', () => {
  const form: RunForm = {
    ...EMPTY_FORM,
    issuer: ' https://as.example/t1 ',
    clientId: ' web-portal ',
    scope: 'openid  read',
  };
  const given = (change: Partial<FormSecrets>): FormSecrets => ({ ...NO_FORM_SECRETS, ...change });
  const read = (change: Partial<RunForm>, secrets: Partial<FormSecrets> = {}) =>
    readForm({ ...form, ...change }, given(secrets), REDIRECT);

  it.each([
    ['https://client.example', {}, runWords.form.wrong.clientDocument],
    ['https://client.example/a/../b', {}, runWords.form.wrong.clientDocument],
    ['https://client.example/%2E/b', {}, runWords.form.wrong.clientDocument],
    ['https://jo@client.example/b', {}, runWords.form.wrong.clientDocument],
    ['https://client.example/b#c', {}, runWords.form.wrong.clientDocument],
    ['https://client.example/b', { method: 'client_secret_basic' }, runWords.form.wrong.documentSecret],
    ['https://client.example/b?c=..', {}, null],
    ['https://client.example/', {}, null],
    ['client.example', {}, null],
  ] as const)('from a resource, the client id %s with %j', (clientId, change, wrong) => {
    const result = read({ flow: 'resource', resourceUrl: 'https://api.example/mcp', clientId, ...change });
    expect('wrong' in result ? result.wrong : null).toBe(wrong);
  });

  it('becomes a configuration', () => {
    expect(read({})).toEqual({
      config: { ...CONFIG, issuer: 'https://as.example/t1', scope: 'openid read' },
      given: { clientSecret: null, clientKey: null, token: null, initialAccessToken: null },
    });
    expect(read({ method: 'client_secret_post' }, { clientSecret: 's' })).toMatchObject({
      config: { authentication: 'client_secret_post' },
      given: { clientSecret: 's' },
    });
    expect(formHost(form)).toBe('as.example');
  });

  const w = runWords.form.wrong;
  it.each<[string, Partial<RunForm>, string]>([
    ['no issuer', { issuer: '' }, w.issuer],
    ['http elsewhere', { issuer: 'http://as.example' }, w.issuer],
    ['another scheme', { issuer: 'javascript:alert(1)' }, w.issuer],
    ['no resource', { flow: 'resource' }, w.resource],
    [
      'no authorization endpoint',
      { server: 'endpoints', endpoints: { token_endpoint: 'https://as.example/token' } },
      w.endpoint('Authorization endpoint'),
    ],
    [
      'no token endpoint',
      { server: 'endpoints', endpoints: { authorization_endpoint: 'https://as.example/a' } },
      w.endpoint('Token endpoint'),
    ],
    [
      'no endpoint for pushed requests',
      {
        server: 'endpoints',
        par: true,
        endpoints: { authorization_endpoint: 'https://as.example/a', token_endpoint: 'https://as.example/token' },
      },
      w.endpoint('Endpoint for pushed requests'),
    ],
    ['no client', { clientId: ' ' }, w.clientId],
    ['no secret', { flow: 'clientCredentials', method: 'client_secret_basic' }, w.secret],
    ['no key', { method: 'private_key_jwt' }, w.key],
    ['no key to sign the request with', { jar: true }, w.key],
    ['no token', { flow: 'refresh' }, w.token('Refresh token')],
    ['details that are no list', { details: '{"type":"payment"}' }, w.details],
    ['details without a type', { details: '[{}]' }, w.details],
    ['a resource with a fragment', { resources: 'https://api.example/#a' }, w.resources],
    ['a line without a name', { extra: 'prompt=login\n=x' }, w.extra(2)],
    ['a grant that is not offered', { flow: 'implicit' }, w.notOffered],
  ])('names what is wrong: %s', (_what, change, wrong) => {
    expect(read(change)).toEqual({ wrong });
  });

  it.each(['http://127.0.0.1:3000', 'http://localhost', 'http://as.localhost:8080', 'http://[::1]:1'])(
    'takes %s: this machine',
    (issuer) => {
      expect(read({ issuer })).toHaveProperty('config');
    },
  );

  it('needs only the token endpoint for client credentials', () => {
    const byHand = {
      flow: 'clientCredentials',
      server: 'endpoints',
      method: 'client_secret_basic',
      endpoints: { token_endpoint: 'https://as.example/token' },
    } as const;
    expect(read(byHand, { clientSecret: 's' })).toMatchObject({
      config: { issuer: null, endpoints: { token_endpoint: 'https://as.example/token' } },
    });
    expect(formHost({ ...form, ...byHand })).toBe('as.example');
  });

  it('leaves out what the flow has no use for, secrets too', () => {
    const read = readForm(
      { ...form, flow: 'introspection', jar: true, details: 'no JSON', redirectUri: 'x' } as RunForm,
      given({ token: 't', clientSecret: 's', initialAccessToken: 'i' }),
      REDIRECT,
    );
    expect(read).toMatchObject({
      config: { options: NO_OPTIONS, scope: '' },
      given: { token: 't', clientSecret: null, initialAccessToken: null },
    });
  });
});
