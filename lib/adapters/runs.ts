import type { Browser, Runtime } from 'webextension-polyfill';
import { advance, approve, begin, cancel, resume, retry, runThrough, sending } from '../runner/advance.ts';
import type { Answer, Transport } from '../runner/calls.ts';
import { newRun, withLaterStep } from '../runner/flows.ts';
import { currentStep, type GivenSecrets, type Run, type RunConfig, type TokenSet } from '../runner/run.ts';
import type { RunnerIo } from '../runner/steps/step.ts';
import { TokenCache } from '../runner/token-cache.ts';
import { createTransport } from '../runner/transport/oauth-transport.ts';
import type { Fetch } from '../runner/transport/recorder.ts';
import { encodeBase64url } from '../token/base64url.ts';
import { sha256Base64url } from '../token/hash.ts';
import { isOwnPage } from './own-page.ts';
import { createRunFetch } from './run-fetch.ts';
import { createRunKeys, type RunKeys } from './run-keys.ts';
import { type RunReply, type RunRequest, readRunRequest } from './run-requests.ts';
import { createRunStore, createTokenStore, drivenPlaces, type RunPlace } from './run-store.ts';
import { createSignInWindow, type SignInWindow } from './sign-in-window.ts';

/** What the browser gives beside its extension API. */
export interface Surroundings {
  readonly fetch: Fetch;
  readonly now: () => number;
}

/** Browsers stop a background that called nothing of their API for 30 s: a run that waits says so more often. */
const KEEP_AWAKE = 20_000;

/** What all runs of a background have in common. */
interface Parts extends Surroundings {
  /** There is one for all. */
  readonly window: SignInWindow;
}

/**
 * Drives runs in the background, where they outlive the popup. Registers its listeners before it returns; a
 * run that a stopped worker left is taken up again at once.
 */
export function startRuns(browser: Browser, around: Surroundings): void {
  const window = createSignInWindow(browser, around.now);
  const parts: Parts = { window, now: around.now, fetch: createRunFetch(browser, around.fetch) };
  const places = drivenPlaces(browser);
  const drivers = new Map(places.map((place) => [place.name, createDriver(parts, place)]));

  browser.runtime.onMessage.addListener((message: unknown, sender: Runtime.MessageSender) => {
    const request = isOwnPage(browser.runtime, sender) ? readRunRequest(message) : null;
    if (request === null) return undefined;
    if ('invalid' in request) return Promise.resolve<RunReply>({ is: 'invalid', what: request.invalid });
    if (request.do === 'run.discover') return discover(parts, request.issuer);
    const hidden = (message as { readonly of?: unknown }).of === 'private';
    return (hidden ? drivers.get('private') : undefined)?.tell(request) ?? drivers.get('current')?.tell(request);
  });

  const hidden = drivers.get('private');
  if (hidden !== undefined) {
    browser.windows.onRemoved.addListener(async () => {
      const windows = await browser.windows.getAll();
      if (!windows.some(({ incognito }) => incognito)) await hidden.forget();
    });
  }
  for (const driver of drivers.values()) void driver.takeUp();
}

/** The metadata of a server (RFC 8414 §3, OIDC Discovery §4), without a run. */
async function discover({ fetch, now }: Surroundings, issuer: string): Promise<RunReply> {
  const transport = createTransport({ fetch, now, trace: 'discovery', first: 0, keyPair: () => Promise.resolve(null) });
  const nobody = { clientId: '', authentication: 'none', clientSecret: null, clientKey: null, boundKey: null } as const;
  const answer = await transport.send('discovery', { issuer, first: 'oidc' }, { server: { issuer }, ...nobody }, null);
  return 'problem' in answer ? { is: 'problem', problem: answer.problem } : { is: 'metadata', metadata: answer.value };
}

/** What concerns the run of a place. */
type PlaceRequest = Exclude<RunRequest, { readonly do: 'run.discover' }>;

/** The run of one place. */
interface Driver {
  tell(request: PlaceRequest): Promise<RunReply>;
  /** Goes on with what a stopped background left. */
  takeUp(): Promise<void>;
  /** Ends the run, and forgets all of it. */
  forget(): Promise<void>;
}

function createDriver({ window, fetch, now }: Parts, place: RunPlace): Driver {
  const store = createRunStore(place);
  const keys = createRunKeys(place);
  let driving = false;
  /** Ends the wait between two polls. */
  let wake = (): void => undefined;
  const rest = (milliseconds: number): Promise<void> =>
    new Promise((done) => {
      const timer = setTimeout(done, milliseconds);
      wake = () => {
        clearTimeout(timer);
        done();
      };
    });

  let changes: Promise<unknown> = Promise.resolve();
  /** Changes the stored run, one change after the other; `null` and no change where it is another one or has ended. */
  function change(id: string, to: (run: Run) => Run): Promise<Run | null> {
    const changed = changes.then(async () => {
      const held = await store.read();
      if (held?.id !== id || held.is !== 'running') return null;
      const next = to(held);
      await store.write(next);
      return next;
    });
    changes = changed.catch(() => undefined);
    return changed;
  }

  const ioFor = (run: Run): RunnerIo => {
    const leaving = async (): Promise<void> => {
      if ((await change(run.id, (held) => sending(held, now()))) === null) throw new Error('the run has ended');
    };
    return {
      transport: transportFor({ fetch, now }, place, keys, run, leaving),
      async signIn(url) {
        await leaving();
        return window.open(url, run.id, run.exchanges.length);
      },
      makeKey: keys.make,
      random: randomValue,
      s256: sha256Base64url,
      now,
    };
  };

  /** Step by step, stored before and after each, until the run ends, waits for the person, or is ended. */
  async function drive(): Promise<void> {
    if (driving) return;
    driving = true;
    try {
      for (let run = await store.read(); run?.is === 'running'; run = await store.read()) {
        const step = currentStep(run);
        if (step === null || step.is === 'ready') return;
        const left = (step.dueAt ?? 0) - now();
        if (left > 0) {
          await rest(Math.min(left, KEEP_AWAKE));
          continue;
        }
        const begun = await change(run.id, (held) => begin(held, now()));
        if (begun === null) return;
        const after = await advance(begun, ioFor(begun));
        // Cancelled while the step was under way: what came back is not used.
        if ((await change(begun.id, () => after)) === null) return;
      }
    } finally {
      driving = false;
    }
  }

  /** Changes the stored run, which nobody drives, and goes on with it. */
  async function goOn(to: (run: Run) => Run): Promise<RunReply> {
    const run = await store.read();
    if (run === null) return { is: 'ok' };
    if (driving) return { is: 'busy' };
    await store.write(to(run));
    void drive();
    return { is: 'ok' };
  }

  let handled: Promise<unknown> = Promise.resolve();
  /** One after the other: two presses at once must not both find that there is no run. */
  function inTurn(request: PlaceRequest): Promise<RunReply> {
    const reply = handled.then(() => handle(request));
    handled = reply.catch(() => undefined);
    return reply;
  }

  async function handle(request: PlaceRequest): Promise<RunReply> {
    const run = await store.read();
    switch (request.do) {
      case 'run.start':
        if (driving || run?.is === 'running') return { is: 'busy' };
        return begun(request.config, request.given);
      case 'run.again': {
        if (driving || run?.is === 'running') return { is: 'busy' };
        if (run === null) return { is: 'ok' };
        const { clientSecret, clientKey, token, initialAccessToken } = run.secrets;
        return begun(run.config, { clientSecret, clientKey, token, initialAccessToken });
      }
      case 'run.wake':
        void drive();
        return { is: 'ok' };
      case 'run.approve':
        return goOn((held) => approve(held, request.step, request.fields));
      case 'run.through':
        return goOn(runThrough);
      case 'run.retry':
        return goOn(retry);
      case 'run.later':
        return goOn((held) => withLaterStep(held, request.step, request.input));
      case 'run.cancel':
        if (run !== null) await change(run.id, (held) => cancel(held, now()));
        wake();
        if (run?.is === 'running' && opensWindow(run)) await window.close();
        return { is: 'ok' };
      case 'run.showWindow':
        await window.show();
        return { is: 'ok' };
      case 'run.clear':
        if (run?.is === 'running') return { is: 'busy' };
        await store.write(null);
        await keys.forget();
        return { is: 'ok' };
    }
  }

  async function begun(config: RunConfig, given: GivenSecrets): Promise<RunReply> {
    await keys.forget();
    await store.write(newRun(runId(), config, given, now()));
    void drive();
    return { is: 'ok' };
  }

  async function takeUp(): Promise<void> {
    const left = await store.read();
    // A database outlives the browser session; the run that its keys were for did not.
    if (left === null) await keys.forget();
    if (left?.is !== 'running' || driving) return;
    await store.write(resume(left, now()));
    await drive();
  }

  return {
    tell: inTurn,
    takeUp,
    async forget() {
      await inTurn({ do: 'run.cancel' });
      await store.write(null);
      await keys.forget();
    },
  };
}

/** The step that is under way is one with a window: others' windows stay open. */
function opensWindow(run: Run): boolean {
  const id = currentStep(run)?.id;
  return id === 'signIn' || id === 'logout';
}

/** The network of a run; client credentials come from the cache while they are fresh. */
function transportFor(
  { fetch, now }: Surroundings,
  place: RunPlace,
  keys: RunKeys,
  run: Run,
  leaving: () => Promise<void>,
): Transport {
  const trace = { trace: run.id, first: run.exchanges.length };
  const transport = createTransport({ fetch, now, ...trace, keyPair: keys.find, sending: leaving });
  return {
    preview: transport.preview,
    send: async (name, input, context, edit) => {
      if (name !== 'clientCredentials' || edit !== null) return transport.send(name, input, context, edit);
      const asked = JSON.stringify([context.server.token_endpoint, context.clientId, context.boundKey, input]);
      const request = (): Promise<Answer<TokenSet>> =>
        transport.send(name, input, context, edit) as Promise<Answer<TokenSet>>;
      return (await throughCache(place, now, asked, request)) as Awaited<
        ReturnType<typeof transport.send<typeof name>>
      >;
    },
  };
}

/** The held token while it is fresh, else one request. An answer without traffic came from the cache. */
async function throughCache(
  place: RunPlace,
  now: () => number,
  key: string,
  request: () => Promise<Answer<TokenSet>>,
): Promise<Answer<TokenSet>> {
  let asked: Answer<TokenSet> | null = null;
  const cache = new TokenCache({
    ...createTokenStore(place, key),
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
