import type { Exchange } from '../../lib/model/observation.ts';
import { seen, unseen } from '../../lib/model/observation.ts';
import { type LaterStep, newRun, withLaterStep } from '../../lib/runner/flows.ts';
import { NO_OPTIONS, type Problem, type Run, type RunConfig, type Step, type StepId } from '../../lib/runner/run.ts';
import type { Demo } from '../servers/start-demo.ts';
import type { Extension, Tab } from './harness/browser.ts';
import { until } from './harness/browser.ts';

/** One state of the views "Token" and "Run": what lies in the session's memory, what the person does, the heading. */
export interface PanelState {
  /** Also the file name of its picture. */
  readonly name: string;
  readonly tab: 'token' | 'run';
  readonly heading: string | RegExp;
  readonly form?: object;
  /** The captured request that the form was filled from. */
  readonly captured?: object;
  readonly run?: (from: number) => Run;
  /** Hosts that the browser gives access to until the state is there. */
  readonly grants?: string;
  /** The background goes on with the run, by its own clock. */
  readonly live?: true;
  readonly act?: (popup: Tab, from: number) => Promise<void>;
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of the demo's server; signed by nobody, so that its text stays the same. */
function idToken(from: number): string {
  const iat = Math.floor(from / 1000) - 1088;
  const claims = {
    iss: 'https://as.example',
    sub: '248289761001',
    aud: 'web-portal',
    exp: iat + 3600,
    iat,
    auth_time: iat - 5,
    nonce: 'n-0S6_WzA2MjQ7xk3pLmQa',
    amr: ['pwd', 'otp'],
    email: 'ada@app.example',
  };
  return `${base64url({ alg: 'ES256', kid: 'k2026-09' })}.${base64url(claims)}.TJvA0aJr5yW2bN7uGd4sLhEfPiK6tVwR9xZk3qOq8vT1mXc`;
}

/** An access token that is none of the reader's business. */
const OPAQUE = '2YotnFZFEjr1zCsicMWpAA8fj3nQz';

const paste = async (popup: Tab, text: string): Promise<void> => {
  await popup.fill('.token-field textarea', text);
  await popup.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }, undefined);
  await until('the token', () =>
    popup.evaluate(() => document.querySelector('.token-verdict, .pasted-card') !== null || null, undefined),
  );
};

const CONFIG: RunConfig = {
  flow: 'code',
  mode: 'through',
  issuer: 'https://as.example',
  endpoints: null,
  resourceUrl: null,
  clientId: 'web-portal',
  authentication: 'none',
  scope: 'openid profile',
  redirectUri: 'https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/cb',
  options: NO_OPTIONS,
  exchange: null,
  tokenTypeHint: '',
};

const METADATA = {
  issuer: 'https://as.example',
  authorization_endpoint: 'https://as.example/authorize',
  token_endpoint: 'https://as.example/token',
  jwks_uri: 'https://as.example/jwks',
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
};
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const STATE = 'vS3fXq8vT1mXc0aJr5yW2bN7uGd4sLhEfPiK6tVwR9x';
const NONCE = 'nK9fXq8vT1mXc0aJr5yW2bN7uGd4sLhEfPiK6tVwR9x';
const AUTHORIZATION = `https://as.example/authorize?${new URLSearchParams({
  response_type: 'code',
  client_id: CONFIG.clientId,
  redirect_uri: CONFIG.redirectUri,
  scope: CONFIG.scope,
  state: STATE,
  nonce: NONCE,
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
})}`;
const CALLBACK = `${CONFIG.redirectUri}?code=SplxlOBeZQQYbYS6WxSbIA&state=${STATE}&iss=https%3A%2F%2Fas.example`;

function exchange(entry: number, time: number, url: string, answer: object | string): Exchange {
  return {
    is: 'exchange',
    id: `run#${entry}`,
    trace: 'run',
    capture: 'run',
    time,
    tab: null,
    resource: null,
    initiator: null,
    redirectedFrom: null,
    truncated: false,
    source: { source: 0, entry },
    request: { method: 'GET', url, headers: seen([['accept', 'application/json']]), body: seen(null) },
    outcome: {
      is: 'response',
      response: {
        status: 200,
        headers: seen([['content-type', typeof answer === 'string' ? 'text/html' : 'application/json']]),
        body: seen({ is: 'text', text: typeof answer === 'string' ? answer : JSON.stringify(answer) }),
      },
    },
  };
}

/** Milliseconds that each step took. */
const TOOK: Readonly<Partial<Record<StepId, number>>> = {
  discovery: 128,
  pkce: 1,
  request: 2,
  signIn: 21_400,
  callback: 1,
  token: 96,
  idToken: 74,
};

const PROVED: Readonly<Partial<Record<StepId, Run['steps'][number]['proved']>>> = {
  discovery: ['issuer-matches', 's256-supported', 'iss-supported'],
  callback: ['state-matches', 'iss-matches'],
  token: ['tokens-received'],
  idToken: ['id-token-valid'],
};

const SENT: Readonly<Partial<Record<StepId, readonly number[]>>> = { discovery: [0], signIn: [1, 2], token: [3] };
const CHECKS: Run['steps'][number]['checks'] = (
  ['alg', 'signature', 'iss', 'aud', 'azp', 'sub', 'exp', 'iat', 'nonce', 'at_hash'] as const
).map((of) => ({ of, is: of === 'azp' ? 'absent' : 'valid', found: of === 'alg' ? 'ES256' : null, expected: null }));

/** A run that came as far as `at`; `from` is when it began. */
function runAt(from: number, at: StepId | null, is: Run['is'], problem: Omit<Problem, 'step'> | null = null): Run {
  const start = newRun('run', CONFIG, {}, from);
  const reached = start.steps.findIndex(({ id }) => id === at);
  const end = reached < 0 ? start.steps.length : reached;
  let time = from;
  const starts = new Map<StepId, number>();
  const steps = start.steps.map((step, index) => {
    if (index > end) return step;
    const startedAt = time;
    starts.set(step.id, startedAt);
    if (index === end)
      return {
        ...step,
        is: problem === null ? ('running' as const) : ('failed' as const),
        startedAt,
        endedAt: problem === null ? null : startedAt + 40,
      };
    time += TOOK[step.id] ?? 0;
    const sent = { exchanges: SENT[step.id] ?? [], checks: step.id === 'idToken' ? CHECKS : [] };
    return { ...step, ...sent, is: 'done' as const, startedAt, endedAt: time, proved: PROVED[step.id] ?? [] };
  });
  const after = (id: StepId): boolean => start.steps.findIndex((step) => step.id === id) < end;
  const exchanges: Exchange[] = [];
  if (after('discovery'))
    exchanges.push(exchange(0, from, 'https://as.example/.well-known/openid-configuration', METADATA));
  if (after('signIn')) {
    const document = {
      resource: 'document',
      request: { method: 'GET', headers: unseen('api-hides-it'), body: seen(null) },
    } as const;
    const redirect = { status: 302, headers: seen([['Location', CALLBACK] as const]), body: unseen('api-hides-it') };
    const ended = starts.get('callback') ?? from;
    exchanges.push(
      {
        ...exchange(1, ended, AUTHORIZATION, ''),
        ...document,
        request: { ...document.request, url: AUTHORIZATION },
        outcome: { is: 'response', response: redirect },
      },
      {
        ...exchange(2, ended, CALLBACK, ''),
        ...document,
        redirectedFrom: 'run#1',
        request: { ...document.request, url: CALLBACK },
        outcome: { is: 'unknown' },
      },
    );
  }
  const tokens = {
    accessToken: 'CSMRzCsicMWpAA2YotnFZFEjr1GzWbQ8sVJz5kTq0aB',
    tokenType: 'bearer',
    refreshToken: 'XZIhtGzv3JOkF0XG5Qx2TlKWIA9bVr7PqLm4Ns1Yc0d',
    idToken: idToken(from),
    scope: 'openid profile',
    expiresAt: time + 3_600_000,
  };
  if (after('token')) {
    const body = `grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=${encodeURIComponent(CONFIG.redirectUri)}&client_id=web-portal&code_verifier=${VERIFIER}`;
    const answer = {
      access_token: tokens.accessToken,
      token_type: 'bearer',
      expires_in: 3600,
      refresh_token: tokens.refreshToken,
      id_token: tokens.idToken,
      scope: tokens.scope,
    };
    const asked = exchange(3, (starts.get('token') ?? from) + 1, 'https://as.example/token', answer);
    exchanges.push({
      ...asked,
      request: {
        ...asked.request,
        method: 'POST',
        headers: seen([['content-type', 'application/x-www-form-urlencoded']]),
        body: seen({ is: 'text', text: body }),
      },
    });
  }
  return {
    ...start,
    is,
    steps,
    problem: problem === null || at === null ? null : { step: at, ...problem },
    server: METADATA,
    authorizationUrl: after('request') ? AUTHORIZATION : null,
    secrets: {
      ...start.secrets,
      codeVerifier: VERIFIER,
      state: STATE,
      nonce: NONCE,
      tokens: after('token') ? tokens : null,
    },
    exchanges,
  };
}

/** The same run, with its authorization request waiting to be looked at. */
function guided(run: Run): Run {
  const fields = [...new URL(AUTHORIZATION).searchParams];
  const draft = { method: 'GET', url: METADATA.authorization_endpoint, headers: [], in: 'query', fields } as const;
  const steps = run.steps.map((step) => (step.is === 'running' ? { ...step, is: 'ready' as const, draft } : step));
  return { ...run, config: { ...run.config, mode: 'guided' }, steps };
}

function deviceRun(from: number): Run {
  const start = newRun('run', { ...CONFIG, flow: 'device', clientId: 'living-room-tv' }, {}, from);
  const [discovery, device, poll, idTokenStep] = start.steps;
  if (discovery === undefined || device === undefined || poll === undefined || idTokenStep === undefined) return start;
  const done = { is: 'done', startedAt: from, endedAt: from + 96 } as const;
  return {
    ...start,
    steps: [
      { ...discovery, ...done, proved: ['issuer-matches'], exchanges: [0] },
      { ...device, ...done, proved: ['code-for-person'] },
      { ...poll, is: 'running', startedAt: from + 200, dueAt: from + 10_000_000, proved: ['pending'] },
      idTokenStep,
    ],
    server: METADATA,
    device: {
      userCode: 'WDJB-MJHT',
      verificationUri: 'https://as.example/device',
      verificationUriComplete: 'https://as.example/device?user_code=WDJB-MJHT',
      expiresAt: from + 600_000,
      interval: 5,
      polls: 4,
    },
    exchanges: [exchange(0, from, 'https://as.example/.well-known/openid-configuration', METADATA)],
  };
}

/** The run that is done, and one step more with its tokens. */
function laterRun(from: number, id: LaterStep, changes: Partial<Step>, run: Partial<Run>): Run {
  const done = runAt(from, null, 'done');
  const startedAt = from + 22_000;
  const { steps } = withLaterStep(done, id, { token: 'refreshToken', url: null });
  const last = steps.length - 1;
  return {
    ...done,
    server: { ...METADATA, introspection_endpoint: 'https://as.example/introspect' },
    steps: steps.map((step, at) =>
      at === last ? { ...step, startedAt, sentAt: startedAt, endedAt: startedAt + 40, ...changes } : step,
    ),
    ...run,
  };
}

const FORM = {
  page: 'form',
  flow: 'code',
  server: 'issuer',
  issuer: 'https://as.example',
  clientId: 'web-portal',
  scope: 'openid profile',
};
const scrollTo = (selector: string) => (popup: Tab) =>
  popup.evaluate((one) => document.querySelector(one)?.scrollIntoView(), selector);

export const PANEL_STATES: readonly PanelState[] = [
  { name: 'token-empty', tab: 'token', heading: 'Read a token' },
  {
    name: 'token',
    tab: 'token',
    heading: 'ID token from as.example for web-portal',
    act: (popup, from) => paste(popup, idToken(from)),
  },
  {
    name: 'token-in-response',
    tab: 'token',
    heading: 'ID token from as.example for web-portal',
    act: (popup, from) =>
      paste(
        popup,
        `{"access_token":"${OPAQUE}","token_type":"Bearer","expires_in":3600,"id_token":"${idToken(from)}"}`,
      ),
  },
  {
    name: 'token-request',
    tab: 'token',
    heading: 'Authorization request',
    act: (popup) =>
      paste(
        popup,
        `https://as.example/authorize?response_type=code&client_id=web-portal&scope=openid%20profile&state=${OPAQUE}&nonce=n-0S6_WzA2MjQ7xk3pLmQa`,
      ),
  },
  {
    name: 'token-keys',
    tab: 'token',
    heading: 'Key set (JWKS)',
    act: (popup) =>
      paste(
        popup,
        '{"keys":[{"kty":"EC","crv":"P-256","kid":"k2026-09","use":"sig","alg":"ES256","x":"AA","y":"AA"},{"kty":"oct","kid":"hmac","k":"AAAA"}]}',
      ),
  },
  {
    name: 'token-none',
    tab: 'token',
    heading: 'ID token from as.example for web-portal',
    act: (popup, from) => {
      const none = base64url({ alg: 'none', jku: 'https://keys.example/jwks' });
      return paste(popup, `${none}.${idToken(from).split('.')[1]}.`);
    },
  },
  {
    name: 'token-key-wrong',
    tab: 'token',
    heading: 'ID token from as.example for web-portal',
    act: async (popup, from) => {
      await paste(popup, idToken(from));
      await popup.click('.token-or');
      await popup.fill('.token-row textarea', '{"kty":"EC","crv":"P-256"');
    },
  },
  {
    name: 'token-compare',
    tab: 'token',
    heading: 'ID token from as.example for web-portal',
    act: async (popup, from) => {
      await paste(popup, idToken(from));
      await popup.click('.token-row .link[aria-expanded]');
      await popup.fill('.token-compare .field:nth-of-type(1) input', 'https://as.example');
      await popup.fill('.token-compare .field:nth-of-type(2) input', 'another-client');
    },
  },
  {
    name: 'token-broken',
    tab: 'token',
    heading: 'This token is broken',
    act: (popup, from) => paste(popup, idToken(from).replace('.eyJ', '.ey*')),
  },
  {
    name: 'token-convert',
    tab: 'token',
    heading: 'Convert',
    act: async (popup) => {
      await popup.click('.foot .button');
      await popup.fill('.form textarea', 'https://as.example');
    },
  },
  {
    name: 'token-pkce',
    tab: 'token',
    heading: 'Convert',
    act: async (popup) => {
      await popup.click('.foot .button');
      await popup.fill('.form.apart .field:nth-of-type(1) input', VERIFIER);
      await popup.fill('.form.apart .field:nth-of-type(2) input', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
      await scrollTo('.form.apart')(popup);
    },
  },
  {
    name: 'token-make',
    tab: 'token',
    heading: 'Edit and sign',
    act: async (popup, from) => {
      await paste(popup, idToken(from));
      await popup.evaluate(
        () => [...document.querySelectorAll<HTMLElement>('.foot .button')].at(-1)?.click(),
        undefined,
      );
      await until('the form', () =>
        popup.evaluate(() => document.querySelector('.make .made code') !== null || null, undefined),
      );
    },
  },
  {
    name: 'token-made',
    tab: 'token',
    heading: 'Edit and sign',
    live: true,
    act: async (popup, from) => {
      await paste(popup, idToken(from));
      await popup.evaluate(
        () => [...document.querySelectorAll<HTMLElement>('.foot .button')].at(-1)?.click(),
        undefined,
      );
      await until('the key', () =>
        popup.evaluate(() => document.querySelector('.make .made code') !== null || null, undefined),
      );
      await popup.click('.make-sign');
      await until('the token', () =>
        popup.evaluate(() => document.querySelector('.make [role=status] code') !== null || null, undefined),
      );
      await scrollTo('.make-sign')(popup);
    },
  },
  { name: 'run-which', tab: 'run', heading: 'Which flow?', form: { person: true, keepsSecret: false } },
  { name: 'run-form', tab: 'run', heading: 'Run a flow', form: FORM },
  {
    name: 'run-form-wrong',
    tab: 'run',
    heading: 'Run a flow',
    form: {
      ...FORM,
      flow: 'clientCredentials',
      server: 'endpoints',
      endpoints: { token_endpoint: 'http://as.example/token' },
    },
    act: async (popup) => {
      await popup.click('.run-start');
      await scrollTo('.notice')(popup);
    },
  },
  {
    name: 'run-form-resource',
    tab: 'run',
    heading: 'Run a flow',
    form: { ...FORM, flow: 'resource', resourceUrl: 'https://api.example/mcp', clientId: '', scope: '' },
  },
  {
    name: 'run-form-options',
    tab: 'run',
    heading: 'Run a flow',
    form: { ...FORM, method: 'private_key_jwt', par: true, dpop: true, resources: 'https://api.example' },
    act: async (popup) => {
      await popup.evaluate(
        () =>
          [...document.querySelectorAll<HTMLElement>('button.small')]
            .find((one) => one.textContent === 'Make one')
            ?.click(),
        undefined,
      );
      await scrollTo('.form .field:nth-of-type(4)')(popup);
    },
  },
  {
    name: 'run-form-preset',
    tab: 'run',
    heading: 'Run a flow',
    form: { ...FORM, preset: 'google', issuer: 'https://accounts.google.com', method: 'client_secret_post' },
  },
  {
    name: 'run-properly',
    tab: 'run',
    heading: 'Run it properly',
    form: FORM,
    captured: {
      line: 'GET as.example/authorize',
      parameters: [
        ['response_type', 'id_token token'],
        ['client_id', CONFIG.clientId],
        ['redirect_uri', 'https://app.example/callback'],
        ['scope', CONFIG.scope],
        ['nonce', 'n-0S…•••• (16)'],
        ['prompt', 'none'],
      ],
    },
  },
  {
    name: 'run-form-metadata',
    tab: 'run',
    heading: 'Run a flow',
    form: FORM,
    grants: 'https://as.example/*',
    act: async (popup) => {
      await popup.click('.run-metadata .button');
      await until('the metadata', () =>
        popup.evaluate(() => document.querySelector('.run-metadata [role=status] li') !== null || null, undefined),
      );
    },
  },
  { name: 'run-form-implicit', tab: 'run', heading: 'Run a flow', form: { ...FORM, flow: 'implicit' } },
  {
    name: 'run-guided',
    tab: 'run',
    heading: 'Authorization code with PKCE',
    run: (from) => guided(runAt(from, 'request', 'running')),
    act: async (popup) => {
      await scrollTo('.run-step:nth-child(3)')(popup);
    },
  },
  { name: 'run-device', tab: 'run', heading: 'Device authorization', live: true, run: deviceRun },
  {
    name: 'run-waiting',
    tab: 'run',
    heading: 'Authorization code with PKCE',
    run: (from) => runAt(from, 'signIn', 'running'),
  },
  {
    name: 'run-done',
    tab: 'run',
    heading: 'Authorization code with PKCE: done',
    run: (from) => runAt(from, null, 'done'),
  },
  {
    name: 'run-done-steps',
    tab: 'run',
    heading: 'Authorization code with PKCE: done',
    run: (from) => runAt(from, null, 'done'),
    act: async (popup) => {
      await popup.click('.run-step:nth-child(6) .run-toggle');
      await scrollTo('.run-step:nth-child(5)')(popup);
    },
  },
  {
    name: 'run-code',
    tab: 'run',
    heading: 'Authorization code with PKCE: done',
    run: (from) => runAt(from, null, 'done'),
    act: scrollTo('#run-code'),
  },
  {
    name: 'run-redirect-uri',
    tab: 'run',
    heading: 'Stopped at: Sign-in',
    run: (from) =>
      runAt(from, 'signIn', 'failed', { code: 'redirect-uri-refused', detail: 'HTTP 400', about: 'as.example' }),
  },
  {
    name: 'run-origin',
    tab: 'run',
    heading: 'Stopped at: Token request with the verifier',
    run: (from) =>
      runAt(from, 'token', 'failed', { code: 'origin-refused', detail: 'Failed to fetch', about: 'as.example' }),
  },
  {
    name: 'run-refresh-interrupted',
    tab: 'run',
    heading: 'Stopped at: Refresh request',
    run: (from) =>
      laterRun(
        from,
        'refresh',
        { is: 'failed' },
        { is: 'failed', problem: { step: 'refresh', code: 'interrupted', detail: null, about: null } },
      ),
  },
  {
    name: 'run-revoked',
    tab: 'run',
    heading: 'Authorization code with PKCE: done',
    run: (from) => {
      const { secrets } = runAt(from, null, 'done');
      return laterRun(
        from,
        'revocation',
        { is: 'done', proved: ['token-revoked', 'tokens-dropped'] },
        { secrets: { ...secrets, tokens: null } },
      );
    },
  },
  {
    name: 'run-state',
    tab: 'run',
    heading: /^Stopped at: Callback/,
    run: (from) => runAt(from, 'callback', 'failed', { code: 'state-mismatch', detail: null, about: null }),
  },
];

declare const chrome: {
  readonly storage: { readonly session: { clear(): Promise<void>; set(items: object): Promise<void> } };
};

export interface PanelSetting {
  readonly extension: Extension;
  readonly demo: Demo;
  /** When the run of the state began, milliseconds since the epoch. */
  readonly from: number;
  readonly openPopup: (path: string) => Promise<Tab>;
}

/** Brings the extension into a state and opens the popup on it. */
export async function showPanel(state: PanelState, { extension, from, openPopup }: PanelSetting): Promise<Tab> {
  await extension.background.evaluate(
    async (items) => {
      await chrome.storage.session.clear();
      await chrome.storage.session.set(items);
    },
    {
      'popup:shown': state.tab,
      ...(state.form === undefined ? {} : { 'popup:run-form': state.form }),
      ...(state.captured === undefined ? {} : { 'popup:run-captured': state.captured }),
      ...(state.run === undefined ? {} : { 'run:current': state.run(from) }),
    },
  );
  const popup = await openPopup('popup.html?tab=987654');
  await until('the view', () => popup.evaluate(() => document.querySelector('h1') !== null || null, undefined));
  if (state.grants !== undefined) await extension.grantHosts(state.grants);
  await state.act?.(popup, from);
  if (state.grants !== undefined) await extension.revokeHosts(state.grants);
  return popup;
}
