import assert from 'node:assert/strict';
import { type GivenSecrets, NO_OPTIONS, type Run, type RunConfig } from '../../../lib/runner/run.ts';
import { codePkcePublic } from '../../servers/cases/code-pkce-public.ts';
import { DOCUMENT_CLIENT, type FullServer, type Received, startFullServer } from '../../servers/full-server.ts';
import { startDemo } from '../../servers/start-demo.ts';
import { type Extension, type LaunchOptions, type Tab, type TestBrowser, until } from './browser.ts';

declare const chrome: {
  readonly identity: { getRedirectURL(path: string): string };
  readonly runtime: { sendMessage(message: object): Promise<{ readonly is: string }> };
  readonly storage: { readonly session: { get(key: string): Promise<Record<string, unknown>> } };
};

/** A browser with the extension, a server that has every flow, and the view Run in a tab. */
export interface RunStand {
  readonly browser: TestBrowser;
  readonly extension: Extension;
  readonly server: FullServer;
  readonly page: Tab;
  /** Token responses that the server gave since the run began. */
  readonly issued: Readonly<Record<string, unknown>>[];
  /** Authorization code with PKCE of a public client. */
  readonly base: RunConfig;
  /** The run as it is stored. */
  run(): Promise<Run | null>;
  /** Says something to the background, which has to take it. */
  ask(message: object): Promise<void>;
  /** Starts a run; what the server received before is forgotten. */
  begin(config: Partial<RunConfig>, given?: GivenSecrets): Promise<void>;
  /** The person presses through the pages of the sign-in window, which closes under the last press. */
  press(window: Tab, steps: readonly string[]): Promise<void>;
  /** To the good end of the run; then everything that is shown as sent is compared with what the server received. */
  ends(heading: string | RegExp): Promise<Run>;
  stop(): Promise<void>;
}

/** A request as the view shows it. */
interface Shown {
  /** `POST 127.0.0.1:1234/token` */
  readonly line: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Runs in the page: opens every exchange of every step, and reads what was sent. */
function readSent(): readonly Shown[] {
  for (const toggle of document.querySelectorAll<HTMLElement>('.run-toggle[aria-expanded=false]')) toggle.click();
  return [...document.querySelectorAll('.run-exchange')].map((exchange) => ({
    line: exchange.querySelector('h3')?.textContent ?? '',
    // "Sent", its fields, "Received", its fields: where nothing was sent, the first list is missing.
    fields: [...exchange.querySelectorAll('p:first-of-type + .run-fields > li')].map((item) => {
      const [name = '', value = ''] = [...item.querySelectorAll('code')].map(({ textContent }) => textContent ?? '');
      return [name, value] as const;
    }),
  }));
}

/** `eyJh…•••• (812)` says how the value begins and how long it is. */
function fits(shown: string, sent: string): boolean {
  const masked = /^(.*?)…?•••• \((\d+)\)$/s.exec(shown);
  if (masked === null) return shown === sent || (shown.endsWith('…') && sent.startsWith(shown.slice(0, -1)));
  const [, start = '', length] = masked;
  return sent.startsWith(start) && sent.length === Number(length);
}

/** What of the fields and headers that are shown did not arrive like that, or arrived and is not shown. */
function differences(shown: Shown, received: Received): readonly string[] {
  const { headers, fields } = received;
  const left = [...fields];
  const wrong: string[] = [];
  for (const [name, value] of shown.fields) {
    const at = left.findIndex(([other, sent]) => other === name && fits(value, sent));
    const header = headers[name.toLowerCase()];
    if (at >= 0) left.splice(at, 1);
    else if (header === undefined || !(fits(value, header) || /^\w+ .*••••/.test(value)))
      wrong.push(`${name}=${value}`);
  }
  return [...wrong, ...left.map(([name]) => `${name} is not shown`)];
}

/** @param before - what the background runs before its own code */
export async function startRunStand(
  launch: (options: LaunchOptions) => Promise<TestBrowser>,
  before?: string,
): Promise<RunStand> {
  const demo = await startDemo({ cases: [codePkcePublic] });
  const browser = await launch({ demo, extension: true, ...(before === undefined ? {} : { before }) });
  const { extension } = browser;
  assert.ok(extension);
  const redirectUri = await extension.background.evaluate(() => chrome.identity.getRedirectURL('cb'), undefined);
  const server = await startFullServer(redirectUri);
  const issued: Record<string, unknown>[] = [];
  server.alter = (ctx) => {
    const body = ctx.body as Record<string, unknown>;
    if (ctx.status !== 200) return;
    if (ctx.path === '/token') issued.push(body);
    // The shortest that a server may ask for: whether longer is waited for needs no browser.
    if (ctx.path === '/device/auth') ctx.body = { ...body, interval: 1 };
  };
  await extension.grantHosts('http://127.0.0.1/*');
  const base: RunConfig = {
    flow: 'code',
    mode: 'through',
    issuer: server.issuer,
    endpoints: null,
    resourceUrl: null,
    clientId: 'public',
    authentication: 'none',
    scope: 'openid',
    redirectUri,
    options: NO_OPTIONS,
    exchange: null,
    tokenTypeHint: '',
  };
  const page = await extension.openPage('popup.html?tab=987654');
  await page.click('#tab-run');

  const run = (): Promise<Run | null> =>
    page.evaluate(
      async () => ((await chrome.storage.session.get('run:current'))['run:current'] ?? null) as Run | null,
      undefined,
    );

  const ask = async (message: object): Promise<void> => {
    const reply = await page.evaluate((request) => chrome.runtime.sendMessage(request), message);
    assert.deepEqual(reply, { is: 'ok' });
  };

  let people = 0;
  const press = async (window: Tab, steps: readonly string[]): Promise<void> => {
    people += 1;
    for (const name of steps) {
      await until(`the step ${name}`, () =>
        window.evaluate((wanted) => document.querySelector(`[data-step="${wanted}"]`) !== null || null, name),
      );
      await window
        .evaluate((account) => {
          for (const input of document.querySelectorAll<HTMLInputElement>('input:not([type=hidden])'))
            input.value = account;
          document.querySelector<HTMLElement>('#go')?.click();
        }, `alice-${people}`)
        .catch(() => null);
    }
  };

  const ends = async (heading: string | RegExp): Promise<Run> => {
    const ended = await until('the end of the run', async () => {
      const now = await run();
      return now === null || now.is === 'running' ? null : now;
    });
    assert.equal(ended.problem, null);
    await until(`${heading}`, async () => {
      const text = await page.evaluate(() => document.querySelector('h1')?.textContent ?? '', undefined);
      return (typeof heading === 'string' ? text === heading : heading.test(text)) || null;
    });
    const callback = new URL(redirectUri).host;
    const shown = await until('every exchange', async () => {
      await page.evaluate(readSent, undefined);
      const all = await page.evaluate(readSent, undefined);
      return all.length === ended.exchanges.length ? all : null;
    });
    // Neither the sign-in window's callback nor a document that is nowhere is for the server.
    const elsewhere = [callback, new URL(DOCUMENT_CLIENT).host];
    const sent = shown.filter(({ line }) => !elsewhere.some((host) => line.includes(host)));
    const same = (one: Received | undefined, other: Received): boolean =>
      one?.path === other.path && JSON.stringify(one.fields) === JSON.stringify(other.fields);
    const received = server.received
      .filter(
        ({ path }) => !/^\/(?:interaction|favicon|auth\/|session\/end\/|device)/.test(path) || path === '/device/auth',
      )
      // Firefox asks for the page of the window once before it opens it, to see whether it redirects at once.
      .filter((one, index, all) => !(/^\/(?:auth|session\/end)$/.test(one.path) && same(all[index - 1], one)));
    const hosts = [server.issuer, server.resource].map((url) => new URL(url).host);
    const line = ({ method, path }: Received): string => `${method} ${path}`;
    assert.deepEqual(
      sent.map(({ line: one }) => hosts.reduce((text, host) => text.replace(host, ''), one)),
      received.map(line),
    );
    assert.deepEqual(
      sent.flatMap((one, index) =>
        differences(one, received[index] ?? { method: '', path: '', headers: {}, fields: [] }),
      ),
      [],
    );
    return ended;
  };

  return {
    browser,
    extension,
    server,
    page,
    issued,
    base,
    run,
    ask,
    press,
    ends,
    begin: async (config, given = {}) => {
      server.received.length = 0;
      issued.length = 0;
      await ask({ do: 'run.start', config: { ...base, ...config }, given });
    },
    stop: async () => {
      await browser.close();
      await server.stop();
      await demo.stop();
    },
  };
}
