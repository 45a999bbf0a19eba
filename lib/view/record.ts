import type { Recording } from '../model/recording.ts';
import { richText, type Text, visible } from './text.ts';
import { type TimeView, timeView } from './time.ts';
import { words } from './words.ts';
import { recordWords } from './words-record.ts';

export type RecordPress = 'start' | 'pause' | 'resume' | 'stop';

/** The recording of a tab: the offer, what it has written so far, or how it ended. */
export interface RecordView {
  readonly state: 'offer' | 'recording' | 'paused' | 'ended';
  readonly heading: string;
  /** Sentences. */
  readonly detail: readonly Text[];
  readonly time: TimeView | null;
  /** What can be asked for with the press that starts: hooks in the page. `null` while it records. */
  readonly hooks: { readonly label: string; readonly means: Text } | null;
  /** The presses that are possible, with what their buttons say. */
  readonly presses: readonly { readonly press: RecordPress; readonly text: string }[];
}

const HOOKS = { label: recordWords.hooks.offer, means: richText(recordWords.hooks.means) };

/** Hosts that are named; more are counted. */
const NAMED = 4;

/** `watched`: the tab's site is; without that its last recording is still told, but none can begin. */
export function recordView(
  recording: Recording | null,
  { now, watched }: { readonly now: number; readonly watched: boolean },
): RecordView {
  const w = recordWords;
  if (recording === null) {
    return {
      state: 'offer',
      heading: w.offer.heading,
      detail: [richText(w.offer.text)],
      time: null,
      hooks: HOOKS,
      presses: [{ press: 'start', text: w.offer.button }],
    };
  }
  const { state, requests, snapshots, bytes, hosts, unread, hooked, cut, at } = recording;
  const over = state.is === 'ended';
  const detail = [
    w.written(requests, snapshots, bytes),
    ...(hosts.length === 0 ? [] : [w.hosts(listed(hosts))]),
    ...(unread.length === 0 ? [] : [w.unread(listed(unread))]),
    ...(cut === true ? [w.cut] : []),
    ...(hooked === true ? [over ? w.hooks.were : w.hooks.are] : []),
  ].map(richText);
  const time = timeView(at, now);
  if (state.is === 'ended') {
    return {
      state: 'ended',
      heading: w.ended.heading,
      detail: [richText(w.ended.because[state.why]), ...detail],
      time,
      hooks: watched ? HOOKS : null,
      presses: watched ? [{ press: 'start', text: w.again }] : [],
    };
  }
  const held = state.is === 'paused';
  return {
    state: state.is,
    heading: held ? w.paused : w.recording,
    detail,
    time,
    hooks: null,
    presses: [
      held ? { press: 'resume', text: w.resume } : { press: 'pause', text: w.pause },
      { press: 'stop', text: w.stop },
    ],
  };
}

function listed(hosts: readonly string[]): string {
  const named = hosts.slice(0, NAMED).map((host) => visible(host, 100));
  const rest = hosts.length - named.length;
  return words.list(rest > 0 ? [...named, recordWords.more(rest)] : named);
}
