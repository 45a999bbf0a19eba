import { isRecord, parseForm, parseJson, queryOf } from '../http/params.ts';
import type { Exchange } from '../model/observation.ts';
import type { Redacted } from '../model/redacted.ts';
import type { Problem, Run, Step, StepId } from '../runner/run.ts';
import type { Mark } from './mark.ts';
import { clockWords, durationWords } from './moment.ts';
import { richText, type Text, visible } from './text.ts';
import { type ProblemFacts, problemWords, runWords } from './words-run.ts';

export interface RunInput {
  readonly run: Run;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly mask: (value: string) => Redacted;
  /** Makes the value of a parameter or header safe to show. */
  readonly show: (name: string, value: string) => Redacted;
  /** Origin of this extension. */
  readonly origin: string;
  /** Hosts of the run to which the browser gives access. */
  readonly granted: ReadonlySet<string>;
}

/** Where the raw value is: asked for only when it is to be shown. */
export type RunRef =
  | { readonly in: 'secret'; readonly name: 'codeVerifier' | 'state' | 'nonce' }
  | { readonly in: 'token'; readonly name: 'accessToken' | 'refreshToken' | 'idToken' }
  | { readonly in: 'exchange'; readonly index: number; readonly side: 'request' | 'response'; readonly field: number };

export interface RunValue {
  readonly name: string;
  readonly value: string;
  /** `null` where nothing is masked. */
  readonly ref: RunRef | null;
}

export interface RunExchange {
  /** `POST as.example/token` */
  readonly line: string;
  /** `200`, or why there is none. */
  readonly answer: string;
  readonly request: readonly RunValue[];
  readonly response: readonly RunValue[];
}

export interface RunStep {
  readonly id: StepId;
  readonly mark: Mark;
  readonly name: Text;
  /** `128 ms`, or how long it has been waiting. */
  readonly time: string;
  readonly says: Text;
  readonly values: readonly RunValue[];
  readonly exchanges: readonly RunExchange[];
  /** The sign-in window is open. */
  readonly window: boolean;
}

export interface RunProblem {
  readonly step: Text;
  readonly cause: Text;
  readonly next: Text;
  readonly said: string | null;
  readonly copy: { readonly label: string; readonly value: string } | null;
  /** Address whose host is not granted, where that would help. */
  readonly grant: { readonly url: string; readonly label: string } | null;
}

export interface RunResult {
  readonly values: readonly RunValue[];
  readonly before: Text;
  readonly strong: string | null;
  readonly rest: string;
  readonly mark: Mark | 'clock';
  readonly canRefresh: boolean;
  readonly canRepeat: boolean;
  readonly hasIdToken: boolean;
  readonly refreshes: readonly RunExchange[];
}

export interface RunView {
  readonly id: string;
  readonly is: Run['is'];
  readonly heading: Text;
  readonly detail: Text;
  readonly steps: readonly RunStep[];
  readonly problem: RunProblem | null;
  readonly result: RunResult | null;
  readonly footer: string;
}

export function runView(input: RunInput): RunView {
  const { run } = input;
  const at = run.steps.findIndex((step) => step.is === 'running' || step.is === 'waiting');
  const groups = exchangesByStep(run);
  const failed = run.steps.find((step) => step.id === run.problem?.step);
  return {
    id: run.id,
    is: run.is,
    heading: richText(headingOf(run, failed)),
    detail: richText(
      runWords.client(
        visible(serverHost(run), 100),
        code(run.config.clientId),
        run.secrets.clientSecret === null ? runWords.noSecret : runWords.withSecret,
      ),
    ),
    steps: run.steps.map((step) => stepView(step, groups.get(step.id) ?? [], input)),
    problem: run.problem === null ? null : problemView(run.problem, input),
    result: resultView(input, groups.get('refresh') ?? []),
    footer: runWords.steps.progress(at < 0 ? run.steps.length : at + 1, run.steps.length),
  };
}

/** Markup for a value that may hold backticks itself. */
const code = (text: string): string => visible(text, 80).replaceAll('`', '´');

function headingOf(run: Run, failed: Step | undefined): string {
  const name = runWords.flow[run.config.flow];
  if (run.is === 'done') return runWords.outcome.done(name);
  if (run.is === 'cancelled') return runWords.outcome.cancelled;
  return run.is === 'failed' && failed !== undefined ? runWords.outcome.failed(nameOf(failed, run)) : name;
}

function nameOf({ id }: Pick<Step, 'id'>, run: Run): string {
  if (id === 'token' && run.config.flow === 'clientCredentials') return runWords.steps.tokenAlone;
  if (id === 'discovery' && run.config.endpoints !== null) return runWords.steps.byHand;
  return runWords.steps.name[id];
}

/** Host that the run is with. */
export function serverHost({ config }: Pick<Run, 'config'>): string {
  const url = config.issuer ?? config.endpoints?.authorization ?? config.endpoints?.token ?? '';
  return URL.canParse(url) ? new URL(url).host : url;
}

/** What was sent after the last step ended was a refresh. */
type Group = StepId | 'refresh';

function exchangesByStep(run: Run): ReadonlyMap<Group, readonly number[]> {
  const groups = new Map<Group, number[]>();
  const ended = run.steps.every((step) => step.endedAt !== null) ? Math.max(...run.steps.map(endOf)) : null;
  for (const [index, exchange] of run.exchanges.entries()) {
    const group = groupOf(exchange, run, ended);
    if (group !== null) groups.set(group, [...(groups.get(group) ?? []), index]);
  }
  return groups;
}

const endOf = (step: Step): number => step.endedAt ?? 0;

/** Steps that send something, in the order in which they do. */
const SENDING: readonly StepId[] = ['idToken', 'token', 'discovery'];

function groupOf(exchange: Exchange, run: Run, ended: number | null): Group | null {
  if (exchange.resource === 'document') return 'signIn';
  const time = exchange.time ?? 0;
  if (ended !== null && time > ended) return 'refresh';
  const begun = (id: StepId): boolean => {
    const step = run.steps.find((one) => one.id === id);
    return step?.startedAt !== null && step !== undefined && step.startedAt <= time;
  };
  return SENDING.find(begun) ?? null;
}

const MARKS: Readonly<Record<Step['is'], Mark>> = {
  waiting: 'notYet',
  running: 'running',
  done: 'pass',
  skipped: 'notYet',
  failed: 'stopped',
};

function stepView(step: Step, indices: readonly number[], input: RunInput): RunStep {
  const { run, now } = input;
  const w = runWords.steps;
  const waiting = step.id === 'signIn' && step.is === 'running' && run.is === 'running';
  return {
    id: step.id,
    mark: MARKS[step.is],
    name: richText(waiting ? w.waiting : nameOf(step, run)),
    time: timeOf(step, now),
    says: saysOf(step, run, waiting),
    values: step.id === 'pkce' && step.is === 'done' ? pkceValues(input) : [],
    exchanges: indices.map((index) => exchangeView(index, input)),
    window: waiting,
  };
}

function timeOf({ is, startedAt, endedAt }: Step, now: number): string {
  if (startedAt === null) return '';
  if (is === 'running') return durationWords(Math.max(0, now - startedAt));
  if (endedAt === null) return '';
  const took = endedAt - startedAt;
  return took < 1000 ? `${took} ms` : durationWords(took);
}

function saysOf(step: Step, run: Run, waiting: boolean): Text {
  const w = runWords.steps;
  if (waiting) return richText(w.goesOn);
  if (step.id === 'request' && step.is === 'done' && run.authorizationUrl !== null) {
    const { host, pathname, searchParams } = new URL(run.authorizationUrl);
    return richText(w.parameters(code(`GET ${host}${pathname}`), searchParams.size));
  }
  if (step.is === 'waiting' && run.is !== 'running') return richText(w.notReached);
  return richText(step.proved.map((fact) => runWords.proved[fact]).join(' '));
}

function pkceValues({ run, mask }: RunInput): readonly RunValue[] {
  const w = runWords.steps;
  const { codeVerifier, state, nonce } = run.secrets;
  const challenge = run.authorizationUrl === null ? null : new URL(run.authorizationUrl).searchParams;
  const hidden = (name: string, value: string | null, ref: 'codeVerifier' | 'state' | 'nonce'): RunValue[] =>
    value === null ? [] : [{ name, value: mask(value), ref: { in: 'secret', name: ref } }];
  const made = challenge?.get('code_challenge') ?? null;
  return [
    ...hidden(w.verifier, codeVerifier, 'codeVerifier'),
    ...(made === null ? [] : [{ name: w.challenge, value: visible(made), ref: null }]),
    ...hidden(w.state, state, 'state'),
    ...(challenge?.has('nonce') === true ? hidden(w.nonce, nonce, 'nonce') : []),
  ];
}

type Field = readonly [name: string, value: string];

/** Headers that say nothing about the flow. */
const DULL =
  /^(?:accept|accept-encoding|connection|keep-alive|date|vary|server|etag|x-.*|content-length|transfer-encoding|permissions-policy|strict-transport-security|referrer-policy|content-security-policy)$/i;

/** What was sent: parameters of the query, headers, then the fields of the body; raw. */
export function requestFields({ request }: Exchange): readonly Field[] {
  const headers = request.headers.seen ? request.headers.value.filter(([name]) => !DULL.test(name)) : [];
  const query = parseForm(queryOf(request.url), 'query').map(({ name, value }): Field => [name, value]);
  return [...query, ...headers, ...bodyFields(request.body)];
}

/** What came: headers, then the fields of the body; raw. */
export function responseFields({ outcome }: Exchange): readonly Field[] {
  if (outcome.is !== 'response') return [];
  const { headers, body } = outcome.response;
  return [...(headers.seen ? headers.value.filter(([name]) => !DULL.test(name)) : []), ...bodyFields(body)];
}

function bodyFields(body: Exchange['request']['body']): readonly Field[] {
  if (!body.seen || body.value === null) return [];
  if (body.value.is === 'form') return body.value.fields;
  const { text } = body.value;
  if (text === '') return [];
  const json = jsonFields(text);
  if (json !== null) return json;
  return /^[^\s<{[]+=/.test(text)
    ? parseForm(text, 'body').map(({ name, value }): Field => [name, value])
    : [['', text]];
}

function jsonFields(text: string): readonly Field[] | null {
  const value = parseJson(text);
  if (!isRecord(value)) return null;
  return Object.entries(value).map(([name, member]) => [
    name,
    typeof member === 'string' ? member : (JSON.stringify(member) ?? ''),
  ]);
}

const MAX_FIELDS = 60;
const MASK = '••••';

function exchangeView(index: number, { run, show }: RunInput): RunExchange {
  const exchange = run.exchanges[index];
  if (exchange === undefined) return { line: '', answer: '', request: [], response: [] };
  const { request, outcome } = exchange;
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  const values = (side: 'request' | 'response', fields: readonly Field[]): readonly RunValue[] =>
    fields.slice(0, MAX_FIELDS).map(([name, value], field) => {
      const shown = show(name, value);
      const ref: RunRef = { in: 'exchange', index, side, field };
      return { name: visible(name, 60), value: visible(shown), ref: shown.includes(MASK) ? ref : null };
    });
  const w = runWords.steps;
  return {
    line: visible(`${request.method} ${url === null ? request.url : `${url.host}${url.pathname}`}`, 160),
    answer:
      outcome.is === 'response'
        ? String(outcome.response.status)
        : outcome.is === 'failed'
          ? `${w.noAnswer}: ${visible(outcome.reason, 200)}`
          : w.unseen,
    request: values('request', requestFields(exchange)),
    response: values('response', responseFields(exchange)),
  };
}

/** The raw value behind a reference; `null` when it is gone. */
export function rawRunValue(run: Run, ref: RunRef): string | null {
  switch (ref.in) {
    case 'secret':
      return run.secrets[ref.name];
    case 'token':
      return run.secrets.tokens?.[ref.name] ?? null;
    case 'exchange': {
      const exchange = run.exchanges[ref.index];
      if (exchange === undefined) return null;
      const fields = ref.side === 'request' ? requestFields(exchange) : responseFields(exchange);
      return fields[ref.field]?.[1] ?? null;
    }
  }
}

function problemView(problem: Problem, input: RunInput): RunProblem {
  const { run, origin, granted } = input;
  const step = run.steps.find(({ id }) => id === problem.step);
  const about = visible(problem.about ?? '', 200);
  const facts: ProblemFacts = {
    host: about === '' ? visible(serverHost(run), 100) : about,
    about: about.replaceAll('`', '´'),
    step: problem.step,
    origin,
    said: problem.detail,
  };
  const { cause, next } = problemWords[problem.code](facts);
  const w = runWords.problem;
  const lastUrl = run.exchanges.at(-1)?.request.url ?? null;
  const host = lastUrl !== null && URL.canParse(lastUrl) ? new URL(lastUrl).host : null;
  const accessHelps = problem.code === 'server-unreachable' || problem.code === 'origin-refused';
  return {
    step: richText(step === undefined ? '' : nameOf(step, run)),
    cause: richText(cause),
    next: richText(next),
    said: problem.detail === null ? null : visible(problem.detail, 400),
    copy:
      problem.code === 'redirect-uri-refused' || problem.code === 'window-closed'
        ? { label: w.copyRedirectUri, value: run.config.redirectUri }
        : problem.code === 'origin-refused'
          ? { label: w.copyOrigin, value: origin }
          : null,
    grant:
      accessHelps && lastUrl !== null && host !== null && !granted.has(host)
        ? { url: lastUrl, label: w.grant(visible(host, 100)) }
        : null,
  };
}

function resultView(input: RunInput, refreshes: readonly number[]): RunResult | null {
  const { run, now, mask } = input;
  const { tokens } = run.secrets;
  if (tokens === null) return null;
  const w = runWords.result;
  const secret = (name: string, value: string | null, ref: 'accessToken' | 'refreshToken' | 'idToken'): RunValue[] =>
    value === null ? [] : [{ name, value: mask(value), ref: { in: 'token', name: ref } }];
  const plain = (name: string, value: string | null): RunValue[] =>
    value === null ? [] : [{ name, value: visible(value), ref: null }];
  return {
    values: [
      ...secret(w.access, tokens.accessToken, 'accessToken'),
      ...secret(w.refresh, tokens.refreshToken, 'refreshToken'),
      ...secret(w.id, tokens.idToken, 'idToken'),
      ...plain(w.type, tokens.tokenType),
      ...plain(w.scope, tokens.scope),
    ],
    ...expiryOf(tokens.expiresAt, run, now),
    canRefresh: tokens.refreshToken !== null && run.is !== 'running',
    canRepeat: run.config.flow === 'clientCredentials' && run.is !== 'running',
    hasIdToken: tokens.idToken !== null,
    refreshes: refreshes.map((index) => exchangeView(index, input)),
  };
}

function expiryOf(
  expiresAt: number | null,
  run: Run,
  now: number,
): Pick<RunResult, 'before' | 'strong' | 'rest' | 'mark'> {
  const w = runWords.result;
  if (expiresAt === null) return { mark: 'cannotTell', before: richText(w.noExpiry), strong: null, rest: '' };
  const span = durationWords(expiresAt - now);
  if (expiresAt <= now) return { mark: 'medium', before: richText(w.expired), strong: span, rest: w.ago };
  if (run.steps.some((step) => step.proved.includes('tokens-from-cache'))) {
    return { mark: 'clock', before: richText(w.cached(span)), strong: null, rest: '' };
  }
  return { mark: 'clock', before: richText(w.expires), strong: span, rest: w.at(clockWords(expiresAt, now) ?? '?') };
}
