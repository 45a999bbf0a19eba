import type { Body, Seen } from '../model/observation.ts';
import { seen, unseen } from '../model/observation.ts';
import { table } from '../model/table.ts';

/** Bodies above this many characters are not kept: no OAuth message is that long. */
export const MAX_BODY = 262_144;

export function textBody(text: string): Seen<Body | null> {
  if (text === '') return seen(null);
  return text.length > MAX_BODY ? unseen('too-large') : seen({ is: 'text', text });
}

/** A number, or text that is one; `null` where it is neither. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** A status code of HTTP; `null` where it is none. Recorders write 0 where no response came. */
export function statusOf(value: unknown): number | null {
  const status = numberOf(value);
  return status !== null && Number.isInteger(status) && status >= 100 && status <= 999 ? status : null;
}

/** The one word that the model uses where recorders have several (HAR, webRequest, fetch metadata, Playwright). */
export function resourceWord(word: string): string {
  const lower = word.toLowerCase();
  return RESOURCE_WORDS[lower] ?? lower;
}

const RESOURCE_WORDS = table<string>({
  main_frame: 'document',
  mainframe: 'document',
  navigation: 'document',
  sub_frame: 'frame',
  subframe: 'frame',
  subdocument: 'frame',
  iframe: 'frame',
  fencedframe: 'frame',
  fetch: 'xhr',
  xmlhttprequest: 'xhr',
  empty: 'xhr',
});

/** Milliseconds on either side of the epoch that a `Date` reaches (ECMA-262 §21.4.1.1). */
const MAX_TIME = 8.64e15;

/** Milliseconds since the epoch from a number or a date; `null` where it is neither, and beyond what a date can be. */
export function timeOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : value;
  return typeof time === 'number' && Math.abs(time) <= MAX_TIME ? time : null;
}

/** An absolute URL by its shape. Whether it parses is for the reader of the message to judge. */
export function isAbsolute(url: string): boolean {
  return /^\s*[a-z][a-z0-9+.-]*:/i.test(url);
}

/** Redirects of one trace that are still waiting for the request that follows them. */
export class OpenRedirects {
  readonly #waiting = new Map<string, { id: string; fragment: string; method: string }[]>();

  /** Remembers where this exchange redirects to. `target` may be relative. */
  add(id: string, from: { url: string; method: string }, target: string): void {
    let address: string;
    try {
      address = splitFragment(new URL(target, from.url).href)[0];
    } catch {
      return;
    }
    // A redirect without a fragment hands on the one it was called with (RFC 9110 §10.2.2).
    const open = { id, fragment: splitFragment(target)[1] || splitFragment(from.url)[1], method: from.method };
    const list = this.#waiting.get(address);
    if (list) list.push(open);
    else this.#waiting.set(address, [open]);
  }

  /** The redirect that this request follows; each is followed once, the oldest first. */
  take(url: string, method: string): { id: string; fragment: string } | null {
    if (this.#waiting.size === 0) return null;
    const address = splitFragment(url)[0];
    const key = this.#waiting.has(address) ? address : URL.canParse(address) ? new URL(address).href : address;
    const list = this.#waiting.get(key);
    const index = list?.findIndex((open) => method === 'GET' || method === open.method) ?? -1;
    return list && index >= 0 ? (list.splice(index, 1)[0] ?? null) : null;
  }
}

function splitFragment(url: string): [address: string, fragment: string] {
  const hash = url.indexOf('#');
  return hash < 0 ? [url, ''] : [url.slice(0, hash), url.slice(hash)];
}
