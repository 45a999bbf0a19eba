import { describe, expect, it } from 'vitest';
import { createLogStore } from '../../../lib/adapters/log-store.ts';
import { observe } from '../../../lib/log/observe.ts';
import { entries, OWN, request } from '../log/traffic.ts';
import { createFakeBrowser } from './fake-browser.ts';

function setUp(now: () => number = () => 1000) {
  const fake = createFakeBrowser();
  return { fake, store: createLogStore(fake.browser.storage.session, now) };
}

const URLS = ['https://as.example/authorize?client_id=c', 'https://app.example/cb?code=c'] as const;

describe('append', () => {
  it('hands the record to the storage before it returns', () => {
    const { fake, store } = setUp();
    void store.append(request(URLS[0]));
    expect([...fake.stored.values()]).toEqual([request(URLS[0])]);
  });

  it('keeps the order of the calls, when the clock is set back and across starts of the worker', async () => {
    const clock = [5000, 3000, 3000];
    const { fake, store } = setUp(() => clock.shift() ?? 6000);
    const after = createLogStore(fake.browser.storage.session, () => 6000);
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (const id of ids) await (id < 'd' ? store : after).append(request(URLS[0], { id }));
    const { entries: stored } = await store.read();
    expect(observe(stored, OWN).observations.map(({ id }) => id)).toEqual(ids.map((id) => `${id}.0`));
  });

  it('gives two starts of the worker at the same moment different keys', async () => {
    const { fake, store } = setUp();
    const other = createLogStore(fake.browser.storage.session, () => 1000);
    await Promise.all([store.append(request(URLS[0])), other.append(request(URLS[1]))]);
    expect(fake.stored.size).toBe(2);
  });

  it('makes room for a record that the storage refuses, and says what went', async () => {
    const { fake, store } = setUp();
    for (let tab = 0; tab < 10; tab++) await store.append(request(URLS[0], { tab, id: `${tab}` }));
    fake.quota = JSON.stringify(Object.fromEntries(fake.stored)).length;
    await store.append(request(URLS[1], { tab: 99, id: 'last' }));
    const { observations, notes } = observe((await store.read()).entries, OWN);
    expect(observations.map(({ id }) => id)).toContain('last.0');
    const evicted = notes.filter(({ is }) => is === 'evicted');
    expect(evicted.length).toBe(10 - (observations.length - 1));
    expect(evicted[0]).toMatchObject({ tab: 0, records: 1, whole: true });
  });

  it('leaves word of a record that does not fit at all, and never rejects', async () => {
    const { fake, store } = setUp();
    fake.quota = 500;
    await store.append(request(`https://as.example/${'x'.repeat(600)}`));
    expect(observe((await store.read()).entries, OWN).notes).toMatchObject([
      { is: 'lost', tab: 7, time: 1000, reason: expect.stringContaining('quota') },
    ]);
    fake.broken = true;
    await expect(store.append(request(URLS[0]))).resolves.toBe(false);
  });

  it('repairs one after the other: many refused at once are all kept where they fit', async () => {
    const { fake, store } = setUp();
    for (let tab = 0; tab < 20; tab++) await store.append(request(URLS[0], { tab, id: `${tab}` }));
    fake.quota = JSON.stringify(Object.fromEntries(fake.stored)).length;
    await Promise.all(['x', 'y', 'z'].map((id, index) => store.append(request(URLS[1], { tab: 90 + index, id }))));
    const ids = observe((await store.read()).entries, OWN).observations.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['x.0', 'y.0', 'z.0']));
  });
});

describe('trim', () => {
  it('does nothing below the cap', async () => {
    const { fake, store } = setUp();
    await store.append(request(URLS[0]));
    expect(await store.trim()).toEqual([]);
    expect(fake.stored.size).toBe(1);
  });

  it('brings a log that is too large below the cap and names the tabs', async () => {
    const { fake, store } = setUp();
    fake.quota = Number.POSITIVE_INFINITY;
    const url = `https://as.example/?${'x'.repeat(60_000)}`;
    for (let index = 0; index < 110; index++) await store.append(request(url, { tab: index % 11, id: `${index}` }));
    const tabs = await store.trim();
    expect(tabs).toEqual([0, 1, 2, 3]);
    expect(await fake.browser.storage.session.getBytesInUse(null)).toBeLessThan(5_000_000);
  });
});

describe('read', () => {
  it('counts what it cannot read and leaves alone what is not of the log', async () => {
    const { fake, store } = setUp();
    fake.stored.set('log:1', { is: 'from a later version' });
    fake.stored.set('run:1', { secret: true });
    await store.append(request(URLS[0]));
    expect(await store.read()).toMatchObject({ unreadable: 1, entries: [{ record: { url: URLS[0] } }] });
  });
});

it('restore puts back what remove took away', async () => {
  const { fake, store } = setUp();
  const log = entries(request(URLS[0]), request(URLS[1]));
  await store.restore(log);
  expect((await store.read()).entries).toEqual(log);
  await store.remove(log);
  expect(fake.stored.size).toBe(0);
});
