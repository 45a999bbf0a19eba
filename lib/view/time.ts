import { words } from './words.ts';

/** A moment in words and, for the tooltip, exactly. Local time. */
export interface TimeView {
  readonly text: string;
  readonly exact: string;
}

const two = (n: number): string => String(n).padStart(2, '0');

function dayOf(time: Date): number {
  return Math.round(Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) / 86_400_000);
}

/** `time` and `now` in milliseconds since the epoch. */
export function timeView(time: number, now: number): TimeView {
  const at = new Date(time);
  const today = new Date(now);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const days = dayOf(today) - dayOf(at);
  const exact = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}:${two(at.getSeconds())}`;
  if (days === 0) return { text: words.time.today(clock), exact };
  if (days === 1) return { text: words.time.yesterday(clock), exact };
  return { text: words.time.on(at.getDate(), at.getMonth(), at.getFullYear(), clock), exact };
}
