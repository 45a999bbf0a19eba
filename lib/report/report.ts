import { endpointOf } from '../http/endpoint.ts';
import type { Analysis, Finding, FindingEvidence, Verdict } from '../model/analysis.ts';
import type { ClientTypeFact, Grant } from '../model/flow.ts';
import type { MessageKind, OAuthMessage } from '../model/message.ts';
import type { Observation, SourcePlace, StorageArea } from '../model/observation.ts';
import { type Confidence, type EvidencePlace, type Need, SEVERITIES, type Severity } from '../model/rule.ts';
import type { ProfileName } from '../rules/profiles.ts';

/** What the report names itself. */
export interface Tool {
  readonly name: string;
  readonly version: string;
}

/** One input, and what of it could not be read. */
export interface ReportSource {
  readonly file: string;
  /** Every entry or line, usable or not. */
  readonly entries: number;
  readonly errors: readonly { readonly entry?: number; readonly line?: number; readonly message: string }[];
  /** What its clients were held against; absent where that is not known, as of an old redacted file. */
  readonly profile?: ProfileName;
  /** What one has to know of the input to read the report right: what was cut, what changed the page. Sentences. */
  readonly remarks?: readonly string[];
}

export interface ReportMessage {
  /** Index into `sources`. */
  readonly source: number;
  /** From 0. */
  readonly entry: number;
  /** Label that the input gave. */
  readonly id?: string;
  readonly at: OAuthMessage['at'];
  readonly kind: MessageKind;
  /** Host that the message went to. */
  readonly host: string;
  readonly provider: string | null;
  /** `id` of the flow. */
  readonly flow: string | null;
}

export interface ReportFlow {
  readonly id: string;
  readonly grant: Grant;
  readonly provider: string | null;
  readonly issuer: string | null;
  readonly clientId: string | null;
  /** What the client was taken for, and by which evidence; `told` is a person's own word. */
  readonly clientType: ClientTypeFact;
  /** Indexes into `messages`. */
  readonly messages: readonly number[];
}

export interface ReportEvidence {
  /** Index into `messages`; `null` in storage, in page code and in a request that is no message of OAuth. */
  readonly message: number | null;
  /** Where that is; only without a message. */
  readonly of?: ReportPlace;
  readonly where: EvidencePlace;
  readonly name: string;
  /** Masked. */
  readonly value?: string;
  readonly note?: string;
}

/** A part of a page, or a request that is no message of OAuth. */
export interface ReportPlace {
  readonly source: number;
  readonly entry: number;
  readonly id?: string;
  readonly is: Observation['is'];
  /** Address without its parameters, or the origin of storage. */
  readonly url: string;
  /** Of storage. */
  readonly area?: StorageArea;
  /** Of a text of a page: place from 1, what stands around the value (masked), and its place in the original source. */
  readonly line?: number;
  readonly column?: number;
  readonly context?: string;
  readonly mapped?: { readonly file: string; readonly line: number; readonly column: number };
}

export interface ReportFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly flow: string | null;
  readonly source: number;
  readonly entry: number;
  readonly id?: string;
  readonly key: string;
  readonly parent: string | null;
  readonly title: string;
  readonly summary: string;
  readonly why: string;
  readonly fix: string;
  readonly evidence: readonly ReportEvidence[];
  /** Whether the baseline knows it; absent where there is none. */
  readonly inBaseline?: boolean;
}

export interface ReportVerdict {
  readonly rule: string;
  /** `null`: of all that was observed together in one trace. */
  readonly flow: string | null;
  /** Index into `sources` of what was judged. */
  readonly source: number;
  readonly is: Verdict['is'];
  /** What a rule would have had to see. */
  readonly missing?: readonly Need[];
  /** Why a rule stopped with an error. */
  readonly message?: string;
}

/** The report as data: what `--format json` prints and what the other formats are made from. It holds no secret. */
export interface Report {
  readonly schema: 1;
  readonly tool: Tool;
  readonly sources: readonly ReportSource[];
  readonly messages: readonly ReportMessage[];
  readonly flows: readonly ReportFlow[];
  /** Worst first; a finding that another one explains stands behind it. */
  readonly findings: readonly ReportFinding[];
  readonly verdicts: Readonly<Record<Verdict['is'], number>>;
  readonly verdictList: readonly ReportVerdict[];
  /** The redacted traffic itself, as HAR 1.2, in a report that is to be opened again. */
  readonly capture?: object;
}

export function makeReport(tool: Tool, sources: readonly ReportSource[], analysis: Analysis): Report {
  const flowOf = new Map<number, string>();
  for (const flow of analysis.flows) for (const message of flow.messages) flowOf.set(message.index, flow.id);
  const verdicts = { pass: 0, fail: 0, cannotTell: 0, notApplicable: 0, error: 0 };
  for (const verdict of analysis.verdicts) verdicts[verdict.is] += 1;
  return {
    schema: 1,
    tool,
    sources,
    messages: analysis.messages.map((message) => ({
      source: message.exchange.source.source,
      entry: message.exchange.source.entry,
      ...idOf(message.exchange.source),
      at: message.at,
      kind: message.kind,
      host: message.endpoint.host,
      provider: message.provider?.id ?? null,
      flow: flowOf.get(message.index) ?? null,
    })),
    flows: analysis.flows.map((flow) => ({
      id: flow.id,
      grant: flow.grant,
      provider: flow.provider?.id ?? null,
      issuer: flow.issuer,
      clientId: flow.clientId,
      clientType: flow.clientType,
      messages: flow.messages.map((message) => message.index),
    })),
    findings: analysis.findings.map((finding) => reportFinding(finding, analysis)),
    verdicts,
    verdictList: reportVerdicts(analysis),
  };
}

function reportFinding(finding: Finding, analysis: Analysis): ReportFinding {
  const [first] = finding.evidence;
  const place = analysis.observations[first.observation]?.source;
  return {
    rule: finding.rule,
    severity: finding.severity,
    confidence: finding.confidence,
    flow: finding.flow,
    source: place?.source ?? 0,
    entry: place?.entry ?? 0,
    ...idOf(place),
    key: finding.key,
    parent: finding.parent,
    title: finding.title,
    summary: finding.summary,
    why: finding.why,
    fix: finding.fix,
    evidence: finding.evidence.map((evidence) => reportEvidence(evidence, analysis)),
  };
}

function reportEvidence(evidence: FindingEvidence, analysis: Analysis): ReportEvidence {
  const { message, where, name, value, note } = evidence;
  const of = message === null ? placeOf(evidence, analysis) : null;
  return {
    message,
    ...(of === null ? {} : { of }),
    where,
    name,
    ...(value === undefined ? {} : { value }),
    ...(note === undefined ? {} : { note }),
  };
}

function placeOf({ observation, code }: FindingEvidence, analysis: Analysis): ReportPlace | null {
  const seen = analysis.observations[observation];
  if (seen === undefined) return null;
  const address = seen.is === 'exchange' ? seen.request.url : seen.is === 'storage' ? seen.origin : seen.url;
  return {
    source: seen.source.source,
    entry: seen.source.entry,
    ...idOf(seen.source),
    is: seen.is,
    url: endpointOf(address)?.url ?? '',
    ...(seen.is === 'storage' ? { area: seen.area } : {}),
    ...(code === undefined ? {} : { line: code.line, column: code.column, context: code.context }),
    ...(code?.mapped === undefined ? {} : { mapped: code.mapped }),
  };
}

function reportVerdicts(analysis: Analysis): ReportVerdict[] {
  const sources = new Map<string, number>();
  for (const { trace, source } of analysis.observations) if (!sources.has(trace)) sources.set(trace, source.source);
  return analysis.verdicts.map((verdict) => {
    const { rule, flow, trace, is } = verdict;
    const common = { rule, flow, source: sources.get(trace) ?? 0, is };
    if (verdict.is === 'cannotTell') return { ...common, missing: verdict.missing };
    return verdict.is === 'error' ? { ...common, message: verdict.message } : common;
  });
}

function idOf(place: SourcePlace | undefined): { id?: string } {
  return place?.id === undefined ? {} : { id: place.id };
}

/** Findings that no other one explains: the ones that count. */
export function rootFindings(report: Report): readonly ReportFinding[] {
  return report.findings.filter((finding) => finding.parent === null);
}

/** Whether a severity is at or above a threshold. */
export function atLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold);
}
