import type { Report } from './report.ts';

/** The report as JSON text; `verdictList` only where asked for, because it has a line for every rule and flow. */
export function jsonReport(report: Report, options: { readonly verdicts: boolean }): string {
  const { verdictList, ...rest } = report;
  return `${JSON.stringify(options.verdicts ? { ...rest, verdictList } : rest, null, 2)}\n`;
}
