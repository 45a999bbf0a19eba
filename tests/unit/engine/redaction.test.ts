import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { analyse } from '../../../lib/analyse.ts';
import { createRedactor, type Redactor } from '../../../lib/engine/redact.ts';
import { parseTrace } from '../../../lib/http/trace.ts';
import type { Redacted } from '../../../lib/model/redacted.ts';
import { anyText } from '../any-text.ts';
import { seeded } from '../har/seeded.ts';
import { trace } from '../oauth/flows.ts';
import { signIn } from '../oauth/sign-ins.ts';
import { loadRuleFiles } from '../rules/rule-files.ts';
import { samplesOf } from '../rules/traffic.ts';
import { leaksIn, secretsIn } from './leaks.ts';

const redaction = vi.hoisted(() => ({ on: true }));
afterEach(() => {
  redaction.on = true;
});

vi.mock('../../../lib/engine/redact.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../lib/engine/redact.ts')>();
  const off: Redactor = {
    mask: (value) => value as Redacted,
    plain: (value) => value as Redacted,
    readable: (value) => value as Redacted,
    value: (_, value) => value as Redacted,
    say: (text, ...values) => String.raw({ raw: text }, ...values) as Redacted,
  };
  const made: typeof original.createRedactor = (secrets) => (redaction.on ? original.createRedactor(secrets) : off);
  return { ...original, createRedactor: made };
});

test('no secret of a sign-in is in what is said about it', async () => {
  let findings = 0;
  await fc.assert(
    fc.asyncProperty(signIn('red'), async ({ exchanges, secrets }) => {
      const observed = parseTrace(trace(...exchanges));
      const analysis = await analyse(observed);
      findings += analysis.findings.length;
      expect(leaksIn(analysis, [...secrets, ...secretsIn(observed)])).toEqual([]);
    }),
    seeded(60),
  );
  expect(findings).toBeGreaterThan(60);
});

describe('the search for secrets', () => {
  test('finds them in the rules’ own examples when redaction is switched off', async () => {
    redaction.on = false;
    let leaks = 0;
    for (const { file, example } of samplesOf(await loadRuleFiles())) {
      const exchanges = parseTrace(example.trace);
      leaks += leaksIn(await analyse(exchanges, { rules: [file.rule] }), secretsIn(exchanges)).length;
      if (leaks > 50) break;
    }
    expect(leaks).toBeGreaterThan(50);
  });

  test.each([
    ['as it is', (secret: string) => secret],
    ['percent-encoded', encodeURIComponent],
    ['in base64', (secret: string) => btoa(secret)],
  ])('finds one that is written %s', (_, write) => {
    const secret = '4/0AQlEd8x+UyZ=k';
    const said = {
      findings: [],
      verdicts: [{ rule: 'x', flow: null, trace: 'trace', is: 'error' as const, message: `… ${write(secret)} …` }],
    };
    expect(leaksIn(said, [secret])).toEqual([secret]);
    expect(leaksIn(said, ['another-secret'])).toEqual([]);
  });
});

test('whatever stands around a secret, it does not show', () => {
  // Half a surrogate pair cannot be sent: no parameter holds one.
  const secret = anyText(40)
    .map((text) => text.replace(/[\ud800-\udfff]/g, 'x'))
    .filter((text) => text.length >= 8);
  fc.assert(
    fc.property(
      fc.array(secret, { minLength: 1, maxLength: 4 }),
      anyText(30),
      anyText(30),
      (secrets, before, after) => {
        const redactor = createRedactor(new Map(secrets.map((value) => [value, 'code'])));
        for (const value of secrets) {
          for (const text of [
            before + value + after,
            before + encodeURIComponent(value) + after,
            `https://app.example/?${before}${value}`,
          ]) {
            for (const shown of [
              redactor.plain(text),
              redactor.value('scope', text),
              redactor.value('location', text),
            ]) {
              expect(shown.includes(value) || shown.includes(encodeURIComponent(value))).toBe(false);
            }
          }
        }
      },
    ),
    seeded(300),
  );
});
