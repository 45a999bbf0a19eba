import type { PageText, StorageArea } from '../model/observation.ts';
import type { EvidencePlace, Need, Severity } from '../model/rule.ts';
import { amount, count } from './amount.ts';

/** Every text of the views, in one place, so that a translation replaces one object. */

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

export const words = {
  name: 'OAuth Inspector',

  time: {
    seconds: (tenths: string) => `${tenths} s`,
    today: (clock: string) => `Today at ${clock}`,
    yesterday: (clock: string) => `Yesterday at ${clock}`,
    on: (day: number, month: number, year: number, clock: string) =>
      `${day} ${MONTHS[month] ?? ''} ${year} at ${clock}`,
  },

  tabs: { label: 'Views', page: 'This page', token: 'Token', run: 'Run' },

  mark: {
    high: 'High',
    medium: 'Medium',
    low: 'Low',
    info: 'Information',
    pass: 'Passed',
    cannotTell: 'Could not be judged',
    notYet: 'Not yet',
    running: 'In progress',
    stopped: 'Stopped here',
  },

  severity: {
    high: 'an attacker gets a credential or an account, or the protection is absent',
    medium: 'a required defence is missing, but an attack needs one thing more',
    low: 'hardening or robustness',
    info: 'context, or advice',
  } satisfies Record<Severity, string>,

  confidence: {
    certain: { word: 'Certain', means: 'The bytes that prove it were seen.' },
    firm: { word: 'Firm', means: 'It follows from messages that belong together by value.' },
    tentative: { word: 'Tentative', means: 'A likely reading; the link between the messages is not proven.' },
  },

  subject: {
    signIn: (host: string) => `Signing in with ${host}`,
    silent: (host: string) => `Silent renewal with ${host}`,
    response: (host: string) => `Sign-in response at ${host}`,
    password: (host: string) => `Password grant at ${host}`,
    clientCredentials: (host: string) => `Client credentials at ${host}`,
    refresh: (host: string) => `Token renewal at ${host}`,
    device: (host: string) => `Device sign-in with ${host}`,
    exchange: (host: string) => `Token exchange at ${host}`,
    token: (host: string) => `Token request to ${host}`,
    metadata: (host: string) => `Metadata of ${host}`,
    signOut: (host: string) => `Signing out at ${host}`,
    other: (host: string) => `Messages of ${host}`,
  },

  /** What stands after the colon of the verdict. */
  outcome: {
    clean: 'no problems found',
    problems: (n: number) => count(n, 'problem', 'problems'),
    running: 'in progress',
    runningWith: (n: number) => `in progress, ${count(n, 'problem', 'problems')}`,
    unfinished: 'not finished',
    refused: 'refused',
    undecided: 'nothing could be judged',
  },

  counts: {
    passed: (n: number) => `${count(n, 'check', 'checks')} passed`,
    cannotTell: (n: number) => `${amount(n)} could not be judged`,
    later: (n: number) => `${amount(n)} still to come`,
    muted: (n: number) => `${amount(n)} muted`,
    needMore: (n: number) => `${amount(n)} ${n === 1 ? 'needs' : 'need'} more than the address`,
    failedChecks: (n: number) => `${count(n, 'check', 'checks')} stopped with an error`,
    elsewhere: (n: number) => `${count(n, 'problem', 'problems')} elsewhere in this tab.`,
    inAddress: (n: number) => (n === 0 ? 'No problem in the address' : count(n, 'problem', 'problems')),
  },

  /** The server ended the sign-in with `error=…`. */
  refused: (error: string) => `The server answered \`${error}\`.`,

  sentence: (parts: readonly string[]) => `${parts.join(', ')}.`,
  list: (items: readonly string[]) =>
    items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`,

  steps: {
    label: 'Steps of this sign-in',
    request: 'Request',
    signIn: 'Sign-in',
    callback: 'Callback',
    token: 'Token',
    tokenRequest: 'Token request',
    tokenResponse: 'Token response',
    code: 'Device code',
    unseen: 'not seen: it did not pass through what is watched',
    byServer: 'not seen: the client’s server may have done this part',
    bodyHidden: 'extensions are not shown what it holds',
    notYet: 'not yet',
    fine: 'seen, no problem found',
    stopped: 'the sign-in ended here',
    notReached: 'not reached',
    waiting: 'waiting for the person or the server',
    findings: (n: number) => count(n, 'finding', 'findings'),
  },

  finding: {
    seen: 'Seen',
    times: (n: number) => `${n.toLocaleString('en')} times`,
    why: 'Why',
    fix: 'Fix',
    notSent: (name: string) => `no ${name}`,
    notSentSpoken: (name: string) => `${name} was not sent`,
    effects: (n: number) => (n === 1 ? 'This goes away with it' : `These ${n} go away with it`),
    copy: 'Copy this finding, values masked',
    copyShort: 'Copy',
    copied: 'Copied',
    copyParameters: 'Copy the parameters',
    list: 'Findings',
    section: (level: string) => `${level}. Opens the section in a new tab.`,
    sectionPlain: 'Opens the section in a new tab.',
  },

  observation: {
    storage: {
      local: (place: string) => `localStorage of ${place}`,
      session: (place: string) => `sessionStorage of ${place}`,
      indexeddb: (place: string) => `IndexedDB of ${place}`,
      cookie: (place: string) => `Cookies of ${place} that scripts can read`,
    } satisfies Record<StorageArea, (place: string) => string>,
    text: {
      file: (place: string) => `File ${place}`,
      inline: (place: string) => `Script inside of ${place}`,
      markup: (place: string) => `HTML of ${place}`,
      global: (place: string) => `Values on window in ${place}`,
      console: (place: string) => `Console of ${place}`,
      message: (place: string) => `Message posted by ${place}`,
    } satisfies Record<PageText, (place: string) => string>,
    place: (line: number, column: number) => `line ${line}, column ${column}`,
    mapped: (file: string, place: string) => `${file}, ${place}`,
  },

  message: {
    redirect: (place: string) => `Redirect to ${place}`,
    response: (status: number | null, place: string) => `${status === null ? 'Answer' : status} from ${place}`,
  },

  where: {
    url: 'address',
    query: 'query',
    fragment: 'fragment',
    header: 'header',
    body: 'body',
    jwt: 'request object',
    storage: 'storage',
    script: 'script',
  } satisfies Record<EvidencePlace, string>,

  value: {
    reveal: (name: string) => `Show the value of ${name}`,
    hide: (name: string) => `Hide the value of ${name}`,
    copyMasked: (name: string) => `Copy ${name}, masked`,
    copyReal: (name: string) => `Copy the real value of ${name}`,
    copiedMasked: 'Masked value copied',
    copiedReal: 'Real value copied',
    gone: 'The value is no longer there: what was seen has been cleared.',
    cut: (all: number) => `Cut for display. The value has ${amount(all)} characters; copying takes all.`,
    encrypted: 'This value cannot be shown.',
  },

  passed: {
    title: 'What was proven',
    showAll: (n: number) => `Show all ${n}`,
    showFewer: 'Show fewer',
    row: (n: number) => `${count(n, 'check', 'checks')} passed`,
  },

  unjudged: {
    title: 'Could not be judged',
    laterTitle: 'Still to come',
    checks: (n: number) => count(n, 'check', 'checks'),
    row: (n: number) => `${amount(n)} could not be judged`,
    later: (n: number) => `${amount(n)} still to come`,
    mostly: (title: string) => `Mostly: ${title.charAt(0).toLowerCase()}${title.slice(1)}.`,
    only: (title: string) => `${title}.`,
    needs: (what: string) => `Needs ${what}`,
  },

  /** What would show what could not be judged. */
  hint: {
    watch: {
      title: 'Needs more than the address',
      text: 'Watch the site, then sign in: what comes before and after this address decides.',
    },
    later: {
      title: 'With the next steps',
      text: 'This sign-in is not finished; these checks follow as it goes on.',
    },
    request: {
      title: 'The request was not seen',
      text: 'It left before watching began, or went to a site that is not watched.',
    },
    callback: {
      title: 'The callback was not seen',
      text: 'The sign-in stopped before it, or it went to a site that is not watched.',
    },
    server: {
      title: 'The server did this part',
      text: 'The code was redeemed outside the browser, where an extension cannot look. The server’s own logs show it.',
    },
    tokenRequest: {
      title: 'The token request was not seen',
      text: 'Either the client’s own server sent it, or it went to a site that is not watched.',
    },
    body: {
      title: 'In the body of a response',
      text: 'Extensions are not shown response bodies. Sign in with the panel OAuth of DevTools open, or import a HAR file into the inspector.',
    },
    requestBody: {
      title: 'In the body of a request',
      text: 'The browser did not show this body: it was a file or a stream, or too large.',
    },
    ended: {
      title: 'The sign-in ended before it',
      text: 'The server answered with an error, so the steps that would show it never came.',
    },
    headers: {
      title: 'In headers that were not seen',
      text: 'The source of this capture has no headers for this message.',
    },
    requestObject: {
      title: 'In a pushed or encrypted request',
      text: 'The parameters went to the server in another way (`request_uri` or an encrypted `request`). Ask the server’s logs.',
    },
    metadata: {
      title: 'Needs the metadata of the server',
      text: 'Its discovery document was not part of what was seen. A HAR file with that request has it.',
    },
    clientType: {
      title: 'Depends on the client',
      text: 'Say above whether this client is public or confidential.',
    },
    sender: {
      title: 'Who sent it is not visible',
      text: 'Nothing shows whether the page or a server sent this request.',
    },
    cut: {
      title: 'The address was cut',
      text: 'What is absent from it may have been there. Capture it whole.',
    },
    link: {
      title: 'Two sign-ins look alike',
      text: 'The messages could not be tied together with certainty. Sign in once more in one tab.',
    },
    page: {
      title: 'In what the page does',
      text: 'Watching sees sign-ins, not everything else that a page does and sends. Record this tab to see it.',
    },
    checkPage: {
      title: 'In the page itself',
      text: 'Check this page reads its storage and scripts once; Record this tab also sees what they become.',
    },
  },

  need: {
    'authorization request': 'the authorization request',
    'authorization response': 'the authorization response',
    'token request': 'the token request',
    'token response': 'the token response',
    'request body': 'the body of the request',
    'request headers': 'the headers of the request',
    'response headers': 'the headers of the response',
    'response body': 'the body of the response',
    'request object': 'the request object',
    'server metadata': 'the metadata of the server',
    'client type': 'the type of the client',
    sender: 'who sent it',
    'whole address': 'the whole address',
    'sure link': 'a sure link between the messages',
    page: 'what the page does and sends',
    'page storage': 'the storage of the page',
    'page code': 'the code of the page',
  } satisfies Record<Need, string>,

  failedCheck: {
    title: 'Stopped with an error',
    text: 'These checks are broken; the others are not affected. A report with the text below helps to mend them.',
  },

  client: {
    label: 'This client is',
    public: 'Public',
    confidential: 'Confidential',
    unknown: 'Unknown',
    publicMeans: 'It runs in the browser or on a device and cannot keep a secret.',
    confidentialMeans: 'It redeems the code on a server and can keep a secret.',
    unknownMeans: 'Nothing shows which; the lower severity is used.',
    because: {
      told: 'As you said.',
      'browser-token-request': 'The page sends the token request, so it is public.',
      'private-use-scheme': 'The redirect URI belongs to an app, so it is public.',
      'server-callback': 'A server answers the callback, so it is probably confidential.',
      'no-evidence': 'Nothing seen shows which. It changes the severity.',
    },
  },

  address: {
    label: 'Address of this tab',
    more: (n: number) => `and ${count(n, 'parameter', 'parameters')} more`,
    response: 'A sign-in response is still in this address',
    errorResponse: 'A sign-in error is in this address',
    request: 'A sign-in request is in this address',
    other: 'An OAuth message is in this address',
    nothing: 'No sign-in in this page’s address',
    nothingDetail: 'Address, query and fragment were read. To see a sign-in, watch the site and then sign in.',
    hidden: 'The address of this tab is not visible here',
    hiddenDetail: 'Press the toolbar icon on the page itself, or watch all sites: then its address can be read.',
  },

  waiting: {
    heading: 'No sign-in seen yet',
    detail: (site: string) => `Watching ${site}. Sign in, and each step appears here as it happens.`,
    detailAll: 'Watching all sites. Sign in, and each step appears here as it happens.',
    offerTitle: 'Sign in on this page',
    offerText:
      'Already signed in? Sign out first, or reload: a page that renews its tokens shows that too. The number on the toolbar icon says when there is something to read.',
  },

  offers: {
    label: 'See more',
    watchTitle: 'Watch this site',
    watchAllTitle: 'Watch all sites',
    watchAllText: 'Judges each sign-in as it happens. The browser asks for access to all sites.',
    private: 'What is seen stays in the memory of this browser until it closes.',
    watchButton: 'Watch',
    watchText: (sites: string) => `Judges each sign-in as it happens. The browser asks for access to ${sites}.`,
    or: 'Or ',
    watchAll: 'watch all sites',
    all: ', so that sign-in servers are seen, too. What is seen stays in the memory of this browser until it closes.',
  },

  forbidden: {
    heading: 'Extensions may not see this page',
    because: {
      'browser-page': 'It is a page of the browser itself. Browsers keep extensions away from their own pages.',
      'extension-page': 'It belongs to an extension. Extensions do not see each other.',
      'protected-site': 'The browser protects this site from all extensions.',
      file: 'It is a local file. Sign-ins happen on pages with an http or https address.',
      unseen:
        'The browser does not show its address: it is a page of the browser itself, of its store, or of an extension.',
      'no-request': 'Its address is neither http nor https, so no sign-in passes through it.',
    },
    next: 'Open a website, then press the toolbar icon there.',
  },

  error: {
    heading: 'This tab could not be judged',
    reading: 'Reading what was seen',
    noTab: 'There is no such tab.',
    noTabNext: 'It was closed. Press the toolbar icon on another page.',
    judging: 'Judging what was seen',
    what: (where: string, message: string) => `${where} failed: ${message}.`,
    next: 'Try again. If it stays, close the browser and open it again: that clears what was seen.',
    retry: 'Try again',
  },

  notice: {
    hooked: 'Page hooks were on while this was recorded: the page could notice, and may have done something else.',
    evicted: (n: number) =>
      `Cut short: the memory for captures was full, ${count(n, 'event', 'events')} dropped, oldest first.`,
    lost: (n: number, reason: string) =>
      `Cut short: ${count(n, 'event', 'events')} could not be stored. The browser said: ${reason}`,
    bodies: (n: number) => `${count(n, 'body was', 'bodies were')} too large and left out.`,
    addresses: (n: number) => `${count(n, 'address was', 'addresses were')} too long and cut.`,
    unreadable: (n: number) => `${count(n, 'event', 'events')} of an earlier version cannot be read.`,
    offline: 'Offline. What was seen is still here.',
  },

  footer: {
    site: (site: string) => `Watching ${site}`,
    all: 'Watching all sites',
    allSites: 'all sites',
    no: 'Not watching',
    addressOnly: 'Not watching. Only this address was read.',
    earlier: 'Not watching. This was seen earlier.',
    cleared: 'Cleared.',
    undo: 'Undo',
    clear: 'Clear',
    watch: 'Watch',
    newFlow: (name: string) => `New: ${name}`,
    show: 'Show',
    denied: 'The browser did not grant it. Nothing changed.',
    failed: (message: string) => `That failed: ${message}`,
  },

  flows: {
    button: (n: number) => `${amount(n)} flows`,
    label: 'Flows of this tab',
    spoken: (name: string, when: string, mark: string) => `${name}, ${when}, ${mark}`,
  },

  menu: {
    label: 'More',
    inspector: 'Open the inspector',
    side: 'Open beside the page',
    find: 'Find a check',
    copyAll: 'Copy all findings',
    stop: (site: string) => `Stop watching ${site}`,
    watchSite: (site: string) => `Watch ${site}`,
    watchAll: 'Watch all sites',
    clear: 'Clear this tab',
    keys: 'Keys',
  },

  search: {
    label: 'Find a check',
    placeholder: 'Find a check',
    none: (text: string) => `No check matches “${text}”.`,
    close: 'Close the search',
    found: (n: number) => `${count(n, 'check', 'checks')} found`,
  },

  keys: {
    title: 'Keys',
    close: 'Close',
    list: [
      ['/', 'find a check'],
      ['I', 'open the inspector'],
      ['↑ ↓', 'move between rows'],
      ['Enter', 'open or close a row'],
      ['Esc', 'close, or go back'],
      ['Ctrl C', 'copy the selected row, values masked'],
      ['?', 'this list'],
    ] as readonly (readonly [key: string, does: string])[],
  },

  markdown: {
    severity: 'Severity',
    confidence: 'Confidence',
    rule: 'Rule',
    seen: 'Seen',
    why: 'Why',
    fix: 'Fix',
    spec: 'Specification',
    effects: 'Goes away with it',
    notSent: 'not sent',
  },
} as const;

export type HintId = keyof typeof words.hint;
