import type { Browser, Runtime, Scripting } from 'webextension-polyfill';
import { isRecord, parseJson } from '../http/params.ts';

/** What a page of a recorded tab did, as its hooks told it; every part is the page's own word. */
export type Heard =
  /** The page's code got a response. */
  | { readonly is: 'body'; readonly url: string; readonly status: number; readonly text: string }
  /** `setItem`. */
  | { readonly is: 'stored'; readonly area: 'local' | 'session'; readonly key: string; readonly value: string }
  /** Another window posted a message to this one; `text` is JSON `{origin, data}`. */
  | { readonly is: 'message'; readonly text: string };

/** The document that told it, as the browser says. */
export interface HeardIn {
  readonly url: string;
  readonly origin: string;
}

/** Characters of a response, of a stored value with its key, and of a message; longer ones are not told. */
const CAPS = { body: 131_072, stored: 32_768, message: 32_768 } as const;
/** JSON may write a character as six. */
const MAX_TOLD = 6 * CAPS.body + 8192;
/** Documents of one tab. */
const MAX_PORTS = 100;

export interface PageHooksParts {
  readonly browser: Browser;
  readonly tab: number;
  readonly heard: (heard: Heard, page: HeardIn) => void;
}

export interface PageHooks {
  /**
   * Puts the hooks into the documents that these frames (without them, all frames) show now. `true` where one of them had
   * none before; `false` too where the browser lets nobody in.
   */
  enter(frames?: readonly number[]): Promise<boolean>;
  /** Takes them out of every document and hears no more. */
  end(): void;
}

/**
 * Hooks in the pages of one tab. Each document holds an open port to the background; when that closes, because the
 * recording has ended or the background was stopped, the document puts back what was replaced. So it needs no access to
 * the page any more, which may have been taken away.
 */
export function startPageHooks({ browser, tab, heard }: PageHooksParts): PageHooks {
  const { runtime } = browser;
  const name = `hooks:${crypto.randomUUID()}`;
  const ports = new Set<Runtime.Port>();
  let ended = false;

  const connected = (port: Runtime.Port): void => {
    if (port.name !== name) return;
    const { sender } = port;
    if (ended || sender?.id !== runtime.id || sender.tab?.id !== tab || ports.size >= MAX_PORTS) {
      port.disconnect();
      return;
    }
    const page = pageOf(sender.url ?? '');
    ports.add(port);
    port.onMessage.addListener((told: unknown) => {
      const read = page === null || ended ? null : readHeard(told);
      if (read !== null && page !== null) heard(read, page);
    });
    port.onDisconnect.addListener(() => {
      ports.delete(port);
    });
  };
  runtime.onConnect.addListener(connected);

  const inject = (injection: object): Promise<Scripting.InjectionResult[]> =>
    browser.scripting.executeScript({ injectImmediately: true, ...injection } as Scripting.ScriptInjection);

  return {
    async enter(frames) {
      if (ended) return false;
      const event = crypto.randomUUID();
      const where = frames === undefined ? { allFrames: true } : { frameIds: [...frames] };
      const relay = { func: relayHooks, args: [name, event, CAPS.message] };
      const relayed = await inject({ target: { tabId: tab, ...where }, ...relay }).catch(() => []);
      const fresh = relayed.flatMap(({ frameId, result }) => (result === true ? [frameId] : []));
      if (fresh.length === 0) return false;
      await inject({
        target: { tabId: tab, frameIds: fresh },
        world: 'MAIN',
        func: hookPage,
        args: [event, CAPS],
      }).catch(() => undefined);
      return true;
    },
    end() {
      ended = true;
      runtime.onConnect.removeListener(connected);
      for (const port of ports) port.disconnect();
      ports.clear();
    },
  };
}

function pageOf(url: string): HeardIn | null {
  if (!URL.canParse(url)) return null;
  const { origin } = new URL(url);
  return /^https?:/.test(origin) ? { origin, url: url.replace(/[?#].*$/s, '') } : null;
}

/** Reads what a page told; `null` for anything else. */
export function readHeard(told: unknown): Heard | null {
  const value = typeof told === 'string' && told.length <= MAX_TOLD ? parseJson(told) : undefined;
  if (!isRecord(value)) return null;
  const { is, url, status, text, area, key, value: stored } = value;
  const isShort = (one: unknown, cap: number): one is string => typeof one === 'string' && one.length <= cap;
  switch (is) {
    case 'body':
      return isShort(url, 8192) &&
        /^https?:\/\//.test(url) &&
        isShort(text, CAPS.body) &&
        Number.isInteger(status) &&
        Number(status) >= 100 &&
        Number(status) < 600
        ? { is, url, status: Number(status), text }
        : null;
    case 'stored':
      return (area === 'local' || area === 'session') && isShort(key, CAPS.stored) && isShort(stored, CAPS.stored)
        ? { is, area, key, value: stored }
        : null;
    case 'message':
      return isShort(text, CAPS.message) && isRecord(parseJson(text)) ? { is, text } : null;
    default:
      return null;
  }
}

/**
 * Runs in the extension's own world of a document: passes on what the hooks tell, and takes them out when the background
 * is gone. Handed over as its text. `false` where this recording has its hooks in the document already.
 *
 * Messages of other windows are heard here, as they arrive. To replace `postMessage` would tell their target as well, but
 * the browser would then name this window as their source, which libraries compare with the window that they opened.
 */
export function relayHooks(name: string, event: string, cap: number): boolean {
  const world = globalThis as { hookedFor?: string };
  // A frame begins with an empty document, which its own takes the place of.
  if (world.hookedFor === name || !/^https?:$/.test(location.protocol)) return false;
  world.hookedFor = name;
  const { chrome } = globalThis as unknown as { chrome: { runtime: { connect(info: object): PagePort } } };
  interface PagePort {
    postMessage(message: string): void;
    readonly onDisconnect: { addListener(listener: () => void): void };
  }
  let on = true;
  let placed = false;
  const takeOut = (): void => {
    document.dispatchEvent(new Event(`${event}.off`));
    document.removeEventListener(event, hear);
  };
  const received = ({ origin, data }: MessageEvent<unknown>): void => {
    try {
      const text = JSON.stringify({ origin, data });
      if (text.length <= cap) port.postMessage(JSON.stringify({ is: 'message', text }));
    } catch {
      // What cannot be written as JSON is no token.
    }
  };
  const hear = (told: Event): void => {
    placed = true;
    const { detail } = told as CustomEvent<unknown>;
    // Only text crosses from the page's world: no object of its can answer in the place of another.
    if (!on) takeOut();
    else if (typeof detail === 'string' && detail !== '') port.postMessage(detail);
  };
  document.addEventListener(event, hear);
  const port = chrome.runtime.connect({ name });
  window.addEventListener('message', received, true);
  port.onDisconnect.addListener(() => {
    on = false;
    window.removeEventListener('message', received, true);
    delete world.hookedFor;
    // Hooks that are on their way yet say so when they are in place.
    if (placed) takeOut();
  });
  return true;
}

/**
 * Runs in the page's own world: replaces `fetch`, `XMLHttpRequest.prototype.send` and `Storage.prototype.setItem` by
 * functions that do the same and tell of it, by an event whose name the page does not know. What the page put in their
 * place meanwhile stays when they are taken out.
 */
export function hookPage(event: string, caps: { readonly body: number; readonly stored: number }): void {
  const dispatch = document.dispatchEvent.bind(document);
  const Told = CustomEvent;
  const { stringify } = JSON;
  const getItem = Storage.prototype.getItem;
  let on = true;
  const putBack: (() => void)[] = [];
  const tell = (told: object): void => {
    if (on) dispatch(new Told(event, { detail: stringify(told) }));
  };
  /** Whatever goes wrong here is no business of the page. */
  const quietly = (act: () => void): void => {
    try {
      act();
    } catch {
      // The page's own call has its result already.
    }
  };
  type Method = (this: unknown, ...args: unknown[]) => unknown;
  const replace = (holder: object, name: string, make: (before: Method) => Record<string, Method>): void => {
    const described = Object.getOwnPropertyDescriptor(holder, name);
    if (typeof described?.value !== 'function' || described.configurable !== true) return;
    const after = make(described.value as Method)[name];
    Object.defineProperty(holder, name, { ...described, value: after });
    putBack.push(() => {
      if (Object.getOwnPropertyDescriptor(holder, name)?.value === after) {
        Object.defineProperty(holder, name, described);
      }
    });
  };
  const isTold = (type: string | null): boolean => /json|x-www-form-urlencoded|\bjwt|text\/plain/i.test(type ?? '');

  const tellResponse = async (response: Response): Promise<void> => {
    const { url, status, headers } = response;
    const size = Number(headers.get('content-length') ?? 0);
    if (
      !on ||
      response.bodyUsed ||
      response.body === null ||
      size > caps.body ||
      !isTold(headers.get('content-type'))
    ) {
      return;
    }
    const reader = response.clone().body?.getReader();
    if (reader === undefined) return;
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      text += decoder.decode(value, { stream: !done });
      if (text.length > caps.body) return void reader.cancel();
      if (done) break;
    }
    tell({ is: 'body', url, status, text });
  };

  replace(window, 'fetch', (before) => ({
    fetch(...args) {
      const answer = Reflect.apply(before, this, args) as Promise<Response>;
      answer.then(tellResponse).catch(() => undefined);
      return answer;
    },
  }));

  const tellRequest = (request: XMLHttpRequest): void => {
    if (!on || !isTold(request.getResponseHeader('content-type'))) return;
    const { responseType } = request;
    if (responseType !== '' && responseType !== 'text' && responseType !== 'json') return;
    const text = responseType === 'json' ? stringify(request.response) : request.responseText;
    if (text.length <= caps.body) tell({ is: 'body', url: request.responseURL, status: request.status, text });
  };

  replace(XMLHttpRequest.prototype, 'send', (before) => ({
    send(...args) {
      quietly(() => {
        const request = this as XMLHttpRequest;
        request.addEventListener('load', () => quietly(() => tellRequest(request)), { once: true });
      });
      return Reflect.apply(before, this, args);
    },
  }));

  replace(Storage.prototype, 'setItem', (before) => ({
    setItem(...args) {
      const result = Reflect.apply(before, this, args);
      quietly(() => {
        const [key] = args;
        const value: unknown = typeof key === 'string' ? Reflect.apply(getItem, this, [key]) : null;
        if (typeof key !== 'string' || typeof value !== 'string' || key.length + value.length > caps.stored) return;
        tell({ is: 'stored', area: this === window.localStorage ? 'local' : 'session', key, value });
      });
      return result;
    },
  }));

  document.addEventListener(
    `${event}.off`,
    () => {
      on = false;
      for (const act of putBack) act();
    },
    { once: true },
  );
  // Says that they are in place.
  dispatch(new Told(event, { detail: '' }));
}
