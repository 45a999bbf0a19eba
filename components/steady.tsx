import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface SteadyProps {
  /** What the part is about; another key starts afresh. */
  readonly of: string;
  readonly children: ComponentChildren;
}

/**
 * The part above what is being read. It may change with new traffic, but what is below must not move: it never gets
 * lower, and where it gets higher the page scrolls along.
 */
export function Steady({ of, children }: SteadyProps) {
  const part = useRef<HTMLDivElement>(null);
  const before = useRef({ of: '', height: 0 });
  useLayoutEffect(() => {
    const element = part.current;
    if (element === null) return;
    const last = before.current;
    if (last.of !== of) element.style.minHeight = '';
    const height = element.offsetHeight;
    const grown = last.of === of ? height - last.height : 0;
    element.style.minHeight = `${height}px`;
    before.current = { of, height };
    const page = element.closest('main');
    if (grown > 0 && page !== null) page.scrollTop += grown;
  });
  return <div ref={part}>{children}</div>;
}
