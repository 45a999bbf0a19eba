import type { Log, Notification, ReportingDescriptor, Result } from 'sarif';
import type { Reference, RuleMeta, Severity } from '../model/rule.ts';
import { printable } from './printable.ts';
import type { Report, ReportEvidence, ReportFinding, ReportSource } from './report.ts';
import { evidenceText } from './text.ts';

export interface SarifOptions {
  readonly rules: readonly RuleMeta[];
  readonly specUrl: (reference: Reference) => string | null;
}

const LEVELS = { high: 'error', medium: 'warning', low: 'note', info: 'note' } as const satisfies Record<
  Severity,
  Result.level
>;

/** `security-severity` of code scanning services, on the scale of CVSS. */
const SCORES: Readonly<Record<Severity, string>> = { high: '8.0', medium: '5.5', low: '3.0', info: '0.0' };

/**
 * The report as SARIF 2.1.0. A finding that another one explains is left out: one cause, one result. The place of a
 * result is its entry, as a logical location: a line number of a HAR means nothing to a person.
 */
export function sarifReport(report: Report, options: SarifOptions): string {
  const rules = options.rules.map((rule) => descriptor(rule, options));
  const ruleIndex = new Map(rules.map((rule, index) => [rule.id, index]));
  const log: Log = {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: { driver: { name: report.tool.name, version: report.tool.version, rules } },
        artifacts: report.sources.map(({ file, profile }) => ({
          location: { uri: fileUri(file) },
          ...(profile === undefined ? {} : { properties: { profile } }),
        })),
        invocations: [
          {
            executionSuccessful: report.sources.every((source) => source.errors.every((error) => isPart(error))),
            toolExecutionNotifications: report.sources.flatMap((source, index) => [
              ...source.errors.map((error) => notification(source, index, error)),
              ...(source.remarks ?? []).map((message) => ({
                ...notification(source, index, { message }),
                level: 'note' as const,
              })),
            ]),
          },
        ],
        results: report.findings
          .filter((finding) => finding.parent === null)
          .map((finding) => result(report, finding, ruleIndex.get(finding.rule))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

type SourceError = ReportSource['errors'][number];

/** An error of one entry; without an entry the whole input could not be used. */
function isPart(error: SourceError): boolean {
  return error.entry !== undefined;
}

function descriptor(rule: RuleMeta, options: SarifOptions): ReportingDescriptor {
  const [reference] = rule.references;
  const url = reference === undefined ? null : options.specUrl(reference);
  return {
    id: rule.id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text: rule.fix },
    ...(url === null ? {} : { helpUri: url }),
    defaultConfiguration: { level: LEVELS[rule.severity] },
    properties: {
      'security-severity': SCORES[rule.severity],
      tags: ['security', 'oauth', ...(rule.asvs ?? []).map((id) => `asvs-5.0/${id}`)],
    },
  };
}

function result(report: Report, finding: ReportFinding, ruleIndex: number | undefined): Result {
  const flow = report.flows.find(({ id }) => id === finding.flow);
  return {
    ruleId: finding.rule,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVELS[finding.severity],
    message: { text: `${finding.title}. ${finding.summary} ${finding.fix}` },
    locations: finding.evidence.map((evidence) => location(report, finding, evidence)),
    partialFingerprints: { 'findingKey/v1': finding.key },
    ...(finding.inBaseline === undefined ? {} : { baselineState: finding.inBaseline ? 'unchanged' : 'new' }),
    properties: {
      severity: finding.severity,
      confidence: finding.confidence,
      ...(finding.flow === null ? {} : { flow: finding.flow }),
      ...(flow === undefined ? {} : { clientType: flow.clientType }),
    },
  };
}

function location(
  report: Report,
  finding: ReportFinding,
  evidence: ReportEvidence,
): NonNullable<Result['locations']>[number] {
  const message = evidence.message === null ? undefined : report.messages[evidence.message];
  const { of } = evidence;
  const source = message?.source ?? of?.source ?? finding.source;
  const entry = message?.entry ?? of?.entry ?? finding.entry;
  return {
    physicalLocation:
      of?.line === undefined || of.column === undefined
        ? { artifactLocation: { uri: fileUri(report.sources[source]?.file ?? '-'), index: source } }
        : { artifactLocation: { uri: of.url }, region: { startLine: of.line, startColumn: of.column } },
    logicalLocations: [{ fullyQualifiedName: `log.entries[${entry}]`, kind: 'object' }],
    message: { text: evidenceText(report, evidence) },
  };
}

function notification(source: ReportSource, index: number, error: SourceError): Notification {
  return {
    level: isPart(error) ? 'warning' : 'error',
    message: { text: printable(error.message) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: fileUri(source.file), index },
          ...(error.line === undefined ? {} : { region: { startLine: error.line } }),
        },
        ...(error.entry === undefined
          ? {}
          : { logicalLocations: [{ fullyQualifiedName: `log.entries[${error.entry}]` }] }),
      },
    ],
  };
}

/** A relative or absolute path as a URI reference (RFC 3986 §4.2); separators stay. */
function fileUri(file: string): string {
  const uri = file
    .replace(/\\/g, '/')
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
  return uri.startsWith('/') ? `file://${uri}` : uri;
}
