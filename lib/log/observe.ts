import type { Exchange, Header, Outcome, PageScan, Seen, StorageSnapshot } from '../model/observation.ts';
import { seen, unseen } from '../model/observation.ts';
import { table } from '../model/table.ts';
import { finish, type Work } from '../model/work.ts';
import type { LogNote } from './notes.ts';
import { pageObservations } from './page-records.ts';
import { type BodyRecord, isTrafficRecord, type LogEntry, type TrafficRecord } from './records.ts';

/** Marks of the extension's own traffic, so that its sign-in window is not audited as a site. */
export interface OwnMarks {
  /** Origin of the extension's pages: `chrome-extension://…`, `moz-extension://…`. */
  readonly origin: string;
  /** Redirect URIs that only this extension can receive: `https://<id>.chromiumapp.org/`. Prefixes. */
  readonly redirects: readonly string[];
}

/** The log put together. */
export interface Observed {
  /** In the order in which their requests began. */
  readonly observations: readonly Exchange[];
  /** What recordings read of pages or heard from their hooks, in the order of time. */
  readonly pages: readonly (StorageSnapshot | PageScan)[];
  readonly notes: readonly LogNote[];
}

/**
 * Puts the records of one context (normal or private) together: one exchange for each hop of a request, linked to the
 * hop before it. Order of the input does not matter and records may be missing or repeated: what is not there becomes
 * `unseen` or an unknown outcome, never an error.
 *
 * A link leads to the nearest earlier hop that was recorded. Watch drops hops that carry nothing of OAuth, so between
 * the two there may have been others of the same redirect chain.
 */
export function observe(entries: readonly LogEntry[], own: OwnMarks): Observed {
  return finish(observing(entries, own));
}

/** The same, as work that may be interrupted between two records. */
export function* observing(entries: readonly LogEntry[], own: OwnMarks): Work<Observed> {
  const sorted = inOrder(entries);
  yield;
  const hops = yield* hopsOf(sorted);
  giveBodies(hops, sorted);
  const ownTabs = tabsOfOwnWindows(hops, own);
  const notes: LogNote[] = [];
  const observations: Exchange[] = [];
  for (const hop of hops) {
    const exchange = exchangeOf(hop, observations.length, isOwn(hop, own, ownTabs));
    notes.push(...capNotes(hop, exchange));
    observations.push(exchange);
    yield;
  }
  for (const { record } of sorted) {
    const tab = tabOf(record.tab);
    if (record.is === 'lost') notes.push({ is: 'lost', tab, time: record.at, reason: record.reason });
    else if (record.is === 'hooked') notes.push({ is: 'hooked', tab, time: record.at });
    else if (record.is === 'evicted') {
      notes.push({ is: 'evicted', tab, time: record.at, records: record.records, whole: record.whole });
    }
  }
  return { observations, pages: pageObservations(sorted, traceOf), notes };
}

/**
 * Each key once, by the time of the event. Not by key alone: Firefox delivers what happened while the background started
 * listener by listener, so that the requests of a whole redirect chain can come before its first redirect.
 */
function inOrder(entries: readonly LogEntry[]): LogEntry[] {
  return [...new Map(entries.map((entry) => [entry.key, entry])).values()].sort(
    (a, b) => a.record.at - b.record.at || (a.key < b.key ? -1 : 1),
  );
}

/** One hop of a request while its records are gathered. */
interface Hop {
  readonly id: string;
  readonly first: TrafficRecord;
  readonly before: Hop | null;
  /** The hop at the start of its redirect chain. */
  readonly chain: Hop | null;
  request: Extract<TrafficRecord, { is: 'request' }> | null;
  headers: readonly Header[] | null;
  end: Extract<TrafficRecord, { is: 'redirect' | 'completed' | 'failed' }> | null;
  /** The body of its response, where the page told it. */
  answer: string | null;
}

function* hopsOf(sorted: readonly LogEntry[]): Work<Hop[]> {
  const hops: Hop[] = [];
  const chains = new Map<string, Hop[]>();
  const told = new Set<string>();
  for (const { record } of sorted) {
    if (!isTrafficRecord(record)) continue;
    // The same event delivered twice is one event.
    const event = `${record.is} ${record.id} ${record.at} ${record.url}`;
    if (told.has(event)) continue;
    told.add(event);
    const chain = chains.get(record.id) ?? [];
    chains.set(record.id, chain);
    let hop = openHop(chain, record);
    if (hop === null) {
      hop = {
        id: `${record.id}.${chain.length}`,
        first: record,
        before: chain.at(-1) ?? null,
        chain: chain[0] ?? null,
        request: null,
        headers: null,
        end: null,
        answer: null,
      };
      chain.push(hop);
      hops.push(hop);
    }
    if (record.is === 'request') hop.request = record;
    // A second set of headers for the same hop is the repetition after a 401 of the server: the last one counts.
    else if (record.is === 'headers') hop.headers = record.headers;
    else hop.end = record;
    yield;
  }
  return hops;
}

/** Milliseconds by which the page may have its answer before the browser says that the request is completed. */
const EARLY = 1000;

/**
 * Gives each body that a page told to the request that it answers, so that what both saw is counted once: of those to
 * the same address with the same status, from the same tab, the nearest that has none. A body without its request (a
 * service worker answered) is left out.
 */
function giveBodies(hops: readonly Hop[], sorted: readonly LogEntry[]): void {
  const bodies = sorted.flatMap(({ record }): BodyRecord[] => (record.is === 'body' ? [record] : []));
  if (bodies.length === 0) return;
  const open = new Map<string, Hop[]>();
  for (const hop of hops) {
    if (hop.end?.is !== 'completed' || hop.first.recorded !== true) continue;
    const key = answerKey(hop.first.tab, hop.first.url, hop.end.status);
    const same = open.get(key);
    if (same === undefined) open.set(key, [hop]);
    else same.push(hop);
  }
  for (const { tab, address, status, at, text } of bodies) {
    const same = open.get(answerKey(tab, address, status)) ?? [];
    const told = same.filter(({ end }) => end !== null && end.at <= at + EARLY);
    const nearest = told.toSorted((a, b) => Math.abs((a.end?.at ?? 0) - at) - Math.abs((b.end?.at ?? 0) - at))[0];
    if (nearest === undefined) continue;
    nearest.answer = text;
    same.splice(same.indexOf(nearest), 1);
  }
}

function answerKey(tab: number, url: string, status: number): string {
  return `${tab} ${status} ${withoutFragment(url)}`;
}

/** The hop that this record continues, or `null` where it begins one. */
function openHop(chain: readonly Hop[], record: TrafficRecord): Hop | null {
  if (record.is === 'request') return null;
  const url = withoutFragment(record.url);
  return chain.findLast((hop) => hop.end === null && withoutFragment(hop.first.url) === url) ?? null;
}

/** Browsers agree on the fragment of a request only in some of its events. */
function withoutFragment(url: string): string {
  const hash = url.indexOf('#');
  return hash < 0 ? url : url.slice(0, hash);
}

function exchangeOf(hop: Hop, index: number, own: boolean): Exchange {
  const { first, request, headers, end, answer } = hop;
  return {
    is: 'exchange',
    id: hop.id,
    trace: own ? `run:${traceOf(first)}` : traceOf(first),
    capture: own ? 'run' : first.recorded ? 'record' : 'watch',
    time: first.at,
    tab: tabOf(first.tab),
    resource: RESOURCES[first.type] ?? first.type,
    initiator: first.from ?? null,
    redirectedFrom: hop.before?.id ?? null,
    truncated: first.cut === true,
    request: {
      method: first.method,
      url: first.url,
      headers: requestHeaders(hop, headers),
      body: request?.body ?? (BODILESS.has(first.method) ? seen(null) : unseen('stripped')),
    },
    outcome: outcomeOf(end, answer),
    source: { source: 0, entry: index },
  };
}

/** Exchanges of normal and private windows, and of two containers, share no trace: nothing correlates across. */
function traceOf(record: Pick<TrafficRecord, 'private' | 'store'>): string {
  return `${record.private ? 'private' : 'normal'}${record.store === undefined ? '' : `:${record.store}`}`;
}

const RESOURCES = table<string>({
  main_frame: 'document',
  sub_frame: 'frame',
  xmlhttprequest: 'xhr',
  beacon: 'ping',
});

const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

function requestHeaders(hop: Hop, headers: readonly Header[] | null): Seen<readonly Header[]> {
  if (headers !== null) return seen(headers);
  // Watch does not ask for the headers of frames.
  const frame = hop.first.type === 'main_frame' || hop.first.type === 'sub_frame';
  return unseen(frame || hop.end !== null ? 'stripped' : 'not-yet');
}

function outcomeOf(end: Hop['end'], answer: string | null): Outcome {
  if (end === null) return { is: 'unknown' };
  if (end.is === 'failed') return { is: 'failed', reason: end.reason };
  const headers: readonly Header[] = end.is === 'redirect' ? [['Location', end.to], ...end.headers] : end.headers;
  return {
    is: 'response',
    response: {
      status: end.status,
      headers: seen(headers),
      body: answer === null ? unseen('api-hides-it') : seen({ is: 'text', text: answer }),
    },
  };
}

/**
 * Tabs that are the extension's own sign-in window: one of its hops names a redirect URI that nobody else can receive.
 * The window serves nothing else, so its login pages, which the server itself sends, belong to the run as well.
 */
function tabsOfOwnWindows(hops: readonly Hop[], own: OwnMarks): ReadonlySet<number> {
  const tabs = new Set<number>();
  for (const hop of hops) if (hop.first.tab >= 0 && namesOwnRedirect(hop, own)) tabs.add(hop.first.tab);
  return tabs;
}

function isOwn(hop: Hop, own: OwnMarks, ownTabs: ReadonlySet<number>): boolean {
  if (ownTabs.has(hop.first.tab) || namesOwnRedirect(hop, own)) return true;
  // A link from one of the extension's pages into an ordinary tab (a specification, say) is no run.
  if (hop.first.tab < 0 && hop.first.from === own.origin) return true;
  return hop.chain !== null && isOwn(hop.chain, own, ownTabs);
}

function namesOwnRedirect(hop: Hop, own: OwnMarks): boolean {
  const { url } = hop.first;
  return own.redirects.some(
    (redirect) =>
      url.startsWith(redirect) ||
      (hop.end?.is === 'redirect' && hop.end.to.startsWith(redirect)) ||
      url.includes(`redirect_uri=${encodeURIComponent(redirect)}`) ||
      url.includes(`redirect_uri=${redirect}`),
  );
}

function capNotes(hop: Hop, exchange: Exchange): LogNote[] {
  const where = { tab: exchange.tab, time: hop.first.at, exchange: exchange.id };
  const notes: LogNote[] = [];
  const { body } = exchange.request;
  if (!body.seen && body.why === 'too-large') notes.push({ is: 'body-too-large', ...where });
  if (exchange.truncated) notes.push({ is: 'address-cut', ...where });
  return notes;
}

function tabOf(tab: number): number | null {
  return tab < 0 ? null : tab;
}
