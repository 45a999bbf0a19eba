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
  /** The presses that are possible, with what their buttons say. */
  readonly presses: readonly { readonly press: RecordPress; readonly text: string }[];
}

/** Hosts that are named; more are counted. */
const NAMED = 4;

export function recordView(recording: Recording | null, now: number): RecordView {
  const w = recordWords;
  if (recording === null) {
    return {
      state: 'offer',
      heading: w.offer.heading,
      detail: [richText(w.offer.text)],
      time: null,
      presses: [{ press: 'start', text: w.offer.button }],
    };
  }
  const { state, requests, bytes, hosts, at } = recording;
  const named = hosts.slice(0, NAMED).map((host) => visible(host, 100));
  const rest = hosts.length - named.length;
  const taking = hosts.length === 0 ? [] : [w.hosts(words.list(rest > 0 ? [...named, w.more(rest)] : named))];
  const detail = [w.written(requests, bytes), ...taking].map(richText);
  const time = timeView(at, now);
  if (state.is === 'ended') {
    return {
      state: 'ended',
      heading: w.ended.heading,
      detail: [richText(w.ended.because[state.why]), ...detail],
      time,
      presses: [{ press: 'start', text: w.again }],
    };
  }
  const held = state.is === 'paused';
  return {
    state: state.is,
    heading: held ? w.paused : w.recording,
    detail,
    time,
    presses: [
      held ? { press: 'resume', text: w.resume } : { press: 'pause', text: w.pause },
      { press: 'stop', text: w.stop },
    ],
  };
}
