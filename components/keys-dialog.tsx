import { useLayoutEffect, useRef } from 'preact/hooks';
import { words } from '../lib/view/words.ts';
import { Icon } from './icons.tsx';

export interface KeysDialogProps {
  readonly list: readonly (readonly [key: string, does: string])[];
  readonly onClose: () => void;
}

/** The list of keys. Esc closes it. */
export function KeysDialog({ list, onClose }: KeysDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="keys"
      aria-labelledby="keys-title"
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div class="keys-head">
        <h2 id="keys-title">{words.keys.title}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={words.keys.close}
          title={words.keys.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      <dl>
        {list.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
