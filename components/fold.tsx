import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { usePopup } from './popup-context.ts';
import { useKeys } from './use-keys.ts';

export interface FoldProps {
  /** Remembered for the browser session; free of secrets. */
  readonly id: string;
  readonly open: boolean;
  /** The whole title, for the tooltip of a row that was cut. */
  readonly title: string;
  readonly head: ComponentChildren;
  readonly children: ComponentChildren;
  readonly onRowKeyDown?: (event: KeyboardEvent) => void;
}

/** A row that opens in place. Esc closes it and leaves the focus on the row. */
export function Fold({ id, open, title, head, children, onRowKeyDown }: FoldProps) {
  const { actions } = usePopup();
  const body = useId();
  const root = useRef<HTMLElement>(null);
  const row = useRef<HTMLButtonElement>(null);
  useKeys((event) => {
    if (event.key !== 'Escape' || !open) return;
    event.preventDefault();
    event.stopPropagation();
    actions.setOpen(id, false);
    row.current?.focus();
  }, root);
  return (
    <section class={open ? 'fold open' : 'fold'} ref={root}>
      <h2 class="row-heading">
        <button
          type="button"
          ref={row}
          class="row"
          data-row
          aria-expanded={open}
          aria-controls={open ? body : undefined}
          title={open ? undefined : title}
          onClick={() => actions.setOpen(id, !open)}
          onKeyDown={onRowKeyDown}
        >
          {head}
          <Icon name="down" />
        </button>
      </h2>
      {open ? (
        <div class="fold-body" id={body}>
          {children}
        </div>
      ) : null}
    </section>
  );
}
