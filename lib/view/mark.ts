import type { Severity } from '../model/rule.ts';
import { SEVERITIES } from '../model/rule.ts';

/** What a shape stands for. Each has its own form, so that colour is never alone. */
export type Mark = Severity | 'pass' | 'cannotTell' | 'notYet' | 'running' | 'stopped';

/** The worst of some severities; `null` for none. */
export function worst(severities: readonly [Severity, ...Severity[]]): Severity;
export function worst(severities: Iterable<Severity>): Severity | null;
export function worst(severities: Iterable<Severity>): Severity | null {
  let found: Severity | null = null;
  for (const severity of severities) {
    if (found === null || SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(found)) found = severity;
  }
  return found;
}
