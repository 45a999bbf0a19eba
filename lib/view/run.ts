import type { Redacted } from '../model/redacted.ts';
import { explainError } from '../rules/support/oauth-errors.ts';
import { stepsOf } from '../runner/flows.ts';
import type { Problem, Run, Step } from '../runner/run.ts';
import type { Mark } from './mark.ts';
import { clockWords, durationWords } from './moment.ts';
import { code, nameOf, type RunStep, stepView } from './run-steps.ts';
import type { RunValue, Show } from './run-values.ts';
import { richText, type Text, visible } from './text.ts';
import { runWords } from './words-run.ts';
import { type ProblemFacts, problemWords } from './words-run-problems.ts';

export interface RunInput {
  readonly run: Run;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly mask: (value: string) => Redacted;
  readonly show: Show;
  /** Origin of this extension. */
  readonly origin: string;
  /** Hosts of the run to which the browser gives access. */
  readonly granted: ReadonlySet<string>;
  /** Whether the run can be taken up from the step that failed. */
  readonly retryFrom: Step | null;
}

export interface RunProblem {
  readonly step: Text;
  readonly cause: Text;
  readonly next: Text;
  readonly said: string | null;
  /** What the error of the server means, where it is a known one. */
  readonly meaning: Text | null;
  /** The server can be asked whether the refresh token, which may be spent, is still active. */
  readonly asksRefresh: boolean;
  readonly copy: { readonly label: string; readonly value: string } | null;
  /** Address whose host is not granted, where that would help. */
  readonly grant: { readonly url: string; readonly label: string } | null;
}

/** What can be done with the tokens that are held. */
export interface RunUses {
  readonly refresh: boolean;
  readonly again: boolean;
  readonly userinfo: boolean;
  readonly introspection: boolean;
  /** Which token would be revoked; `null`: the server has no endpoint for it. */
  readonly revocation: 'accessToken' | 'refreshToken' | null;
  readonly logout: boolean;
  readonly call: boolean;
  readonly idToken: boolean;
}

export interface RunResult {
  readonly values: readonly RunValue[];
  readonly before: Text;
  readonly strong: string | null;
  readonly rest: string;
  readonly mark: Mark | 'clock';
  /** `null` while the run is under way. */
  readonly uses: RunUses | null;
  /** What the tokens are bound to; `null`: to nothing. */
  readonly bound: Text | null;
}

/** What was done last with the tokens, while the step itself stands far below. */
export interface RunLater {
  readonly key: string;
  readonly mark: Mark;
  readonly name: Text;
  readonly says: Text;
}

export interface RunView {
  readonly id: string;
  readonly is: Run['is'];
  readonly heading: Text;
  readonly detail: Text;
  readonly steps: readonly RunStep[];
  readonly problem: RunProblem | null;
  /** `null` where nothing was, and where the heading says how it ended. */
  readonly later: RunLater | null;
  /** Goes on from a step, or starts the same run anew; `null` where neither can be. */
  readonly retry: { readonly label: string; readonly act: 'retry' | 'again' } | null;
  readonly result: RunResult | null;
  /** A request waits to be looked at. */
  readonly waits: boolean;
  readonly guided: boolean;
  readonly footer: string;
}

export function runView(input: RunInput): RunView {
  const { run, retryFrom } = input;
  const at = run.steps.findIndex(({ is }) => is === 'running' || is === 'ready' || is === 'waiting');
  const failed = run.steps.find((step) => step.key === run.problem?.step);
  const id = run.registeredId ?? run.config.clientId;
  const steps = run.steps.map((step) => stepView(step, input));
  return {
    id: run.id,
    is: run.is,
    heading: richText(headingOf(run, failed)),
    detail: richText(
      runWords.client(
        visible(serverHost(run), 100),
        id === '' ? null : code(id),
        runWords.authentication[
          run.secrets.clientSecret === null && run.secrets.clientKey === null ? 'none' : run.config.authentication
        ],
      ),
    ),
    steps,
    problem: run.problem === null ? null : problemView(run.problem, input),
    later: laterView(run, steps),
    retry: retryView(run, retryFrom),
    result: resultView(input),
    waits: run.steps.some(({ is }) => is === 'ready'),
    guided: run.config.mode === 'guided',
    footer: runWords.steps.progress(at < 0 ? run.steps.length : at + 1, run.steps.length),
  };
}

function laterView(run: Run, steps: readonly RunStep[]): RunLater | null {
  const last = steps.length > stepsOf(run.config).length ? steps.at(-1) : undefined;
  if (last === undefined || run.is === 'failed' || run.is === 'cancelled') return null;
  const { key, mark, name, says } = last;
  return { key, mark, name, says };
}

function retryView(run: Run, from: Step | null): RunView['retry'] {
  const w = runWords.problem;
  if (from?.id === 'refresh') return { label: w.sendRefresh, act: 'retry' };
  if (from !== null) return { label: w.retry(plain(nameOf(from, run))), act: 'retry' };
  const signsIn = run.steps.some(({ id }) => id === 'signIn' || id === 'device');
  return run.problem?.code === 'refresh-refused' && signsIn ? { label: w.signInAnew, act: 'again' } : null;
}

const plain = (markup: string): string => markup.replaceAll('`', '');

function headingOf(run: Run, failed: Step | undefined): string {
  const name = runWords.flow[run.config.flow];
  if (run.is === 'done') return runWords.outcome.done(name);
  if (run.is === 'cancelled') return runWords.outcome.cancelled;
  return run.is === 'failed' && failed !== undefined ? runWords.outcome.failed(nameOf(failed, run)) : name;
}

/** Host that the run is with. */
export function serverHost({ config, server }: Pick<Run, 'config' | 'server'>): string {
  const byHand = Object.values(config.endpoints ?? {})[0];
  const url = config.issuer ?? server?.issuer ?? config.resourceUrl ?? byHand ?? '';
  return URL.canParse(url) ? new URL(url).host : url;
}

function problemView(problem: Problem, input: RunInput): RunProblem {
  const { run, origin, granted, now, show } = input;
  // A server may repeat in its error what it was sent.
  const harmless = (text: string): string => show('error_description', visible(text, 4000));
  const detail = problem.detail === null ? null : harmless(problem.detail);
  const step = run.steps.find(({ key }) => key === problem.step);
  const about = visible(harmless(problem.about ?? ''), 200);
  const rotations = run.steps.flatMap(({ proved }) => proved.filter((fact) => fact.startsWith('refresh-')));
  const facts: ProblemFacts = {
    host: about === '' ? visible(serverHost(run), 100) : about,
    about: about.replaceAll('`', '´'),
    step: step?.id ?? 'discovery',
    origin,
    said: detail === null ? null : code(detail),
    sentAt: step === undefined || step.sentAt === null ? null : clockWords(step.sentAt, now),
    rotates: rotations.length === 0 ? null : rotations.includes('refresh-rotated'),
  };
  const { cause, next } = problemWords[problem.code](facts);
  const w = runWords.problem;
  const lastUrl = run.exchanges.at(-1)?.request.url ?? null;
  const host = lastUrl !== null && URL.canParse(lastUrl) ? new URL(lastUrl).host : null;
  const accessHelps = ['server-unreachable', 'origin-refused', 'no-challenge'].includes(problem.code);
  return {
    step: richText(step === undefined ? '' : nameOf(step, run)),
    cause: richText(cause),
    next: richText(next),
    said: detail === null ? null : visible(detail, 400),
    meaning: meaningOf(problem),
    asksRefresh:
      problem.code === 'interrupted' &&
      step?.id === 'refresh' &&
      run.secrets.tokens !== null &&
      typeof run.server?.introspection_endpoint === 'string',
    copy:
      problem.code === 'redirect-uri-refused' || problem.code === 'window-closed' || problem.about === 'redirect_uris'
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

/** Errors that are explained by their number, or that the program's own message does not already explain. */
function meaningOf({ code: found, detail }: Problem): Text | null {
  if (detail === null) return null;
  const [error = '', ...description] = detail.split(': ');
  const said = description.join(': ');
  const numbered = /AADSTS\d+/.test(detail);
  if (!numbered && found !== 'server-said-no') return null;
  const known = explainError(error, numbered ? detail : said);
  return known === null ? null : richText(runWords.problem.means(known.meaning, known.remedy));
}

function resultView({ run, now, mask }: RunInput): RunResult | null {
  const { tokens } = run.secrets;
  if (tokens === null) return null;
  const w = runWords.result;
  const secret = (name: string, value: string | null, ref: 'accessToken' | 'refreshToken' | 'idToken'): RunValue[] =>
    value === null ? [] : [{ name, value: mask(value), ref: { in: 'token', name: ref } }];
  const open = (name: string, value: string | null): RunValue[] =>
    value === null ? [] : [{ name, value: visible(value), ref: null }];
  const has = (name: string): boolean => typeof run.server?.[name] === 'string';
  const openId = tokens.idToken !== null;
  const bound = tokens.tokenType.toLowerCase() === 'dpop';
  return {
    values: [
      ...secret(w.access, tokens.accessToken, 'accessToken'),
      ...secret(w.refresh, tokens.refreshToken, 'refreshToken'),
      ...secret(w.id, tokens.idToken, 'idToken'),
      ...open(w.type, tokens.tokenType),
      ...open(w.scope, tokens.scope),
    ],
    ...expiryOf(tokens.expiresAt, run, now),
    bound:
      bound && run.boundKey !== null
        ? richText(w.bound(run.boundKey.thumbprint, run.boundKey.kept === 'locked'))
        : null,
    uses:
      run.is === 'running'
        ? null
        : {
            // Where it may be spent, or was refused, it is not sent without a word.
            refresh: tokens.refreshToken !== null && has('token_endpoint') && !run.problem?.step.startsWith('refresh'),
            again: run.config.flow === 'clientCredentials',
            userinfo: openId && has('userinfo_endpoint'),
            introspection: has('introspection_endpoint'),
            revocation: has('revocation_endpoint')
              ? tokens.refreshToken === null
                ? 'accessToken'
                : 'refreshToken'
              : null,
            logout: openId && has('end_session_endpoint'),
            call: true,
            idToken: openId,
          },
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
