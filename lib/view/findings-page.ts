import type { Analysis, Finding, Verdict } from '../model/analysis.ts';
import type { Flow } from '../model/flow.ts';
import { SEVERITIES, type Severity } from '../model/rule.ts';
import { PROFILES, type ProfileName } from '../rules/profiles.ts';
import { checksView, type FailedCheckView, type UnjudgedGroup, type UnjudgedView } from './checks.ts';
import { type Decisions, hostOfFinding, type KnownFinding, knownSeverities, type Mute, muteOf } from './decisions.ts';
import { type FindingTree, type FindingView, findingTrees, findingViews, verdictsOf } from './findings.ts';
import { flowKey, flowName, flowTime } from './flows.ts';
import { type InspectorData, judgedFlow } from './inspector-model.ts';
import { worst } from './mark.ts';
import { progressOf } from './steps.ts';
import { plainText, richText, type Text, visible } from './text.ts';
import { type TimeView, timeView } from './time.ts';
import { diagramWords } from './words-diagram.ts';
import { findingsWords } from './words-findings.ts';

export const SHOWS = ['open', 'new', 'muted', 'gone', 'unjudged'] as const;
export type Show = (typeof SHOWS)[number];

export const GROUPINGS = ['cause', 'rule', 'flow'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What of the findings is asked for. */
export interface FindingsFilter {
  readonly show: Show;
  readonly severity: Severity | null;
  /** Client id; `-` for none. */
  readonly client: string | null;
  readonly query: string;
  readonly by: Grouping;
}

export const ALL_FINDINGS: FindingsFilter = { show: 'open', severity: null, client: null, query: '', by: 'cause' };

/** Where a cause was seen. */
interface Occurrence {
  readonly analysis: Analysis;
  readonly flow: Flow | null;
  readonly finding: Finding;
  readonly time: number | null;
}

/** One defect at one place, however often it was seen: findings with the same key. */
interface Cause {
  readonly key: string;
  readonly rule: string;
  readonly title: string;
  readonly host: string;
  readonly client: string;
  readonly severity: Severity;
  /** Latest first. */
  readonly seen: readonly Occurrence[];
  /** What it explains in any of them, once each. */
  readonly effects: readonly Finding[];
  readonly mute: Mute | null;
  readonly fresh: boolean;
}

/** The findings of a capture by cause, with what the person decided about them. Made once per reading. */
export interface FindingsBase {
  readonly data: InspectorData;
  readonly decisions: Decisions;
  readonly causes: readonly Cause[];
  readonly gone: readonly (KnownFinding & { readonly passed: number })[];
  readonly unjudged: readonly UnjudgedGroup[];
  /** Checks that stopped with an error, each once. */
  readonly failedChecks: readonly FailedCheckView[];
  readonly passed: number;
}

export interface Facet<T extends string> {
  readonly id: T;
  readonly label: string;
  readonly count: number;
}

export interface CauseView {
  readonly key: string;
  readonly severity: Severity;
  readonly title: Text;
  /** `reports-ui at login.legacy.example` */
  readonly place: string;
  /** `4 times, 09:58` */
  readonly times: string;
  readonly exact: string;
  readonly fresh: boolean;
  readonly effects: readonly { readonly key: string; readonly severity: Severity; readonly title: Text }[];
}

export interface CauseGroup {
  readonly id: string;
  /** `null` for the only one. */
  readonly title: string | null;
  readonly causes: readonly CauseView[];
}

export interface MuteView {
  readonly mute: Mute;
  readonly title: Text;
  readonly covers: string;
  readonly reason: string;
}

export interface GoneView {
  readonly key: string;
  readonly title: Text;
  readonly place: string;
  readonly says: string;
}

export interface BaselineView {
  readonly time: TimeView;
  readonly fresh: number;
  readonly known: number;
  readonly gone: number;
}

/** The section as data. */
export interface FindingsPage {
  readonly heading: string;
  readonly detail: string;
  readonly show: readonly Facet<Show>[];
  readonly severities: readonly Facet<Severity>[];
  readonly clients: readonly Facet<string>[];
  readonly profiles: readonly { readonly id: ProfileName; readonly label: string; readonly chosen: boolean }[];
  /** `null`: none was set. */
  readonly baseline: BaselineView | null;
  readonly groups: readonly CauseGroup[];
  readonly muted: readonly MuteView[];
  readonly gone: readonly GoneView[];
  readonly unjudged: readonly UnjudgedGroup[];
  /** Beside what could not be judged. */
  readonly failedChecks: readonly FailedCheckView[];
  /** Said where the list that was asked for has nothing. */
  readonly empty: { readonly heading: string; readonly text: string; readonly filtered: boolean } | null;
}

/** One of the places where a cause was seen. */
export interface SeenIn {
  /** `flowKey`; `null` for what belongs to no flow. */
  readonly flow: string | null;
  readonly name: string;
  readonly time: TimeView | null;
}

/** A cause that was chosen. */
export interface CauseDetail {
  /** As seen last. */
  readonly finding: FindingView;
  readonly seen: readonly SeenIn[];
  readonly mute: Mute | null;
}

const NONE = '-';

/** Groups what was found by its cause. */
export function findingsBase(data: InspectorData, decisions: Decisions): FindingsBase {
  const byFlow = new Map<Analysis, ReadonlyMap<string | null, readonly Finding[]>>();
  const findingsOf = (analysis: Analysis, flow: string | null): readonly Finding[] => {
    const known = byFlow.get(analysis) ?? Map.groupBy(analysis.findings, (finding) => finding.flow);
    byFlow.set(analysis, known);
    return known.get(flow) ?? [];
  };
  const known = decisions.baseline === null ? null : knownSeverities(decisions.baseline);
  const seen = new Map<string, { readonly tree: FindingTree; readonly at: Occurrence }[]>();
  const add = (analysis: Analysis, flow: Flow | null): void => {
    const time = flow === null ? null : flowTime(flow);
    for (const tree of findingTrees(findingsOf(analysis, flow?.id ?? null))) {
      const at = { analysis, flow, finding: tree.finding, time };
      const all = seen.get(tree.finding.key);
      if (all === undefined) seen.set(tree.finding.key, [{ tree, at }]);
      else all.push({ tree, at });
    }
  };
  for (const flow of data.analysis.flows) {
    const judged = judgedFlow(data, flow);
    add(judged.analysis, judged.flow);
  }
  add(data.analysis, null);
  const causes = [...seen].map(([key, entries]): Cause => {
    const occurrences = entries.map(({ at }) => at).toSorted((a, b) => (b.time ?? 0) - (a.time ?? 0));
    const [latest] = occurrences as [Occurrence, ...Occurrence[]];
    const { finding, flow } = latest;
    const severity = worst(occurrences.map((at) => at.finding.severity)) ?? finding.severity;
    const effects = new Map(entries.flatMap(({ tree }) => effectsOf(tree)).map((effect) => [effect.key, effect]));
    const before = known?.get(key);
    return {
      key,
      rule: finding.rule,
      title: finding.title,
      host: hostOfFinding(finding),
      client: flow?.clientId ?? NONE,
      severity,
      seen: occurrences,
      effects: [...effects.values()],
      mute: muteOf(decisions.mutes, finding),
      fresh: known !== null && (before === undefined || worst([before, severity]) !== before),
    };
  });
  const rank = (cause: Cause): number => SEVERITIES.indexOf(cause.severity);
  return {
    data,
    decisions,
    causes: causes.toSorted((a, b) => rank(a) - rank(b) || b.seen.length - a.seen.length),
    gone: goneOf(data.analysis, decisions, seen),
    ...notJudged(data),
    passed: data.analysis.verdicts.filter(({ is }) => is === 'pass').length,
  };
}

function effectsOf(tree: FindingTree): readonly Finding[] {
  return tree.effects.flatMap((effect) => [effect.finding, ...effectsOf(effect)]);
}

/**
 * Findings of the baseline that are no longer there although they could be: the check passed for the same client, in a
 * flow with a message at the same host. That nobody signed in again proves nothing.
 */
function goneOf(analysis: Analysis, { baseline }: Decisions, seen: ReadonlyMap<string, unknown>): FindingsBase['gone'] {
  if (baseline === null) return [];
  const passed = Map.groupBy(
    analysis.verdicts.filter(({ is }) => is === 'pass'),
    ({ rule }) => rule,
  );
  const flows = new Map(analysis.flows.map((flow) => [flow.id, flow]));
  const present = new Set(analysis.findings.map(({ key }) => key));
  return baseline.findings.flatMap((known) => {
    if (seen.has(known.key) || present.has(known.key)) return [];
    const proof = (passed.get(known.rule) ?? []).filter((verdict: Verdict) => {
      const flow = verdict.flow === null ? undefined : flows.get(verdict.flow);
      return (
        flow !== undefined &&
        (flow.clientId ?? NONE) === known.client &&
        flow.messages.some(({ endpoint }) => endpoint.host === known.host)
      );
    });
    return proof.length === 0 ? [] : [{ ...known, passed: proof.length }];
  });
}

/** What could not be judged in a flow, or of a page, each check once, under what would decide it; and what broke. */
function notJudged(data: InspectorData): Pick<FindingsBase, 'unjudged' | 'failedChecks'> {
  const groups = new Map<string, { readonly group: UnjudgedGroup; readonly items: Map<string, UnjudgedView> }>();
  const listed = new Set<string>();
  const broken = new Map<string, FailedCheckView>();
  const { rules, now } = data;
  const inFlows = data.analysis.flows.toReversed().map((flow) => judgedFlow(data, flow));
  for (const { analysis, flow } of [...inFlows, { analysis: data.analysis, flow: null }]) {
    const verdicts = verdictsOf(analysis, flow).filter(
      ({ is, rule }) => (is === 'cannotTell' && !listed.has(rule)) || is === 'error',
    );
    if (verdicts.length === 0) continue;
    const { unjudged, failedChecks } = checksView({ ...analysis, verdicts }, flow, rules, {
      addressOnly: flow?.alone ?? false,
      progress: flow === null ? 'done' : progressOf(flow, now),
      flow,
      watchingAll: false,
      watchable: null,
    });
    for (const check of failedChecks) broken.set(check.rule, check);
    for (const group of unjudged) {
      const entry = groups.get(group.id) ?? { group, items: new Map<string, UnjudgedView>() };
      for (const item of group.items) {
        listed.add(item.rule);
        entry.items.set(item.rule, item);
      }
      groups.set(group.id, entry);
    }
  }
  return {
    unjudged: [...groups.values()].map(({ group, items }) => ({ ...group, watch: null, items: [...items.values()] })),
    failedChecks: [...broken.values()],
  };
}

/** The section, filtered and grouped as asked. */
export function findingsPage(base: FindingsBase, filter: FindingsFilter): FindingsPage {
  const { causes, decisions, data } = base;
  const open = causes.filter(({ mute }) => mute === null);
  const fresh = open.filter((cause) => cause.fresh);
  const listed = { open, new: fresh, muted: causes.filter(({ mute }) => mute !== null), gone: [], unjudged: [] }[
    filter.show
  ];
  const wanted = filter.query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = listed.filter((cause) => wanted.every((word) => searchText(cause).includes(word)));
  const shown = found.filter(
    (cause) =>
      (filter.severity === null || cause.severity === filter.severity) &&
      (filter.client === null || cause.client === filter.client),
  );
  const says = (text: string): boolean => wanted.every((word) => text.toLowerCase().includes(word));
  const muted = filter.show === 'muted' ? mutedViews(base).filter(({ mute }) => says(muteText(mute))) : [];
  const gone = filter.show === 'gone' ? goneViews(base).filter(({ title }) => says(plainText(title))) : [];
  const saysCheck = ({ rule, subject }: FailedCheckView | UnjudgedView): boolean =>
    says(`${rule}\n${plainText(subject)}`);
  const failedChecks = filter.show === 'unjudged' ? base.failedChecks.filter(saysCheck) : [];
  const unjudged =
    filter.show === 'unjudged'
      ? base.unjudged
          .map((group) => ({
            ...group,
            items: group.items.filter(saysCheck),
          }))
          .filter(({ items }) => items.length > 0)
      : [];
  const w = findingsWords;
  const counts: Record<Show, number> = {
    open: open.length,
    new: fresh.length,
    muted: decisions.mutes.length,
    gone: base.gone.length,
    unjudged: base.unjudged.reduce((sum, group) => sum + group.items.length, base.failedChecks.length),
  };
  const total = (of: readonly Cause[]): number => of.reduce((sum, cause) => sum + 1 + cause.effects.length, 0);
  const times = data.analysis.flows.flatMap((flow) => flowTime(flow) ?? []);
  const since = times.length === 0 ? null : timeView(Math.min(...times), data.now);
  return {
    heading: w.heading(open.length, total(open)),
    detail: w.detail(data.analysis.flows.length, since?.text ?? null, total(open) > open.length),
    show: SHOWS.map((id) => ({ id, label: w.show[id], count: counts[id] })),
    severities: SEVERITIES.map((id) => ({
      id,
      label: '',
      count: found.filter(({ severity }) => severity === id).length,
    })).filter((facet) => facet.count > 0 || facet.id === filter.severity),
    clients: clientFacets(found, filter.client),
    profiles: PROFILES.map((id) => ({ id, label: findingsWords.profile.names[id], chosen: id === decisions.profile })),
    baseline:
      decisions.baseline === null
        ? null
        : {
            time: timeView(decisions.baseline.at, data.now),
            fresh: fresh.length,
            known: open.length - fresh.length,
            gone: base.gone.length,
          },
    groups: filter.show === 'open' || filter.show === 'new' ? groupsOf(shown, filter.by, data) : [],
    muted,
    gone,
    unjudged,
    failedChecks,
    empty:
      shown.length + muted.length + gone.length + unjudged.length + failedChecks.length === 0
        ? emptyOf(base, filter, counts[filter.show] > 0)
        : null,
  };
}

function emptyOf(base: FindingsBase, { show }: FindingsFilter, filtered: boolean): FindingsPage['empty'] {
  const w = findingsWords.empty;
  if (!base.data.judged) return { heading: diagramWords.judging, text: '', filtered: false };
  if (filtered) return { heading: w.filtered, text: w.filteredText, filtered };
  if (show === 'open') return { heading: w.open, text: w.openText(base.passed), filtered };
  if (show === 'new' && base.decisions.baseline === null) {
    return { heading: w.newNone, text: w.newNoneText, filtered };
  }
  return { heading: w[show], text: w[`${show}Text`], filtered };
}

function searchText({ rule, title, host, client, effects }: Cause): string {
  return [rule, title, host, client, ...effects.map((effect) => effect.title)].join('\n').toLowerCase();
}

const muteText = ({ rule, title, host, reason }: Mute): string => [rule, title, host, reason].join('\n');

function clientFacets(causes: readonly Cause[], chosen: string | null): readonly Facet<string>[] {
  const byClient = Map.groupBy(causes, ({ client }) => client);
  if (chosen !== null && !byClient.has(chosen)) byClient.set(chosen, []);
  return [...byClient].map(([id, own]) => ({
    id,
    label: id === NONE ? findingsWords.noClient : visible(id, 80),
    count: own.length,
  }));
}

function groupsOf(causes: readonly Cause[], by: Grouping, data: InspectorData): readonly CauseGroup[] {
  const view = (cause: Cause): CauseView => causeView(cause, data.now);
  if (by === 'cause') return causes.length === 0 ? [] : [{ id: 'all', title: null, causes: causes.map(view) }];
  if (by === 'rule') {
    return [...Map.groupBy(causes, ({ rule }) => rule)].map(([id, own]) => ({
      id,
      title: plainText(richText(own[0]?.title ?? id)),
      causes: own.map(view),
    }));
  }
  const byFlow = new Map<string, { readonly flow: Flow | null; readonly causes: Cause[] }>();
  for (const cause of causes) {
    for (const { flow } of cause.seen) {
      const id = flow === null ? '' : flowKey(flow);
      const group = byFlow.get(id) ?? { flow, causes: [] };
      group.causes.push(cause);
      byFlow.set(id, group);
    }
  }
  const time = (flow: Flow | null): number => (flow === null ? null : flowTime(flow)) ?? 0;
  return [...byFlow]
    .toSorted(([, a], [, b]) => time(b.flow) - time(a.flow))
    .map(([id, group]) => ({ id, title: flowTitle(group.flow, data.now), causes: group.causes.map(view) }));
}

function flowTitle(flow: Flow | null, now: number): string {
  if (flow === null) return findingsWords.pages;
  const time = flowTime(flow);
  return time === null ? flowName(flow) : `${flowName(flow)}, ${timeView(time, now).text}`;
}

const placeOf = ({ client, host }: Pick<Cause, 'client' | 'host'>): string =>
  findingsWords.at(client === NONE ? null : visible(client, 80), host === NONE ? null : visible(host, 253));

function causeView(cause: Cause, now: number): CauseView {
  const time = cause.seen[0]?.time ?? null;
  const at = time === null ? null : timeView(time, now);
  return {
    key: cause.key,
    severity: cause.severity,
    title: richText(cause.title),
    place: placeOf(cause),
    times: at === null ? findingsWords.times(cause.seen.length) : findingsWords.timesAt(cause.seen.length, at.text),
    exact: at?.exact ?? '',
    fresh: cause.fresh,
    effects: cause.effects.map(({ key, severity, title }) => ({ key, severity, title: richText(title) })),
  };
}

function mutedViews({ decisions, causes, data }: FindingsBase): readonly MuteView[] {
  const w = findingsWords.mute;
  return decisions.mutes.toReversed().map((mute) => ({
    mute,
    title: richText(mute.title),
    covers: `${(mute.key === null ? w.wholeRule : w.one)(visible(mute.host, 253))} ${w.covers(
      causes.filter((cause) => cause.mute === mute).length,
    )}.`,
    reason: w.since(visible(mute.reason), timeView(mute.at, data.now).text),
  }));
}

function goneViews({ gone, decisions, data }: FindingsBase): readonly GoneView[] {
  const at = decisions.baseline === null ? '' : timeView(decisions.baseline.at, data.now).text;
  return gone.map((known) => ({
    key: known.key,
    title: richText(known.title),
    place: placeOf(known),
    says: findingsWords.gone(at, known.passed),
  }));
}

/** The cause with this key; `null` when it is not (or no longer) there. */
export function causeDetail(base: FindingsBase, key: string | null): CauseDetail | null {
  const cause = base.causes.find((one) => one.key === key);
  const [latest] = cause?.seen ?? [];
  if (cause === undefined || latest === undefined) return null;
  const { data } = base;
  const finding = findingViews(latest.analysis, latest.flow, data.rules).find((view) => view.key === cause.key);
  if (finding === undefined) return null;
  return {
    finding,
    seen: cause.seen.map(({ flow, time }) => ({
      flow: flow === null ? null : flowKey(flow),
      name: flow === null ? findingsWords.pages : flowName(flow),
      time: time === null ? null : timeView(time, data.now),
    })),
    mute: cause.mute,
  };
}

/** Everything that is open now, as a baseline. */
export function baselineOf({ causes }: FindingsBase): readonly KnownFinding[] {
  return causes.flatMap(({ key, rule, severity, title, host, client }) => ({
    key,
    rule,
    severity,
    title,
    host,
    client,
  }));
}
