import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ValueRef } from '../lib/view/findings.ts';
import { PopupProvider, usePopup } from './popup-context.ts';

export interface LocalToolsProps {
  /** Rows that start open. */
  readonly open?: readonly string[];
  /** Finds the raw value behind a finding of this view. */
  readonly reveal?: (ref: ValueRef) => string | null;
  readonly children: (open: ReadonlySet<string>) => ComponentChildren;
}

/** Rows and values of a view of its own: which rows are open is gone with the page. */
export function LocalTools({ open: first = [], reveal, children }: LocalToolsProps) {
  const tools = usePopup();
  const open = useSignal<ReadonlySet<string>>(new Set(first));
  const own = useMemo(
    () => ({
      ...tools,
      actions: {
        ...tools.actions,
        reveal: reveal ?? (() => null),
        setOpen: (key: string, wanted: boolean) => {
          const others = [...open.value].filter((other) => other !== key);
          open.value = new Set(wanted ? [...others, key] : others);
        },
      },
    }),
    [tools, reveal, open],
  );
  return <PopupProvider value={own}>{children(open.value)}</PopupProvider>;
}
