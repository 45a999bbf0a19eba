import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type ClientAuthentication,
  type GivenSecrets,
  NO_OPTIONS,
  type Run,
  type RunConfig,
  type RunOptions,
} from '../../../lib/runner/run.ts';
import { codePkcePublic } from '../../servers/cases/code-pkce-public.ts';
import { FULL_SECRET, type FullServer, type Received, startFullServer } from '../../servers/full-server.ts';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import { visit } from '../../unit/runner/browser.ts';
import type { Extension, LaunchOptions, Tab, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';

declare const chrome: {
  readonly identity: { getRedirectURL(path: string): string };
  readonly runtime: { sendMessage(message: object): Promise<{ readonly is: string }> };
  readonly storage: {
    readonly session: { get(key: string): Promise<Record<string, unknown>> };
    readonly local: { get(key: null): Promise<Record<string, unknown>>; set(items: object): Promise<void> };
  };
};

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

/**
 * Every flow in a real browser against a real server; what the view shows is what the server received.
 * `survival`: also what becomes of runs whose worker stops at each of their requests.
 */
export function runFlowTests(
  launch: (options: LaunchOptions) => Promise<TestBrowser>,
  { survival }: { readonly survival: boolean },
) {
  let demo: Demo;
  let browser: TestBrowser;
  let extension: Extension;
  let server: FullServer;
  let page: Tab;
  let base: RunConfig;
  let people = 0;

  before(async () => {
    demo = await startDemo({ cases: [codePkcePublic] });
    browser = await launch({ demo, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    const redirectUri = await extension.background.evaluate(() => chrome.identity.getRedirectURL('cb'), undefined);
    server = await startFullServer(redirectUri);
    await extension.grantHosts('http://127.0.0.1/*');
    base = {
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
    page = await extension.openPage('popup.html?tab=987654');
    await page.click('#tab-run');
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await demo?.stop();
  });

  const run = (): Promise<Run | null> =>
    page.evaluate(
      async () => ((await chrome.storage.session.get('run:current'))['run:current'] ?? null) as Run | null,
      undefined,
    );

  const ask = async (message: object): Promise<void> => {
    const reply = await page.evaluate((request) => chrome.runtime.sendMessage(request), message);
    assert.deepEqual(reply, { is: 'ok' });
  };

  /** The person presses through the pages of the window, which closes under the last press. */
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

  /** To the end of the run; then everything that is shown as sent is compared with what the server received. */
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
    const callback = new URL(base.redirectUri).host;
    const shown = await until('every exchange', async () => {
      await page.evaluate(readSent, undefined);
      const all = await page.evaluate(readSent, undefined);
      return all.length === ended.exchanges.length ? all : null;
    });
    const sent = shown.filter(({ line }) => !line.includes(callback));
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

  const begin = async (config: Partial<RunConfig>, given: GivenSecrets = {}): Promise<void> => {
    server.received.length = 0;
    await ask({ do: 'run.start', config: { ...base, ...config }, given });
  };

  const withWindow = async (config: Partial<RunConfig>, given: GivenSecrets = {}): Promise<Run> => {
    const opened = browser.nextTab();
    await begin(config, given);
    await press(await opened, ['login', 'consent']);
    return ends(/: done$/);
  };

  const options = (changes: Partial<RunOptions>): RunOptions => ({ ...NO_OPTIONS, ...changes });

  describe('authorization code with PKCE', () => {
    const clients: readonly (readonly [string, ClientAuthentication])[] = [
      ['basic', 'client_secret_basic'],
      ['post', 'client_secret_post'],
      ['jwt', 'client_secret_jwt'],
    ];
    for (const [clientId, authentication] of clients) {
      test(authentication, async () => {
        await withWindow({ clientId, authentication }, { clientSecret: FULL_SECRET });
      });
    }

    test('private_key_jwt with PAR, JAR, JARM and DPoP', async () => {
      const done = await withWindow(
        {
          clientId: 'key',
          authentication: 'private_key_jwt',
          options: options({ par: true, jar: true, jarm: true, dpop: true }),
        },
        { clientKey: server.clientKey },
      );
      assert.equal(done.secrets.tokens?.tokenType, 'dpop');
    });

    test('public, with authorization details; then refresh, userinfo, revocation and sign-out', async () => {
      const details = JSON.stringify([{ type: 'payment', amount: '1' }]);
      const first = await withWindow({
        scope: 'openid read',
        options: options({ authorizationDetails: details, resources: [server.resource] }),
      });
      const later = async (step: string, input: object | null = null): Promise<Run> => {
        await ask({ do: 'run.later', step, input });
        return ends(/: done$/);
      };
      const refreshed = await later('refresh');
      assert.notEqual(refreshed.secrets.tokens?.refreshToken, first.secrets.tokens?.refreshToken);
      assert.deepEqual(refreshed.steps.at(-1)?.proved, ['tokens-refreshed', 'refresh-rotated']);
      await later('resourceCall', { token: null, url: server.resource });
      const opened = browser.nextTab();
      await ask({ do: 'run.later', step: 'logout', input: null });
      await press(await opened, ['logout']);
      const out = await ends(/: done$/);
      assert.deepEqual(out.steps.at(-1)?.proved, ['signed-out']);
      const revoked = await later('revocation', { token: 'refreshToken', url: null });
      assert.equal(revoked.secrets.tokens, null);
    });
  });

  test('from a resource: 401, metadata, server, registration, code, the call with a bound token', async () => {
    const done = await withWindow({
      flow: 'resource',
      issuer: null,
      resourceUrl: server.resource,
      clientId: '',
      scope: '',
      options: options({ dpop: true }),
    });
    assert.deepEqual(done.steps.at(-1)?.proved, ['resource-answered']);
    const call = server.received.findLast(({ path }) => path === '/api');
    assert.match(call?.headers['authorization'] ?? '', /^DPoP /);
    assert.notEqual(call?.headers['dpop'], undefined);
  });

  test('client credentials, by each way to prove the client', async () => {
    const clients: readonly (readonly [string, ClientAuthentication])[] = [
      ['service', 'client_secret_basic'],
      ['service-client_secret_post', 'client_secret_post'],
      ['service-client_secret_jwt', 'client_secret_jwt'],
      ['service-private_key_jwt', 'private_key_jwt'],
    ];
    for (const [clientId, authentication] of clients) {
      const given =
        authentication === 'private_key_jwt' ? { clientKey: server.clientKey } : { clientSecret: FULL_SECRET };
      await begin({ flow: 'clientCredentials', clientId, authentication, scope: '' }, given);
      await ends('Client credentials: done');
    }
  });

  test('device authorization: asked until the person agreed', async () => {
    await begin({ flow: 'device', clientId: 'tv' });
    const waiting = await until('the code', async () => ((await run())?.device === null ? null : await run()));
    const { verificationUriComplete, userCode } = waiting.device ?? {};
    await until('the code in the view', async () =>
      (await page.evaluate(() => document.querySelector('.run-code code')?.textContent ?? '', undefined)) === userCode
        ? true
        : null,
    );
    await visit(verificationUriComplete ?? '', base.redirectUri);
    const done = await ends('Device authorization: done');
    assert.notEqual(done.secrets.tokens, null);
  });

  test('registration, exchange, introspection, userinfo and revocation', async () => {
    await begin({ flow: 'registration', clientId: '' });
    assert.ok((await ends('Client registration: done')).registeredId);

    const { secrets } = await withWindow({});
    const { accessToken = '', refreshToken = '' } = secrets.tokens ?? {};
    const service = { clientId: 'service', authentication: 'client_secret_basic', scope: '' } as const;
    const given = { clientSecret: FULL_SECRET, token: accessToken };
    const exchange = {
      subjectTokenType: 'urn:ietf:params:oauth:token-type:access_token',
      requestedTokenType: '',
      audience: '',
    };
    await begin({ flow: 'tokenExchange', ...service, exchange }, given);
    await ends('Token exchange: done');
    await begin({ flow: 'introspection', ...service }, given);
    assert.deepEqual((await ends('Introspection: done')).steps.at(-1)?.proved, ['token-active']);
    await begin({ flow: 'userinfo' }, { token: accessToken });
    await ends('Userinfo: done');
    await begin({ flow: 'refresh' }, { token: refreshToken ?? '' });
    await ends('Refresh: done');
    await begin({ flow: 'revocation' }, { token: accessToken });
    await ends('Revocation: done');
    await begin({ flow: 'introspection', ...service }, given);
    assert.deepEqual((await ends('Introspection: done')).steps.at(-1)?.proved, ['token-inactive']);
  });

  test('canary: nothing secret is on disk', async () => {
    const done = await withWindow(
      { clientId: 'post', authentication: 'client_secret_post' },
      { clientSecret: FULL_SECRET },
    );
    const { clientSecret, codeVerifier, state, nonce, tokens } = done.secrets;
    const code = new URL(done.secrets.callbackUrl ?? '').searchParams.get('code');
    const secrets = [
      clientSecret,
      codeVerifier,
      state,
      nonce,
      code,
      tokens?.accessToken,
      tokens?.refreshToken,
      tokens?.idToken,
    ];
    assert.ok(secrets.every((secret) => typeof secret === 'string' && secret.length > 20));
    // The settings of the form are saved as a person would.
    await page.click('.foot .button');
    await until('the form', () =>
      page.evaluate(() => document.querySelector('.run-skip button') !== null || null, undefined),
    );
    await page.click('.run-skip button');
    await page.click('.run-save .link');
    const found = async (planted: object): Promise<readonly unknown[]> => {
      const disk = await page.evaluate(async (more) => {
        await chrome.storage.local.set(more);
        return JSON.stringify(await chrome.storage.local.get(null));
      }, planted);
      assert.match(disk, /run:profiles/);
      return secrets.filter((secret) => disk.includes(secret ?? ''));
    };
    assert.deepEqual(await found({}), []);
    assert.deepEqual(await found({ planted: clientSecret }), [clientSecret], 'it would be seen');
  });

  if (!survival) return;

  describe('the worker stops at each request', () => {
    /** Stops the worker while a request to each of these paths waits for its answer, once and in this order. */
    const goOnThrough = async (paths: readonly string[], first: () => Promise<void>): Promise<readonly string[]> => {
      const left = [...paths];
      const repeated: string[] = [];
      let held = false;
      server.answer = (path, _response, request) => {
        if (held || path !== left[0]) return false;
        left.shift();
        held = true;
        // Read to its end, so that what was sent is in the log.
        request.resume();
        return true;
      };
      await first();
      for (;;) {
        const now = await run();
        if (held) {
          await extension.stopBackground();
          held = false;
          await ask({ do: 'run.wake' });
        } else if (now?.is === 'failed') {
          assert.equal(now.problem?.code, 'interrupted');
          repeated.push(now.problem.step);
          await until('the step to repeat', () =>
            page.evaluate(() => document.querySelector('.run-retry') !== null || null, undefined),
          );
          await page.click('.run-retry');
          await until('the run', async () => ((await run())?.is === 'failed' ? null : true));
        } else if (now?.is !== 'running') break;
      }
      server.answer = null;
      assert.deepEqual(left, [], 'every request was held once');
      assert.equal((await run())?.is, 'done');
      const spent = server.received.flatMap(({ path, fields }) =>
        path === '/token' ? fields.filter(([name]) => name === 'code' || name === 'refresh_token') : [],
      );
      assert.equal(new Set(spent.map(([, value]) => value)).size, spent.length, 'nothing was sent twice');
      return repeated;
    };

    /** Signs in at each window that opens. */
    const signInTimes = async (windows: number): Promise<void> => {
      for (let opened = 0; opened < windows; opened += 1) await press(await browser.nextTab(), ['login', 'consent']);
    };

    test('from a resource', async () => {
      const resource = ['/api', '/.well-known/oauth-protected-resource/api', '/.well-known/oauth-authorization-server'];
      const signedIn = signInTimes(2);
      const repeated = await goOnThrough([...resource, '/reg', '/request', '/token', '/api'], () =>
        begin({
          flow: 'resource',
          issuer: null,
          resourceUrl: server.resource,
          clientId: '',
          scope: '',
          options: options({ par: true }),
        }),
      );
      await signedIn;
      assert.deepEqual(repeated, ['client', 'token']);
    });

    test('authorization code, then userinfo and introspection', async () => {
      const signedIn = signInTimes(1);
      await goOnThrough(['/.well-known/openid-configuration', '/jwks'], () => begin({}));
      await signedIn;
      for (const [step, path, input] of [
        ['userinfo', '/me', null],
        ['introspection', '/token/introspection', { token: 'accessToken', url: null }],
      ] as const) {
        const again = await goOnThrough([path], () => ask({ do: 'run.later', step, input }));
        assert.deepEqual(again, []);
      }
    });

    test('device authorization', async () => {
      const repeated = await goOnThrough(['/.well-known/openid-configuration', '/device/auth', '/token'], async () => {
        await begin({ flow: 'device', clientId: 'tv' });
        const agreed = until('the code', async () => ((await run())?.device === null ? null : await run()));
        void agreed.then((now) => visit(now.device?.verificationUriComplete ?? '', base.redirectUri));
      });
      assert.deepEqual(repeated, []);
    });
  });
}
