import { describe, expect, it, vi } from 'vitest';
import { createSession } from '../../../lib/adapters/session.ts';
import { request } from '../log/traffic.ts';
import { createFakeBrowser } from './fake-browser.ts';

function setUp() {
  const fake = createFakeBrowser();
  return { fake, session: createSession(fake.browser) };
}

describe('currentTab', () => {
  it.each([
    ['https://app.example:8443/cb?code=c#f', 'https://app.example:8443', null],
    ['http://app.example/', 'http://app.example', null],
    ['chrome://settings', null, 'browser-page'],
    ['about:config', null, 'browser-page'],
    ['view-source:https://app.example/', null, 'browser-page'],
    ['moz-extension://x/popup.html', null, 'extension-page'],
    ['https://addons.mozilla.org/', 'https://addons.mozilla.org', 'protected-site'],
    ['https://chromewebstore.google.com/x', 'https://chromewebstore.google.com', 'protected-site'],
    ['file:///tmp/a.html', null, 'file'],
    ['data:text/html,x', null, 'no-request'],
  ])('of %s', async (url, origin, restricted) => {
    const { fake, session } = setUp();
    fake.tabs = [{ id: 4, windowId: 1, url, incognito: false, active: true }];
    expect(await session.currentTab()).toEqual({ id: 4, url, origin, restricted, incognito: false });
  });

  it('has no address where the browser does not show it', async () => {
    const { fake, session } = setUp();
    fake.tabs = [{ id: 4, windowId: 1, incognito: true, active: true }];
    expect(await session.currentTab()).toEqual({ id: 4, url: null, origin: null, restricted: null, incognito: true });
    fake.tabs = [];
    expect(await session.currentTab()).toBeNull();
  });
});

describe('permissions', () => {
  it('are asked for before the call returns: a click does not last longer', () => {
    const { fake, session } = setUp();
    void session.watchSite(['https://app.example']);
    void session.watchAll();
    expect(fake.permissions.asked).toEqual([['*://*.app.example/*'], ['*://*/*']]);
  });

  it('cover the whole site of an origin, each site once', () => {
    const { fake, session } = setUp();
    void session.watchSite(['https://app.acme.co.uk:8443', 'https://login.acme.co.uk', 'https://me.github.io']);
    void session.watchSite(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000']);
    expect(fake.permissions.asked).toEqual([
      ['*://*.acme.co.uk/*', '*://*.me.github.io/*'],
      ['*://localhost/*', '*://127.0.0.1/*', '*://[::1]/*'],
    ]);
  });

  it('are told apart: none, this site, all', async () => {
    const { fake, session } = setUp();
    expect(await session.watching('https://www.app.example:8443')).toBe('none');
    await session.watchSite(['https://app.example']);
    expect(await session.watching('https://www.app.example:8443')).toBe('site');
    expect(await session.watching('https://other.example')).toBe('none');
    fake.granted.add('*://*/*');
    expect(await session.watching('https://other.example')).toBe('all');
  });

  it('are given back for one site or for all', async () => {
    const { fake, session } = setUp();
    await session.watchSite(['https://app.example', 'https://as.example']);
    await session.stopWatching(['https://app.example']);
    expect([...fake.granted]).toEqual(['*://*.as.example/*']);
    await session.watchAll();
    await session.stopWatching();
    expect([...fake.granted]).toEqual([]);
  });

  it('tell of every change until that is ended', () => {
    const { fake, session } = setUp();
    const heard = vi.fn();
    const end = session.onPermissionChange(heard);
    fake.permissions.onAdded.fire({});
    fake.permissions.onRemoved.fire({});
    expect(heard).toHaveBeenCalledTimes(2);
    end();
    fake.permissions.onAdded.fire({});
    expect(heard).toHaveBeenCalledTimes(2);
  });
});

describe('the log', () => {
  it('tells of changes of its own keys only, until that is ended', async () => {
    const { fake, session } = setUp();
    const heard = vi.fn();
    const end = session.onChange(heard);
    await fake.browser.storage.session.set({ 'log:1': request('https://as.example/') });
    await fake.browser.storage.session.set({ other: 1 });
    expect(heard).toHaveBeenCalledTimes(1);
    end();
    await fake.browser.storage.session.remove('log:1');
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('says how many records it cannot read', async () => {
    const { fake, session } = setUp();
    fake.stored.set('log:1', { is: 'later' });
    expect(await session.readObservations()).toEqual({ observations: [], notes: [{ is: 'unreadable', records: 1 }] });
  });

  it('gives the latest of a long log, where the browser tells the keys', async () => {
    const { fake, session } = setUp();
    const { session: area } = fake.browser.storage;
    const fill = (to: number): void => {
      for (let id = 0; id < to; id++) {
        fake.stored.set(`log:${String(id).padStart(6, '0')}`, request('https://as.example/authorize', { id: `${id}` }));
      }
    };
    fill(301);
    expect(await session.readLatest()).toBeNull();
    Object.assign(area, { getKeys: () => Promise.resolve([...fake.stored.keys()].reverse()) });
    const latest = await session.readLatest();
    expect(latest?.observations.map(({ id }) => id)).toEqual(
      (await session.readObservations()).observations.slice(1).map(({ id }) => id),
    );
    fake.stored.clear();
    fill(300);
    expect(await session.readLatest()).toBeNull();
  });

  it('leaves out the own sign-in window', async () => {
    const { fake } = setUp();
    Object.assign(fake.browser, { identity: { getRedirectURL: () => 'https://abc.chromiumapp.org/' } });
    const session = createSession(fake.browser);
    const url = 'https://as.example/authorize?client_id=me&redirect_uri=https%3A%2F%2Fabc.chromiumapp.org%2F';
    fake.stored.set('log:1', request(url, { id: '1', tab: 8 }));
    fake.stored.set('log:2', request('https://app.example/cb?code=c', { id: '2', tab: 9 }));
    expect((await session.readObservations()).observations.map(({ tab }) => tab)).toEqual([9]);
  });
});
