import type { Browser, WebRequest } from 'webextension-polyfill';
import { endpointOf } from '../http/endpoint.ts';
import type { TrafficRecord } from '../log/records.ts';
import type { Recording, RecordingEnd } from '../model/recording.ts';
import { showBadge } from './badge.ts';
import { createRecorder } from './events.ts';
import { type RecordReply, readRecordRequest } from './record-requests.ts';
import { createRecordingStore } from './recording-store.ts';
import type { WatchLog } from './watch-log.ts';
import { listener, offered, type Registration } from './web-request.ts';

/** Bytes that one recording may write: what other tabs have in the log stays. */
const MAX_BYTES = 2_000_000;
/** Milliseconds without a request, and in all, after which a recording ends by itself. */
const QUIET = 5 * 60_000;
const MAX_TIME = 30 * 60_000;
const MAX_HOSTS = 200;
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
  last: number;
  /** The next word about the progress, while one is due. */
  saying: ReturnType<typeof setTimeout> | null;
  readonly requests: Set<string>;
  readonly registrations: readonly Registration[];
  readonly timer: ReturnType<typeof setInterval>;
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

  browser.runtime.onMessage.addListener((message: unknown, sender: { id?: string }) => {
    const request = sender.id === browser.runtime.id ? readRecordRequest(message) : null;
    if (request === null) return undefined;
    if ('invalid' in request) return Promise.resolve<RecordReply>({ is: 'invalid', what: request.invalid });
    return handle(request.do, request.tab);
  });

  async function handle(what: string, tab: number): Promise<RecordReply> {
    await tidied;
    const held = live.get(tab);
    if (what === 'record.start' && held === undefined) await start(tab);
    else if (what === 'record.stop' && held !== undefined) await end(tab, 'stopped');
    else if (what === 'record.pause' && held?.recording.state.is === 'recording') await hold(held, true);
    else if (what === 'record.resume' && held?.recording.state.is === 'paused') await hold(held, false);
    return { is: 'ok' };
  }

  async function start(tab: number): Promise<void> {
    const { incognito } = await tabs.get(tab);
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
    };
    const registrations = listenersOf(tab);
    const timer = setInterval(() => void look(tab), KEEP_AWAKE);
    if (live.size === 0) {
      tabs.onRemoved.addListener(onTabRemoved);
      permissions.onRemoved.addListener(onAccessRemoved);
    }
    live.set(tab, { recording, last: now(), saying: null, requests: new Set(), registrations, timer });
    for (const { add } of registrations) add();
    await store.write(recording);
    await showBadge(browser, tab, REC);
  }

  function listenersOf(tab: number): readonly Registration[] {
    const filter: WebRequest.RequestFilter = { urls: ['*://*/*'], tabId: tab };
    const sent = offered(webRequest, 'OnSendHeadersOptions', ['requestHeaders', 'extraHeaders'] as const);
    // Chromium shows Set-Cookie only to who asks for `extraHeaders`; Firefox knows no such option.
    const got = sent.includes('extraHeaders')
      ? (['responseHeaders', 'extraHeaders'] as const)
      : (['responseHeaders'] as const);
    const write = (record: TrafficRecord): void => append(tab, record);
    return [
      listener(webRequest.onBeforeRequest, filter, ['requestBody'], (details) => write(recorder.request(details))),
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
      if (!kept) return end(tab, 'refused');
      if (held.recording.bytes > MAX_BYTES) return end(tab, 'full');
      if (record.type === 'main_frame' && record.is === 'completed') void showBadge(browser, tab, REC);
      if (live.has(tab)) held.saying ??= setTimeout(() => void progress(held), SAY_EVERY);
      return undefined;
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
      const origins = url === undefined ? null : [`${new URL(url).origin}/*`];
      // An address that is no longer shown is one to which access was taken away.
      if (origins === null || !(await permissions.contains({ origins }))) await end(tab, 'no-access');
    }
  }

  return { isRecorded: (tab) => live.has(tab) };
}
