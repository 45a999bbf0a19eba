import { SEVERITIES, type Severity } from '../../lib/model/rule.ts';
import type { Expected } from './case.ts';

/** A finding as some part of the product reported it. */
export interface FoundFinding {
  readonly rule: string;
  readonly severity: Severity;
  /** Findings that this one explains. */
  readonly children: readonly FoundFinding[];
}

/** Findings of a JSON report, children put under their parents. */
export function nestFindings(
  flat: readonly {
    readonly rule: string;
    readonly severity: Severity;
    readonly key: string;
    readonly parent: string | null;
  }[],
): readonly FoundFinding[] {
  const below = (parent: string | null): readonly FoundFinding[] =>
    flat
      .filter((one) => one.parent === parent)
      .map(({ rule, severity, key }) => ({ rule, severity, children: below(key) }));
  return below(null);
}

const above = (limit: Severity) => (one: { readonly severity: Severity }) =>
  SEVERITIES.indexOf(one.severity) < SEVERITIES.indexOf(limit);

const line = (rule: string, severity: Severity, children: readonly string[]) =>
  `${rule} (${severity})${children.length > 0 ? ` [${children.toSorted().join(', ')}]` : ''}`;

/** The findings above `info` as lines, sorted: `implicit-flow (high) [token-in-fragment]`. */
export function findingLines(found: readonly FoundFinding[]): readonly string[] {
  const nested = (one: FoundFinding): readonly string[] =>
    one.children.flatMap((child) => [...(above('info')(child) ? [child.rule] : []), ...nested(child)]);
  return found
    .filter(above('info'))
    .map((one) => line(one.rule, one.severity, nested(one)))
    .toSorted();
}

/** What was found although nothing like it may be, or differs from what must be; `null` where all is as expected. */
export function disagreement(expected: Expected, found: readonly FoundFinding[]): string | null {
  if ('nothingAbove' in expected) {
    const tooMuch = findingLines(found.filter(above(expected.nothingAbove)));
    return tooMuch.length === 0 ? null : `unexpected: ${tooMuch.join(', ')}`;
  }
  const wanted = expected.exactly.map(({ rule, severity, children = [] }) => line(rule, severity, children)).toSorted();
  const got = findingLines(found);
  const missing = wanted.filter((one) => !got.includes(one));
  const unexpected = got.filter((one, at) => !wanted.includes(one) || got.indexOf(one) !== at);
  if (missing.length === 0 && unexpected.length === 0) return null;
  return [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(unexpected.length > 0 ? [`unexpected: ${unexpected.join(', ')}`] : []),
  ].join('; ');
}
