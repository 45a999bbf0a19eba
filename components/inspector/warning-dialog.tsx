import { useLayoutEffect, useRef } from 'preact/hooks';
import { exportWords } from '../../lib/view/words-export.ts';

export interface WarningDialogProps {
  /** What the file will hold. */
  readonly holds: readonly string[];
  readonly onSave: () => void;
  readonly onClose: () => void;
}

const w = exportWords.warning;

/** Asks before secrets leave in clear, and says which. Esc cancels. */
export function WarningDialog({ holds, onSave, onClose }: WarningDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="keys warning-dialog"
      aria-labelledby="warning-title"
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <h2 id="warning-title">{w.title}</h2>
      <p>{w.holds}</p>
      <ul>
        {holds.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <p class="soft">{w.means}</p>
      <div class="warning-buttons">
        <button type="button" class="button primary" onClick={() => dialog.current?.close()}>
          {w.cancel}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            dialog.current?.close();
            onSave();
          }}
        >
          {w.save}
        </button>
      </div>
    </dialog>
  );
}
