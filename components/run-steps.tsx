import type { RunExchange, RunRef, RunStep, RunValue } from '../lib/view/run.ts';
import type { RunActions } from '../lib/view/run-model.ts';
import { words } from '../lib/view/words.ts';
import { runWords } from '../lib/view/words-run.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icons.tsx';
import { LocalTools } from './local-tools.tsx';
import { usePopup } from './popup-context.ts';
import { Rich } from './rich.tsx';
import { Secret } from './secret.tsx';
import { Shape } from './shape.tsx';

export interface RunStepsProps {
  readonly steps: readonly RunStep[];
  readonly actions: RunActions;
}

/** The steps, each with what it proved and, folded, what was sent and received. */
export function RunSteps({ steps, actions }: RunStepsProps) {
  const w = runWords.steps;
  return (
    <LocalTools>
      {(open) => (
        <ol class="run-steps" aria-label={w.label}>
          {steps.map((step) => (
            <li key={step.id} class={`run-step ${step.mark}`} aria-current={step.window ? 'step' : undefined}>
              <Shape mark={step.mark} />
              <div class="grow">
                <div class="run-step-head">
                  <h2 class="grow">
                    <Rich text={step.name} />
                  </h2>
                  <span class="faint num">{step.time}</span>
                </div>
                {step.says.length === 0 ? null : (
                  <p class="soft">
                    <Rich text={step.says} />
                  </p>
                )}
                <RunValues values={step.values} actions={actions} />
                {step.window ? (
                  <button type="button" class="button primary small" data-row onClick={actions.showWindow}>
                    <Icon name="window" />
                    <span>{w.showWindow}</span>
                  </button>
                ) : null}
                <Exchanges id={step.id} exchanges={step.exchanges} open={open.has(step.id)} actions={actions} />
              </div>
            </li>
          ))}
        </ol>
      )}
    </LocalTools>
  );
}

interface RunValuesProps {
  readonly values: readonly RunValue[];
  readonly actions: RunActions;
}

export function RunValues({ values, actions }: RunValuesProps) {
  return values.length === 0 ? null : (
    <dl class="run-values">
      {values.map((value, index) => (
        <div key={index}>
          <dt class="faint">{value.name}</dt>
          <dd>
            <RunValueText value={value} actions={actions} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function RunValueText({ value, actions }: { readonly value: RunValue; readonly actions: RunActions }) {
  const { ref, name } = value;
  if (ref !== null) {
    const reveal = () => actions.reveal(ref);
    return <Secret name={name} masked={value.value} reveal={reveal} copyable={isToken(ref)} />;
  }
  return (
    <span class="run-plain">
      <code dir="ltr">{value.value}</code>
      {name === runWords.steps.challenge ? (
        <CopyButton label={words.value.copyReal(name)} done={words.finding.copied} text={() => value.value} />
      ) : null}
    </span>
  );
}

const isToken = (ref: RunRef): boolean => ref.in === 'token';

interface ExchangesProps {
  readonly id: string;
  readonly exchanges: readonly RunExchange[];
  readonly open: boolean;
  readonly actions: RunActions;
}

/** Requests and responses of a step, closed at first. */
export function Exchanges({ id, exchanges, open, actions }: ExchangesProps) {
  const tools = usePopup();
  const w = runWords.steps;
  if (exchanges.length === 0) return null;
  return (
    <>
      <button
        type="button"
        class="link run-toggle"
        data-row
        aria-expanded={open}
        onClick={() => tools.actions.setOpen(id, !open)}
      >
        {w.exchanges(exchanges.length)}
      </button>
      {open
        ? exchanges.map((exchange, index) => (
            <section class="run-exchange" key={index} aria-label={exchange.line}>
              <h3>
                <code dir="ltr">{exchange.line}</code>
              </h3>
              <p class="faint">{w.request}</p>
              <Fields values={exchange.request} actions={actions} />
              <p class="faint">
                {w.response} <span class="num">{exchange.answer}</span>
              </p>
              <Fields values={exchange.response} actions={actions} />
            </section>
          ))
        : null}
    </>
  );
}

/** Parameters, headers and fields of a body, in the order in which they were sent. */
function Fields({ values, actions }: RunValuesProps) {
  return values.length === 0 ? null : (
    <ul class="run-fields">
      {values.map((value, index) => (
        <li key={index}>
          {value.name === '' ? null : <code class="faint">{value.name}</code>}
          <RunValueText value={value} actions={actions} />
        </li>
      ))}
    </ul>
  );
}
