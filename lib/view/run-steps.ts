import { SPECS } from '../rules/specs.ts';
import type { Check, Run, Step } from '../runner/run.ts';
import type { ReferenceView } from './findings.ts';
import type { Mark } from './mark.ts';
import { durationWords } from './moment.ts';
import { qrPath } from './qr.ts';
import type { RunInput } from './run.ts';
import { exchangeView, type RunExchange, type RunValue, valuesOf } from './run-values.ts';
import { richText, type Text, visible } from './text.ts';
import { runWords } from './words-run.ts';
import { checkResults, checkWords, provedWords, stepNames, stepWords } from './words-run-steps.ts';

/** A request that waits to be looked at. */
export interface RunDraft {
  /** `POST as.example/token` */
  readonly line: string;
  readonly headers: readonly RunValue[];
  /** In their order; `ref` where the value is masked, and then it is not known here. */
  readonly fields: readonly RunValue[];
}

/** What a device shows (RFC 8628 §3.3). */
export interface RunDevice {
  readonly userCode: string;
  readonly address: string;
  readonly host: string;
  /** Path of an SVG picture, one unit to a module; `size` units wide. `null` where there is no address to draw. */
  readonly qr: { readonly path: string; readonly size: number } | null;
  readonly left: string;
  readonly polls: string;
}

export interface RunCheck {
  readonly mark: Mark;
  readonly name: string;
  readonly text: Text;
  readonly found: string | null;
}

export interface RunStep {
  readonly key: string;
  readonly id: Step['id'];
  readonly mark: Mark;
  readonly name: Text;
  /** `128 ms`, or how long it has been waiting. */
  readonly time: string;
  readonly says: Text;
  /** What it proves, and where that is written: for who goes step by step. */
  readonly proves: Text;
  readonly reference: ReferenceView;
  readonly values: readonly RunValue[];
  readonly exchanges: readonly RunExchange[];
  readonly checks: readonly RunCheck[];
  readonly draft: RunDraft | null;
  readonly device: RunDevice | null;
  /** The sign-in window is open. */
  readonly window: boolean;
}

const MARKS: Readonly<Record<Step['is'], Mark>> = {
  waiting: 'notYet',
  ready: 'running',
  running: 'running',
  done: 'pass',
  skipped: 'notYet',
  failed: 'stopped',
};

/** Facts that make a step worth a second look although it went well. */
const DOUBTS: ReadonlySet<string> = new Set(['token-inactive', 'token-not-bound', 'key-extractable']);

export function stepView(step: Step, input: RunInput): RunStep {
  const { run, now, show } = input;
  const window = (step.id === 'signIn' || step.id === 'logout') && step.is === 'running' && run.is === 'running';
  const doubtful = step.is === 'done' && step.proved.some((fact) => DOUBTS.has(fact));
  return {
    key: step.key,
    id: step.id,
    mark: doubtful ? 'info' : MARKS[step.is],
    name: richText(window ? runWords.steps.waiting(step.id === 'logout') : nameOf(step, run)),
    time: timeOf(step, now),
    says: saysOf(step, run, window),
    proves: richText(stepWords[step.id].proves),
    reference: referenceOf(step),
    values: step.id === 'pkce' && step.is === 'done' ? pkceValues(input) : [],
    exchanges: step.exchanges.map((index) => exchangeView(index, run, show)),
    checks: step.checks.map(checkView),
    draft: draftView(step, input),
    device: step.id === 'poll' && step.is === 'running' && run.is === 'running' ? deviceView(input) : null,
    window,
  };
}

export function nameOf({ id }: Pick<Step, 'id'>, run: Run): string {
  const { flow, endpoints } = run.config;
  if (id === 'token' && flow === 'clientCredentials') return stepNames.tokenAlone;
  if (id === 'token' && flow === 'tokenExchange') return stepNames.exchange;
  if (id === 'discovery' && endpoints !== null) return stepNames.byHand;
  return stepWords[id].name;
}

function referenceOf({ id }: Step): ReferenceView {
  const { spec, section } = stepWords[id];
  const found = SPECS.get(spec);
  const anchor = found?.anchor?.(section);
  return {
    label: `${spec} §${section}`,
    url: found === undefined ? null : anchor === undefined ? found.url : `${found.url}#${anchor}`,
    hint: found?.title ?? spec,
  };
}

function timeOf({ is, startedAt, endedAt }: Step, now: number): string {
  if (startedAt === null || is === 'ready') return '';
  if (is === 'running') return durationWords(Math.max(0, now - startedAt));
  if (endedAt === null) return '';
  const took = endedAt - startedAt;
  return took < 1000 ? `${took} ms` : durationWords(took);
}

/** Markup for a value that may hold backticks itself. */
export const code = (text: string): string => visible(text, 80).replaceAll('`', '´');

function saysOf(step: Step, run: Run, window: boolean): Text {
  const w = runWords.steps;
  if (window) return richText(w.goesOn);
  if (step.is === 'ready') return richText(w.look);
  if (step.id === 'request' && step.is === 'done' && run.authorizationUrl !== null) {
    const { host, pathname, searchParams } = new URL(run.authorizationUrl);
    return richText(w.parameters(code(`GET ${host}${pathname}`), searchParams.size));
  }
  if (run.is !== 'running' && (step.is === 'waiting' || (step.is === 'skipped' && step.startedAt === null))) {
    return richText(w.notReached);
  }
  return richText(step.proved.map((fact) => provedWords[fact]).join(' '));
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
    ...(run.config.scope.split(' ').includes('openid') ? hidden(w.nonce, nonce, 'nonce') : []),
  ];
}

const CHECK_MARKS: Readonly<Record<Check['is'], Mark>> = {
  valid: 'pass',
  invalid: 'high',
  absent: 'notYet',
  cannotTell: 'cannotTell',
};

function checkView({ of, is, found, expected }: Check): RunCheck {
  const text = runWords.steps.check(
    checkWords[of],
    checkResults[is],
    is === 'invalid' && expected !== null ? code(expected) : null,
  );
  return { mark: CHECK_MARKS[is], name: of, text: richText(text), found: found === null ? null : visible(found, 200) };
}

function draftView({ key, is, draft }: Step, { show }: RunInput): RunDraft | null {
  if (is !== 'ready' || draft === null) return null;
  const url = URL.canParse(draft.url) ? new URL(draft.url) : null;
  const side = (name: 'headers' | 'fields') =>
    valuesOf(draft[name], show, (field) => ({ in: 'draft', step: key, side: name, field }));
  const where = url === null ? draft.url : `${url.host}${url.pathname}`;
  return {
    line: visible(draft.in === 'claims' ? runWords.draft.claims : `${draft.method} ${where}`, 160),
    headers: side('headers'),
    fields: side('fields'),
  };
}

function deviceView({ run, now }: RunInput): RunDevice | null {
  const { device } = run;
  if (device === null) return null;
  const address = device.verificationUriComplete ?? device.verificationUri;
  const isWeb = /^https?:\/\//i.test(address) && URL.canParse(address);
  return {
    userCode: visible(device.userCode, 40),
    address: visible(device.verificationUri, 200),
    host: isWeb ? visible(new URL(address).host, 100) : '',
    qr: isWeb ? qrPath(address) : null,
    left: durationWords(Math.max(0, device.expiresAt - now)),
    polls: runWords.device.polls(device.polls, device.interval),
  };
}
