import type { Need } from '../model/rule.ts';
import { SEVERITIES } from '../model/rule.ts';
import { PROFILE_DATA } from '../rules/profiles.ts';
import { type Report, type ReportFinding, type ReportSource, type ReportVerdict, rootFindings } from './report.ts';

/** A check that could not be judged, over all flows of one input. */
export interface Unjudged {
  readonly rule: string;
  readonly flows: number;
  readonly missing: readonly Need[];
}

/** What a person wants to know of one input, before details. */
export interface SourceSummary {
  readonly source: ReportSource;
  /** The verdict in one sentence or two. */
  readonly sentence: string;
  /** What it was judged under: the profile, and what a person said about clients. Empty where neither is known. */
  readonly under: string;
  /** Worst first, each with those that it explains. */
  readonly findings: readonly { readonly finding: ReportFinding; readonly children: readonly ReportFinding[] }[];
  readonly unjudged: readonly Unjudged[];
  /** How to get what no request shows, where something of it was missing; else empty. */
  readonly howToSee: string;
  readonly failedChecks: readonly ReportVerdict[];
}

/** What pages hold and do is in no HAR. */
const OF_PAGES: ReadonlySet<Need> = new Set<Need>(['page', 'page storage', 'page code']);

const HOW_TO_SEE_PAGES =
  'Page storage and page code: a HAR holds neither. In the extension, Check this page or Record this tab and save the report (JSON); or give JSON Lines with "storage" and "script".';

export function summarise(report: Report): SourceSummary[] {
  return report.sources.map((source, index) => summary(report, source, index));
}

function summary(report: Report, source: ReportSource, index: number): SourceSummary {
  const roots = rootFindings(report).filter((finding) => finding.source === index);
  const findings = roots.map((finding) => ({
    finding,
    children: below(finding, report),
  }));
  const verdicts = report.verdictList.filter((verdict) => verdict.source === index);
  const unjudged = unjudgedOf(verdicts);
  return {
    source,
    sentence: sentenceOf(report, source, index, roots, verdicts),
    under: underOf(report, source, index),
    findings,
    unjudged,
    howToSee: unjudged.some(({ missing }) => missing.some((need) => OF_PAGES.has(need))) ? HOW_TO_SEE_PAGES : '',
    failedChecks: verdicts.filter((verdict) => verdict.is === 'error'),
  };
}

function below(finding: ReportFinding, report: Report): ReportFinding[] {
  const children = report.findings.filter((child) => child.parent === finding.key && child.flow === finding.flow);
  return children.flatMap((child) => [child, ...below(child, report)]);
}

function sentenceOf(
  report: Report,
  source: ReportSource,
  index: number,
  roots: readonly ReportFinding[],
  verdicts: readonly ReportVerdict[],
): string {
  const messages = report.messages.filter((message) => message.source === index);
  if (messages.length === 0 && roots.length === 0) {
    if (source.entries === 0) return 'Nothing could be read.';
    const nothing = `No OAuth message among ${count(source.entries, 'entry', 'entries')}.`;
    return verdicts.some((verdict) => verdict.is === 'pass') ? `${nothing} ${countsOf(verdicts)}` : nothing;
  }
  const requests = messages.filter((message) => message.kind === 'authorizationRequest');
  const hosts = new Set((requests.length > 0 ? requests : messages).map((message) => message.host));
  const [host] = hosts;
  const subject =
    hosts.size === 0
      ? 'What pages store, deliver and send'
      : hosts.size !== 1
        ? `${count(messages.length, 'OAuth message', 'OAuth messages')} with ${hosts.size} hosts`
        : requests.length > 0
          ? `Signing in with ${host}`
          : `OAuth messages of ${host}`;
  const problems = roots.filter((finding) => finding.severity !== 'info').length;
  const notes = roots.length - problems;
  const outcome = problems > 0 ? count(problems, 'problem', 'problems') : 'no problems found';
  const known = roots.filter((finding) => finding.inBaseline).length;
  return [
    `${subject}: ${outcome}${notes > 0 ? ` and ${count(notes, 'note', 'notes')}` : ''}.`,
    ...(known > 0 ? [`${known} in the baseline.`] : []),
    countsOf(verdicts),
  ].join(' ');
}

function underOf(report: Report, { profile }: ReportSource, index: number): string {
  const flows = report.flows.filter(({ messages: [first = -1] }) => report.messages[first]?.source === index);
  const told = flows.filter(({ clientType }) => clientType.because === 'told');
  const types = Map.groupBy(told, ({ clientType }) => clientType.is);
  const clients = [...types].map(([type, of]) => {
    if (of.length === flows.length) return `Clients taken as ${type}, as told.`;
    return `Taken as ${type}, as told: ${[...new Set(of.map(({ clientId }) => clientId ?? 'no client id'))].join(', ')}.`;
  });
  return [...(profile === undefined ? [] : [`Profile: ${PROFILE_DATA[profile].title}.`]), ...clients].join(' ');
}

function countsOf(verdicts: readonly ReportVerdict[]): string {
  const passed = verdicts.filter((verdict) => verdict.is === 'pass').length;
  const cannotTell = verdicts.filter((verdict) => verdict.is === 'cannotTell').length;
  return `${count(passed, 'check', 'checks')} passed, ${cannotTell} could not be judged.`;
}

function unjudgedOf(verdicts: readonly ReportVerdict[]): Unjudged[] {
  const rules = new Map<string, { flows: number; missing: Set<Need> }>();
  for (const { rule, is, missing } of verdicts) {
    if (is !== 'cannotTell') continue;
    const known = rules.get(rule) ?? { flows: 0, missing: new Set<Need>() };
    known.flows += 1;
    for (const need of missing ?? []) known.missing.add(need);
    rules.set(rule, known);
  }
  return [...rules].map(([rule, { flows, missing }]) => ({ rule, flows, missing: [...missing] }));
}

/** `2 high, 1 low`, of the findings that count. */
export function severityCounts(findings: readonly ReportFinding[]): string {
  return SEVERITIES.map((severity) => [severity, findings.filter((f) => f.severity === severity).length] as const)
    .filter(([, n]) => n > 0)
    .map(([severity, n]) => `${n} ${severity}`)
    .join(', ');
}

export function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `authorizationRequest` as words. */
export function kindInWords(kind: string): string {
  return kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
