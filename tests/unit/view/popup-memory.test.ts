import { describe, expect, test } from 'vitest';
import type { Storage } from 'webextension-polyfill';
import { createPopupMemory, EMPTY_MEMORY } from '../../../lib/adapters/popup-memory.ts';

/** The two calls that the memory makes. */
function area(stored: Record<string, unknown> = {}): Storage.StorageArea {
  const fake: Pick<Storage.StorageArea, 'get' | 'set'> = {
    get: async (key) => (typeof key === 'string' && key in stored ? { [key]: stored[key] } : {}),
    set: async (items) => void Object.assign(stored, items),
  };
  return fake as Storage.StorageArea;
}

describe('the memory of the popup', () => {
  test('gives back what was written, tab by tab', async () => {
    const memory = createPopupMemory(area());
    const kept = { chosen: { flow: 'a', latest: 'b' }, open: ['k'], visited: ['a'] };
    await memory.writeTab(7, kept);
    await memory.writeTold(new Map([['as.example web1', 'public']]));
    expect(await memory.readTab(7)).toEqual(kept);
    expect(await memory.readTab(8)).toEqual(EMPTY_MEMORY);
    expect([...(await memory.readTold())]).toEqual([['as.example web1', 'public']]);
  });

  test.each([
    [null],
    ['text'],
    [[1]],
    [{ chosen: 'x', open: 'y', visited: 3 }],
    [{ chosen: { flow: 1 }, open: [1, null], visited: [{}] }],
  ])('takes %j for nothing', async (stored) => {
    const memory = createPopupMemory(area({ 'popup:tab:7': stored, 'popup:told': stored }));
    expect(await memory.readTab(7)).toEqual(EMPTY_MEMORY);
    expect([...(await memory.readTold())]).toEqual([]);
  });

  test('does not grow without end', async () => {
    const memory = createPopupMemory(area());
    const many = Array.from({ length: 500 }, (_, index) => String(index));
    await memory.writeTab(7, { ...EMPTY_MEMORY, open: many });
    expect((await memory.readTab(7)).open).toEqual(many.slice(-200));
  });
});
