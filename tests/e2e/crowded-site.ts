import { makeCertificate } from '../servers/certificate.ts';
import { startDemoProxy, startHttpsFront } from '../servers/https-front.ts';
import { createRequestLog } from '../servers/request-log.ts';
import type { Demo } from '../servers/start-demo.ts';

export const SUBREQUESTS = 200;
export const FRAMES = 10;

const HOSTS = ['app.example', 'stats.example'] as const;

/** What ordinary sites ask for and what looks like OAuth to whoever greps: names, values and places of parameters. */
const AWKWARD = [
  '/translations?code=de',
  '/delivery?zipcode=10115&code=404',
  '/stores?state=CA',
  '/media/1.jpg?token=eyJhbGciOiJIUzI1NiJ9.e30.c2ln',
  '/oauth-logo.png',
  '/search?q=access_token%3Dabc&scope=all',
  '/api/tokens',
  '/api/token-balance?client_id=7',
  '/token.js',
  '/authorize-button.css',
  '/userinfo-card.svg?id_token=1',
  '/revoked/list?error=none&nonce=1',
  '/graphql?response_type=json&redirect_uri=%2Fhome',
] as const;

const PAGE = `<!doctype html><title>A page of ${SUBREQUESTS} requests</title><body><script>
(async () => {
  const awkward = ${JSON.stringify(AWKWARD)};
  const address = (n) => {
    const path = awkward[n % awkward.length];
    return (n % 3 === 0 ? 'https://stats.example' : '') + path + (path.includes('?') ? '&' : '?') + 'n=' + n;
  };
  const element = (name, n) => new Promise((done) => {
    const made = document.createElement(name);
    made.onload = made.onerror = done;
    if (name === 'link') { made.rel = 'stylesheet'; made.href = address(n); } else made.src = address(n);
    document.body.append(made);
  });
  const json = JSON.stringify({ code: 'x', grant_type: 'none', access_token: 'y' });
  const ways = [
    (n) => element('img', n),
    (n) => element('script', n),
    (n) => element('link', n),
    (n) => fetch(address(n)),
    (n) => fetch(address(n), { method: 'POST', headers: { 'content-type': 'application/json' }, body: json }),
    (n) => fetch(address(n), { method: 'POST', body: new URLSearchParams({ code: 'de', state: 'CA' }) }),
    (n) => navigator.sendBeacon(address(n), json),
  ];
  const frame = (n) => new Promise((done) => {
    const made = document.createElement('iframe');
    made.onload = done;
    made.src = (n % 2 ? 'https://stats.example' : '') + '/frame?ad=' + n + '&code=de';
    document.body.append(made);
  });
  await Promise.all([
    ...Array.from({ length: ${SUBREQUESTS} }, (_, n) => ways[n % ways.length](n)),
    ...Array.from({ length: ${FRAMES} }, (_, n) => frame(n)),
  ]);
  document.title = 'all loaded';
})();
</script>`;

/** A site whose one page makes `SUBREQUESTS` requests with awkward ordinary names and opens `FRAMES` frames. */
export async function startCrowdedSite(): Promise<Demo> {
  const certificate = await makeCertificate(HOSTS);
  const log = createRequestLog();
  const front = await startHttpsFront(certificate, 0, (request, response) => {
    const url = new URL(`https://${request.headers.host}${request.url}`);
    // The page's own parameter tells its requests from what a browser asks for by itself (an icon).
    if (request.method !== 'OPTIONS') log.record(url, request, response);
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'content-type');
    const html = url.pathname === '/' || url.pathname === '/frame';
    response.writeHead(200, { 'content-type': html ? 'text/html' : 'text/plain' });
    response.end(url.pathname === '/' ? PAGE : '');
  });
  const proxy = await startDemoProxy(HOSTS, front.port);
  const app = 'https://app.example';
  return {
    origins: { as: app, app, api: app, stats: 'https://stats.example' },
    cases: [],
    url: `${app}/`,
    caseUrl: () => `${app}/`,
    port: front.port,
    proxyPort: proxy.port,
    hosts: HOSTS,
    spkiHash: certificate.spkiHash,
    log,
    stop: async () => {
      await Promise.all([proxy.stop(), front.stop()]);
    },
  };
}
