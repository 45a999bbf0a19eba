import type { Browser, WebRequest } from 'webextension-polyfill';
import type { Exchange } from '../model/observation.ts';
import { seen, unseen } from '../model/observation.ts';
import { type Answer, problem } from '../runner/calls.ts';

export interface SignInWindow {
  open(authorizationUrl: string, trace: string, first: number): Promise<Answer<string>>;
  /** Brings the open window to the front. */
  show(): Promise<void>;
  /** Closes it, which ends `open` with `window-closed`. */
  close(): Promise<void>;
}

/**
 * The browser's own window for sign-ins of extensions. It tells little of what went wrong, so the status of
 * the server's first page is listened for while it is open, where the server's site is granted.
 */
export function createSignInWindow(browser: Browser, now: () => number): SignInWindow {
  let windowId: number | null = null;
  /** Browsers load the page first and may show the window after it was closed. */
  let unwanted = false;
  const closeWindow = async (): Promise<void> => {
    if (windowId !== null) await browser.windows.remove(windowId);
  };
  return {
    async open(authorizationUrl, trace, first) {
      const exchange = (entry: number, url: string, location: string | null): Exchange => ({
        is: 'exchange',
        id: `${trace}#${entry}`,
        trace,
        capture: 'run',
        time: now(),
        tab: null,
        resource: 'document',
        initiator: null,
        redirectedFrom: location === null ? `${trace}#${entry - 1}` : null,
        truncated: false,
        source: { source: 0, entry },
        request: { method: 'GET', url, headers: unseen('api-hides-it'), body: seen(null) },
        outcome:
          location === null
            ? { is: 'unknown' }
            : {
                is: 'response',
                response: { status: 302, headers: seen([['Location', location]]), body: unseen('api-hides-it') },
              },
      });
      const refused = listenForRefusal(browser, authorizationUrl);
      const opened = (window: { id?: number; type?: string }): void => {
        if (window.type === 'popup' || window.type === 'normal') windowId ??= window.id ?? null;
        if (unwanted) void closeWindow();
      };
      unwanted = false;
      browser.windows.onCreated.addListener(opened);
      try {
        const url = await browser.identity.launchWebAuthFlow({ url: authorizationUrl, interactive: true });
        return {
          exchanges: [exchange(first, authorizationUrl, url), exchange(first + 1, url, null)],
          value: url,
        };
      } catch (error) {
        await refused.rest();
        const said = error instanceof Error ? error.message : String(error);
        return {
          exchanges: [{ ...exchange(first, authorizationUrl, ''), outcome: { is: 'failed', reason: said } }],
          problem: windowProblem(said, refused.status(), new URL(authorizationUrl).host),
        };
      } finally {
        browser.windows.onCreated.removeListener(opened);
        refused.stop();
        windowId = null;
      }
    },
    async show() {
      if (windowId !== null) await browser.windows.update(windowId, { focused: true });
    },
    async close() {
      unwanted = true;
      await closeWindow();
    },
  };
}

/** Messages of Chromium and Firefox, measured in both. */
function windowProblem(said: string, status: number | null, host: string): ReturnType<typeof problem> {
  if (/only one|already/i.test(said)) return problem('busy', said);
  // A server that does not know the redirect URI may not redirect there (RFC 6749 §4.1.2.1): it shows an error page.
  if (status !== null && status >= 400 && status < 500) return problem('redirect-uri-refused', `HTTP ${status}`, host);
  if (/could not be loaded/i.test(said)) return problem('window-failed', said, host);
  return problem('window-closed', said, host);
}

/** Milliseconds that an event may come later than the end of the window that it tells of: Firefox gives no order. */
const LATE = 1000;

interface Refusal {
  /** Of the first page; `null` where nothing was heard. */
  status(): number | null;
  /** Waits until the status is known, or cannot come any more. */
  rest(): Promise<void>;
  stop(): void;
}

function listenForRefusal(browser: Browser, authorizationUrl: string): Refusal {
  const { origin, pathname } = new URL(authorizationUrl);
  let status: number | null = null;
  let known = (): void => undefined;
  const heardOf = new Promise<void>((done) => {
    known = done;
  });
  const heard = (details: WebRequest.OnHeadersReceivedDetailsType): undefined => {
    if (!details.url.startsWith(`${origin}${pathname}`)) return;
    status ??= details.statusCode;
    known();
  };
  // Not onCompleted: the window may end before the page does, and then nothing was ever completed.
  browser.webRequest.onHeadersReceived.addListener(heard, {
    // A match pattern has no port.
    urls: [`${new URL(origin).protocol}//${new URL(origin).hostname}/*`],
    types: ['main_frame'],
  });
  return {
    status: () => status,
    rest: () => Promise.race([heardOf, new Promise<void>((done) => setTimeout(done, LATE))]),
    stop: () => browser.webRequest.onHeadersReceived.removeListener(heard),
  };
}
