import { randomBytes } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import { generateKeyPair } from 'oauth4webapi';
import { analyticsSite } from './analytics-site.ts';
import { createApiSite } from './api-site.ts';
import { createAuthorizationServer } from './authorization-server.ts';
import type { DemoCase } from './case.ts';
import { cases as allCases } from './cases/index.ts';
import { makeCertificate } from './certificate.ts';
import { createClientSite } from './client-site.ts';
import { type BackChannelOptions, caseUrls, type DemoSetup, type Origins } from './demo-site.ts';
import { type Site, startDemoProxy, startHttpsFront } from './https-front.ts';
import { createKeycloakStub, KEYCLOAK_REALM } from './keycloak-stub.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';

export interface DemoOptions {
  /** Port on the loopback interface; any free one by default. */
  readonly port?: number;
  /** `example`: names that are not loopback, without a port in any URL. `localhost`: `*.localhost` and the port. */
  readonly names?: 'example' | 'localhost';
  readonly cases?: readonly DemoCase[];
  /** Awaited before a request is answered: a test can do something between two hops. */
  readonly beforeAnswer?: (method: string, url: URL) => Promise<void>;
}

/** What a browser needs to know to reach the sites. */
export interface DemoAddress {
  /** Port of the TLS server on 127.0.0.1. */
  readonly port: number;
  /** Port of a CONNECT proxy on 127.0.0.1 that leads the demo's names to the TLS server and refuses all others. */
  readonly proxyPort: number;
  /** Host names of the four sites. */
  readonly hosts: readonly string[];
  /** Host names that the proxy itself serves, without TLS. */
  readonly plainHosts?: readonly string[];
  /** Base64 SHA-256 of the certificate's public key. */
  readonly spkiHash: string;
}

export interface Demo extends DemoAddress {
  readonly origins: Origins;
  readonly cases: readonly DemoCase[];
  /** Where the index page is. */
  readonly url: string;
  /** Where a case starts. */
  caseUrl(id: string): string;
  readonly log: RequestLog;
  stop(): Promise<void>;
}

const PARTIES = ['as', 'app', 'api', 'stats'] as const;

function backChannel(port: number, ca: string) {
  return (url: string, { method, headers, body }: BackChannelOptions): Promise<Response> =>
    new Promise((resolve, reject) => {
      const { hostname, host, pathname, search } = new URL(url);
      const outgoing = httpsRequest(
        {
          host: '127.0.0.1',
          port,
          servername: hostname,
          ca,
          method,
          path: pathname + search,
          headers: { ...headers, host, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
        },
        async (incoming) => {
          const chunks: Buffer[] = [];
          for await (const chunk of incoming) chunks.push(chunk as Buffer);
          const fields = Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
            values.map((value): [string, string] => [name, value]),
          );
          resolve(new Response(Buffer.concat(chunks), { status: incoming.statusCode ?? 500, headers: fields }));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
}

/**
 * Starts the authorization server, the client site, the API and the analytics site behind one TLS port of this machine.
 * Browsers reach them by name: through host resolver rules (Chromium) or through the proxy (any browser).
 */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const { cases = allCases, names = 'example', beforeAnswer } = options;
  const hosts = PARTIES.map((party) => `${party}.${names}`);
  const certificate = await makeCertificate(hosts);
  const log = createRequestLog();
  const sites = new Map<string, Site>();

  const front = await startHttpsFront(certificate, options.port ?? 0, async (request, response) => {
    const host = request.headers.host ?? '';
    const site = sites.get(host);
    if (!site) {
      response.writeHead(421, { 'content-type': 'text/plain' }).end('No demo site has this name.');
      return;
    }
    const url = new URL(`https://${host}${request.url}`);
    log.record(url, request, response);
    await beforeAnswer?.(request.method ?? '', url);
    await site(request, response);
  });

  const authority = (party: (typeof PARTIES)[number]) =>
    names === 'localhost' ? `${party}.localhost:${front.port}` : `${party}.example`;
  const origins: Origins = {
    as: `https://${authority('as')}`,
    app: `https://${authority('app')}`,
    api: `https://${authority('api')}`,
    stats: `https://${authority('stats')}`,
  };
  const setup: DemoSetup = {
    origins,
    cases,
    secrets: new Map(cases.map(({ id }) => [id, randomBytes(32).toString('base64url')])),
    clientKeys: await generateKeyPair('ES256'),
    backChannel: backChannel(front.port, certificate.cert),
  };
  const provider = await createAuthorizationServer(setup);
  const authorizationServer = provider.callback();
  const keycloak = createKeycloakStub(setup);
  sites.set(authority('as'), (request, response) =>
    request.url?.startsWith(`${KEYCLOAK_REALM}/`)
      ? keycloak.site(request, response)
      : authorizationServer(request, response),
  );
  sites.set(authority('app'), await createClientSite(setup));
  sites.set(
    authority('api'),
    createApiSite(origins, async (token) => {
      const issued = await provider.AccessToken.find(token);
      if (issued) return { account: issued.accountId, bound: issued.jkt !== undefined };
      const account = await keycloak.accountOf(token);
      return account === null ? null : { account, bound: false };
    }),
  );
  sites.set(authority('stats'), analyticsSite);
  const proxy = await startDemoProxy(hosts, front.port);

  return {
    origins,
    cases,
    url: `${origins.app}/`,
    caseUrl: (id) => caseUrls(origins, id).start,
    port: front.port,
    proxyPort: proxy.port,
    hosts,
    spkiHash: certificate.spkiHash,
    log,
    stop: async () => {
      await Promise.all([proxy.stop(), front.stop()]);
    },
  };
}
