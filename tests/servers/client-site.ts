import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { type DemoCase, expectationText, hasSecret, type LibraryClient, type PageClient } from './case.ts';
import { caseUrls, type DemoSetup, STRICT_HEADERS } from './demo-site.ts';
import { escapeHtml, htmlPage, jsonForScript, STYLE_SOURCE } from './html.ts';
import type { Site } from './https-front.ts';
import { createServerClient, type ServerCase } from './server-client.ts';

/** What the server tells the script of a page. */
export interface CasePage<Client = PageClient | LibraryClient> {
  readonly page: 'start' | 'callback' | 'renewed' | 'signedOut';
  readonly id: string;
  readonly client: Client;
  readonly issuer: string;
  /** Address of the API that the access token is for. */
  readonly api: string;
  /** Origin of the analytics site. */
  readonly stats: string;
  readonly secret: string | null;
  readonly urls: ReturnType<typeof caseUrls>;
}

/** File in `pages/` of the script that runs in the pages of a client. */
function scriptOf(client: PageClient | LibraryClient): string {
  return client.runs === 'page' ? 'page-client' : `libraries/${client.library}`;
}

/** The script with all that it imports, as a site delivers it. */
async function bundle(name: string): Promise<string> {
  const input = fileURLToPath(new URL(`./pages/${name}.ts`, import.meta.url));
  const built = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    mode: 'production',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, modulePreload: false, rolldownOptions: { input } },
  });
  const [chunk] = 'output' in built ? built.output : [];
  if (chunk === undefined) throw new Error(`${name} gave no script`);
  return chunk.code;
}

/** The client site `app.example`: an index of the cases and, below `/cases/<id>/`, the pages of each. */
export async function createClientSite(setup: DemoSetup): Promise<Site> {
  const { origins, cases, secrets } = setup;
  const names = cases.flatMap(({ client }) => (client.runs === 'server' ? [] : [scriptOf(client)]));
  const scripts = new Map<string, string>(
    await Promise.all([...new Set(names)].map(async (name) => [`/assets/${name}.js`, await bundle(name)] as const)),
  );
  const serverClient = createServerClient(setup);

  function headers(frameAncestors: string) {
    return {
      ...STRICT_HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        "default-src 'none'",
        "script-src 'self'",
        // auth0-spa-js keeps refresh tokens in a worker that it makes of a blob.
        'worker-src blob:',
        `style-src ${STYLE_SOURCE}`,
        `img-src data: ${origins.stats}`,
        `connect-src ${origins.as} ${origins.api}`,
        `frame-src 'self' ${origins.as}`,
        `form-action 'self' ${origins.as}`,
        "base-uri 'none'",
        `frame-ancestors ${frameAncestors}`,
      ].join('; '),
    };
  }

  function send(response: ServerResponse, status: number, page: string, frameAncestors = "'none'") {
    response.writeHead(status, headers(frameAncestors)).end(page);
  }

  /** The start pages report themselves to the analytics site, as ordinary pages do: path only, no parameters. */
  const beacon = (path: string) =>
    `<img alt="" width="1" height="1" src="${origins.stats}/collect?page=${encodeURIComponent(path)}">`;

  function indexPage(): string {
    const rows = cases.map(
      ({ id, title, expected }) =>
        `<tr><td><a href="${caseUrls(origins, id).start}">${escapeHtml(id)}</a></td><td>${escapeHtml(title)}</td><td>${escapeHtml(expectationText(expected))}</td></tr>`,
    );
    return htmlPage(
      'Demo sign-ins',
      `<p>Each client signs in at ${escapeHtml(origins.as)}. Any name and password will do.</p>
<table><thead><tr><th>Client</th><th>What it does</th><th>What must be found</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>${beacon('/')}`,
    );
  }

  const outcome = '<p id="outcome" role="status"></p><pre id="facts"></pre>';

  function startPage({ id, title, client, expected }: DemoCase): string {
    const fields =
      client.runs === 'page' && client.grant === 'password'
        ? `<label>Name <input name="login" required autocomplete="username"></label>
<label>Password <input name="password" type="password" required autocomplete="current-password"></label>`
        : '';
    const signIn =
      client.runs !== 'server'
        ? `<form data-step="start">${fields}<button id="go">Sign in</button></form>`
        : `<p data-step="start"><a id="go" href="${caseUrls(origins, id).signIn}">Sign in</a></p>`;
    return htmlPage(
      title,
      `<p>Must be found: ${escapeHtml(expectationText(expected))}</p>
${signIn}${outcome}${beacon(`/cases/${id}/`)}<p><a href="/">All clients</a></p>`,
      client.runs === 'server' ? '' : pageScript(id, client, 'start'),
    );
  }

  function pageScript(id: string, client: PageClient | LibraryClient, page: CasePage['page']): string {
    const data: CasePage = {
      page,
      id,
      client,
      issuer: origins.as,
      api: `${origins.api}/profile`,
      stats: origins.stats,
      secret: client.runs === 'page' && hasSecret(client) ? (secrets.get(id) ?? null) : null,
      urls: caseUrls(origins, id),
    };
    return `<script type="application/json" id="case">${jsonForScript(data)}</script>
<script type="module" src="/assets/${scriptOf(client)}.js"></script>`;
  }

  function redirect(response: ServerResponse, location: string, cookie?: string) {
    response
      .writeHead(303, { ...STRICT_HEADERS, location, ...(cookie === undefined ? {} : { 'set-cookie': cookie }) })
      .end();
  }

  async function serverPage(request: IncomingMessage, response: ServerResponse, demoCase: ServerCase, url: URL) {
    const { id, client } = demoCase;
    const urls = caseUrls(origins, id);
    if (url.href === urls.signIn && client.grant === 'device') {
      const { device, cookie } = await serverClient.beginDevice(demoCase);
      response.setHeader('set-cookie', cookie);
      const text = `<p>Open <a id="go" data-step="code" href="${escapeHtml(device.verification)}">the sign-in page</a> and compare the code: <code>${escapeHtml(device.userCode)}</code></p>`;
      return send(response, 200, htmlPage('This is the device', text));
    }
    if (url.href === urls.done && client.grant === 'device') await serverClient.finishDevice(demoCase, request);
    if (url.href === urls.signIn) {
      const { location, cookie } = await serverClient.begin(demoCase);
      return redirect(response, location, cookie);
    }
    if (url.origin + url.pathname === urls.callback) {
      const { cookie } = await serverClient.finish(demoCase, request, url);
      return redirect(response, urls.done, cookie);
    }
    const facts = serverClient.facts(request);
    if (url.href !== urls.done || !facts) return notFound(response);
    const state = 'error' in facts ? 'failed' : 'done';
    const text = `<div data-outcome="${state}"><p id="outcome" role="status">${state === 'done' ? 'Signed in.' : 'The sign-in failed.'}</p><pre id="facts">${escapeHtml(JSON.stringify(facts, null, 2))}</pre></div><p><a href="/">All clients</a></p>`;
    return send(response, 200, htmlPage(demoCase.title, text));
  }

  function notFound(response: ServerResponse) {
    send(response, 404, htmlPage('Not found', '<p><a href="/">All clients</a></p>'));
  }

  return (request, response) => {
    const url = new URL(request.url ?? '/', origins.app);
    if (url.pathname === '/') return send(response, 200, indexPage());
    const script = scripts.get(url.pathname);
    if (script !== undefined) {
      response.writeHead(200, { ...STRICT_HEADERS, 'content-type': 'text/javascript' }).end(script);
      return;
    }
    const demoCase = cases.find(({ id }) => url.pathname.startsWith(`/cases/${id}/`));
    if (!demoCase) return notFound(response);
    const { id, client } = demoCase;
    const urls = caseUrls(origins, id);
    if (url.href === urls.start) return send(response, 200, startPage(demoCase));
    if (client.runs === 'server') return serverPage(request, response, { ...demoCase, client }, url);
    if (url.pathname === new URL(urls.callback).pathname) {
      return send(
        response,
        200,
        htmlPage(demoCase.title, `${outcome}<p><a href="/">All clients</a></p>`, pageScript(id, client, 'callback')),
      );
    }
    if (client.runs === 'page' && client.signsOut && url.pathname === new URL(urls.signedOut).pathname) {
      return send(response, 200, htmlPage('Signed out', outcome, pageScript(id, client, 'signedOut')));
    }
    if (client.runs === 'page' && client.renewsSilently && url.pathname === new URL(urls.renewed).pathname) {
      return send(response, 200, htmlPage('Renewed', '', pageScript(id, client, 'renewed')), "'self'");
    }
    return notFound(response);
  };
}
