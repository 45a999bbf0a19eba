const n = (count: number): string => count.toLocaleString('en');
const count = (of: number, one: string, many: string): string => `${n(of)} ${of === 1 ? one : many}`;

/** Texts of the inspector's frame. */
export const inspectorWords = {
  name: 'OAuth Inspector',
  /** Of the context menu; the manifest says it once more, for the list of shortcuts. */
  inspectSelection: 'Inspect selected token',
  sections: { label: 'Sections' },
  search: 'Search',
  live: (what: string) => `Live: ${what}`,
  nowhere: 'not watching any site',
  allSites: 'all sites',
  sites: (first: string, more: number) => (more === 0 ? first : `${first} and ${n(more)} more`),
  paused: 'Paused',
  waiting: (of: number) => `Paused, ${count(of, 'request', 'requests')} waiting`,
  file: (name: string) => `File: ${name}`,
  panel: 'This tab, through DevTools',
  panelNone: 'Nothing of a sign-in seen in this tab',
  panelNoneNext:
    'Sign in with DevTools open: requests and responses appear here as they come, response bodies included. What came before DevTools was opened has no body; reload to see it whole.',
  panelNoneFirefox: 'If nothing appears, open the Network panel once: Firefox records requests only after that.',
  actions: {
    pause: 'Pause',
    pauseMeans: 'Stop showing new traffic; it is kept',
    resume: 'Resume',
    clear: 'Clear',
    clearMeans: 'Remove everything that was seen',
    import: 'Import',
    importMeans: 'Show a HAR file, a saved report or a request log',
    export: 'Export',
    exportMeans: 'Save what is shown',
    live: 'Back to live',
    more: 'More',
    keys: 'Keys',
    watchAll: 'Watch all sites',
    stopAll: 'Stop watching',
  },
  notice: {
    label: 'Notice',
    cleared: (of: number) => `${count(of, 'request', 'requests')} cleared.`,
    imported: (of: number) => `${count(of, 'request', 'requests')} read.`,
    importedPartly: (of: number, wrong: number, first: string) =>
      `${count(of, 'request', 'requests')} read, ${n(wrong)} could not be: ${first}`,
    importFailed: (name: string, what: string) => `${name} could not be read: ${what}`,
    notAsRecorded: (why: string) => `Judged anew, by what redaction left: ${why}`,
    importCancelled: (name: string) => `${name} was not read to its end; nothing of it is kept.`,
    nothingInIt: 'there is no request in it',
    exported: (name: string) => `${name} saved.`,
    failed: (what: string) => `That failed: ${what}`,
    undo: 'Undo',
    dismiss: 'Dismiss',
  },
  reading: (name: string, share: number) => `Reading ${name}: ${Math.floor(share * 100)} %`,
  cancel: 'Cancel',
  drop: 'Drop a HAR, a saved report or a request log to open it',
  unread: {
    heading: (of: number) => `${count(of, 'part', 'parts')} of the file could not be read`,
    line: ({ entry, line, message }: { entry?: number; line?: number; message: string }) =>
      `${entry === undefined ? '' : `entry ${n(entry)}${line === undefined ? '' : `, line ${n(line)}`}: `}${message}`,
    more: (of: number) => `and ${n(of)} more`,
  },
  error: {
    heading: 'What was seen could not be judged',
    reading: 'Reading what was seen',
    judging: 'Judging what was seen',
  },
  keys: [
    ['1 … 6', 'go to a section'],
    ['/', 'search'],
    ['↑ ↓', 'move between rows'],
    ['← →', 'go to the list on the left or right'],
    ['Enter', 'open the row'],
    ['Esc', 'go back'],
    ['P', 'pause or resume'],
    ['Ctrl C', 'copy the selected row, values masked'],
    ['?', 'this list'],
  ] as readonly (readonly [key: string, does: string])[],
} as const;
