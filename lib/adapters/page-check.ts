import type { Browser, Runtime, Scripting } from 'webextension-polyfill';
import { analyse } from '../analyse.ts';
import { tracingLineage } from '../engine/lineage.ts';
import type { Analysis } from '../model/analysis.ts';
import type { Lineage } from '../model/lineage.ts';
import type { Observation, PageScan, StorageSnapshot } from '../model/observation.ts';
import { NO_CONTENTS, type PageCheck, type PageCheckState, type PageContents } from '../model/page-check.ts';
import { finishResting, type Rest } from '../model/work.ts';
import { type Kept, type KeptPlace, keep } from '../page/kept.ts';
import { isSourceMap, mapLink } from '../page/source-maps.ts';
import { storedValues } from '../page/stored-values.ts';
import { refreshBadge } from './badge.ts';
import { isOwnPage } from './own-page.ts';
import {
  cookiesOf,
  type FrameList,
  listFrame,
  readDatabase,
  readFile,
  readGlobals,
  readInline,
  readMarkup,
  readStorage,
} from './page-reader.ts';
import { type PageReply, readPageRequest } from './page-requests.ts';
import type { PageOwner } from './page-store.ts';
import { createRest } from './rest.ts';
import type { WatchLog } from './watch-log.ts';

/** Characters that one check reads at most, and of one file. */
const MAX_ALL = 40_000_000;
const MAX_FILE = 8_000_000;
/** Characters that are asked for at once: what the page has to do for it must not be noticed. */
const PIECE = 256_000;
const MAX_MARKUP = 2_000_000;
const MAX_GLOBALS = 200_000;
const MAX_DATABASE = 2_000_000;
/** Records of one object store. */
const MAX_RECORDS = 500;
/** Milliseconds: for one file, and for all reading. */
const PATIENCE = 10_000;
const MAX_TIME = 60_000;
/** Milliseconds between two words about the progress. */
const SAY_EVERY = 150;

/** The person pressed "Cancel". */
class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

export interface PageChecks {
  /** Reads and judges the page in a tab; does nothing where that is under way. Never rejects. */
  check(tab: number): Promise<void>;
}

/** Checks pages in the background, where a check outlives the popup. Registers its listener before it returns. */
export function startPageChecks(browser: Browser, log: WatchLog, now: () => number): PageChecks {
  /** Tabs that are being checked. */
  const running = new Map<number, { cancelled: boolean }>();

  browser.runtime.onMessage.addListener((message: unknown, sender: Runtime.MessageSender) => {
    const request = isOwnPage(browser.runtime, sender) ? readPageRequest(message) : null;
    if (request === null) return undefined;
    if ('invalid' in request) return Promise.resolve<PageReply>({ is: 'invalid', what: request.invalid });
    const { tab } = request;
    const task = running.get(tab);
    switch (request.do) {
      case 'page.check': {
        if (task !== undefined) return Promise.resolve<PageReply>({ is: 'busy' });
        void check(tab);
        break;
      }
      case 'page.cancel':
        if (task !== undefined) task.cancelled = true;
        break;
      case 'page.wake':
        if (task === undefined) return sayInterrupted(tab);
    }
    return Promise.resolve<PageReply>({ is: 'ok' });
  });

  async function check(tab: number): Promise<void> {
    if (running.has(tab)) return;
    const begun = { cancelled: false };
    running.set(tab, begun);
    await checkPage(tab, begun)
      .catch(() => undefined)
      .finally(() => running.delete(tab));
  }

  async function sayInterrupted(tab: number): Promise<PageReply> {
    const check = await log.pages.readCheck(tab);
    if (check?.state.is === 'reading' || check?.state.is === 'judging') {
      await log.pages.writeCheck({ ...check, state: { is: 'interrupted' } });
    }
    return { is: 'ok' };
  }

  async function checkPage(tab: number, task: { readonly cancelled: boolean }): Promise<void> {
    const facts = await browser.tabs.get(tab);
    const owner: PageOwner = { tab, ...(facts.incognito ? { private: true } : {}) };
    const trace = `${facts.incognito ? 'private' : 'normal'}${facts.cookieStoreId === undefined ? '' : `:${facts.cookieStoreId}`}`;
    let check: PageCheck = {
      ...owner,
      url: withoutQuery(facts.url ?? ''),
      at: now(),
      state: { is: 'reading' },
      progress: { read: 0, of: 0 },
      contents: NO_CONTENTS,
    };
    let said = 0;
    const say = async (part: Partial<PageCheck>): Promise<void> => {
      check = { ...check, ...part };
      if (part.state === undefined && now() - said < SAY_EVERY) return;
      said = now();
      await log.pages.writeCheck(check);
    };
    const goOn = (): void => {
      if (task.cancelled) throw new Cancelled();
    };
    try {
      await log.pages.remove((page) => page.tab === tab);
      await say({ state: { is: 'reading' } });
      const { observations, contents, url } = await readPage(browser, {
        tab,
        trace,
        now,
        goOn,
        progress: (progress) => say({ progress }),
      });
      await say({ url: withoutQuery(url), contents, state: { is: 'judging' } });
      const { kept, whole } = await keptOf(observations, await exchangesOf(tab), goOn, now());
      goOn();
      await log.pages.write(owner, kept);
      await say({ state: { is: 'done' }, contents: { ...contents, cut: contents.cut || !whole } });
    } catch (error) {
      const state: PageCheckState =
        error instanceof Cancelled ? { is: 'cancelled' } : { is: 'failed', reason: messageOf(error) };
      await say({ state });
    }
    await refreshBadge(browser, log, tab).catch(() => undefined);
  }

  return { check };

  async function exchangesOf(tab: number): Promise<readonly Observation[]> {
    return (await log.observed({ tab })).observations.filter(({ is }) => is === 'exchange');
  }
}

interface Reading {
  readonly tab: number;
  readonly trace: string;
  readonly now: () => number;
  /** Throws where the check was cancelled. */
  readonly goOn: () => void;
  readonly progress: (progress: PageCheck['progress']) => Promise<void>;
}

interface ReadPage {
  readonly url: string;
  readonly observations: readonly (StorageSnapshot | PageScan)[];
  readonly contents: PageContents;
}

/** A document with the frame that it is in. */
interface Frame extends FrameList {
  readonly id: number;
}

/** Reads in pieces, so that the page stays free to do its own work and the check can be cancelled between two of them. */
async function readPage(browser: Browser, reading: Reading): Promise<ReadPage> {
  const { tab, now, goOn } = reading;
  const observations: (StorageSnapshot | PageScan)[] = [];
  const until = now() + MAX_TIME;
  const counts = { ...NO_CONTENTS, requested: 0, unreadFiles: 0, cut: false };
  let left = MAX_ALL;
  let read = 0;

  const inFrame = async <Args extends unknown[], Result>(
    frame: Frame,
    func: (...args: Args) => Result,
    ...args: Args
  ): Promise<NonNullable<Awaited<Result>>> => {
    goOn();
    const [answer] = await inject(browser, { target: { tabId: tab, frameIds: [frame.id] }, func, args });
    const result = answer?.result as Awaited<Result> | null | undefined;
    if (result === null || result === undefined) throw new Error('The page went on to another address');
    return result;
  };

  goOn();
  const listed = await inject(browser, { target: { tabId: tab, allFrames: true }, func: listFrame });
  const frames = listed.flatMap(({ frameId, result }): Frame[] =>
    result ? [{ id: frameId, ...(result as FrameList) }] : [],
  );
  const top = frames.find(({ id }) => id === 0);
  if (top === undefined) throw new Error('The browser shows nothing of this page');

  const sizes = (list: readonly (readonly [string, number])[]): number => sum(list.map(([, size]) => size));
  let of = sum(frames.map((f) => sizes(f.local) + sizes(f.session) + sum(f.inline) + Math.min(f.markup, MAX_MARKUP)));
  const took = async (characters: number): Promise<void> => {
    read += characters;
    left -= characters;
    of = Math.max(of, read);
    await reading.progress({ read, of });
  };
  const isFull = (): boolean => {
    if (left > 0 && now() < until) return false;
    counts.cut = true;
    return true;
  };

  const common = () => ({
    id: `page:${tab}:${reading.now()}:${observations.length}`,
    trace: reading.trace,
    capture: 'page' as const,
    time: reading.now(),
    tab,
    source: { source: 0, entry: observations.length },
  });
  const addStorage = (part: Pick<StorageSnapshot, 'origin' | 'area' | 'items' | 'truncated'>): void => {
    observations.push({ is: 'storage', ...common(), ...part });
  };
  const addText = (part: Pick<PageScan, 'url' | 'found' | 'text' | 'truncated'>): void => {
    observations.push({ is: 'script', ...common(), ...part });
  };

  // Frames of one origin share their storage.
  const byOrigin = new Map(frames.toReversed().map((frame) => [frame.origin, frame]));
  for (const frame of frames.filter((one) => byOrigin.get(one.origin) === one && /^https?:/.test(one.origin))) {
    for (const area of ['local', 'session'] as const) {
      const items: (readonly [string, string])[] = [];
      let truncated = false;
      for (const keys of pieces(frame[area])) {
        truncated = isFull();
        if (truncated) break;
        const got = await inFrame(frame, readStorage, frame.document, area, keys);
        items.push(...got);
        await took(sum(got.map(([, value]) => value.length)));
      }
      addStorage({ origin: frame.origin, area, items, truncated });
    }
    addStorage({ origin: frame.origin, area: 'cookie', items: cookiesOf(frame.cookies), truncated: false });
    const records: (readonly [string, string])[] = [];
    let cut = false;
    for (const name of frame.databases) {
      if (isFull()) {
        cut = true;
        break;
      }
      const database = await inFrame(frame, readDatabase, frame.document, name, MAX_RECORDS, MAX_DATABASE);
      records.push(...database.items);
      cut ||= database.cut;
      await took(sum(database.items.map(([, value]) => value.length)));
    }
    addStorage({ origin: frame.origin, area: 'indexeddb', items: records, truncated: cut });
  }

  const globals = await inject(browser, {
    target: { tabId: tab, allFrames: true },
    world: 'MAIN',
    func: readGlobals,
    args: [MAX_GLOBALS],
  });
  for (const frame of frames) {
    const { url } = frame;
    const found = globals.find(({ frameId }) => frameId === frame.id)?.result;
    const text = withAddress(typeof found === 'string' ? found : '{}', frame);
    addText({ url, found: 'global', text: text.slice(0, 2 * MAX_GLOBALS), truncated: typeof found !== 'string' });
    for (const [from, to] of ranges(frame.inline)) {
      if (isFull()) break;
      const texts = await inFrame(frame, readInline, frame.document, from, to);
      for (const one of texts) addText({ url, found: 'inline', text: one, truncated: false });
      await took(sum(texts.map(({ length }) => length)));
    }
    if (isFull()) continue;
    const html = await inFrame(frame, readMarkup, frame.document, MAX_MARKUP);
    addText({ url, found: 'markup', text: html, truncated: html.length >= MAX_MARKUP });
    await took(html.length);
  }

  const done = new Set<string>();
  for (const frame of frames) {
    const files = [...frame.files];
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      if (done.has(file)) continue;
      done.add(file);
      const got = isFull() ? 'unreadable' : await inFrame(frame, readFile, frame.document, file, MAX_FILE, PATIENCE);
      if (got === 'unreadable') {
        counts.unreadFiles += 1;
        addText({ url: file, found: 'file', text: '', truncated: true });
        continue;
      }
      if (got.requested) counts.requested += 1;
      addText({ url: file, found: 'file', text: got.text, truncated: got.cut });
      await took(got.text.length);
      const map = got.map ?? mapLink(got.text, file);
      if (map !== null && new URL(map).origin === frame.origin) files.unshift(map);
    }
  }

  const areas = observations.filter((one): one is StorageSnapshot => one.is === 'storage');
  const keysIn = (wanted: (area: StorageSnapshot['area']) => boolean): number =>
    sum(areas.filter(({ area }) => wanted(area)).map(({ items }) => items.length));
  const shown = new Set(frames.map(({ url }) => hostOf(url)));
  return {
    url: top.url,
    observations,
    contents: {
      ...counts,
      frames: frames.length,
      stored: keysIn((area) => area !== 'cookie'),
      cookies: keysIn((area) => area === 'cookie'),
      inline: sum(frames.map(({ inline }) => inline.length)),
      files: done.size - counts.unreadFiles,
      closedFrames: [...new Set(frames.flatMap((frame) => frame.frames.map(hostOf)))]
        .filter((host) => host !== '' && !shown.has(host))
        .slice(0, 20),
    },
  };
}

/** Chromium gives what went wrong in a frame to nobody; Firefox gives it as `error`. */
function inject(browser: Browser, injection: object): Promise<Scripting.InjectionResult[]> {
  return browser.scripting.executeScript(injection as Scripting.ScriptInjection);
}

/** Address and state of the history entry stand beside the globals: scripts reach them in the same way. */
function withAddress(globals: string, { url, state }: FrameList): string {
  const members = `"location.href":${JSON.stringify(url)}${state === null ? '' : `,"history.state":${state}`}`;
  return globals === '{}' ? `{${members}}` : `${globals.slice(0, -1)},${members}}`;
}

/** Keys in groups whose values together are about one piece. */
function* pieces(list: readonly (readonly [key: string, size: number])[]): Generator<string[]> {
  for (const [from, to] of ranges(list.map(([, size]) => size))) yield list.slice(from, to).map(([key]) => key);
}

function* ranges(sizes: readonly number[]): Generator<readonly [from: number, to: number]> {
  let from = 0;
  let size = 0;
  for (const [index, one] of sizes.entries()) {
    if (index > from && size + one > PIECE) {
      yield [from, index];
      from = index;
      size = 0;
    }
    size += one;
  }
  if (from < sizes.length) yield [from, sizes.length];
}

/** Judges everything that was read, once, and chooses what of it is kept. */
async function keptOf(
  read: readonly (StorageSnapshot | PageScan)[],
  exchanges: readonly Observation[],
  goOn: () => void,
  now: number,
): Promise<{ readonly kept: ReturnType<typeof keep>['observations']; readonly whole: boolean }> {
  const pause = createRest();
  const rest: Rest = () => {
    goOn();
    return pause();
  };
  const analysis = await analyse([...exchanges, ...read], { now, rest });
  const lineage = await finishResting(tracingLineage(analysis), rest);
  const { observations, whole } = keep(withPlaces(analysis, lineage, exchanges.length));
  return { kept: observations, whole };
}

/** What findings and the life of values rest on, for each observation from the first that a check read. */
function withPlaces({ observations, findings }: Analysis, lineage: Lineage, first: number): Kept[] {
  const places = observations.map((): { places: KeptPlace[]; keys: Set<string> } => ({ places: [], keys: new Set() }));
  let leads = false;
  for (const { observation, stored, code } of findings.flatMap(({ evidence }) => evidence)) {
    const at = observations[observation];
    const kept = places[observation];
    if (kept === undefined) continue;
    if (at?.is === 'storage' && stored !== undefined) kept.keys.add(storedValues(at)[stored]?.key ?? '');
    if (at?.is === 'script' && code !== undefined) kept.places.push(code);
    if (code?.mapped !== undefined) leads = true;
  }
  for (const { value, sightings } of lineage.values) {
    for (const { observation } of sightings) {
      const at = observations[observation];
      const kept = places[observation];
      if (at?.is === 'storage') for (const [key, text] of at.items) if (text.includes(value)) kept?.keys.add(key);
      const offset = at?.is === 'script' ? at.text.indexOf(value) : -1;
      if (offset >= 0) kept?.places.push({ offset, length: value.length });
    }
  }
  return observations.flatMap((observation, index): Kept[] => {
    const kept = places[index];
    if (index < first || observation.is === 'exchange' || kept === undefined) return [];
    return [{ observation, ...kept, leads: leads && observation.is === 'script' && isSourceMap(observation) }];
  });
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
