import { expect, test } from 'vitest';
import type { Expected } from '../../servers/case.ts';
import { disagreement, type FoundFinding, nestFindings } from '../../servers/expectations.ts';

const finding = (rule: string, severity: FoundFinding['severity'], ...children: FoundFinding[]): FoundFinding => ({
  rule,
  severity,
  children,
});
const implicit: Expected = { exactly: [{ rule: 'implicit-flow', severity: 'high', children: ['token-in-fragment'] }] };

test('the very findings agree, whatever notes there are', () => {
  const found = [finding('implicit-flow', 'high', finding('token-in-fragment', 'high')), finding('other', 'info')];
  expect(disagreement(implicit, found)).toBe(null);
});

test.each([
  ['nothing', []],
  ['another severity', [finding('implicit-flow', 'medium', finding('token-in-fragment', 'high'))]],
  ['a missing child', [finding('implicit-flow', 'high')]],
  ['a child that stands alone', [finding('implicit-flow', 'high'), finding('token-in-fragment', 'high')]],
  [
    'one finding more',
    [finding('implicit-flow', 'high', finding('token-in-fragment', 'high')), finding('weak-state', 'low')],
  ],
  [
    'the same finding twice',
    [
      finding('implicit-flow', 'high', finding('token-in-fragment', 'high')),
      finding('implicit-flow', 'high', finding('token-in-fragment', 'high')),
    ],
  ],
])('%s disagrees with an exact list', (_what, found) => {
  expect(disagreement(implicit, found)).not.toBe(null);
});

test('a limit lets through what is at it and nothing above it', () => {
  expect(disagreement({ nothingAbove: 'low' }, [finding('missing-state', 'low')])).toBe(null);
  expect(disagreement({ nothingAbove: 'info' }, [finding('missing-state', 'low')])).toBe(
    'unexpected: missing-state (low)',
  );
  expect(disagreement({ nothingAbove: 'low' }, [finding('missing-pkce', 'medium')])).toBe(
    'unexpected: missing-pkce (medium)',
  );
});

test('findings of a report are nested by the key of their parent', () => {
  const flat = [
    { rule: 'token-in-fragment', severity: 'high', key: 'b', parent: 'a' },
    { rule: 'implicit-flow', severity: 'high', key: 'a', parent: null },
  ] as const;
  expect(nestFindings(flat)).toEqual([finding('implicit-flow', 'high', finding('token-in-fragment', 'high'))]);
});
