import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { type MuteChoices, type MuteScope, REASON_CAP } from '../../lib/view/decisions.ts';
import { visible } from '../../lib/view/text.ts';
import { findingsWords } from '../../lib/view/words-findings.ts';
import { Icon } from '../icons.tsx';
import { useInspector } from './context.ts';

const SCOPES: readonly MuteScope[] = ['finding', 'rule'];

/** Mutes a finding, or its rule at its host, with a reason. */
export function MuteForm({ mutes }: { readonly mutes: MuteChoices }) {
  const { actions } = useInspector();
  const scope = useSignal<MuteScope>('finding');
  const reason = useSignal('');
  const group = useId();
  const w = findingsWords.mute;
  const { host } = mutes.finding;
  return (
    <form
      class="mute"
      onSubmit={(event) => {
        event.preventDefault();
        actions.mute({ ...mutes[scope.value], reason: reason.value.trim() });
      }}
    >
      {SCOPES.map((one) => (
        <label class="option" key={one}>
          <input
            type="radio"
            name={group}
            checked={scope.value === one}
            onChange={() => {
              scope.value = one;
            }}
          />
          <span>{w[one](host === '-' ? w.noHost : visible(host, 253))}</span>
        </label>
      ))}
      <label class="field">
        <span class="soft">{w.reason}</span>
        <input
          type="text"
          required
          pattern=".*\S.*"
          maxLength={REASON_CAP}
          autocomplete="off"
          value={reason.value}
          onInput={(event) => {
            reason.value = event.currentTarget.value;
          }}
        />
      </label>
      <p class="mute-press">
        <button type="submit" class="button">
          <Icon name="mute" />
          <span>{w.press}</span>
        </button>
        <span class="faint">{w.undoable}</span>
      </p>
    </form>
  );
}

/** The same beside a finding that is shown for another reason: closed until it is asked for. */
export function MuteHere({ mutes }: { readonly mutes: MuteChoices }) {
  const open = useSignal(false);
  return (
    <details
      class="mute-here"
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary class="text-button">
        <Icon name="mute" />
        <span>{findingsWords.mute.way}</span>
      </summary>
      {open.value ? <MuteForm mutes={mutes} /> : null}
    </details>
  );
}
