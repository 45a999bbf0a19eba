import { amount, count } from './amount.ts';

const size = (characters: number): string =>
  characters < 100_000 ? `${Math.ceil(characters / 1000)} kB` : `${(characters / 1_000_000).toFixed(1)} MB`;

/** Texts about the page in a tab. */
export const pageWords = {
  label: 'The page itself',

  offer: {
    heading: 'Check this page',
    text: (host: string) =>
      `Reads its storage, cookies, configuration and scripts once; changes nothing. Source maps and files that are no longer in the cache are requested from ${host}.`,
    button: 'Check',
  },

  running: {
    heading: 'Checking this page',
    looking: 'Looking at what is there.',
    read: (read: number, of: number) => `${size(read)} of ${size(of)} read.`,
    judging: 'Judging what was read.',
    cancel: 'Cancel',
  },

  found: (n: number) => `The page itself: ${n === 0 ? 'no problems found' : count(n, 'problem', 'problems')}`,
  again: 'Check again',

  contents: {
    read: (stored: number, cookies: number, inline: number, files: number) =>
      `Read ${count(stored, 'stored value', 'stored values')}, ${count(cookies, 'cookie', 'cookies')}, ${count(inline, 'inline script', 'inline scripts')}, ${count(files, 'file', 'files')}`,
    frames: (n: number) => `in ${amount(n)} frames`,
    requested: (n: number) => `${amount(n)} asked for again`,
  },
  elsewhere: (place: string) => `That was at \`${place}\`.`,

  notice: {
    frames: (hosts: string, n: number) =>
      `Not read: ${n === 1 ? 'the frame' : 'the frames'} of ${hosts}. Watch ${n === 1 ? 'that site' : 'those sites'} first.`,
    files: (n: number) => `${count(n, 'file', 'files')} could not be read.`,
    cut: 'There was more than one check reads; the rest was left out.',
  },

  cancelled: { heading: 'The check was cancelled', text: 'Nothing of the page was kept.' },
  interrupted: { heading: 'The check was cut short', text: 'The browser stopped it. Nothing of the page was kept.' },
  failed: {
    heading: 'The page could not be read',
    text: (reason: string) => `The browser said: ${reason}. Press the toolbar icon on the page, then check again.`,
  },
} as const;
