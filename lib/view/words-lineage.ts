import type { FoundAs, MarkLetter, SightingPlace } from '../model/lineage.ts';
import type { StorageArea } from '../model/observation.ts';
import { amount, count } from './amount.ts';

interface TokenDetail {
  readonly server: string;
  readonly client: string | null;
  readonly hosts: string;
  readonly scope: string | null;
}

/** Texts of the section "Lineage". */
export const lineageWords = {
  label: 'Lineage',
  panes: { list: 'Values', middle: 'Life of a value', detail: 'Findings' },
  search: 'Find a value by kind, host or name',
  looksAt: 'Kind, host or name',
  noFlow: 'Outside of sign-ins',

  empty: {
    heading: 'No value has been seen yet',
    text: 'Watch a site and sign in, or check a page: every code, token, state, nonce and verifier appears here with where it was issued, kept, sent and ended.',
    filtered: 'No value matches',
    filteredText: 'Try a kind such as “token”, or a host.',
  },
  judging: 'Following the values',

  kind: {
    C: 'Code',
    A: 'Access token',
    R: 'Refresh token',
    I: 'ID token',
    S: 'State',
    N: 'Nonce',
    V: 'Code verifier',
    K: 'Client secret',
    P: 'Password',
    D: 'Device code',
    U: 'User code',
    J: 'Assertion',
    Q: 'Request object',
    Y: 'Request URI',
    H: 'Code challenge',
    X: 'Other value',
  } satisfies Record<MarkLetter, string>,

  /** What has no letter of its own is called as its parameter is. */
  kindOfName: {
    login_hint: 'Login hint',
    username: 'User name',
    session_state: 'Session state',
    sessionToken: 'Session token',
    signed_request: 'Signed request',
    authorization_details: 'Authorization details',
  } as Readonly<Record<string, string>>,

  /** Below the name of a value. */
  detail: {
    of: (flow: string, when: string | null) => (when === null ? `${flow}.` : `${flow}. ${when}.`),
    token: ({ server, client, hosts, scope }: TokenDetail) =>
      `${server}${client === null ? '' : ` for ${client}`}${hosts === '' ? '' : `, at ${hosts}`}.${scope === null ? '' : ` Scope ${scope}`}`,
  },

  area: {
    local: 'localStorage',
    session: 'sessionStorage',
    indexeddb: 'IndexedDB',
    cookie: 'cookies',
  } satisfies Record<StorageArea, string>,

  says: (places: number, sightings: number) =>
    `${count(places, 'place', 'places')}, ${count(sightings, 'sighting', 'sightings')}`,

  unseen: 'cannot tell',
  unseenAnswer: 'sent, but what came of it is not visible',

  /** Of a row: what came of the value. */
  fate: {
    unseen: 'sent, answer not visible',
    kept: { R: 'sent, not replaced', D: 'waits for the person' },
    stays: (area: string) => `still in ${area}`,
    redeemed: 'redeemed',
    replaced: 'replaced',
    refused: 'refused',
    after: (end: string, duration: string) => `${end} after ${duration}`,
    returned: 'returned unchanged',
    noResponse: 'no response seen',
    inIdToken: 'in the ID token',
    noIdToken: 'no ID token seen',
    notOpened: 'ID token not opened',
  },

  /** What could not be judged about a value. */
  open: {
    heading: 'Could not be judged',
    replaced: { what: 'Whether it was replaced.', why: 'What the server answered is not visible here.' },
    redeemed: { what: 'Whether it was redeemed.', why: 'What the server answered is not visible here.' },
    returned: { what: 'Whether it came back unchanged.', why: 'No response to this request was seen.' },
    noIdToken: { what: 'Whether the ID token holds it.', why: 'No ID token of this sign-in was seen.' },
    notOpened: { what: 'Whether the ID token holds it.', why: 'The ID token is encrypted.' },
    expires: { what: 'When it ends.', why: 'Neither the token nor an answer that was seen says so.' },
    sent: {
      what: 'Where else it was sent.',
      why: 'Requests of the page itself were not seen; record the tab for them.',
    },
    kept: { what: 'Whether the page keeps it.', why: 'Storage was not read; check the page or record the tab.' },
    otherTabs: { what: 'Whether other tabs hold it too.', why: 'Only one tab is recorded.' },
  },

  facts: {
    expiresIn: 'Expires in',
    expired: 'Expired',
    ago: (duration: string) => `${duration} ago`,
    redeemed: 'Redeemed',
    replaced: 'Replaced',
    refused: 'Refused',
    revoked: 'Revoked',
    after: (duration: string) => `after ${duration}`,
    leaked: 'Left for others',
    times: (n: number) => count(n, 'time', 'times'),
  },

  lanes: {
    label: 'From first to last sight',
    issued: 'Issued',
    kept: 'Kept',
    sent: 'Sent',
    leaked: 'Leaked',
    ended: 'Ended',
    requests: (n: number) => count(n, 'request', 'requests'),
    seen: (n: number) => count(n, 'sighting', 'sightings'),
    gone: (n: number) => `${count(n, 'sighting', 'sightings')}, then removed`,
    end: {
      redeemed: 'redeemed',
      replaced: 'replaced by another one',
      refused: 'refused by the server',
      revoked: 'revoked',
      expired: 'expired',
      notYet: 'not revoked yet',
      unknown: 'no end was seen',
    },
    now: 'now',
    expires: (time: string) => `expires ${time}`,
  },

  relation: {
    server: 'sign-in server',
    client: 'the application',
    resource: 'API',
    'third-party': 'somebody else',
  },

  sightings: {
    heading: 'Every sighting',
    by: (n: number) => `${amount(n)}, by the value itself`,
    time: 'Time',
    where: 'Where',
    as: 'Found as',
    flow: 'Message',
    shape: 'Worst finding',
    open: 'Open',
    openFlow: 'Open the flow',
    openMessage: (number: number) => `Open message ${number}`,
    answer: (place: string) => `Answer of ${place}`,
  },

  place: {
    path: 'path',
    query: 'query',
    fragment: 'fragment',
    body: 'body',
    header: 'header',
    authorization: 'Authorization',
    cookie: 'cookie',
    referer: 'Referer',
    location: 'Location',
    storage: 'storage',
    script: 'code',
    message: 'postMessage',
  } satisfies Record<SightingPlace, string>,

  as: {
    exact: 'exact',
    part: 'part of a longer text',
    json: 'JSON member',
    'percent-encoded': 'percent-encoded',
    base64: 'inside of base64',
  } satisfies Record<FoundAs, string>,

  findings: { heading: 'Findings about this value', none: 'No finding rests on this value.' },
  legend: { once: 'once', kept: 'kept', ahead: 'will stay until it ends' },
  matched: 'Values are compared in this browser only; nothing leaves it.',
} as const;
