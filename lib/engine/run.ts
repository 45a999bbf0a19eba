import type { Finding, FindingEvidence, Verdict } from '../model/analysis.ts';
import type { Flow } from '../model/flow.ts';
import type { OAuthMessage, Param } from '../model/message.ts';
import type { Exchange } from '../model/observation.ts';
import type { Confidence, Evidence, Fail, Need, Outcome, Rule, RuleContext, Severity } from '../model/rule.ts';
import { CONFIDENCES, SEVERITIES } from '../model/rule.ts';
import type { Adjustment, Profile } from '../rules/profiles.ts';
import { type Hashes, leftHalfKey } from './hashes.ts';
import { ownText, type Redactor } from './redact.ts';

export interface RunInput {
  readonly flows: readonly Flow[];
  /** Everything that was observed, in order. */
  readonly exchanges: readonly Exchange[];
  readonly rules: readonly Rule[];
  readonly redactor: Redactor;
  readonly now: number | null;
  readonly hashes: Hashes;
  readonly adjust: Profile['adjust'];
}

export interface RunResult {
  readonly findings: Finding[];
  readonly verdicts: Verdict[];
}

const PASS: Outcome = { is: 'pass' };
const NOT_APPLICABLE: Outcome = { is: 'notApplicable' };

/** Every rule on every flow. A rule that throws gives an `error` verdict and harms no other. */
export function runRules(input: RunInput): RunResult {
  const verdicts: Verdict[] = [];
  const findings: Finding[] = [];
  const contexts = contextsByTrace(input);
  const doubtful = doubtfulMessages(input.flows);
  for (const flow of input.flows) {
    const context = contexts.get(flow.trace);
    if (context === undefined) continue;
    const found: Finding[] = [];
    for (const rule of input.rules) {
      const outcome = judge(rule, flow, context);
      if ('error' in outcome) {
        verdicts.push({ rule: rule.id, flow: flow.id, is: 'error', message: outcome.error });
      } else if (outcome.is === 'cannotTell') {
        verdicts.push({ rule: rule.id, flow: flow.id, is: 'cannotTell', missing: outcome.missing });
      } else {
        verdicts.push({ rule: rule.id, flow: flow.id, is: outcome.is });
        if (outcome.is === 'fail') {
          for (const fail of outcome.fails) found.push(toFinding(rule, flow, fail, doubtful, input));
        }
      }
    }
    findings.push(...withParents(onceEach(found), input.rules));
  }
  return { findings, verdicts };
}

function judge(rule: Rule, flow: Flow, context: RuleContext): Outcome | { readonly error: string } {
  try {
    return rule.check(flow, context);
  } catch (error) {
    // The message of an exception can quote captured data; its name cannot.
    return { error: error instanceof Error ? `${error.name} in ${rule.id}` : `unknown error in ${rule.id}` };
  }
}

function contextsByTrace(input: RunInput): Map<string, RuleContext> {
  const flows = byTrace(input.flows);
  const exchanges = byTrace(input.exchanges);
  const contexts = new Map<string, RuleContext>();
  for (const [trace, ofTrace] of flows) contexts.set(trace, contextFor(input, ofTrace, exchanges.get(trace) ?? []));
  return contexts;
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

function contextFor(input: RunInput, flows: readonly Flow[], exchanges: readonly Exchange[]): RuleContext {
  const { redactor } = input;
  const found = new Map<unknown, unknown>();
  return {
    now: input.now,
    flows,
    exchanges,
    once: <T>(find: (trace: Pick<RuleContext, 'flows' | 'exchanges'>) => T): T => {
      if (!found.has(find)) found.set(find, find({ flows, exchanges }));
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
      ...(note === undefined ? {} : { note }),
    }),
    absent: (message, name, where) => ({ message, where: where ?? usualPlace(message), name }),
    sure: (flow, message) => flow.links.some((link) => link.message === message && link.sure),
    pass: PASS,
    notApplicable: NOT_APPLICABLE,
    cannotTell: (...missing: readonly [Need, ...Need[]]) => ({ is: 'cannotTell', missing }),
    fail: (...fails: readonly [Fail, ...Fail[]]) => ({ is: 'fail', fails }),
  };
}

/** Where this kind of message carries its parameters. */
function usualPlace(message: OAuthMessage): Param['where'] {
  if (message.kind === 'authorizationResponse') return message.channel === 'form_post' ? 'body' : message.channel;
  return message.kind === 'authorizationRequest' && message.method !== 'POST' ? 'query' : 'body';
}

function toFinding(
  rule: Rule,
  flow: Flow,
  fail: Fail,
  doubtful: ReadonlySet<OAuthMessage>,
  { redactor, adjust }: RunInput,
): Finding {
  const [first, ...rest] = fail.evidence;
  const restsOnDoubt = fail.evidence.some(({ message }) => doubtful.has(message));
  const confidence = restsOnDoubt ? 'tentative' : (fail.confidence ?? rule.confidence);
  const claimed = adjusted(fail.severity ?? rule.severity, adjust[rule.id]);
  const capped = confidence === 'tentative' && claimed === 'high' ? 'medium' : claimed;
  const local = first.message.endpoint.loopback;
  const place = `${first.where}.${first.name}`;
  return {
    rule: rule.id,
    severity: local ? oneLower(capped) : capped,
    confidence,
    flow: flow.id,
    message: first.message.index,
    key: [rule.id, first.message.endpoint.host, flow.clientId ?? '-', place, ...(fail.part ? [fail.part] : [])]
      .map((part) => redactor.plain(part))
      .join('|'),
    parent: null,
    title: rule.title,
    summary: local
      ? redactor.say`${fail.summary} One level lower, because this host is the machine itself.`
      : fail.summary,
    why: rule.why,
    fix: fail.fix ?? ownText(rule.fix),
    evidence: [toEvidence(first, redactor), ...rest.map((evidence) => toEvidence(evidence, redactor))],
  };
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

function toEvidence(evidence: Evidence, redactor: Redactor): FindingEvidence {
  return {
    message: evidence.message.index,
    where: evidence.where,
    name: redactor.plain(evidence.name),
    ...(evidence.value === undefined ? {} : { value: redactor.value(evidence.name, evidence.value) }),
    ...(evidence.note === undefined ? {} : { note: evidence.note }),
  };
}

interface Card {
  finding: Finding;
  parent: Card | null;
}

/** One cause, one card: a finding whose cause was found in the same flow goes below it. */
function withParents(findings: readonly Finding[], rules: readonly Rule[]): Finding[] {
  const parentsOf = new Map(rules.map((rule) => [rule.id, rule.parents]));
  const cards = findings.map((finding): Card => ({ finding, parent: null }));
  for (const card of cards) card.parent = causeOf(card, cards, parentsOf.get(card.finding.rule) ?? []);
  const roots = cards.filter((card) => card.parent === null).map((card) => [card, ...below(card, cards)]);
  return roots
    .map((tree) => tree.map((card) => withFacts(card, cards)))
    .sort(([a], [b]) => (a && b ? worstFirst(a, b) : 0))
    .flatMap(([root, ...children]) => (root ? [root, ...children.sort(worstFirst)] : []));
}

/** Of several causes the one on the same message, else the first that the rule names. */
function causeOf({ finding }: Card, cards: readonly Card[], parents: readonly string[]): Card | null {
  const causes = parents.flatMap((id) => cards.filter((card) => card.finding.rule === id));
  const messages = new Set(finding.evidence.map((evidence) => evidence.message));
  const same = causes.find((card) => card.finding.evidence.some((evidence) => messages.has(evidence.message)));
  return same ?? causes[0] ?? null;
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
    a.rule.localeCompare(b.rule) ||
    a.key.localeCompare(b.key)
  );
}

function confidenceRank(confidence: Confidence): number {
  return CONFIDENCES.indexOf(confidence);
}
