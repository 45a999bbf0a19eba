import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Keys that reach an element from whatever is inside it, or from anywhere in the page where no element is given (the
 * focus of a page just opened is on no element of ours).
 */
export function useKeys(handler: (event: KeyboardEvent) => void, element?: RefObject<HTMLElement | null>): void {
  const latest = useRef(handler);
  latest.current = handler;
  // With the render: an effect after the painting would miss what is pressed until then.
  useLayoutEffect(() => {
    const target = element === undefined ? document : element.current;
    const onKeyDown = (event: Event) => {
      if (event instanceof KeyboardEvent) latest.current(event);
    };
    target?.addEventListener('keydown', onKeyDown);
    return () => target?.removeEventListener('keydown', onKeyDown);
  }, [element]);
}
