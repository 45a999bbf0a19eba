import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

export interface Reveal<T> {
  /** The raw value while it is shown. */
  readonly shown: T | null;
  toggle(): void;
  hide(): void;
  /** For the element around the value: leaving it, or Esc, forgets the value. */
  readonly around: {
    readonly onFocusOut: (event: FocusEvent) => void;
    readonly onKeyDown: (event: KeyboardEvent) => void;
  };
}

/** A raw value that is here only while it is shown: leaving its place, leaving the window or Esc forgets it. */
export function useReveal<T>(fetch: () => T | null): Reveal<T> {
  const raw = useSignal<T | null>(null);
  const hide = () => {
    raw.value = null;
  };
  useEffect(() => {
    const forget = () => {
      raw.value = null;
    };
    window.addEventListener('blur', forget);
    return () => window.removeEventListener('blur', forget);
  }, [raw]);
  return {
    shown: raw.value,
    hide,
    toggle: () => {
      raw.value = raw.value === null ? fetch() : null;
    },
    around: {
      onFocusOut: ({ currentTarget, relatedTarget }) => {
        const inside =
          currentTarget instanceof Node && relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
        if (!inside) hide();
      },
      onKeyDown: (event) => {
        if (event.key !== 'Escape' || raw.value === null) return;
        event.stopPropagation();
        event.preventDefault();
        hide();
      },
    },
  };
}
