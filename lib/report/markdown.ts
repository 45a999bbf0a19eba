import { printable } from './printable.ts';
import type { Report, ReportSource } from './report.ts';
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
  if (summary.under !== '') parts.push(escapeMarkdown(summary.under));
  for (const remark of summary.source.remarks ?? []) parts.push(escapeMarkdown(remark));
  const errors = errorList(summary.source);
  if (errors !== '') parts.push(errors);
  for (const alike of Map.groupBy(summary.findings, saysOf).values()) {
    parts.push(findingMarkdown(report, alike, options));
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
    if (summary.howToSee !== '') parts.push(escapeMarkdown(summary.howToSee));
  }
  return parts.join('\n\n');
}

function errorList(source: ReportSource): string {
  return source.errors.map((error) => `- Not read: ${placeText(error)}${escapeMarkdown(error.message)}`).join('\n');
}

/** Findings of several flows that say the same are told once, with each place. */
function saysOf({ finding }: SourceSummary['findings'][number]): string {
  const { rule, severity, confidence, title, summary, fix, inBaseline } = finding;
  return JSON.stringify([rule, severity, confidence, title, summary, fix, inBaseline]);
}

function findingMarkdown(
  report: Report,
  alike: SourceSummary['findings'],
  options: Pick<TextOptions, 'rules' | 'specUrl'>,
): string {
  const [first] = alike;
  if (first === undefined) return '';
  const { finding } = first;
  const evidence = alike.flatMap((one) => one.finding.evidence);
  const children = new Map(
    alike.flatMap((one) => one.children.map((child) => [`${child.rule} ${child.title}`, child])),
  );
  const times = alike.length === 1 ? '' : `, ${alike.length} times`;
  const rule = options.rules.find(({ id }) => id === finding.rule);
  const sections = (rule?.references ?? []).map((reference) => {
    const url = options.specUrl(reference);
    const name = `${reference.spec} ${reference.section}`;
    return url === null ? name : `[${name}](${url})`;
  });
  return [
    `### ${SHAPES[finding.severity]} ${escapeMarkdown(finding.title)} (${finding.severity}${times})`,
    escapeMarkdown(finding.summary),
    [
      ...evidence.map((one) => `- **Seen**: ${escapeMarkdown(evidenceText(report, one))}`),
      `- **Why**: ${escapeMarkdown(finding.why)}`,
      `- **Fix**: ${escapeMarkdown(finding.fix)}`,
      ...(sections.length > 0 ? [`- **Section**: ${sections.join(', ')}`] : []),
      `- **Rule**: \`${finding.rule}\`, confidence ${finding.confidence}`,
      ...(finding.inBaseline ? ['- **Known**: in the baseline, does not count'] : []),
      ...[...children.values()].map(
        (child) => `- **Goes away with it**: ${escapeMarkdown(child.title)} (\`${child.rule}\`)`,
      ),
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
