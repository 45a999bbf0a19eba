import type { Analysis } from '../model/analysis.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { MessageKind } from '../model/message.ts';
import type { Severity } from '../model/rule.ts';
import { findingsOf } from './findings.ts';
import { type Mark, worst } from './mark.ts';
import { words } from './words.ts';

/** Where a flow stands. `stopped`: the server answered with an error. `unfinished`: nothing came for a while. */
export type Progress = 'running' | 'done' | 'stopped' | 'unfinished';

export interface StepView {
  readonly name: string;
  readonly mark: Mark;
  /** Why the mark is what it is; spoken after the name and shown on hover. */
  readonly says: string;
  /** The way to the next step was seen; drawn solid, else dashed. */
  readonly seenOnward: boolean;
}

/** A sign-in without a new message for this long is no longer under way: longer than a slow second factor. */
const RUNNING_MS = 10 * 60_000;

const STEP_KINDS = {
  request: ['authorizationRequest', 'pushedAuthorizationRequest', 'pushedAuthorizationResponse'],
  code: ['deviceAuthorizationRequest', 'deviceAuthorizationResponse'],
  signIn: [],
  callback: ['authorizationResponse'],
  token: ['tokenRequest', 'tokenResponse'],
  tokenRequest: ['tokenRequest'],
  tokenResponse: ['tokenResponse'],
} as const satisfies Record<string, readonly MessageKind[]>;

type StepId = keyof typeof STEP_KINDS;

const has = (flow: Flow, id: StepId): boolean =>
  flow.messages.some((message) => (STEP_KINDS[id] as readonly MessageKind[]).includes(message.kind));

/** The `error` that ended the flow; `null` where none did. */
export function errorOf(flow: Flow): string | null {
  const answers = messagesOf(flow, 'authorizationResponse');
  if (answers.some((answer) => answer.error === null)) return null;
  return answers.at(-1)?.error ?? null;
}

/** `now` in milliseconds since the epoch. */
export function progressOf(flow: Flow, now: number): Progress {
  if (errorOf(flow) !== null) return 'stopped';
  if (flow.alone || !opensWithRequest(flow) || has(flow, 'callback') || has(flow, 'token')) return 'done';
  const last = Math.max(...flow.messages.map((message) => message.exchange.time ?? Number.NEGATIVE_INFINITY));
  return now - last < RUNNING_MS ? 'running' : 'unfinished';
}

function opensWithRequest(flow: Flow): boolean {
  return has(flow, 'request') || has(flow, 'code');
}

function stepIds(flow: Flow): readonly StepId[] {
  if (has(flow, 'code')) return ['code', 'signIn', 'token'];
  if (has(flow, 'request') || has(flow, 'callback')) {
    return flow.grant === 'implicit' && !has(flow, 'token')
      ? ['request', 'signIn', 'callback']
      : ['request', 'signIn', 'callback', 'token'];
  }
  return has(flow, 'token') ? ['tokenRequest', 'tokenResponse'] : [];
}

/** The thin line of steps; empty for a flow that has none (signing out, metadata on its own). */
export function stepViews(analysis: Analysis, flow: Flow, progress: Progress): readonly StepView[] {
  const ids = stepIds(flow);
  const severities = severitiesByStep(analysis, flow, ids);
  const reached = ids.findLastIndex((id) => has(flow, id));
  return ids.map((id, index): StepView => {
    const found = severities.get(id) ?? [];
    const { mark, says } = markOf({ flow, id, index, reached, progress, found });
    const next = ids[index + 1];
    return { name: words.steps[id], mark, says, seenOnward: next === undefined || index < reached };
  });
}

interface StepFacts {
  readonly flow: Flow;
  readonly id: StepId;
  readonly index: number;
  /** Index of the last step with a message. */
  readonly reached: number;
  readonly progress: Progress;
  readonly found: readonly Severity[];
}

function markOf(step: StepFacts): { readonly mark: Mark; readonly says: string } {
  const { flow, id, index, reached, progress, found } = step;
  const w = words.steps;
  const severity = worst(found);
  const ends = progress === 'stopped' && index === reached && has(flow, id);
  if (ends && (severity === null || severity === 'info')) return { mark: 'stopped', says: w.stopped };
  if (severity !== null) return { mark: severity, says: w.findings(found.length) };
  if (has(flow, id)) return { mark: 'pass', says: w.fine };
  if (index < reached) {
    return id === 'signIn' ? { mark: 'pass', says: w.fine } : { mark: 'cannotTell', says: w.unseen };
  }
  if (progress === 'stopped') return { mark: 'notYet', says: w.notReached };
  if (progress === 'running' && index === reached + 1) return { mark: 'running', says: w.waiting };
  if (progress === 'running' || progress === 'unfinished') return { mark: 'notYet', says: w.notYet };
  if (id === 'tokenResponse') return { mark: 'cannotTell', says: w.bodyHidden };
  return { mark: 'cannotTell', says: id === 'token' ? w.byServer : w.unseen };
}

function severitiesByStep(
  analysis: Analysis,
  flow: Flow,
  ids: readonly StepId[],
): ReadonlyMap<StepId, readonly Severity[]> {
  const map = new Map<StepId, Severity[]>();
  for (const finding of findingsOf(analysis, flow)) {
    const kind = finding.message === null ? undefined : analysis.messages[finding.message]?.kind;
    const id = ids.find((step) => kind !== undefined && (STEP_KINDS[step] as readonly MessageKind[]).includes(kind));
    if (id !== undefined) map.set(id, [...(map.get(id) ?? []), finding.severity]);
  }
  return map;
}
