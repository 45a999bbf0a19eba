import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { entriesOf } from '../../../lib/adapters/log-store.ts';
import { analyse } from '../../../lib/analyse.ts';
import { observe } from '../../../lib/log/observe.ts';
import { entriesOfTab } from '../../../lib/log/tabs.ts';
import { RULES } from '../../../lib/rules/index.ts';
import { type Answer, html, json, type Served } from '../../servers/page-stand.ts';
import type { Extension, Tab, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import { linesOf, type PopupPages, type SpareTabs, tabIdOf } from '../harness/page-check.ts';
import { freshJwt } from '../page-values.ts';
import { readArrows, readCauses } from './devtools.ts';

const APP = 'https://app.example';
const API = 'https://api.app.example';
const LOGIN = 'https://login.app.example';
const STATS = 'https://stats.test';
const PLAIN = 'http://plain.app.example';
export const TRAFFIC_HOSTS = ['app.example', 'api.app.example', 'login.app.example', 'stats.test'];
export const PLAIN_HOSTS = ['plain.app.example'];

/** A request of the page's script. */
interface Sent {
  readonly url: string;
  readonly as?: 'fetch' | 'beacon' | 'websocket';
  readonly bearer?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** A page in a tab that is being recorded. */
interface RecordedPage {
  /** Sends the requests of each list one after the other, the lists at the same time. */
  send(...lists: readonly (readonly Sent[])[]): Promise<void>;
  go(url: string): Promise<void>;
  url(): string;
  /** To the console. */
  write(line: string): Promise<void>;
  store(items: Readonly<Record<string, string | null>>): Promise<void>;
  /** So much later: what was recorded so far is moved into the past, because nobody wants to wait. */
  later(seconds: number): Promise<void>;
}

interface TrafficCase {
  readonly rule: string;
  readonly broken: (page: RecordedPage) => Promise<void>;
  readonly correct: (page: RecordedPage) => Promise<void>;
  /** `rule (severity)` of all findings, sorted. */
  readonly found: readonly string[];
  /** Browsers that do not show a recording what would tell: there the rule must say that it cannot tell. */
  readonly unseenIn?: readonly TestBrowser['name'][] | 'every browser';
  /** Bodies of answers tell, which DevTools alone shows. */
  readonly byBodies?: true;
  /** What the correct page cannot do without, though it is a finding of its own. */
  readonly anyway?: readonly string[];
}

const random = (): string => randomBytes(32).toString('base64url');
const idToken = (): string => freshJwt({ iss: LOGIN, sub: '1', aud: 'web1', nonce: random(), auth_time: 1 });
/** Shown to the server itself a value is known as an access token. */
const known = (token: string): Sent => ({ url: `${LOGIN}/userinfo`, bearer: token });
const call = (token: string, path = '/items'): Sent => ({ url: `${API}${path}`, bearer: token });
/** `server`: a way of its own to answer. */
const refresh = (token: string, server = ''): Sent => ({
  url: `${LOGIN}${server}/token`,
  form: { grant_type: 'refresh_token', refresh_token: token, client_id: 'web1' },
});
const machine = (server: string): Sent => ({
  url: `${LOGIN}${server}/token`,
  form: { grant_type: 'client_credentials', client_id: 'web1' },
});
const times = <T>(count: number, make: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, n) => make(n));

const TOKEN = random();
/** The code that stands in the address of the page is redeemed. */
const redeem = (page: RecordedPage, verifier: string, server = '') =>
  page.send([
    {
      url: `${LOGIN}${server}/token`,
      form: {
        grant_type: 'authorization_code',
        code: new URL(page.url()).searchParams.get('code') ?? '',
        code_verifier: verifier,
        redirect_uri: `${APP}/cb`,
        client_id: 'web1',
      },
    },
  ]);

const CASES: readonly TrafficCase[] = [
  {
    rule: 'token-cookie-flags',
    broken: ({ go }) => go(signIn('/cb-careless')),
    correct: ({ go }) => go(signIn('/cb-careful')),
    found: ['token-cookie-flags (medium)'],
  },
  {
    rule: 'token-in-analytics-url',
    broken: ({ go }) => go(signIn('/cb-measured')),
    correct: ({ go }) => go(signIn('/cb-stripped')),
    found: ['code-sent-to-third-party (medium)', 'token-in-analytics-url (medium)'],
  },
  {
    rule: 'verifier-left-in-storage',
    broken: async (page) => {
      const verifier = random();
      await page.store({ left: verifier });
      await page.go(signIn('/cb', verifier));
      await redeem(page, verifier);
      await page.later(30);
    },
    correct: async (page) => {
      const verifier = random();
      await page.store({ pending: verifier });
      await page.go(signIn('/cb', verifier));
      await redeem(page, verifier);
      await page.store({ pending: null });
      await page.later(30);
    },
    found: ['verifier-left-in-storage (low)'],
  },
  {
    rule: 'tokens-survive-logout',
    broken: async ({ store, send, go, later }) => {
      const token = random();
      await store({ kept: token });
      await send([refresh(token)]);
      await later(60);
      await go(`${APP}/logout`);
      await later(30);
    },
    correct: async ({ store, send, go, later }) => {
      const token = random();
      await store({ removed: token });
      await send([refresh(token)]);
      await later(60);
      await store({ removed: null });
      await go(`${APP}/logout`);
      await later(30);
    },
    found: ['refresh-token-in-web-storage (medium)', 'tokens-survive-logout (medium)'],
  },
  {
    rule: 'token-in-url',
    broken: async ({ send }) => {
      const token = random();
      await send([known(token), { url: `${API}/items?access_token=${token}` }]);
    },
    correct: async ({ send }) => {
      const token = random();
      await send([known(token), call(token), { url: `${API}/items?page_token=${random()}` }]);
    },
    found: ['token-in-url (high)'],
  },
  {
    rule: 'token-in-websocket-url',
    broken: async ({ send }) => {
      const token = random();
      await send([known(token), { url: `wss://api.app.example/live?access_token=${token}`, as: 'websocket' }]);
    },
    correct: async ({ send }) => {
      const token = random();
      await send([known(token), { url: `wss://api.app.example/live?ticket=${random()}`, as: 'websocket' }]);
    },
    found: ['token-in-websocket-url (medium)'],
    // It tells its extensions of no WebSocket.
    unseenIn: ['chromium'],
  },
  {
    rule: 'token-to-third-party',
    broken: async ({ send }) => {
      const token = random();
      await send([known(token), { url: `${STATS}/log`, as: 'beacon', text: `{"error":"no","auth":"${token}"}` }]);
    },
    correct: async ({ send }) => {
      const token = random();
      await send([known(token), { url: `${STATS}/log`, as: 'beacon', text: `{"error":"no","trace":"${random()}"}` }]);
    },
    found: ['token-to-third-party (high)'],
  },
  {
    rule: 'bearer-over-http',
    broken: async ({ go, send }) => {
      await go(`${PLAIN}/`);
      await send([{ url: `${PLAIN}/items`, bearer: random() }]);
    },
    correct: async ({ go, send }) => {
      await go(`${PLAIN}/`);
      await send([{ url: `${PLAIN}/items` }, call(random())]);
    },
    found: ['bearer-over-http (high)'],
  },
  {
    rule: 'token-in-console',
    broken: async ({ send, write }) => {
      const token = random();
      await send([known(token)]);
      await write(token);
    },
    correct: async ({ send, write }) => {
      await send([known(random())]);
      await write('signed in');
    },
    found: ['token-in-console (low)'],
    // A recording changes nothing in the page, and so does not hear what it writes.
    unseenIn: 'every browser',
  },
  {
    rule: 'id-token-as-bearer',
    broken: ({ send }) => send([call(idToken())]),
    correct: ({ send }) => send([call(freshJwt({ iss: LOGIN, sub: '1', aud: API, client_id: 'web1', scope: 'r' }))]),
    found: ['id-token-as-bearer (medium)'],
  },
  {
    rule: 'expired-token-sent',
    broken: ({ send }) => {
      const old = freshJwt({
        iss: LOGIN,
        aud: API,
        client_id: 'web1',
        scope: 'r',
        exp: Math.floor(Date.now() / 1000) - 600,
      });
      return send([call(old, '/refused'), call(old, '/refused')]);
    },
    correct: ({ send }) => {
      const token = freshJwt({ iss: LOGIN, aud: API, client_id: 'web1', scope: 'r' });
      return send([call(token), call(token)]);
    },
    found: ['expired-token-sent (low)'],
  },
  {
    rule: 'retry-loop-401',
    broken: ({ send }) => {
      const token = random();
      return send(times(11, () => call(token, '/refused')));
    },
    correct: ({ send }) => send(times(11, () => call(random(), '/refused'))),
    found: ['retry-loop-401 (low)'],
  },
  {
    rule: 'step-up-ignored',
    broken: ({ send }) => {
      const token = random();
      return send(times(4, () => call(token, '/pay')));
    },
    correct: ({ send }) => {
      const token = random();
      return send([call(token, '/pay'), call(random(), '/pay'), call(random())]);
    },
    found: ['step-up-ignored (low)'],
  },
  {
    rule: 'token-endpoint-per-api-call',
    broken: ({ send }) => send(times(7, () => [refresh(random()), call(random())]).flat()),
    correct: ({ send }) => send([refresh(random()), ...times(7, () => call(random()))]),
    found: ['token-endpoint-per-api-call (medium)'],
  },
  {
    rule: 'refresh-storm',
    broken: ({ send }) => {
      const token = random();
      return send([refresh(token)], [refresh(token)], [refresh(token)]);
    },
    correct: ({ send }) => send([refresh(random())]),
    found: ['refresh-storm (medium)'],
  },
  {
    rule: 'refresh-token-not-rotated',
    broken: async ({ send, later }) => {
      const token = random();
      await send([refresh(token)]);
      await later(3600);
      await send([refresh(token)]);
    },
    correct: async ({ send, later }) => {
      await send([refresh(random())]);
      await later(3600);
      await send([refresh(random())]);
    },
    found: ['refresh-token-not-rotated (medium)'],
  },
  {
    rule: 'reactive-401-refresh',
    broken: async ({ send, later }) => {
      const token = random();
      for (const _ of times(3, () => 0)) {
        await send([call(random(), '/refused'), refresh(token)]);
        await later(10);
      }
    },
    correct: async ({ send, later }) => {
      const token = random();
      for (const _ of times(3, () => 0)) {
        await send([refresh(token), call(random())]);
        await later(10);
      }
    },
    found: ['reactive-401-refresh (info)'],
  },
  {
    rule: 'missing-expires-in',
    broken: ({ send }) => send([refresh(random(), '/endless')]),
    correct: ({ send }) => send([refresh(random())]),
    found: ['missing-expires-in (low)'],
    byBodies: true,
  },
  {
    rule: 'long-expires-in',
    broken: ({ send }) => send([refresh(random(), '/long')]),
    correct: ({ send }) => send([refresh(random())]),
    found: ['long-expires-in (low)'],
    byBodies: true,
  },
  {
    rule: 'refresh-token-unlimited',
    broken: ({ send }) => send([refresh(random(), '/unlimited')]),
    correct: ({ send }) => send([refresh(random(), '/rotating')]),
    found: ['refresh-token-unlimited (low)'],
    byBodies: true,
  },
  {
    rule: 'cc-refresh-token-issued',
    broken: ({ send }) => send([machine('/rotating')]),
    correct: ({ send }) => send([machine('')]),
    found: ['cc-refresh-token-issued (low)'],
    anyway: ['client-credentials-in-browser (low)'],
    byBodies: true,
  },
  {
    rule: 'old-refresh-token-resent',
    broken: async ({ send, later }) => {
      const token = random();
      await send([refresh(token, '/rotating')]);
      await later(3);
      await send([refresh(token, '/rotating')]);
    },
    correct: async ({ send }) => send([refresh(random(), '/rotating')]),
    found: ['old-refresh-token-resent (medium)'],
    byBodies: true,
  },
  {
    rule: 'token-not-revoked-on-logout',
    broken: async (page) => {
      const verifier = random();
      await page.go(signIn('/cb', verifier));
      await page.send([{ url: `${LOGIN}/.well-known/openid-configuration` }]);
      await redeem(page, verifier, '/rotating');
      await page.later(1);
      await page.go(`${APP}/logout`);
    },
    correct: async (page) => {
      const verifier = random();
      await page.go(signIn('/cb', verifier));
      await page.send([{ url: `${LOGIN}/.well-known/openid-configuration` }]);
      await redeem(page, verifier, '/rotating');
      await page.later(1);
      await page.send([{ url: `${LOGIN}/revoke`, form: { token: random(), client_id: 'web1' } }]);
      await page.go(`${APP}/logout`);
    },
    found: ['token-not-revoked-on-logout (low)'],
    byBodies: true,
  },
  {
    rule: 'silent-renew-failing',
    broken: ({ go }) => go(`${APP}/silent?times=3`),
    correct: ({ go }) => go(`${APP}/silent?times=1`),
    found: ['silent-renew-failing (low)'],
  },
];

export const TRAFFIC_RULES: readonly string[] = CASES.map(({ rule }) => rule);

const OPEN = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization,content-type,dpop' };
const answer = (status: number, headers: Served['headers'] = {}, body: object = { ok: true }): Served => ({
  ...json(body),
  status,
  headers: { ...OPEN, 'cache-control': 'no-store', ...headers },
});

/** A sign-in without anything wrong in it, as an address of the server. */
function signIn(callback: string, verifier = random(), more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'web1',
    redirect_uri: `${APP}${callback}`,
    scope: 'openid',
    state: random(),
    nonce: random(),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  });
  return `${LOGIN}/authorize?${query}`;
}

/** Sends the person back at once, with a code; nobody may be asked, nobody is signed in. */
function authorize(query: URLSearchParams): Served {
  const back = new URL(query.get('redirect_uri') ?? '');
  if (query.get('prompt') === 'none') back.searchParams.set('error', 'login_required');
  else back.searchParams.set('code', random());
  back.searchParams.set('state', query.get('state') ?? '');
  back.searchParams.set('iss', LOGIN);
  return { ...json({}), status: 303, headers: { ...QUIET, location: back.href } };
}

const QUIET = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': `frame-ancestors ${APP}`,
};

const silent = (query: URLSearchParams): Served => {
  const frames = times(Number(query.get('times')), () => signIn('/renewed', random(), { prompt: 'none' }));
  return html(
    `<body><script>(async () => {
      for (const src of ${JSON.stringify(frames)}) await new Promise((done) => {
        document.body.append(Object.assign(document.createElement('iframe'), { src, onload: done }));
      });
      document.title = 'done';
    })()</script>`,
  );
};

const tokens = (more: object): Served => answer(200, {}, { access_token: random(), token_type: 'Bearer', ...more });

const METADATA = {
  issuer: LOGIN,
  authorization_endpoint: `${LOGIN}/authorize`,
  token_endpoint: `${LOGIN}/token`,
  revocation_endpoint: `${LOGIN}/revoke`,
  jwks_uri: `${LOGIN}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  code_challenge_methods_supported: ['S256'],
  grant_types_supported: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
  authorization_response_iss_parameter_supported: true,
};

export const TRAFFIC_FILES: Readonly<Record<string, Answer>> = {
  [`${LOGIN}/authorize`]: authorize,
  [`${APP}/silent`]: silent,
  [`${APP}/renewed`]: html('<h1>Renewed</h1>', { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }),
  [`${APP}/cb`]: html('<h1>Signed in</h1>', QUIET),
  [`${APP}/cb-measured`]: html(
    `<script>navigator.sendBeacon('${STATS}/log?dl=' + encodeURIComponent(location.href))</script>`,
    QUIET,
  ),
  [`${APP}/cb-stripped`]: html(
    `<script>navigator.sendBeacon('${STATS}/log?dl=' + encodeURIComponent(location.origin + location.pathname))</script>`,
    QUIET,
  ),
  [`${APP}/cb-careless`]: html('<h1>Signed in</h1>', {
    ...QUIET,
    'set-cookie': `access_token=${TOKEN}; Path=/; HttpOnly; SameSite=Lax`,
  }),
  [`${APP}/cb-careful`]: html('<h1>Signed in</h1>', {
    ...QUIET,
    'set-cookie': `__Host-access_token=${TOKEN}; Path=/; Secure; HttpOnly; SameSite=Lax`,
  }),
  [`${APP}/logout`]: html('<h1>Signed out</h1>', QUIET),
  [`${APP}/`]: html('<h1>Orders</h1>'),
  [`${APP}/mark`]: answer(200),
  [`${PLAIN}/`]: html('<h1>Orders</h1>'),
  [`${PLAIN}/items`]: answer(200),
  [`${PLAIN}/mark`]: answer(200),
  [`${API}/items`]: answer(200),
  [`${API}/refused`]: answer(401, { 'www-authenticate': 'Bearer error="invalid_token"' }),
  [`${API}/pay`]: answer(401, {
    'www-authenticate': 'Bearer error="insufficient_user_authentication", acr_values="mfa"',
  }),
  [`${LOGIN}/userinfo`]: answer(200, {}, { sub: '1' }),
  [`${LOGIN}/token`]: tokens({ expires_in: 300 }),
  [`${LOGIN}/endless/token`]: tokens({}),
  [`${LOGIN}/long/token`]: tokens({ expires_in: 7200 }),
  [`${LOGIN}/unlimited/token`]: tokens({ expires_in: 300, refresh_token: random(), refresh_expires_in: 0 }),
  [`${LOGIN}/rotating/token`]: () => tokens({ expires_in: 300, refresh_token: random(), refresh_expires_in: 1800 }),
  [`${LOGIN}/revoke`]: answer(200),
  [`${LOGIN}/.well-known/openid-configuration`]: answer(200, {}, METADATA),
  [`${STATS}/log`]: answer(204),
};

/** Runs in a page. */
async function sendAll(lists: readonly (readonly Sent[])[]): Promise<void> {
  const sendOne = async ({ url, as, bearer, form, text }: Sent): Promise<void> => {
    if (as === 'beacon') {
      navigator.sendBeacon(url, text);
    } else if (as === 'websocket') {
      const socket = new WebSocket(url);
      await new Promise((done) => socket.addEventListener('close', done, { once: true }));
    } else {
      const body = form === undefined ? null : new URLSearchParams(form);
      const headers = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
      await fetch(url, { headers, ...(body === null ? {} : { method: 'POST', body }) }).then((response) =>
        response.text(),
      );
    }
  };
  await Promise.all(
    lists.map(async (list) => {
      for (const one of list) await sendOne(one);
    }),
  );
}

/** Runs in a page: it loaded, and what its script waits for is done. */
function isDone(): true | null {
  const waits = location.pathname === '/silent' && document.title !== 'done';
  return document.readyState === 'complete' && !waits ? true : null;
}

interface Parts {
  readonly browser: TestBrowser;
  readonly extension: Extension;
  readonly popups: PopupPages;
  readonly tabs: SpareTabs;
}

/** What the functions that run in the browser use of it. */
declare const chrome: {
  readonly runtime: { sendMessage(message: object): Promise<unknown> };
  readonly storage: {
    readonly session: {
      get(
        keys: null,
      ): Promise<
        Readonly<
          Record<string, { readonly at: number; readonly tab: number; readonly url?: string; readonly is?: string }>
        >
      >;
      set(items: object): Promise<void>;
    };
  };
};

interface Recorded {
  readonly found: readonly string[];
  readonly cannotTell: boolean;
}

/** For every rule that needs traffic: a page that breaks it and one that does not, recorded, each with exactly that. */
export function trafficRuleTests(parts: () => Parts) {
  /** Stands for the popup, which would be drawn anew with every request: a page of the extension that shows nothing. */
  let control: Promise<Tab> | null = null;
  async function tell(what: string, tab: number): Promise<void> {
    control ??= parts().extension.openPage('devtools.html');
    const page = await control;
    await page.evaluate((message) => chrome.runtime.sendMessage(message), { do: `record.${what}`, tab });
  }

  async function entriesIn({ background }: Extension) {
    return entriesOf(await background.evaluate(() => chrome.storage.session.get(null), undefined)).entries;
  }

  /** What is shown of a recorded page, and what a rule says of its traffic. */
  async function recordingOf(rule: string, run: (page: RecordedPage) => Promise<void>): Promise<Recorded> {
    const { extension, popups, tabs } = parts();
    const tab = await tabs.take();
    // One address each: tabs are told apart by it.
    await tab.goto(`${APP}/?${random()}`);
    const id = await tabIdOf(extension, tab);
    await tell('start', id);
    await run(recordedPage(extension, tab, id));
    await arrived(extension, tab, id);
    await tell('stop', id);
    const found = await popups.of(id, linesOf);
    const { observations } = observe(entriesOfTab(await entriesIn(extension), id), {
      origin: extension.origin,
      redirects: [],
    });
    const { verdicts } = await analyse(observations, {
      now: Date.now(),
      rules: RULES.filter((one) => one.id === rule),
    });
    await tabs.giveBack(tab, id);
    return { found, cannotTell: verdicts.some(({ is }) => is === 'cannotTell') };
  }

  /** Waits until the log holds the end of a request that is sent now, and so of those before it. */
  async function arrived({ background }: Extension, tab: Tab, id: number): Promise<void> {
    const mark = `${new URL(tab.url()).origin}/mark?${random()}`;
    await tab.evaluate((url) => fetch(url).then(() => undefined), mark);
    await background.evaluate(
      async ({ url, of }) => {
        for (;;) {
          const all = Object.values(await chrome.storage.session.get(null));
          if (all.some((one) => one.is === 'completed' && one.tab === of && one.url === url)) return;
          await new Promise((resolve) => setTimeout(resolve, 30));
        }
      },
      { url: mark, of: id },
    );
  }

  function pageIn(tab: Tab): Omit<RecordedPage, 'later'> {
    return {
      send: (...lists) => tab.evaluate(sendAll, lists),
      async go(url) {
        await tab.goto(url);
        await until('the page', () => tab.evaluate(isDone, undefined));
      },
      url: () => tab.url(),
      write: (line) =>
        tab.evaluate((text) => {
          // biome-ignore lint/suspicious/noConsole: the page's own.
          console.log(text);
        }, line),
      store: (items) =>
        tab.evaluate((all) => {
          for (const [key, value] of Object.entries(all)) {
            if (value === null) localStorage.removeItem(key);
            else localStorage.setItem(key, value);
          }
        }, items),
    };
  }

  function recordedPage(extension: Extension, tab: Tab, id: number): RecordedPage {
    return {
      ...pageIn(tab),
      async later(seconds) {
        await arrived(extension, tab, id);
        await extension.background.evaluate(
          async ({ by, of }) => {
            const all = Object.entries(await chrome.storage.session.get(null));
            const moved = all.flatMap(([key, record]) =>
              key.startsWith('log:') && record.tab === of ? [[key, { ...record, at: record.at - by }]] : [],
            );
            await chrome.storage.session.set(Object.fromEntries(moved));
          },
          { by: seconds * 1000, of: id },
        );
      },
    };
  }

  describe('a recorded page that breaks one rule, and one that does not', { concurrency: 3 }, () => {
    for (const { rule, broken, correct, found, unseenIn = [], byBodies = false, anyway = [] } of CASES) {
      test(rule, async () => {
        assert.ok(RULES.some(({ id }) => id === rule));
        const [bad, good] = await Promise.all([recordingOf(rule, broken), recordingOf(rule, correct)]);
        const unseen = byBodies || unseenIn === 'every browser' || unseenIn.includes(parts().browser.name);
        const shown = [...anyway, ...(unseen ? [] : found)].toSorted();
        assert.deepEqual([bad.found, good.found], [shown, anyway]);
        if (unseen) assert.ok(bad.cannotTell, 'what is not seen cannot be told');
      });
    }
  });

  test('what bodies of answers tell is found in DevTools, and nothing where they are as they should be', async () => {
    const { extension, tabs } = parts();
    const byBodies = CASES.filter((one) => one.byBodies);
    const anyway = byBodies.flatMap((one) => one.anyway ?? []);
    const tab = await tabs.take();
    await tab.goto(`${APP}/?${random()}`);
    const devtools = await extension.openDevtools(tab);
    const panel = await devtools.showPanel();
    const page: RecordedPage = {
      ...pageIn(tab),
      // The body of an answer goes with its document: the person leaves when it has arrived.
      async later(seconds) {
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
        if (!tab.url().startsWith(`${APP}/cb`)) return;
        await until('the tokens of the sign-in', async () => {
          const arrows = (await panel.evaluate(readArrows, undefined)).join();
          return /GET \/authorize/.test(arrows) && /200 access_token/.test(arrows) ? true : null;
        });
      },
    };
    for (const { correct } of byBodies) await correct(page);
    const causes = async (wanted: readonly string[]): Promise<void> => {
      let found: readonly string[] = [];
      await until('the findings', async () => {
        found = (await panel.evaluate(readCauses, undefined)).toSorted();
        return found.join() === wanted.toSorted().join() ? true : null;
      }).catch(() => assert.deepEqual(found, wanted.toSorted()));
    };
    await causes(anyway.map(once));
    await until('the list to be cleared', () => panel.evaluate(clear, undefined));
    await causes([]);
    for (const { broken } of byBodies) await broken(page);
    await causes([...anyway, ...byBodies.flatMap(({ found }) => found)].map(once));
    await tab.close();
  });
}

/** Runs in the panel: presses "Clear". */
function clear(): true | null {
  const all = [...document.querySelectorAll<HTMLElement>('button, [role=menuitem]')];
  const found = all.find(({ textContent }) => textContent?.trim() === 'Clear');
  found?.click();
  return found === undefined ? null : true;
}

/** What the panel lists of one finding `rule (severity)`. */
function once(line: string): string {
  const rule = RULES.find(({ id }) => line.startsWith(`${id} `));
  assert.ok(rule);
  return `${rule.title.replaceAll('`', '')}: 1 time`;
}
