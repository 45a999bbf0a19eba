import { isRecord, wordOf } from '../http/params.ts';
import type { Analysis, CodePlace, Finding, FindingEvidence, Verdict } from '../model/analysis.ts';
import type { ClientTypeFact, Flow } from '../model/flow.ts';
import { CONFIDENCES, type EvidencePlace, type Need, SEVERITIES } from '../model/rule.ts';
import { RULES } from '../rules/index.ts';
import { PROFILES, type ProfileName } from '../rules/profiles.ts';
import { foreignText, type Sweep } from './redact.ts';

/**
 * What was found in a capture before its values were replaced. Much of it cannot be found again: how random a `state` is,
 * whether a hash fits. Plain data; indexes count the observations and messages of the capture itself.
 */
export interface Recorded {
  readonly flows: number;
  readonly messages: number;
  readonly findings: readonly Finding[];
  readonly verdicts: readonly Verdict[];
  /** What the client of each flow was taken for, in the order of the flows. Absent in files of older versions. */
  readonly clientTypes?: readonly ClientTypeFact[];
  /** What clients were held against; absent where that is not known. */
  readonly profile?: ProfileName;
}

/**
 * @param sweep Replaces what was replaced in the capture.
 * @param profile What clients were held against; `null` where that is not known.
 */
export function recordAnalysis(analysis: Analysis, sweep: Sweep, profile: ProfileName | null): Recorded {
  const { flows, messages, findings, verdicts } = analysis;
  const recorded: Recorded = {
    flows: flows.length,
    messages: messages.length,
    ...(profile === null ? {} : { profile }),
    clientTypes: flows.map(({ clientType }) => clientType),
    findings,
    verdicts,
  };
  const text = JSON.stringify(recorded);
  return JSON.parse(text, (name, value: unknown) =>
    typeof value === 'string' && !OWN_WORDS.has(name) ? sweep(value) : value,
  );
}

/** Members that hold words of this program, where a short secret could be found by chance. */
const OWN_WORDS: ReadonlySet<string> = new Set([
  'rule',
  'severity',
  'confidence',
  'flow',
  'trace',
  'is',
  'where',
  'why',
  'profile',
  'because',
]);

/** What the recorded findings were held against; `null` where the file does not say it. */
export function recordedProfile(recorded: unknown): ProfileName | null {
  return PROFILES.find((one) => isRecord(recorded) && one === recorded['profile']) ?? null;
}

/**
 * The analysis with the findings that the file itself names in place of those that could be made from marks.
 *
 * @param source Index of the input that `recorded` comes from.
 * @returns what is wrong with `recorded`, where it cannot be used.
 */
export function withRecorded(analysis: Analysis, recorded: unknown, source: number): Analysis | string {
  const scope = scopeOf(analysis, source);
  if (!isRecord(recorded)) return 'the recorded findings are no object';
  const { flows, messages, findings, verdicts } = recorded;
  if (flows !== scope.flows.length || messages !== scope.messages.length)
    return 'the recorded findings are of other traffic: entries were removed or changed';
  if (!Array.isArray(findings) || !Array.isArray(verdicts))
    return '"recorded.findings" or "recorded.verdicts" is no list';
  const read = { findings: [] as Finding[], verdicts: [] as Verdict[] };
  for (const [index, value] of findings.entries()) {
    const finding = readFinding(value, scope);
    if (typeof finding === 'string') return `"recorded.findings[${index}]${finding}`;
    read.findings.push(finding);
  }
  for (const [index, value] of verdicts.entries()) {
    const verdict = readVerdict(value, scope);
    if (verdict === null) return `"recorded.verdicts[${index}]" is no verdict`;
    read.verdicts.push(verdict);
  }
  const types = Array.isArray(recorded['clientTypes']) ? recorded['clientTypes'] : [];
  const clientTypes = new Map(scope.flows.map((id, index) => [id, readClientType(types[index])]));
  const isOther = ({ trace }: { readonly trace: string }): boolean => !scope.traces.has(trace);
  return {
    ...analysis,
    flows: analysis.flows.map((flow): Flow => {
      const clientType = clientTypes.get(flow.id) ?? null;
      return clientType === null ? flow : { ...flow, clientType };
    }),
    findings: [...analysis.findings.filter(isOther), ...read.findings],
    verdicts: [...analysis.verdicts.filter(isOther), ...read.verdicts],
  };
}

/** What of an analysis comes from one input: what the indexes of a file stand for. */
interface Scope {
  readonly source: number;
  readonly observations: readonly number[];
  readonly messages: readonly number[];
  readonly flows: readonly string[];
  readonly traces: ReadonlySet<string>;
}

function scopeOf({ observations, messages, flows }: Analysis, source: number): Scope {
  const own = observations.flatMap((one, index) => (one.source.source === source ? [index] : []));
  return {
    source,
    observations: own,
    messages: messages.flatMap(({ exchange, index }) => (exchange.source.source === source ? [index] : [])),
    flows: flows.flatMap(({ id, messages: [first] }) => (first?.exchange.source.source === source ? [id] : [])),
    traces: new Set(own.flatMap((index) => observations[index]?.trace ?? [])),
  };
}

const RULES_BY_ID = new Map(RULES.map((rule) => [rule.id, rule]));
const PLACES: readonly EvidencePlace[] = ['url', 'query', 'fragment', 'header', 'body', 'jwt', 'storage', 'script'];

/** A string is an error, the rest of a sentence that starts with the place of the finding. */
function readFinding(value: unknown, scope: Scope): Finding | string {
  if (!isRecord(value)) return '" is no object';
  const rule = RULES_BY_ID.get(wordOf(value['rule']));
  const severity = SEVERITIES.find((one) => one === value['severity']);
  const confidence = CONFIDENCES.find((one) => one === value['confidence']);
  const flow = flowOf(value['flow'], scope);
  const trace = traceOf(value['trace'], scope);
  const { host, key, parent, summary, fix } = value;
  if (rule === undefined) return '.rule" is no rule of this version';
  if (severity === undefined) return '.severity" is no severity';
  if (confidence === undefined) return '.confidence" is no confidence';
  if (flow === undefined || trace === undefined) return '.flow" is not among the flows of the capture';
  if (typeof key !== 'string' || typeof summary !== 'string' || typeof fix !== 'string')
    return '" lacks a "key", "summary" or "fix"';
  const evidence = Array.isArray(value['evidence']) ? value['evidence'].map((one) => readEvidence(one, scope)) : [];
  const [first, ...more] = evidence.filter((one) => one !== null);
  if (first === undefined || more.length + 1 !== evidence.length) return '.evidence" points at nothing in the capture';
  return {
    rule: rule.id,
    severity,
    confidence,
    flow,
    trace,
    message: first.message,
    host: typeof host === 'string' ? foreignText(host) : null,
    key: foreignText(key),
    parent: typeof parent === 'string' ? foreignText(parent) : null,
    title: foreignText(wordOf(value['title'] ?? rule.title)),
    summary: foreignText(summary),
    why: rule.why,
    fix: foreignText(fix),
    evidence: [first, ...more],
  };
}

function readEvidence(value: unknown, scope: Scope): FindingEvidence | null {
  if (!isRecord(value)) return null;
  const observation = scope.observations[Number(value['observation'])];
  const message = value['message'] === null ? null : scope.messages[Number(value['message'])];
  const where = PLACES.find((one) => one === value['where']);
  const { name, value: masked, note } = value;
  if (observation === undefined || message === undefined || where === undefined || typeof name !== 'string')
    return null;
  const code = readCode(value['code']);
  return {
    message,
    observation,
    where,
    name: foreignText(name),
    ...(typeof masked === 'string' ? { value: foreignText(masked) } : {}),
    ...(typeof note === 'string' ? { note: foreignText(note) } : {}),
    ...(code === null ? {} : { code }),
  };
}

/** The text itself is gone: what is left is where the value stood, and what stood around it. */
function readCode(value: unknown): CodePlace | null {
  if (!isRecord(value)) return null;
  const { line, column, context, mapped } = value;
  if (!isPlace(line) || !isPlace(column) || typeof context !== 'string') return null;
  const { file, line: mappedLine, column: mappedColumn } = isRecord(mapped) ? mapped : {};
  return {
    line,
    column,
    offset: 0,
    length: 0,
    context: foreignText(context),
    ...(typeof file === 'string' && isPlace(mappedLine) && isPlace(mappedColumn)
      ? { mapped: { file: foreignText(file), line: mappedLine, column: mappedColumn } }
      : {}),
  };
}

const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

function readVerdict(value: unknown, scope: Scope): Verdict | null {
  if (!isRecord(value)) return null;
  const rule = RULES_BY_ID.get(wordOf(value['rule']))?.id;
  const flow = flowOf(value['flow'], scope);
  const trace = traceOf(value['trace'], scope);
  const { is, missing, message } = value;
  if (rule === undefined || flow === undefined || trace === undefined) return null;
  if (is === 'pass' || is === 'fail' || is === 'notApplicable') return { rule, flow, trace, is };
  if (is === 'error') return { rule, flow, trace, is, message: foreignText(String(message)) };
  if (is !== 'cannotTell' || !Array.isArray(missing)) return null;
  return { rule, flow, trace, is, missing: missing.map((need) => foreignText(wordOf(need)) as string as Need) };
}

const CLIENT_TYPES: readonly ClientTypeFact['is'][] = ['public', 'confidential', 'unknown'];
const REASONS: readonly ClientTypeFact['because'][] = [
  'told',
  'browser-token-request',
  'private-use-scheme',
  'server-callback',
  'no-evidence',
];

function readClientType(value: unknown): ClientTypeFact | null {
  const is = CLIENT_TYPES.find((one) => isRecord(value) && one === value['is']);
  const because = REASONS.find((one) => isRecord(value) && one === value['because']);
  return is === undefined || because === undefined ? null : { is, because };
}

/** `undefined`: it is none of the capture's. */
function flowOf(value: unknown, scope: Scope): string | null | undefined {
  if (value === null) return null;
  return scope.flows[Number(/^f(\d+)$/.exec(wordOf(value))?.[1] ?? 0) - 1];
}

function traceOf(value: unknown, { source, traces }: Scope): string | undefined {
  const trace = `${source}/${wordOf(value)}`;
  return traces.has(trace) ? trace : undefined;
}
