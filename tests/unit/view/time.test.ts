import { expect, test } from 'vitest';
import { timeView } from '../../../lib/view/time.ts';

const at = (day: number, hour: number, minute = 5) => new Date(2026, 10, day, hour, minute, 7).getTime();

test.each([
  ['the same day', at(23, 10), at(23, 23), 'Today at 10:05'],
  ['just before midnight', at(22, 23), at(23, 0), 'Yesterday at 23:05'],
  ['earlier', at(2, 9), at(23, 9), '2 November 2026 at 09:05'],
])('%s', (_, time, now, text) => {
  expect(timeView(time, now).text).toBe(text);
});

test('exact to the second, for the tooltip', () => {
  expect(timeView(at(2, 9), at(23, 9)).exact).toBe('2026-11-02 09:05:07');
});
