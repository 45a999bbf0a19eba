import type { Exchange } from '../../model/observation.ts';
import { seen, unseen } from '../../model/observation.ts';

/** Larger answers are cut off: no token response, metadata or key set is that long. */
const MAX_BODY = 1_000_000;

/** Milliseconds after which nobody waits any longer. */
const TIMEOUT = 30_000;

export interface Recorder {
  /** A `fetch` that keeps what was sent and received. */
  readonly fetch: Fetch;
  readonly exchanges: readonly Exchange[];
}

/** The part of `fetch()` that a run needs. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface RecorderOptions {
  readonly fetch: Fetch;
  readonly now: () => number;
  /** Trace of the run, so that its messages are correlated with no other. */
  readonly trace: string;
  /** Number of exchanges that the run has made before. */
  readonly first: number;
  /** Awaited before each request leaves; it does not, if this fails. */
  readonly sending?: () => Promise<void>;
  /** Milliseconds; 30 s unless said otherwise. */
  readonly timeout?: number;
}

/** Records requests as observations, response bodies included: a run is judged by the same rules as a site. */
export function createRecorder(options: RecorderOptions): Recorder {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    fetch: async (url, init) => {
      const entry = options.first + exchanges.length;
      const sent: Omit<Exchange, 'outcome'> = {
        is: 'exchange',
        id: `${options.trace}#${entry}`,
        trace: options.trace,
        capture: 'run',
        time: options.now(),
        tab: null,
        resource: null,
        initiator: null,
        redirectedFrom: null,
        truncated: false,
        source: { source: 0, entry },
        request: {
          method: init.method ?? 'GET',
          url,
          headers: seen([...new Headers(init.headers).entries()]),
          body: seen(init.body === null || init.body === undefined ? null : { is: 'text', text: String(init.body) }),
        },
      };
      await options.sending?.();
      const signal = AbortSignal.timeout(options.timeout ?? TIMEOUT);
      const failed = (error: unknown): Error => {
        const cause = signal.aborted ? new TooSlowError(options.timeout ?? TIMEOUT) : error;
        const reason = cause instanceof Error ? cause.message : 'failed';
        exchanges.push({ ...sent, outcome: { is: 'failed', reason } });
        return cause instanceof Error ? cause : new Error(reason);
      };
      let response: Response;
      try {
        // A redirect of a token endpoint would carry the code and the verifier to another place.
        response = await options.fetch(url, {
          ...init,
          redirect: 'manual',
          credentials: 'omit',
          cache: 'no-store',
          signal,
        });
      } catch (error) {
        throw failed(error);
      }
      let text: string | null;
      try {
        text = await readText(response);
      } catch (error) {
        throw failed(signal.aborted ? error : new CutOffError());
      }
      const answered = { status: response.status, headers: seen([...response.headers.entries()]) };
      const body = text === null ? unseen('too-large') : seen({ is: 'text' as const, text });
      exchanges.push({ ...sent, outcome: { is: 'response', response: { ...answered, body } } });
      if (text === null) throw new TooLargeError();
      // A browser hides where a redirect leads, and gives it status 0.
      if (response.status === 0 || (response.status >= 300 && response.status < 400 && response.status !== 304)) {
        throw new RedirectedError(response.headers.get('location'));
      }
      const empty = response.status === 204 || response.status === 205 || response.status === 304;
      return new Response(empty ? null : text, { status: response.status, headers: response.headers });
    },
  };
}

export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
  constructor() {
    super(`longer than ${MAX_BODY} bytes`);
  }
}

export class TooSlowError extends Error {
  override readonly name = 'TooSlowError';
  constructor(milliseconds: number) {
    super(`nothing came within ${milliseconds / 1000} s`);
  }
}

/** The connection ended in the middle of the answer. */
export class CutOffError extends Error {
  override readonly name = 'CutOffError';
  constructor() {
    super('the answer ended before it was complete');
  }
}

export class RedirectedError extends Error {
  override readonly name = 'RedirectedError';
  constructor(location: string | null) {
    super(location === null ? 'a redirect' : `a redirect to ${location.slice(0, 200)}`);
  }
}

/** `null` where the body is longer than the cap. */
async function readText(response: Response): Promise<string | null> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > MAX_BODY) {
      await reader.cancel();
      return null;
    }
    chunks.push(next.value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return new TextDecoder().decode(all);
}
