import { amount } from './amount.ts';
/** Texts of what leaves the inspector. */
export const exportWords = {
  har: { label: 'HAR', means: 'Every request, values redacted. Opens here and in other HAR viewers.' },
  json: { label: 'Report (JSON)', means: 'Findings and traffic, values redacted. Opens here with the same findings.' },
  sarif: { label: 'Report (SARIF)', means: 'Findings for code scanning services.' },
  markdown: { label: 'Report (Markdown)', means: 'Findings to paste into an issue.' },
  raw: { label: 'HAR with all values…', means: 'Nothing redacted. Asks first.' },
  /** What reports call the traffic; a file is called by its own name. */
  source: { live: 'Watch', panel: 'DevTools' },
  muted: (of: number) => `${of === 1 ? '1 muted finding is' : `${amount(of)} muted findings are`} left out.`,
  redactedComment: 'Values are redacted: equal marks stand for equal values.',
  rawComment: 'Not redacted: this file holds secrets.',
  warning: {
    title: 'Save secrets in clear?',
    holds: 'The file will hold, readable for everybody who gets it:',
    more: (of: number, kind: string) => `${amount(of)} × ${kind}`,
    nothing: 'no value that is known as a secret; cookies and bodies as they are',
    cookies: 'header with cookies',
    means: 'Whoever has the file can use what has not expired. Send the redacted one if you can.',
    save: 'Save with secrets',
    cancel: 'Cancel',
  },
  curl: 'Copy as curl, values redacted',
  curlCaption: 'curl',
  curlDone: 'Copied. Values are redacted.',
} as const;
