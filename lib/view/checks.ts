import type { Analysis, Verdict } from '../model/analysis.ts';
import type { Flow } from '../model/flow.ts';
import { type Need, type RuleMeta, SEVERITIES } from '../model/rule.ts';
import { type ReferenceView, referenceView, verdictsOf } from './findings.ts';
import type { Progress } from './steps.ts';
import { richText, type Text, visible } from './text.ts';
import { type HintId, words } from './words.ts';

export interface PassedView {
  readonly rule: string;
  readonly subject: Text;
  readonly reference: ReferenceView | null;
}

export interface UnjudgedView {
  readonly rule: string;
  readonly subject: Text;
  /** What was missing, in words: `the token response`. */
  readonly missing: readonly string[];
}

/** Checks that the same thing would decide. */
export interface UnjudgedGroup {
  readonly id: HintId;
  readonly title: string;
  readonly text: Text;
  /** Sites that would show it, to be watched with one press. */
  readonly watch: SitesView | null;
  readonly items: readonly UnjudgedView[];
}

/** Sites that the browser is asked for, and how they are called. */
export interface SitesView {
  readonly origins: readonly string[];
  /** `app.example and as.example` */
  readonly name: string;
}

export interface FailedCheckView {
  readonly rule: string;
  readonly subject: Text;
  readonly message: string;
}

export interface ChecksView {
  readonly passed: readonly PassedView[];
  readonly unjudged: readonly UnjudgedGroup[];
  readonly failedChecks: readonly FailedCheckView[];
}

/** What decides which hint helps. */
export interface HintFacts {
  /** Only the address of the tab was read. */
  readonly addressOnly: boolean;
  readonly progress: Progress;
  /** `null` for what is judged of a page or of all that was observed together. */
  readonly flow: Flow | null;
  readonly watchingAll: boolean;
  /** Sites of this flow that are not watched. */
  readonly watchable: SitesView | null;
}

/** Hints that watching another site may answer. */
const WATCH_HINTS: ReadonlySet<HintId> = new Set<HintId>(['watch', 'request', 'callback', 'tokenRequest']);

/** Hints from what the person can do at once to what nobody can do here; the first that fits is given. */
const HINT_ORDER: readonly HintId[] = [
  'clientType',
  'later',
  'ended',
  'watch',
  'request',
  'callback',
  'tokenRequest',
  'server',
  'link',
  'sender',
  'body',
  'requestBody',
  'headers',
  'metadata',
  'requestObject',
  'cut',
  'page',
  'checkPage',
];

/** Needs that more traffic of the same site would meet. */
const BY_WATCHING: ReadonlySet<Need> = new Set<Need>([
  'authorization request',
  'authorization response',
  'token request',
  'request body',
  'request headers',
  'response headers',
  'sender',
  'sure link',
]);

function hintOf(need: Need, { addressOnly, progress, flow, watchingAll }: HintFacts): HintId {
  if (addressOnly && BY_WATCHING.has(need)) return 'watch';
  const sawTokenRequest = flow === null || flow.messages.some((message) => message.kind === 'tokenRequest');
  switch (need) {
    case 'authorization request':
      return 'request';
    case 'authorization response':
      return progress === 'running' ? 'later' : progress === 'stopped' ? 'ended' : 'callback';
    case 'token request':
    case 'token response':
    case 'response body':
      if (progress === 'running') return 'later';
      if (progress === 'stopped') return 'ended';
      if (need !== 'token request' && (sawTokenRequest || addressOnly)) return 'body';
      return flow?.clientType.is === 'confidential' || watchingAll ? 'server' : 'tokenRequest';
    case 'request body':
      return 'requestBody';
    case 'request headers':
    case 'response headers':
      return 'headers';
    case 'request object':
      return 'requestObject';
    case 'server metadata':
      return 'metadata';
    case 'client type':
      return 'clientType';
    case 'sender':
      return 'sender';
    case 'whole address':
      return 'cut';
    case 'sure link':
      return 'link';
    case 'page':
      return 'page';
    case 'page storage':
    case 'page code':
      return 'checkPage';
  }
}

/** A check that lacks several things is filed under the one that is hardest to get: the others would not be enough. */
function hintOfAll(missing: readonly Need[], facts: HintFacts): HintId {
  const hints = missing.map((need) => hintOf(need, facts));
  return HINT_ORDER.findLast((hint) => hints.includes(hint)) ?? 'page';
}

/** Rows that passed, could not be judged, or broke, in the order of the rules. */
export function checksView(
  analysis: Analysis,
  flow: Flow | null,
  rules: ReadonlyMap<string, RuleMeta>,
  facts: HintFacts,
): ChecksView {
  const verdicts = inRuleOrder(verdictsOf(analysis, flow), rules);
  const subject = (verdict: Verdict): Text => richText(rules.get(verdict.rule)?.subject ?? verdict.rule);
  const passed: PassedView[] = [];
  const failedChecks: FailedCheckView[] = [];
  const groups = new Map<HintId, UnjudgedView[]>();
  for (const verdict of verdicts) {
    const { rule } = verdict;
    if (verdict.is === 'pass') {
      const reference = rules.get(rule)?.references[0];
      passed.push({
        rule,
        subject: subject(verdict),
        reference: reference === undefined ? null : referenceView(reference),
      });
    } else if (verdict.is === 'error') {
      failedChecks.push({ rule, subject: subject(verdict), message: visible(verdict.message) });
    } else if (verdict.is === 'cannotTell') {
      const hint = hintOfAll(verdict.missing, facts);
      const missing = verdict.missing.map((need) => words.need[need]);
      groups.set(hint, [...(groups.get(hint) ?? []), { rule, subject: subject(verdict), missing }]);
    }
  }
  const unjudged = HINT_ORDER.flatMap((id): readonly UnjudgedGroup[] => {
    const items = groups.get(id);
    if (items === undefined) return [];
    const watch = WATCH_HINTS.has(id) ? facts.watchable : null;
    return [{ id, title: words.hint[id].title, text: richText(words.hint[id].text), watch, items }];
  });
  return { passed: tellingFirst(passed, rules), unjudged, failedChecks };
}

/** What a sign-in stands on, in the order in which a person asks for it; only the order of rows depends on this. */
export const TELLING: readonly string[] = [
  'missing-pkce',
  'pkce-mismatch',
  'state-mismatch',
  'iss-mismatch',
  'token-in-fragment',
  'token-in-query',
  'missing-state',
  'nonce-mismatch',
  'client-secret-in-browser',
  'redirect-uri-http',
];

/** What tells most comes first, then what would have been worst. */
function tellingFirst(passed: readonly PassedView[], rules: ReadonlyMap<string, RuleMeta>): readonly PassedView[] {
  const place = ({ rule }: PassedView): number => (TELLING.includes(rule) ? TELLING.indexOf(rule) : TELLING.length);
  const severity = ({ rule }: PassedView): number => SEVERITIES.indexOf(rules.get(rule)?.severity ?? 'info');
  return passed.toSorted((a, b) => place(a) - place(b) || severity(a) - severity(b));
}

function inRuleOrder(verdicts: readonly Verdict[], rules: ReadonlyMap<string, RuleMeta>): readonly Verdict[] {
  const order = new Map([...rules.keys()].map((id, index) => [id, index]));
  const place = (verdict: Verdict): number => order.get(verdict.rule) ?? order.size;
  return verdicts.toSorted((a, b) => place(a) - place(b));
}

/** All of it follows with the next steps of the sign-in. */
export function isOnlyLater(groups: readonly UnjudgedGroup[]): boolean {
  return groups.length > 0 && groups.every((group) => group.id === 'later');
}

export function unjudgedCount(checks: ChecksView): number {
  return checks.unjudged.reduce((sum, group) => sum + group.items.length, 0);
}
