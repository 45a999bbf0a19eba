import { describe, expect, it } from 'vitest';
import { badgeFor } from '../../../lib/adapters/badge.ts';
import type { Severity } from '../../../lib/model/rule.ts';

const finding = (severity: Severity, parent: string | null = null) => ({ severity, parent });

describe('badgeFor', () => {
  it.each([
    ['high', '▲1', 'severity high'],
    ['medium', '◆1', 'severity medium'],
    ['low', '●1', 'severity low'],
  ] as const)('gives %s its shape and says it in words', (severity, text, words) => {
    expect(badgeFor([finding(severity)])).toMatchObject({
      text,
      title: `OAuth Inspector: 1 problem in this tab, ${words}`,
    });
  });

  it('shows the worst, whatever the order, and counts every problem', () => {
    expect(badgeFor([finding('low'), finding('high'), finding('medium')])).toMatchObject({
      text: '▲3',
      title: 'OAuth Inspector: 3 problems in this tab, the worst high',
    });
  });

  it('counts neither what another finding explains nor mere remarks', () => {
    expect(badgeFor([finding('medium'), finding('high', 'its-parent'), finding('info')]).text).toBe('◆1');
  });

  it('is empty where there is no problem', () => {
    for (const findings of [[], [finding('info')], [finding('high', 'its-parent')]]) {
      expect(badgeFor(findings)).toMatchObject({ text: '', title: 'OAuth Inspector' });
    }
  });

  it('never needs more than four characters', () => {
    expect(badgeFor(Array.from({ length: 99 }, () => finding('low'))).text).toBe('●99');
    expect(badgeFor(Array.from({ length: 100 }, () => finding('low'))).text).toBe('●99+');
  });

  it('has a contrast of at least 4.5 : 1 to white in every colour', () => {
    for (const severity of ['high', 'medium', 'low'] as const) {
      expect(1.05 / (luminance(badgeFor([finding(severity)]).background) + 0.05)).toBeGreaterThanOrEqual(4.5);
    }
  });
});

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
