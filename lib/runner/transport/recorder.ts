import type { Exchange } from '../../model/observation.ts';
import { seen, unseen } from '../../model/observation.ts';

/** Larger answers are cut off: no token response, metadata or key set is that long. */
const MAX_BODY = 1_000_000;

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
      let response: Response;
      try {
        // A redirect of a token endpoint would carry the code and the verifier to another place.
        response = await options.fetch(url, { ...init, redirect: 'manual', credentials: 'omit', cache: 'no-store' });
      } catch (error) {
        exchanges.push({
          ...sent,
          outcome: { is: 'failed', reason: error instanceof Error ? error.message : 'failed' },
        });
        throw error;
      }
      const text = await readText(response);
      const answered = { status: response.status, headers: seen([...response.headers.entries()]) };
      const body = text === null ? unseen('too-large') : seen({ is: 'text' as const, text });
      exchanges.push({ ...sent, outcome: { is: 'response', response: { ...answered, body } } });
      if (text === null) throw new TooLargeError();
      return rebuilt(response, text);
    },
  };
}

export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
  constructor() {
    super(`the answer is longer than ${MAX_BODY} bytes`);
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

function rebuilt(response: Response, text: string): Response {
  // An opaque redirect has status 0, which no constructed response may have.
  const status = response.status === 0 ? 502 : response.status;
  const empty = status === 204 || status === 205 || status === 304;
  return new Response(empty ? null : text, { status, headers: response.headers });
}
