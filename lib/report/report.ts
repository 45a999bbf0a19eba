import type { Analysis, Finding, Verdict } from '../model/analysis.ts';
import type { Grant } from '../model/flow.ts';
import type { MessageKind, OAuthMessage } from '../model/message.ts';
import { type Confidence, type EvidencePlace, type Need, SEVERITIES, type Severity } from '../model/rule.ts';

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
  /** Indexes into `messages`. */
  readonly messages: readonly number[];
}

export interface ReportEvidence {
  /** Index into `messages`. */
  readonly message: number;
  readonly where: EvidencePlace;
  readonly name: string;
  /** Masked. */
  readonly value?: string;
  readonly note?: string;
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
}

export interface ReportVerdict {
  readonly rule: string;
  readonly flow: string | null;
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
      ...idOf(message),
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
      messages: flow.messages.map((message) => message.index),
    })),
    findings: analysis.findings.map((finding) => reportFinding(finding, analysis)),
    verdicts,
    verdictList: analysis.verdicts.map(reportVerdict),
  };
}

function reportFinding(finding: Finding, analysis: Analysis): ReportFinding {
  const message = analysis.messages[finding.message];
  return {
    rule: finding.rule,
    severity: finding.severity,
    confidence: finding.confidence,
    flow: finding.flow,
    source: message?.exchange.source.source ?? 0,
    entry: message?.exchange.source.entry ?? 0,
    ...(message ? idOf(message) : {}),
    key: finding.key,
    parent: finding.parent,
    title: finding.title,
    summary: finding.summary,
    why: finding.why,
    fix: finding.fix,
    evidence: finding.evidence.map(({ message, where, name, value, note }) => ({
      message,
      where,
      name,
      ...(value === undefined ? {} : { value }),
      ...(note === undefined ? {} : { note }),
    })),
  };
}

function reportVerdict(verdict: Verdict): ReportVerdict {
  const { rule, flow, is } = verdict;
  if (verdict.is === 'cannotTell') return { rule, flow, is, missing: verdict.missing };
  if (verdict.is === 'error') return { rule, flow, is, message: verdict.message };
  return { rule, flow, is };
}

function idOf(message: OAuthMessage): { id?: string } {
  const { id } = message.exchange.source;
  return id === undefined ? {} : { id };
}

/** Findings that no other one explains: the ones that count. */
export function rootFindings(report: Report): readonly ReportFinding[] {
  return report.findings.filter((finding) => finding.parent === null);
}

/** Whether a severity is at or above a threshold. */
export function atLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold);
}
