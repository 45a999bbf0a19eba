import { expect, it } from 'vitest';
import { followArea } from '../../../lib/adapters/area-follower.ts';
import type { ChangeListener, LogArea } from '../../../lib/adapters/log-area.ts';
import { createLogStore } from '../../../lib/adapters/log-store.ts';
import { entries, request } from '../log/traffic.ts';
import { createFakeBrowser } from './fake-browser.ts';

const URL = 'https://as.example/authorize?client_id=c';

/** A session area that counts how often it is read as a whole. */
function setUp() {
  const fake = createFakeBrowser();
  const area = fake.browser.storage.session as unknown as LogArea;
  const counted = { reads: 0 };
  const watched: LogArea = {
    ...area,
    get: (keys) => {
      counted.reads += 1;
      return area.get(keys);
    },
  };
  return { fake, area, watched, counted, store: createLogStore(area, () => 1000) };
}

it('reads all once and gives what a fresh reading would give', async () => {
  const { fake, area, watched, counted, store } = setUp();
  await store.append(request(URL, { id: 'a' }));
  await store.append(request(URL, { id: 'b' }));
  const read = followArea(watched);
  expect(await read()).toEqual(await area.get(null));
  await store.append(request(URL, { id: 'c' }));
  const { entries: all } = await store.read();
  await store.remove(all.slice(0, 1));
  await fake.browser.storage.session.set({ 'inspector:place': { flow: 'f' } });
  await fake.browser.storage.session.set({ 'inspector:place': { flow: 'g' } });
  expect(await read()).toEqual(await area.get(null));
  expect(Object.keys(await read())).toHaveLength(3);
  await store.restore(all);
  expect(await read()).toEqual(await area.get(null));
  expect(counted.reads).toBe(1);
});

it('misses nothing that changes while it reads, and reads once for all who ask meanwhile', async () => {
  const { area, watched, counted, store } = setUp();
  await store.append(request(URL, { id: 'a' }));
  const read = followArea(watched);
  const reading = read();
  const written = store.append(request(URL, { id: 'b' }));
  const other = read();
  await written;
  expect(await other).toBe(await reading);
  expect(await read()).toEqual(await area.get(null));
  expect(counted.reads).toBe(1);
});

it('reads a long log in pieces where the area tells its keys', async () => {
  const { area, store } = setUp();
  for (let id = 0; id < 1203; id++) await store.append(request(URL, { id: `${id}` }));
  const asked: (number | null)[] = [];
  const telling: LogArea = {
    ...area,
    getKeys: async () => Object.keys(await area.get(null)),
    get: (keys) => {
      asked.push(keys === null ? null : keys.length);
      return area.get(keys);
    },
  };
  expect(await followArea(telling)()).toEqual(await area.get(null));
  expect(asked).toEqual([500, 500, 203]);
});

it('reads again where the area does not say what changed', async () => {
  const stored = entries(request(URL, { id: 'a' }), request(URL, { id: 'b' }));
  const listeners: ChangeListener[] = [];
  let reads = 0;
  const area: LogArea = {
    get: () => {
      reads += 1;
      // The change comes while the answer is on its way.
      if (reads === 1) for (const listener of listeners) listener({ [stored[1]?.key ?? '']: {} });
      return Promise.resolve(Object.fromEntries(stored.slice(0, reads).map(({ key, record }) => [key, record])));
    },
    set: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    getBytesInUse: () => Promise.resolve(0),
    onChanged: { addListener: (listener) => void listeners.push(listener), removeListener: () => undefined },
  };
  const read = followArea(area);
  expect(await read()).toEqual(Object.fromEntries(stored.map(({ key, record }) => [key, record])));
  expect(reads).toBe(2);
  for (const listener of listeners) listener({ [stored[0]?.key ?? '']: {} });
  await read();
  expect(reads).toBe(3);
});
