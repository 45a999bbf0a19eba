import type { Browser, Runtime, Scripting, WebRequest } from 'webextension-polyfill';
import { endpointOf } from '../http/endpoint.ts';
import type { PageLogRecord, TrafficRecord } from '../log/records.ts';
import type { StorageArea } from '../model/observation.ts';
import type { Recording, RecordingEnd } from '../model/recording.ts';
import { showBadge } from './badge.ts';
import { createRecorder } from './events.ts';
import { holdsHost } from './host-access.ts';
import { isOwnPage } from './own-page.ts';
import { type Heard, type HeardIn, type PageHooks, startPageHooks } from './page-hooks.ts';
import { type AreasRead, cookiesOf, readAreas } from './page-reader.ts';
import { type RecordReply, type RecordRequest, readRecordRequest } from './record-requests.ts';
import { createRecordingStore } from './recording-store.ts';
import type { WatchLog } from './watch-log.ts';
import { listener, offered, type Registration } from './web-request.ts';

/** Bytes that one recording may write: what other tabs have in the log stays. */
const MAX_BYTES = 2_000_000;
/** Milliseconds without a request, and in all, after which a recording ends by itself. */
const QUIET = 5 * 60_000;
const MAX_TIME = 30 * 60_000;
const MAX_HOSTS = 200;
/** Of those bytes, what may be storage of pages, and what their hooks tell. */
const MAX_STORED = 800_000;
const MAX_HEARD = 600_000;
/** Characters of one area of storage in one look at it. */
const MAX_AREA = 200_000;
/** Milliseconds between two tries to find the document that a navigation led to, and how many there are. */
const TRY_AGAIN = 25;
const TRIES = 120;
/** Milliseconds between two words about the progress. */
const SAY_EVERY = 400;
/** Browsers stop a background that called nothing of their API for 30 s; a recording would end with it. */
const KEEP_AWAKE = 20_000;

const REC = { text: 'REC', background: '#b3261e', title: 'OAuth Inspector: recording this tab' };

export interface Recordings {
  /** This tab's requests are written by its recording, and are not to be written twice. */
  isRecorded(tab: number): boolean;
}

export interface RecordingParts {
  readonly browser: Browser;
  readonly log: WatchLog;
  readonly now: () => number;
  /** Called after records of a tab were written, at most twice a second, and when its recording has ended. */
  readonly onWritten: (tab: number) => void;
  /** Reads what the page holds when its recording ends. */
  readonly onStopped: (tab: number) => Promise<void>;
}

/** What a recording holds in the background: gone with it. */
interface Live {
  recording: Recording;
  /** Whose records these are. */
  readonly owner: { readonly tab: number; readonly private?: true; readonly store?: string };
  last: number;
  /** The next word about the progress, while one is due. */
  saying: ReturnType<typeof setTimeout> | null;
  readonly requests: Set<string>;
  readonly registrations: readonly Registration[];
  readonly timer: ReturnType<typeof setInterval>;
  /** What each page stored at the last look, by origin and area. */
  readonly areas: Map<string, string>;
  /** Bytes of storage, and of what hooks told. */
  stored: number;
  told: number;
  /** The document that was looked at last, and the request that took its place last. */
  document: number;
  navigation: string;
  /** The last look at a page that was being left. */
  leaving: Promise<unknown>;
  hooks: PageHooks | null;
}

/**
 * Records tabs: every request of one tab, by a filter that the browser itself applies, so that no event of another tab
 * arrives. Registers its listener for messages before it returns; those for requests exist only while a tab is recorded.
 */
export function startRecordings({ browser, log, now, onWritten, onStopped }: RecordingParts): Recordings {
  const { webRequest, tabs, permissions } = browser;
  const store = createRecordingStore(log.area);
  const recorder = createRecorder(browser, { recorded: true });
  const live = new Map<number, Live>();
  /** A background that starts holds no recording: what still says so was cut off with the one before. */
  const tidied = store.read().then(async (left) => {
    for (const recording of left) {
      if (recording.state.is === 'ended' || live.has(recording.tab)) continue;
      await store.write({ ...recording, state: { is: 'ended', why: 'interrupted' } });
      onWritten(recording.tab);
    }
  });

  browser.runtime.onMessage.addListener((message: unknown, sender: Runtime.MessageSender) => {
    const request = isOwnPage(browser.runtime, sender) ? readRecordRequest(message) : null;
    if (request === null) return undefined;
    if ('invalid' in request) return Promise.resolve<RecordReply>({ is: 'invalid', what: request.invalid });
    return handle(request);
  });

  async function handle({ do: what, tab, hooks }: RecordRequest): Promise<RecordReply> {
    await tidied;
    const held = live.get(tab);
    if (what === 'record.start' && held === undefined) await start(tab, hooks === true);
    else if (what === 'record.stop' && held !== undefined) await end(tab, 'stopped');
    else if (what === 'record.pause' && held?.recording.state.is === 'recording') await hold(held, true);
    else if (what === 'record.resume' && held?.recording.state.is === 'paused') await hold(held, false);
    return { is: 'ok' };
  }

  async function start(tab: number, hooked: boolean): Promise<void> {
    const { incognito, cookieStoreId } = await tabs.get(tab);
    // A second press while the browser was asked.
    if (live.has(tab)) return;
    const recording: Recording = {
      tab,
      ...(incognito ? { private: true } : {}),
      at: now(),
      state: { is: 'recording' },
      requests: 0,
      bytes: 0,
      hosts: [],
      snapshots: 0,
      unread: [],
      ...(hooked ? { hooked } : {}),
    };
    const owner = { tab, ...(incognito ? { private: true as const } : {}), ...storeOf(cookieStoreId) };
    const registrations = listenersOf(tab);
    const timer = setInterval(() => void look(tab), KEEP_AWAKE);
    if (live.size === 0) {
      tabs.onRemoved.addListener(onTabRemoved);
      permissions.onRemoved.addListener(onAccessRemoved);
    }
    const held: Live = {
      recording,
      owner,
      last: now(),
      saying: null,
      requests: new Set(),
      registrations,
      timer,
      areas: new Map(),
      stored: 0,
      told: 0,
      document: 0,
      navigation: '',
      leaving: Promise.resolve(),
      hooks: null,
    };
    live.set(tab, held);
    for (const { add } of registrations) add();
    await store.write(recording);
    await showBadge(browser, tab, REC);
    if (hooked && isOn(held)) await hook(held);
    await lookAt(held, { immediately: false });
  }

  async function hook(held: Live): Promise<void> {
    const { tab } = held.owner;
    keepOfPage(held, { is: 'hooked', at: now(), ...held.owner });
    held.hooks = startPageHooks({ browser, tab, heard: (heard, page) => hear(held, heard, page) });
    await held.hooks.enter();
  }

  /** Each of these is the page's own word, in a record that says no more than that. */
  function hear(held: Live, heard: Heard, { origin, url }: HeardIn): void {
    if (!isOn(held) || !mayHoldSecrets(heard)) return;
    const common = { at: now(), ...held.owner };
    const record: PageLogRecord =
      heard.is === 'body'
        ? { is: 'body', ...common, address: heard.url, status: heard.status, text: heard.text }
        : heard.is === 'message'
          ? { is: 'message', ...common, page: url, text: heard.text }
          : { is: 'stored', ...common, origin, area: heard.area, items: [[heard.key, heard.value]], written: true };
    const bytes = JSON.stringify(record).length;
    if (held.told + bytes > MAX_HEARD) {
      markCut(held);
      return;
    }
    held.told += bytes;
    keepOfPage(held, record);
  }

  const isOn = (held: Live): boolean => live.get(held.owner.tab) === held && held.recording.state.is === 'recording';

  function markCut(held: Live): void {
    held.recording = { ...held.recording, cut: true };
  }

  /** Reads what the page in the tab stores now and keeps what has changed since the last look; `null` where it is closed. */
  async function lookAt(held: Live, { immediately }: { readonly immediately: boolean }): Promise<AreasRead | null> {
    if (!isOn(held)) return null;
    const { tab } = held.owner;
    const injection = { target: { tabId: tab, frameIds: [0] }, func: readAreas, args: [MAX_AREA] };
    const answers = await browser.scripting
      .executeScript({ ...injection, injectImmediately: immediately } as Scripting.ScriptInjection)
      .catch(() => []);
    const read = answers[0]?.result as AreasRead | null | undefined;
    if (!read || !isOn(held)) return null;
    held.document = read.document;
    if (!/^https?:/.test(read.origin)) return read;
    let found = false;
    for (const [area, items, cut] of [
      ['local', read.local, read.cut],
      ['session', read.session, read.cut],
      ['cookie', cookiesOf(read.cookies), false],
    ] as const satisfies readonly (readonly [StorageArea, AreasRead['local'], boolean])[]) {
      const place = `${read.origin} ${area}`;
      const text = JSON.stringify(items);
      if (held.areas.get(place) === text) continue;
      if (held.stored + text.length > MAX_STORED) {
        markCut(held);
        continue;
      }
      held.areas.set(place, text);
      held.stored += text.length;
      found = true;
      const { origin } = read;
      keepOfPage(held, { is: 'stored', at: now(), ...held.owner, origin, area, items, ...(cut ? { cut } : {}) });
    }
    if (found) held.recording = { ...held.recording, snapshots: held.recording.snapshots + 1 };
    return read;
  }

  /** The page that is left, before the answer to this request takes its place; each hop of a redirect is the same navigation. */
  function leave(held: Live, { requestId }: { readonly requestId: string }): void {
    if (held.navigation === requestId) return;
    held.navigation = requestId;
    held.leaving = lookAt(held, { immediately: true });
  }

  /** The document that the request led to, as soon as it is there: the browser tells of the answer before it shows it. */
  async function arrive(held: Live, url: string): Promise<void> {
    await held.leaving;
    const before = held.document;
    for (let tries = 0; tries < TRIES && isOn(held); tries++) {
      const read = await lookAt(held, { immediately: false });
      if (read !== null && read.document !== before) return;
      if (read === null && !(await holdsHost(browser, url))) return noteUnread(held, url);
      await sleep(TRY_AGAIN);
    }
  }

  function noteUnread(held: Live, url: string): void {
    const host = endpointOf(url)?.host ?? '';
    const { unread } = held.recording;
    if (host === '' || unread.includes(host) || unread.length >= MAX_HOSTS) return;
    held.recording = { ...held.recording, unread: [...unread, host] };
  }

  /** Hooks go into a document before its own code runs, as far as the browser lets them. */
  async function hookNext(held: Live, frame: number): Promise<void> {
    for (let tries = 0; tries < TRIES && isOn(held) && held.hooks !== null; tries++) {
      if (await held.hooks.enter([frame])) return;
      await sleep(TRY_AGAIN);
    }
  }

  function keepOfPage(held: Live, record: PageLogRecord): void {
    const written = log.store.appendOnly(record);
    held.recording = { ...held.recording, bytes: held.recording.bytes + JSON.stringify(record).length };
    void written.then((kept) => goOn(held, kept));
  }

  function goOn(held: Live, kept: boolean): Promise<void> | undefined {
    const { tab } = held.owner;
    if (live.get(tab) !== held) return undefined;
    if (!kept) return end(tab, 'refused');
    if (held.recording.bytes > MAX_BYTES) return end(tab, 'full');
    held.saying ??= setTimeout(() => void progress(held), SAY_EVERY);
    return undefined;
  }

  function listenersOf(tab: number): readonly Registration[] {
    const filter: WebRequest.RequestFilter = { urls: ['*://*/*'], tabId: tab };
    const sent = offered(webRequest, 'OnSendHeadersOptions', ['requestHeaders', 'extraHeaders'] as const);
    // Chromium shows Set-Cookie only to who asks for `extraHeaders`; Firefox knows no such option.
    const got = sent.includes('extraHeaders')
      ? (['responseHeaders', 'extraHeaders'] as const)
      : (['responseHeaders'] as const);
    const write = (record: TrafficRecord): void => append(tab, record);
    const frames: WebRequest.RequestFilter = { ...filter, types: ['main_frame', 'sub_frame'] };
    return [
      listener(webRequest.onBeforeRequest, filter, ['requestBody'], (details) => {
        const held = live.get(tab);
        if (held !== undefined && details.type === 'main_frame') leave(held, details);
        write(recorder.request(details));
      }),
      listener(webRequest.onResponseStarted, frames, null, ({ type, url, frameId }) => {
        const held = live.get(tab);
        if (held === undefined) return;
        if (held.hooks !== null) void hookNext(held, frameId);
        if (type === 'main_frame') void arrive(held, url);
      }),
      listener(webRequest.onSendHeaders, filter, sent, (details) => write(recorder.headers(details))),
      listener(webRequest.onBeforeRedirect, filter, got, (details) => write(recorder.redirect(details))),
      listener(webRequest.onCompleted, filter, got, (details) => write(recorder.completed(details))),
      listener(webRequest.onErrorOccurred, filter, null, (details) => write(recorder.failed(details))),
    ];
  }

  function append(tab: number, record: TrafficRecord): void {
    const held = live.get(tab);
    if (held === undefined || held.recording.state.is !== 'recording' || record.method === 'OPTIONS') return;
    // A recording ends rather than drive out what was written before.
    const written = log.store.appendOnly(record);
    held.last = now();
    held.requests.add(record.id);
    const host = endpointOf(record.url)?.host ?? '';
    const { hosts, bytes } = held.recording;
    held.recording = {
      ...held.recording,
      requests: held.requests.size,
      bytes: bytes + JSON.stringify(record).length,
      hosts: host === '' || hosts.includes(host) || hosts.length >= MAX_HOSTS ? hosts : [...hosts, host],
    };
    void written.then((kept) => {
      if (kept && record.type === 'main_frame' && record.is === 'completed') void showBadge(browser, tab, REC);
      return goOn(held, kept);
    });
  }

  /** A count that could not be written is written with the next one. */
  async function progress(held: Live): Promise<void> {
    held.saying = null;
    await store.write(held.recording).catch(() => undefined);
    onWritten(held.recording.tab);
  }

  /** Every few seconds: whether it still has something to wait for. */
  async function look(tab: number): Promise<void> {
    const held = live.get(tab);
    if (held === undefined) return;
    await store.write(held.recording).catch(() => undefined);
    if (held.recording.state.is === 'recording' && now() - held.last > QUIET) await end(tab, 'quiet');
    else if (now() - held.recording.at > MAX_TIME) await end(tab, 'full');
  }

  async function hold(held: Live, paused: boolean): Promise<void> {
    held.last = now();
    held.recording = { ...held.recording, state: { is: paused ? 'paused' : 'recording' } };
    await store.write(held.recording);
  }

  /** Until the memory takes it: how a recording ended must be said even where it ended because the memory was full. */
  async function tell(recording: Recording): Promise<void> {
    for (let tries = 0; tries < 30; tries++) {
      try {
        return await store.write(recording);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, SAY_EVERY));
      }
    }
  }

  /** Takes every listener away, then says why. */
  async function end(tab: number, why: RecordingEnd): Promise<void> {
    const held = live.get(tab);
    if (held === undefined) return;
    live.delete(tab);
    for (const { remove } of held.registrations) remove();
    held.hooks?.end();
    clearInterval(held.timer);
    if (held.saying !== null) clearTimeout(held.saying);
    if (live.size === 0) {
      tabs.onRemoved.removeListener(onTabRemoved);
      permissions.onRemoved.removeListener(onAccessRemoved);
    }
    await tell({ ...held.recording, state: { is: 'ended', why } });
    onWritten(tab);
    if (why !== 'tab-closed' && why !== 'no-access') await onStopped(tab);
  }

  function onTabRemoved(tab: number): void {
    void end(tab, 'tab-closed');
  }

  async function onAccessRemoved(): Promise<void> {
    for (const tab of [...live.keys()]) {
      const { url } = await tabs.get(tab).catch(() => ({ url: undefined }));
      // An address that is no longer shown is one to which access was taken away.
      if (url === undefined || !(await holdsHost(browser, url))) await end(tab, 'no-access');
    }
  }

  return { isRecorded: (tab) => live.has(tab) };
}

function storeOf(store: string | undefined): { readonly store?: string } {
  return store === undefined ? {} : { store };
}

/** Of what a page does all day, only what may be of a sign-in is kept. */
function mayHoldSecrets(heard: Heard): boolean {
  const text = heard.is === 'stored' ? `${heard.key} ${heard.value}` : heard.text;
  return /token|secret|verifier|nonce|state|code|credential|password|"(error|issuer|keys)"|eyJ/i.test(text);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
