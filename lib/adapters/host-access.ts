import type { Browser } from 'webextension-polyfill';

/** The pattern of one host; match patterns have no ports. */
export function hostPattern(url: string): string {
  const { protocol, hostname } = new URL(url);
  return `${protocol}//${hostname}/*`;
}

/**
 * Asks the browser for the one host of an address. Call it directly in the click handler: the browser refuses a request
 * after an `await`. Resolves to what the person answered; a host that is granted already is not asked for again.
 */
export function requestHost(browser: Browser, url: string): Promise<boolean> {
  return browser.permissions.request({ origins: [hostPattern(url)] });
}

export function holdsHost(browser: Browser, url: string): Promise<boolean> {
  return browser.permissions.contains({ origins: [hostPattern(url)] });
}
