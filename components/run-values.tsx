import type { RunActions } from '../lib/view/run-model.ts';
import type { RunExchange, RunRef, RunValue } from '../lib/view/run-values.ts';
import { words } from '../lib/view/words.ts';
import { runWords } from '../lib/view/words-run.ts';
import { CopyButton } from './copy-button.tsx';
import { usePopup } from './popup-context.ts';
import { Secret } from './secret.tsx';

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

export function RunValueText({ value, actions }: { readonly value: RunValue; readonly actions: RunActions }) {
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
