import { describe, expect, it } from 'vitest';
import { clockWords, durationWords } from '../../../lib/view/moment.ts';

describe('durationWords', () => {
  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [59_000, '59 s'],
    [60_000, '1 min'],
    [2_512_000, '41 min 52 s'],
    [3_600_000, '1 h'],
    [3_601_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [90_061_000, '1 d 1 h'],
    [-2_512_000, '41 min 52 s'],
    [86_400_000 * 4000, '4,000 d'],
  ])('%d ms', (ms, said) => {
    expect(durationWords(ms)).toBe(said);
  });
});

describe('clockWords', () => {
  const now = new Date(2026, 10, 23, 10, 45).getTime();

  it('is the clock alone today', () => {
    expect(clockWords(new Date(2026, 10, 23, 11, 47, 12).getTime(), now)).toBe('11:47:12');
  });

  it('names any other day', () => {
    expect(clockWords(new Date(2026, 10, 24, 0, 0, 5).getTime(), now)).toBe('24 November 2026 at 00:00:05');
  });

  it.each([Number.NaN, 9e15, Number.POSITIVE_INFINITY])('has no words for %d', (time) => {
    expect(clockWords(time, now)).toBeNull();
  });
});
