import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TestCertificate } from './certificate.ts';

export type Site = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

interface Listening {
  readonly port: number;
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** Every well-kept site sends it, and its absence would be a finding of its own. */
const HSTS = 'max-age=31536000';

function listen(server: Server, port: number, closeAll: () => void): Promise<Listening> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve({
        port: (server.address() as AddressInfo).port,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            closeAll();
          }),
      });
    });
  });
}

/** One TLS server on the loopback interface for all demo sites; `handle` tells them apart by the Host header. */
export function startHttpsFront(certificate: TestCertificate, port: number, handle: Site): Promise<Listening> {
  const server = createHttpsServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    response.setHeader('strict-transport-security', HSTS);
    Promise.resolve(handle(request, response)).catch((error: unknown) => {
      console.error(`${request.method} ${request.headers.host}${request.url}:`, error);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end('The demo server failed; its console says why.');
    });
  });
  return listen(server, port, () => server.closeAllConnections());
}

/** Sites without TLS, which the proxy serves itself; a request may name them in its whole address (RFC 9112 §3.2.2). */
export interface PlainSites {
  readonly hosts: readonly string[];
  readonly handle: Site;
}

/**
 * A CONNECT proxy (RFC 9110 §9.3.6) that leads the demo's host names to the front and refuses every other host but plain ones.
 * It serves browsers that cannot map host names to ports, and keeps a browser under test off the network.
 */
export function startDemoProxy(
  hosts: readonly string[],
  frontPort: number,
  plain: PlainSites = { hosts: [], handle: () => undefined },
): Promise<Listening> {
  const tunnels = new Set<Duplex>();
  const server = createHttpServer((request, response) => {
    if (plain.hosts.includes(request.headers.host ?? '')) return void plain.handle(request, response);
    response.writeHead(403, { 'content-type': 'text/plain' }).end('Only the demo hosts are reachable, by https.');
  });
  server.on('connect', (request, socket) => {
    const target = request.url ?? '';
    if (!hosts.some((host) => target === `${host}:443`)) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const upstream = connect(frontPort, LOOPBACK, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const [end, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      tunnels.add(end);
      end.on('error', () => other.destroy());
      end.on('close', () => {
        tunnels.delete(end);
        other.destroy();
      });
    }
  });
  return listen(server, 0, () => {
    server.closeAllConnections();
    for (const tunnel of tunnels) tunnel.destroy();
  });
}
