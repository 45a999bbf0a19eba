import type { StorageArea } from '../model/observation.ts';
import type { Reference, RuleMeta, Severity } from '../model/rule.ts';
import { printable } from './printable.ts';
import {
  type Report,
  type ReportEvidence,
  type ReportFinding,
  type ReportPlace,
  type ReportSource,
  rootFindings,
} from './report.ts';
import { count, kindInWords, type SourceSummary, severityCounts, summarise } from './summary.ts';

export type Style = 'strong' | 'faint' | Severity;

export interface TextOptions {
  /** Columns to wrap at. */
  readonly width: number;
  /** Colours a piece of text; the identity where the output is no terminal. */
  readonly paint: (style: Style, text: string) => string;
  readonly rules: readonly RuleMeta[];
  /** Address of a section of a specification. */
  readonly specUrl: (reference: Reference) => string | null;
}

/** Each severity has a shape of its own, so that colour is never alone. */
export const SHAPES: Readonly<Record<Severity, string>> = { high: '▲', medium: '◆', low: '●', info: '○' };

/** Room for a shape and the longest severity. */
const INDENT = ' '.repeat('◆ medium '.length);

/** More unread entries of one input than this are counted, not listed. */
const MAX_ERRORS = 10;

/** The report for a person at a terminal: for each input the verdict, findings worst first, what could not be judged. */
export function textReport(report: Report, options: TextOptions): string {
  const blocks = summarise(report).map((summary) => sourceText(report, summary, options));
  if (report.sources.length > 1) {
    const counts = severityCounts(rootFindings(report));
    blocks.push([`${count(report.sources.length, 'input', 'inputs')}: ${counts || 'no findings'}.`]);
  }
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function sourceText(report: Report, summary: SourceSummary, options: TextOptions): string[] {
  const { paint } = options;
  const { source } = summary;
  const lines = [
    `${paint('strong', printable(source.file))}${paint('faint', `  ${count(source.entries, 'entry', 'entries')}`)}`,
    ...wrap(summary.sentence, '', options.width),
    ...(summary.under === '' ? [] : wrap(printable(summary.under), '  ', options.width, '    ')),
    ...(source.remarks ?? []).flatMap((remark) => wrap(printable(remark), '  ', options.width, '    ')),
    ...errorLines(source, options),
  ];
  for (const { finding, children } of summary.findings) {
    lines.push('', ...findingLines(report, finding, children, options));
  }
  if (summary.failedChecks.length > 0) {
    const rules = [...new Set(summary.failedChecks.map((verdict) => verdict.rule))].join(', ');
    lines.push('', ...wrap(`Checks that stopped with an error: ${rules}`, '', options.width, '  '));
  }
  if (summary.unjudged.length > 0) {
    lines.push('', paint('strong', '◌ Could not be judged'));
    const subjects = new Map(options.rules.map((rule) => [rule.id, rule.subject]));
    for (const { rule, flows, missing } of summary.unjudged) {
      const times = flows > 1 ? ` (${flows} flows)` : '';
      const text = `${subjects.get(rule) ?? rule}${times}: needs ${missing.join(', ') || 'more'}`;
      lines.push(...wrap(text, '  ', options.width, '    '));
    }
    if (summary.howToSee !== '') lines.push(...wrap(summary.howToSee, '  ', options.width, '    '));
  }
  return lines;
}

function errorLines(source: ReportSource, options: TextOptions): string[] {
  const lines = source.errors
    .slice(0, MAX_ERRORS)
    .flatMap((error) => wrap(`Not read: ${placeText(error)}${printable(error.message)}`, '  ', options.width, '    '));
  const more = source.errors.length - MAX_ERRORS;
  return more > 0 ? [...lines, `  and ${more} more that could not be read`] : lines;
}

/** `entry 3: ` or `line 4: `, whichever a person can look up; an error of the whole input names its place itself. */
export function placeText(error: ReportSource['errors'][number]): string {
  if (error.entry === undefined) return '';
  return error.line === undefined ? `entry ${error.entry}: ` : `line ${error.line}: `;
}

function findingLines(
  report: Report,
  finding: ReportFinding,
  children: readonly ReportFinding[],
  options: TextOptions,
): string[] {
  const { paint, width } = options;
  const { severity } = finding;
  const rule = options.rules.find(({ id }) => id === finding.rule);
  const field = (name: string, text: string): string[] => {
    const [first = '', ...rest] = wrap(text, INDENT, width);
    return [`  ${paint('faint', name.padEnd(INDENT.length - 2))}${first.slice(INDENT.length)}`, ...rest];
  };
  const mark = `${SHAPES[severity]} ${severity.padEnd(6)}`;
  const [title = '', ...titleRest] = wrap(finding.title, INDENT, width);
  return [
    `${paint(severity, mark)} ${paint('strong', title.slice(INDENT.length))}`,
    ...titleRest.map((line) => paint('strong', line)),
    ...field('', finding.summary),
    ...finding.evidence.flatMap((evidence) => field('seen', evidenceText(report, evidence))),
    ...field('why', finding.why),
    ...field('fix', finding.fix),
    ...(rule?.references ?? []).slice(0, 2).flatMap((reference) => {
      const url = options.specUrl(reference);
      return field('see', `${reference.spec} ${reference.section}${url === null ? '' : `  ${url}`}`);
    }),
    ...field('rule', `${finding.rule}${finding.confidence === 'certain' ? '' : `, ${finding.confidence}`}`),
    ...(finding.inBaseline ? field('known', 'in the baseline, does not count') : []),
    ...children.flatMap((child) => field('also', `${child.title} (${child.rule})`)),
  ];
}

/** One piece of evidence: what was seen and in which message of which entry. */
export function evidenceText(report: Report, evidence: ReportEvidence): string {
  const message = evidence.message === null ? undefined : report.messages[evidence.message];
  const place = message
    ? `, ${evidence.where} of the ${kindInWords(message.kind)} ${message.at === 'response' ? 'from' : 'to'} ${message.host} (entry ${message.entry})`
    : evidence.of === undefined
      ? ''
      : `, ${partText(evidence.where, evidence.of)} (entry ${evidence.of.entry})`;
  const value = evidence.value === undefined ? `no ${evidence.name}` : `${evidence.name}=${evidence.value}`;
  return `${value}${place}${evidence.note === undefined ? '' : `: ${evidence.note}`}`;
}

const AREAS: Readonly<Record<StorageArea, string>> = {
  local: 'localStorage',
  session: 'sessionStorage',
  indexeddb: 'IndexedDB',
  cookie: 'readable cookies',
};

/** The part of a page, or the request, that an evidence is in. */
function partText(where: ReportEvidence['where'], of: ReportPlace): string {
  const url = printable(of.url);
  if (of.area !== undefined) return `${AREAS[of.area]} of ${url}`;
  if (of.is === 'exchange') return `${where} of the request to ${url}`;
  if (of.line === undefined) return url;
  const mapped = of.mapped === undefined ? '' : `, which is ${of.mapped.file} ${of.mapped.line}:${of.mapped.column}`;
  return `${url} ${of.line}:${of.column}${mapped}`;
}

/** Breaks at spaces; a word longer than the line stands alone. */
export function wrap(text: string, indent: string, width: number, hanging = indent): string[] {
  const lines: string[] = [];
  let line = indent;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = hanging;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(line);
  return lines;
}
