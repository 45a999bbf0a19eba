import type { Encoding } from '../token/convert.ts';
import type { TokenPart } from '../token/decode.ts';
import type { KnownName } from '../token/judge.ts';
import { amount } from './amount.ts';

/** Every text of the view "Token", apart from `words` because only this view needs it. */
export const tokenWords = {
  paste: {
    label: 'Token',
    heading: 'Read a token',
    detail:
      'Paste a token, a key, an address, a header, a response: whatever is at hand. It is taken apart here and nowhere else.',
    placeholder: 'eyJhbGciOi…',
    clipboard: 'From clipboard',
    reveal: 'Show the whole token',
    hide: 'Hide the token',
    edit: 'Edit the token',
    clear: 'Clear the token',
    clipboardEmpty: 'The clipboard holds no text.',
    clipboardDenied: 'The browser did not let the clipboard be read. Paste with Ctrl V instead.',
    tooLong: (length: number, most: number) =>
      `${amount(length)} characters: more than the ${amount(most)} that are read here.`,
  },

  kind: {
    idToken: 'ID token',
    accessToken: 'Access token',
    logoutToken: 'Logout token',
    dpopProof: 'DPoP proof',
    requestObject: 'Request object',
    clientAssertion: 'Client assertion',
    jwt: 'Signed token (JWT)',
    jws: 'Signed text (JWS)',
    jwe: 'Encrypted token (JWE)',
    sdJwt: 'Selective disclosure token (SD-JWT)',
    inside: {
      encrypted: (heading: string) => `${heading}, encrypted`,
      signed: (heading: string) => `${heading}, signed once more`,
    },
    from: (kind: string, issuer: string) => `${kind} from ${issuer}`,
    for: (kind: string, audience: string) => `${kind} for ${audience}`,
  },

  broken: {
    heading: 'This token is broken',
    noToken: 'This is no JWT',
    where: (part: string, character: number) => `${part}, character ${amount(character)}`,
    part: {
      header: 'Header',
      payload: 'Payload',
      signature: 'Signature',
      structure: 'Structure',
    } satisfies Record<TokenPart, string>,
    end: 'the end of the text',
    here: 'Here',
    next: 'Copy it again, whole and without line breaks. Access tokens need not be JWTs: an opaque one tells its client nothing.',
  },

  signature: {
    by: (alg: string, key: string | null, whose: string | null) =>
      `Signature valid: ${alg}${key === null ? '' : `, key \`${key}\``}${whose === null ? '' : ` of ${whose}`}`,
    withGiven: (alg: string) => `Signature valid: ${alg}, with the key that you gave`,
    invalid: (reason: string) => `Signature invalid: ${reason}`,
    cannotTell: (reason: string) => `Signature: ${reason}`,
    unchecked: 'Signature not checked: that needs the key of the issuer',
    encrypted: 'Encrypted: reading it needs the key of its receiver',
    decrypted: 'Decrypted with the key that you gave',
    notDecrypted: (reason: string) => `Not decrypted: ${reason}`,
    check: (host: string) => `Check with the keys of ${host}`,
    fetchFrom: (host: string) => `Fetch its keys from ${host}`,
    elsewhere: (host: string) => `The issuer says that its keys are at ${host}`,
    fetching: (host: string) => `Asking ${host} for its keys`,
    trying: (count: number, total: number) => `Trying keys: ${amount(count)} of ${amount(total)}`,
    stop: 'Stop',
    giveKey: 'Paste a key',
    keyLabel: 'Key: JWK, key set, PEM, certificate or shared secret',
    keyPlaceholder: '{"kty":"EC",…}  or  -----BEGIN PUBLIC KEY-----',
    keyBroken: (message: string, character: number) =>
      `The key cannot be read: ${message} at character ${amount(character)}`,
    denied: (host: string) => `The browser gave no access to ${host}, so nothing was sent`,
    askAgain: 'Ask again',
  },

  /** Why the keys of the issuer could not be had. */
  keys: {
    unreachable: (host: string) => `${host} could not be reached`,
    notJson: (host: string) => `${host} answered something that is no JSON`,
    issuer: (host: string) => `the metadata of ${host} names another issuer`,
    noKeys: (host: string) => `the metadata of ${host} names no keys (\`jwks_uri\`)`,
    insecure: (host: string) => `${host} is asked over https only`,
    other: (host: string, message: string) => `asking ${host} failed: ${message}`,
  },

  time: {
    expires: 'Expires in ',
    expired: 'Expired ',
    notYet: 'Not valid yet: valid in ',
    at: (clock: string) => `, at ${clock}`,
    ago: (clock: string) => ` ago, at ${clock}`,
    from: (clock: string) => `, from ${clock}`,
    none: 'It says no time of expiry',
  },

  checks: {
    says: (text: string, section: string) => `${text} (${section})`,
    right: (names: string) => `Right: ${names}`,
    open: (names: string) => `Not compared: ${names}`,
    add: 'Compare',
    form: 'What it should be',
    /** Checks that are not about one claim or header. */
    name: {
      required: 'all claims that it needs',
      profile: 'its profile',
      lifetime: 'its lifetime',
      times: 'its times',
      jwk: 'its key',
      announced: 'the algorithms that its issuer announces',
      personal: 'no secrets in it',
      confusable: 'told apart from the access token',
      size: 'whether servers take its size',
    } as Readonly<Record<string, string>>,
    label: {
      issuer: 'Issuer',
      audience: 'Audience: the client, or the API',
      nonce: 'Nonce, or the authorization request',
      code: 'Code',
      accessToken: 'Access token',
      method: 'Method of the request',
      url: 'Address of the request',
      clock: 'Clock, if not that of this machine',
    } satisfies Record<KnownName | 'clock', string>,
    placeholder: {
      issuer: 'https://as.example',
      audience: 'web-portal',
      nonce: 'https://as.example/authorize?…&nonce=…',
      code: '',
      accessToken: '',
      method: 'GET',
      url: 'https://api.example/things',
      clock: '2026-01-31T12:00:00Z',
    } satisfies Record<KnownName | 'clock', string>,
  },

  warning: (text: string, section: string) => `${text} (${section})`,

  inside: (text: string) => `Inside: ${text}`,

  nested: {
    signed: 'a signed token',
    encrypted: 'an encrypted token',
    valid: 'It holds a signed token, whose signature is valid with the same keys',
    opened: 'It holds an encrypted token, which opens with the same keys',
    invalid: (what: string, reason: string) => `It holds ${what}, which is invalid: ${reason}`,
    other: (what: string, reason: string) => `It holds ${what}: ${reason}`,
    broken: (reason: string) => `It says that it holds a token, and that one is ${reason}`,
  },

  sdJwt: {
    disclosed: (shown: number, hidden: number | null) =>
      `${amount(shown)} ${shown === 1 ? 'claim' : 'claims'} disclosed${
        hidden === null || hidden === 0 ? '' : `, ${amount(hidden)} kept hidden (decoys among them)`
      }`,
    bound: 'The holder proves the key that it is bound to',
    unbound: (reason: string) => `Key binding: ${reason}`,
  },

  note: (part: string, message: string) => `${part}: ${message}`,

  header: 'Header',
  innerHeader: 'Header of the token inside',
  claims: 'Claims',
  content: 'Content',
  understood: (all: number, known: number) =>
    all === known ? `${amount(all)}, all understood` : `${amount(all)}, ${all - known} own`,
  ownClaim: 'the issuer’s own',
  reveal: (name: string) => `Show the value of ${name}`,
  hide: (name: string) => `Hide the value of ${name}`,
  momentNote: (clock: string, span: string, ahead: boolean) => `${clock}, ${ahead ? `in ${span}` : `${span} ago`}`,
  amr: {
    pwd: 'password',
    otp: 'one-time code',
    mfa: 'several factors',
    sms: 'text message',
    hwk: 'key in hardware',
    swk: 'key in software',
    pin: 'PIN',
    fpt: 'fingerprint',
    face: 'face',
    kba: 'questions',
    sc: 'smart card',
    user: 'presence',
  } as Readonly<Record<string, string>>,

  convert: {
    open: 'Convert',
    back: 'Token',
    heading: 'Convert',
    detail: 'The same bytes in other clothes. Strict: nothing is repaired in silence.',
    value: 'Value',
    from: 'It is',
    encoding: {
      text: 'Text',
      base64url: 'base64url',
      base64: 'base64',
      hex: 'Hex',
    } satisfies Record<Encoding, string>,
    noText: 'The bytes are no UTF-8 text.',
    wrong: (message: string, character: number) => `Character ${amount(character)}: ${message}.`,
    copy: (name: string) => `Copy the ${name}`,
    pkce: 'PKCE',
    pkceDetail: 'The challenge is the SHA-256 of the verifier, in base64url (RFC 7636 §4.2).',
    verifier: 'Verifier',
    newVerifier: 'New pair',
    challenge: 'Challenge, to compare',
    made: 'Challenge',
    same: 'The challenge belongs to this verifier',
    different: 'The challenge belongs to another verifier',
    plain: 'The challenge is the verifier itself: method plain, not S256',
    length: (n: number) => `A verifier has 43 to 128 characters; this one has ${amount(n)}`,
    alphabet: (character: number) => `Character ${amount(character)} is none of A–Z a–z 0–9 - . _ ~`,
  },

  make: {
    open: 'Edit and sign',
    heading: 'Edit and sign',
    detail:
      'A test token for a server of your own; its header says that it is one. It is signed with a key that is made or pasted here, never with one that was captured.',
    alg: 'Algorithm',
    header: 'Header',
    claims: 'Claims',
    fresh: 'Times from now',
    key: 'Key',
    made: 'Made here',
    pasted: 'Pasted',
    newKey: 'New key',
    keyLabel: 'Private key (JWK or PEM), or secret',
    serverKey: 'Key for the server',
    none: 'Nothing signs it: a server that accepts it is broken.',
    sign: 'Sign',
    token: 'Test token',
    look: 'Open in Token',
    noKey: (alg: string) => `This browser makes no key for ${alg}.`,
    problem: (message: string, character: number | null) =>
      `${message.charAt(0).toUpperCase()}${message.slice(1)}${
        character === null ? '' : `, at character ${amount(character)}`
      }.`,
    isTest: 'A test token, made with OAuth Inspector',
  },

  footer: 'Not stored, not sent.',
  footerSent: (host: string) => `Not stored. Only ${host} was asked for its keys.`,
  copied: 'Copied',
} as const;
