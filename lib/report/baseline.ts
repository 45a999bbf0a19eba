import { isRecord, wordOf } from '../http/params.ts';
import { SEVERITIES, type Severity } from '../model/rule.ts';
import { atLeast, type Report, type ReportFinding, type Tool } from './report.ts';

/** Findings that are known and accepted: only what is new, or worse than it was, counts against them. */
export interface Baseline {
  /** The worst severity that is known of each `key`. */
  readonly severities: ReadonlyMap<string, Severity>;
}

/** One line of a baseline file. */
interface BaselineFinding {
  readonly key: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly title: string;
}

/**
 * The findings of a report as a baseline file: JSON, each key once, in an order that changes little, so that a
 * difference between two versions of the file is one that a person can review. It holds no secret.
 */
export function baselineFile(report: Report): string {
  const findings = new Map<string, BaselineFinding>();
  for (const { key, rule, severity, title } of report.findings) {
    const known = findings.get(key);
    if (known === undefined || !atLeast(known.severity, severity)) findings.set(key, { key, rule, severity, title });
  }
  const { tool } = report;
  const sorted = [...findings.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return `${JSON.stringify({ schema: 1, tool: tool satisfies Tool, findings: sorted }, null, 2)}\n`;
}

/**
 * Reads a baseline file; a report of `--format json` has the same members and serves as well.
 *
 * @returns text: what is wrong and where.
 */
export function readBaseline(text: string): Baseline | string {
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return 'not JSON; expected a file written by --write-baseline';
  }
  const findings = isRecord(file) ? file['findings'] : undefined;
  if (!isRecord(file) || !Array.isArray(findings))
    return 'no list "findings"; expected a file written by --write-baseline';
  if (file['schema'] !== 1)
    return `"schema" is ${'schema' in file ? wordOf(file['schema']).slice(0, 40) : 'missing'}; this version reads 1`;
  const severities = new Map<string, Severity>();
  for (const [index, finding] of findings.entries()) {
    const key = isRecord(finding) ? finding['key'] : undefined;
    if (typeof key !== 'string') return `"findings[${index}].key" is not a text`;
    const severity = SEVERITIES.find((one) => isRecord(finding) && finding['severity'] === one);
    if (severity === undefined) return `"findings[${index}].severity" is not one of ${SEVERITIES.join(', ')}`;
    const known = severities.get(key);
    if (known === undefined || !atLeast(known, severity)) severities.set(key, severity);
  }
  return { severities };
}

/** The report with each finding marked that the baseline knows at this severity or a worse one. */
export function compareWithBaseline(report: Report, { severities }: Baseline): Report {
  const isKnown = ({ key, severity }: ReportFinding): boolean => {
    const known = severities.get(key);
    return known !== undefined && atLeast(known, severity);
  };
  return { ...report, findings: report.findings.map((finding) => ({ ...finding, inBaseline: isKnown(finding) })) };
}
