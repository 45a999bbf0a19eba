import { problem } from './calls.ts';
import { currentStep, type Pair, type Run, type Step } from './run.ts';
import { definitionOf } from './steps/index.ts';
import { isDraft, type RunnerIo, type StepResult } from './steps/step.ts';

/** Marks the next step as running, or one that waited as going on, so that a death in its middle is known afterwards. */
export function begin(run: Run, now: number): Run {
  const step = currentStep(run);
  if (run.is !== 'running' || step === null || step.is === 'ready') return run;
  if (step.is === 'running') return step.dueAt === null ? run : withStep(run, { ...step, dueAt: null });
  return withStep(run, { ...step, is: 'running', startedAt: step.startedAt ?? now });
}

/** Marks that a request of the running step is about to leave. Written before it does: afterwards nobody could know. */
export function sending(run: Run, now: number): Run {
  const step = currentStep(run);
  return run.is === 'running' && step?.is === 'running' ? withStep(run, { ...step, sentAt: now }) : run;
}

/**
 * Does the running step, or, in a guided run, lays its request open first. Gives the run after it. Never throws: what
 * goes wrong is the run's problem.
 */
export async function advance(run: Run, io: RunnerIo): Promise<Run> {
  const step = currentStep(run);
  if (run.is !== 'running' || step === null || step.is !== 'running') return run;
  const definition = definitionOf(step, run);
  try {
    if (waitsForApproval(run, step)) {
      const draft = (await definition.draft?.(run, step, io)) ?? null;
      if (draft !== null && !isDraft(draft)) return finish(run, step, { problem: draft }, io.now());
      if (draft !== null) return withStep(run, { ...step, is: 'ready', draft });
    }
    return finish(run, step, await definition.act(run, step, io), io.now());
  } catch (error) {
    const detail = error instanceof Error ? error.message : null;
    return finish(run, step, { problem: problem('unexpected', detail) }, io.now());
  }
}

function waitsForApproval(run: Run, step: Step): boolean {
  return run.config.mode === 'guided' && step.approved === null && definitionOf(step, run).draft !== null;
}

/** The person lets the request go, with its fields as they are now. Another run, or another step, stays as it is. */
export function approve(run: Run, key: string, fields: readonly Pair[]): Run {
  const step = currentStep(run);
  if (run.is !== 'running' || step?.is !== 'ready' || step.key !== key) return run;
  return withStep(run, { ...step, is: 'running', approved: fields });
}

/** From here on nothing waits to be looked at. */
export function runThrough(run: Run): Run {
  const step = currentStep(run);
  const through: Run = { ...run, config: { ...run.config, mode: 'through' } };
  return step?.is === 'ready'
    ? withStep(through, { ...step, is: 'running', approved: step.draft?.fields ?? [] })
    : through;
}

/**
 * A run found in storage after the background was stopped. Steps that only compute or read are done again, and so is
 * what had not been sent; polling goes on. A sign-in window is gone with its promise, and a code that was sent may be
 * spent: neither is repeated in secret.
 *
 * What the server answered meanwhile is lost, and no client can prevent that: the answer and its write are two events,
 * and no server gives the same tokens twice. The step says what may have happened, and the person decides.
 */
export function resume(run: Run, now: number): Run {
  const step = currentStep(run);
  if (run.is !== 'running' || step === null || step.is !== 'running' || step.dueAt !== null) return run;
  if (step.sentAt === null || definitionOf(step, run).repeats === 'safe')
    return withStep(run, { ...step, is: 'waiting' });
  return finish(run, step, { problem: problem('interrupted', null) }, now);
}

export function cancel(run: Run, now: number): Run {
  if (run.is !== 'running') return run;
  const step = currentStep(run);
  const underWay = step?.is === 'running' || step?.is === 'ready';
  const stopped = underWay ? withStep(run, { ...step, is: 'failed', dueAt: null, endedAt: now }) : run;
  return { ...stopped, is: 'cancelled' };
}

/**
 * The step from which a run that failed, or was stopped, can be taken up; `null` where it did not. A refresh token that
 * was refused is not sent again: what is refused once stays so, and a spent one ends what came from it (RFC 9700
 * §4.14.2).
 */
export function retryStep(run: Run): Step | null {
  if (run.is !== 'failed' && run.is !== 'cancelled') return null;
  if (run.problem?.code === 'refresh-refused') return null;
  // An earlier step may have failed, too, before the tokens were put to another use: it is not what is tried again.
  const failed =
    run.steps.find(({ key }) => key === run.problem?.step) ??
    run.steps.findLast(({ is }) => is === 'failed') ??
    run.steps.find(({ is }) => is === 'waiting');
  if (failed === undefined) return null;
  const { retryFrom } = definitionOf(failed, run);
  return run.steps.find(({ id }) => id === retryFrom) ?? failed;
}

/** The run once more from the step that `retryStep` names; everything before it holds. */
export function retry(run: Run): Run {
  const from = retryStep(run);
  if (from === null) return run;
  const at = run.steps.indexOf(from);
  const steps = run.steps.map((step, index): Step => {
    if (index < at) return step;
    const fresh = { is: 'waiting', startedAt: null, endedAt: null, dueAt: null, proved: [], checks: [] } as const;
    return { ...step, ...fresh, sentAt: null, draft: null, approved: null };
  });
  return { ...run, is: 'running', problem: null, steps };
}

function finish(run: Run, step: Step, result: StepResult, now: number): Run {
  const { problem: failed, dueAt = null } = result;
  const made = result.exchanges ?? [];
  const indices = made.map((_, index) => run.exchanges.length + index);
  const over = dueAt === null;
  const after: Step = {
    ...step,
    is: failed ? 'failed' : result.skipped ? 'skipped' : over ? 'done' : 'running',
    endedAt: over ? now : null,
    dueAt,
    proved: result.proved ?? [],
    checks: result.checks ?? [],
    exchanges: [...step.exchanges, ...indices],
  };
  const next: Run = {
    ...withStep(run, after),
    server: result.server ?? run.server,
    resource: result.resource ?? run.resource,
    registeredId: result.registeredId ?? run.registeredId,
    device: result.device ?? run.device,
    boundKey: result.boundKey ?? run.boundKey,
    authorizationUrl: result.authorizationUrl ?? run.authorizationUrl,
    secrets: { ...run.secrets, ...result.secrets },
    exchanges: [...run.exchanges, ...made],
  };
  if (failed) return { ...next, is: 'failed', problem: { step: step.key, ...failed } };
  return currentStep(next) === null ? { ...next, is: 'done' } : next;
}

function withStep(run: Run, step: Step): Run {
  return { ...run, steps: run.steps.map((other) => (other.key === step.key ? step : other)) };
}
