import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readHeard } from '../../../lib/adapters/page-hooks.ts';
import { readRecordRequest } from '../../../lib/adapters/record-requests.ts';
import { createRecordingStore } from '../../../lib/adapters/recording-store.ts';
import { startRecordings } from '../../../lib/adapters/recordings.ts';
import { createWatchLog } from '../../../lib/adapters/watch-log.ts';
import { createFakeBrowser } from './fake-browser.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_767_225_600_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A background that records, two tabs, and access to all sites. */
function opened() {
  const fake = createFakeBrowser();
  fake.granted.add('*://*/*');
  fake.tabs = [1, 2].map((id) => ({ id, windowId: 1, incognito: false, url: `https://app${id}.example/` }));
  const log = createWatchLog(fake.browser);
  const stopped: number[] = [];
  const events = {
    ...fake.webRequest,
    tabRemoved: fake.tabRemoved,
    accessRemoved: fake.permissions.onRemoved,
    connected: fake.connected,
  };
  const listeners = () =>
    Object.fromEntries(Object.entries(events).map(([name, event]) => [name, event.listeners.length]));
  const start = () =>
    startRecordings({
      browser: fake.browser,
      log,
      now: () => Date.now(),
      onWritten: () => undefined,
      onStopped: async (tab) => void stopped.push(tab),
    });
  const recordings = start();
  const say = async (what: string, tab: number, more = {}) => {
    const sender = { id: 'abc', url: 'chrome-extension://abc/popup.html' };
    for (const { heard } of fake.messages.listeners) await heard({ do: `record.${what}`, tab, ...more }, sender);
  };
  let count = 0;
  const request = (tab: number, url = `https://api${tab}.example/items`) => {
    count += 1;
    const details = {
      requestId: String(count),
      url,
      method: 'GET',
      type: 'xmlhttprequest',
      tabId: tab,
      timeStamp: Date.now(),
      requestHeaders: [
        { name: 'Authorization', value: 'Bearer 2YotnFZFEjr1zCsicMWpAA' },
        { name: 'Cookie', value: 'session=1' },
        { name: 'Referer', value: 'https://app.example/' },
      ],
      responseHeaders: [{ name: 'Set-Cookie', value: 'a=b; HttpOnly' }],
      statusCode: 200,
    };
    return (['onBeforeRequest', 'onSendHeaders', 'onCompleted'] as const)
      .map((name) => fake.webRequest[name].fire(details))
      .reduce((sum, heard) => sum + heard, 0);
  };
  const state = async (tab: number) => (await createRecordingStore(log.area).read()).find((one) => one.tab === tab);
  const settle = () => vi.advanceTimersByTimeAsync(1000);
  return { fake, log, recordings, say, request, state, settle, listeners, stopped, start };
}

describe('the recording of a tab', () => {
  test('hears everything of that tab and nothing of another, and keeps every header but Cookie', async () => {
    const { say, request, log, settle } = opened();
    await say('start', 1);
    expect(request(2)).toBe(0);
    expect(request(1)).toBe(3);
    await settle();
    const { observations } = await log.observed({});
    expect(observations).toHaveLength(1);
    const [seen] = observations;
    if (seen?.is !== 'exchange' || !seen.request.headers.seen || seen.outcome.is !== 'response')
      throw new Error('no exchange');
    expect(seen.capture).toBe('record');
    expect(seen.request.headers.value.map(([name]) => name)).toEqual(['Authorization', 'Referer']);
    expect(seen.outcome.response.headers).toEqual({ seen: true, value: [['Set-Cookie', 'a=b; HttpOnly']] });
  });

  test('leaves no listener behind when it is stopped, and reads the page once more', async () => {
    const { say, request, listeners, recordings, state, stopped, settle } = opened();
    const before = listeners();
    await say('start', 1);
    expect(listeners()).not.toEqual(before);
    expect(recordings.isRecorded(1)).toBe(true);
    request(1);
    await settle();
    await say('stop', 1);
    expect(listeners()).toEqual(before);
    expect(vi.getTimerCount()).toBe(0);
    expect(recordings.isRecorded(1)).toBe(false);
    expect(stopped).toEqual([1]);
    expect(await state(1)).toMatchObject({
      state: { is: 'ended', why: 'stopped' },
      requests: 1,
      hosts: ['api1.example'],
    });
  });

  test('is one where it was started twice at once, and leaves no listener behind', async () => {
    const { say, listeners, recordings } = opened();
    const before = listeners();
    await Promise.all([say('start', 1), say('start', 1)]);
    await say('stop', 1);
    expect(recordings.isRecorded(1)).toBe(false);
    expect(listeners()).toEqual(before);
  });

  test('writes nothing while it is paused', async () => {
    const { say, request, log, settle, state } = opened();
    await say('start', 1);
    await say('pause', 1);
    request(1);
    await settle();
    expect((await log.observed({})).observations).toEqual([]);
    expect((await state(1))?.state.is).toBe('paused');
    await say('resume', 1);
    request(1);
    await settle();
    expect((await log.observed({})).observations).toHaveLength(1);
  });

  test('of two tabs, one goes on when the other ends', async () => {
    const { say, request, listeners, recordings } = opened();
    const before = listeners();
    await say('start', 1);
    await say('start', 2);
    await say('stop', 1);
    expect([recordings.isRecorded(1), recordings.isRecorded(2)]).toEqual([false, true]);
    expect([request(1), request(2)]).toEqual([0, 3]);
    await say('stop', 2);
    expect(listeners()).toEqual(before);
  });
});

/** A page that the recording can read: what it stores, and which document it is, may be changed. */
function readable(parts: ReturnType<typeof opened>) {
  const page = { document: 1, origin: 'https://app1.example', local: {} as Record<string, string> };
  parts.fake.inject = ({ func }) =>
    func.name === 'readAreas'
      ? {
          document: page.document,
          origin: page.origin,
          local: Object.entries(page.local),
          session: [],
          cookies: 'a=b; c=d',
          cut: false,
        }
      : true;
  const storages = async () =>
    (await parts.log.observed({})).observations.flatMap((one) =>
      one.is === 'storage' && one.area === 'local' ? [{ origin: one.origin, items: one.items }] : [],
    );
  return { page, storages };
}

describe('what pages of a recorded tab store', () => {
  const navigate = (fake: ReturnType<typeof opened>['fake'], url: string) => {
    const details = {
      requestId: url,
      url,
      method: 'GET',
      type: 'main_frame',
      tabId: 1,
      frameId: 0,
      timeStamp: Date.now(),
      statusCode: 200,
    };
    return {
      leave: () => fake.webRequest.onBeforeRequest.fire(details),
      arrive: () => fake.webRequest.onResponseStarted.fire(details),
    };
  };

  test('is read when it begins, when a page is left, and when the next one is there', async () => {
    const parts = opened();
    const { page, storages } = readable(parts);
    await parts.say('start', 1);
    await parts.settle();
    page.local = { access_token: 'between-0123456789' };
    const { leave, arrive } = navigate(parts.fake, 'https://next.example/');
    leave();
    await parts.settle();
    arrive();
    await parts.settle();
    Object.assign(page, { document: 2, origin: 'https://next.example', local: {} });
    await parts.settle();
    expect(await storages()).toEqual([
      { origin: 'https://app1.example', items: [] },
      { origin: 'https://app1.example', items: [['access_token', 'between-0123456789']] },
      { origin: 'https://next.example', items: [] },
    ]);
    expect((await parts.state(1))?.snapshots).toBe(3);
    const { observations } = await parts.log.observed({});
    expect(observations.filter((one) => one.is === 'storage' && one.area === 'cookie')).toHaveLength(2);
  });

  test('is kept once while it does not change', async () => {
    const parts = opened();
    const { page, storages } = readable(parts);
    await parts.say('start', 1);
    for (const url of ['https://app1.example/a', 'https://app1.example/b']) {
      const { leave, arrive } = navigate(parts.fake, url);
      leave();
      page.document += 1;
      arrive();
      await parts.settle();
    }
    expect(await storages()).toHaveLength(1);
  });

  test('of a site without access is named as not read', async () => {
    const parts = opened();
    readable(parts);
    await parts.say('start', 1);
    parts.fake.inject = null;
    parts.fake.granted.clear();
    navigate(parts.fake, 'https://closed.example/').arrive();
    await parts.settle();
    parts.request(1);
    await parts.settle();
    expect((await parts.state(1))?.unread).toEqual(['closed.example']);
  });

  test('is not read while it is paused, nor kept beyond its share', async () => {
    const parts = opened();
    const { page, storages } = readable(parts);
    await parts.say('start', 1);
    for (let n = 0; n < 12; n++) {
      page.local = { [`k${n}`]: 'x'.repeat(150_000) };
      navigate(parts.fake, `https://app1.example/${n}`).leave();
      await parts.settle();
    }
    expect(await storages()).toHaveLength(6);
    expect((await parts.state(1))?.cut).toBe(true);
    await parts.say('pause', 1);
    page.local = { other: 'x' };
    navigate(parts.fake, 'https://app1.example/paused').leave();
    await parts.settle();
    expect(await storages()).toHaveLength(6);
  });
});

describe('hooks in the pages of a recorded tab', () => {
  async function hooked() {
    const parts = opened();
    readable(parts);
    const before = parts.listeners();
    const names: string[] = [];
    const { inject } = parts.fake;
    parts.fake.inject = (injection) => {
      if (injection.func.name === 'relayHooks') names.push(String(injection.args[0]));
      return inject?.(injection);
    };
    await parts.say('start', 1, { hooks: true });
    const [name = ''] = names;
    const connect = (sender: object, called = name) => {
      const told: ((message: unknown) => void)[] = [];
      const port = {
        name: called,
        sender: { id: 'abc', url: 'https://app1.example/p?q#f', tab: { id: 1 }, ...sender },
        disconnected: false,
        disconnect: () => {
          port.disconnected = true;
        },
        onMessage: { addListener: (heard: (message: unknown) => void) => told.push(heard) },
        onDisconnect: { addListener: () => undefined },
      };
      parts.fake.connected.fire(port);
      const tell = (message: unknown): void => {
        for (const heard of told) heard(message);
      };
      return { port, tell, heard: told };
    };
    return { ...parts, before, connect };
  }

  const stored = (key: string, value: string) => JSON.stringify({ is: 'stored', area: 'local', key, value });

  test('are put there only where they were asked for', async () => {
    const parts = opened();
    readable(parts);
    await parts.say('start', 1);
    expect(parts.fake.connected.listeners).toHaveLength(0);
    expect((await parts.state(1))?.hooked).toBeUndefined();
  });

  test('are heard, said in the notes, and gone with the recording', async () => {
    const { connect, log, say, listeners, before, settle, state } = await hooked();
    const { port, tell } = connect({});
    tell(stored('access_token', 'between-0123456789'));
    tell(JSON.stringify({ is: 'message', text: '{"origin":"https://x.example","data":{"code":"abc"}}' }));
    await settle();
    const { observations, notes } = await log.observed({});
    expect(observations).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ is: 'storage', origin: 'https://app1.example', written: true }),
        expect.objectContaining({ is: 'script', found: 'message', url: 'https://app1.example/p', truncated: true }),
      ]),
    );
    expect(notes).toEqual([expect.objectContaining({ is: 'hooked', tab: 1 })]);
    expect((await state(1))?.hooked).toBe(true);
    await say('stop', 1);
    expect(port.disconnected).toBe(true);
    expect(listeners()).toEqual(before);
    tell(stored('access_token', 'after-0123456789'));
    expect(JSON.stringify(await log.observed({}))).not.toContain('after-');
  });

  test.each([
    ['another tab', { tab: { id: 2 } }],
    ['another extension', { id: 'other' }],
  ])('%s is not heard', async (_who, sender) => {
    const { connect } = await hooked();
    const { port, heard } = connect(sender);
    expect(heard).toEqual([]);
    expect(port.disconnected).toBe(true);
  });

  test('may not ask for a recording, or to end one', async () => {
    const { state, fake } = await hooked();
    for (const url of ['https://app1.example/', 'chrome-extension://abcd/popup.html', undefined]) {
      for (const message of [
        { do: 'record.start', tab: 2 },
        { do: 'record.stop', tab: 1 },
      ]) {
        for (const { heard } of fake.messages.listeners) expect(heard(message, { id: 'abc', url })).toBeUndefined();
      }
    }
    expect(await state(2)).toBeUndefined();
    expect((await state(1))?.state).toEqual({ is: 'recording' });
  });

  test('who does not know the name of the recording is not heard', async () => {
    const { connect } = await hooked();
    expect(connect({}, 'hooks:1').heard).toEqual([]);
  });

  test('keep no more than their share, and what is of no sign-in not at all', async () => {
    const { connect, log, settle, request, state } = await hooked();
    const { tell } = connect({});
    tell(stored('theme', 'dark'));
    for (let n = 0; n < 40; n++) tell(stored(`access_token_${n}`, `${n}`.padEnd(30_000, 'x')));
    request(1);
    await settle();
    const { observations } = await log.observed({});
    const written = observations.filter((one) => one.is === 'storage' && one.written === true);
    expect(written.length).toBe(19);
    expect(JSON.stringify(written)).not.toContain('dark');
    expect(await state(1)).toMatchObject({ cut: true, state: { is: 'recording' } });
  });
});

test.each([
  ['no text', { is: 'stored', area: 'local', key: 'a', value: 'b' }],
  ['no JSON', '{'],
  ['a request to the background', '{"do":"record.stop","tab":1}'],
  ['a storage that there is not', '{"is":"stored","area":"indexeddb","key":"a","value":"b"}'],
  ['a value that is no text', '{"is":"stored","area":"local","key":"a","value":{}}'],
  ['a value that is too long', JSON.stringify({ is: 'stored', area: 'local', key: 'a', value: 'x'.repeat(40_000) })],
  ['a status that there is not', '{"is":"body","url":"https://a.example/","status":7,"text":""}'],
  ['an address that is none', '{"is":"body","url":"javascript:1","status":200,"text":""}'],
  ['a message that is no JSON', '{"is":"message","text":"x"}'],
  ['a sort that there is not', '{"is":"hooked","tab":1}'],
])('%s is not read as what a page told', (_what, told) => {
  expect(readHeard(told)).toBeNull();
});

describe('a recording ends, keeps what was written, and says why', () => {
  test.each([
    ['tab-closed', async ({ fake }: ReturnType<typeof opened>) => void fake.tabRemoved.fire(1, {})],
    [
      'no-access',
      ({ fake }: ReturnType<typeof opened>) => {
        fake.granted.clear();
        fake.permissions.onRemoved.fire({ origins: ['*://*/*'] });
        return Promise.resolve();
      },
    ],
    ['quiet', async () => void (await vi.advanceTimersByTimeAsync(6 * 60_000))],
    [
      'full',
      async ({ request, settle }: ReturnType<typeof opened>) => {
        for (let n = 0; n < 40; n++) request(1, `https://api1.example/?${'x'.repeat(20_000)}${n}`);
        await settle();
      },
    ],
    [
      'refused',
      async ({ fake, request }: ReturnType<typeof opened>) => {
        fake.broken = true;
        request(1);
        await vi.advanceTimersByTimeAsync(0);
        fake.broken = false;
        await vi.advanceTimersByTimeAsync(1000);
      },
    ],
  ])('%s', async (why, happen) => {
    const parts = opened();
    const before = parts.listeners();
    await parts.say('start', 1);
    parts.request(1, 'https://api1.example/first');
    await parts.settle();
    await happen(parts);
    await parts.settle();
    expect((await parts.state(1))?.state).toEqual({ is: 'ended', why });
    expect(parts.listeners()).toEqual(before);
    const urls = (await parts.log.observed({})).observations.map((one) =>
      one.is === 'exchange' ? one.request.url : '',
    );
    expect(urls).toContain('https://api1.example/first');
  });

  test('interrupted: a background that starts anew finds what the one before left', async () => {
    const parts = opened();
    await parts.say('start', 1);
    parts.request(1);
    await parts.settle();
    parts.start();
    await parts.settle();
    expect((await parts.state(1))?.state).toEqual({ is: 'ended', why: 'interrupted' });
    expect((await parts.log.observed({})).observations).toHaveLength(1);
  });
});

test.each([
  [
    { do: 'record.start', tab: 1 },
    { do: 'record.start', tab: 1 },
  ],
  [
    { do: 'record.start', tab: 1, hooks: true },
    { do: 'record.start', tab: 1, hooks: true },
  ],
  [{ do: 'record.start', tab: 1, hooks: 'yes' }, { invalid: 'hooks' }],
  [{ do: 'record.start' }, { invalid: 'tab' }],
  [{ do: 'record.all', tab: 1 }, { invalid: 'do' }],
  [{ do: 'page.check', tab: 1 }, null],
])('the message %j', (message, read) => {
  expect(readRecordRequest(message)).toEqual(read);
});
