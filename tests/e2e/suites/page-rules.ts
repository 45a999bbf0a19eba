import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { RULES } from '../../../lib/rules/index.ts';
import { html, json, type PageStand, type Served, script, startPageStand } from '../../servers/page-stand.ts';
import type { Extension, LaunchOptions, TestBrowser } from '../harness/browser.ts';
import { until } from '../harness/browser.ts';
import {
  checkInTab,
  type PopupPages,
  popupPages,
  type SpareTabs,
  type StoredInPage,
  spareTabs,
  storeInPage,
  tabIdOf,
} from '../harness/page-check.ts';
import { ACCESS_TOKEN, CLIENT_SECRET, freshJwt, REFRESH_TOKEN } from '../page-values.ts';
import { PLAIN_HOSTS, TRAFFIC_FILES, TRAFFIC_HOSTS, TRAFFIC_RULES, trafficRuleTests } from './traffic-rules.ts';

/** One page: what its site serves, and what the page then stores. */
interface RulePage extends StoredInPage {
  readonly body?: string;
  readonly files?: Readonly<Record<string, Served>>;
}

interface RuleCase {
  readonly rule: string;
  readonly severity: string;
  readonly broken: RulePage;
  readonly correct: RulePage;
}

const user = (members: object): string => JSON.stringify({ token_type: 'Bearer', scope: 'openid', ...members });
const idToken = (): string =>
  freshJwt({ iss: 'https://login.example', sub: '1', aud: 'web1', nonce: 'n-0S6_WzA2Mj', auth_time: 1 });
const privateKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Made for everybody who opens a page: of Stripe, Mapbox, Firebase, Supabase, Sentry, reCAPTCHA, Maps and analytics. */
const PUBLISHABLE = {
  stripe: 'pk_live_51H8kLmNoPqRsTuVwXyZ0123456789abcdefghijkl',
  mapbox: 'pk.eyJ1IjoiYWNtZSIsImEiOiJjazEyMzQ1Njc4OTBhYmNkZWYifQ.k1mJ8v0qRkqB1c8nZr5sT7',
  firebase: { apiKey: 'AIzaSyD4k2mXw9Lk4Tn8Vb3Jc6Hd1Ps5Gf0YaQ', appId: '1:842917364520:web:321abc456def7890' },
  supabase: freshJwt({ iss: 'supabase', ref: 'abcdefghijklmnopqrst', role: 'anon' }, { alg: 'HS256', typ: 'JWT' }),
  sentry: 'https://9f8e7d6c5b4a39281706f5e4d3c2b1a0@o123456.ingest.sentry.io/4501234567890123',
  recaptcha: '6LdQw8kUAAAAAH2kX9mT4vB7nJ1cR5sZ0yLpQeWf',
  maps: 'https://maps.googleapis.com/maps/api/js?key=AIzaSyD4k2mXw9Lk4Tn8Vb3Jc6Hd1Ps5Gf0YaQ',
  analytics: {
    gtag: 'G-4KZ8QW1M2N',
    segment: 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY',
    client_id: '842917364520.1700000000',
  },
};

/** What a pending sign-in needs, in the places of two libraries. */
const PENDING = {
  'oidc.4f9c1dbb07a34f0c8b5e2d7a9b1deb4d': JSON.stringify({
    id: '4f9c1dbb07a34f0c8b5e2d7a9b1deb4d',
    code_verifier: 'dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk',
  }),
  'a0.spajs.txs.web1': JSON.stringify({
    state: 'af0ifjsldkjQ2w7',
    nonce: 'n-0S6_WzA2Mj',
    code_verifier: REFRESH_TOKEN,
  }),
};

/** Every rule of the groups E and H that what a page stores and delivers can break without any traffic. */
const CASES: readonly RuleCase[] = [
  {
    rule: 'token-in-localstorage',
    severity: 'medium',
    broken: { local: { 'oidc.user:https://login.example:web1': user({ access_token: ACCESS_TOKEN }) } },
    correct: { local: { theme: 'dark', 'csrf-token': ACCESS_TOKEN }, session: PENDING },
  },
  {
    rule: 'token-in-sessionstorage',
    severity: 'low',
    broken: { session: { id_token: idToken() } },
    correct: { session: { ...PENDING, cart: '["a1","b2"]', requestId: ACCESS_TOKEN } },
  },
  {
    rule: 'refresh-token-in-web-storage',
    severity: 'medium',
    broken: { local: { refreshToken: REFRESH_TOKEN } },
    correct: { local: { refreshTokenExpiresAt: '1893456000', 'firebase-installations-store': REFRESH_TOKEN } },
  },
  {
    rule: 'token-in-indexeddb',
    severity: 'low',
    broken: { records: { user: { access_token: ACCESS_TOKEN } } },
    correct: { records: { key: { dpopNonce: ACCESS_TOKEN }, note: { title: 'Buy tea' } } },
  },
  {
    rule: 'token-in-js-cookie',
    severity: 'medium',
    broken: { cookies: [`access_token=${ACCESS_TOKEN}; path=/; secure`] },
    correct: { cookies: [`XSRF-TOKEN=${ACCESS_TOKEN}; path=/; secure`, 'lang=en; path=/; secure'] },
  },
  {
    rule: 'token-in-global',
    severity: 'low',
    broken: {
      body: `<script src="/g.js"></script>`,
      files: { '/g.js': script(`window.app={auth:{access_token:"${ACCESS_TOKEN}"}}`) },
    },
    correct: {
      body: `<script src="/g.js"></script>`,
      files: { '/g.js': script(`window.app={csrfToken:"${ACCESS_TOKEN}",api:"/v1"}`) },
    },
  },
  {
    rule: 'token-in-html',
    severity: 'medium',
    broken: { body: `<main data-session="${idToken()}"></main>` },
    correct: {
      body: `<main data-csrf="${ACCESS_TOKEN}"></main><script>fetch("/me",{headers:{"x-csrf":"${ACCESS_TOKEN}"}})</script>`,
    },
  },
  {
    rule: 'postmessage-origin-unchecked',
    severity: 'medium',
    broken: { body: `<script>addEventListener('message', (e) => console.log(e.data.access_token));</script>` },
    correct: {
      body: `<script>addEventListener('message', (e) => { if (e.origin === 'https://login.example') console.log(e.data.access_token); });</script>`,
    },
  },
  {
    rule: 'token-in-postmessage-wildcard',
    severity: 'low',
    broken: {
      body: '<script src="/callback.js"></script>',
      files: { '/callback.js': script('function done(t){opener.postMessage({access_token:t},"*")}') },
    },
    correct: {
      body: '<script src="/callback.js"></script>',
      files: {
        '/callback.js': script(
          'function done(t){opener.postMessage({access_token:t},"https://app.example")}parent.postMessage({height:3},"*")',
        ),
      },
    },
  },
  {
    rule: 'service-worker-token-broker',
    severity: 'info',
    broken: {
      body: '<script>navigator.serviceWorker.register("/sw.js").then((r) => navigator.serviceWorker.ready).then(() => { document.title = "ready"; });</script>',
      files: {
        '/sw.js': script(
          'addEventListener("fetch",e=>{if(e.request.url.endsWith("/never"))e.respondWith(fetch(e.request,{headers:{Authorization:`Bearer ${t}`}}))})',
        ),
      },
    },
    correct: {
      body: '<script>navigator.serviceWorker.register("/sw.js").then((r) => navigator.serviceWorker.ready).then(() => { document.title = "ready"; });</script>',
      files: {
        '/sw.js': script(
          'addEventListener("fetch",e=>{if(e.request.url.endsWith("/never"))e.respondWith(caches.match(e.request))})',
        ),
      },
    },
  },
  {
    rule: 'secret-in-page-script',
    severity: 'high',
    broken: {
      body: '<script src="/app.js"></script>',
      files: {
        '/app.js': script(`!function(){start({clientId:"web1",clientSecret:"${CLIENT_SECRET}"})};function start(){}`),
      },
    },
    correct: {
      body: `<script src="/app.js"></script><script type="application/json" id="config">${JSON.stringify(PUBLISHABLE)}</script>`,
      files: {
        '/app.js': script(
          `window.config=${JSON.stringify(PUBLISHABLE)};var clientSecret="YOUR_CLIENT_SECRET_1234";fetch("/config.json");`,
        ),
        '/config.json': json(PUBLISHABLE),
      },
    },
  },
  {
    rule: 'secret-in-source-map',
    severity: 'high',
    broken: {
      body: '<script src="/app.js"></script>',
      files: {
        '/app.js': script('1;\n//# sourceMappingURL=app.js.map'),
        '/app.js.map': json({
          version: 3,
          sources: ['src/a.ts'],
          sourcesContent: [`export const client_secret = '${CLIENT_SECRET}';`],
          names: [],
          mappings: 'AAAA',
        }),
      },
    },
    correct: {
      body: '<script src="/app.js"></script>',
      files: {
        '/app.js': script('1;\n//# sourceMappingURL=app.js.map'),
        '/app.js.map': json({
          version: 3,
          sources: ['src/a.ts'],
          sourcesContent: ['export const client_secret = process.env.CLIENT_SECRET;'],
          names: [],
          mappings: 'AAAA',
        }),
      },
    },
  },
  {
    rule: 'private-key-in-page',
    severity: 'high',
    broken: {
      body: '<script src="/key.js"></script>',
      files: { '/key.js': script(`var key=${JSON.stringify(privateKey())}`) },
    },
    correct: {
      body: '<script src="/key.js"></script>',
      files: { '/key.js': script('var key="-----BEGIN PRIVATE KEY-----\\nMIIE...\\n-----END PRIVATE KEY-----"') },
    },
  },
];

const hostOf = (rule: string, sort: 'broken' | 'correct'): string => `${sort}.${rule}.example`;

/** For every rule that a page alone can break: a page that breaks it and one that does not, each with exactly that. */
export function pageRuleTests(launch: (options: LaunchOptions) => Promise<TestBrowser>) {
  let stand: PageStand;
  let browser: TestBrowser;
  let extension: Extension;
  let popups: PopupPages;
  let tabs: SpareTabs;

  before(async () => {
    const hosts = CASES.flatMap(({ rule }) => [hostOf(rule, 'broken'), hostOf(rule, 'correct')]);
    stand = await startPageStand([...hosts, ...TRAFFIC_HOSTS], PLAIN_HOSTS);
    stand.serve(TRAFFIC_FILES);
    browser = await launch({ demo: stand, extension: true });
    assert.ok(browser.extension);
    extension = browser.extension;
    await extension.grantHosts('*://*/*');
    popups = popupPages(extension);
    tabs = spareTabs(browser, extension);
  });
  after(async () => {
    await browser?.close();
    await stand?.stop();
  });

  async function findingsOf(rule: string, sort: 'broken' | 'correct', page: RulePage): Promise<readonly string[]> {
    const origin = `https://${hostOf(rule, sort)}`;
    const files = Object.entries(page.files ?? {}).map(([path, file]) => [`${origin}${path}`, file] as const);
    stand.serve({ ...Object.fromEntries(files), [`${origin}/`]: html(page.body ?? '<h1>Orders</h1>') });
    const tab = await tabs.take();
    await tab.goto(`${origin}/`);
    if (page.body?.includes('serviceWorker') === true) {
      await until('the worker', () => tab.evaluate(() => (document.title === 'ready' ? true : null), undefined));
    }
    await tab.evaluate(storeInPage, page);
    const { findings } = await checkInTab(extension, popups, tab);
    await tabs.giveBack(tab, await tabIdOf(extension, tab));
    return findings;
  }

  test('every rule about storage, leaks, lifetimes and delivered secrets has its pages', () => {
    const rules = RULES.filter(({ group }) => ['E', 'G', 'H'].includes(group)).map(({ id }) => id);
    assert.deepEqual([...CASES.map(({ rule }) => rule), ...TRAFFIC_RULES].toSorted(), rules.toSorted());
  });

  describe('a page that breaks one rule, and one that does not', { concurrency: 3 }, () => {
    for (const { rule, severity, broken, correct } of CASES) {
      test(rule, async () => {
        assert.ok(RULES.some(({ id }) => id === rule));
        const found = await Promise.all([findingsOf(rule, 'broken', broken), findingsOf(rule, 'correct', correct)]);
        assert.deepEqual(found, [[`${rule} (${severity})`], []]);
      });
    }
  });

  trafficRuleTests(() => ({ browser, extension, popups, tabs }));
}
