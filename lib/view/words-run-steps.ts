import type { CheckName, Proved, StepId } from '../runner/run.ts';

export interface StepWords {
  readonly name: string;
  /** What the step is for: read before its request is sent. */
  readonly proves: string;
  /** The specification that says so. */
  readonly spec: string;
  readonly section: string;
}

/** Every step of every flow. */
export const stepWords: Readonly<Record<StepId, StepWords>> = {
  probe: {
    name: 'Call without a token',
    proves: 'The resource refuses, and its challenge says where to learn more.',
    spec: 'RFC 9728',
    section: '5.1',
  },
  resourceMetadata: {
    name: 'Metadata of the resource',
    proves: 'The resource names itself and the servers that it trusts; the name has to be the address that was called.',
    spec: 'RFC 9728',
    section: '3',
  },
  discovery: {
    name: 'Discovery',
    proves: 'The metadata has to name the issuer that was asked for, or another server speaks for it.',
    spec: 'RFC 8414',
    section: '3.3',
  },
  client: {
    name: 'Client: given, described or registered',
    proves: 'Without an agreement the server knows nobody: the client is registered now, or an address describes it.',
    spec: 'RFC 7591',
    section: '3',
  },
  registration: {
    name: 'Registration request',
    proves: 'The server makes a client of it and gives its id; what it changed of the metadata stands in the answer.',
    spec: 'RFC 7591',
    section: '3',
  },
  key: {
    name: 'Key pair for DPoP',
    proves: 'Tokens that are bound to a key are of no use to whoever steals them without it.',
    spec: 'RFC 9449',
    section: '4',
  },
  pkce: {
    name: 'PKCE pair, state, nonce',
    proves: 'Fresh and random: the verifier ties the code to this run, `state` the callback, `nonce` the ID token.',
    spec: 'RFC 7636',
    section: '4.1',
  },
  requestObject: {
    name: 'Signed request object',
    proves: 'What is asked for cannot be changed on its way through the browser.',
    spec: 'RFC 9101',
    section: '4',
  },
  par: {
    name: 'Pushed authorization request',
    proves: 'The server gets the request from the client itself; the browser carries only a reference to it.',
    spec: 'RFC 9126',
    section: '2',
  },
  request: {
    name: 'Authorization request',
    proves: 'The address that the window opens, with everything the answer will be compared with.',
    spec: 'RFC 6749',
    section: '4.1.1',
  },
  signIn: {
    name: 'Sign-in',
    proves: 'The person signs in at the server, and only there.',
    spec: 'RFC 6749',
    section: '4.1',
  },
  callback: {
    name: 'Callback: compare `state` and `iss`',
    proves: 'The answer belongs to this request and comes from this server; nothing of it is used before.',
    spec: 'RFC 9207',
    section: '2.4',
  },
  device: {
    name: 'Device authorization request',
    proves: 'The device gets a code for itself, to poll with, and a short one for the person.',
    spec: 'RFC 8628',
    section: '3.2',
  },
  poll: {
    name: 'Polling for the token',
    proves: 'As often as the server allows, slower when it says `slow_down`, until the person agreed.',
    spec: 'RFC 8628',
    section: '3.5',
  },
  token: {
    name: 'Token request with the verifier',
    proves: 'The verifier shows that who redeems the code is who asked for it.',
    spec: 'RFC 7636',
    section: '4.5',
  },
  idToken: {
    name: 'ID token: signature, `aud`, `nonce`, `exp`',
    proves: 'Who signed in, said by this server, to this client, in answer to this request.',
    spec: 'OIDC Core',
    section: '3.1.3.7',
  },
  refresh: {
    name: 'Refresh request',
    proves: 'New tokens without the person. A public client must get a new refresh token each time, or a bound one.',
    spec: 'RFC 9700',
    section: '4.14.2',
  },
  introspection: {
    name: 'Introspection request',
    proves: 'What the server itself says about the token: whether it is active, for whom and for what.',
    spec: 'RFC 7662',
    section: '2',
  },
  revocation: {
    name: 'Revocation request',
    proves: 'The token ends before its time. The server says 200 for a token that it does not know, too.',
    spec: 'RFC 7009',
    section: '2',
  },
  userinfo: {
    name: 'Userinfo request',
    proves: 'Claims about the person; their `sub` has to be that of the ID token.',
    spec: 'OIDC Core',
    section: '5.3',
  },
  resourceCall: {
    name: 'Call with the token',
    proves: 'The resource takes the token that was made for it.',
    spec: 'RFC 6750',
    section: '2.1',
  },
  logout: {
    name: 'Sign-out',
    proves: 'The session at the server ends, and it sends the person back with the `state` that was sent.',
    spec: 'OIDC RP-Initiated Logout',
    section: '2',
  },
};

/** Steps that are called otherwise in some flows. */
export const stepNames = {
  tokenAlone: 'Token request',
  exchange: 'Token exchange',
  byHand: 'Endpoints',
} as const;

export const provedWords: Readonly<Record<Proved, string>> = {
  'issuer-matches': 'Issuer matches.',
  'endpoints-by-hand': 'Typed by hand: nothing vouches for them.',
  's256-supported': 'S256 is supported.',
  's256-not-advertised': 'S256 is not in the metadata; it is used all the same.',
  'iss-supported': '`iss` comes with the callback.',
  'state-matches': '`state` is the one that was sent.',
  'iss-matches': '`iss` is the issuer.',
  'iss-absent': 'There is no `iss` to compare.',
  'response-signed': 'The response is signed by the server, for this client.',
  'request-signed': 'Signed with the key of the client.',
  'request-pushed': 'The server keeps the request and gave a reference to it.',
  'key-locked': 'The private key cannot be read out of the browser.',
  'key-extractable': 'This browser has no database here: the private key is readable, and in memory only.',
  'tokens-received': 'Tokens received.',
  'tokens-refreshed': 'Tokens refreshed.',
  'tokens-from-cache': 'From the cache: no request was sent.',
  'token-bound': 'The token is bound to the key.',
  'token-not-bound': 'The server sent a bearer token: it ignored the proof.',
  'refresh-rotated': 'The refresh token was replaced: the one before is spent.',
  'refresh-kept': 'The refresh token stays the same: the server does not rotate.',
  'id-token-valid': 'Every check fits.',
  'no-id-token': 'No ID token: the scope has no `openid`, or the server speaks OAuth only.',
  'no-keys-known': 'The server names no keys, so the signature cannot be checked.',
  'challenge-found': 'The challenge says where the metadata of the resource is.',
  'challenge-without-metadata': 'The challenge does not say where the metadata is: the well-known address is tried.',
  'resource-matches': 'The metadata is that of this resource.',
  'several-servers': 'The resource trusts several servers; the first is taken, or the issuer of the form.',
  'client-given': 'The client id was given.',
  'client-document-valid': 'The document describes this client, with this redirect URI.',
  'client-document-unread': 'The document could not be read from here; the server may still read it.',
  'client-registered': 'Registered for this run.',
  'code-for-person': 'The code is there for the person to type.',
  pending: 'The person has not agreed yet.',
  'slowed-down': 'The server asked to poll more slowly: 5 s more between two requests.',
  'person-agreed': 'The person agreed.',
  'token-active': 'The token is active.',
  'token-inactive': 'The token is not active: expired, revoked or unknown to the server.',
  'token-revoked': 'The server has revoked it.',
  'tokens-dropped': 'No token of this run is held any more.',
  'claims-received': 'Claims received.',
  'sub-matches': '`sub` is that of the ID token.',
  'resource-answered': 'The resource answered.',
  'signed-out': 'Signed out and sent back.',
};

/** Points of the checklist of an ID token. */
export const checkWords: Readonly<Record<CheckName, string>> = {
  alg: 'algorithm that the server promises',
  signature: 'signature by a key of the server',
  iss: 'made by this server',
  aud: 'made for this client',
  azp: 'asked for by this client',
  sub: 'names the person',
  exp: 'not expired',
  iat: 'not from the future',
  nonce: 'made for this request',
  at_hash: 'belongs to this access token',
};

export const checkResults = {
  valid: 'fits',
  invalid: 'does not fit',
  absent: 'not there, not needed',
  cannotTell: 'cannot tell',
} as const;
