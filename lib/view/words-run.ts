import type { ClientAuthentication, ProblemCode, Proved, StepId } from '../runner/run.ts';

/** What a text about a problem may need. All of it is made harmless before. */
export interface ProblemFacts {
  readonly host: string;
  readonly about: string;
  readonly step: StepId;
  readonly origin: string;
  /** What server or browser said; `null` where they said nothing. */
  readonly said: string | null;
}

export interface ProblemWords {
  readonly cause: string;
  readonly next: string;
}

/** Every text of the view "Run", apart from `words` because only this view needs it. */
export const runWords = {
  flow: {
    code: 'Authorization code with PKCE',
    clientCredentials: 'Client credentials',
  },
  client: (host: string, id: string, kind: string) => `${host}, client \`${id}\`, ${kind}`,
  noSecret: 'no secret',
  withSecret: 'with a secret',

  which: {
    heading: 'Which flow?',
    detail: 'Three cover nearly everything. Two questions decide.',
    person: 'Does a person sign in?',
    yes: 'Yes',
    noPerson: 'No, a service for itself',
    secret: 'Can your runtime keep a secret?',
    canKeep: 'Yes, it is a server',
    cannotKeep: 'No, a browser or an app',
    use: 'Open it in the form',
    skip: 'Straight to the form',
    again: 'Which flow?',
    answer: {
      confidential: {
        title: 'Authorization code, with PKCE and the secret',
        text: [
          'Your server redeems the code with its secret, so neither the tokens nor the secret reach the browser.',
          'PKCE does not replace the secret, nor the secret PKCE: it ties the code to the request that asked for it, so use both (RFC 9700 §2.1.1).',
        ],
      },
      public: {
        title: 'Authorization code with PKCE, without a secret',
        text: [
          'Whatever is in a page or an app can be read, so there is no secret; PKCE proves that the one who redeems the code is the one who asked for it.',
          'A redirect of the whole page empties its memory: keep the verifier in `sessionStorage` until the code is redeemed, then remove it.',
        ],
      },
      service: {
        title: 'Client credentials',
        text: [
          'The service gets a token for itself, with its own id and secret, and no person is involved.',
          'Keep the token and ask for the next one 30 s before it expires, one request at a time; where `expires_in` is missing, do not count with it.',
        ],
      },
      none: {
        title: 'None of the three',
        text: [
          'Without a person and without a secret nothing shows who is asking.',
          'Let a server of yours ask, with client credentials, and answer to the app.',
        ],
      },
    },
  },

  form: {
    heading: 'Run a flow',
    detail: 'Against your own server, with every step to be seen.',
    flow: 'Flow',
    codeShort: 'Code with PKCE',
    clientCredentialsShort: 'Client credentials',
    server: 'Server',
    byIssuer: 'By its issuer',
    byHand: 'Endpoints by hand',
    issuer: 'Issuer',
    issuerPlaceholder: 'https://as.example',
    authorization: 'Authorization endpoint',
    authorizationPlaceholder: 'https://as.example/authorize',
    token: 'Token endpoint',
    tokenPlaceholder: 'https://as.example/token',
    clientId: 'Client id',
    secret: 'Client secret',
    secretOptional: 'Client secret, if it has one',
    secretNote: 'In memory only, until this run is cleared.',
    authentication: 'Secret is sent',
    method: {
      client_secret_basic: 'in a header (basic)',
      client_secret_post: 'in the body (post)',
    } satisfies Record<Exclude<ClientAuthentication, 'none'>, string>,
    scope: 'Scopes',
    scopePlaceholder: 'openid profile',
    redirectUri: 'Redirect URI to register for the client',
    copyRedirectUri: 'Copy the redirect URI',
    start: (host: string | null) => (host === null ? 'Run' : `Run at ${host}`),
    asks: 'The browser asks for access first.',
    wrong: {
      issuer: 'The issuer has to be an https address, or http on this machine.',
      authorization: 'The authorization endpoint has to be an https address, or http on this machine.',
      token: 'The token endpoint has to be an https address, or http on this machine.',
      clientId: 'The client id is missing.',
      secret: 'Client credentials need the secret of the client.',
    },
    denied: (host: string) => `The browser gave no access to ${host}. Nothing was sent.`,
    busy: 'A run is under way already. There is one sign-in window at a time: finish that run, or stop it.',
    failed: (message: string) => `The run could not be started: ${message}`,
  },

  steps: {
    label: 'Steps of this run',
    name: {
      discovery: 'Discovery',
      pkce: 'PKCE pair, state, nonce',
      request: 'Authorization request',
      signIn: 'Sign-in',
      callback: 'Callback: compare `state` and `iss`',
      token: 'Token request with the verifier',
      idToken: 'ID token: signature, `aud`, `nonce`, `exp`',
    } satisfies Record<StepId, string>,
    tokenAlone: 'Token request',
    byHand: 'Endpoints',
    waiting: 'Waiting for you to sign in',
    goesOn: 'This goes on if the popup closes. There is one sign-in window at a time.',
    skipped: 'Not needed',
    notReached: 'Not reached',
    stopped: 'Stopped',
    parameters: (line: string, n: number) => `\`${line}\`, ${n} ${n === 1 ? 'parameter' : 'parameters'}`,
    verifier: 'verifier',
    challenge: 'challenge',
    state: 'state',
    nonce: 'nonce',
    exchange: 'Request and response',
    exchanges: (n: number) => (n === 1 ? 'Request and response' : `${n} requests and responses`),
    request: 'Sent',
    response: 'Received',
    noAnswer: 'No answer',
    unseen: 'The browser shows its own window to nobody: what the server answered there is not visible.',
    noBody: 'no body',
    showWindow: 'Show the window',
    progress: (at: number, all: number) => `Step ${at} of ${all}`,
    stop: 'Stop the run',
  },

  proved: {
    'issuer-matches': 'Issuer matches.',
    'endpoints-by-hand': 'Typed by hand: nothing vouches for them.',
    's256-supported': 'S256 is supported.',
    's256-not-advertised': 'S256 is not in the metadata; it is used all the same.',
    'iss-supported': '`iss` comes with the callback.',
    'state-matches': '`state` is the one that was sent.',
    'iss-matches': '`iss` is the issuer.',
    'iss-absent': 'There is no `iss` to compare.',
    'tokens-received': 'Tokens received.',
    'tokens-refreshed': 'Tokens refreshed.',
    'tokens-from-cache': 'From the cache: no request was sent.',
    'signature-valid': 'Signature valid.',
    'claims-valid': '`iss`, `aud`, `exp` and `nonce` fit.',
    'at-hash-valid': '`at_hash` fits the access token.',
    'at-hash-absent': 'There is no `at_hash`; in this flow it is optional.',
    'no-id-token': 'No ID token: the scope has no `openid`, or the server speaks OAuth only.',
    'no-keys-known': 'The server names no keys, so the signature cannot be checked.',
  } satisfies Record<Proved, string>,

  result: {
    label: 'Tokens',
    access: 'access token',
    refresh: 'refresh token',
    id: 'ID token',
    scope: 'scope',
    type: 'type',
    expires: 'Expires in ',
    expired: 'Expired ',
    at: (clock: string) => `, at ${clock}`,
    ago: ' ago',
    noExpiry: 'The server does not say how long it lasts (`expires_in` is only recommended).',
    cached: (left: string) => `From the cache, ${left} left.`,
    refreshNow: 'Refresh now',
    again: 'Get it again',
    lookAt: 'Look at the ID token',
  },

  outcome: {
    done: (flow: string) => `${flow}: done`,
    failed: (step: string) => `Stopped at: ${step}`,
    cancelled: 'Stopped by you',
    judged: (problems: number, passed: number) =>
      `The same checks as for a site: ${problems === 0 ? 'no problems' : problems === 1 ? '1 problem' : `${problems} problems`}, ${passed} passed.`,
  },

  problem: {
    step: 'Step',
    cause: 'Cause',
    next: 'Next',
    said: 'Said',
    copyRedirectUri: 'Copy the redirect URI',
    copyOrigin: 'Copy the origin',
    grant: (host: string) => `Give access to ${host}`,
  },

  footer: {
    idle: 'Secrets stay in memory.',
    done: 'Kept in memory until you clear it.',
    clear: 'Clear',
    again: 'New run',
  },
} as const;

/** One message for each way in which a run ends: the cause, and the next thing to do. */
export const problemWords: Readonly<Record<ProblemCode, (facts: ProblemFacts) => ProblemWords>> = {
  'server-unreachable': ({ host }) => ({
    cause: `${host} could not be reached.`,
    next: 'See that the server runs, that the address is right, and that the browser trusts its certificate.',
  }),
  'not-json': ({ host, step }) => ({
    cause: `${host} answered with something that is no JSON, an HTML page perhaps.`,
    next:
      step === 'discovery'
        ? 'Give the issuer exactly as it stands in `iss`: its metadata is looked for below that address. What came is shown in the step.'
        : 'A proxy or an error page stands before the endpoint. What came is shown in the step.',
  }),
  'issuer-mismatch': ({ host }) => ({
    cause: `The metadata at ${host} names another issuer than the one that was asked for.`,
    next: 'Give the issuer exactly as its metadata writes it, to the last slash (RFC 8414 §3.3).',
  }),
  'no-metadata': () => ({
    cause: 'There is neither an issuer nor endpoints to go to.',
    next: 'Give an issuer, or type the endpoints by hand.',
  }),
  'endpoint-missing': ({ about }) => ({
    cause: `The metadata of the server has no \`${about}\`.`,
    next: 'Type the endpoints by hand, or choose a flow that this server has.',
  }),
  busy: () => ({
    cause: 'Another sign-in window is open, and the browser allows extensions one at a time.',
    next: 'Finish or close that window, then run again.',
  }),
  'window-closed': () => ({
    cause: 'The sign-in window was closed before the server sent you back.',
    next: 'Run again and sign in to the end. If the window showed an error, the redirect URI may not be registered: it is this one.',
  }),
  'window-failed': ({ host }) => ({
    cause: `The sign-in page of ${host} could not be loaded.`,
    next: 'See that the server runs and that its authorization endpoint is right, then run again.',
  }),
  'redirect-uri-refused': ({ host }) => ({
    cause: `${host} refused the request in its own window and did not send you back. It does so when it does not know the redirect URI or the client.`,
    next: 'Register exactly this redirect URI for the client, or correct the client id, then run again.',
  }),
  'state-mismatch': () => ({
    cause: 'The callback carries another `state` than the one that was sent.',
    next: 'Nothing of it was used. Run again; if it stays, the server does not send `state` back unchanged, as it must (RFC 6749 §4.1.2).',
  }),
  'state-missing': () => ({
    cause: 'The callback carries no `state`, although one was sent.',
    next: 'Nothing of it was used. The server must send `state` back unchanged (RFC 6749 §4.1.2).',
  }),
  'iss-mismatch': ({ about }) => ({
    cause: `The callback says that it comes from another issuer than ${about}.`,
    next: 'The code was not sent anywhere. Compare the issuer in the form with the `iss` below; if both are right, this is a mix-up (RFC 9207 §2.4).',
  }),
  'iss-missing': ({ about }) => ({
    cause: `The callback has no \`iss\`, although ${about} promises one in its metadata.`,
    next: 'The code was not sent anywhere. The server must add `iss`, or stop promising it (RFC 9207 §2.4).',
  }),
  'server-said-no': ({ host, step }) => ({
    cause: `${step === 'callback' ? 'The server' : host} refused, with the error below.`,
    next: 'Correct what the error names: the scope, the client or the flow that it may use; then run again.',
  }),
  'origin-refused': ({ host, origin }) => ({
    cause: `${host} refuses requests whose \`Origin\` is this extension (\`${origin}\`).`,
    next: `Give access to ${host}, so that the header is left out; or allow this origin for the client at the server.`,
  }),
  'client-refused': ({ host }) => ({
    cause: `${host} does not accept this client.`,
    next: 'Check the client id, the secret and how it is sent; a client without a secret must be registered with the method `none`.',
  }),
  'code-refused': ({ host }) => ({
    cause: `${host} does not accept the code or the refresh token.`,
    next: 'Run again: a code serves once, for a minute or so, and only with the redirect URI and the verifier of its request.',
  }),
  'malformed-response': ({ step }) => ({
    cause: 'The answer of the server is not what the specification asks for.',
    next: `What came is shown in the step${step === 'callback' ? '' : ', with its status and its fields'}; the server has to be corrected.`,
  }),
  'signature-invalid': ({ host }) => ({
    cause: `The signature of the ID token does not fit the keys of ${host}.`,
    next: 'Do not use this token. Compare its `kid` and `alg` with the key set of the server: look at it in the view Token.',
  }),
  'claim-wrong': ({ about }) => ({
    cause: `The claim \`${about}\` of the ID token is wrong.`,
    next: 'Do not use this token. Compare the claim with the issuer, the client id and the clock of this machine.',
  }),
  'nonce-mismatch': () => ({
    cause: 'The ID token was not made for this request: its `nonce` is not the one that was sent.',
    next: 'Do not use this token. Run again; if it stays, the server does not copy the nonce (OIDC Core §3.1.3.7).',
  }),
  'at-hash-mismatch': () => ({
    cause: 'The ID token belongs to another access token: `at_hash` does not fit.',
    next: 'Do not use either. The server has to make both in one answer (OIDC Core §3.1.3.6).',
  }),
  interrupted: ({ step }) => ({
    cause: 'The browser stopped the extension in the middle of this step.',
    next:
      step === 'signIn'
        ? 'The window no longer belongs to the run. Run again.'
        : 'The code may have been sent already, so it is not sent a second time. Run again.',
  }),
  'insecure-endpoint': ({ host }) => ({
    cause: `${host} would be asked over http, where anyone on the way can read codes and secrets.`,
    next: 'Use https. Plain http is only for servers on this machine.',
  }),
  unexpected: () => ({
    cause: 'This step failed in a way that is not foreseen.',
    next: 'Run again. If it stays, report it with the text below.',
  }),
};
