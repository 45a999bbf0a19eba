import type { Flow } from '../model/flow.ts';
import type { Mark, Sighting, TrackedValue } from '../model/lineage.ts';
import type { Observation, StorageSnapshot } from '../model/observation.ts';
import { type FindingView, findingViews, observationLine } from './findings.ts';
import { flowKey, flowName, flowTime } from './flows.ts';
import type { InspectorData } from './inspector-model.ts';
import { endOf, type Fate, fateOf, type OpenQuestion, openQuestions, type Stay } from './lineage-phrases.ts';
import { type Mark as Shape, worst } from './mark.ts';
import { clockWords, durationWords, shortDurationWords } from './moment.ts';
import { visible } from './text.ts';
import { timeView } from './time.ts';
import { lineageWords } from './words-lineage.ts';

/** One value in the list. */
export interface ValueRow {
  /** Tells values apart that have one mark in two traces; holds no secret. */
  readonly key: string;
  readonly mark: Mark;
  readonly kind: string;
  readonly masked: string;
  readonly says: string;
  /** Of the worst finding that rests on it; `cannotTell` where there is none and nobody could tell what came of it. */
  readonly shape: Shape;
}

export interface ValueGroup {
  readonly key: string;
  readonly title: string;
  readonly values: readonly ValueRow[];
}

/** Parts of the line from first to last sight: 0 to 1. */
export interface LaneMark {
  readonly at: number;
  /** For what lasts: until then. */
  readonly to: number | null;
  /** That it will last so long is not yet known. */
  readonly ahead: boolean;
}

export interface LaneView {
  readonly key: string;
  readonly step: string;
  readonly place: string;
  readonly says: string;
  readonly kind: 'issued' | 'kept' | 'sent' | 'leaked' | 'ended';
  readonly marks: readonly LaneMark[];
}

export interface SightingView {
  readonly key: string;
  readonly time: string;
  readonly where: string;
  readonly as: string;
  readonly leak: boolean;
  /** `flowKey` of the flow that it is in; `null` outside of flows. */
  readonly flow: string | null;
}

export interface ValueLife {
  readonly row: ValueRow;
  readonly detail: string;
  readonly facts: readonly { readonly label: string; readonly text: string; readonly bad: boolean }[];
  readonly axis: readonly { readonly at: number; readonly text: string }[];
  /** Where "now" is; `null` where all is past. */
  readonly now: number | null;
  readonly lanes: readonly LaneView[];
  readonly sightings: readonly SightingView[];
  readonly findings: readonly FindingView[];
  /** What nobody could tell of it. */
  readonly open: readonly OpenQuestion[];
}

/** What the list and each life are made from, worked out once for each analysis. */
export interface LineageBase {
  readonly data: InspectorData;
  readonly values: ReadonlyMap<string, TrackedValue>;
  readonly findings: ReadonlyMap<string, readonly FindingView[]>;
  /** What came of each value, by its key. */
  readonly fates: ReadonlyMap<string, Fate | null>;
}

const keyOf = ({ trace, mark }: TrackedValue): string => `${trace} ${mark}`;

export function lineageBase(data: InspectorData): LineageBase {
  return {
    data,
    values: new Map(data.lineage.values.map((value) => [keyOf(value), value])),
    findings: findingsByValue(data),
    fates: fatesOf(data),
  };
}

/** Findings by the value that their evidence shows: in an observation in which it was seen, masked as it is. */
function findingsByValue({ analysis, rules, lineage }: InspectorData): ReadonlyMap<string, readonly FindingView[]> {
  const seen = new Map<string, string>();
  for (const value of lineage.values) {
    for (const { observation } of value.sightings) seen.set(`${observation} ${value.masked}`, value.value);
  }
  const byValue = new Map<string, FindingView[]>();
  const add = (finding: FindingView): void => {
    for (const { value, ref } of finding.seen.flatMap(({ items }) => items)) {
      const of = ref === null ? undefined : seen.get(`${ref.observation} ${value}`);
      if (of === undefined) continue;
      const known = byValue.get(of);
      if (known === undefined) byValue.set(of, [finding]);
      else if (!known.some(({ key }) => key === finding.key)) known.push(finding);
    }
    finding.children.forEach(add);
  };
  for (const flow of [...analysis.flows, null]) findingViews(analysis, flow, rules).forEach(add);
  return byValue;
}

/** The values that a search finds, by the flow in which each was first seen, latest flow first. */
export function valueGroups(base: LineageBase, query: string): readonly ValueGroup[] {
  const { analysis, lineage, now } = base.data;
  const flows = new Map(analysis.flows.map((flow) => [flow.id, flow]));
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<Flow | null, ValueRow[]>();
  for (const value of lineage.values) {
    const row = rowOf(base, value);
    const text = [row.mark, row.kind, ...value.sightings.flatMap(({ host, name }) => [host, name])]
      .join('\n')
      .toLowerCase();
    if (!wanted.every((word) => text.includes(word))) continue;
    const flow = (value.flow === null ? null : flows.get(value.flow)) ?? null;
    const rows = groups.get(flow);
    if (rows === undefined) groups.set(flow, [row]);
    else rows.push(row);
  }
  const time = (flow: Flow | null): number => (flow === null ? 0 : (flowTime(flow) ?? 0));
  return [...groups]
    .toSorted(([a], [b]) => time(b) - time(a))
    .map(([flow, values]) => ({
      key: flow === null ? '' : flowKey(flow),
      title: flow === null ? lineageWords.noFlow : titleOf(flow, now),
      values,
    }));
}

function titleOf(flow: Flow, now: number): string {
  const time = flowTime(flow);
  return time === null ? flowName(flow) : `${flowName(flow)}, ${timeView(time, now).text}`;
}

function rowOf({ findings, fates }: LineageBase, value: TrackedValue): ValueRow {
  const fate = fates.get(keyOf(value)) ?? null;
  const own = findings.get(value.value) ?? [];
  const places = new Set(value.sightings.map(placeKey)).size;
  return {
    key: keyOf(value),
    mark: value.mark,
    kind: lineageWords.kind[value.letter],
    masked: value.masked,
    says: fate?.text ?? lineageWords.says(places, value.sightings.length),
    shape: worst(own.map(({ severity }) => severity)) ?? (fate?.open ? 'cannotTell' : 'pass'),
  };
}

function fatesOf({ analysis, lineage, observations }: InspectorData): LineageBase['fates'] {
  const flows = new Map(analysis.flows.map((flow) => [flow.id, flow]));
  return new Map(
    lineage.values.map((value) => {
      const own = (value.flow === null ? null : flows.get(value.flow)?.messages) ?? [];
      const stays = (): Stay | null => stayOf(value, observations);
      return [keyOf(value), fateOf(value, { messages: analysis.messages, own, stays })];
    }),
  );
}

/** Where the latest look at a storage found it, unless a later look at that storage did not. */
function stayOf(value: TrackedValue, observations: readonly Observation[]): Stay | null {
  const looks = value.sightings.flatMap(({ observation }) => {
    const at = observations[observation];
    return at?.is === 'storage' && at.written !== true ? [at] : [];
  });
  const last = looks.findLast((look) => goneAfter(look, value, observations) === null);
  return last === undefined ? null : { area: lineageWords.area[last.area], at: last.time };
}

const placeKey = ({ direction, place, host, name }: Sighting): string =>
  direction === 'page' ? `${place} ${host} ${name}` : `${direction} ${host}`;

/** The life of the value with this key; `null` when it is not (or no longer) there. */
export function valueLife(base: LineageBase, key: string | null): ValueLife | null {
  const value = key === null ? undefined : base.values.get(key);
  if (value === undefined) return null;
  const { data, findings } = base;
  const { analysis, now } = data;
  const flow = analysis.flows.find(({ id }) => id === value.flow) ?? null;
  const span = spanOf(value, now);
  return {
    row: rowOf(base, value),
    detail: flow === null ? lineageWords.noFlow : titleOf(flow, now),
    facts: factsOf(value, now),
    axis: axisOf(span, value, now),
    now: now < span.to ? share(span, now) : null,
    lanes: lanesOf(value, span, data),
    sightings: value.sightings.map((sighting, index) => sightingOf(sighting, index, data)),
    findings: findings.get(value.value) ?? [],
    open: openQuestions(value, base.fates.get(keyOf(value)) ?? null, data.observations),
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** An end that is further away would press all that has happened into one point. */
const MOST_AHEAD = 10;

function spanOf({ sightings, expires }: TrackedValue, now: number): Span {
  const times = sightings.flatMap(({ time }) => time ?? []);
  const from = Math.min(now, ...times);
  const last = Math.max(from + 1000, ...times);
  const past = Math.max(last, Math.min(now, last + MOST_AHEAD * (last - from)));
  const end = expires === null || expires < past || expires - past > MOST_AHEAD * (past - from) ? past : expires;
  return { from, to: end + (end - from) * 0.02 };
}

const share = ({ from, to }: Span, time: number): number => Math.min(1, Math.max(0, (time - from) / (to - from)));

function factsOf(
  { letter, expires, redemption, revoked, issued, sightings }: TrackedValue,
  now: number,
): ValueLife['facts'] {
  const w = lineageWords.facts;
  const facts: { label: string; text: string; bad: boolean }[] = [];
  if (expires !== null) {
    const left = durationWords(expires - now);
    facts.push(
      expires > now
        ? { label: w.expiresIn, text: left, bad: false }
        : { label: w.expired, text: w.ago(left), bad: false },
    );
  }
  if (redemption?.is === 'unseen') {
    facts.push({ label: redemptionLabel(letter), text: lineageWords.unseen, bad: false });
  }
  const ended = endOf(redemption);
  for (const [label, at] of [
    [ended === null ? '' : w[ended.is], ended?.time ?? null],
    [w.revoked, revoked],
  ] as const) {
    if (at === null) continue;
    const text = issued === null ? (clockWords(at, now) ?? '') : w.after(shortDurationWords(at - issued));
    facts.push({ label, text, bad: false });
  }
  const leaks = sightings.filter(isLeak).length;
  if (leaks > 0) facts.push({ label: w.leaked, text: w.times(leaks), bad: true });
  return facts;
}

const redemptionLabel = (letter: TrackedValue['letter']): string =>
  letter === 'R' ? lineageWords.facts.replaced : lineageWords.facts.redeemed;

/** Somebody got it who is neither server, client nor API. */
function isLeak({ direction, relation }: Sighting): boolean {
  return direction === 'request' && relation === 'third-party';
}

/** Part of the line that a label takes. */
const CROWDED = 0.2;

function axisOf(span: Span, { expires }: TrackedValue, now: number): ValueLife['axis'] {
  const clock = (time: number): string => clockWords(time, now) ?? '';
  const ends = expires !== null && expires > span.from && expires <= span.to;
  const today = share(span, now);
  const hasNow = now < span.to && now > span.from;
  const last = ends
    ? { at: share(span, expires), text: lineageWords.lanes.expires(clock(expires)) }
    : { at: 1, text: clock(span.to) };
  // Where both would stand on one another, an end that is known says more than now, and now more than any other time.
  const crowded = hasNow && last.at - today < CROWDED;
  return [
    { at: 0, text: clock(span.from) },
    ...(hasNow && today > CROWDED && !(crowded && ends) ? [{ at: today, text: lineageWords.lanes.now }] : []),
    ...(crowded && !ends ? [] : [last]),
  ];
}

interface Lane {
  readonly lane: Omit<LaneView, 'marks' | 'says'>;
  readonly times: number[];
  /** No request: what a page held or got. */
  readonly inPage: boolean;
  /** Of a place in storage: when it was first seen without the value again; `null` while it is there. */
  gone: number | null;
}

function lanesOf(value: TrackedValue, span: Span, { observations, now }: InspectorData): readonly LaneView[] {
  const w = lineageWords.lanes;
  const lanes = new Map<string, Lane>();
  for (const sighting of value.sightings) {
    const at = observations[sighting.observation];
    const lane = laneOf(sighting, at);
    const known = lanes.get(lane.key) ?? { lane, times: [], inPage: sighting.direction === 'page', gone: null };
    lanes.set(lane.key, known);
    known.times.push(sighting.time ?? span.from);
    if (at?.is === 'storage') known.gone = goneAfter(at, value, observations);
  }
  const order: readonly LaneView['kind'][] = ['issued', 'kept', 'sent', 'leaked'];
  const { expires, redemption, revoked } = value;
  const spent = endOf(redemption);
  const end = revoked ?? spent?.time ?? (expires !== null && expires <= now ? expires : null);
  const last = end ?? expires;
  const views = [...lanes.values()].map(({ lane, times, inPage, gone }): LaneView => {
    if (lane.kind !== 'kept') {
      const marks = times.map((time) => ({ at: share(span, time), to: null, ahead: false }));
      return { ...lane, says: saysOf(lane, times.length, inPage), marks };
    }
    const from = Math.min(...times);
    const until = gone ?? Math.max(...times, Math.min(now, last ?? now));
    const seen = { at: share(span, from), to: share(span, until), ahead: false };
    if (gone !== null) return { ...lane, says: w.gone(times.length), marks: [seen] };
    const ahead = last !== null && last > now ? [{ at: seen.to, to: share(span, last), ahead: true }] : [];
    return { ...lane, says: w.seen(times.length), marks: [seen, ...ahead] };
  });
  const ended: LaneView = {
    key: 'ended',
    kind: 'ended',
    step: w.ended,
    place: '',
    says:
      revoked !== null
        ? w.end.revoked
        : spent !== null
          ? w.end[spent.is]
          : expires !== null && expires <= now
            ? w.end.expired
            : redemption?.is === 'unseen'
              ? lineageWords.unseenAnswer
              : expires === null
                ? w.end.unknown
                : w.end.notYet,
    marks: end === null ? [] : [{ at: share(span, end), to: null, ahead: false }],
  };
  return [...views.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)), ended];
}

function saysOf({ kind }: Lane['lane'], times: number, inPage: boolean): string {
  if (kind === 'issued') return '';
  return inPage ? lineageWords.lanes.seen(times) : lineageWords.lanes.requests(times);
}

/** A later look at all of this area that does not find the value: it was removed before. */
function goneAfter(
  last: StorageSnapshot,
  { value, sightings }: TrackedValue,
  observations: readonly Observation[],
): number | null {
  const holding = new Set(sightings.map(({ observation }) => observation));
  let gone: number | null = null;
  for (const [index, other] of observations.entries()) {
    if (other.is !== 'storage' || other.origin !== last.origin || other.area !== last.area) continue;
    if (other.trace !== last.trace || other.time === null || other.time < (last.time ?? 0)) continue;
    if (holding.has(index)) gone = null;
    else if (other.written !== true && !other.truncated && !other.items.some(([, text]) => text.includes(value))) {
      gone ??= other.time;
    }
  }
  return gone;
}

function laneOf(sighting: Sighting, at: Observation | undefined): Omit<LaneView, 'marks' | 'says'> {
  const w = lineageWords.lanes;
  const { direction, place, host, relation, name } = sighting;
  const there = visible(host, 100);
  if (at?.is === 'storage') {
    return { key: `kept ${at.area} ${at.origin}`, kind: 'kept', step: w.kept, place: observationLine(at) };
  }
  if (direction === 'page') {
    const where = `${lineageWords.place[place]}, ${there}`;
    // A message passes by; code stays.
    const kind = place === 'message' ? 'sent' : 'kept';
    return { key: `${kind} ${place} ${host}`, kind, step: w[kind], place: where };
  }
  if (direction === 'response') {
    return {
      key: `issued ${host} ${place}`,
      kind: 'issued',
      step: relation === 'server' ? w.issued : name === '' ? w.sent : w.issued,
      place: there,
    };
  }
  const kind = isLeak(sighting) ? 'leaked' : 'sent';
  return { key: `${kind} ${host}`, kind, step: w[kind], place: there };
}

function sightingOf(sighting: Sighting, index: number, { analysis, observations, now }: InspectorData): SightingView {
  const { observation, message, time, direction, place, name, as } = sighting;
  const seen = observations[observation];
  const line = seen === undefined ? '' : observationLine(seen);
  const told = direction === 'response' ? lineageWords.sightings.answer(line.replace(/^\S+ /, '')) : line;
  const called = name === '' ? lineageWords.place[place] : `${lineageWords.place[place]} ${visible(name, 120)}`;
  const of = message === null ? undefined : analysis.messages[message];
  const flow = of === undefined ? undefined : analysis.flows.find(({ messages }) => messages.includes(of));
  return {
    key: String(index),
    time: time === null ? '' : (clockWords(time, now) ?? ''),
    where: `${told}, ${place === 'authorization' ? lineageWords.place.authorization : called}`,
    as: lineageWords.as[as],
    leak: isLeak(sighting),
    flow: flow === undefined ? null : flowKey(flow),
  };
}
