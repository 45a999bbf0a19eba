import type { Browser } from 'webextension-polyfill';
import { analyse } from '../analyse.ts';
import { createRedactor, mask, type Redactor } from '../engine/redact.ts';
import { collectSecrets } from '../engine/secrets.ts';
import type { Analysis } from '../model/analysis.ts';
import { RULES } from '../rules/index.ts';
import type { Run } from '../runner/run.ts';
import { checksView } from '../view/checks.ts';
import { findingViews, rawValue } from '../view/findings.ts';
import { leadingFlows } from '../view/flows.ts';
import type { ReportView } from '../view/popup.ts';
import { type RunView, rawRunValue, runView } from '../view/run.ts';
import { EMPTY_FORM, formHost, type RunForm, readForm } from '../view/run-form.ts';
import type { RunActions, RunModel } from '../view/run-model.ts';
import { runWords } from '../view/words-run.ts';
import { holdsHost, requestHost } from './host-access.ts';
import type { MemoryArea } from './popup-memory.ts';
import { readRunForm } from './run-form-memory.ts';
import type { RunReply, RunRequest } from './run-requests.ts';
import { createRunStore } from './run-store.ts';

export interface RunPanelParts {
  readonly browser: Browser;
  /** Where the form is remembered for the browser session. */
  readonly area: MemoryArea;
  readonly show: (model: RunModel) => void;
  readonly lookAt: (token: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface RunController {
  readonly actions: RunActions;
  /** Reads the form and the run; wakes the background, which takes up a run that was left. */
  start(): Promise<void>;
  /** Moves clocks and countdowns. */
  tick(): void;
}

const FORM_KEY = 'popup:run-form';

/** Shows the run that the background drives; the page may come and go meanwhile. */
export function createRunPanel(parts: RunPanelParts): RunController {
  const { browser, area, now } = parts;
  const store = createRunStore(browser);
  const redirectUri = browser.identity.getRedirectURL('cb');
  const origin = new URL(browser.runtime.getURL('')).origin;
  let ready = false;
  let form: RunForm = EMPTY_FORM;
  let secret = '';
  let notice: string | null = null;
  let run: Run | null = null;
  let analysis: Analysis | null = null;
  let redactor: Redactor = createRedactor(new Map());
  let granted: ReadonlySet<string> = new Set();
  let report: ReportView | null = null;

  const viewOf = (current: Run): RunView =>
    runView({ run: current, now: now(), mask, show: redactor.value, origin, granted });

  const show = (): void => {
    const view = run === null ? null : viewOf(run);
    parts.show({ ready, form, secret, redirectUri, notice, view, report });
  };

  const send = (request: RunRequest): Promise<RunReply> => browser.runtime.sendMessage(request) as Promise<RunReply>;

  /** Everything that follows from the run is made anew; a later one overtakes. */
  const take = async (next: Run | null): Promise<void> => {
    const judged = next === null ? null : await judge(next);
    const held = next === null ? new Set<string>() : await grantedHosts(browser, next);
    run = next;
    analysis = judged;
    granted = held;
    redactor = createRedactor(judged === null ? new Map() : collectSecrets(judged.messages));
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

  const launch = async (): Promise<void> => {
    const read = readForm(form, secret, redirectUri);
    if ('wrong' in read) return say(runWords.form.wrong[read.wrong]);
    const reply = await send({ do: 'run.start', config: read.config, clientSecret: secret === '' ? null : secret });
    say(reply.is === 'busy' ? runWords.form.busy : reply.is === 'invalid' ? runWords.form.failed(reply.what) : null);
  };

  const actions: RunActions = {
    setForm: (change) => {
      form = { ...form, ...change };
      notice = null;
      void area.set({ [FORM_KEY]: form });
      show();
    },
    setSecret: (next) => {
      secret = next;
      show();
    },
    start: () => {
      const read = readForm(form, secret, redirectUri);
      if ('wrong' in read) return say(runWords.form.wrong[read.wrong]);
      const { issuer, endpoints, flow } = read.config;
      const url = issuer ?? (flow === 'code' ? endpoints?.authorization : endpoints?.token) ?? '';
      // Asked for before the first await: the browser takes it only from inside the click.
      requestHost(browser, url)
        .then((given) => (given ? launch() : say(runWords.form.denied(formHost(form) ?? ''))))
        .catch(failed);
    },
    stop: () => void send({ do: 'run.cancel' }).catch(failed),
    showWindow: () => void send({ do: 'run.showWindow' }).catch(failed),
    refresh: () =>
      void send({ do: run?.config.flow === 'clientCredentials' ? 'run.again' : 'run.refresh' }).catch(failed),
    clear: () => {
      secret = '';
      void send({ do: 'run.clear' }).catch(failed);
    },
    grant: (url) => {
      requestHost(browser, url)
        .then(() => (run === null ? undefined : enqueue(run)))
        .catch(failed);
    },
    reveal: (ref) => (run === null ? null : rawRunValue(run, ref)),
    revealFinding: (ref) => (analysis === null ? null : rawValue(analysis, ref)),
    lookAtIdToken: () => {
      const token = run?.secrets.tokens?.idToken ?? null;
      if (token !== null) parts.lookAt(token);
    },
  };

  return {
    actions,
    async start() {
      store.onChange((next) => void enqueue(next));
      try {
        form = readRunForm((await area.get(FORM_KEY))[FORM_KEY]);
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
      if (run !== null) show();
    },
  };
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
