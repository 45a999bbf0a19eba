import type { Flow } from '../../model/flow.ts';
import type { Severity } from '../../model/rule.ts';

/** In seconds. */
export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** How bad it is that an access token lives that many seconds; `null` where it is not. `bound`: to a key. */
export function accessTokenLifetime(seconds: number, flow: Flow, bound: boolean): Severity | null {
  if (seconds <= HOUR) return null;
  if (flow.provider?.fixedLifetimes) return 'info';
  if (seconds > 30 * DAY) return bound ? 'medium' : 'high';
  if (seconds > DAY) return bound ? 'low' : 'medium';
  return bound ? 'info' : 'low';
}
