import { isRecord } from '../http/params.ts';

/** What a page of the extension asks the background to do with the page in a tab. */
export type PageRequest =
  /** Reads the page once and judges what was read. */
  | { readonly do: 'page.check'; readonly tab: number }
  | { readonly do: 'page.cancel'; readonly tab: number }
  /** Asks for nothing: who hears it is awake, and says of a check that was left in the middle that it was. */
  | { readonly do: 'page.wake'; readonly tab: number };

/** `busy`: this tab is being checked. */
export type PageReply =
  | { readonly is: 'ok' }
  | { readonly is: 'busy' }
  | { readonly is: 'invalid'; readonly what: string };

/** Reads a message as a request, or says what is wrong with it; `null` where it is meant for somebody else. */
export function readPageRequest(message: unknown): PageRequest | { readonly invalid: string } | null {
  if (!isRecord(message) || typeof message['do'] !== 'string' || !message['do'].startsWith('page.')) return null;
  const { do: what, tab } = message;
  if (what !== 'page.check' && what !== 'page.cancel' && what !== 'page.wake') return { invalid: 'do' };
  if (typeof tab !== 'number' || !Number.isInteger(tab) || tab < 0) return { invalid: 'tab' };
  return { do: what, tab };
}
