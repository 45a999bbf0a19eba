import type { RunActions } from '../lib/view/run-model.ts';
import type { RunCheck, RunStep } from '../lib/view/run-steps.ts';
import { runWords } from '../lib/view/words-run.ts';
import { Icon } from './icons.tsx';
import { LocalTools } from './local-tools.tsx';
import { Reference } from './reference.tsx';
import { Rich } from './rich.tsx';
import { RunDeviceCard } from './run-device.tsx';
import { RunDraftForm } from './run-draft.tsx';
import { Exchanges, RunValues } from './run-values.tsx';
import { Shape } from './shape.tsx';

export interface RunStepsProps {
  readonly steps: readonly RunStep[];
  /** Shows what each step proves, and where that is written. */
  readonly guided: boolean;
  readonly actions: RunActions;
}

/** Id of the element of a step, which can be gone to. */
export const stepElement = (key: string): string => `run-step-${key}`;

/** The steps, each with what it proved and, folded, what was sent and received. */
export function RunSteps({ steps, guided, actions }: RunStepsProps) {
  const w = runWords.steps;
  return (
    <LocalTools>
      {(open) => (
        <ol class="run-steps" aria-label={w.label}>
          {steps.map((step) => {
            const current = step.window || step.draft !== null || step.device !== null;
            return (
              <li
                key={step.key}
                id={stepElement(step.key)}
                class={`run-step ${step.mark}`}
                aria-current={current ? 'step' : undefined}
                tabIndex={-1}
              >
                <Shape mark={step.mark} />
                <div class="grow">
                  <div class="run-step-head">
                    <h2 class="grow">
                      <Rich text={step.name} />
                    </h2>
                    <span class="faint num">{step.time}</span>
                  </div>
                  {guided ? (
                    <p class="soft run-proves">
                      <Rich text={step.proves} /> <Reference reference={step.reference} />
                    </p>
                  ) : null}
                  {step.says.length === 0 ? null : (
                    <p class={guided ? undefined : 'soft'}>
                      <Rich text={step.says} />
                    </p>
                  )}
                  <RunValues values={step.values} actions={actions} />
                  {step.checks.length === 0 ? null : <Checklist checks={step.checks} />}
                  {step.device === null ? null : <RunDeviceCard device={step.device} actions={actions} />}
                  {step.draft === null ? null : (
                    <RunDraftForm key={step.key} step={step.key} draft={step.draft} actions={actions} />
                  )}
                  {step.window ? (
                    <button type="button" class="button primary small" data-row onClick={actions.showWindow}>
                      <Icon name="window" />
                      <span>{w.showWindow}</span>
                    </button>
                  ) : null}
                  <Exchanges id={step.key} exchanges={step.exchanges} open={open.has(step.key)} actions={actions} />
                </div>
              </li>
            );
          })}
        </ol>
      )}
    </LocalTools>
  );
}

/** Every point that an ID token was checked for. */
function Checklist({ checks }: { readonly checks: readonly RunCheck[] }) {
  return (
    <ul class="run-checks" aria-label={runWords.steps.checks}>
      {checks.map((check) => (
        <li key={check.name}>
          <Shape mark={check.mark} />
          <code>{check.name}</code>
          <span class="soft">
            <Rich text={check.text} />
            {check.found === null ? null : (
              <code class="run-found" dir="ltr">
                {check.found}
              </code>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
