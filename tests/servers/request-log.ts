import type { IncomingMessage, ServerResponse } from 'node:http';

type Pairs = readonly (readonly [name: string, value: string])[];

/** One request as a demo server received it and what the server answered. */
export interface LoggedExchange {
  /** When the request arrived, milliseconds since the epoch. */
  readonly time: number;
  readonly method: string;
  readonly url: URL;
  readonly requestHeaders: Pairs;
  readonly requestBody: string;
  /** 0 while the answer is not complete. */
  readonly status: number;
  readonly responseHeaders: Pairs;
  readonly responseBody: string;
}

/** The servers' own record of what crossed the wire, in order of arrival. */
export interface RequestLog {
  readonly exchanges: readonly LoggedExchange[];
  clear(): void;
}

export interface RecordingLog extends RequestLog {
  record(url: URL, request: IncomingMessage, response: ServerResponse): void;
}

export function header(headers: Pairs, name: string): string | null {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? null;
}

/** Parameters of a form-encoded request body; empty for any other body. */
export function formOf(exchange: LoggedExchange): URLSearchParams {
  const type = header(exchange.requestHeaders, 'content-type') ?? '';
  return new URLSearchParams(type.startsWith('application/x-www-form-urlencoded') ? exchange.requestBody : '');
}

function pairs(flat: readonly string[]): Pairs {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as const] : []));
}

function text(chunk: unknown): string {
  if (typeof chunk === 'string') return chunk;
  return chunk instanceof Uint8Array ? Buffer.from(chunk).toString('utf8') : '';
}

/**
 * Copies bodies on their way: the consumer of the request (oidc-provider or a demo site) reads its stream untouched,
 * in whatever way it likes.
 */
export function createRequestLog(): RecordingLog {
  let exchanges: LoggedExchange[] = [];
  return {
    get exchanges() {
      return exchanges;
    },
    clear() {
      exchanges = [];
    },
    record(url, request, response) {
      const entry = {
        time: Date.now(),
        method: request.method ?? '',
        url,
        requestHeaders: pairs(request.rawHeaders),
        requestBody: '',
        status: 0,
        responseHeaders: [] as Pairs,
        responseBody: '',
      };
      exchanges.push(entry);

      const push = request.push.bind(request);
      request.push = (chunk: unknown, encoding?: BufferEncoding) => {
        entry.requestBody += text(chunk);
        return push(chunk, encoding);
      };
      const end = response.end.bind(response);
      response.end = ((chunk?: unknown, ...rest: []) => {
        entry.responseBody += text(chunk);
        entry.status = response.statusCode;
        const finished = end(chunk, ...rest);
        entry.responseHeaders = Object.entries(response.getHeaders()).flatMap(([name, value]) =>
          (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)] as const),
        );
        return finished;
      }) as typeof response.end;
    },
  };
}
