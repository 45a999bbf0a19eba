import type { Browser } from 'webextension-polyfill';
import { OriginRefusedError } from '../runner/transport/problems.ts';
import type { Fetch } from '../runner/transport/recorder.ts';
import { holdsHost } from './host-access.ts';
import { withoutOrigin } from './origin-rule.ts';

/**
 * `fetch` for the requests of a run: without the extension's `Origin` where host access allows that, and with a server
 * that refuses this origin told apart from one that is down.
 */
export function createRunFetch(browser: Browser, fetch: Fetch): Fetch {
  return async (url, init) => {
    try {
      return await withoutOrigin(browser, url, () => fetch(url, init));
    } catch (error) {
      if (!(error instanceof TypeError) || (await holdsHost(browser, url)) || !(await answers(fetch, url))) throw error;
      throw new OriginRefusedError(error.message);
    }
  };
}

/**
 * Without host access `fetch` says the same of a server that is down and of one whose CORS policy refuses the
 * extension. A server that answers a request whose answer nobody may read is not down.
 */
function answers(fetch: Fetch, url: string): Promise<boolean> {
  return fetch(url, { method: 'HEAD', mode: 'no-cors', credentials: 'omit' }).then(
    () => true,
    () => false,
  );
}
