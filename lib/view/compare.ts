import type { Verdict } from '../model/analysis.ts';
import type { Flow } from '../model/flow.ts';
import type { Mark as ValueMark } from '../model/lineage.ts';
import type { OAuthMessage, Param } from '../model/message.ts';
import { SEVERITIES } from '../model/rule.ts';
import { type FindingView, findingsOf, findingViews, messageLine, problems, verdictsOf } from './findings.ts';
import { kindWords } from './flow-kind.ts';
import { clockOf } from './flow-view.ts';
import { flowKey, flowTime, leadingFlows, serverHost } from './flows.ts';
import { type InspectorData, type Judged, judgedFlow } from './inspector-model.ts';
import { type Mark, worst } from './mark.ts';
import { isUntelling } from './secret-marks.ts';
import { plainText, richText, type Text, visible } from './text.ts';
import { words } from './words.ts';
import { compareWords } from './words-compare.ts';

export type Side = 'a' | 'b';

/** `same`: equal. `fresh`: another value, as each sign-in must have. `differs`: what may explain why one fails. */
export type Sign = 'same' | 'fresh' | 'differs';

export interface CellView {
  /** Masked where it is a secret. */
  readonly value: string;
  /** Where it differs from the other side; both ends are the same where the place is unknown. */
  readonly from: number;
  readonly to: number;
  readonly mark: ValueMark | null;
  /** How it relates to an earlier message of its own flow. */
  readonly note: string | null;
}

export interface CompareRow {
  readonly key: string;
  readonly name: string;
  readonly sign: Sign;
  /** `null`: not sent. */
  readonly a: CellView | null;
  readonly b: CellView | null;
}

export interface CompareStep {
  readonly key: string;
  readonly number: number;
  readonly name: string;
  /** `GET as.example/authorize`; `null` where this flow has no such message. */
  readonly a: string | null;
  readonly b: string | null;
  readonly rows: readonly CompareRow[];
}

/** One flow as it can be chosen. */
export interface CompareChoice {
  readonly key: string;
  readonly mark: Mark;
  /** `as.example, 10:31:40` */
  readonly name: string;
  readonly what: string;
}

export interface VerdictRow {
  readonly rule: string;
  readonly subject: Text;
  readonly a: Mark | null;
  readonly b: Mark | null;
}

export interface CompareView {
  readonly heading: string;
  readonly detail: Text;
  readonly a: CompareChoice;
  readonly b: CompareChoice;
  readonly steps: readonly CompareStep[];
  /** Messages that were left out. */
  readonly more: number;
  /** The worst finding that one flow has and the other has not. */
  readonly finding: FindingView | null;
  readonly verdicts: readonly VerdictRow[];
  readonly sameVerdicts: number;
  /** The comparison for an issue tracker, values masked. */
  readonly markdown: string;
}

/** Values that a sound client or server makes anew each time. */
const FRESH: ReadonlySet<string> = new Set([
  'state',
  'nonce',
  'code',
  'code_challenge',
  'code_verifier',
  'access_token',
  'refresh_token',
  'id_token',
  'id_token_hint',
  'session_state',
  'device_code',
  'user_code',
  'verification_uri_complete',
  'request_uri',
  'request',
  'response',
  'client_assertion',
]);

/** Values that must come again unchanged within a flow. */
const CARRIED: ReadonlySet<string> = new Set(['state', 'redirect_uri', 'client_id', 'code', 'device_code', 'scope']);

const MOST_STEPS = 60;
const MOST_ROWS = 100;
const LONGEST_VALUE = 200;
const MASK = '••••';

/** The flows that can be compared, as the list has them. */
export function compareChoices(data: InspectorData): readonly CompareChoice[] {
  return leadingFlows(data.analysis).map((flow) => choiceOf(data, flow));
}

/** What to hold a flow against: its own client at its own server, sound rather than not, the latest first. */
export function counterpart(data: InspectorData, flow: Flow): Flow | null {
  const others = leadingFlows(data.analysis).filter((other) => other !== flow);
  const rank = (other: Flow): number =>
    4 * Number(serverHost(other) === serverHost(flow)) +
    2 * Number(other.clientId === flow.clientId) +
    Number(problems(findingsOf(data.analysis, other)) === 0);
  return others.toSorted((one, two) => rank(two) - rank(one))[0] ?? null;
}

function choiceOf(data: InspectorData, of: Flow): CompareChoice {
  const { analysis, flow } = judgedFlow(data, of);
  const severity = worst(findingsOf(analysis, flow).map((finding) => finding.severity));
  const time = flowTime(flow);
  const client = flow.clientId === null ? [] : [visible(flow.clientId, 120)];
  return {
    key: flowKey(of),
    mark: severity ?? 'pass',
    name: [serverHost(flow), ...(time === null ? [] : [clockOf(time)])].join(', '),
    what: [kindWords(flow), ...client].join(', '),
  };
}

/** Two flows, message by message and verdict by verdict. */
export function compareView(data: InspectorData, first: Flow, second: Flow): CompareView {
  const judged = { a: judgedFlow(data, first), b: judgedFlow(data, second) };
  const pairs = pairsOf(judged.a.flow, judged.b.flow);
  const steps = pairs.slice(0, MOST_STEPS).map((pair, index) => stepView(pair, index + 1, pairs, judged, data));
  const verdicts = verdictRows(judged, data);
  const differing = verdicts.filter(({ a, b }) => a !== b);
  const view = {
    ...headingOf(steps),
    a: choiceOf(data, first),
    b: choiceOf(data, second),
    steps,
    more: Math.max(0, pairs.length - MOST_STEPS),
    finding: tellingFinding(judged, steps, data),
    verdicts: differing,
    sameVerdicts: verdicts.length - differing.length,
  };
  return { ...view, markdown: markdownOf(view) };
}

/** Messages that do the same in both flows. */
interface Pair {
  readonly key: string;
  readonly name: string;
  readonly a: OAuthMessage | null;
  readonly b: OAuthMessage | null;
}

/** The messages of a flow, each named by its kind and how often that kind came before. */
function named(flow: Flow): ReadonlyMap<string, OAuthMessage> {
  const counts = new Map<string, number>();
  const all = new Map<string, OAuthMessage>();
  for (const message of flow.messages) {
    const count = (counts.get(message.kind) ?? 0) + 1;
    counts.set(message.kind, count);
    all.set(`${message.kind} ${count}`, message);
  }
  return all;
}

/** In the order of A; what only B has stands where it came in B. */
function pairsOf(a: Flow, b: Flow): readonly Pair[] {
  const [ofA, ofB] = [named(a), named(b)];
  const keys = [...ofA.keys()];
  let at = 0;
  for (const key of ofB.keys()) {
    const found = keys.indexOf(key);
    if (found >= 0) at = found + 1;
    else keys.splice(at++, 0, key);
  }
  return keys.flatMap((key) => {
    const [one, two] = [ofA.get(key) ?? null, ofB.get(key) ?? null];
    const message = one ?? two;
    if (message === null) return [];
    const count = Number(key.split(' ')[1]);
    const kind = compareWords.kinds[message.kind];
    return [{ key, name: count === 1 ? kind : compareWords.again(kind, count), a: one, b: two }];
  });
}

interface Sides {
  readonly a: Judged;
  readonly b: Judged;
}

function stepView(pair: Pair, number: number, pairs: readonly Pair[], judged: Sides, data: InspectorData): CompareStep {
  const { key, name, a, b } = pair;
  return {
    key,
    number,
    name,
    a: a === null ? null : messageLine(a),
    b: b === null ? null : messageLine(b),
    rows: a === null || b === null ? [] : rowsOf({ ...pair, a, b }, pairs.slice(0, number - 1), judged, data),
  };
}

const standard = ({ as, name }: Param): string => as ?? name;

function rowsOf(
  { key, a, b }: Pair & { readonly a: OAuthMessage; readonly b: OAuthMessage },
  before: readonly Pair[],
  judged: Sides,
  data: InspectorData,
): readonly CompareRow[] {
  const [ofA, ofB] = [byName(a), byName(b)];
  const names = [...new Set([...ofA.keys(), ...ofB.keys()])].slice(0, MOST_ROWS);
  return names.map((name) => {
    const [one, two] = [ofA.get(name), ofB.get(name)];
    const sign: Sign =
      one === undefined || two === undefined
        ? 'differs'
        : one.value === two.value
          ? 'same'
          : FRESH.has(standard(one))
            ? 'fresh'
            : 'differs';
    const cells = {
      a: one === undefined ? null : cellOf(one, 'a', before, judged.a, data),
      b: two === undefined ? null : cellOf(two, 'b', before, judged.b, data),
    };
    const row = { key: `${key} ${name}`, name: visible(name.replace(/ \d+$/, ''), 80), sign };
    return { ...row, ...(sign === 'differs' ? withDifference(cells) : cells) };
  });
}

/** Parameters by name and, where it is repeated, number. */
function byName(message: OAuthMessage): ReadonlyMap<string, Param> {
  const all = new Map<string, Param>();
  for (const param of message.params.slice(0, 2 * MOST_ROWS)) {
    let key = standard(param);
    for (let again = 2; all.has(key); again++) key = `${standard(param)} ${again}`;
    all.set(key, param);
  }
  return all;
}

function cellOf(param: Param, side: Side, before: readonly Pair[], judged: Judged, data: InspectorData): CellView {
  const mark = data.lineage.mark(param.value);
  return {
    value: visible(data.show(param.name, param.value), LONGEST_VALUE),
    from: 0,
    to: 0,
    mark: mark === null || isUntelling(mark) ? null : mark,
    note: noteOf(param, side, before, judged),
  };
}

/** What was sent before under the same name, or what a check proved of it. */
function noteOf(param: Param, side: Side, before: readonly Pair[], { analysis, flow }: Judged): string | null {
  const name = standard(param);
  const w = compareWords;
  if (name === 'code_verifier') {
    const proved = verdictsOf(analysis, flow).some(({ rule, is }) => rule === 'pkce-mismatch' && is === 'pass');
    return proved ? w.fits : null;
  }
  if (!CARRIED.has(name)) return null;
  for (const [index, pair] of before.entries()) {
    const earlier = pair[side]?.params.find((other) => standard(other) === name);
    if (earlier !== undefined) return earlier.value === param.value ? w.asIn(index + 1) : w.notAsIn(index + 1);
  }
  return null;
}

/** Marks the stretch between what both begin and end with. */
function withDifference({ a, b }: Pick<CompareRow, 'a' | 'b'>): Pick<CompareRow, 'a' | 'b'> {
  if (a === null || b === null || a.value.includes(MASK) || b.value.includes(MASK)) return { a, b };
  const [one, two] = [a.value, b.value];
  const least = Math.min(one.length, two.length);
  let from = 0;
  while (from < least && one[from] === two[from]) from += 1;
  let end = 0;
  while (end < least - from && one.at(-1 - end) === two.at(-1 - end)) end += 1;
  return { a: { ...a, from, to: one.length - end }, b: { ...b, from, to: two.length - end } };
}

function headingOf(steps: readonly CompareStep[]): Pick<CompareView, 'heading' | 'detail'> {
  const w = compareWords;
  const rows = steps.flatMap((step) => step.rows);
  const parting = steps.find((step) => step.a === null || step.b === null || step.rows.some(isDifference));
  const fresh = new Set(rows.filter(({ sign }) => sign === 'fresh').map(({ name }) => name)).size;
  if (parting === undefined) return { heading: w.alike, detail: richText(w.alikeDetail) };
  const missing = steps.filter((step) => step.a === null || step.b === null).length;
  const row = parting.rows.find(isDifference);
  const side = (of: Pick<CompareRow, 'a' | 'b'> | CompareStep): string => (of.a === null ? w.sides.b : w.sides.a);
  const first =
    row === undefined
      ? w.reaches(side(parting))
      : row.a === null || row.b === null
        ? w.only(side(row), row.name.replaceAll('`', "'"))
        : w.other(w.sides.b, row.name.replaceAll('`', "'"));
  return {
    heading: w.part(parting.name),
    detail: richText(w.detail(first, rows.filter(isDifference).length + missing, fresh)),
  };
}

function isDifference({ sign }: CompareRow): boolean {
  return sign === 'differs';
}

/**
 * A finding of B that A has not; without one, of A that B has not. One about a parameter that differs comes first, then
 * the worst.
 */
function tellingFinding({ a, b }: Sides, steps: readonly CompareStep[], data: InspectorData): FindingView | null {
  const differing = new Set(steps.flatMap(({ rows }) => rows.filter(isDifference).map(({ name }) => name)));
  const only = (of: Judged, other: Judged): FindingView | undefined => {
    const known = new Set(findingsOf(other.analysis, other.flow).map(({ rule }) => rule));
    const own = findingViews(of.analysis, of.flow, data.rules).filter(({ rule }) => !known.has(rule));
    return own.find(({ seen }) => seen.some(({ items }) => items.some(({ name }) => differing.has(name)))) ?? own[0];
  };
  return only(b, a) ?? only(a, b) ?? null;
}

function verdictRows(judged: Sides, data: InspectorData): readonly VerdictRow[] {
  const marks = { a: marksOf(judged.a), b: marksOf(judged.b) };
  const rows = [...data.rules.values()].flatMap(({ id, subject }): readonly VerdictRow[] => {
    const [a, b] = [marks.a.get(id) ?? null, marks.b.get(id) ?? null];
    return a === null && b === null ? [] : [{ rule: id, subject: richText(subject), a, b }];
  });
  const place = ({ a, b }: VerdictRow): number =>
    Math.min(
      ...[a, b].map((mark) => (SEVERITIES as readonly (Mark | null)[]).indexOf(mark)).map((at) => (at < 0 ? 9 : at)),
    ) + Number(a === null || b === null);
  return rows.toSorted((one, two) => place(one) - place(two));
}

/** The verdict of each rule on a flow as a mark; rules that do not apply have none. */
function marksOf({ analysis, flow }: Judged): ReadonlyMap<string, Mark> {
  const found = new Map(findingsOf(analysis, flow).map(({ rule, severity }) => [rule, severity]));
  const marks = new Map<string, Mark>();
  for (const verdict of verdictsOf(analysis, flow)) {
    const mark = markOf(verdict, found.get(verdict.rule));
    if (mark !== null) marks.set(verdict.rule, mark);
  }
  return marks;
}

function markOf({ is }: Verdict, severity: Mark | undefined): Mark | null {
  switch (is) {
    case 'pass':
      return 'pass';
    case 'fail':
      return severity ?? 'info';
    case 'cannotTell':
      return 'cannotTell';
    case 'error':
      return 'stopped';
    case 'notApplicable':
      return null;
  }
}

function markdownOf(view: Omit<CompareView, 'markdown'>): string {
  const w = compareWords;
  const code = (text: string): string => `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
  const cell = (of: CellView | null): string => (of === null ? w.none : code(of.value));
  const lines = [
    `### ${view.heading}`,
    '',
    plainText(view.detail),
    '',
    `| | | A: ${code(view.a.name)} | B: ${code(view.b.name)} |`,
    '| --- | --- | --- | --- |',
  ];
  for (const step of view.steps) {
    const line = (text: string | null): string => (text === null ? w.notReached : code(text));
    lines.push(`| ${step.number} | **${step.name}** | ${line(step.a)} | ${line(step.b)} |`);
    for (const row of step.rows.filter(({ sign }) => sign !== 'same')) {
      lines.push(`| ${w.signs[row.sign]} | ${code(row.name)} | ${cell(row.a)} | ${cell(row.b)} |`);
    }
  }
  if (view.verdicts.length > 0) {
    const mark = (of: Mark | null): string => (of === null ? w.notApplicable : words.mark[of]);
    lines.push('', `| ${w.verdicts} | A | B |`, '| --- | --- | --- |');
    for (const { rule, a, b } of view.verdicts) lines.push(`| \`${rule}\` | ${mark(a)} | ${mark(b)} |`);
  }
  return `${lines.join('\n')}\n`;
}
