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
import { DOCUMENT_CLIENT, FULL_SECRET } from '../../servers/full-server.ts';
import { visit } from '../../unit/runner/browser.ts';
import type { LaunchOptions, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { type RunStand, startRunStand } from '../harness/run-stand.ts';
import { readStored, type Stored } from '../harness/stored.ts';

declare const chrome: {
  readonly storage: Readonly<
    Record<
      'local' | 'sync' | 'session',
      {
        get(key: null): Promise<Record<string, unknown>>;
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
 * Every flow in a real browser against a real server. What the view shows is what the server received, and nothing of a
 * run is left in any store but `storage.session`, which is memory.
 */
export function runFlowTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let stand: RunStand;
  before(async () => {
    stand = await startRunStand(launch);
    await until('the background to be done with its start', async () =>
      (await readStored(stand.page)).kept.databases === NO_KEYS ? true : null,
    );
  });
  after(() => stand?.stop());

  /** Nothing of the run is kept but, locked, the key that its tokens are bound to. */
  const assertNothingKept = async ({ secrets, device, boundKey }: Run): Promise<void> => {
    const { kept, memory } = await readStored(stand.page);
    const texts = [...textsOf(secrets), ...textsOf(device)].filter((text) => text.length >= 8);
    for (const text of texts) assert.ok(!kept.databases.includes(text));
    const keys =
      boundKey === null
        ? NO_KEYS
        : `{"run-keys/keys":[["${boundKey.id}"],[{"privateKey":"CryptoKey private false","publicKey":"CryptoKey public true"}]]}`;
    assert.deepEqual(kept, { ...NOTHING, databases: keys });
    // The run itself is where it was looked for: in memory.
    for (const text of texts) assert.ok(memory.includes(JSON.stringify(text).slice(1, -1)), text);
  };

  const ends = async (heading: string | RegExp): Promise<Run> => {
    const ended = await stand.ends(heading);
    await assertNothingKept(ended);
    return ended;
  };

  test('a planted value is found in every store', async () => {
    const { page } = stand;
    const plant = 'planted-value';
    assert.deepEqual((await readStored(page)).kept, NOTHING);
    await stand.page.evaluate(async (value) => {
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
    await stand.page.evaluate(async () => {
      for (const area of ['local', 'sync', 'session'] as const) await chrome.storage[area].remove('value');
      localStorage.clear();
      await caches.delete('value');
      await new Promise((done) => {
        indexedDB.deleteDatabase('value').onsuccess = done;
      });
    }, undefined);
    assert.deepEqual((await readStored(page)).kept, NOTHING);
  });

  const withWindow = async (config: Partial<RunConfig>, given?: GivenSecrets): Promise<Run> => {
    const opened = stand.browser.nextTab();
    await stand.begin(config, given);
    await stand.press(await opened, ['login', 'consent']);
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
        { clientKey: stand.server.clientKey },
      );
      assert.equal(done.secrets.tokens?.tokenType, 'dpop');
    });

    test('public, with authorization details; then refresh, userinfo, revocation and sign-out', async () => {
      const details = JSON.stringify([{ type: 'payment', amount: '1' }]);
      const first = await withWindow({
        scope: 'openid read',
        options: options({ authorizationDetails: details, resources: [stand.server.resource] }),
      });
      const later = async (step: string, input: object | null = null): Promise<Run> => {
        await stand.ask({ do: 'run.later', step, input });
        return ends(/: done$/);
      };
      const refreshed = await later('refresh');
      assert.notEqual(refreshed.secrets.tokens?.refreshToken, first.secrets.tokens?.refreshToken);
      assert.deepEqual(refreshed.steps.at(-1)?.proved, ['tokens-refreshed', 'refresh-rotated']);
      await later('resourceCall', { token: null, url: stand.server.resource });
      const opened = stand.browser.nextTab();
      await stand.ask({ do: 'run.later', step: 'logout', input: null });
      await stand.press(await opened, ['logout']);
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
      resourceUrl: stand.server.resource,
      clientId: '',
      scope: '',
      options: options({ dpop: true }),
    });
    assert.deepEqual(done.steps.at(-1)?.proved, ['resource-answered']);
    const call = stand.server.received.findLast(({ path }) => path === '/api');
    assert.match(call?.headers['authorization'] ?? '', /^DPoP /);
    assert.notEqual(call?.headers['dpop'], undefined);
  });

  test('from a resource by a client ID metadata document that only the server can reach: nothing is registered', async () => {
    const done = await withWindow({
      flow: 'resource',
      issuer: null,
      resourceUrl: stand.server.resource,
      clientId: DOCUMENT_CLIENT,
      scope: '',
    });
    const client = done.steps.find(({ id }) => id === 'client');
    assert.deepEqual(client?.proved, ['client-document-unread']);
    assert.deepEqual(done.steps.at(-1)?.proved, ['resource-answered']);
    assert.ok(stand.server.received.every(({ path }) => path !== '/reg'));
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
        authentication === 'private_key_jwt' ? { clientKey: stand.server.clientKey } : { clientSecret: FULL_SECRET };
      await stand.begin({ flow: 'clientCredentials', clientId, authentication, scope: '' }, given);
      await ends('Client credentials: done');
    }
  });

  test('device authorization: asked until the person agreed', async () => {
    await stand.begin({ flow: 'device', clientId: 'tv' });
    const waiting = await until('the code', async () =>
      (await stand.run())?.device === null ? null : await stand.run(),
    );
    const { verificationUriComplete, userCode } = waiting.device ?? {};
    await until('the code in the view', async () =>
      (await stand.page.evaluate(() => document.querySelector('.run-code code')?.textContent ?? '', undefined)) ===
      userCode
        ? true
        : null,
    );
    await visit(verificationUriComplete ?? '', stand.base.redirectUri);
    const done = await ends('Device authorization: done');
    assert.notEqual(done.secrets.tokens, null);
  });

  test('registration, exchange, introspection, userinfo and revocation', async () => {
    await stand.begin({ flow: 'registration', clientId: '' });
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
    await stand.begin({ flow: 'tokenExchange', ...service, exchange }, given);
    await ends('Token exchange: done');
    await stand.begin({ flow: 'introspection', ...service }, given);
    assert.deepEqual((await ends('Introspection: done')).steps.at(-1)?.proved, ['token-active']);
    await stand.begin({ flow: 'userinfo' }, { token: accessToken });
    await ends('Userinfo: done');
    await stand.begin({ flow: 'refresh' }, { token: refreshToken ?? '' });
    await ends('Refresh: done');
    await stand.begin({ flow: 'revocation' }, { token: accessToken });
    await ends('Revocation: done');
    await stand.begin({ flow: 'introspection', ...service }, given);
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
    await stand.page.click('.foot .button');
    await until('the form', () =>
      stand.page.evaluate(() => document.querySelector('.run-skip button') !== null || null, undefined),
    );
    await stand.page.click('.run-skip button');
    await stand.page.click('.run-save .link');
    const found = async (planted: object): Promise<readonly unknown[]> => {
      const disk = await stand.page.evaluate(async (more) => {
        await chrome.storage.local.set(more);
        return JSON.stringify(await chrome.storage.local.get(null));
      }, planted);
      assert.match(disk, /run:profiles/);
      return secrets.filter((secret) => disk.includes(secret ?? ''));
    };
    assert.deepEqual(await found({}), []);
    assert.deepEqual(await found({ planted: clientSecret }), [clientSecret], 'it would be seen');
  });
}
