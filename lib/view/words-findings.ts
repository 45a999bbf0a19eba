import type { ProfileName } from '../rules/profiles.ts';
import { amount, count } from './amount.ts';
import { words } from './words.ts';

/** `Today at 10:42` inside of a sentence. */
const inside = (time: string): string => time.replace(/^(Today|Yesterday)/, (day) => day.toLowerCase());

/** Texts of the inspector's section "Findings". */
export const findingsWords = {
  panes: { list: 'Filters', middle: 'Findings', detail: 'Finding' },
  search: 'Search findings',
  looksAt: 'Title, client or host',
  heading: (causes: number, findings: number) =>
    causes === findings
      ? count(findings, 'finding', 'findings')
      : `${count(causes, 'cause', 'causes')}, ${count(findings, 'finding', 'findings')}`,
  detail: (signIns: number, since: string | null, effects: boolean) =>
    [
      since === null
        ? `In ${count(signIns, 'flow', 'flows')}.`
        : `In ${count(signIns, 'flow', 'flows')} since ${inside(since)}.`,
      ...(effects ? ['Effects of one cause count once.'] : []),
    ].join(' '),
  by: {
    label: 'Grouped',
    cause: 'By cause',
    rule: 'By rule',
    flow: 'By flow',
  },
  show: {
    label: 'Show',
    open: 'Open',
    new: 'New since the baseline',
    muted: 'Muted',
    gone: 'Gone',
    unjudged: 'Could not be judged',
  },
  severity: 'Severity',
  client: 'Client',
  noClient: 'No client',
  at: (client: string | null, host: string | null) =>
    client === null ? (host ?? '') : host === null ? client : `${client} at ${host}`,
  times: (of: number) => count(of, 'time', 'times'),
  timesAt: (of: number, time: string) => `${count(of, 'time', 'times')}, ${inside(time)}`,
  isNew: 'New',
  moreFlows: (of: number) => `${amount(of)} more`,
  pages: 'What pages store and deliver',
  baseline: {
    none: 'No baseline yet: set one, and only what comes later is new.',
    text: (time: string) => `Baseline of ${inside(time)}:`,
    fresh: (of: number) => `${amount(of)} new`,
    rest: (known: number, gone: number) => `, ${amount(known)} known, ${amount(gone)} gone`,
    onlyNew: 'Only new',
    set: 'Set baseline',
    setNew: 'Set new baseline',
    forget: 'Forget',
    done: (of: number) => `Baseline set: ${count(of, 'finding', 'findings')} known.`,
    forgotten: 'Baseline forgotten.',
  },
  seenIn: 'Seen in',
  flows: (of: number) => count(of, 'flow', 'flows'),
  onPages: (of: number) => count(of, 'page', 'pages'),
  showMessage: (at: number) => `message ${amount(at)}`,
  profile: {
    label: 'Profile',
    means: 'How severe a finding is depends on what clients are held against',
    done: (name: string) => `Judged by ${name}, in the popup and on the badge, too.`,
    names: {
      'oauth2.0': 'OAuth 2.0',
      rfc9700: 'RFC 9700',
      'oauth2.1': 'OAuth 2.1',
      oidc: 'OpenID Connect',
      fapi2: 'FAPI 2.0',
    } as Readonly<Record<ProfileName, string>>,
  },
  mutedHere: (of: number) => (of === 1 ? '1 finding is muted' : `${of} findings are muted`),
  mute: {
    title: 'Mute',
    finding: (host: string) => `This finding at ${host}`,
    rule: (host: string) => `This rule at ${host}`,
    noHost: 'no host',
    reason: 'Reason, kept with the mute',
    press: 'Mute',
    undoable: 'Can be undone under Muted.',
    done: 'Muted. Badge and popup leave it out, too.',
    way: 'Mute…',
    unmute: 'Unmute',
    unmuted: 'No longer muted.',
    since: (reason: string, time: string) => `“${reason}” Muted ${inside(time)}.`,
    covers: (of: number) =>
      of === 0 ? 'Nothing of it in this capture' : `${words.list([count(of, 'finding', 'findings')])} here`,
    wholeRule: (host: string) => `Whatever this rule finds at ${host}.`,
    one: (host: string) => `One finding at ${host}.`,
  },
  gone: (time: string, passed: number) =>
    `In the baseline of ${inside(time)}; the check has passed in ${count(passed, 'flow', 'flows')} now.`,
  empty: {
    open: 'No findings',
    openText: (passed: number) =>
      passed === 0
        ? 'Nothing was judged yet. Watch a site and sign in there, or import a file.'
        : `${count(passed, 'check', 'checks')} passed.`,
    new: 'Nothing new since the baseline',
    newText: 'What the baseline has stands under Open.',
    newNone: 'No baseline yet',
    newNoneText: 'Set one, and only what comes later is new.',
    muted: 'Nothing is muted',
    mutedText: 'Open a finding to mute it, with a reason.',
    gone: 'Nothing is known to be gone',
    goneText: 'A finding of the baseline is gone once its check passed for the same client at the same host.',
    unjudged: 'Every check was decided',
    unjudgedText: 'Nothing was hidden from the checks that apply.',
    filtered: 'Nothing fits',
    filteredText: 'Search and filters leave nothing of this list.',
    clear: 'Clear search and filters',
  },
} as const;
