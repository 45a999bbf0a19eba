import type { Flow } from '../model/flow.ts';
import { SEVERITIES, type Severity } from '../model/rule.ts';
import { type ChecksView, checksView } from './checks.ts';
import { type ClientSwitch, clientSwitch } from './client-type.ts';
import { arrowOfMessage, type DiagramView, diagramView } from './diagram.ts';
import { type FindingView, findingsOf, findingTrees, findingViews } from './findings.ts';
import { clientHost, kindWords } from './flow-kind.ts';
import { clientKey, flowKey, flowName, flowTime, serverHost } from './flows.ts';
import { type InspectorData, judgedFlow } from './inspector-model.ts';
import type { Mark } from './mark.ts';
import { type Progress, progressOf } from './steps.ts';
import { richText, type Text, visible } from './text.ts';
import { timeView } from './time.ts';
import { words } from './words.ts';
import { diagramWords } from './words-diagram.ts';

export interface FlowFinding {
  readonly finding: FindingView;
  /** Number and key of the arrow that proves it; `null` where no arrow does. */
  readonly arrow: { readonly number: number; readonly key: string } | null;
}

export interface FlowUnjudged {
  readonly rule: string;
  readonly subject: Text;
  /** What was missing: `Needs the token response` */
  readonly needs: string;
  /** What would show it, in one or two words, and in sentences. */
  readonly shownBy: string;
  readonly how: string;
}

export interface FlowView {
  readonly key: string;
  readonly title: string;
  readonly detail: Text;
  /** The moment exactly. */
  readonly exact: string;
  readonly counts: readonly { readonly mark: Mark; readonly count: number }[];
  readonly diagram: DiagramView;
  /** `false`: the lists below are still empty. */
  readonly judged: boolean;
  readonly findings: readonly FlowFinding[];
  readonly unjudged: readonly FlowUnjudged[];
  readonly checks: ChecksView;
  readonly progress: Progress;
  /** `null` where a word about the client would change nothing. */
  readonly client: ClientSwitch | null;
}

/** The flow with this key, or `null` when it is gone. */
export function flowByKey(data: InspectorData, key: string | null): Flow | null {
  return data.analysis.flows.find((flow) => flowKey(flow) === key) ?? null;
}

/** Causes of a flow that are muted: `data` is `all` without them (`unmutedData`). */
export function mutedIn(all: InspectorData, data: InspectorData, flow: Flow): number {
  const causes = (of: InspectorData): number => {
    const judged = judgedFlow(of, flow);
    return findingTrees(findingsOf(judged.analysis, judged.flow)).length;
  };
  return causes(all) - causes(data);
}

/** Everything about one flow but its messages. */
export function flowView(data: InspectorData, of: Flow, open: ReadonlySet<string>): FlowView {
  const { analysis, flow } = judgedFlow(data, of);
  const diagram = diagramView(analysis, flow, { open, lineage: data.lineage, judged: data.judged });
  const progress = progressOf(flow, data.now);
  const checks = checksView(analysis, flow, data.rules, {
    addressOnly: flow.alone,
    progress,
    flow,
    watchingAll: false,
    watchable: null,
  });
  const findings = findingViews(analysis, flow, data.rules);
  const messageOfKey = new Map(findingsOf(analysis, flow).map((finding) => [finding.key, finding.message]));
  const arrowOf = (key: string): FlowFinding['arrow'] => {
    const arrow = arrowOfMessage(diagram, messageOfKey.get(key) ?? null);
    return arrow === null ? null : { number: arrow.number, key: arrow.key };
  };
  const time = flowTime(flow);
  return {
    key: flowKey(of),
    title: titleOf(flow),
    detail: richText(detailOf(flow, diagram)),
    exact: time === null ? '' : timeView(time, data.now).exact,
    counts: countsOf(findings, checks),
    diagram,
    judged: data.judged,
    findings: findings.map((finding) => ({ finding, arrow: arrowOf(finding.key) })),
    unjudged: checks.unjudged.flatMap((group) =>
      group.items.map(({ rule, subject, missing }) => ({
        rule,
        subject,
        needs: words.unjudged.needs(words.list(missing)),
        shownBy: diagramWords.shownBy[group.id] ?? group.title,
        how: `${group.title}. ${group.text.map(({ text }) => text).join('')}`,
      })),
    ),
    checks,
    progress,
    client: switchOf(data, of),
  };
}

/** A word about the client changes what is judged: both are tried, where nobody said it yet they are not known. */
function switchOf(data: InspectorData, flow: Flow): ClientSwitch | null {
  const told = data.told.get(clientKey(flow));
  const { public: asPublic, confidential } = data.byTold;
  if (asPublic !== undefined && confidential !== undefined) {
    return clientSwitch({ unknown: data.analysis, public: asPublic, confidential }, flow, told ?? 'unknown');
  }
  return null;
}

function titleOf(flow: Flow): string {
  const client = clientHost(flow);
  const signsIn = flow.messages.some(({ kind }) => kind === 'authorizationRequest' || kind === 'authorizationResponse');
  return client === null || !signsIn ? flowName(flow) : diagramWords.title(client, serverHost(flow));
}

function detailOf(flow: Flow, { arrows }: DiagramView): string {
  const w = diagramWords;
  const parts = [kindWords(flow)];
  if (flow.clientId !== null)
    parts.push(w.client[flow.clientType.is](visible(flow.clientId.replaceAll('`', "'"), 120)));
  const time = flowTime(flow);
  const last = Math.max(...flow.messages.map((message) => message.exchange.time ?? Number.NEGATIVE_INFINITY));
  const facts = [
    ...(time === null ? [] : [clockOf(time)]),
    ...(time === null || last === Number.NEGATIVE_INFINITY ? [] : [w.seconds(((last - time) / 1000).toFixed(1))]),
    w.messageCount(arrows.length),
  ];
  return `${parts.join(', ')}. ${facts.join(', ')}.`;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `10:42:07`, local time. */
export function clockOf(time: number): string {
  const at = new Date(time);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function countsOf(findings: readonly FindingView[], checks: ChecksView): FlowView['counts'] {
  const bySeverity = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const unjudged = checks.unjudged.reduce((sum, group) => sum + group.items.length, 0);
  return [
    ...SEVERITIES.map((mark) => ({ mark, count: bySeverity(mark) })),
    { mark: 'pass' as const, count: checks.passed.length },
    { mark: 'cannotTell' as const, count: unjudged },
  ].filter(({ count }) => count > 0);
}
