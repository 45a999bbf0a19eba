import type { LogRecord } from '../../lib/log/records.ts';
import type { Demo } from '../servers/start-demo.ts';
import type { Extension, Tab, TestBrowser } from './harness/browser.ts';
import { until } from './harness/browser.ts';
import { recordsOf, type SeenIn } from './popup-records.ts';

/** One state of the popup: how to get there in a real browser, and the sentence that must stand on top. */
export interface PopupState {
  /** Also the file name of its picture. */
  readonly name: string;
  readonly heading: string | RegExp;
  /** Address of the tab that the popup is about; below `https://app.example` where it has no scheme. */
  readonly page?: string;
  /** Host access. */
  readonly granted?: 'site' | 'all';
  /** The toolbar button is pressed on the page, which makes its address visible. */
  readonly pressed?: true;
  /** Traffic of the tab, in the trace language. */
  readonly trace?: string;
  /** Records of the log beside the traffic. */
  readonly records?: (seen: SeenIn) => readonly LogRecord[];
  /** The popup is about a tab that does not exist. */
  readonly gone?: true;
  /** What the person then does. */
  readonly act?: (popup: Tab) => Promise<void>;
  /** The storage of the browser fails. */
  readonly broken?: true;
  /** The network is off. */
  readonly offline?: true;
}

const STATE = 'state=Zk3qOq8vT1mXc0aJr5yW2bN7uGd4sLhEfPiK6tVwR9x';
const CODE = 'code=SplxlOBeZQQYbYS6WxSbIA';
const REDIRECT = 'redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const PKCE = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const VERIFIER = 'code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const ISS = 'iss=https%3A%2F%2Fas.example';
const TOKEN = '2YotnFZFEjr1zCsicMWpAA8h3kQv7Lr0';

interface SignIn {
  readonly request: string;
  /** Query or fragment of the callback, with its `?` or `#`. */
  readonly answer?: string;
  /** Form of the page's token request. */
  readonly token?: string;
  readonly server?: string;
}

/** A sign-in of the client `web-portal`, step by step as far as it went. */
function signIn({ request, answer, token, server = 'as.example' }: SignIn): string {
  const steps = [`GET https://${server}/authorize?client_id=web-portal&${REDIRECT}&scope=openid%20profile&${request}`];
  if (answer !== undefined) {
    steps.push(
      `302\nLocation: https://app.example/cb${answer}`,
      `# time +11\nGET https://app.example/cb${answer}\n\n200`,
    );
  }
  if (token !== undefined) {
    steps.push(`# initiator https://app.example
# resource xhr
# time +12
POST https://${server}/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&client_id=web-portal&${REDIRECT}&${token}

200`);
  }
  return steps.join('\n\n');
}

const noPkce = signIn({ request: 'response_type=code', answer: `?${CODE}&${ISS}`, token: CODE });
const clean = signIn({
  request: `response_type=code&nonce=n-0S6_WzA2MjQ7xk3p&${STATE}&${PKCE}`,
  answer: `?${CODE}&${STATE}&${ISS}`,
  token: `${CODE}&${VERIFIER}`,
});
const implicit = signIn({
  request: `response_type=token&${STATE}`,
  answer: `#access_token=${TOKEN}&token_type=Bearer&expires_in=3600&${STATE}`,
});
const onServer = signIn({ request: `response_type=code&${STATE}`, answer: `?${CODE}&${STATE}` });
const secretInPage = signIn({
  request: `response_type=code&${STATE}&${PKCE}`,
  answer: `?${CODE}&${STATE}&${ISS}`,
  token: `${CODE}&${VERIFIER}&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw-tY3s`,
});

const MARKUP = '%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E';
const HOSTILE = `${MARKUP}%E2%80%AEtxet%20desrever%E2%81%A9${'A'.repeat(60_000)}`;

const open = (selector: string) => async (popup: Tab) => popup.click(selector);
const card = (at: number) => `.findings .fold:nth-child(${at}) .row`;

export const POPUP_STATES: readonly PopupState[] = [
  { name: 'findings', heading: 'Signing in with as.example: 2 problems', granted: 'all', trace: noPkce },
  {
    name: 'findings-one-cause',
    heading: 'Signing in with as.example: 1 problem',
    granted: 'all',
    trace: implicit,
    act: (popup) => popup.evaluate(() => document.querySelector('.effects')?.scrollIntoView(), undefined),
  },
  {
    name: 'findings-value-shown',
    heading: 'Signing in with as.example: 1 problem',
    granted: 'all',
    trace: secretInPage,
    act: open('.value-tools [aria-pressed]'),
  },
  { name: 'findings-client-type', heading: /1 problem$/, granted: 'all', trace: onServer },
  {
    name: 'findings-rest',
    heading: 'Signing in with as.example: 2 problems',
    granted: 'all',
    trace: noPkce,
    act: async (popup) => {
      await popup.click(card(1));
      for (const row of ['.findings ~ .fold .row']) await popup.click(row);
    },
  },
  { name: 'clean', heading: 'Signing in with as.example: no problems found', granted: 'all', trace: clean },
  {
    name: 'site-only',
    heading: /Signing in with as\.example: 1 problem/,
    granted: 'site',
    trace: onServer,
    act: async (popup) => {
      await popup.click(card(1));
      await popup.click('.findings ~ .fold .row');
    },
  },
  {
    name: 'in-progress',
    heading: 'Signing in with as.example: in progress',
    granted: 'all',
    trace: signIn({ request: `response_type=code&${STATE}&${PKCE}` }),
  },
  {
    name: 'refused',
    heading: 'Signing in with as.example: refused',
    granted: 'all',
    trace: signIn({ request: `response_type=code&${STATE}&${PKCE}`, answer: `?error=access_denied&${STATE}&${ISS}` }),
  },
  {
    name: 'several-sign-ins',
    heading: 'Signing in with login.example: no problems found',
    granted: 'all',
    trace: [
      noPkce,
      signIn({
        server: 'login.example',
        request: `response_type=code&state=aZ3qOq8vT1mXc0aJr5yW2bN7uGd4sLhEf&${PKCE}`,
        answer: '?code=Qcb0Orv1zh30vL1MPRsbm&state=aZ3qOq8vT1mXc0aJr5yW2bN7uGd4sLhEf',
        token: `code=Qcb0Orv1zh30vL1MPRsbm&${VERIFIER}`,
      }),
    ].join('\n\n'),
    act: open('.menu > .text-button'),
  },
  {
    name: 'address',
    heading: 'A sign-in response is still in this address',
    page: `/cb?${CODE}&${STATE}&${ISS}`,
    pressed: true,
  },
  {
    name: 'address-with-finding',
    heading: 'A sign-in response is still in this address',
    page: `/cb#access_token=${TOKEN}&token_type=Bearer&expires_in=3600&${STATE}`,
    pressed: true,
  },
  { name: 'nothing', heading: 'No sign-in in this page’s address', page: '/orders?page=2&sort=date', pressed: true },
  { name: 'hidden', heading: 'The address of this tab is not visible here', page: '/orders' },
  { name: 'waiting', heading: 'No sign-in seen yet', page: '/orders?page=2&sort=date', granted: 'site' },
  { name: 'forbidden', heading: 'Extensions may not see this page', page: 'about:blank', granted: 'all' },
  { name: 'gone', heading: 'This tab could not be judged', gone: true },
  {
    name: 'cut-short',
    heading: 'Signing in with as.example: no problems found',
    granted: 'all',
    trace: clean,
    records: ({ tab, from }) => [
      { is: 'evicted', at: from, tab, records: 41, whole: false },
      { is: 'lost', at: from, tab, reason: 'Session storage quota bytes exceeded' },
    ],
  },
  {
    name: 'offline',
    heading: 'Signing in with as.example: no problems found',
    granted: 'all',
    trace: clean,
    offline: true,
  },
  { name: 'error', heading: 'This tab could not be judged', broken: true },
  {
    name: 'cleared',
    heading: 'No sign-in seen yet',
    granted: 'all',
    trace: clean,
    act: async (popup) => {
      await popup.click('.foot .button');
      await shown(popup, '.foot .button', 'Undo');
    },
  },
  { name: 'menu', heading: /2 problems$/, granted: 'all', trace: noPkce, act: open('.menu > .icon-button') },
  { name: 'keys', heading: /2 problems$/, granted: 'all', trace: noPkce, act: (popup) => popup.press('?') },
  {
    name: 'search',
    heading: /^\d+ checks found$/,
    granted: 'all',
    trace: noPkce,
    act: async (popup) => {
      await popup.press('/');
      await popup.fill('.search input', 'token');
    },
  },
  {
    name: 'hostile',
    heading: /^Signing in with as\.example: in progress, \d problems$/,
    granted: 'all',
    act: open('.findings .fold:nth-child(2) .row'),
    trace: `GET https://as.example/authorize?response_type=token&client_id=${HOSTILE}&scope=${HOSTILE}&redirect_uri=http%3A%2F%2Fapp.example%2F${HOSTILE}`,
  },
];

const SITES = { site: '*://*.app.example/*', all: '*://*/*' } as const;

interface ChromeApi {
  readonly permissions: { getAll(): Promise<{ readonly origins?: readonly string[] }> };
  readonly storage: {
    readonly session: { clear(): Promise<void>; set(items: object): Promise<void> };
  };
  readonly tabs: { query(query: object): Promise<readonly { readonly id?: number }[]> };
}

declare const chrome: ChromeApi;

/** Waits until the element says the text. */
async function shown(tab: Tab, selector: string, text: string): Promise<void> {
  await until(`${text} in ${selector}`, async () => {
    const found = await tab.evaluate((one) => document.querySelector(one)?.textContent ?? '', selector);
    return found.includes(text) ? true : null;
  });
}

/** For states whose storage is `broken`: runs in the page before its own scripts. */
export function breakStorage(): void {
  const { session } = (globalThis as unknown as { chrome: { storage: { session: object } } }).chrome.storage;
  Object.assign(session, { get: () => Promise.reject(new Error('the storage of the browser cannot be read')) });
}

/** Leaves the extension with access to these sites and no others. */
export async function holdOnly(extension: Extension, patterns: readonly string[]): Promise<void> {
  const { origins = [] } = await extension.background.evaluate(() => chrome.permissions.getAll(), undefined);
  for (const held of origins.filter((origin) => !patterns.includes(origin))) await extension.revokeHosts(held);
  for (const wanted of patterns.filter((pattern) => !origins.includes(pattern))) await extension.grantHosts(wanted);
}

export interface ShownState {
  readonly popup: Tab;
  close(): Promise<void>;
}

export interface StateSetting {
  readonly browser: TestBrowser;
  readonly extension: Extension;
  readonly demo: Demo;
  /** Time of the first message, milliseconds since the epoch. */
  readonly from: number;
  /** Opens the popup's page, with whatever of the state must be there before. */
  readonly openPopup: (path: string, state: PopupState) => Promise<Tab>;
}

/** Brings the real extension into a state and opens the popup about it, in a page of the popup's size. */
export async function showState(state: PopupState, setting: StateSetting): Promise<ShownState> {
  const { browser, extension, demo, from, openPopup } = setting;
  const { page = '/', granted, trace = '', records } = state;
  await holdOnly(extension, granted === undefined ? [] : [SITES[granted]]);
  const tab = await browser.newTab();
  await tab.goto(/^\w+:/.test(page) ? page : `${demo.origins.app}${page}`);
  await tab.bringToFront();
  const id = await until('the id of the tab', () =>
    extension.background.evaluate(
      async () => (await chrome.tabs.query({ active: true, lastFocusedWindow: true }))[0]?.id ?? null,
      undefined,
    ),
  );
  const seen = { tab: id, from };
  const more = (records?.(seen) ?? []).map(
    (record, index) => [`log:999999999999999.00000000${index}.0`, record] as const,
  );
  await extension.background.evaluate(
    async (items) => {
      await chrome.storage.session.clear();
      await chrome.storage.session.set(items);
    },
    { ...recordsOf(trace, seen), ...Object.fromEntries(more) },
  );
  if (state.pressed === true) await (await extension.clickToolbar(tab)).close();
  const popup = await openPopup(`popup.html?tab=${state.gone === true ? 987_654 : id}`, state);
  await popup.bringToFront();
  await until('the popup', () =>
    popup.evaluate(() => (document.querySelector('h1') === null ? null : true), undefined),
  );
  await state.act?.(popup);
  return {
    popup,
    close: async () => {
      await popup.close();
      await tab.close();
    },
  };
}
