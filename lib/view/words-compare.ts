import type { MessageKind } from '../model/message.ts';

const n = (count: number): string => count.toLocaleString('en');
const count = (of: number, one: string, many: string): string => `${n(of)} ${of === 1 ? one : many}`;

/** Texts of the comparison of two flows. */
export const compareWords = {
  label: 'Compare',
  action: 'Compare',
  actionMeans: 'Compare this flow with another',
  sides: { a: 'A', b: 'B' },
  choose: (side: string) => `Choose flow ${side}`,
  swap: 'Swap A and B',
  all: 'All rows',
  differences: 'Differences',
  signs: { same: '=', fresh: '~', differs: '≠' },
  signMeans: { same: 'the same', fresh: 'new each time, as it should be', differs: 'differs' },
  same: (of: number) => `${n(of)} more are the same`,
  more: (of: number) => `${count(of, 'further message', 'further messages')} not shown`,
  none: 'none',
  notReached: 'not reached',
  notSeen: 'not seen',
  answer: 'Answer',
  asIn: (step: number) => `as in ${step}`,
  notAsIn: (step: number) => `not as in ${step}`,
  fits: 'fits the challenge',

  kinds: {
    authorizationRequest: 'Authorization request',
    authorizationResponse: 'Callback',
    tokenRequest: 'Token request',
    tokenResponse: 'Token response',
    pushedAuthorizationRequest: 'Pushed request',
    pushedAuthorizationResponse: 'Answer to the pushed request',
    deviceAuthorizationRequest: 'Device authorization request',
    deviceAuthorizationResponse: 'Device authorization response',
    revocationRequest: 'Revocation request',
    introspectionRequest: 'Introspection request',
    userinfoRequest: 'UserInfo request',
    userinfoResponse: 'UserInfo response',
    clientRegistrationRequest: 'Registration request',
    logoutRequest: 'Sign-out request',
    resourceRequest: 'Resource request',
    metadata: 'Metadata',
    jwks: 'Keys',
  } satisfies Record<MessageKind, string>,
  again: (kind: string, time: number) => `${kind} ${n(time)}`,

  part: (step: string) => `They part at: ${step}`,
  alike: 'They are alike',
  alikeDetail: 'Nothing differs but what is new each time.',
  onlyOne: (side: string) => `only ${side} has it`,
  other: (side: string, name: string) => `${side} has another \`${name}\``,
  only: (side: string, name: string) => `only ${side} has \`${name}\``,
  reaches: (side: string) => `only ${side} comes this far`,
  detail: (first: string, differing: number, fresh: number) =>
    `${first.charAt(0).toUpperCase()}${first.slice(1)}. ${count(differing, 'difference matters', 'differences matter')}, ${count(fresh, 'value is', 'values are')} new each time.`,

  verdicts: 'Verdicts that differ',
  otherVerdicts: (of: number) => `${count(of, 'other verdict is', 'other verdicts are')} the same.`,
  allVerdicts: 'All verdicts are the same.',
  notApplicable: 'does not apply',
  copy: 'Copy as Markdown',
  empty: 'Nothing to compare yet',
  emptyNext:
    'It takes two flows: the one that works and the one that fails. Watch both, or import a HAR file that has both.',
  legend: 'How to read the signs',
} as const;
