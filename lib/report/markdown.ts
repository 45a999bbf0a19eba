import { printable } from './printable.ts';
import type { Report, ReportFinding, ReportSource } from './report.ts';
import { type SourceSummary, summarise } from './summary.ts';
import { evidenceText, placeText, SHAPES, type TextOptions } from './text.ts';

/** The report as Markdown, to paste into an issue tracker. */
export function markdownReport(report: Report, options: Pick<TextOptions, 'rules' | 'specUrl'>): string {
  const parts = summarise(report).map((summary) => sourceMarkdown(report, summary, options));
  return `${['# OAuth report', ...parts, `Made with ${report.tool.name} ${report.tool.version}. Values are masked.`].join('\n\n')}\n`;
}

function sourceMarkdown(
  report: Report,
  summary: SourceSummary,
  options: Pick<TextOptions, 'rules' | 'specUrl'>,
): string {
  const parts = [`## ${escapeMarkdown(summary.source.file)}`, escapeMarkdown(summary.sentence)];
  for (const remark of summary.source.remarks ?? []) parts.push(escapeMarkdown(remark));
  const errors = errorList(summary.source);
  if (errors !== '') parts.push(errors);
  for (const { finding, children } of summary.findings) {
    parts.push(findingMarkdown(report, finding, children, options));
  }
  if (summary.failedChecks.length > 0) {
    const rules = new Set(summary.failedChecks.map((verdict) => `- \`${verdict.rule}\``));
    parts.push(`### Stopped with an error\n\n${[...rules].join('\n')}`);
  }
  if (summary.unjudged.length > 0) {
    const subjects = new Map(options.rules.map((rule) => [rule.id, rule.subject]));
    const rows = summary.unjudged.map(({ rule, missing }) => {
      return `- ${escapeMarkdown(subjects.get(rule) ?? rule)}: needs ${missing.join(', ') || 'more'}`;
    });
    parts.push(`### Could not be judged\n\n${rows.join('\n')}`);
  }
  return parts.join('\n\n');
}

function errorList(source: ReportSource): string {
  return source.errors.map((error) => `- Not read: ${placeText(error)}${escapeMarkdown(error.message)}`).join('\n');
}

function findingMarkdown(
  report: Report,
  finding: ReportFinding,
  children: readonly ReportFinding[],
  options: Pick<TextOptions, 'rules' | 'specUrl'>,
): string {
  const rule = options.rules.find(({ id }) => id === finding.rule);
  const sections = (rule?.references ?? []).map((reference) => {
    const url = options.specUrl(reference);
    const name = `${reference.spec} ${reference.section}`;
    return url === null ? name : `[${name}](${url})`;
  });
  return [
    `### ${SHAPES[finding.severity]} ${escapeMarkdown(finding.title)} (${finding.severity})`,
    escapeMarkdown(finding.summary),
    [
      ...finding.evidence.map((evidence) => `- **Seen**: ${escapeMarkdown(evidenceText(report, evidence))}`),
      `- **Why**: ${escapeMarkdown(finding.why)}`,
      `- **Fix**: ${escapeMarkdown(finding.fix)}`,
      ...(sections.length > 0 ? [`- **Section**: ${sections.join(', ')}`] : []),
      `- **Rule**: \`${finding.rule}\`, confidence ${finding.confidence}`,
      ...(finding.inBaseline ? ['- **Known**: in the baseline, does not count'] : []),
      ...children.map((child) => `- **Goes away with it**: ${escapeMarkdown(child.title)} (\`${child.rule}\`)`),
    ].join('\n'),
  ].join('\n\n');
}

/**
 * Text for Markdown. Every character that Markdown or HTML would act on is escaped, because text of a capture must not
 * become a link, an image or a mention. Code spans stay where their content is harmless without the span, too.
 */
function escapeMarkdown(text: string): string {
  const parts = printable(text).split(/`([\w=.,:;…•-]+)`/);
  return parts.map((part, n) => (n % 2 === 1 ? `\`${part}\`` : escapePlain(part))).join('');
}

function escapePlain(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+!|~-]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/@/g, '&#64;')
    .replace(/:\/\//g, ':&#8203;//');
}
