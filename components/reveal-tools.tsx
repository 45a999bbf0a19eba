import type { ComponentChildren } from 'preact';
import { REVEAL_CAP, visible } from '../lib/view/text.ts';
import { words } from '../lib/view/words.ts';
import { Icon } from './icons.tsx';

export interface MaskedTextProps {
  readonly masked: string;
  /** The raw value while it is shown. */
  readonly shown: string | null;
}

/** A value that is masked until it is asked for. */
export function MaskedText({ masked, shown }: MaskedTextProps) {
  return (
    <span class={shown === null ? 'masked' : 'revealed'}>{shown === null ? masked : visible(shown, REVEAL_CAP)}</span>
  );
}

export interface RevealToolsProps {
  readonly name: string;
  readonly shown: string | null;
  readonly toggle: () => void;
  /** More tools, such as one that copies. */
  readonly children?: ComponentChildren;
}

/** The eye beside a masked value. */
export function RevealTools({ name, shown, toggle, children }: RevealToolsProps) {
  return (
    <span class="value-tools">
      <button
        type="button"
        class="icon-button small"
        data-row
        aria-pressed={shown !== null}
        aria-label={words.value.reveal(name)}
        title={shown === null ? words.value.reveal(name) : words.value.hide(name)}
        onClick={toggle}
      >
        <Icon name={shown === null ? 'eye' : 'eyeOff'} />
      </button>
      {children}
    </span>
  );
}
