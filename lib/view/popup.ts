import type { LogNote } from '../log/notes.ts';
import type { Analysis } from '../model/analysis.ts';
import type { ClientType, Flow } from '../model/flow.ts';
import type { PageCheck } from '../model/page-check.ts';
import type { Recording } from '../model/recording.ts';
import type { RuleMeta } from '../model/rule.ts';
import { type AddressView, addressHeading, addressView, issuerOrigin, type ShowValue } from './address.ts';
import { type ChecksView, checksView, type SitesView, unjudgedCount } from './checks.ts';
import { type AnalysisByClient, type ClientSwitch, clientSwitch, sameFlow } from './client-type.ts';
import { type Mute, muteOf, unmuted } from './decisions.ts';
import { type FindingView, findingsOf, findingTrees, findingViews, inReadingOrder, problems } from './findings.ts';
import { clientKey, flowKey, flowName, flowTime, leadingFlows, serverOrigins } from './flows.ts';
import { type Mark, worst } from './mark.ts';
import { noticesOf } from './notices.ts';
import { type PageCheckView, pageCheckView } from './page-check.ts';
import { type RecordView, recordView } from './record.ts';
import { errorOf, type Progress, progressOf, type StepView, stepViews } from './steps.ts';
import { richText, type Text, visible } from './text.ts';
import { type TimeView, timeView } from './time.ts';
import { words } from './words.ts';

/** The tab that the popup is about. */
export interface TabFacts {
  readonly id: number;
  /** `null` where the browser does not show it. */
  readonly url: string | null;
  /** For http and https addresses only. */
  readonly origin: string | null;
  /** Why no extension may see this tab. */
  readonly restricted: Restriction | null;
}

export type Restriction = keyof typeof words.forbidden.because;

/** `site`: this origin's site is granted; `all`: every site is. */
export type Watching = 'none' | 'site' | 'all';

export interface PopupInput {
  readonly tab: TabFacts;
  /** The toolbar button was pressed on the tab: what the browser then still hides is not for extensions. */
  readonly pressed: boolean;
  readonly watching: Watching;
  /** The check of the page in this tab; `null` where there was none. */
  readonly check: PageCheck | null;
  /** The recording of this tab; `null` where there was none. */
  readonly recording: Recording | null;
  /** Origins of servers in `captured` that are not watched. */
  readonly unwatched: ReadonlySet<string>;
  /** What was captured in this tab, analysed under each word about the client. */
  readonly captured: AnalysisByClient;
  /** The address of the tab, analysed on its own; `null` where it is not visible. */
  readonly address: AnalysisByClient | null;
  readonly notes: readonly LogNote[];
  /** The person's own word about clients, by `clientKey`. */
  readonly told: ReadonlyMap<string, ClientType>;
  /** What the person does not want to hear of again. */
  readonly mutes: readonly Mute[];
  /** `flowKey` of the flow that the person chose. */
  readonly chosen: string | null;
  /** What is on the screen now; nothing of it moves. */
  readonly before: PopupView | null;
  readonly online: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly rules: readonly RuleMeta[];
  readonly show: ShowValue;
}

export interface VerdictView {
  readonly heading: string;
  /** Sentences. */
  readonly detail: readonly Text[];
  readonly time: TimeView | null;
}

export interface FlowChoice {
  readonly key: string;
  readonly name: string;
  readonly time: TimeView | null;
  readonly mark: Mark;
  readonly problems: number;
}

export interface ReportView extends ChecksView {
  readonly findings: readonly FindingView[];
}

interface Frame {
  readonly tab: number;
  readonly verdict: VerdictView;
  /** Lines under the verdict: what is no longer in the capture. */
  readonly notices: readonly Text[];
  readonly watching: Watching;
  /** What the page itself shows; `null` where it cannot be read. */
  readonly page: PageCheckView | null;
  /** The recording of this tab; `null` where none is possible. */
  readonly record: RecordView | null;
  /** What the footer says. */
  readonly footer: string;
  /** What can be watched with one press; `null` where the site is watched or cannot be. */
  readonly offer: SitesView | null;
  /** What can be given back with one press; `null` where nothing is watched. */
  readonly watched: SitesView | null;
  /** Something of this tab is stored. */
  readonly clearable: boolean;
  readonly online: boolean;
}

export type PopupView = Frame &
  (
    | { readonly state: 'forbidden' | 'hidden' }
    /** Nothing captured, and nothing of OAuth in the address. */
    | { readonly state: 'nothing' | 'waiting'; readonly address: AddressView | null }
    /** Nothing captured; the address itself was judged. */
    | {
        readonly state: 'address';
        readonly address: AddressView;
        readonly report: ReportView;
        readonly client: ClientSwitch | null;
      }
    | {
        readonly state: 'flow';
        readonly flow: string;
        readonly progress: Progress;
        readonly steps: readonly StepView[];
        readonly report: ReportView;
        readonly client: ClientSwitch | null;
        /** All sign-ins of this tab, latest first. */
        readonly flows: readonly FlowChoice[];
        /** A sign-in that began after the one on the screen. */
        readonly newer: FlowChoice | null;
      }
  );

/** The whole popup as data. */
export function popupView(input: PopupInput): PopupView {
  const { tab, captured, address } = input;
  const flows = leadingFlows(captured.unknown);
  const frame = frameOf(input, flows.length > 0);
  if (flows[0] !== undefined) return flowView(input, frame, flows, flows[0]);
  const restricted = tab.restricted ?? (isKeptBack(input) ? 'unseen' : null);
  if (restricted !== null) {
    const why = words.forbidden.because[restricted];
    return { ...frame, state: 'forbidden', verdict: verdict(words.forbidden.heading, [richText(why)]) };
  }
  const own = address?.unknown.flows[0];
  if (tab.url !== null && address !== null && own !== undefined) {
    const judged = judgedAs(address, own, input);
    const card = addressView(tab.url, input.show, judged);
    if (card !== null) return judgedAddress(input, frame, card, address, judged);
  }
  const card = tab.url === null ? null : addressView(tab.url, input.show, null);
  if (input.watching !== 'none') {
    return { ...frame, state: 'waiting', address: card, verdict: waitingVerdict(input) };
  }
  if (card === null) {
    const { hidden, hiddenDetail } = words.address;
    return { ...frame, state: 'hidden', verdict: verdict(hidden, [richText(hiddenDetail)]) };
  }
  const { nothing, nothingDetail } = words.address;
  return { ...frame, state: 'nothing', address: card, verdict: verdict(nothing, [richText(nothingDetail)]) };
}

/** No website hides its address after a press, nor where all sites are watched. */
function isKeptBack({ tab, pressed, watching }: PopupInput): boolean {
  return tab.url === null && (pressed || watching === 'all');
}

/** A flow with the analysis that says what it is worth. */
interface Judged {
  /** Without what is muted. */
  readonly analysis: Analysis;
  readonly flow: Flow;
  /** Findings left out. */
  readonly muted: number;
}

/** The flow as judged under what the person said about its client. */
function judgedAs(by: AnalysisByClient, of: Flow, { told, mutes }: PopupInput): Judged {
  const asTold = by[told.get(clientKey(of)) ?? 'unknown'];
  const same = sameFlow(asTold, of);
  const [whole, flow] = same === null ? [by.unknown, of] : [asTold, same];
  const top = findingTrees(findingsOf(whole, flow));
  return {
    analysis: unmuted(whole, mutes),
    flow,
    muted: top.filter(({ finding }) => muteOf(mutes, finding) !== null).length,
  };
}

function verdict(heading: string, detail: readonly Text[], time: TimeView | null = null): VerdictView {
  return { heading, detail, time };
}

function waitingVerdict({ watching, tab }: PopupInput): VerdictView {
  const w = words.waiting;
  const detail = watching === 'all' ? w.detailAll : w.detail(hostOf(tab.origin));
  return verdict(w.heading, [richText(detail)]);
}

const hostOf = (origin: string | null): string => visible((origin ?? '').replace(/^https?:\/\//, ''), 253);

function sites(origins: readonly string[]): SitesView | null {
  const unique = [...new Set(origins)];
  if (unique.length === 0) return null;
  return { origins: unique, name: words.list(unique.map(hostOf)) };
}

function frameOf(input: PopupInput, clearable: boolean): Omit<Frame, 'verdict'> {
  const { tab, watching, notes } = input;
  const own = tab.origin === null ? [] : [tab.origin];
  const issuer = tab.url === null ? null : issuerOrigin(tab.url);
  return {
    tab: tab.id,
    notices: noticesOf(notes),
    watching,
    page: pageOf(input),
    record: recordOf(input),
    footer: footerOf(input, clearable),
    offer: watching === 'none' ? sites([...own, ...(issuer === null || own.length === 0 ? [] : [issuer])]) : null,
    watched:
      watching === 'all' ? { origins: [], name: words.footer.allSites } : watching === 'site' ? sites(own) : null,
    clearable: clearable || notes.length > 0 || input.check?.state.is === 'done',
    online: input.online,
  };
}

function recordOf({ tab, watching, recording, now }: PopupInput): RecordView | null {
  const watched = watching !== 'none';
  if (tab.restricted !== null || (!watched && recording === null)) return null;
  return recordView(recording, { now, watched });
}

function pageOf({ tab, check, captured, mutes, rules, now }: PopupInput): PageCheckView | null {
  if (tab.url === null || tab.origin === null || tab.restricted !== null) return null;
  const analysis = unmuted(captured.unknown, mutes);
  return pageCheckView({ check, url: tab.url, analysis, rules: rulesById(rules), now });
}

function footerOf({ watching, tab, address }: PopupInput, captured: boolean): string {
  const w = words.footer;
  if (watching === 'all') return w.all;
  if (watching === 'site') return w.site(hostOf(tab.origin));
  if (captured) return w.earlier;
  return address !== null && tab.restricted === null ? w.addressOnly : w.no;
}

function rulesById(rules: readonly RuleMeta[]): ReadonlyMap<string, RuleMeta> {
  return new Map(rules.map((rule) => [rule.id, rule]));
}

function judgedAddress(
  input: PopupInput,
  frame: Omit<Frame, 'verdict'>,
  card: AddressView,
  by: AnalysisByClient,
  judged: Judged,
): PopupView {
  const report = reportOf(input, judged, 'done', { addressOnly: true, offer: frame.offer });
  const w = words.counts;
  const needMore = unjudgedCount(report);
  const counts = [w.inAddress(problems(report.findings)), w.passed(report.passed.length)];
  if (needMore > 0) counts.push(w.needMore(needMore));
  if (judged.muted > 0) counts.push(w.muted(judged.muted));
  return {
    ...frame,
    state: 'address',
    address: card,
    report,
    client: clientSwitch(by, judged.flow, input.told.get(clientKey(judged.flow)) ?? 'unknown'),
    verdict: verdict(addressHeading(judged.flow.messages[0]), [richText(words.sentence(counts))]),
  };
}

function flowView(input: PopupInput, frame: Omit<Frame, 'verdict'>, flows: readonly Flow[], latest: Flow): PopupView {
  const { captured, told, before, chosen, now } = input;
  const shown = before?.state === 'flow' && before.tab === frame.tab ? before.flow : null;
  const byKey = (key: string | null): Flow | undefined => flows.find((flow) => flowKey(flow) === key);
  const judged = judgedAs(captured, byKey(chosen) ?? byKey(shown) ?? latest, input);
  const { analysis, flow } = judged;
  const progress = progressOf(flow, now);
  const report = reportOf(input, judged, progress, { addressOnly: flow.alone, offer: frame.offer });
  const choices = flows.map((other) => choiceOf(judgedAs(captured, other, input), now));
  const time = flowTime(flow);
  return {
    ...frame,
    state: 'flow',
    flow: flowKey(flow),
    progress,
    steps: stepViews(analysis, flow, progress),
    report,
    client: clientSwitch(captured, flow, told.get(clientKey(flow)) ?? 'unknown'),
    flows: choices,
    newer: flow.id === latest.id || shown === null ? null : (choices[0] ?? null),
    verdict: verdict(
      `${flowName(flow)}: ${outcomeOf(report, progress)}`,
      [...detailOf(report, judged, progress), ...elsewhere(choices, flowKey(flow))],
      time === null ? null : timeView(time, now),
    ),
  };
}

/** The badge counts the whole tab; what of it is not on the screen is said. */
function elsewhere(choices: readonly FlowChoice[], shown: string): readonly Text[] {
  const count = choices.reduce((sum, choice) => (choice.key === shown ? sum : sum + choice.problems), 0);
  return count === 0 ? [] : [richText(words.counts.elsewhere(count))];
}

function outcomeOf({ findings, passed }: ReportView, progress: Progress): string {
  const w = words.outcome;
  const bad = problems(findings);
  if (progress === 'running') return bad > 0 ? w.runningWith(bad) : w.running;
  if (bad > 0) return w.problems(bad);
  if (progress === 'stopped') return w.refused;
  if (progress === 'unfinished') return w.unfinished;
  return passed.length > 0 ? w.clean : w.undecided;
}

function detailOf(report: ReportView, { flow, muted }: Judged, progress: Progress): readonly Text[] {
  const w = words.counts;
  const later = report.unjudged.find((group) => group.id === 'later')?.items.length ?? 0;
  const unjudged = unjudgedCount(report) - later;
  const counts = [w.passed(report.passed.length)];
  if (later > 0) counts.push(w.later(later));
  if (unjudged > 0) counts.push(w.cannotTell(unjudged));
  if (muted > 0) counts.push(w.muted(muted));
  if (report.failedChecks.length > 0) counts.push(w.failedChecks(report.failedChecks.length));
  const sentences = [richText(words.sentence(counts))];
  if (progress === 'stopped') sentences.unshift(richText(words.refused(visible(errorOf(flow) ?? '', 60))));
  return sentences;
}

function reportOf(
  input: PopupInput,
  { analysis, flow }: Judged,
  progress: Progress,
  { addressOnly, offer }: { readonly addressOnly: boolean; readonly offer: SitesView | null },
): ReportView {
  const rules = rulesById(input.rules);
  const known = serverOrigins(flow).filter((origin) => input.unwatched.has(origin));
  const checks = checksView(analysis, flow, rules, {
    addressOnly,
    progress,
    flow,
    watchingAll: input.watching === 'all',
    watchable: input.watching === 'all' ? null : (sites(known) ?? (addressOnly ? offer : null)),
  });
  const findings = findingViews(analysis, flow, rules);
  const { before } = input;
  const reading =
    before !== null && before.state === 'flow' && before.flow === flowKey(flow)
      ? before.report.findings.map((finding) => finding.key)
      : [];
  return { ...checks, findings: inReadingOrder(findings, reading) };
}

function choiceOf({ analysis, flow }: Judged, now: number): FlowChoice {
  const time = flowTime(flow);
  const findings = findingsOf(analysis, flow);
  const severity = worst(findings.map((finding) => finding.severity));
  return {
    key: flowKey(flow),
    name: flowName(flow),
    time: time === null ? null : timeView(time, now),
    mark: severity ?? (progressOf(flow, now) === 'running' ? 'running' : 'pass'),
    problems: problems(findings.filter((finding) => finding.parent === null)),
  };
}
