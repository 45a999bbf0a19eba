import { describe, expect, it } from 'vitest';
import { rules } from '../../../lib/cli/rules.ts';
import { UsageError } from '../../../lib/cli/usage.ts';
import { RULES } from '../../../lib/rules/index.ts';
import { captured } from './captured.ts';

describe('rules', () => {
  it('lists every rule as JSON, with addresses of its sections and the number of its examples', async () => {
    const { streams, result } = captured({});
    expect(await rules(['--format', 'json'], streams)).toBe(0);
    const list = JSON.parse(result().out);
    expect(list.schema).toBe(1);
    expect(list.rules.map((rule: { id: string }) => rule.id)).toEqual(RULES.map((rule) => rule.id));
    for (const rule of list.rules) {
      expect(rule).toMatchObject({
        title: expect.any(String),
        severity: expect.stringMatching(/^(high|medium|low|info)$/),
        confidence: expect.stringMatching(/^(certain|firm|tentative)$/),
        group: expect.stringMatching(/^[A-M]$/),
        needs: expect.any(Array),
        why: expect.any(String),
        fix: expect.any(String),
      });
      // Advice may rest on the documentation of one provider alone.
      if (rule.severity !== 'info') expect(rule.references.length).toBeGreaterThan(0);
      for (const { spec, section, level, url } of rule.references) {
        expect([spec, section, level]).toEqual([expect.any(String), expect.any(String), expect.any(String)]);
        expect(url).toMatch(/^https:\/\//);
      }
      for (const sort of ['violation', 'clean', 'lookAlike']) expect(rule.examples[sort]).toBeGreaterThan(0);
      expect(rule.examples.cannotTell).toBeGreaterThanOrEqual(0);
    }
  });

  it.each(['text', 'markdown'])('names every rule in %s', async (format) => {
    const { streams, result } = captured({});
    expect(await rules(['--format', format], streams)).toBe(0);
    for (const { id } of RULES) expect(result().out).toContain(id);
  });

  it('refuses other formats', async () => {
    await expect(rules(['--format', 'sarif'], captured({}).streams)).rejects.toThrow(UsageError);
    await expect(rules(['x'], captured({}).streams)).rejects.toThrow(UsageError);
  });
});
