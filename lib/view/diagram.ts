import { endpointOf } from '../http/endpoint.ts';
import { header } from '../http/headers.ts';
import { paramValue } from '../http/params.ts';
import type { Analysis } from '../model/analysis.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { Lineage, MarkLetter, Mark as ValueMark } from '../model/lineage.ts';
import type { Endpoint, MessageKind, OAuthMessage } from '../model/message.ts';
import type { Exchange } from '../model/observation.ts';
import { findingsOf } from './findings.ts';
import { clientHost } from './flow-kind.ts';
import { flowTime, serverHost } from './flows.ts';
import { type Mark, worst } from './mark.ts';
import { marksIn, tellingMarks } from './secret-marks.ts';
import { visible } from './text.ts';
import { words } from './words.ts';
import { diagramWords } from './words-diagram.ts';

/** Who takes part, from left to right. */
export const LANES = ['browser', 'client', 'server', 'resource'] as const;
export type Lane = (typeof LANES)[number];

/** `front`: through the browser. `back`: directly, and seen. `inferred`: not seen, or its content is hidden. */
export type Line = 'front' | 'back' | 'inferred';

/** Which part of an exchange an arrow is. */
export type Part = 'request' | 'response' | 'redirect';

export interface ArrowView {
  readonly is: 'arrow';
  /** Stays with the arrow when traffic is added. */
  readonly key: string;
  /** Counted from 1 over all arrows of the flow, folded ones too. */
  readonly number: number;
  readonly from: Lane;
  readonly to: Lane;
  readonly line: Line;
  readonly label: string;
  readonly mark: Mark;
  /** Marks of the secret values that it carries. */
  readonly secrets: readonly ValueMark[];
  /** Seconds since the flow began; `null` where the source has no time for it. */
  readonly at: string | null;
  /** Index into `Analysis.messages`; `null` for what was inferred and for answers that are no message. */
  readonly message: number | null;
  /** `id` of the exchange; `null` for what was inferred. */
  readonly exchange: string | null;
  readonly part: Part;
  /** Other sites that were sent a code or token on this page. */
  readonly third: readonly ThirdParty[];
  /** The arrow in words. */
  readonly spoken: string;
}

export interface ThirdParty {
  readonly host: string;
  readonly times: number;
  readonly text: string;
}

/** A stretch that is folded away, or only waiting. */
export interface FoldView {
  readonly is: 'fold';
  readonly key: string;
  readonly text: string;
  /** How many arrows it hides; none for a pause. */
  readonly hides: number;
  readonly open: boolean;
  readonly from: Lane;
  readonly to: Lane;
}

export type RowView = ArrowView | FoldView;

export interface LaneView {
  readonly lane: Lane;
  readonly name: string;
  readonly host: string;
}

export interface DiagramView {
  readonly lanes: readonly LaneView[];
  readonly rows: readonly RowView[];
  /** All arrows, folded ones too, in order. */
  readonly arrows: readonly ArrowView[];
  /** Kinds of marked values that occur, in the order of their first arrow. */
  readonly kinds: readonly MarkLetter[];
}

export interface DiagramOptions {
  /** Keys of the folds that are open. */
  readonly open: ReadonlySet<string>;
  readonly lineage: Pick<Lineage, 'mark'>;
  /** Not yet judged: no arrow is called sound. */
  readonly judged: boolean;
}

/** The sequence diagram of a flow as data. */
export function diagramView(analysis: Analysis, flow: Flow, options: DiagramOptions): DiagramView {
  const facts: Facts = {
    flow,
    lineage: options.lineage,
    judged: options.judged,
    telling: tellingMarks(flow.messages, options.lineage),
    start: flowTime(flow),
    severities: severitiesByMessage(analysis, flow),
    exchanges: new Map(
      analysis.observations
        .filter((o): o is Exchange => o.is === 'exchange')
        .map((exchange) => [exchange.id, exchange]),
    ),
  };
  const drafts = [...draftsOf(facts)];
  const lanes = lanesOf(flow, drafts);
  const third = thirdParties(analysis, flow);
  let number = 0;
  const numbered = drafts.map((draft): PauseDraft | ArrowView => {
    if (draft.is === 'pause') return draft;
    number += 1;
    return arrowView(draft, number, facts, draft.key === third.at ? third.list : []);
  });
  const arrows = numbered.filter((row): row is ArrowView => row.is === 'arrow');
  const hops = new Set(drafts.filter((draft) => draft.is === 'draft' && draft.hop).map(({ key }) => key));
  const kinds = [...new Set(arrows.flatMap(({ secrets }) => secrets.map(letterOf)))];
  return { lanes, rows: folded(numbered, hops, options.open), arrows, kinds };
}

/** The arrow that a message is; of a redirect and what came of it, the latter. `null` for a message that is none of them. */
export function arrowOfMessage({ arrows }: Pick<DiagramView, 'arrows'>, message: number | null): ArrowView | null {
  const own = message === null ? [] : arrows.filter((arrow) => arrow.message === message);
  return own.find(({ part }) => part !== 'redirect') ?? own[0] ?? null;
}

/** What a marked value is. */
export function letterOf(mark: ValueMark): MarkLetter {
  return mark.charAt(0) as MarkLetter;
}

interface Facts {
  readonly flow: Flow;
  readonly lineage: Pick<Lineage, 'mark'>;
  readonly telling: ReadonlySet<ValueMark>;
  readonly judged: boolean;
  readonly start: number | null;
  readonly severities: ReadonlyMap<number, readonly Exclude<Mark, 'pass'>[]>;
  readonly exchanges: ReadonlyMap<string, Exchange>;
}

interface ArrowDraft {
  readonly is: 'draft';
  readonly key: string;
  readonly from: Lane;
  readonly to: Lane;
  readonly line: Line;
  readonly label: string;
  readonly time: number | null;
  /** The message whose parameters it carries. */
  readonly carries: OAuthMessage | null;
  /** The message whose findings it shows; a redirect leaves them to the request that it leads to. */
  readonly proves: OAuthMessage | null;
  readonly exchange: Exchange | null;
  readonly part: Part;
  readonly ends: boolean;
  /** A page of the server on the way to its answer. */
  readonly hop: boolean;
}

interface PauseDraft {
  readonly is: 'pause';
  readonly key: string;
  readonly text: string;
}

type Draft = ArrowDraft | PauseDraft;

/** Kinds that travel through the browser. */
const FRONT: ReadonlySet<MessageKind> = new Set<MessageKind>([
  'authorizationRequest',
  'authorizationResponse',
  'logoutRequest',
]);

/** The messages of one exchange. */
interface Unit {
  readonly exchange: Exchange;
  readonly request: OAuthMessage | null;
  readonly response: OAuthMessage | null;
  readonly location: OAuthMessage | null;
}

function unitsOf(flow: Flow): readonly Unit[] {
  const units = new Map<string, { -readonly [K in keyof Unit]: Unit[K] }>();
  for (const message of flow.messages) {
    const { exchange, at } = message;
    const unit = units.get(exchange.id) ?? { exchange, request: null, response: null, location: null };
    unit[at] ??= message;
    units.set(exchange.id, unit);
  }
  return [...units.values()];
}

function* draftsOf(facts: Facts): Generator<Draft> {
  const { flow } = facts;
  const units = unitsOf(flow);
  const redirects = new Set(units.map(({ exchange }) => exchange.redirectedFrom));
  yield* unseenBeginning(flow);
  for (const [index, unit] of units.entries()) {
    const { request, response, location } = unit;
    const leading = request ?? response;
    if (leading !== null && FRONT.has(leading.kind)) yield* frontDrafts(unit, leading, facts, redirects);
    else if (leading !== null) yield* backDrafts(unit, leading);
    if (location !== null) yield* locationDrafts(unit, location);
    if (leading?.kind === 'authorizationRequest' && leading.hop === 'client') {
      yield* signInPause(unit, units.slice(index + 1), facts);
    }
    if (response?.kind === 'deviceAuthorizationResponse' || request?.kind === 'deviceAuthorizationRequest') {
      yield enterCode(unit);
    }
  }
  yield* unseenEnd(flow);
}

/** What must have come before the first message that was seen. */
function* unseenBeginning(flow: Flow): Generator<Draft> {
  const [request] = messagesOf(flow, 'authorizationRequest');
  const [response] = messagesOf(flow, 'authorizationResponse');
  const pushed = flow.messages.some(({ kind }) => kind === 'pushedAuthorizationRequest');
  const w = diagramWords.label;
  if (request?.opaque === 'request_uri' && !pushed && paramValue(request, 'request_uri')?.startsWith('urn:') === true) {
    yield inferred('pushed', 'client', 'server', w.pushed, 'request');
  }
  if (request === undefined && response !== undefined) {
    yield inferred('authorization', 'browser', 'server', w.authorization, 'request');
  }
}

/** A code that came back is redeemed; where that was not seen, somebody did it elsewhere. */
function* unseenEnd(flow: Flow): Generator<Draft> {
  const answers = messagesOf(flow, 'authorizationResponse');
  const code = answers.some((answer) => answer.error === null && paramValue(answer, 'code') !== null);
  const redeemed = flow.messages.some(({ kind }) => kind === 'tokenRequest' || kind === 'tokenResponse');
  if (!code || redeemed) return;
  const w = diagramWords.label;
  yield inferred('redeem', 'client', 'server', w.redeem, 'request');
  yield inferred('tokens', 'server', 'client', w.tokens, 'response');
}

function inferred(what: string, from: Lane, to: Lane, label: string, part: Part): ArrowDraft {
  return {
    is: 'draft',
    key: `inferred:${what}`,
    from,
    to,
    line: 'inferred',
    label,
    time: null,
    carries: null,
    proves: null,
    exchange: null,
    part,
    ends: false,
    hop: false,
  };
}

/** RFC 8628 §3.3: the person goes to the address with another browser. */
function enterCode({ exchange, response }: Unit): ArrowDraft {
  const address = response === null ? null : paramValue(response, 'verification_uri');
  const place = address === null ? null : endpointOf(address);
  const w = diagramWords.label;
  const label = place === null ? w.enterCodeSomewhere : w.enterCode(placeOf(place));
  return inferred(`enter:${exchange.id}`, 'browser', 'server', label, 'request');
}

function* frontDrafts(
  unit: Unit,
  message: OAuthMessage,
  facts: Facts,
  redirects: ReadonlySet<string | null>,
): Generator<Draft> {
  const { exchange } = unit;
  const to: Lane = message.kind === 'authorizationResponse' ? 'client' : 'server';
  if (message.kind === 'authorizationResponse') yield* answerDrafts(message, facts);
  yield {
    is: 'draft',
    key: `${exchange.id}:request`,
    from: 'browser',
    to,
    line: 'front',
    label: requestLabel(message, facts.flow),
    time: exchange.time,
    carries: message,
    proves: message,
    exchange,
    part: 'request',
    ends: message.kind === 'authorizationResponse' && message.error !== null,
    hop: message.kind === 'authorizationRequest' && message.hop === 'server',
  };
  if (redirects.has(exchange.id)) return;
  const { outcome } = exchange;
  const refused = outcome.is === 'response' && outcome.response.status >= 400;
  if (!refused && outcome.is !== 'failed') return;
  yield answerDraft(unit, message, { from: to, to: 'browser', line: 'front' });
}

/** How the answer of the authorization server got into the browser. */
function* answerDrafts(message: OAuthMessage, { exchanges }: Facts): Generator<Draft> {
  const { exchange } = message;
  const w = diagramWords.label;
  const place = placeOf(message.endpoint);
  const from = exchange.redirectedFrom === null ? undefined : exchanges.get(exchange.redirectedFrom);
  if (from !== undefined) {
    const status = from.outcome.is === 'response' ? from.outcome.response.status : null;
    yield {
      ...inferred(exchange.id, 'server', 'browser', '', 'redirect'),
      key: `${exchange.id}:redirect`,
      line: 'front',
      label: status === null ? w.redirectUnknown(place) : w.redirect(status, place),
      time: exchange.time,
      carries: message,
      exchange: from,
    };
  } else if (message.kind === 'authorizationResponse' && message.channel === 'form_post') {
    yield { ...inferred(`form:${exchange.id}`, 'server', 'browser', w.formTo(place), 'redirect'), time: exchange.time };
  }
}

/** A redirect whose target was never requested: the message is known from its `Location` alone. */
function* locationDrafts({ exchange, request }: Unit, message: OAuthMessage): Generator<Draft> {
  const { outcome } = exchange;
  const place = placeOf(message.endpoint);
  const w = diagramWords.label;
  const from: Lane = message.kind === 'authorizationRequest' && request === null ? 'client' : 'server';
  yield {
    ...inferred(exchange.id, from, 'browser', '', 'redirect'),
    key: `${exchange.id}:location`,
    line: 'front',
    label: outcome.is === 'response' ? w.redirect(outcome.response.status, place) : w.redirectUnknown(place),
    time: exchange.time,
    carries: message,
    proves: message,
    exchange,
    ends: message.kind === 'authorizationResponse' && message.error !== null,
  };
}

/** Who sends a message that does not go through the browser, and to whom. */
function backLanes(kind: MessageKind): readonly [from: Lane, to: Lane] {
  if (kind === 'resourceRequest') return ['client', 'resource'];
  if (kind === 'introspectionRequest') return ['resource', 'server'];
  return ['client', 'server'];
}

function* backDrafts(unit: Unit, message: OAuthMessage): Generator<Draft> {
  const { exchange, request } = unit;
  const [from, to] = backLanes(message.kind);
  yield {
    is: 'draft',
    key: `${exchange.id}:request`,
    from,
    to,
    line: 'back',
    label: backLabel(exchange, request ?? message),
    time: exchange.time,
    carries: request,
    proves: request,
    exchange,
    part: 'request',
    ends: false,
    hop: false,
  };
  yield answerDraft(unit, message, { from: to, to: from, line: 'back' });
}

/** The answer of an exchange; dashed where it, or what it holds, was not seen. */
function answerDraft(
  { exchange, response }: Unit,
  request: OAuthMessage,
  arrow: Pick<ArrowDraft, 'from' | 'to' | 'line'>,
): ArrowDraft {
  const { outcome } = exchange;
  const w = diagramWords.label;
  let label: string = w.notSeen;
  let line: Line = 'inferred';
  if (outcome.is === 'failed') {
    label = w.failed(visible(outcome.reason, 60));
    line = arrow.line;
  } else if (outcome.is === 'response') {
    const { status, body } = outcome.response;
    const hidden = !body.seen && ANSWERED.has(request.kind) && status < 400;
    label = hidden ? w.noBody(status) : w.status(status, answerWords(exchange, response));
    line = hidden ? 'inferred' : arrow.line;
  }
  return {
    is: 'draft',
    key: `${exchange.id}:response`,
    ...arrow,
    line,
    label,
    time: null,
    carries: response,
    proves: response,
    exchange,
    part: 'response',
    ends:
      response !== null && 'error' in response && response.error !== null && response.error !== 'authorization_pending',
    hop: false,
  };
}

/** Requests whose answers carry what the flow is about. */
const ANSWERED: ReadonlySet<MessageKind> = new Set<MessageKind>([
  'tokenRequest',
  'pushedAuthorizationRequest',
  'deviceAuthorizationRequest',
  'introspectionRequest',
  'clientRegistrationRequest',
  'userinfoRequest',
]);

/** `invalid_grant`, `access_token, id_token`, `application/json` */
function answerWords(exchange: Exchange, response: OAuthMessage | null): string {
  if (response !== null && 'error' in response && response.error !== null) return visible(response.error, 40);
  if (response !== null) {
    const named = response.params
      .map(({ as, name }) => as ?? name)
      .filter((name) => /_token$|^(code|request_uri|device_code)$/.test(name));
    if (named.length > 0) return [...new Set(named)].slice(0, 3).join(', ');
  }
  const { outcome } = exchange;
  const type = outcome.is === 'response' ? header(outcome.response.headers, 'content-type') : null;
  return type === null ? '' : visible(type.replace(/;.*$/s, '').trim(), 40);
}

const LABEL_CAP = 34;

/** The end of a path says more than its beginning. */
function short(path: string): string {
  const text = visible(path, 400);
  return text.length <= LABEL_CAP ? text : `…${text.slice(1 - LABEL_CAP)}`;
}

function placeOf({ host, path, scheme }: Endpoint): string {
  if (!/^https?$/.test(scheme)) return short(`${scheme}:${host}${path}`);
  return `${short(host)}${path === '/' ? '' : short(path)}`;
}

/** Another host than that of the lane is named. */
function requestLabel(message: OAuthMessage, flow: Flow): string {
  const { endpoint } = message;
  const expected = message.kind === 'authorizationResponse' ? clientHost(flow) : serverHost(flow);
  const place = endpoint.host === expected ? short(endpoint.path) : placeOf(endpoint);
  return diagramWords.label.request(visible(message.method, 12), place);
}

function backLabel({ request }: Exchange, message: OAuthMessage): string {
  const w = diagramWords.label;
  const label = w.request(visible(message.method, 12), short(message.endpoint.path));
  const scheme = /^(bearer|dpop|basic) /i.exec(header(request.headers, 'authorization') ?? '')?.[1];
  if (scheme !== undefined) return w.bearer(label, scheme);
  return header(request.headers, 'dpop') === null ? label : w.bearer(label, 'DPoP');
}

/** A sign-in at the server that took at least this long is drawn as a pause. */
const PAUSE_MS = 1500;

/** What happened at the server between the request and what came of it. */
function* signInPause({ exchange }: Unit, later: readonly Unit[], facts: Facts): Generator<Draft> {
  const next = later.find((unit) => (unit.request ?? unit.response)?.kind === 'authorizationResponse');
  const end = next?.exchange.time ?? null;
  if (end === null || exchange.time === null) return;
  const [began, host] = [exchange.time, endpointOf(exchange.request.url)?.host];
  const own = new Set(facts.flow.messages.map((message) => message.exchange.id));
  let pages = 0;
  for (const other of facts.exchanges.values()) {
    const inTime = other.time !== null && other.time >= began && other.time <= end;
    if (!inTime || other.trace !== exchange.trace || other.tab !== exchange.tab || own.has(other.id)) continue;
    const page = other.resource === 'document' || other.resource === null;
    if (page && endpointOf(other.request.url)?.host === host) pages += 1;
  }
  if (end - began < PAUSE_MS && pages === 0) return;
  const text = diagramWords.fold.signIn(visible(host ?? '', 253), pages, secondsOf(end - began));
  yield { is: 'pause', key: `${exchange.id}:pause`, text };
}

function secondsOf(ms: number): string {
  return diagramWords.seconds((ms / 1000).toFixed(1));
}

function severitiesByMessage(analysis: Analysis, flow: Flow): Facts['severities'] {
  const map = new Map<number, Exclude<Mark, 'pass'>[]>();
  for (const { message, severity } of findingsOf(analysis, flow)) {
    if (message !== null) map.set(message, [...(map.get(message) ?? []), severity]);
  }
  return map;
}

function markOf({ line, proves, ends }: ArrowDraft, { severities, judged }: Facts): Mark {
  const own = proves === null ? [] : (severities.get(proves.index) ?? []);
  const found = worst(own.filter((mark): mark is 'high' | 'medium' | 'low' | 'info' => mark in words.severity));
  if (ends && (found === null || found === 'info')) return 'stopped';
  if (found !== null) return found;
  if (line === 'inferred') return 'cannotTell';
  return judged ? 'pass' : 'notYet';
}

function arrowView(draft: ArrowDraft, number: number, facts: Facts, third: readonly ThirdParty[]): ArrowView {
  const { key, from, to, line, label, exchange, part, carries, time } = draft;
  const w = diagramWords;
  const secrets = carries === null ? [] : marksIn(carries, facts.lineage).filter((own) => facts.telling.has(own));
  const mark = markOf(draft, facts);
  const at = time === null || facts.start === null ? null : secondsOf(Math.max(0, time - facts.start));
  const spoken = [
    w.spoken(number, w.lanes[from], w.lanes[to], label),
    w.spokenLine[line],
    words.mark[mark],
    ...(secrets.length === 0 ? [] : [w.carries(words.list(secrets.map((own) => w.secrets[letterOf(own)])))]),
    ...third.map(({ host }) => w.thirdMeans(host)),
  ].join(', ');
  const message = (draft.proves ?? carries)?.index ?? null;
  return {
    is: 'arrow',
    key,
    number,
    from,
    to,
    line,
    label,
    mark,
    secrets,
    at,
    message,
    exchange: exchange?.id ?? null,
    part,
    third,
    spoken,
  };
}

function lanesOf(flow: Flow, drafts: readonly Draft[]): readonly LaneView[] {
  const used = new Set(drafts.flatMap((draft) => (draft.is === 'pause' ? [] : [draft.from, draft.to])));
  const w = diagramWords;
  const resources = [
    ...new Set(messagesOf(flow, 'resourceRequest').map(({ endpoint }) => visible(endpoint.host, 253))),
  ];
  const hosts: Readonly<Record<Lane, string>> = {
    browser: w.thisBrowser,
    client: clientHost(flow) ?? visible(flow.clientId ?? w.unknownHost, 60),
    server: serverHost(flow),
    resource: w.hosts(resources[0] ?? w.unknownHost, Math.max(0, resources.length - 1)),
  };
  return LANES.filter((lane) => lane !== 'resource' || used.has(lane)).map((lane) => ({
    lane,
    name: w.lanes[lane],
    host: hosts[lane],
  }));
}

/** Names whose values are worth stealing. */
const CREDENTIALS = ['code', 'access_token', 'refresh_token', 'id_token'] as const;

/** Sites that are no part of the flow and were sent one of its codes or tokens, in an address or as referrer. */
function thirdParties(
  analysis: Analysis,
  flow: Flow,
): { readonly at: string | null; readonly list: readonly ThirdParty[] } {
  const callback = messagesOf(flow, 'authorizationResponse').find(({ at }) => at === 'request');
  if (callback === undefined) return { at: null, list: [] };
  const own = new Set(flow.messages.map(({ endpoint }) => endpoint.site));
  const values = flow.messages
    .flatMap((message) => CREDENTIALS.map((name) => paramValue(message, name)))
    .filter((value): value is string => value !== null && value.length >= 8)
    .flatMap((value) => [value, encoded(value)]);
  const times = new Map<string, number>();
  for (const other of analysis.observations) {
    if (other.is !== 'exchange' || other.trace !== flow.trace) continue;
    const place = endpointOf(other.request.url);
    if (place === null || own.has(place.site)) continue;
    const sent = `${other.request.url}\n${header(other.request.headers, 'referer') ?? ''}`;
    if (values.some((value) => holds(sent, value))) times.set(place.host, (times.get(place.host) ?? 0) + 1);
  }
  const list = [...times].map(([name, count]) => {
    const host = visible(name, 253);
    return { host, times: count, text: diagramWords.third(count, host) };
  });
  return { at: `${callback.exchange.id}:request`, list };
}

/** As a whole: the mark `redacted-C1` of a redacted file is not in `redacted-C12`. */
function holds(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
    if (!/[A-Za-z0-9]/.test(text.charAt(at + value.length))) return true;
  return false;
}

function encoded(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    // A lone surrogate: no address can hold it.
    return value;
  }
}

/** Arrows in a row that look alike; the first and the last stay. */
const LONGEST_ALIKE = 6;

function folded(
  rows: readonly (PauseDraft | ArrowView)[],
  hops: ReadonlySet<string>,
  open: ReadonlySet<string>,
): readonly RowView[] {
  const shown: RowView[] = [];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (row === undefined) continue;
    if (row.is === 'pause') {
      const after = rows.slice(at + 1);
      const end = after.findIndex(
        (next) => !hops.has(next.key) || (next.is === 'arrow' && next.mark !== 'pass' && next.mark !== 'notYet'),
      );
      const hidden = after.slice(0, Math.max(0, end)).filter((next): next is ArrowView => next.is === 'arrow');
      const isOpen = hidden.length > 0 && open.has(row.key);
      shown.push({ ...row, is: 'fold', hides: hidden.length, open: isOpen, from: 'browser', to: 'server' });
      if (isOpen) shown.push(...hidden);
      at += hidden.length;
      continue;
    }
    const run = alikeRun(rows, at);
    const hidden = run.slice(2, -2);
    const [first] = hidden;
    if (run.length <= LONGEST_ALIKE || first === undefined) {
      shown.push(row);
      continue;
    }
    const key = `fold:${first.key}`;
    const isOpen = open.has(key);
    const seconds = Number.parseFloat(run.at(-2)?.at ?? '0') - Number.parseFloat(row.at ?? '0');
    const text = diagramWords.fold.more(hidden.length / 2, row.label, secondsOf(seconds * 1000));
    shown.push(...run.slice(0, 2));
    shown.push({ is: 'fold', key, text, hides: hidden.length, open: isOpen, from: row.from, to: row.to });
    if (isOpen) shown.push(...hidden);
    shown.push(...run.slice(-2));
    at += run.length - 1;
  }
  return shown;
}

/** Exchanges (a request and its answer each) that repeat the one that begins here. */
function alikeRun(rows: readonly (PauseDraft | ArrowView)[], from: number): readonly ArrowView[] {
  const first = rows[from];
  const answer = rows[from + 1];
  const run: ArrowView[] = [];
  if (first?.is !== 'arrow' || first.part !== 'request' || first.line !== 'back') return run;
  if (answer?.is !== 'arrow' || answer.part !== 'response') return run;
  for (let at = from; at + 1 < rows.length; at += 2) {
    const [request, response] = [rows[at], rows[at + 1]];
    if (request?.is !== 'arrow' || response?.is !== 'arrow') break;
    const same = request.label === first.label && request.from === first.from && request.to === first.to;
    if (!same || request.part !== 'request' || response.part !== 'response') break;
    run.push(request, response);
  }
  return run;
}
