import { advance, approve, begin } from '../../../lib/runner/advance.ts';
import { newRun } from '../../../lib/runner/flows.ts';
import {
  currentStep,
  type GivenSecrets,
  NO_OPTIONS,
  type Pair,
  type Run,
  type RunConfig,
  type Step,
} from '../../../lib/runner/run.ts';
import type { RunnerIo } from '../../../lib/runner/steps/step.ts';
import { createTransport } from '../../../lib/runner/transport/oauth-transport.ts';
import type { Fetch } from '../../../lib/runner/transport/recorder.ts';
import { encodeBase64url } from '../../../lib/token/base64url.ts';
import { jwkThumbprint, sha256Base64url } from '../../../lib/token/hash.ts';
import { visit } from './browser.ts';

export const REDIRECT_URI = 'https://extension.example/cb';

export const BASE: RunConfig = {
  flow: 'code',
  mode: 'through',
  issuer: null,
  endpoints: null,
  resourceUrl: null,
  clientId: 'public',
  authentication: 'none',
  scope: 'openid',
  redirectUri: REDIRECT_URI,
  options: NO_OPTIONS,
  exchange: null,
  tokenTypeHint: '',
};

/** A service for itself, as the servers of the tests know one. */
export const SERVICE: RunConfig = {
  ...BASE,
  flow: 'clientCredentials',
  clientId: 'service',
  authentication: 'client_secret_basic',
  scope: '',
};

export interface Wishes {
  readonly fetch?: Fetch;
  /** Changes the callback before the run sees it. */
  readonly callback?: (url: URL) => void;
  readonly agree?: boolean;
  /** Called before each step is done. */
  readonly before?: (run: Run, step: Step) => Promise<void> | void;
  /** What the person makes of a request that waits. */
  readonly approve?: (step: Step) => readonly Pair[];
  /** Called before each request leaves, and before the sign-in window opens. */
  readonly sending?: () => Promise<void>;
  readonly timeout?: number;
  readonly now?: () => number;
}

/** Keys of all runs of a test file; a browser has them in its database. */
const KEYS = new Map<string, CryptoKeyPair>();

/** The real transport, and a person who signs in at once. */
export function realIo(run: Run, wishes: Wishes = {}): RunnerIo {
  const now = wishes.now ?? Date.now;
  return {
    transport: createTransport({
      fetch: wishes.fetch ?? ((url, init) => fetch(url, init)),
      now,
      trace: run.id,
      first: run.exchanges.length,
      keyPair: (id) => Promise.resolve(KEYS.get(id) ?? null),
      ...(wishes.sending === undefined ? {} : { sending: wishes.sending }),
      ...(wishes.timeout === undefined ? {} : { timeout: wishes.timeout }),
    }),
    signIn: async (url, redirectUri) => {
      await wishes.sending?.();
      const callback = new URL(await visit(url, redirectUri, wishes.agree ?? true));
      wishes.callback?.(callback);
      return { exchanges: [], value: callback.href };
    },
    makeKey: async () => {
      const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
        'sign',
        'verify',
      ])) as CryptoKeyPair;
      const id = `key-${KEYS.size}`;
      KEYS.set(id, pair);
      const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey);
      return { id, kept: 'locked', thumbprint: (await jwkThumbprint({ ...jwk })) ?? '' };
    },
    random: () => encodeBase64url(crypto.getRandomValues(new Uint8Array(32))),
    s256: sha256Base64url,
    now,
  };
}

/** To its end, as the background drives it; what waits for a time is not waited for. */
export async function drive(run: Run, wishes: Wishes = {}): Promise<Run> {
  let current = run;
  while (current.is === 'running') {
    const step = currentStep(current);
    if (step === null) break;
    if (step.is === 'ready') {
      current = approve(current, step.key, wishes.approve?.(step) ?? step.draft?.fields ?? []);
      continue;
    }
    current = begin(current, Date.now());
    await wishes.before?.(current, step);
    current = await advance(current, realIo(current, wishes));
  }
  return current;
}

export function start(config: Partial<RunConfig>, given: GivenSecrets = {}, wishes: Wishes = {}): Promise<Run> {
  return drive(newRun('r', { ...BASE, ...config }, given, Date.now()), wishes);
}
