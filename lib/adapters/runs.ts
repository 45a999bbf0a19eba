import type { Browser } from 'webextension-polyfill';
import { type Answer, advance, begin, cancel, type RunnerIo, resume, type Server } from '../runner/advance.ts';
import { newRun, type Run, type RunConfig, type TokenSet } from '../runner/run.ts';
import { TokenCache } from '../runner/token-cache.ts';
import { createServer } from '../runner/transport/oauth-server.ts';
import type { Fetch } from '../runner/transport/recorder.ts';
import { encodeBase64url } from '../token/base64url.ts';
import { sha256Base64url } from '../token/hash.ts';
import { holdsHost } from './host-access.ts';
import { withoutOrigin } from './origin-rule.ts';
import { type RunReply, type RunRequest, readRunRequest } from './run-requests.ts';
import { createRunStore, createTokenStore } from './run-store.ts';
import { createSignInWindow } from './sign-in-window.ts';

/** What the browser gives beside its extension API. */
export interface Surroundings {
  readonly fetch: Fetch;
  readonly now: () => number;
}

/**
 * Drives runs in the background, where they outlive the popup. Registers its listener before it returns; a
 * run that a stopped worker left is taken up again at once.
 */
export function startRuns(browser: Browser, around: Surroundings): void {
  const store = createRunStore(browser);
  const window = createSignInWindow(browser, around.now);
  let driving = false;

  const ioFor = (run: Run): RunnerIo => ({
    server: serverFor(browser, around, run),
    signIn: (url) => window.open(url, run.id, run.exchanges.length),
    random: randomValue,
    s256: sha256Base64url,
    now: around.now,
  });

  /** Step by step, stored before and after each, until the run ends or the person ends it. */
  async function drive(): Promise<void> {
    if (driving) return;
    driving = true;
    try {
      for (let run = await store.read(); run?.is === 'running'; run = await store.read()) {
        const begun = begin(run, around.now());
        await store.write(begun);
        const after = await advance(begun, ioFor(begun));
        // Cancelled while the step was under way: what came back is not used.
        const stored = await store.read();
        if (stored?.id !== begun.id || stored.is !== 'running') return;
        await store.write(after);
      }
    } finally {
      driving = false;
    }
  }

  async function handle(request: RunRequest): Promise<RunReply> {
    const run = await store.read();
    switch (request.do) {
      case 'run.start':
        if (driving || run?.is === 'running') return { is: 'busy' };
        return begun(request.config, request.clientSecret);
      case 'run.again':
        if (driving || run?.is === 'running') return { is: 'busy' };
        return run === null ? { is: 'ok' } : begun(run.config, run.secrets.clientSecret);
      case 'run.wake':
        return { is: 'ok' };
      case 'run.cancel':
        if (run !== null) await store.write(cancel(run, around.now()));
        await window.close();
        return { is: 'ok' };
      case 'run.showWindow':
        await window.show();
        return { is: 'ok' };
      case 'run.refresh':
        if (run !== null) await refresh(run);
        return { is: 'ok' };
      case 'run.clear':
        if (run?.is === 'running') return { is: 'busy' };
        await store.write(null);
        return { is: 'ok' };
    }
  }

  async function begun(config: RunConfig, clientSecret: string | null): Promise<RunReply> {
    await store.write(newRun(runId(), config, clientSecret, around.now()));
    void drive();
    return { is: 'ok' };
  }

  async function refresh(run: Run): Promise<void> {
    const refreshToken = run.secrets.tokens?.refreshToken;
    if (run.is === 'running' || run.server === null || refreshToken === null || refreshToken === undefined) return;
    const { clientId, authentication } = run.config;
    const { clientSecret } = run.secrets;
    const answer = await ioFor(run).server.refresh(
      run.server,
      { clientId, authentication, clientSecret },
      refreshToken,
    );
    const exchanges = [...run.exchanges, ...answer.exchanges];
    if ('problem' in answer) {
      await store.write({ ...run, exchanges, is: 'failed', problem: { step: 'token', ...answer.problem } });
      return;
    }
    // RFC 6749 §6: a server that does not rotate sends no new refresh token, and the old one stays.
    const tokens = { ...answer.value, refreshToken: answer.value.refreshToken ?? refreshToken };
    await store.write({ ...run, exchanges, is: 'done', problem: null, secrets: { ...run.secrets, tokens } });
  }

  browser.runtime.onMessage.addListener((message: unknown, sender: { id?: string }) => {
    const request = sender.id === browser.runtime.id ? readRunRequest(message) : null;
    if (request === null) return undefined;
    if ('invalid' in request) return Promise.resolve<RunReply>({ is: 'invalid', what: request.invalid });
    return handle(request);
  });

  void takeUp();

  async function takeUp(): Promise<void> {
    const left = await store.read();
    if (left?.is !== 'running' || driving) return;
    await store.write(resume(left, around.now()));
    await drive();
  }
}

/** Token requests without the extension's Origin, where host access allows it. */
function serverFor(browser: Browser, around: Surroundings, run: Run): Server {
  const { fetch, now } = around;
  const server = createServer({ fetch, now, trace: run.id, first: run.exchanges.length });
  const guarded = async <T>(endpoint: string | undefined, work: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    if (endpoint === undefined) return work();
    const answer = await withoutOrigin(browser, endpoint, work);
    return 'problem' in answer && answer.problem.code === 'server-unreachable' && (await isRefused(endpoint))
      ? { ...answer, problem: { ...answer.problem, code: 'origin-refused' } }
      : answer;
  };
  /**
   * Without host access `fetch` says the same of a server that is down and of one whose CORS policy refuses the
   * extension. A server that answers a request whose answer nobody may read is not down.
   */
  const isRefused = async (endpoint: string): Promise<boolean> => {
    if (await holdsHost(browser, endpoint)) return false;
    return fetch(endpoint, { method: 'HEAD', mode: 'no-cors', credentials: 'omit' }).then(
      () => true,
      () => false,
    );
  };
  return {
    ...server,
    redeem: (as, client, input) => guarded(as.token_endpoint, () => server.redeem(as, client, input)),
    clientCredentials: (as, client, scope) =>
      throughCache(browser, now, JSON.stringify([as.token_endpoint, client.clientId, scope]), () =>
        guarded(as.token_endpoint, () => server.clientCredentials(as, client, scope)),
      ),
    refresh: (as, client, token) => guarded(as.token_endpoint, () => server.refresh(as, client, token)),
  };
}

/** The held token while it is fresh, else one request. An answer without traffic came from the cache. */
async function throughCache(
  browser: Browser,
  now: () => number,
  key: string,
  request: () => Promise<Answer<TokenSet>>,
): Promise<Answer<TokenSet>> {
  let asked: Answer<TokenSet> | null = null;
  const cache = new TokenCache({
    ...createTokenStore(browser, key),
    now,
    request: async () => {
      asked = await request();
      if ('problem' in asked) throw new RefusedError();
      return asked.value;
    },
  });
  try {
    const value = await cache.get();
    return asked ?? { exchanges: [], value };
  } catch (error) {
    if (error instanceof RefusedError && asked !== null) return asked;
    throw error;
  }
}

/** The server's answer is a problem: it is given as it is, and the cache keeps nothing. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** 256 bits, as RFC 7636 §4.1 recommends for the verifier. */
function randomValue(): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(32)));
}

function runId(): string {
  return `run-${randomValue().slice(0, 10)}`;
}
