import { words } from './words.ts';

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** `41 min 52 s`: the two largest units that are not zero, whole seconds. `ms` may be negative; its sign is left out. */
export function durationWords(ms: number): string {
  let left = Math.floor(Math.abs(ms) / 1000);
  const parts: string[] = [];
  for (const [seconds, unit] of UNITS) {
    const n = Math.floor(left / seconds);
    left -= n * seconds;
    if (n > 0) parts.push(`${n.toLocaleString('en')} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

/** Below ten seconds with a tenth: `0.3 s`. */
export function shortDurationWords(ms: number): string {
  return Math.abs(ms) < 9950 ? words.time.seconds((Math.abs(ms) / 1000).toFixed(1)) : durationWords(ms);
}

const two = (n: number): string => String(n).padStart(2, '0');

/** Beyond it, JavaScript has no dates. */
const MAX_TIME = 8.64e15;

/** `11:47:12` today, else `24 November 2026 at 11:47:12`; local time. `null` for a time that no calendar has. */
export function clockWords(time: number, now: number): string | null {
  if (!(Math.abs(time) <= MAX_TIME)) return null;
  const at = new Date(time);
  const today = new Date(now);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const sameDay =
    at.getFullYear() === today.getFullYear() && at.getMonth() === today.getMonth() && at.getDate() === today.getDate();
  return sameDay ? clock : words.time.on(at.getDate(), at.getMonth(), at.getFullYear(), clock);
}
