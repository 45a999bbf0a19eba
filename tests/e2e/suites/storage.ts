import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { NO_OPTIONS, type Run, type RunConfig } from '../../../lib/runner/run.ts';
import { FULL_SECRET, type FullServer, startFullServer } from '../../servers/full-server.ts';
import { type Demo, startDemo } from '../../servers/start-demo.ts';
import { visit } from '../../unit/runner/browser.ts';
import type { Extension, LaunchOptions, Tab, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { readStored, type Stored } from '../harness/stored.ts';

declare const chrome: {
  readonly identity: { getRedirectURL(path: string): string };
  readonly runtime: { sendMessage(message: object): Promise<{ readonly is: string }> };
  readonly storage: Readonly<
    Record<
      'local' | 'sync' | 'session',
      {
        get(key: string): Promise<Record<string, unknown>>;
        set(items: object): Promise<void>;
        remove(key: string): Promise<void>;
      }
    >
  >;
};

/** The place for the keys that tokens are bound to is there from the start, empty. */
const NO_KEYS = '{"run-keys/keys":[[],[]]}';
const NOTHING: Stored['kept'] = { local: '{}', sync: '{}', databases: NO_KEYS, localStorage: '{}', caches: '[]' };

/** Texts of a value, however deep. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/**
 * What is left in the extension's stores after runs of every flow. `storage.session`, which is memory, holds the one run
 * there is, its token cache, and what was typed into the form but secrets; everything else stays empty.
 */
export function storageTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let demo: Demo;
  let browser: TestBrowser;
  let extension: Extension;
  let server: FullServer;
  let redirectUri: string;
  let page: Tab;

  before(async () => {
    demo = await startDemo();
    browser = await launch({ demo, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    redirectUri = await extension.background.evaluate(() => chrome.identity.getRedirectURL('cb'), undefined);
    server = await startFullServer(redirectUri);
    await extension.grantHosts('http://127.0.0.1/*');
    page = await extension.openPage('popup.html?tab=987654');
    await until('the background to be done with its start', async () =>
      (await readStored(page)).kept.databases === NO_KEYS ? true : null,
    );
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    await demo?.stop();
  });

  const current = (): Promise<Run> =>
    page.evaluate(
      async () => (await chrome.storage.session.get('run:current'))['run:current'],
      undefined,
    ) as Promise<Run>;

  const tell = (message: object): Promise<unknown> => page.evaluate((one) => chrome.runtime.sendMessage(one), message);

  /** One press of the person in the sign-in window, which may be between two pages, or gone. */
  const press = (window: Tab): Promise<void> =>
    window
      .evaluate(() => {
        const go = document.querySelector<HTMLElement>('#go:not([data-pressed])');
        if (go === null || document.readyState !== 'complete') return;
        go.dataset['pressed'] = '';
        for (const input of document.querySelectorAll('input')) if (input.value === '') input.value = 'alice';
        go.click();
      }, undefined)
      .catch(() => undefined);

  /** A run to its good end; `person` plays its part again and again, until there is nothing left to do. */
  const finish = async (message: object, person?: () => Promise<void>): Promise<Run> => {
    assert.deepEqual(await tell(message), { is: 'ok' });
    const run = await until(
      'the end of the run',
      async () => {
        await person?.();
        const now = await current();
        return now.is === 'running' ? null : now;
      },
      30_000,
    );
    assert.equal(run.problem, null);
    assert.equal(run.is, 'done');
    return run;
  };

  const start = (config: Partial<RunConfig>, given: object = {}, person?: () => Promise<void>): Promise<Run> => {
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
    return finish({ do: 'run.start', config: { ...base, ...config }, given }, person);
  };

  const inWindow = (act: (person: () => Promise<void>) => Promise<Run>): Promise<Run> => {
    const opened = browser.nextTab();
    return act(async () => press(await opened));
  };

  /** Nothing of the run is kept but, locked, the key that its tokens are bound to. */
  const assertNothingKept = async (what: string, run: Run): Promise<void> => {
    const { kept, memory } = await readStored(page);
    const { databases, ...others } = kept;
    const { databases: _none, ...empty } = NOTHING;
    assert.deepEqual(others, empty, what);
    const texts = [...textsOf(run.secrets), ...textsOf(run.device)].filter((text) => text.length >= 8);
    for (const text of texts) assert.ok(!databases.includes(text), what);
    const keys =
      run.boundKey === null
        ? NO_KEYS
        : `{"run-keys/keys":[["${run.boundKey.id}"],[{"privateKey":"CryptoKey private false","publicKey":"CryptoKey public true"}]]}`;
    assert.equal(databases, keys, what);
    // The run itself is where it was looked for: in memory.
    for (const text of texts) assert.ok(memory.includes(JSON.stringify(text).slice(1, -1)), `${what}: ${text}`);
  };

  test('a planted value is found in every store', async () => {
    const plant = 'planted-value';
    assert.deepEqual((await readStored(page)).kept, NOTHING);
    await page.evaluate(async (value) => {
      await chrome.storage.local.set({ value });
      await chrome.storage.sync.set({ value });
      await chrome.storage.session.set({ value });
      localStorage.setItem('value', value);
      await (await caches.open('value')).put('https://as.example/', new Response(value));
      await new Promise((done) => {
        const opening = indexedDB.open('value');
        opening.onupgradeneeded = () => opening.result.createObjectStore('values').put({ deep: [value] }, 'key');
        opening.onsuccess = () => done(opening.result.close());
      });
    }, plant);
    const { kept, memory } = await readStored(page);
    for (const [store, text] of Object.entries({ ...kept, memory })) assert.ok(text.includes(plant), store);
    await page.evaluate(async () => {
      for (const area of ['local', 'sync', 'session'] as const) await chrome.storage[area].remove('value');
      localStorage.clear();
      await caches.delete('value');
      await new Promise((done) => {
        indexedDB.deleteDatabase('value').onsuccess = done;
      });
    }, undefined);
    assert.deepEqual((await readStored(page)).kept, NOTHING);
  });

  const options = (changes: Partial<typeof NO_OPTIONS>) => ({ ...NO_OPTIONS, ...changes });
  const service = { clientId: 'service', authentication: 'client_secret_basic', scope: '' } as const;

  test('nothing of a code flow is kept, with all that may be added to it and what is done with its tokens', async () => {
    const all = { par: true, jar: true, jarm: true, dpop: true };
    const bound = await inWindow((person) =>
      start(
        { clientId: 'key', authentication: 'private_key_jwt', options: options(all) },
        { clientKey: server.clientKey },
        person,
      ),
    );
    assert.ok(bound.boundKey);
    await assertNothingKept('PAR, JAR, JARM, DPoP', bound);

    const run = await inWindow((person) => start({ scope: 'openid offline_access' }, {}, person));
    await assertNothingKept('code', run);
    for (const step of ['userinfo', 'introspection', 'refresh', 'revocation'] as const) {
      const token = step === 'introspection' ? 'accessToken' : step === 'revocation' ? 'refreshToken' : null;
      const input = token === null ? null : { token, url: null };
      await assertNothingKept(step, await finish({ do: 'run.later', step, input }));
    }
  });

  test('nothing of the other flows is kept', async () => {
    await assertNothingKept(
      'resource',
      await inWindow((person) =>
        start({ flow: 'resource', issuer: null, resourceUrl: server.resource, clientId: '', scope: '' }, {}, person),
      ),
    );
    let agreed = false;
    await assertNothingKept(
      'device',
      await start({ flow: 'device', clientId: 'tv' }, {}, async () => {
        const address = (await current()).device?.verificationUriComplete ?? null;
        if (address !== null && !agreed) {
          agreed = true;
          await visit(address, redirectUri);
        }
      }),
    );
    const credentials = await start({ flow: 'clientCredentials', ...service }, { clientSecret: FULL_SECRET });
    await assertNothingKept('clientCredentials', credentials);

    const signedIn = await inWindow((person) => start({ scope: 'openid offline_access' }, {}, person));
    const { accessToken = '', refreshToken = '' } = signedIn.secrets.tokens ?? {};
    const exchange = {
      subjectTokenType: 'urn:ietf:params:oauth:token-type:access_token',
      requestedTokenType: '',
      audience: '',
    };
    const secret = { clientSecret: FULL_SECRET, token: accessToken };
    await assertNothingKept('tokenExchange', await start({ flow: 'tokenExchange', ...service, exchange }, secret));
    await assertNothingKept('introspection', await start({ flow: 'introspection', ...service }, secret));
    await assertNothingKept('userinfo', await start({ flow: 'userinfo' }, { token: accessToken }));
    await assertNothingKept('refresh', await start({ flow: 'refresh' }, { token: refreshToken }));
    await assertNothingKept('revocation', await start({ flow: 'revocation' }, { token: accessToken }));
    await assertNothingKept('registration', await start({ flow: 'registration', clientId: '' }));
  });
}
