import type { Example, Examples, ViolationExample } from '../lib/model/example.ts';
import type { Group, Rule } from '../lib/model/rule.ts';
import { SEVERITIES } from '../lib/model/rule.ts';
import { specTitle, specUrl } from '../lib/rules/specs.ts';

export interface DescribedRule {
  readonly rule: Rule;
  readonly examples: Examples;
}

const GROUPS: Readonly<Record<Group, string>> = {
  A: 'Authorization request',
  B: 'Authorization response',
  C: 'Token request',
  D: 'Across the steps of a flow',
  E: 'Token storage and leakage',
  F: 'Content of JWTs',
  G: 'Token lifetime and use',
  H: 'Client secrets in delivered code',
  I: 'Server metadata',
  J: 'Response headers and transport',
  K: 'DPoP and mutual TLS',
  L: 'Sign-out and session',
  M: 'Active tests of one’s own client',
};

/** `docs/rules.md`: a section for each rule, under an anchor that is the rule's id. */
export function rulesDoc(rules: readonly DescribedRule[]): string {
  const known = new Set(rules.map(({ rule }) => rule.id));
  const groups = Object.entries(GROUPS).flatMap(([letter, name]) => {
    const members = rules.filter(({ rule }) => rule.group === letter);
    return members.length === 0 ? [] : [{ name, members: members.toSorted(byId) }];
  });
  const contents = groups.map(({ name, members }) => {
    const links = members.map(({ rule }) => `[${rule.id}](#${rule.id})`);
    return `- ${name}: ${links.join(', ')}`;
  });
  const sections = groups.flatMap(({ name, members }) => [
    `## ${name}`,
    ...members.map((member) => ruleDoc(member, known)),
  ]);
  return `${[INTRODUCTION, `${rules.length} rules.`, contents.join('\n'), ...sections].join('\n\n')}\n`;
}

const INTRODUCTION = `# Rules

<!-- Written by \`npm run docs\` from lib/rules. Change the rules, not this file. -->

Each rule answers for every flow: pass, fail, not applicable, or cannot tell with what was missing. Its severity is where
it starts from; it moves with the client type, with other protection and with what was seen, as the violations listed
with each rule show. The examples are the rule's tests, in the language of [lib/http/trace.ts](../lib/http/trace.ts).`;

function byId(a: DescribedRule, b: DescribedRule): number {
  return a.rule.id < b.rule.id ? -1 : 1;
}

function ruleDoc({ rule, examples }: DescribedRule, known: ReadonlySet<string>): string {
  const severities = SEVERITIES.filter((one) => examples.violation.some(({ severity }) => severity === one));
  const moves = severities.length > 1 ? ` (${severities.join(', ')})` : '';
  const facts = [
    `- Severity: **${rule.severity}**${moves}`,
    `- Confidence: ${rule.confidence}`,
    `- Needs: ${rule.needs.join(', ')}`,
    `- Why: ${escaped(rule.why)}`,
    `- Fix: ${escaped(rule.fix)}${rule.copy === undefined ? '' : ` \`${rule.copy}\``}`,
    `- References: ${rule.references.map(referenceDoc).join('; ') || 'documentation of the provider'}`,
  ];
  if (rule.asvs !== undefined) facts.push(`- OWASP ASVS 5.0: ${rule.asvs.join(', ')}`);
  const parents = rule.parents.map((id) => (known.has(id) ? `[${id}](#${id})` : `\`${id}\``));
  if (parents.length > 0) facts.push(`- Goes below: ${parents.join(', ')}`);
  return [
    `### ${rule.id}`,
    `${escaped(rule.title)}.`,
    facts.join('\n'),
    examplesDoc('Violations', examples.violation),
    examplesDoc('Clean', examples.clean),
    examplesDoc('Look-alikes', examples.lookAlike),
    ...(examples.cannotTell.length > 0 ? [examplesDoc('Cannot tell', examples.cannotTell)] : []),
  ].join('\n\n');
}

function referenceDoc(reference: Rule['references'][number]): string {
  const { spec, section, level } = reference;
  const name = `${spec} §${section}`;
  const url = specUrl(reference);
  const linked = url === null ? name : `[${name}](${url} "${specTitle(spec) ?? spec}")`;
  return level === 'none' ? linked : `${linked} (${level})`;
}

/** All names; the trace of the first, which is the plainest. */
function examplesDoc(title: string, examples: readonly (Example | ViolationExample)[]): string {
  const names = examples.map((example) => {
    const severity = 'severity' in example && example.severity !== undefined ? ` → ${example.severity}` : '';
    const told = example.clientType === undefined ? '' : ` (told: ${example.clientType} client)`;
    return `- ${escaped(example.name)}${told}${severity}`;
  });
  const [first] = examples;
  const trace = first === undefined ? '' : `\n\n\`\`\`http\n${unindented(first.trace)}\n\`\`\``;
  return `<details><summary>${title}: ${examples.length}</summary>\n\n${names.join('\n')}${trace}\n\n</details>`;
}

/** The trace language does not mind how far its lines are indented; a reader does. */
function unindented(trace: string): string {
  return trace
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim()
    .replace(/\n{3,}/g, '\n\n');
}

/** Markup in the words of a rule is text. Code spans stay. */
function escaped(text: string): string {
  return text.replace(/[<>*\\]/g, (character) => `\\${character}`);
}
