import { describe, expect, test } from 'vitest';
import { createPopupMemory, EMPTY_MEMORY, type MemoryArea, pageArea } from '../../../lib/adapters/popup-memory.ts';

const KEPT = { chosen: { flow: 'a', latest: 'b' }, open: ['k'], visited: ['a'] };

async function holding(stored: unknown): Promise<MemoryArea> {
  const area = pageArea();
  await area.set({ 'popup:tab:7': stored, 'popup:told': stored });
  return area;
}

describe('the memory of the popup', () => {
  test('gives back what was written, tab by tab', async () => {
    const memory = createPopupMemory(pageArea());
    await memory.writeTab(7, KEPT);
    await memory.writeTold(new Map([['as.example web1', 'public']]));
    expect(await memory.readTab(7)).toEqual(KEPT);
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
    const memory = createPopupMemory(await holding(stored));
    expect(await memory.readTab(7)).toEqual(EMPTY_MEMORY);
    expect([...(await memory.readTold())]).toEqual([]);
  });

  test('does not grow without end', async () => {
    const memory = createPopupMemory(pageArea());
    const many = Array.from({ length: 500 }, (_, index) => String(index));
    await memory.writeTab(7, { ...EMPTY_MEMORY, open: many });
    expect((await memory.readTab(7)).open).toEqual(many.slice(-200));
  });
});
