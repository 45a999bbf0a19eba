import type { Flow } from '../model/flow.ts';
import { SEVERITIES, type Severity } from '../model/rule.ts';
import { findingsOf } from './findings.ts';
import { clientHost, type FlowKind, flowKind, kindWords } from './flow-kind.ts';
import { flowKey, flowTime, leadingFlows, serverHost } from './flows.ts';
import { type InspectorData, type Judged, judgedFlow } from './inspector-model.ts';
import { type Mark, worst } from './mark.ts';
import { progressOf } from './steps.ts';
import { visible } from './text.ts';
import { timeView } from './time.ts';
import { diagramWords } from './words-diagram.ts';

export interface FlowFilter {
  /** Words that must all occur, whatever the case. */
  readonly query: string;
  /** Only flows that lead to something: no metadata, keys and calls on their own. */
  readonly protocolOnly: boolean;
  /** At least this bad. */
  readonly severity: Severity | null;
  readonly kind: FlowKind | null;
}

export const NO_FILTER: FlowFilter = { query: '', protocolOnly: true, severity: null, kind: null };

export interface FlowItem {
  readonly is: 'flow';
  readonly key: string;
  readonly mark: Mark;
  readonly server: string;
  /** `Code with PKCE, web-portal` */
  readonly what: string;
  /** `10:42`; empty where the source has no clock. */
  readonly clock: string;
  /** The moment exactly. */
  readonly exact: string;
}

export type FlowListRow = FlowItem | { readonly is: 'group'; readonly key: string; readonly label: string };

export interface FlowListView {
  /** Groups by client, the latest first; within, the latest first. */
  readonly rows: readonly FlowListRow[];
  readonly shown: number;
  /** All flows of the source, whatever the filter. */
  readonly all: number;
  readonly messages: number;
  /** Kinds that occur, for the filter. */
  readonly kinds: readonly FlowKind[];
}

/** The flows of a source, as far as the filter lets them through. */
export function flowList(data: InspectorData, filter: FlowFilter): FlowListView {
  const leading = leadingFlows(data.analysis);
  const all = filter.protocolOnly ? leading : [...new Set([...leading, ...data.analysis.flows])];
  const wanted = filter.query.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, FlowListRow[]>();
  let shown = 0;
  for (const flow of all) {
    const judged = judgedFlow(data, flow);
    if (!passes(judged, filter, wanted)) continue;
    shown += 1;
    const group = groupOf(flow);
    const rows = groups.get(group) ?? [{ is: 'group', key: `group:${group}`, label: group }];
    rows.push(flowItem(judged, data));
    groups.set(group, rows);
  }
  const { runs, elsewhere } = diagramWords.list;
  const last = (label: string): number => (label === runs ? 2 : label === elsewhere ? 1 : 0);
  const ordered = [...groups].toSorted(([a], [b]) => last(a) - last(b));
  return {
    rows: ordered.flatMap(([, rows]) => rows),
    shown,
    all: data.analysis.flows.length,
    messages: data.analysis.messages.length,
    kinds: [...new Set(all.map(flowKind))],
  };
}

function groupOf(flow: Flow): string {
  const { runs, elsewhere } = diagramWords.list;
  if (flow.messages[0]?.exchange.capture === 'run') return runs;
  return clientHost(flow) ?? elsewhere;
}

/** Made when it is first read: of a long list few rows are on screen. */
function flowItem(of: Judged, data: InspectorData): FlowItem {
  let made: FlowItem | null = null;
  const item = (): FlowItem => {
    made ??= madeItem(of, data);
    return made;
  };
  return {
    is: 'flow',
    key: flowKey(of.flow),
    get mark() {
      return item().mark;
    },
    get server() {
      return item().server;
    },
    get what() {
      return item().what;
    },
    get clock() {
      return item().clock;
    },
    get exact() {
      return item().exact;
    },
  };
}

function madeItem({ analysis, flow }: Judged, { judged, now }: InspectorData): FlowItem {
  const severity = worst(findingsOf(analysis, flow).map((finding) => finding.severity));
  const progress = progressOf(flow, now);
  const time = flowTime(flow);
  const moment = time === null ? null : timeView(time, now);
  const client = flow.clientId === null ? [] : [visible(flow.clientId, 120)];
  return {
    is: 'flow',
    key: flowKey(flow),
    mark: judged ? markOf(severity, progress) : 'notYet',
    server: serverHost(flow),
    what: [kindWords(flow), ...client].join(', '),
    clock: moment === null ? '' : (/\d\d:\d\d/.exec(moment.exact)?.[0] ?? ''),
    exact: moment?.exact ?? '',
  };
}

function markOf(severity: Severity | null, progress: ReturnType<typeof progressOf>): Mark {
  if (severity !== null && severity !== 'info') return severity;
  if (progress === 'running' || progress === 'stopped') return progress;
  return severity ?? 'pass';
}

function passes(judged: Judged, { severity, kind }: FlowFilter, wanted: readonly string[]): boolean {
  const { analysis, flow } = judged;
  if (kind !== null && flowKind(flow) !== kind) return false;
  if (severity !== null) {
    const found = worst(findingsOf(analysis, flow).map((finding) => finding.severity));
    if (found === null || SEVERITIES.indexOf(found) > SEVERITIES.indexOf(severity)) return false;
  }
  if (wanted.length === 0) return true;
  const text = searchTextOf(judged);
  return wanted.every((word) => text.includes(word));
}

/** Texts are made once for each flow; an analysis makes new flows. */
const texts = new WeakMap<Flow, string>();

/** Hosts, client, kind, names of parameters, and what was found; no values of parameters. */
function searchTextOf({ analysis, flow }: Judged): string {
  const known = texts.get(flow);
  if (known !== undefined) return known;
  const text = [
    serverHost(flow),
    clientHost(flow),
    flow.clientId,
    kindWords(flow),
    ...new Set(
      flow.messages.flatMap(({ kind, endpoint, params }) => [
        kind,
        endpoint.host,
        endpoint.path,
        ...params.map(({ name }) => name),
      ]),
    ),
    ...findingsOf(analysis, flow).flatMap(({ rule, title, severity }) => [rule, title, severity]),
  ]
    .join('\n')
    .toLowerCase();
  texts.set(flow, text);
  return text;
}
