import type { Browser } from 'webextension-polyfill';

/** The person answered "no", or the browser for them. */
export class ClipboardRefusedError extends Error {
  override readonly name = 'ClipboardRefusedError';
}

/**
 * Reads the clipboard's text, `''` where it holds none; asks for `clipboardRead` where it is not held, so it has to be
 * called inside of a press. Rejects where it may not be read. After a "no" the page does not try: browsers would ask a
 * second time, in other words.
 */
export function clipboardReader(browser: Browser, clipboard: Pick<Clipboard, 'readText'>): () => Promise<string> {
  return async () => {
    // DevTools gives its panels no permissions in Firefox.
    const allowed = (await browser.permissions?.request({ permissions: ['clipboardRead'] })) ?? true;
    if (!allowed) throw new ClipboardRefusedError();
    return clipboard.readText();
  };
}
