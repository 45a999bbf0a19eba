import type { StepView } from '../lib/view/steps.ts';
import { words } from '../lib/view/words.ts';
import { Shape } from './shape.tsx';

/** The flow as one thin line; a dashed part was not seen. */
export function Steps({ steps }: { readonly steps: readonly StepView[] }) {
  return steps.length === 0 ? null : (
    <ol class="steps" aria-label={words.steps.label}>
      {steps.map((step) => (
        <li
          key={step.name}
          class={step.seenOnward ? 'step' : 'step unseen'}
          title={`${words.mark[step.mark]}: ${step.says}`}
        >
          <Shape mark={step.mark} silent />
          <span class="step-name">
            {step.name}
            <span class="spoken">{`, ${words.mark[step.mark]}: ${step.says}`}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
