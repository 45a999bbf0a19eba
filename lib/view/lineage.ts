import { paramValue } from '../http/params.ts';
import type { Flow } from '../model/flow.ts';
import type { Mark, Sighting, TrackedValue } from '../model/lineage.ts';
import type { Observation, StorageSnapshot } from '../model/observation.ts';
import { SEVERITIES, type Severity } from '../model/rule.ts';
import { type ArrowView, arrowOfMessage, type DiagramView, diagramView } from './diagram.ts';
import { type FindingView, findingViews, observationLine } from './findings.ts';
import { flowKey, flowName, flowTime, serverHost } from './flows.ts';
import type { InspectorData } from './inspector-model.ts';
import { endOf, type Fate, fateOf, type OpenQuestion, openQuestions, type Stay } from './lineage-phrases.ts';
import { type Mark as Shape, worst } from './mark.ts';
import { clockWords, durationWords, shortDurationWords } from './moment.ts';
import { richText, type Text, visible } from './text.ts';
import { timeView } from './time.ts';
import { words } from './words.ts';
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
  /** What stands there instead of a plain stroke. */
  readonly shape: Shape | null;
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
  /** Of the worst finding that rests on it; a leak that no rule speaks of has none. */
  readonly shape: Shape | null;
  /** `flowKey` of the flow that it is in; `null` outside of flows. */
  readonly flow: string | null;
  /** Its arrow in the diagram of that flow; `null` where it is none. Worked out when it is first read. */
  readonly arrow: Pick<ArrowView, 'key' | 'number'> | null;
}

export interface ValueLife {
  readonly row: ValueRow;
  readonly detail: Text;
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
  /** Of the findings that rest on one sighting. */
  readonly severities: ReadonlyMap<string, Severity>;
  /** Of the flows that were asked for. */
  readonly diagrams: Map<Flow, DiagramView>;
  /** What came of each value, by its key. */
  readonly fates: ReadonlyMap<string, Fate | null>;
}

const keyOf = ({ trace, mark }: TrackedValue): string => `${trace} ${mark}`;

export function lineageBase(data: InspectorData): LineageBase {
  return {
    data,
    values: new Map(data.lineage.values.map((value) => [keyOf(value), value])),
    ...findingsByValue(data),
    diagrams: new Map(),
    fates: fatesOf(data),
  };
}

/** Findings by the value that their evidence shows: in an observation in which it was seen, masked as it is. */
function findingsByValue({ analysis, rules, lineage }: InspectorData): Pick<LineageBase, 'findings' | 'severities'> {
  const seen = new Map<string, string>();
  for (const value of lineage.values) {
    for (const { observation } of value.sightings) seen.set(placed(observation, value.masked), value.value);
  }
  const findings = new Map<string, FindingView[]>();
  const severities = new Map<string, Severity>();
  /** `told`: values on whose cards it stands already, as what goes away with another finding. */
  const add = (finding: FindingView, told: ReadonlySet<string>): void => {
    const own = new Set(told);
    for (const { value, refs } of finding.seen.flatMap(({ items }) => items)) {
      for (const { observation } of refs) {
        const at = placed(observation, value ?? '');
        const of = seen.get(at);
        if (of === undefined) continue;
        severities.set(at, worst([finding.severity, severities.get(at) ?? finding.severity]));
        own.add(of);
      }
    }
    for (const value of own) {
      if (told.has(value)) continue;
      const known = findings.get(value);
      if (known === undefined) findings.set(value, [finding]);
      else if (!known.some(({ key }) => key === finding.key)) known.push(finding);
    }
    for (const child of finding.children) add(child, own);
  };
  const none = new Set<string>();
  for (const flow of [...analysis.flows, null]) {
    for (const finding of findingViews(analysis, flow, rules)) add(finding, none);
  }
  return { findings, severities };
}

const placed = (observation: number, masked: string): string => `${observation} ${masked}`;

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
  return time === null ? flowName(flow) : `${timeView(time, now).text}, ${serverHost(flow)}`;
}

/** The parameter that a value of no kind of its own stands in says what it is. */
function kindOf({ letter, sightings }: TrackedValue): string {
  const name = sightings[0]?.name.split('.').at(-1) ?? '';
  return (letter === 'X' ? lineageWords.kindOfName[name] : undefined) ?? lineageWords.kind[letter];
}

function rowOf({ findings, fates }: LineageBase, value: TrackedValue): ValueRow {
  const fate = fates.get(keyOf(value)) ?? null;
  const own = findings.get(value.value) ?? [];
  const places = new Set(value.sightings.map(placeKey)).size;
  return {
    key: keyOf(value),
    mark: value.mark,
    kind: kindOf(value),
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
    detail: richText(flow === null ? lineageWords.noFlow : detailOf(value, flow, now)),
    facts: factsOf(value, now),
    axis: axisOf(span, value, now),
    now: now < span.to ? share(span, now) : null,
    lanes: lanesOf(value, span, base),
    sightings: value.sightings.map((sighting, index) => sightingOf(value, sighting, index, base)),
    findings: findings.get(value.value) ?? [],
    open: openQuestions(value, base.fates.get(keyOf(value)) ?? null, data.observations),
  };
}

/** Most hosts that the head of a value names. */
const MOST_HOSTS = 2;

/** Who gave it to whom, for what; of what is no token, which sign-in it is of. */
function detailOf({ letter, value, sightings }: TrackedValue, flow: Flow, now: number): string {
  const w = lineageWords.detail;
  const time = flowTime(flow);
  if (letter !== 'A' && letter !== 'R' && letter !== 'I') {
    return w.of(flowName(flow), time === null ? null : timeView(time, now).text);
  }
  const code = (text: string): string => `\`${visible(text.replaceAll('`', "'"), 120)}\``;
  const hosts = [...new Set(sightings.flatMap(({ relation, host }) => (relation === 'resource' ? [host] : [])))];
  const scope = letter === 'I' ? null : scopeOf(flow, value);
  return w.token({
    server: serverHost(flow),
    client: flow.clientId === null ? null : code(flow.clientId),
    hosts: words.list(hosts.slice(0, MOST_HOSTS).map((host) => visible(host, 100))),
    scope: scope === null ? null : code(scope),
  });
}

/** What the answer that gave it out says, else what was asked for (RFC 6749 §5.1); `null` where neither says it. */
function scopeOf({ messages }: Flow, token: string): string | null {
  const issuing = messages.findIndex(
    ({ kind, params }) =>
      (kind === 'tokenResponse' || kind === 'authorizationResponse') && params.some(({ value }) => value === token),
  );
  if (issuing < 0) return null;
  const before = messages.slice(0, issuing + 1).reverse();
  return before.map((message) => paramValue(message, 'scope')).find((scope) => scope !== null && scope !== '') ?? null;
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
  readonly times: { readonly time: number; readonly shape: Shape | null }[];
  /** No request: what a page held or got. */
  readonly inPage: boolean;
  /** Of a place in storage: when it was first seen without the value again; `null` while it is there. */
  gone: number | null;
}

function lanesOf(value: TrackedValue, span: Span, base: LineageBase): readonly LaneView[] {
  const { observations, now } = base.data;
  const w = lineageWords.lanes;
  const lanes = new Map<string, Lane>();
  for (const sighting of value.sightings) {
    const at = observations[sighting.observation];
    const lane = laneOf(sighting, at);
    const known = lanes.get(lane.key) ?? { lane, times: [], inPage: sighting.direction === 'page', gone: null };
    lanes.set(lane.key, known);
    known.times.push({ time: sighting.time ?? span.from, shape: shapeOf(value, sighting, base) });
    if (at?.is === 'storage') known.gone = goneAfter(at, value, observations);
  }
  const order: readonly LaneView['kind'][] = ['issued', 'kept', 'sent', 'leaked'];
  const { expires, redemption, revoked } = value;
  const spent = endOf(redemption);
  const end = revoked ?? spent?.time ?? (expires !== null && expires <= now ? expires : null);
  const last = end ?? expires;
  const views = [...lanes.values()].map(({ lane, times, inPage, gone }): LaneView => {
    if (lane.kind !== 'kept') {
      const marks = times.map(({ time, shape }): LaneMark => {
        // Strokes of what is in order stand close together; a leak has its shape even where no rule speaks of it.
        const shown =
          lane.kind === 'leaked' ? (shape ?? 'high') : lane.kind === 'issued' || shape !== 'pass' ? shape : null;
        return { at: share(span, time), to: null, ahead: false, shape: shown };
      });
      return { ...lane, says: saysOf(lane, times.length, inPage), marks };
    }
    const moments = times.map(({ time }) => time);
    const from = Math.min(...moments);
    const until = gone ?? Math.max(...moments, Math.min(now, last ?? now));
    const seen: LaneMark = { at: share(span, from), to: share(span, until), ahead: false, shape: worstShape(times) };
    if (gone !== null) return { ...lane, says: w.gone(times.length), marks: [seen] };
    const ahead: readonly LaneMark[] =
      last !== null && last > now ? [{ at: share(span, until), to: share(span, last), ahead: true, shape: null }] : [];
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
    marks: endMarks(span, end, expires),
  };
  return [...views.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)), ended];
}

/** Where it ended; where that is still to come, that nobody knows it yet. */
function endMarks(span: Span, end: number | null, expires: number | null): readonly LaneMark[] {
  if (end !== null) return [{ at: share(span, end), to: null, ahead: false, shape: null }];
  if (expires === null || expires > span.to) return [];
  return [{ at: share(span, expires), to: null, ahead: true, shape: 'cannotTell' }];
}

/** Of the worst finding that rests on this sighting; what no finding speaks of is in order, unless it is a leak. */
function shapeOf(value: TrackedValue, sighting: Sighting, { severities }: LineageBase): Shape | null {
  const found = severities.get(placed(sighting.observation, value.masked));
  return found ?? (isLeak(sighting) ? null : 'pass');
}

function worstShape(times: Lane['times']): Shape | null {
  return worst(times.flatMap(({ shape }) => (isSeverity(shape) ? [shape] : [])));
}

const isSeverity = (shape: Shape | null): shape is Severity => SEVERITIES.includes(shape as Severity);

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

function sightingOf(value: TrackedValue, sighting: Sighting, index: number, base: LineageBase): SightingView {
  const { analysis, observations, now } = base.data;
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
    shape: shapeOf(value, sighting, base),
    flow: flow === undefined ? null : flowKey(flow),
    get arrow() {
      return flow === undefined ? null : arrowOf(base, flow, sighting);
    },
  };
}

/** Which arrow shows it: of the request or of its answer; else the message that it belongs to. */
function arrowOf(base: LineageBase, flow: Flow, { direction, observation, message }: Sighting): ArrowView | null {
  const diagram = diagramOf(base, flow);
  const at = base.data.observations[observation];
  const own = at?.is === 'exchange' ? diagram.arrows.filter(({ exchange }) => exchange === at.id) : [];
  const side = own.find(({ part }) => (part === 'request') === (direction === 'request'));
  return side ?? arrowOfMessage(diagram, message);
}

function diagramOf({ data, diagrams }: LineageBase, flow: Flow): DiagramView {
  const known = diagrams.get(flow);
  if (known !== undefined) return known;
  const { analysis, lineage, judged } = data;
  const made = diagramView(analysis, flow, { open: new Set(), lineage, judged });
  diagrams.set(flow, made);
  return made;
}
