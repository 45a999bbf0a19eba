import type { IncomingMessage, ServerResponse } from 'node:http';
import { makeCertificate } from './certificate.ts';
import { startDemoProxy, startHttpsFront } from './https-front.ts';
import type { DemoAddress } from './start-demo.ts';

/** What is served under one address. */
export interface Served {
  /** 200 without it. */
  readonly status?: number;
  readonly type: string;
  /** A promise holds the answer back until it settles. */
  readonly body: string | Promise<string>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is served, or what makes it of the query. */
export type Answer = Served | ((query: URLSearchParams) => Served);

/** Sites of which a test writes every file. */
export interface PageStand extends DemoAddress {
  /** Adds files or replaces them, by absolute address without a query. */
  serve(files: Readonly<Record<string, Answer>>): void;
  /** `GET https://app.example/app.js`, in the order in which they came. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** Serves files under names that browsers reach through the proxy or by host rules, as the demo does. */
export async function startPageStand(hosts: readonly string[], plainHosts: readonly string[] = []): Promise<PageStand> {
  const files = new Map<string, Answer>();
  const requests: string[] = [];
  const certificate = await makeCertificate([...hosts]);
  const answer = (scheme: string, request: IncomingMessage, response: ServerResponse): void => {
    const path = (request.url ?? '').replace(/^http:\/\/[^/]*/, '');
    const url = `${scheme}://${request.headers.host}${path}`;
    requests.push(`${request.method} ${url}`);
    const file = files.get(url.replace(/\?.*$/s, ''));
    if (file === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Nothing is served here.');
      return;
    }
    const { status = 200, type, headers, body } = typeof file === 'function' ? file(new URL(url).searchParams) : file;
    // A preflight is answered well where the request itself is refused.
    const asked = request.method === 'OPTIONS' ? 204 : status;
    void Promise.resolve(body).then((text) =>
      response.writeHead(asked, { 'content-type': type, ...headers }).end(asked === 204 ? undefined : text),
    );
  };
  const front = await startHttpsFront(certificate, 0, (request, response) => answer('https', request, response));
  const proxy = await startDemoProxy(hosts, front.port, {
    hosts: plainHosts,
    handle: (request, response) => answer('http', request, response),
  });
  return {
    serve: (added) => {
      for (const [url, file] of Object.entries(added)) files.set(url, file);
    },
    requests,
    port: front.port,
    proxyPort: proxy.port,
    hosts,
    plainHosts,
    spkiHash: certificate.spkiHash,
    stop: async () => {
      await Promise.all([proxy.stop(), front.stop()]);
    },
  };
}

export const html = (body: string, headers?: Served['headers']): Served => ({
  type: 'text/html; charset=utf-8',
  body: `<!doctype html><meta charset="utf-8"><title>page</title><link rel="icon" href="data:,">${body}`,
  ...(headers === undefined ? {} : { headers }),
});

export const script = (body: string, headers?: Served['headers']): Served => ({
  type: 'text/javascript; charset=utf-8',
  body,
  ...(headers === undefined ? {} : { headers }),
});

export const json = (body: unknown): Served => ({ type: 'application/json', body: JSON.stringify(body) });
