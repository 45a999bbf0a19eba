import { describe, expect, test } from 'vitest';
import { createLogStore } from '../../../lib/adapters/log-store.ts';
import { readPageRequest } from '../../../lib/adapters/page-requests.ts';
import { createPageStore, MAX_PAGES, type PageOwner, pagesOf } from '../../../lib/adapters/page-store.ts';
import type { KeptObservation } from '../../../lib/page/kept.ts';
import { createFakeBrowser } from './fake-browser.ts';

const text = (id: string, length: number): KeptObservation => ({
  is: 'script',
  id,
  trace: 'normal',
  capture: 'page',
  time: 1,
  tab: 1,
  url: 'https://app.example/app.js',
  found: 'file',
  packed: ['x'.repeat(length)],
  truncated: false,
  source: { source: 0, entry: 0 },
});

function opened() {
  const { browser, stored } = createFakeBrowser();
  let now = 0;
  const { session } = browser.storage;
  const read = async (wanted: (page: PageOwner) => boolean) => pagesOf(await session.get(null), wanted);
  return {
    stored,
    pages: { ...createPageStore(session, () => (now += 1)), read },
    log: createLogStore(session, () => (now += 1)),
  };
}

describe('records of pages', () => {
  test('one for each tab, the last one', async () => {
    const { pages } = opened();
    await pages.write({ tab: 1 }, [text('a', 10)]);
    await pages.write({ tab: 2 }, [text('b', 10)]);
    await pages.write({ tab: 1 }, [text('c', 10)]);
    expect((await pages.read(() => true)).map(({ id }) => id).toSorted()).toEqual(['b', 'c']);
    expect((await pages.read(({ tab }) => tab === 1)).map(({ id }) => id)).toEqual(['c']);
  });

  test('the oldest goes where all together have no room, and nothing of the log does', async () => {
    const { pages, log } = opened();
    for (let n = 0; n < 40; n++) {
      await log.append({ is: 'lost', at: n, tab: n, reason: 'y'.repeat(130_000) });
    }
    const logged = (await log.read()).entries.length;
    for (const [tab, id] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ] as const) {
      await pages.write({ tab }, [text(id, MAX_PAGES / 2.5)]);
    }
    expect((await pages.read(() => true)).map(({ id }) => id).toSorted()).toEqual(['b', 'c']);
    expect(await log.trim()).toEqual([]);
    expect((await log.read()).entries).toHaveLength(logged);
  });

  test('what was removed can be put back', async () => {
    const { pages } = opened();
    await pages.write({ tab: 1, private: true }, [text('a', 10)]);
    await pages.write({ tab: 2 }, [text('b', 10)]);
    const removed = await pages.remove((page) => page.private === true);
    expect(removed.count).toBe(1);
    expect((await pages.read(() => true)).map(({ id }) => id)).toEqual(['b']);
    await removed.restore();
    expect(await pages.read(() => true)).toHaveLength(2);
  });

  test('what another version wrote is left out', async () => {
    const { pages, stored } = opened();
    stored.set('page:record:1', { tab: 1, at: 1, observations: [{ is: 'unknown' }, text('a', 1)] });
    stored.set('page:check:1', { tab: 1, at: 'never' });
    expect((await pages.read(() => true)).map(({ id }) => id)).toEqual(['a']);
    expect(await pages.readCheck(1)).toBeNull();
  });
});

describe('messages', () => {
  test.each([
    [
      { do: 'page.check', tab: 7 },
      { do: 'page.check', tab: 7 },
    ],
    [
      { do: 'page.cancel', tab: 7, more: 'x' },
      { do: 'page.cancel', tab: 7 },
    ],
    [{ do: 'page.check', tab: -1 }, { invalid: 'tab' }],
    [{ do: 'page.check', tab: '7' }, { invalid: 'tab' }],
    [{ do: 'page.write', tab: 7 }, { invalid: 'do' }],
    [{ do: 'run.start' }, null],
    ['page.check', null],
  ])('%j', (message, read) => {
    expect(readPageRequest(message)).toEqual(read);
  });
});
