import { endpointOf } from '../http/endpoint.ts';
import { bearerToken, header } from '../http/headers.ts';
import { setCookies } from '../http/set-cookie.ts';
import type { Finding, FindingEvidence, Verdict } from '../model/analysis.ts';
import type { Flow } from '../model/flow.ts';
import type { Endpoint, OAuthMessage, Param } from '../model/message.ts';
import type { Exchange, Observation, PageScan, StorageSnapshot } from '../model/observation.ts';
import type { Confidence, Evidence, Fail, Need, Outcome, Rule, RuleContext, Severity, Trace } from '../model/rule.ts';
import { CONFIDENCES, SEVERITIES } from '../model/rule.ts';
import type { Work } from '../model/work.ts';
import type { Adjustment, Profile } from '../rules/profiles.ts';
import { codePlace } from './code-place.ts';
import { type Hashes, leftHalfKey } from './hashes.ts';
import { type JudgedFlow, placesOf, type SaidAlone, type StillSaid } from './judged-before.ts';
import { ownText, type Redactor, withoutRandom } from './redact.ts';

export interface RunInput {
  /** Everything that was observed, in order; the next four are what it is made of. */
  readonly observations: readonly Observation[];
  readonly flows: readonly Flow[];
  readonly exchanges: readonly Exchange[];
  readonly snapshots: readonly StorageSnapshot[];
  readonly scans: readonly PageScan[];
  readonly rules: readonly Rule[];
  readonly redactor: Redactor;
  readonly now: number | null;
  readonly hashes: Hashes;
  readonly adjust: Profile['adjust'];
  /** What an analysis before this one said of a flow and still holds. */
  readonly stillSaid?: StillSaid;
}

export interface RunResult {
  readonly findings: Finding[];
  readonly verdicts: Verdict[];
  /** By id. */
  readonly judged: ReadonlyMap<string, JudgedFlow>;
}

const PASS: Outcome = { is: 'pass' };
const NOT_APPLICABLE: Outcome = { is: 'notApplicable' };

/** Rules between two places where the work may be interrupted: asking costs about as much as an easy rule. */
const TOGETHER = 16;

/**
 * Every rule on every flow, or on every trace in which there is something to judge. A rule that throws gives an `error`
 * verdict and harms no other.
 */
export function* runRules(input: RunInput): Work<RunResult> {
  const verdicts: Verdict[] = [];
  const findings: Finding[] = [];
  const judged = new Map<string, JudgedFlow>();
  let places: ReadonlyMap<Observation, number> | null = null;
  const parts: FindingParts = {
    doubtful: doubtfulMessages(input.flows),
    // Most captures hold no flow, and nothing asks.
    get places() {
      places ??= new Map(input.observations.map((observation, index) => [observation, index]));
      return places;
    },
    input,
  };
  const parentsOf = new Map(input.rules.map((rule) => [rule.id, rule.parents]));
  yield;
  for (const [id, trace] of traces(input)) {
    let lookedFurther = false;
    const context = contextFor(input, trace, () => {
      lookedFurther = true;
    });
    const found = new Map<Flow | null, Finding[]>([...trace.flows, null].map((flow) => [flow, []]));
    const take = (rule: Rule, flow: Flow | null, outcome: Outcome | { readonly error: string }): SaidAlone => {
      const verdict = toVerdict(rule, flow, id, outcome);
      const said: Finding[] = [];
      verdicts.push(verdict);
      for (const fail of 'is' in outcome && outcome.is === 'fail' ? outcome.fails : []) {
        const of = flow ?? fail.flow ?? null;
        const finding = toFinding(rule, of, id, fail, parts);
        found.get(of)?.push(finding);
        said.push(finding);
      }
      return { verdict, findings: said };
    };
    for (const flow of trace.flows) {
      const places = placesOf(flow, parts.places);
      const still = input.stillSaid?.(flow, places) ?? null;
      const said: (SaidAlone | null)[] = [];
      for (const [index, rule] of input.rules.entries()) {
        const known = still?.[index] ?? null;
        if (known !== null) {
          verdicts.push(known.verdict);
          found.get(flow)?.push(...known.findings);
          said.push(known);
        } else if (rule.judges === 'trace') said.push(null);
        else {
          lookedFurther = false;
          const outcome = judge(rule, () => rule.check(flow, context));
          const now = take(rule, flow, outcome);
          said.push(lookedFurther ? null : now);
          // The first that asks for something of the whole trace waits for it.
          if (lookedFurther) yield;
        }
        if (index % TOGETHER === 0) yield;
      }
      judged.set(flow.id, { flow, places, said });
    }
    if (hasSomethingToJudge(trace)) {
      for (const rule of input.rules) {
        if (rule.judges === 'trace')
          take(
            rule,
            null,
            judge(rule, () => rule.check(context, context)),
          );
        yield;
      }
    }
    for (const group of found.values()) {
      findings.push(...withParents(onceEach(group), parentsOf));
      yield;
    }
  }
  return { findings, verdicts, judged };
}

function toVerdict(
  rule: Rule,
  flow: Flow | null,
  trace: string,
  outcome: Outcome | { readonly error: string },
): Verdict {
  const verdict = { rule: rule.id, flow: flow?.id ?? null, trace };
  if ('error' in outcome) return { ...verdict, is: 'error', message: outcome.error };
  if (outcome.is === 'cannotTell') return { ...verdict, is: 'cannotTell', missing: outcome.missing };
  return { ...verdict, is: outcome.is };
}

/** Traffic without anything of OAuth, without a token and without a look into the page is nobody's business. */
function hasSomethingToJudge({ flows, snapshots, scans, exchanges }: Trace): boolean {
  return flows.length > 0 || snapshots.length > 0 || scans.length > 0 || exchanges.some(carriesToken);
}

function carriesToken({ request, outcome }: Exchange): boolean {
  const { url } = request;
  if (url.includes('eyJ') || (url.includes('_token=') && /[?&#](access_token|id_token)=/.test(url))) return true;
  const authorization = header(request.headers, 'authorization');
  if (authorization !== null && bearerToken(authorization) !== null) return true;
  // Asked of every exchange, and most responses set no cookie.
  if (outcome.is !== 'response' || header(outcome.response.headers, 'set-cookie') === null) return false;
  return setCookies(outcome.response.headers).some(
    ({ name, value }) => value.startsWith('eyJ') || /(access|id|refresh)[_-]?token/i.test(name),
  );
}

function judge(rule: Rule, check: () => Outcome): Outcome | { readonly error: string } {
  try {
    return check();
  } catch (error) {
    // The message of an exception can quote captured data; its name cannot.
    return { error: error instanceof Error ? `${error.name} in ${rule.id}` : `unknown error in ${rule.id}` };
  }
}

/** In the order in which the traces were first observed. */
function traces(input: RunInput): Map<string, Trace> {
  const flows = byTrace(input.flows);
  const exchanges = byTrace(input.exchanges);
  const snapshots = byTrace(input.snapshots);
  const scans = byTrace(input.scans);
  const all = new Map<string, Trace>();
  for (const { trace } of input.observations) {
    if (all.has(trace)) continue;
    all.set(trace, {
      flows: flows.get(trace) ?? [],
      exchanges: exchanges.get(trace) ?? [],
      snapshots: snapshots.get(trace) ?? [],
      scans: scans.get(trace) ?? [],
    });
  }
  return all;
}

function byTrace<T extends { readonly trace: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.trace);
    if (group) group.push(item);
    else groups.set(item.trace, [item]);
  }
  return groups;
}

/** `looks` is called whenever a rule asks for what is not in its flow: the rest of the trace, or the time. */
function contextFor(input: RunInput, trace: Trace, looks: () => void): RuleContext {
  const { redactor } = input;
  const found = new Map<unknown, unknown>();
  const further = <T>(value: T): T => {
    looks();
    return value;
  };
  return {
    get flows() {
      return further(trace.flows);
    },
    get exchanges() {
      return further(trace.exchanges);
    },
    get snapshots() {
      return further(trace.snapshots);
    },
    get scans() {
      return further(trace.scans);
    },
    get now() {
      return further(input.now);
    },
    once: <T>(find: (trace: Trace) => T): T => {
      looks();
      if (!found.has(find)) found.set(find, find(trace));
      return found.get(find) as T;
    },
    say: redactor.say,
    mask: redactor.mask,
    plain: redactor.plain,
    s256: (value) => {
      const hash = input.hashes.s256.get(value);
      if (hash === undefined) throw new Error('no hash was prepared for this value');
      return hash;
    },
    leftHalf: (value, alg) => input.hashes.leftHalf.get(leftHalfKey(value, alg)) ?? null,
    proof: (text) => input.hashes.proofs.get(text) ?? { thumbprint: null, signature: 'cannotTell' },
    same: (a, b) => a === b,
    at: (message, param, note) => ({
      message,
      where: param.where,
      name: param.name,
      value: param.value,
      ...noted(note),
    }),
    absent: (message, name, where) => ({ message, where: where ?? usualPlace(message), name }),
    inStorage: ({ snapshot, name, value, index }, note) => ({
      message: null,
      observation: snapshot,
      where: 'storage',
      name,
      value,
      stored: index,
      ...noted(note),
    }),
    inText: (scan, place, value, note) => ({
      message: null,
      observation: scan,
      where: 'script',
      name: place.name,
      value,
      offset: place.offset,
      ...(place.mapped === undefined ? {} : { mapped: place.mapped }),
      ...noted(note),
    }),
    inRequest: (exchange, where, name, value, note) => ({
      message: null,
      observation: exchange,
      where,
      name,
      value,
      ...noted(note),
    }),
    sure: (flow, message) => flow.links.some((link) => link.message === message && link.sure),
    pass: PASS,
    notApplicable: NOT_APPLICABLE,
    cannotTell: (...missing: readonly [Need, ...Need[]]) => ({ is: 'cannotTell', missing }),
    fail: (...fails: readonly [Fail, ...Fail[]]) => ({ is: 'fail', fails }),
  };
}

function noted(note: Evidence['note']): Pick<Evidence, 'note'> {
  return note === undefined ? {} : { note };
}

/** Where this kind of message carries its parameters. */
function usualPlace(message: OAuthMessage): Param['where'] {
  if (message.kind === 'authorizationResponse') return message.channel === 'form_post' ? 'body' : message.channel;
  return message.kind === 'authorizationRequest' && message.method !== 'POST' ? 'query' : 'body';
}

interface FindingParts {
  readonly doubtful: ReadonlySet<OAuthMessage>;
  /** Index of each observation. */
  readonly places: ReadonlyMap<Observation, number>;
  readonly input: RunInput;
}

function toFinding(rule: Rule, flow: Flow | null, trace: string, fail: Fail, parts: FindingParts): Finding {
  const { redactor, adjust } = parts.input;
  const [first, ...rest] = fail.evidence;
  const restsOnDoubt = fail.evidence.some(({ message }) => message !== null && parts.doubtful.has(message));
  const confidence = restsOnDoubt ? 'tentative' : (fail.confidence ?? rule.confidence);
  const claimed = adjusted(fail.severity ?? rule.severity, adjust[rule.id]);
  const capped = confidence === 'tentative' && claimed === 'high' ? 'medium' : claimed;
  const where = endpointOfEvidence(first);
  const local = where?.loopback ?? false;
  const place = `${first.where}.${first.message === null ? withoutRandom(first.name) : first.name}`;
  return {
    rule: rule.id,
    severity: local ? oneLower(capped) : capped,
    confidence,
    flow: flow?.id ?? null,
    trace,
    message: first.message?.index ?? null,
    host: where === null ? null : redactor.plain(where.host),
    key: [rule.id, where?.host ?? '-', flow?.clientId ?? '-', place, ...(fail.part ? [fail.part] : [])]
      .map((part) => redactor.plain(part))
      .join('|'),
    parent: null,
    title: rule.title,
    summary: local
      ? redactor.say`${fail.summary} One level lower, because this host is the machine itself.`
      : fail.summary,
    why: rule.why,
    fix: fail.fix ?? ownText(rule.fix),
    evidence: [toEvidence(first, parts), ...rest.map((evidence) => toEvidence(evidence, parts))],
  };
}

/** Where the page, script, request or message of an evidence is. */
function endpointOfEvidence(evidence: Evidence): Endpoint | null {
  if (evidence.message !== null) return evidence.message.endpoint;
  const { observation } = evidence;
  switch (observation.is) {
    case 'exchange':
      return endpointOf(observation.request.url);
    case 'storage':
      return endpointOf(observation.origin);
    case 'script':
      return endpointOf(observation.url);
  }
}

/** Moves a severity into the range of the profile. */
function adjusted(severity: Severity, adjustment: Adjustment | undefined): Severity {
  if (adjustment === undefined || severity === 'info') return severity;
  const rank = SEVERITIES.indexOf(severity);
  const best = adjustment.atMost === undefined ? 0 : SEVERITIES.indexOf(adjustment.atMost);
  const worst = adjustment.atLeast === undefined ? SEVERITIES.length - 1 : SEVERITIES.indexOf(adjustment.atLeast);
  return SEVERITIES[Math.min(Math.max(rank, best), worst)] ?? severity;
}

/** A developer's own machine: the defect is there, but nobody else can use it yet. */
function oneLower(severity: Severity): Severity {
  return SEVERITIES[SEVERITIES.indexOf(severity) + 1] ?? 'info';
}

/** The same defect at the same place, seen again in one flow (a poll, a reload), is one finding: the worst, then the first. */
function onceEach(findings: readonly Finding[]): Finding[] {
  const kept = new Map<string, Finding>();
  for (const finding of findings) {
    const before = kept.get(finding.key);
    if (before === undefined || SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(before.severity)) {
      kept.set(finding.key, finding);
    }
  }
  return [...kept.values()];
}

/** Messages whose place in their flow is not sure: what rests on one of them is tentative. */
function doubtfulMessages(flows: readonly Flow[]): Set<OAuthMessage> {
  const doubtful = new Set<OAuthMessage>();
  for (const flow of flows) for (const { message, sure } of flow.links) if (!sure) doubtful.add(message);
  return doubtful;
}

function toEvidence(evidence: Evidence, { places, input: { redactor } }: FindingParts): FindingEvidence {
  const { message, where, name, value, note } = evidence;
  const observation = message === null ? evidence.observation : message.exchange;
  const shown = (text: string): FindingEvidence['name'] =>
    message === null ? redactor.mask(text) : redactor.value(name, text);
  return {
    message: message?.index ?? null,
    observation: places.get(observation) ?? -1,
    where,
    name: message === null ? redactor.readable(name) : redactor.plain(name),
    ...(value === undefined ? {} : { value: shown(value) }),
    ...(note === undefined ? {} : { note }),
    ...(message === null && evidence.stored !== undefined ? { stored: evidence.stored } : {}),
    ...(message === null ? codePlace(evidence, redactor) : {}),
  };
}

interface Card {
  finding: Finding;
  parent: Card | null;
}

/** One cause, one card: a finding whose cause was found in the same flow goes below it. */
function withParents(
  findings: readonly Finding[],
  parentsOf: ReadonlyMap<string, readonly string[]>,
): readonly Finding[] {
  if (findings.length === 0) return [];
  const cards = findings.map((finding): Card => ({ finding, parent: null }));
  for (const card of cards) card.parent = causeOf(card, cards, parentsOf.get(card.finding.rule) ?? []);
  const roots = cards.filter((card) => card.parent === null).map((card) => [card, ...below(card, cards)]);
  return roots
    .map((tree) => tree.map((card) => withFacts(card, cards)))
    .sort(([a], [b]) => (a && b ? worstFirst(a, b) : 0))
    .flatMap(([root, ...children]) => (root ? [root, ...children.sort(worstFirst)] : []));
}

/**
 * Of several causes the one on the same message, else the first that the rule names. Findings of no flow have only their
 * host in common: on another one, it is another cause.
 */
function causeOf({ finding }: Card, cards: readonly Card[], parents: readonly string[]): Card | null {
  const near = finding.flow === null ? cards.filter((card) => hostOf(card.finding) === hostOf(finding)) : cards;
  const causes = parents.flatMap((id) => near.filter((card) => card.finding.rule === id));
  const places = new Set(finding.evidence.map(subjectOf));
  const same = causes.find((card) => card.finding.evidence.some((evidence) => places.has(subjectOf(evidence))));
  return same ?? causes[0] ?? null;
}

function hostOf({ key }: Finding): string {
  return key.split('|')[1] ?? '';
}

function subjectOf({ message, observation }: FindingEvidence): string {
  return message === null ? `observation ${observation}` : `message ${message}`;
}

/** The card takes the highest severity among its facts. */
function withFacts(card: Card, cards: readonly Card[]): Finding {
  const facts = [card, ...below(card, cards)].map(({ finding }) => finding.severity);
  return { ...card.finding, parent: card.parent?.finding.key ?? null, severity: worst(facts) };
}

function below(card: Card, cards: readonly Card[]): Card[] {
  return cards.filter((other) => other.parent === card).flatMap((child) => [child, ...below(child, cards)]);
}

function worst(severities: readonly Severity[]): Severity {
  return SEVERITIES.find((severity) => severities.includes(severity)) ?? 'info';
}

/** Severity, then confidence, then rule: the order never depends on chance. */
export function worstFirst(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    confidenceRank(a.confidence) - confidenceRank(b.confidence) ||
    textOrder(a.rule, b.rule) ||
    textOrder(a.key, b.key)
  );
}

/** Most findings of a long capture are of few rules, and to compare texts by language takes long. */
function textOrder(a: string, b: string): number {
  return a === b ? 0 : a.localeCompare(b);
}

function confidenceRank(confidence: Confidence): number {
  return CONFIDENCES.indexOf(confidence);
}
