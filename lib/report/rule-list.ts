import type { Confidence, Group, Need, Reference, Rule, Severity } from '../model/rule.ts';
import { type TextOptions, wrap } from './text.ts';

/** A rule as `rules --format json` lists it. */
export interface RuleEntry {
  readonly id: string;
  readonly title: string;
  readonly subject: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly group: Group;
  readonly needs: readonly Need[];
  readonly references: readonly (Reference & { readonly url: string | null })[];
  /** Requirements of ASVS 5.0. */
  readonly asvs: readonly string[];
  readonly why: string;
  readonly fix: string;
  readonly parents: readonly string[];
  /** How many of each sort. */
  readonly examples: ExampleCounts;
}

export interface ExampleCounts {
  readonly violation: number;
  readonly clean: number;
  readonly lookAlike: number;
  readonly cannotTell: number;
}

export interface RuleList {
  readonly schema: 1;
  readonly rules: readonly RuleEntry[];
}

export function ruleEntry(rule: Rule, examples: ExampleCounts, specUrl: TextOptions['specUrl']): RuleEntry {
  const { id, title, subject, severity, confidence, group, needs, references, asvs = [], why, fix, parents } = rule;
  const withUrl = references.map((reference) => ({ ...reference, url: specUrl(reference) }));
  return {
    id,
    title,
    subject,
    severity,
    confidence,
    group,
    needs,
    references: withUrl,
    asvs,
    why,
    fix,
    parents,
    examples,
  };
}

export function ruleListText({ rules }: RuleList, options: Pick<TextOptions, 'width' | 'paint'>): string {
  const blocks = rules.map((rule) => [
    `${options.paint(rule.severity, rule.severity.padEnd(6))} ${options.paint('strong', rule.id)}`,
    ...wrap(rule.title, '       ', options.width),
    ...wrap(rule.references.map(({ spec, section }) => `${spec} ${section}`).join(', '), '       ', options.width),
  ]);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n\n${rules.length} rules\n`;
}

export function ruleListMarkdown({ rules }: RuleList): string {
  const rows = rules.map(({ id, title, severity, references }) => {
    const sections = references.map(({ spec, section, url }) => {
      return url === null ? `${spec} ${section}` : `[${spec} ${section}](${url})`;
    });
    return `| \`${id}\` | ${title.replace(/\|/g, '\\|')} | ${severity} | ${sections.join(', ')} |`;
  });
  return `${['| Rule | Title | Severity | Sections |', '| --- | --- | --- | --- |', ...rows].join('\n')}\n`;
}
