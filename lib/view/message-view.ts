import { isRecord } from '../http/params.ts';
import type { Finding } from '../model/analysis.ts';
import type { Flow } from '../model/flow.ts';
import type { Mark } from '../model/lineage.ts';
import type { OAuthMessage, Param } from '../model/message.ts';
import type { Exchange, Header, Seen } from '../model/observation.ts';
import type { Need } from '../model/rule.ts';
import { CLAIM_MEANINGS, HEADER_MEANINGS } from '../token/claims.ts';
import { decodeToken, type JsonObject } from '../token/decode.ts';
import type { ArrowView, Line } from './diagram.ts';
import {
  type FindingView,
  findingsOf,
  findingViews,
  messageLine,
  type ReferenceView,
  referenceView,
  type ValueRef,
} from './findings.ts';
import { clockOf, type FlowUnjudged, type FlowView } from './flow-view.ts';
import { type InspectorData, judgedFlow } from './inspector-model.ts';
import { clockWords } from './moment.ts';
import { parameterMeaning } from './parameters.ts';
import { requestToRun } from './request-to-run.ts';
import { plainText, richText, type Text, visible } from './text.ts';
import { words } from './words.ts';
import { messageWords } from './words-message.ts';

export interface ClaimRow {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

export interface DecodedView {
  readonly header: readonly ClaimRow[];
  readonly claims: readonly ClaimRow[];
  /** Why there are none. */
  readonly problem: string | null;
}

export interface ParameterView {
  readonly key: string;
  readonly name: string;
  /** Masked where it is a secret, cut where it is long. */
  readonly value: string;
  /** `null` where nothing is masked or cut. */
  readonly ref: ValueRef | null;
  readonly mark: Mark | null;
  readonly meaning: Text;
  readonly reference: ReferenceView | null;
  readonly decoded: DecodedView | null;
}

/** Absent, and should be there. */
export interface MissingView {
  readonly name: string;
  readonly meaning: Text;
  readonly reference: ReferenceView | null;
}

export interface HeaderRow {
  readonly name: string;
  readonly value: string;
}

export interface MessageView {
  readonly number: number;
  readonly title: string;
  readonly detail: string;
  readonly line: Line;
  /** Said instead of everything else for what was not seen. */
  readonly inferred: string | null;
  readonly findings: readonly FindingView[];
  /** In the order on the wire; capped, `more` says by how many. */
  readonly parameters: readonly ParameterView[];
  readonly more: number;
  readonly missing: readonly MissingView[];
  readonly headers: readonly HeaderRow[];
  /** What came back, for requests. */
  readonly response: string | null;
  readonly responseHeaders: readonly HeaderRow[];
  /** Why a body cannot be seen. */
  readonly hidden: string | null;
  readonly unjudged: readonly FlowUnjudged[];
  /** The message as text, values masked. */
  readonly copy: string;
  /** `id` of the exchange whose request this is; `null` for answers and for what was not seen. */
  readonly request: string | null;
  /** Index of this very message, where it is an authorization request that can be run as it should be. */
  readonly toRun: number | null;
}

/** A hostile message has thousands; nobody reads them. */
const MOST_PARAMETERS = 100;
const MOST_HEADERS = 60;
const LONGEST_VALUE = 300;
const MASK = '••••';

/** One arrow of the diagram in full. */
export function messageView(data: InspectorData, of: Flow, view: FlowView, arrow: ArrowView): MessageView {
  const { analysis, flow } = judgedFlow(data, of);
  const message = arrow.message === null ? undefined : analysis.messages[arrow.message];
  const exchange = flow.messages.find((other) => other.exchange.id === arrow.exchange)?.exchange ?? message?.exchange;
  const findings =
    message === undefined
      ? []
      : provenBy(message, findingsOf(analysis, flow), findingViews(analysis, flow, data.rules));
  const carried = arrow.line === 'inferred' && arrow.part === 'response' ? undefined : message;
  const parameters = (carried?.params ?? []).slice(0, MOST_PARAMETERS);
  const shownMarks = new Set(view.diagram.arrows.flatMap(({ secrets }) => secrets));
  const base = {
    number: arrow.number,
    title: message === undefined ? arrow.label : messageLine(message),
    detail: detailOf(arrow, message, exchange),
    line: arrow.line,
    inferred: exchange === undefined ? messageWords.inferredText[arrow.part] : null,
    findings,
    parameters: parameters.map((param, index) => parameterView(data, shownMarks, carried, param, index)),
    more: Math.max(0, (carried?.params.length ?? 0) - MOST_PARAMETERS),
    missing: missingOf(findings, message),
    headers: arrow.part === 'request' && exchange !== undefined ? headerRows(exchange.request.headers, data) : [],
    response: arrow.part === 'request' && exchange !== undefined ? responseWords(exchange) : null,
    responseHeaders:
      arrow.part !== 'request' && exchange?.outcome.is === 'response'
        ? headerRows(exchange.outcome.response.headers, data)
        : [],
    hidden: hiddenOf(arrow, exchange),
    request: arrow.part === 'request' ? (exchange?.id ?? null) : null,
    toRun: message !== undefined && requestToRun(flow, message) === message ? message.index : null,
    unjudged: view.unjudged.filter((item) => concerns(item.rule, arrow, message, data)),
  };
  return { ...base, copy: copyText(base) };
}

/**
 * The findings of the flow that have this message among their evidence; one that another of them explains is told there.
 */
function provenBy(
  message: OAuthMessage,
  found: readonly Finding[],
  views: readonly FindingView[],
): readonly FindingView[] {
  return views.flatMap((view) => {
    const own = found.find(({ key }) => key === view.key);
    const proves = own?.evidence.some((evidence) => evidence.message === message.index) ?? false;
    return proves ? [view] : provenBy(message, found, view.children);
  });
}

function detailOf(arrow: ArrowView, message: OAuthMessage | undefined, exchange: Exchange | undefined): string {
  const w = messageWords;
  const how = [w.channel[exchange === undefined ? 'inferred' : arrow.line === 'front' ? 'front' : 'back'] as string];
  if (exchange !== undefined) {
    if (exchange.truncated || message?.truncated === true) how.push(w.cut);
    else if (arrow.line === 'inferred' || hiddenOf(arrow, exchange) !== null) how.push(w.hidden);
    else if (message?.at === 'location') how.push(w.onlyTarget);
    else how.push(w.complete);
  }
  const time = exchange?.time ?? null;
  const moment = time === null ? '' : ` ${clockOf(time)}.${String(new Date(time).getMilliseconds()).padStart(3, '0')}`;
  return `${how.join(', ')}.${moment}`;
}

function hiddenOf(arrow: ArrowView, exchange: Exchange | undefined): string | null {
  if (exchange === undefined) return null;
  const { request, outcome } = exchange;
  const body = arrow.part === 'request' ? request.body : outcome.is === 'response' ? outcome.response.body : null;
  if (body === null || body.seen || arrow.part === 'redirect') return null;
  return messageWords.bodyHidden(messageWords.why[body.why]);
}

function parameterView(
  { show, now, lineage }: InspectorData,
  shownMarks: ReadonlySet<Mark>,
  message: OAuthMessage | undefined,
  param: Param,
  index: number,
): ParameterView {
  const { name, as, where, value } = param;
  const standard = as ?? name;
  const meaning = parameterMeaning(standard);
  const shown = visible(show(name, value), LONGEST_VALUE);
  const mark = lineage.mark(value);
  const earlier = (message?.params ?? [])
    .slice(0, index)
    .filter((other) => other.name === name && other.where === where);
  const w = messageWords;
  const notes = [
    meaning?.text ?? w.ownName,
    ...(as === undefined ? [] : [w.knownAs(as)]),
    ...(where === 'query' || where === 'body' ? [] : [w.where[where]]),
    ...(earlier.length > 0 ? [w.repeated] : []),
  ];
  return {
    key: `${index}`,
    name: visible(name, 120),
    value: shown,
    ref:
      message !== undefined && shown !== value && (shown.includes(MASK) || value.length > LONGEST_VALUE)
        ? { message: message.index, observation: -1, where, name, nth: earlier.length }
        : null,
    mark: mark !== null && shownMarks.has(mark) ? mark : null,
    meaning: richText(notes.join(', ')),
    reference: meaning === null ? null : referenceView(meaning.reference),
    decoded:
      /^eyJ/.test(value) && /token|request$|response$|assertion/.test(standard) ? decodedView(value, show, now) : null,
  };
}

function decodedView(value: string, show: InspectorData['show'], now: number): DecodedView {
  const { header, payload, error, kind } = decodeToken(value);
  const claims = isRecord(payload) && !('base64url' in payload) ? (payload as JsonObject) : null;
  return {
    header: header === undefined ? [] : claimRows(header, HEADER_MEANINGS, show, now),
    claims: claims === null ? [] : claimRows(claims, CLAIM_MEANINGS, show, now),
    problem: error === undefined ? (kind === 'jwe' ? 'it is encrypted' : null) : visible(error.message, 200),
  };
}

const MOST_CLAIMS = 60;

/** Claims that say nothing about a person are shown; all others are masked. */
function claimRows(
  object: JsonObject,
  meanings: typeof CLAIM_MEANINGS,
  show: InspectorData['show'],
  now: number,
): readonly ClaimRow[] {
  return Object.entries(object)
    .slice(0, MOST_CLAIMS)
    .map(([name, value]) => {
      const meaning = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      const hidden = meaning === undefined || meaning.secret === true;
      const time = meaning?.time === true && typeof value === 'number' ? clockWords(value * 1000, now) : null;
      return {
        name: visible(name, 80),
        value: time ?? (hidden ? maskedClaim(value) : visible(show(name, text), 300)),
        meaning: meaning?.text ?? messageWords.ownName,
      };
    });
}

/** Booleans and numbers of a claim say little; texts and objects may say who the person is. */
function maskedClaim(value: unknown): string {
  if (typeof value === 'boolean' || value === null) return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `${MASK} (${[...text].length})`;
}

function missingOf(findings: readonly FindingView[], message: OAuthMessage | undefined): readonly MissingView[] {
  if (message === undefined) return [];
  const line = messageLine(message);
  const sent = new Set(message.params.map((param) => param.as ?? param.name));
  const names = new Map<string, FindingView>();
  for (const finding of findings.flatMap((f) => [f, ...f.children])) {
    for (const seen of finding.seen) {
      if (seen.message !== line) continue;
      for (const item of seen.items) {
        if (item.where !== words.where.header && item.value === null && !sent.has(item.name) && !names.has(item.name))
          names.set(item.name, finding);
      }
    }
  }
  return [...names].map(([name, finding]) => {
    const meaning = parameterMeaning(name);
    const reference = meaning === null ? finding.references[0] : referenceView(meaning.reference);
    return { name, meaning: richText(meaning?.text ?? plainText(finding.title)), reference: reference ?? null };
  });
}

function headerRows(headers: Seen<readonly Header[]>, { show }: InspectorData): readonly HeaderRow[] {
  if (!headers.seen) return [];
  return headers.value.slice(0, MOST_HEADERS).map(([name, value]) => ({
    name: visible(name, 80),
    value: visible(show(name, value), LONGEST_VALUE),
  }));
}

function responseWords({ outcome }: Exchange): string {
  const w = messageWords;
  if (outcome.is === 'failed') return w.responseFailed(visible(outcome.reason, 120));
  return outcome.is === 'response' ? w.responseStatus(outcome.response.status) : w.responseUnknown;
}

/** What a check needs, as the arrow that would have it. */
const CONCERNS: Readonly<Partial<Record<Need, (message: OAuthMessage | undefined, arrow: ArrowView) => boolean>>> = {
  'authorization request': (message) => message?.kind === 'authorizationRequest',
  'request object': (message) => message?.kind === 'authorizationRequest',
  'authorization response': (message) => message?.kind === 'authorizationResponse',
  'token request': (_, arrow) => arrow.key === 'inferred:redeem',
  'token response': (message, arrow) => arrow.key === 'inferred:tokens' || isTokenAnswer(message, arrow),
  'response body': (message, arrow) => arrow.key === 'inferred:tokens' || isTokenAnswer(message, arrow),
  'request body': (message, arrow) => message?.kind === 'tokenRequest' && arrow.part === 'request',
  sender: (message, arrow) => message?.kind === 'tokenRequest' && arrow.part === 'request',
  'server metadata': (message) => message?.kind === 'metadata',
};

function isTokenAnswer(message: OAuthMessage | undefined, arrow: ArrowView): boolean {
  if (arrow.part !== 'response' || arrow.from !== 'server' || arrow.to !== 'client') return false;
  return message === undefined || message.kind === 'tokenResponse' || message.kind === 'tokenRequest';
}

function concerns(
  rule: string,
  arrow: ArrowView,
  message: OAuthMessage | undefined,
  { rules }: InspectorData,
): boolean {
  return (rules.get(rule)?.needs ?? []).some((need) => CONCERNS[need]?.(message, arrow) ?? false);
}

function copyText(view: Omit<MessageView, 'copy'>): string {
  return [
    `${view.number} ${view.title}`,
    view.detail,
    ...view.parameters.map(({ name, value }) => `${name}=${value}`),
    ...view.missing.map(({ name }) => `${name}: ${messageWords.notSent}`),
    ...view.headers.map(({ name, value }) => `${name}: ${value}`),
    ...(view.response === null ? [] : [view.response]),
    ...view.responseHeaders.map(({ name, value }) => `${name}: ${value}`),
  ].join('\n');
}
