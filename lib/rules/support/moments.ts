import { endpointOf } from '../../http/endpoint.ts';
import type { Exchange, Observation } from '../../model/observation.ts';
import type { Trace } from '../../model/rule.ts';

/** Whether an observation was made that long after another, by their clocks; without clocks, whether it comes later in the input. */
export function isAfter(later: Observation, earlier: Observation, gapMs = 0): boolean {
  if (later.time !== null && earlier.time !== null) return later.time - earlier.time >= gapMs && later !== earlier;
  return later.source.entry > earlier.source.entry;
}

/** Path of a page that signs out: the standard's, and what applications call their own. */
const LOGOUT_PATH = /\/(log-?out|sign-?out|log-?off|sign-?off|end_?session|session\/end)(\/[\w-]*)?\/?$/i;

/** Every navigation that signs out, at the server or at the application. Pass it to `once`. */
export function logoutNavigations({ exchanges }: Pick<Trace, 'exchanges'>): readonly Exchange[] {
  return exchanges.filter(({ request: { url, method }, resource }) => {
    if (method === 'OPTIONS' || (resource !== null && resource !== 'document')) return false;
    return LOGOUT_PATH.test(endpointOf(url)?.path ?? '');
  });
}
