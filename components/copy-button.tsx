import { useSignal } from '@preact/signals';
import { words } from '../lib/view/words.ts';
import { Icon } from './icons.tsx';
import { usePopup } from './popup-context.ts';

export interface CopyButtonProps {
  /** What it copies, as a name for screen readers and the tooltip. */
  readonly label: string;
  /** Said afterwards. */
  readonly done: string;
  /** Made only when pressed. */
  readonly text: () => string | null;
  /** Shown beside the icon. */
  readonly caption?: string;
}

/** Copies, and shows a check until the focus or the pointer leaves it. */
export function CopyButton({ label, done, text, caption }: CopyButtonProps) {
  const { actions, announce } = usePopup();
  const copied = useSignal(false);
  const press = async () => {
    const value = text();
    if (value === null) return announce(words.value.gone);
    await actions.copy(value);
    copied.value = true;
    announce(done);
  };
  const reset = () => {
    copied.value = false;
  };
  return (
    <button
      type="button"
      class={caption === undefined ? 'icon-button' : 'text-button'}
      aria-label={label}
      title={copied.value ? done : label}
      onClick={press}
      onBlur={reset}
      onPointerLeave={reset}
    >
      <Icon name={copied.value ? 'done' : 'copy'} />
      {caption === undefined ? null : <span>{copied.value ? words.finding.copied : caption}</span>}
    </button>
  );
}
