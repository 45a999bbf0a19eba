import type { Browser } from 'webextension-polyfill';
import { analyse } from '../analyse.ts';
import { createRedactor, mask, type Redactor } from '../engine/redact.ts';
import { collectSecrets, type SecretKind, secretKind } from '../engine/secrets.ts';
import type { Analysis } from '../model/analysis.ts';
import { RULES } from '../rules/index.ts';
import { retryStep } from '../runner/advance.ts';
import type { Pair, Run } from '../runner/run.ts';
import { checksView } from '../view/checks.ts';
import { findingViews, rawValue } from '../view/findings.ts';
import { leadingFlows } from '../view/flows.ts';
import type { ReportView } from '../view/popup.ts';
import { type CapturedRequest, type CompareRow, compareRequests, type ProperRun } from '../view/proper-run.ts';
import { type RunView, runView } from '../view/run.ts';
import { runCode } from '../view/run-code.ts';
import { type Discovered, discoveryProblem, withMetadata } from '../view/run-discovery.ts';
import {
  EMPTY_FORM,
  FORM_PARTS,
  type FormSecrets,
  formAddress,
  isAddress,
  NO_FORM_SECRETS,
  optionsOf,
  type RunForm,
  readForm,
} from '../view/run-form.ts';
import type { ApprovedField, RunActions, RunModel } from '../view/run-model.ts';
import { PRESETS, presetForm } from '../view/run-presets.ts';
import { type Profile, withProfile } from '../view/run-profiles.ts';
import { rawRunValue } from '../view/run-values.ts';
import { runWords } from '../view/words-run.ts';
import { compareRequestWords } from '../view/words-run-compare.ts';
import { holdsHost, requestHost } from './host-access.ts';
import type { MemoryArea } from './popup-memory.ts';
import { createProfileStore } from './profile-store.ts';
import { readCaptured, readRunForm } from './run-form-memory.ts';
import type { RunReply, RunRequest } from './run-requests.ts';
import { createRunStore, runPlace } from './run-store.ts';

export interface RunPanelParts {
  readonly browser: Browser;
  /** Where the form is remembered for the browser session. */
  readonly area: MemoryArea;
  /** Where settings are kept for another day. */
  readonly profileArea: MemoryArea;
  readonly show: (model: RunModel) => void;
  readonly lookAt: (token: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface RunController {
  readonly actions: RunActions;
  /** Reads the form and the run; wakes the background, which takes up a run that was left. */
  start(): Promise<void>;
  /** Fills the form of a run from a captured request; a run that has ended stays until the next one starts. */
  prefill(proper: ProperRun): void;
  /** Moves clocks and countdowns. */
  tick(): void;
}

const FORM_KEY = 'popup:run-form';
const CAPTURED_KEY = 'popup:run-captured';

/** Milliseconds after which a step that was due has been forgotten. */
const LATE = 3000;

/** Shows the run that the background drives; the page may come and go meanwhile. */
export function createRunPanel(parts: RunPanelParts): RunController {
  const { browser, area, now } = parts;
  const place = runPlace(browser);
  const store = createRunStore(place);
  const redirectUri = browser.identity.getRedirectURL('cb');
  const origin = new URL(browser.runtime.getURL('')).origin;
  let ready = false;
  let form: RunForm = EMPTY_FORM;
  let secrets: FormSecrets = NO_FORM_SECRETS;
  let notice: string | null = null;
  let run: Run | null = null;
  const profileStore = createProfileStore(parts.profileArea);
  let profiles: readonly Profile[] = [];
  let captured: CapturedRequest | null = null;
  let composing = false;
  let discovered: Discovered | 'reading' | null = null;
  let analysis: Analysis | null = null;
  let redactor: Redactor = createRedactor(new Map());
  let granted: ReadonlySet<string> = new Set();
  let report: ReportView | null = null;

  const viewOf = (current: Run): RunView =>
    runView({
      run: current,
      now: now(),
      mask,
      show: redactor.value,
      origin,
      granted,
      retryFrom: retryStep(current),
    });

  const show = (): void => {
    const view = run === null ? null : viewOf(run);
    parts.show({
      ready,
      form,
      secrets,
      redirectUri,
      windowOutside: place.name === 'private',
      discovered,
      profiles,
      notice,
      view,
      composing,
      captured,
      compare: compareRows(),
      report,
    });
  };

  /** What the screen is about: the run on it, or the form. */
  const compareRows = (): readonly CompareRow[] => {
    if (captured === null) return [];
    if (run !== null && !composing) return compareRequests(captured, run.config);
    return compareRequests(captured, {
      clientId: form.clientId.trim(),
      scope: form.scope.trim(),
      redirectUri,
      options: optionsOf(form, FORM_PARTS.code),
    });
  };

  const keepCaptured = (next: CapturedRequest | null): void => {
    captured = next;
    void area.set({ [CAPTURED_KEY]: captured });
  };

  const keepProfiles = (next: readonly Profile[]): void => {
    profiles = next;
    void profileStore.write(profiles).catch(failed);
    show();
  };

  const send = (request: RunRequest): Promise<RunReply> =>
    browser.runtime.sendMessage({ ...request, of: place.name }) as Promise<RunReply>;

  /** Everything that follows from the run is made anew; a later one overtakes. */
  const take = async (next: Run | null): Promise<void> => {
    const judged = next === null ? null : await judge(next);
    const held = next === null ? new Set<string>() : await grantedHosts(browser, next);
    if (next?.is === 'running') composing = false;
    run = next;
    analysis = judged;
    granted = held;
    redactor = createRedactor(
      new Map([...collectSecrets(judged?.messages ?? []), ...(next === null ? [] : secretsOf(next))]),
    );
    report = judged === null || next === null || next.is === 'running' ? null : reportOf(judged);
    show();
  };

  /** One at a time, in order: an older state must not come last. */
  let queue: Promise<void> = Promise.resolve();
  const enqueue = (next: Run | null): Promise<void> => {
    queue = queue.then(() => take(next));
    return queue;
  };

  const judge = (of: Run): Promise<Analysis> =>
    analyse(of.exchanges, { now: now(), clientType: of.secrets.clientSecret === null ? 'public' : 'confidential' });

  const say = (text: string | null): void => {
    notice = text;
    show();
  };

  const failed = (error: unknown): void =>
    say(runWords.form.failed(error instanceof Error ? error.message : String(error)));

  /** What the background answered: nothing to say, or why not. */
  const heed = (reply: RunReply): void =>
    say(reply.is === 'busy' ? runWords.form.busy : reply.is === 'invalid' ? runWords.form.failed(reply.what) : null);

  const ask = (request: RunRequest): void => void send(request).then(heed).catch(failed);

  const launch = async (): Promise<void> => {
    const read = readForm(form, secrets, redirectUri);
    if ('wrong' in read) return say(read.wrong);
    heed(await send({ do: 'run.start', config: read.config, given: read.given }));
  };

  /** Asked for before the first await: the browser takes it only from inside the click. */
  const withHost = (url: string, then: () => Promise<void> | void): void => {
    requestHost(browser, url)
      .then((given) => (given ? then() : say(runWords.form.denied(new URL(url).host))))
      .catch(failed);
  };

  /** What came for an issuer that is no longer the one in the form is let go. */
  const readMetadata = async (issuer: string): Promise<void> => {
    discovered = 'reading';
    show();
    const reply = await send({ do: 'run.discover', issuer }).catch((error: unknown) => {
      discovered = null;
      throw error;
    });
    discovered = null;
    if (form.issuer.trim() !== issuer || form.server !== 'issuer') return show();
    if (reply.is === 'metadata') {
      const { form: filled, says } = withMetadata(form, reply.metadata);
      actions.setForm(filled);
      discovered = { issuer, says, failed: false };
    } else if (reply.is === 'problem') {
      discovered = { issuer, says: discoveryProblem(reply.problem, new URL(issuer).host), failed: true };
    } else return heed(reply);
    show();
  };

  const actions: RunActions = {
    setForm: (change) => {
      form = { ...form, ...change };
      notice = null;
      void area.set({ [FORM_KEY]: form });
      show();
    },
    setSecrets: (change) => {
      secrets = { ...secrets, ...change };
      notice = null;
      show();
    },
    fillFrom: (from) => {
      const saved = 'profile' in from ? profiles.find(({ name }) => name === from.profile)?.form : undefined;
      const preset = 'preset' in from ? PRESETS.find(({ id }) => id === from.preset) : undefined;
      const next = saved ?? (preset === undefined ? undefined : presetForm(preset, form));
      secrets = NO_FORM_SECRETS;
      if (next !== undefined) actions.setForm(next);
    },
    readMetadata: () => {
      const issuer = form.issuer.trim();
      if (!isAddress(issuer)) return say(runWords.form.wrong.issuer);
      withHost(issuer, () => readMetadata(issuer));
    },
    saveProfile: () => keepProfiles(withProfile(profiles, form, (name) => secretKind(name) !== null)),
    removeProfile: (name) => keepProfiles(profiles.filter((profile) => profile.name !== name)),
    makeKey: () =>
      void makeClientKey()
        .then((clientKey) => actions.setSecrets({ clientKey }))
        .catch(failed),
    start: () => {
      const read = readForm(form, secrets, redirectUri);
      if ('wrong' in read) return say(read.wrong);
      const url = formAddress(form);
      if (url !== null) withHost(url, launch);
    },
    stop: () => ask({ do: 'run.cancel' }),
    showWindow: () => ask({ do: 'run.showWindow' }),
    approve: (step, fields) => {
      const shown = run?.steps.find(({ key }) => key === step)?.draft?.fields ?? [];
      ask({ do: 'run.approve', step, fields: fields.flatMap((field) => fieldOf(field, shown)) });
    },
    approveRest: () => ask({ do: 'run.through' }),
    retry: () => ask({ do: 'run.retry' }),
    later: (step, input) => ask({ do: 'run.later', step, input: input ?? null }),
    call: (url) => {
      if (!isAddress(url)) return say(runWords.result.callWrong);
      withHost(url, () => actions.later('resourceCall', { token: null, url }));
    },
    again: () => ask({ do: 'run.again' }),
    clear: () => {
      secrets = NO_FORM_SECRETS;
      keepCaptured(null);
      ask({ do: 'run.clear' });
    },
    forget: () => {
      secrets = NO_FORM_SECRETS;
      keepCaptured(null);
      void send({ do: 'run.clear' })
        .then((reply) => (reply.is === 'ok' ? say(runWords.result.forgotten) : heed(reply)))
        .catch(failed);
    },
    forgetCaptured: () => {
      keepCaptured(null);
      show();
    },
    showRun: () => {
      composing = false;
      show();
    },
    grant: (url) => withHost(url, () => actions.retry()),
    openVerification: () => {
      const { device } = run ?? {};
      const url = device?.verificationUriComplete ?? device?.verificationUri ?? '';
      if (isAddress(url)) void browser.tabs.create({ url }).catch(failed);
    },
    code: (kind) => (run === null ? '' : runCode(kind, run)),
    reveal: (ref) => (run === null ? null : rawRunValue(run, ref)),
    revealFinding: (ref) => (analysis === null ? null : rawValue(analysis, ref)),
    lookAtIdToken: () => {
      const token = run?.secrets.tokens?.idToken ?? null;
      if (token !== null) parts.lookAt(token);
    },
  };

  return {
    actions,
    prefill: (proper) => {
      secrets = NO_FORM_SECRETS;
      composing = run !== null && run.is !== 'running';
      keepCaptured(proper.captured);
      actions.setForm(proper.form);
      if (run?.is === 'running') say(compareRequestWords.busy);
    },
    async start() {
      store.onChange((next) => void enqueue(next));
      try {
        form = readRunForm((await area.get(FORM_KEY))[FORM_KEY]);
        profiles = await profileStore.read();
        captured = readCaptured((await area.get(CAPTURED_KEY))[CAPTURED_KEY]);
        await enqueue(await store.read());
      } catch (error) {
        failed(error);
      }
      ready = true;
      show();
      // Whoever answers is awake, and has taken up what a stopped worker left.
      await send({ do: 'run.wake' }).catch(failed);
    },
    tick: () => {
      if (run === null) return;
      show();
      // A stopped worker does not know that a poll is due; whoever looks wakes it.
      const due = run.is === 'running' && run.steps.some(({ dueAt }) => dueAt !== null && dueAt + LATE < now());
      if (due) void send({ do: 'run.wake' }).catch(failed);
    },
  };
}

function fieldOf(field: ApprovedField, shown: readonly Pair[]): readonly Pair[] {
  if (field.is === 'typed') return [field.pair];
  const kept = shown[field.field];
  return kept === undefined ? [] : [kept];
}

/** A shorter value would be masked wherever a word contains it. */
const MIN_SECRET = 8;

/** What the run holds itself, sent or not yet sent. */
function secretsOf({ secrets }: Run): readonly (readonly [string, SecretKind])[] {
  const { codeVerifier, clientSecret, deviceCode, token, tokens, initialAccessToken } = secrets;
  const given = [codeVerifier, clientSecret, deviceCode, token, initialAccessToken];
  const values = [...given, tokens?.accessToken, tokens?.refreshToken, tokens?.idToken];
  return values.flatMap((value) => (typeof value === 'string' && value.length >= MIN_SECRET ? [[value, 'other']] : []));
}

/** A fresh private JWK for ES256, as JSON. */
async function makeClientKey(): Promise<string> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', pair.privateKey);
  return JSON.stringify({ kty, crv, x, y, d, alg: 'ES256', use: 'sig', kid: (x ?? '').slice(0, 8) });
}

function reportOf(analysis: Analysis): ReportView | null {
  const flows = leadingFlows(analysis);
  const [lead] = flows;
  if (lead === undefined) return null;
  const rules = new Map(RULES.map((rule) => [rule.id, rule]));
  const facts = { addressOnly: false, progress: 'done', flow: lead, watchingAll: true, watchable: null } as const;
  return {
    ...checksView(analysis, lead, rules, facts),
    findings: flows.flatMap((flow) => findingViews(analysis, flow, rules)),
  };
}

async function grantedHosts(browser: Browser, run: Run): Promise<ReadonlySet<string>> {
  const urls = new Map(run.exchanges.map(({ request }) => [new URL(request.url).host, request.url]));
  const held = await Promise.all([...urls].map(async ([host, url]) => ((await holdsHost(browser, url)) ? host : null)));
  return new Set(held.filter((host) => host !== null));
}
