import { useEffect, useRef } from 'preact/hooks';
import { words } from '../lib/view/words.ts';
import { Icon } from './icons.tsx';

/** The list of keys. Esc closes it. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
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
        {words.keys.list.map(([key, does]) => (
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
