import type { Runtime } from 'webextension-polyfill';

/**
 * Whether a page of the extension itself sent a message. Its scripts in the pages of a recorded tab have the same id, and
 * a page that took over its process can speak as they do: they may tell what they heard, and ask for nothing.
 */
export function isOwnPage(runtime: Pick<Runtime.Static, 'id' | 'getURL'>, sender: Runtime.MessageSender): boolean {
  return sender.id === runtime.id && sender.url !== undefined && sender.url.startsWith(runtime.getURL(''));
}
