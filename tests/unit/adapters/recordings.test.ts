import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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
  const events = { ...fake.webRequest, tabRemoved: fake.tabRemoved, accessRemoved: fake.permissions.onRemoved };
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
  const say = async (what: string, tab: number) => {
    for (const { heard } of fake.messages.listeners) await heard({ do: `record.${what}`, tab }, { id: 'abc' });
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
  [{ do: 'record.start' }, { invalid: 'tab' }],
  [{ do: 'record.all', tab: 1 }, { invalid: 'do' }],
  [{ do: 'page.check', tab: 1 }, null],
])('the message %j', (message, read) => {
  expect(readRecordRequest(message)).toEqual(read);
});
