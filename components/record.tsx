import { useSignal } from '@preact/signals';
import type { RecordView } from '../lib/view/record.ts';
import { recordWords } from '../lib/view/words-record.ts';
import { Check } from './form-fields.tsx';
import { Icon } from './icons.tsx';
import { usePopup } from './popup-context.ts';
import { Rich } from './rich.tsx';

/** The recording of this tab: the offer, what it writes, how it ended. */
export function RecordSection({ view }: { readonly view: RecordView }) {
  const { actions } = usePopup();
  const { state, heading, detail, time, presses, hooks: offered } = view;
  const hooks = useSignal(false);
  const choose = (checked: boolean) => {
    hooks.value = checked;
  };
  return (
    <section class="page-check record" data-state={state} aria-label={recordWords.label}>
      <div class="page-check-head">
        <Icon name={state === 'recording' ? 'record' : state === 'paused' ? 'pause' : 'eye'} />
        <div class="grow">
          <h2>{heading}</h2>
          <p class="soft num">
            {detail.map((sentence, index) => (
              <span key={index}>
                <Rich text={sentence} />{' '}
              </span>
            ))}
            {time === null ? null : <span title={time.exact}>{time.text}.</span>}
          </p>
          {offered === null ? null : (
            <>
              <Check label={offered.label} checked={hooks.value} onChange={choose} />
              {hooks.value ? (
                <p class="soft">
                  <Rich text={offered.means} />
                </p>
              ) : null}
            </>
          )}
        </div>
        <div class="record-presses">
          {presses.map(({ press, text }) => (
            <button
              type="button"
              class="button"
              data-row
              data-press={press}
              key={press}
              onClick={() => {
                actions.record(press, hooks.value);
                // Asked for once, not for the next recording as well.
                hooks.value = false;
              }}
            >
              {text}
            </button>
          ))}
        </div>
      </div>
    </section>
  );
}
