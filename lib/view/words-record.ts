import type { RecordingEnd } from '../model/recording.ts';
import { count } from './amount.ts';

/** Texts about the recording of a tab. */
export const recordWords = {
  label: 'Recording',
  offer: {
    heading: 'Record this tab',
    text: 'Writes down every request of this tab to watched sites, with its headers, and reads what pages store at each navigation and at the end: who gets tokens and addresses, and how long tokens are used. Other tabs cost nothing.',
    button: 'Record',
  },
  hooks: {
    offer: 'With hooks in the page',
    means:
      'Also keeps answers to the page’s own code, messages of other windows and values as they are stored. For that `fetch`, `XMLHttpRequest` and `setItem` are replaced while it records: the page can notice. What its code does before they are in place is not heard.',
    are: 'Hooks are in the page: its environment is changed.',
    were: 'Hooks were in the page; they are taken out.',
  },
  recording: 'Recording this tab',
  paused: 'Recording is paused',
  pause: 'Pause',
  resume: 'Resume',
  stop: 'Stop',
  again: 'Record again',
  written: (requests: number, snapshots: number, bytes: number) =>
    `${count(requests, 'request', 'requests')}, ${count(snapshots, 'look at storage', 'looks at storage')}, ${bytes < 100_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`}.`,
  hosts: (list: string) => `Taking part: ${list}.`,
  unread: (list: string) => `Storage not read: ${list}, which is not watched.`,
  cut: 'More was stored or told than is kept.',
  more: (n: number) => count(n, 'more host', 'more hosts'),
  ended: {
    heading: 'The recording has ended',
    because: {
      stopped: 'You stopped it.',
      quiet: 'The tab sent no request for five minutes.',
      full: 'It was as long, or as large, as one recording may be.',
      refused: 'The memory of the browser session was full; what was written before is kept.',
      'tab-closed': 'The tab was closed; what was written is kept.',
      'no-access': 'Access to the site was taken away; what was written is kept.',
      interrupted: 'The browser stopped the extension’s background; what was written is kept.',
    } satisfies Record<RecordingEnd, string>,
  },
} as const;
