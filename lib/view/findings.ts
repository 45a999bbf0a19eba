import type { Analysis, CodePlace, Finding, FindingEvidence, Verdict } from '../model/analysis.ts';
import type { Flow } from '../model/flow.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Observation } from '../model/observation.ts';
import type { Redacted } from '../model/redacted.ts';
import type { EvidencePlace, Reference, RuleMeta, Severity } from '../model/rule.ts';
import { storedValues } from '../page/stored-values.ts';
import { specUrl } from '../rules/specs.ts';
import { type MuteChoices, muteChoices } from './decisions.ts';
import { requestToRun } from './request-to-run.ts';
import { plainText, richText, type Text, visible } from './text.ts';
import { words } from './words.ts';

/** Finds the raw value again; holds no secret. */
export interface ValueRef {
  /** Index into `Analysis.messages`; `null` outside of messages. */
  readonly message: number | null;
  /** Index into `Analysis.observations`. */
  readonly observation: number;
  readonly where: EvidencePlace;
  readonly name: string;
  /** Which value of a snapshot of storage. */
  readonly stored?: number;
  /** Where in a text of a page. */
  readonly code?: { readonly offset: number; readonly length: number };
  /** Which of several parameters of that name, from 0. */
  readonly nth: number;
}

export interface ReferenceView {
  /** `RFC 9700 §2.1.1` */
  readonly label: string;
  /** `null` where the specification has no public address. */
  readonly url: string | null;
  /** Spoken and shown on hover: how strongly the section speaks, and that a tab opens. */
  readonly hint: string;
}

export interface EvidenceView {
  readonly name: string;
  readonly where: string;
  /** `null`: the point is that it is not there. */
  readonly value: Redacted | null;
  readonly note: Text;
  /** What stands around it in a text of a page, and where; `null` elsewhere. */
  readonly code: CodeView | null;
  /** `null` where nothing is masked. */
  readonly ref: ValueRef | null;
  /** Every place that it stands for: the first, and those that would be shown in the same words. */
  readonly refs: readonly ValueRef[];
}

export interface CodeView {
  /** `line 3, column 120` */
  readonly place: string;
  /** `src/config.ts, line 12, column 3`; `null` without a source map. */
  readonly mapped: string | null;
  readonly context: Redacted;
}

/** Evidence of one message: `GET as.example/authorize` and what stands in it. Or of one part of a page. */
export interface SeenView {
  readonly message: string;
  readonly items: readonly EvidenceView[];
  /** How many messages say this in the same words. */
  readonly times: number;
}

export interface FindingView {
  readonly key: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly title: Text;
  readonly summary: Text;
  readonly seen: readonly SeenView[];
  readonly why: Text;
  readonly fix: Text;
  /** Corrected parameters to copy. */
  readonly copy: string | null;
  /** Index into `Analysis.messages` of the authorization request that can be run as it should be; `null`: none. */
  readonly request: number | null;
  readonly references: readonly ReferenceView[];
  readonly confidence: { readonly word: string; readonly means: string };
  /** Findings that this one explains; never counted. */
  readonly children: readonly FindingView[];
  /** What a mute of it would be. */
  readonly mutes: MuteChoices;
}

export function referenceView(reference: Reference): ReferenceView {
  const { spec, section, level } = reference;
  return {
    label: section === '' ? spec : `${spec} §${section}`,
    url: specUrl(reference),
    hint: level === 'none' ? words.finding.sectionPlain : words.finding.section(level),
  };
}

/** Longest path that is shown; what follows is rarely the point. */
const PATH_CAP = 60;

/** `GET as.example/authorize`, `Redirect to app.example/cb`, `200 from as.example/token`. */
export function messageLine(message: OAuthMessage): string {
  const { endpoint } = message;
  const origin = endpoint.scheme === 'https' ? endpoint.origin.replace(/^https:\/\//, '') : endpoint.origin;
  const place = `${visible(origin, PATH_CAP)}${visible(endpoint.path, PATH_CAP)}`;
  if (message.at === 'location') return words.message.redirect(place);
  if (message.at === 'response') {
    const { outcome } = message.exchange;
    return words.message.response(outcome.is === 'response' ? outcome.response.status : null, place);
  }
  return `${visible(message.method, 20)} ${place}`;
}

/** `localStorage of app.example`, `Script app.example/app.js`, `GET api.example/items`. */
export function observationLine(observation: Observation): string {
  const w = words.observation;
  switch (observation.is) {
    case 'exchange':
      return `${visible(observation.request.method, 20)} ${shortAddress(observation.request.url)}`;
    case 'storage':
      return w.storage[observation.area](shortAddress(observation.origin));
    case 'script':
      return w.text[observation.found](shortAddress(observation.url));
  }
}

/** Host and path; without what an address may carry. */
function shortAddress(url: string): string {
  const place = url.replace(/[?#].*$/s, '').replace(/^https:\/\//, '');
  return visible(place.replace(/^(http:\/\/)?[^/@]*@/, '$1').replace(/\/$/, ''), 2 * PATH_CAP);
}

function seenViews(finding: Finding, analysis: Analysis): readonly SeenView[] {
  const groups = new Map<string, SeenView & { readonly items: EvidenceView[] }>();
  for (const [index, evidence] of finding.evidence.entries()) {
    const { message, observation, where, name, stored, code } = evidence;
    // Evidence that names a repeated parameter several times means its first, second, third occurrence.
    const nth = finding.evidence
      .slice(0, index)
      .filter((e) => e.message === message && e.where === where && e.name === name && e.value !== undefined).length;
    const ref: ValueRef = {
      message,
      observation,
      where,
      name,
      nth,
      ...(stored === undefined ? {} : { stored }),
      ...(code === undefined ? {} : { code: { offset: code.offset, length: code.length } }),
    };
    const key = message === null ? `observation ${observation}` : `message ${message}`;
    const group = groups.get(key) ?? { message: lineOf(evidence, analysis), items: [], times: 1 };
    group.items.push(evidenceView(evidence, ref));
    groups.set(key, group);
  }
  return onceEach([...groups.values()]);
}

/** A call that is made again and again is told once. */
function onceEach(all: readonly SeenView[]): readonly SeenView[] {
  const told = new Map<string, SeenView>();
  for (const seen of all) {
    const { message, items } = seen;
    const shown = items.map(({ name, where, value, note, code }) => ({ name, where, value, note, code }));
    const key = JSON.stringify([message, shown]);
    const before = told.get(key);
    told.set(key, before === undefined ? seen : together(before, seen));
  }
  return [...told.values()];
}

function together(first: SeenView, again: SeenView): SeenView {
  const items = first.items.map((item, index) => ({
    ...item,
    refs: [...item.refs, ...(again.items[index]?.refs ?? [])],
  }));
  return { message: first.message, items, times: first.times + 1 };
}

function lineOf({ message, observation }: FindingEvidence, analysis: Analysis): string {
  const of = message === null ? undefined : analysis.messages[message];
  if (of !== undefined) return messageLine(of);
  const seen = analysis.observations[observation];
  return seen === undefined ? '' : observationLine(seen);
}

/** What every masked value holds. */
const MASK = '••••';

function evidenceView(evidence: FindingEvidence, ref: ValueRef): EvidenceView {
  return {
    name: visible(evidence.name),
    where: words.where[evidence.where],
    value: evidence.value ?? null,
    note: evidence.note === undefined ? [] : richText(evidence.note),
    code: evidence.code === undefined ? null : codeView(evidence.code),
    ref: evidence.value?.includes(MASK) ? ref : null,
    refs: evidence.value?.includes(MASK) ? [ref] : [],
  };
}

function codeView({ line, column, context, mapped }: CodePlace): CodeView {
  const w = words.observation;
  return {
    place: w.place(line, column),
    mapped:
      mapped === undefined ? null : w.mapped(visible(mapped.file, 2 * PATH_CAP), w.place(mapped.line, mapped.column)),
    context,
  };
}

/** The findings of one flow, or of none, that no other explains, worst first, each with what it explains. */
export function findingViews(
  analysis: Analysis,
  flow: Flow | null,
  rules: ReadonlyMap<string, RuleMeta>,
): readonly FindingView[] {
  const requestOf = ({ message }: Finding): number | null => {
    const near = message === null ? null : (analysis.messages[message] ?? null);
    return flow === null ? null : (requestToRun(flow, near)?.index ?? null);
  };
  const view = ({ finding, effects }: FindingTree): FindingView => {
    const rule = rules.get(finding.rule);
    return {
      key: finding.key,
      rule: finding.rule,
      severity: finding.severity,
      title: richText(finding.title),
      summary: richText(finding.summary),
      seen: seenViews(finding, analysis),
      why: richText(finding.why),
      fix: richText(finding.fix),
      copy: rule?.copy ?? null,
      request: finding.severity === 'info' ? null : requestOf(finding),
      references: (rule?.references ?? []).map(referenceView),
      confidence: words.confidence[finding.confidence],
      children: effects.map(view),
      mutes: muteChoices(finding),
    };
  };
  return findingTrees(findingsOf(analysis, flow)).map(view);
}

/** A finding with what it explains. */
export interface FindingTree {
  readonly finding: Finding;
  readonly effects: readonly FindingTree[];
}

/** Findings of one flow, or of none, as trees: at the top those that no other of them explains. */
export function findingTrees(own: readonly Finding[]): readonly FindingTree[] {
  const keys = new Set(own.map((finding) => finding.key));
  const tree = (finding: Finding, trail: readonly string[]): FindingTree => {
    const path = [...trail, finding.key];
    const effects = own.filter((child) => child.parent === finding.key && !path.includes(child.key));
    return { finding, effects: effects.map((child) => tree(child, path)) };
  };
  return own
    .filter((finding) => finding.parent === null || !keys.has(finding.parent))
    .map((finding) => tree(finding, []));
}

type ByFlow<T> = ReadonlyMap<string | null, readonly T[]>;

/** Findings and verdicts by flow, worked out once for each analysis. */
const findingsByFlow = new WeakMap<readonly Finding[], ByFlow<Finding>>();
const verdictsByFlow = new WeakMap<readonly Verdict[], ByFlow<Verdict>>();

/** Findings that rest on this flow (`null`: on none, but on what a page stores, delivers or sends), worst first. */
export function findingsOf({ findings }: Pick<Analysis, 'findings'>, flow: Flow | null): readonly Finding[] {
  return ofFlow(findings, flow, findingsByFlow);
}

/** Verdicts on this flow (`null`: on all that was observed together), in the order of the rules. */
export function verdictsOf({ verdicts }: Pick<Analysis, 'verdicts'>, flow: Flow | null): readonly Verdict[] {
  return ofFlow(verdicts, flow, verdictsByFlow);
}

function ofFlow<T extends { readonly flow: string | null }>(
  all: readonly T[],
  flow: Flow | null,
  groups: WeakMap<readonly T[], ByFlow<T>>,
): readonly T[] {
  const known = groups.get(all) ?? Map.groupBy(all, (one) => one.flow);
  groups.set(all, known);
  return known.get(flow?.id ?? null) ?? [];
}

/** Appends what is new instead of sorting it in: nothing moves under the eyes of the reader. */
export function inReadingOrder(findings: readonly FindingView[], before: readonly string[]): readonly FindingView[] {
  const place = (finding: FindingView): number => {
    const index = before.indexOf(finding.key);
    return index < 0 ? before.length : index;
  };
  return findings.toSorted((a, b) => place(a) - place(b));
}

/** What counts as a problem among findings that no other explains: everything above `info`. */
export function problems(findings: readonly Pick<Finding, 'severity'>[]): number {
  return findings.filter((finding) => finding.severity !== 'info').length;
}

/** The raw value behind an evidence; `null` when it is gone or was never a parameter. */
export function rawValue(analysis: Analysis, ref: ValueRef): string | null {
  const observation = analysis.observations[ref.observation];
  if (observation?.is === 'storage') {
    return ref.stored === undefined ? null : (storedValues(observation)[ref.stored]?.value ?? null);
  }
  if (observation?.is === 'script') {
    const { offset = 0, length = 0 } = ref.code ?? {};
    return observation.text.slice(offset, offset + length);
  }
  const message = ref.message === null ? undefined : analysis.messages[ref.message];
  if (message === undefined) return null;
  if (ref.where === 'url') return message.url;
  const named = message.params.filter(
    (param) => param.where === ref.where && (param.name === ref.name || param.as === ref.name),
  );
  return named[ref.nth]?.value ?? null;
}

/** A finding as Markdown for an issue tracker: every value masked. */
export function findingMarkdown(finding: FindingView): string {
  const w = words.markdown;
  const lines = [
    `### ${markdown(finding.title)}`,
    '',
    `${w.severity}: ${words.mark[finding.severity]}. ${w.confidence}: ${finding.confidence.word}. ${w.rule}: \`${finding.rule}\``,
    '',
    `**${w.seen}:** ${markdown(finding.summary)}`,
    ...seenMarkdown(finding),
    '',
    `**${w.why}:** ${markdown(finding.why)}`,
    '',
    `**${w.fix}:** ${markdown(finding.fix)}`,
  ];
  if (finding.copy !== null) lines.push('', '```', finding.copy, '```');
  if (finding.references.length > 0) {
    lines.push(
      '',
      `${w.spec}: ${finding.references.map((r) => (r.url === null ? r.label : `[${r.label}](${r.url})`)).join(', ')}`,
    );
  }
  if (finding.children.length > 0) {
    lines.push('', `${w.effects}: ${finding.children.map((child) => markdown(child.title)).join('; ')}`);
  }
  return `${lines.join('\n')}\n`;
}

function seenMarkdown(finding: FindingView): readonly string[] {
  return finding.seen.flatMap((seen) => [
    `- ${codeSpan(seen.message)}${seen.times === 1 ? '' : ` (${words.finding.times(seen.times)})`}`,
    ...seen.items.map((item) =>
      item.value === null
        ? `  - ${codeSpan(item.name)} ${words.markdown.notSent} (${item.where})`
        : `  - ${codeSpan(`${item.name}=${item.value}`)} (${item.where})`,
    ),
  ]);
}

/** Characters that Markdown or the HTML in it would act on. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#|~@&!]/g, '\\$&');
}

function markdown(text: Text): string {
  return text.map((part) => (part.code ? codeSpan(part.text) : escapeMarkdown(part.text))).join('');
}

/** A code span that its own content cannot end (CommonMark 6.1). */
function codeSpan(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text.replace(/\s+/g, ' ')}${pad}${fence}`;
}

/** Everything that a search looks through, in lower case. */
export function searchText(finding: FindingView): string {
  return [finding.rule, plainText(finding.title), plainText(finding.summary), ...finding.children.map(searchText)]
    .join('\n')
    .toLowerCase();
}
