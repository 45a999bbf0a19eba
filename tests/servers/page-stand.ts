import { makeCertificate } from './certificate.ts';
import { startDemoProxy, startHttpsFront } from './https-front.ts';
import type { DemoAddress } from './start-demo.ts';

/** What is served under one address. */
export interface Served {
  readonly type: string;
  /** A promise holds the answer back until it settles. */
  readonly body: string | Promise<string>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sites of which a test writes every file. */
export interface PageStand extends DemoAddress {
  /** Adds files or replaces them, by absolute address without a query. */
  serve(files: Readonly<Record<string, Served>>): void;
  /** `GET https://app.example/app.js`, in the order in which they came. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** Serves files under names that browsers reach through the proxy or by host rules, as the demo does. */
export async function startPageStand(hosts: readonly string[]): Promise<PageStand> {
  const files = new Map<string, Served>();
  const requests: string[] = [];
  const certificate = await makeCertificate([...hosts]);
  const front = await startHttpsFront(certificate, 0, (request, response) => {
    const url = `https://${request.headers.host}${request.url}`;
    requests.push(`${request.method} ${url}`);
    const file = files.get(url.replace(/\?.*$/s, ''));
    if (file === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Nothing is served here.');
      return;
    }
    void Promise.resolve(file.body).then((body) =>
      response.writeHead(200, { 'content-type': file.type, ...file.headers }).end(body),
    );
  });
  const proxy = await startDemoProxy(hosts, front.port);
  return {
    serve: (added) => {
      for (const [url, file] of Object.entries(added)) files.set(url, file);
    },
    requests,
    port: front.port,
    proxyPort: proxy.port,
    hosts,
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
