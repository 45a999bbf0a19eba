import { type ChecksView, unjudgedCount } from './checks.ts';
import { type FindingView, searchText } from './findings.ts';
import { plainText, type Text } from './text.ts';

export interface SearchResult extends ChecksView {
  readonly findings: readonly FindingView[];
  readonly count: number;
}

/** The rows that hold every word of the query, in any order, whatever the case. */
export function searchReport(
  report: ChecksView & { readonly findings: readonly FindingView[] },
  query: string,
): SearchResult {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (text: string): boolean => wanted.every((word) => text.includes(word));
  const row = ({ rule, subject }: { readonly rule: string; readonly subject: Text }): boolean =>
    matches(`${rule}\n${plainText(subject)}`.toLowerCase());
  const result = {
    findings: report.findings.filter((finding) => matches(searchText(finding))),
    passed: report.passed.filter(row),
    failedChecks: report.failedChecks.filter(row),
    unjudged: report.unjudged
      .map((group) => ({ ...group, items: group.items.filter(row) }))
      .filter((group) => group.items.length > 0),
  };
  return {
    ...result,
    count: result.findings.length + result.passed.length + result.failedChecks.length + unjudgedCount(result),
  };
}
