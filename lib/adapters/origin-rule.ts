import type { Browser } from 'webextension-polyfill';
import { holdsHost } from './host-access.ts';

const RULE_ID = 1;

/**
 * Takes the `Origin` header off the extension's own requests to one address while `work` runs. A request of
 * an extension page carries `Origin: chrome-extension://…`, which servers refuse for clients that never
 * registered it. Needs host access; without it the server decides, and its answer is explained.
 */
export async function withoutOrigin<T>(browser: Browser, endpoint: string, work: () => Promise<T>): Promise<T> {
  if (!(await holdsHost(browser, endpoint))) return work();
  const { declarativeNetRequest } = browser as unknown as { declarativeNetRequest: DeclarativeNetRequest };
  await declarativeNetRequest.updateSessionRules({
    removeRuleIds: [RULE_ID],
    addRules: [
      {
        id: RULE_ID,
        action: { type: 'modifyHeaders', requestHeaders: [{ header: 'origin', operation: 'remove' }] },
        condition: {
          // The query is left out: it may hold characters that mean something in a filter.
          urlFilter: `|${endpoint.replace(/[?#].*$/, '')}`,
          // Chromium calls an extension's requests by its id, Firefox by the host of its address: the same text.
          initiatorDomains: [new URL(browser.runtime.getURL('')).host],
          resourceTypes: ['xmlhttprequest'],
        },
      },
    ],
  });
  try {
    return await work();
  } finally {
    await declarativeNetRequest.updateSessionRules({ removeRuleIds: [RULE_ID] });
  }
}

/** The part that is used; the polyfill's types leave this API out. */
interface DeclarativeNetRequest {
  updateSessionRules(change: { removeRuleIds?: number[]; addRules?: object[] }): Promise<void>;
}
