import type { Mark } from '../lib/view/mark.ts';
import { words } from '../lib/view/words.ts';

/** One form for each mark, so that colour is never alone. */
const SHAPES = {
  high: <path d="M8 2.4 14.3 13.3H1.7Z" fill="currentColor" stroke-width="1.4" />,
  medium: <path d="M8 1.9 14.1 8 8 14.1 1.9 8Z" fill="currentColor" stroke-width="1" />,
  low: <circle cx="8" cy="8" r="5" fill="currentColor" stroke="none" />,
  info: <circle cx="8" cy="8" r="4.75" stroke-width="1.75" />,
  pass: <path d="m2.75 8.6 3.5 3.5 7-8.1" stroke-width="2" />,
  cannotTell: <circle cx="8" cy="8" r="5.25" stroke-width="1.75" stroke-dasharray="2.6 1.52" stroke-linecap="butt" />,
  notYet: <circle cx="8" cy="8" r="2.25" stroke-width="1.5" />,
  running: (
    <>
      <circle cx="8" cy="8" r="5.25" stroke-width="1.75" />
      <path d="M8 5v3.2l2 1.3" stroke-width="1.5" />
    </>
  ),
  stopped: <path d="m4 4 8 8M12 4l-8 8" stroke-width="2" />,
} as const satisfies Record<Mark, unknown>;

/** The same inside of a drawing, its middle at `x`, half way down. */
export function ShapeAt({ mark, x }: { readonly mark: Mark; readonly x: string }) {
  return (
    <svg x={x} y="50%" width="1" height="1" overflow="visible" aria-hidden="true">
      <g
        class={`shape ${mark}`}
        transform="translate(-8 -8)"
        fill="none"
        stroke="currentColor"
        stroke-linecap="round"
        stroke-linejoin="round"
      >
        {SHAPES[mark]}
      </g>
    </svg>
  );
}

/** The shape of a severity or state. Spoken, unless what it stands beside says the same. */
export function Shape({ mark, silent = false }: { readonly mark: Mark; readonly silent?: boolean }) {
  return (
    <svg
      class={`shape ${mark}`}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-linecap="round"
      stroke-linejoin="round"
      role={silent ? undefined : 'img'}
      aria-label={silent ? undefined : words.mark[mark]}
      aria-hidden={silent}
    >
      {SHAPES[mark]}
    </svg>
  );
}
