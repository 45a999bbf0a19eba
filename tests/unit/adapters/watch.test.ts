import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { refreshBadge } from '../../../lib/adapters/badge.ts';
import { createSession } from '../../../lib/adapters/session.ts';
import { startWatch } from '../../../lib/adapters/watch.ts';
import { createWatchLog } from '../../../lib/adapters/watch-log.ts';
import type { ProfileName } from '../../../lib/rules/profiles.ts';
import { request } from '../log/traffic.ts';
import { createFakeBrowser, type FakeBrowser, type FakeOptions } from './fake-browser.ts';

const AUTHORIZE =
  'https://as.example/authorize?response_type=code&client_id=c&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid';
const CALLBACK = 'https://app.example/cb?code=aVeryOrdinaryCode123';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start(options: FakeOptions = {}): FakeBrowser {
  const fake = createFakeBrowser(options);
  fake.tabs = [{ id: 1, windowId: 1, incognito: false }];
  startWatch(fake.browser, createWatchLog(fake.browser), () => false);
  return fake;
}

let nextId = 0;

/** A frame's navigation hop; `more` overrides parts of the event. */
function frame(url: string, more: Readonly<Record<string, unknown>> = {}) {
  nextId += 1;
  return {
    requestId: `${nextId}`,
    url,
    method: 'GET',
    type: 'main_frame',
    tabId: 1,
    timeStamp: 1000 + nextId,
    ...more,
  };
}

function stored(fake: FakeBrowser): Record<string, unknown>[] {
  return [...fake.stored.values()] as Record<string, unknown>[];
}

describe('listeners', () => {
  it('are all registered before startWatch returns', () => {
    const fake = start();
    expect(Object.values(fake.webRequest).map(({ listeners }) => listeners.length)).toEqual([2, 1, 0, 2, 1, 1]);
    expect(fake.permissions.onAdded.listeners).toHaveLength(1);
  });

  describe('when host access is granted', () => {
    /** What was done to one event's listeners for a grant of `added`, with `before` granted at the start. */
    async function doneFor(before: readonly string[], ...grants: readonly string[]): Promise<readonly string[]> {
      const fake = createFakeBrowser();
      for (const origin of before) fake.granted.add(origin);
      startWatch(fake.browser, createWatchLog(fake.browser), () => false);
      const event = fake.webRequest.onCompleted;
      const calls: string[] = [];
      vi.spyOn(event, 'removeListener').mockImplementation(() => void calls.push('remove'));
      vi.spyOn(event, 'addListener').mockImplementation(() => void calls.push('add'));
      await vi.runAllTimersAsync();
      for (const added of grants) fake.granted.add(added);
      for (const added of grants) fake.permissions.onAdded.fire({ origins: [added] });
      await vi.runAllTimersAsync();
      return calls;
    }

    it('are removed and added again where there was none: Chromium had dropped them', async () => {
      expect(await doneFor([], '*://*/*')).toEqual(['remove', 'add']);
      expect(await doneFor([], '*://a.example/*', '*://b.example/*')).toEqual(['remove', 'add']);
    });

    it('stay as they are where there was some: requests may be under way', async () => {
      expect(await doneFor(['*://a.example/*'], '*://b.example/*')).toEqual([]);
    });
  });

  it('ask each browser only for what it knows', () => {
    const params = (options: FakeOptions) => start(options).webRequest.onSendHeaders.listeners[0]?.params;
    const [chromium, firefox] = [params({ chromium: true }), params({ chromium: false })];
    expect(chromium).toMatchObject([
      { types: ['xmlhttprequest', 'ping', 'other'] },
      ['requestHeaders', 'extraHeaders'],
    ]);
    expect(firefox).toMatchObject([{ types: ['xmlhttprequest', 'beacon', 'ping', 'other'] }, ['requestHeaders']]);
    expect(start().webRequest.onErrorOccurred.listeners[0]?.params).toHaveLength(1);
  });

  it('hear frames of every address, other requests at endpoints only, and nothing unfiltered', () => {
    const fake = start();
    for (const { listeners } of Object.values(fake.webRequest)) {
      for (const { params } of listeners) {
        const { urls, types } = params[0] as { urls: string[]; types: string[] };
        const frames = types.every((type) => type === 'main_frame' || type === 'sub_frame');
        expect(frames).toBe(urls.includes('*://*/*'));
        expect(types.length).toBeGreaterThan(0);
      }
    }
  });

  it('watch the windows only where private ones share this instance', () => {
    expect(start({ chromium: true }).windows.onRemoved.listeners).toHaveLength(0);
    expect(start({ chromium: false }).windows.onRemoved.listeners).toHaveLength(1);
  });
});

describe('what is recorded', () => {
  it('is written before the listener returns', () => {
    const fake = start();
    fake.webRequest.onBeforeRequest.fire(frame(AUTHORIZE));
    expect(stored(fake)).toMatchObject([{ is: 'request', url: AUTHORIZE }]);
  });

  it('is not a frame without anything of OAuth', async () => {
    const fake = start();
    for (const url of ['https://app.example/', 'https://app.example/products?page=2&zipcode=1#top']) {
      expect(fake.webRequest.onBeforeRequest.fire(frame(url))).toBe(1);
    }
    await vi.runAllTimersAsync();
    expect(stored(fake)).toEqual([]);
  });

  it('is a form that carries an answer, whatever its address', () => {
    const fake = start();
    const post = { method: 'POST', requestBody: { formData: { code: ['x'], state: ['y'] } } };
    fake.webRequest.onBeforeRequest.fire(frame('https://app.example/signed-in', post));
    const search = { method: 'POST', requestBody: { formData: { query: ['x'], '\ud800': ['y'] } } };
    fake.webRequest.onBeforeRequest.fire(frame('https://app.example/search', search));
    expect(stored(fake).map(({ url }) => url)).toEqual(['https://app.example/signed-in']);
  });

  it('is a redirect into or out of OAuth, where the hop itself says nothing', () => {
    const fake = start();
    const login = frame('https://app.example/login');
    fake.webRequest.onBeforeRedirect.fire({ ...login, statusCode: 302, redirectUrl: AUTHORIZE });
    fake.webRequest.onBeforeRedirect.fire({ ...login, statusCode: 301, redirectUrl: 'https://app.example/login/' });
    expect(stored(fake)).toMatchObject([{ is: 'redirect', to: AUTHORIZE }]);
  });

  it('is every event of a token request but no preflight', () => {
    const fake = start();
    const token = frame('https://as.example/token', { type: 'xmlhttprequest', method: 'POST' });
    for (const method of ['OPTIONS', 'POST']) {
      const event = { ...token, method };
      fake.webRequest.onBeforeRequest.fire(event);
      fake.webRequest.onSendHeaders.fire(event);
      fake.webRequest.onCompleted.fire({ ...event, statusCode: 200 });
    }
    fake.webRequest.onErrorOccurred.fire({ ...token, requestId: 'x', error: 'net::ERR_FAILED' });
    expect(stored(fake).map(({ is, method }) => [is, method])).toEqual([
      ['request', 'POST'],
      ['headers', 'POST'],
      ['completed', 'POST'],
      ['failed', 'POST'],
    ]);
  });
});

describe('the opener of a popup window', () => {
  const inPopup = (more: object) => frame(AUTHORIZE, { tabId: 2, initiator: 'https://app.example', ...more });
  const openers = (fake: FakeBrowser) => stored(fake).filter(({ is }) => is === 'opener');

  function withPopup(tab: object): FakeBrowser {
    const fake = start();
    fake.windows.list.push({ id: 2, type: 'popup', incognito: false });
    fake.tabs = [
      { id: 1, windowId: 1, url: 'https://app.example/a', incognito: false, lastAccessed: 5 },
      { id: 2, windowId: 2, url: 'https://app.example/', incognito: false, lastAccessed: 9, ...tab },
      { id: 3, windowId: 1, url: 'https://app.example/b', incognito: false, lastAccessed: 6 },
      { id: 4, windowId: 1, url: 'https://app.example/c', incognito: true, lastAccessed: 7 },
      { id: 5, windowId: 1, url: 'http://app.example/d', incognito: false, lastAccessed: 8 },
    ];
    return fake;
  }

  it('is the tab that the browser names', async () => {
    const fake = withPopup({ openerTabId: 1 });
    fake.webRequest.onBeforeRequest.fire(inPopup({}));
    await vi.runAllTimersAsync();
    expect(openers(fake)).toMatchObject([{ tab: 2, opener: 1 }]);
  });

  it('is, where the browser names none, the tab used last that shows the sending origin', async () => {
    const fake = withPopup({});
    fake.webRequest.onBeforeRequest.fire(inPopup({}));
    await vi.runAllTimersAsync();
    expect(openers(fake)).toMatchObject([{ tab: 2, opener: 3 }]);
  });

  it('is not asked for in an ordinary window, whose "opener" is the tab that was in front', async () => {
    const fake = withPopup({ openerTabId: 1, windowId: 1 });
    fake.webRequest.onBeforeRequest.fire(inPopup({}));
    await vi.runAllTimersAsync();
    expect(openers(fake)).toEqual([]);
  });

  it('is unknown where the window is gone or nobody sent the request', async () => {
    const fake = withPopup({});
    fake.webRequest.onBeforeRequest.fire(inPopup({ tabId: 99 }));
    fake.webRequest.onBeforeRequest.fire(inPopup({ initiator: undefined }));
    await vi.runAllTimersAsync();
    expect(openers(fake)).toEqual([]);
  });
});

describe('the badge', () => {
  /** A sign-in without state and PKCE, its code taken at the token endpoint. */
  function signIn(fake: FakeBrowser, tabId = 1): void {
    const hop = frame(AUTHORIZE, { tabId });
    fake.webRequest.onBeforeRequest.fire(hop);
    fake.webRequest.onBeforeRedirect.fire({ ...hop, statusCode: 302, redirectUrl: CALLBACK });
    fake.webRequest.onBeforeRequest.fire({ ...hop, url: CALLBACK });
    const token = frame('https://as.example/token', { tabId, type: 'xmlhttprequest', method: 'POST' });
    const formData = { grant_type: ['authorization_code'], code: ['aVeryOrdinaryCode123'], client_id: ['c'] };
    fake.webRequest.onBeforeRequest.fire({ ...token, initiator: 'https://app.example', requestBody: { formData } });
  }

  it('shows the problems of the tab, in that tab only', async () => {
    const fake = start();
    fake.tabs.push({ id: 2, windowId: 1, incognito: false });
    signIn(fake);
    await vi.runAllTimersAsync();
    expect(fake.badges.get(1)?.text).toMatch(/^▲\d$/);
    expect(fake.badges.get(1)?.title).toContain('problem');
    expect(fake.badges.get(2)?.text ?? '').toBe('');
  });

  it('comes back after a navigation took it away', async () => {
    const fake = start();
    signIn(fake);
    await vi.runAllTimersAsync();
    const shown = { ...fake.badges.get(1) };
    fake.webRequest.onBeforeRequest.fire(frame('https://app.example/home'));
    await vi.advanceTimersByTimeAsync(100);
    fake.badges.delete(1);
    await vi.runAllTimersAsync();
    expect(fake.badges.get(1)).toEqual(shown);
  });

  it('comes back once more when a second navigation follows at once', async () => {
    const fake = start();
    signIn(fake);
    await vi.runAllTimersAsync();
    const shown = { ...fake.badges.get(1) };
    fake.webRequest.onBeforeRequest.fire(frame('https://app.example/home'));
    await vi.advanceTimersByTimeAsync(10);
    fake.badges.delete(1);
    fake.webRequest.onBeforeRequest.fire(frame('https://app.example/news'));
    await vi.runAllTimersAsync();
    expect(fake.badges.get(1)).toEqual(shown);
  });

  it('comes back even where the navigation took it away before its event arrived', async () => {
    const fake = start();
    signIn(fake);
    await vi.runAllTimersAsync();
    const shown = { ...fake.badges.get(1) };
    fake.badges.delete(1);
    fake.webRequest.onBeforeRequest.fire(frame('https://app.example/home'));
    await vi.runAllTimersAsync();
    expect(fake.badges.get(1)).toEqual(shown);

    // The same with a background that was started by the navigation and remembers nothing.
    fake.badges.delete(1);
    const woken = createFakeBrowser();
    woken.tabs = fake.tabs;
    for (const [key, value] of fake.stored) woken.stored.set(key, value);
    startWatch(woken.browser, createWatchLog(woken.browser), () => false);
    woken.webRequest.onBeforeRequest.fire(frame('https://app.example/home'));
    await vi.runAllTimersAsync();
    expect(woken.badges.get(1)).toEqual(shown);
  });

  it('costs an ordinary tab one reading of the log for all its navigations', async () => {
    const fake = start();
    const read = vi.spyOn(fake.browser.storage.session, 'get');
    for (let page = 0; page < 5; page++) {
      fake.webRequest.onBeforeRequest.fire(frame(`https://app.example/${page}`));
      await vi.runAllTimersAsync();
    }
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('is no error where the tab was closed in the meantime', async () => {
    const fake = start();
    signIn(fake);
    fake.tabs = [];
    await vi.runAllTimersAsync();
    expect(fake.badges.size).toBe(0);
  });

  it('is judged by the profile that was chosen', async () => {
    const fake = start();
    fake.tabs = [{ id: 1, windowId: 1, incognito: false }];
    const log = createWatchLog(fake.browser);
    const implicit =
      'https://as.example/authorize?response_type=token&client_id=c&redirect_uri=https%3A%2F%2Fa.example%2F&state=Zk3qOq8vT1mXc0aJr5yW2bN7';
    await log.store.append(request(implicit, { tab: 1 }));
    const badgeUnder = async (profile: ProfileName): Promise<string> => {
      const decisions = { mutes: [], baseline: null, profile };
      Object.assign(fake.browser.storage.local, { get: () => Promise.resolve({ decisions }) });
      return (await refreshBadge(fake.browser, log, 1)).text.charAt(0);
    };
    expect(await badgeUnder('rfc9700')).toBe('▲');
    expect(await badgeUnder('oauth2.0')).not.toBe('▲');
    expect(await badgeUnder('oauth2.1')).toBe('▲');
  });

  it('goes when the popup clears the tab and comes back when it takes that back', async () => {
    const fake = start();
    signIn(fake);
    await vi.runAllTimersAsync();
    const shown = { ...fake.badges.get(1) };
    const session = createSession(fake.browser);
    const cleared = await session.clearTab(1);
    expect(cleared.records).toBe(4);
    expect(fake.badges.get(1)?.text).toBe('');
    expect((await session.readObservations()).observations).toEqual([]);
    await cleared.restore();
    expect(fake.badges.get(1)).toEqual(shown);
    expect((await session.readObservations()).observations).toHaveLength(3);
  });
});

describe('private windows (one instance for all)', () => {
  function both(): FakeBrowser {
    const fake = start({ chromium: false });
    fake.windows.list.push({ id: 2, type: 'normal', incognito: true });
    fake.webRequest.onBeforeRequest.fire(frame(AUTHORIZE, { incognito: false }));
    fake.webRequest.onBeforeRequest.fire(frame(AUTHORIZE, { tabId: 2, incognito: true }));
    return fake;
  }

  it('show what was seen in them to themselves only', async () => {
    const fake = both();
    const session = createSession(fake.browser);
    expect((await session.readObservations()).observations.map(({ tab }) => tab)).toEqual([1]);
    expect((await session.readObservations(2)).observations).toEqual([]);
    fake.incognito = true;
    expect((await session.readObservations()).observations.map(({ tab }) => tab)).toEqual([2]);
  });

  it('leave nothing behind when the last of them is closed', async () => {
    const fake = both();
    fake.windows.onRemoved.fire(3);
    await vi.runAllTimersAsync();
    expect(stored(fake)).toHaveLength(2);
    fake.windows.list = fake.windows.list.filter(({ incognito }) => !incognito);
    fake.windows.onRemoved.fire(2);
    await vi.runAllTimersAsync();
    expect(stored(fake)).toMatchObject([{ tab: 1 }]);
  });
});
