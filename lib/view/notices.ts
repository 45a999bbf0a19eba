import type { LogNote } from '../log/notes.ts';
import { richText, type Text } from './text.ts';
import { words } from './words.ts';

/** What is missing from a capture, and why, and what changed it: one sentence for each reason. */
export function noticesOf(notes: readonly LogNote[]): readonly Text[] {
  const w = words.notice;
  const sum = (is: 'evicted' | 'unreadable'): number =>
    notes.reduce((total, note) => (note.is === is ? total + note.records : total), 0);
  const count = (is: LogNote['is']): number => notes.filter((note) => note.is === is).length;
  const lost = notes.find((note) => note.is === 'lost');
  const lines: string[] = [];
  if (count('hooked') > 0) lines.push(w.hooked);
  if (sum('evicted') > 0) lines.push(w.evicted(sum('evicted')));
  if (lost !== undefined) lines.push(w.lost(count('lost'), lost.reason));
  if (count('body-too-large') > 0) lines.push(w.bodies(count('body-too-large')));
  if (count('address-cut') > 0) lines.push(w.addresses(count('address-cut')));
  if (sum('unreadable') > 0) lines.push(w.unreadable(sum('unreadable')));
  return lines.map(richText);
}
