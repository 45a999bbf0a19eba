import type { ComponentChildren } from 'preact';

/** Drawn for this project on a grid of 16, lines of 1.5. */
const PATHS = {
  more: (
    <g fill="currentColor" stroke="none">
      <circle cx="3" cy="8" r="1.25" />
      <circle cx="8" cy="8" r="1.25" />
      <circle cx="13" cy="8" r="1.25" />
    </g>
  ),
  down: <path d="M3.75 6 8 10.25 12.25 6" />,
  copy: (
    <>
      <rect x="5.75" y="5.75" width="7.5" height="7.5" rx="1.5" />
      <path d="M10.25 3.5v-.25a.75.75 0 0 0-.75-.75H3.75a1.25 1.25 0 0 0-1.25 1.25V9.5c0 .41.34.75.75.75h.25" />
    </>
  ),
  done: <path d="m3 8.5 3.25 3.25L13 4.75" />,
  eye: (
    <>
      <path d="M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8Z" />
      <circle cx="8" cy="8" r="1.75" />
    </>
  ),
  eyeOff: (
    <>
      <path d="M6.2 4.1A6 6 0 0 1 8 3.75C12 3.75 14.25 8 14.25 8a11 11 0 0 1-1.7 2.15M4 5.2A11 11 0 0 0 1.75 8S4 12.25 8 12.25c1.2 0 2.2-.35 3.05-.85" />
      <path d="m2.5 2.5 11 11" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.25 10.25 3.25 3.25" />
    </>
  ),
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  clear: (
    <path d="M2.75 4.5h10.5M6 4.25V3.5c0-.55.45-1 1-1h2c.55 0 1 .45 1 1v.75M4 4.75l.6 7.8c.04.53.48.95 1 .95h4.8c.52 0 .96-.42 1-.95l.6-7.8" />
  ),
  undo: <path d="M5.5 3 2.75 5.75 5.5 8.5M3 5.75h6.25a3.75 3.75 0 0 1 0 7.5H6" />,
  signIn: (
    <path d="M9 2.75h2.75c.7 0 1.25.55 1.25 1.25v8c0 .7-.55 1.25-1.25 1.25H9M6.5 5.25 9.25 8 6.5 10.75M9 8H2.75" />
  ),
  key: (
    <>
      <rect x="1.75" y="4.25" width="12.5" height="7.5" rx="1.5" />
      <path d="M4.25 7h.01M6.75 7h.01M9.25 7h.01M11.75 7h.01M5.5 9.25h5" />
    </>
  ),
  paste: (
    <>
      <path d="M5.75 3.25h-1c-.55 0-1 .45-1 1v8.5c0 .55.45 1 1 1h6.5c.55 0 1-.45 1-1v-8.5c0-.55-.45-1-1-1h-1" />
      <rect x="5.75" y="2" width="4.5" height="2.75" rx="1" />
    </>
  ),
  edit: (
    <path d="m9.75 3.75 2.5 2.5M3 13l.6-2.9 6.6-6.6a1.1 1.1 0 0 1 1.55 0l.75.75a1.1 1.1 0 0 1 0 1.55L5.9 12.4 3 13Z" />
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M8 4.75V8l2.25 1.5" />
    </>
  ),
  window: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.5" />
      <path d="M2 6h12" />
    </>
  ),
  expand: <path d="M9.5 2.75h3.75V6.5M13 3 8.75 7.25M6.5 13.25H2.75V9.5M3 13l4.25-4.25" />,
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" stroke-width="2" />,
  play: <path d="M4.75 3v10l8-5Z" />,
  import: <path d="M8 2.5v7M5 6.75l3 3 3-3M2.75 12.75h10.5" />,
  export: <path d="M8 9.75v-7M5 5.5l3-3 3 3M2.75 12.75h10.5" />,
  mute: <path d="M4.25 11.25V7a3.75 3.75 0 0 1 5.9-3.08M11.75 6.75v4.5h-9M6.75 13.5h2.5M2.5 2.5l11 11" />,
  flag: <path d="M3.75 13.75V2.5M3.75 3.25h8.5L10.5 6l1.75 2.75h-8.5" />,
  swap: <path d="M2.75 5.5h10.5M10.75 3l2.5 2.5-2.5 2.5M13.25 10.5H2.75M5.25 8l-2.5 2.5L5.25 13" />,
  back: <path d="M10 3.75 5.75 8 10 12.25" />,
  record: <circle cx="8" cy="8" r="4.5" fill="currentColor" stroke="none" />,
  stop: <rect x="4" y="4" width="8" height="8" rx="1" />,
} as const satisfies Record<string, ComponentChildren>;

export type IconName = keyof typeof PATHS;

/** Decoration: whatever carries it has a name of its own. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {PATHS[name]}
    </svg>
  );
}

/** A lens with a keyhole: the sign of the project, as in the toolbar. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 20 20" aria-hidden="true">
      <path d="m13.2 13.2 4.6 4.6" stroke="#4a80f0" stroke-width="3.4" stroke-linecap="round" />
      <circle cx="8.2" cy="8.2" r="7.7" fill="#4a80f0" />
      <path d="M8.2 3.6a2.9 2.9 0 0 1 1.65 5.29l.6 3.36h-4.5l.6-3.36A2.9 2.9 0 0 1 8.2 3.6Z" fill="#fff" />
    </svg>
  );
}
