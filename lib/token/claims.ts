/** What a header parameter or claim is for. `secret`: its value is shown only when asked for. `time`: a NumericDate. */
export interface Meaning {
  readonly text: string;
  readonly section: string;
  readonly secret?: true;
  readonly time?: true;
}

/** Claims that an ID token must have (OIDC Core §2). */
export const ID_TOKEN_CLAIMS = ['iss', 'sub', 'aud', 'exp', 'iat'] as const;
/** Claims that an access token of the profile must have (RFC 9068 §2.2). */
export const ACCESS_TOKEN_CLAIMS = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'] as const;

/** IANA "JSON Web Signature and Encryption Header Parameters" and the specifications named. */
export const HEADER_MEANINGS: Readonly<Record<string, Meaning>> = {
  alg: { text: 'how it is signed or how its key is encrypted', section: 'RFC 7515 §4.1.1' },
  enc: { text: 'how its content is encrypted', section: 'RFC 7516 §4.1.2' },
  kid: { text: 'which key of the issuer', section: 'RFC 7515 §4.1.4' },
  typ: { text: 'what sort of token it is', section: 'RFC 7515 §4.1.9' },
  cty: { text: 'what its content is; JWT means a token inside', section: 'RFC 7515 §4.1.10' },
  jku: { text: 'address of a key set; never to be trusted by itself', section: 'RFC 7515 §4.1.2' },
  jwk: { text: 'a key inside the token; proves nothing about the issuer', section: 'RFC 7515 §4.1.3' },
  x5u: { text: 'address of a certificate; never to be trusted by itself', section: 'RFC 7515 §4.1.5' },
  x5c: { text: 'certificates of the key', section: 'RFC 7515 §4.1.6' },
  x5t: { text: 'SHA-1 fingerprint of the certificate', section: 'RFC 7515 §4.1.7' },
  'x5t#S256': { text: 'SHA-256 fingerprint of the certificate', section: 'RFC 7515 §4.1.8' },
  crit: { text: 'extensions that a reader must know or refuse', section: 'RFC 7515 §4.1.11' },
  b64: { text: 'whether the payload is base64url', section: 'RFC 7797 §3' },
  zip: { text: 'how the content was compressed', section: 'RFC 7516 §4.1.3' },
  epk: { text: 'one-time public key of the sender', section: 'RFC 7518 §4.6.1.1' },
  apu: { text: 'data of the sender for the key agreement', section: 'RFC 7518 §4.6.1.2' },
  apv: { text: 'data of the receiver for the key agreement', section: 'RFC 7518 §4.6.1.3' },
  p2s: { text: 'salt of the password', section: 'RFC 7518 §4.8.1.1' },
  p2c: { text: 'rounds of the password hash', section: 'RFC 7518 §4.8.1.2' },
  iv: { text: 'start value of the key encryption', section: 'RFC 7518 §4.7.1.1' },
  tag: { text: 'authentication tag of the key encryption', section: 'RFC 7518 §4.7.1.2' },
  nonce: { text: 'value of the server against replay', section: 'RFC 9449 §4.2', secret: true },
};

/** IANA "JSON Web Token Claims" and the specifications named; providers' own claims come with the providers. */
export const CLAIM_MEANINGS: Readonly<Record<string, Meaning>> = {
  iss: { text: 'who made the token', section: 'RFC 7519 §4.1.1' },
  sub: { text: 'the person or thing it is about, at this issuer', section: 'RFC 7519 §4.1.2', secret: true },
  aud: { text: 'who it is for', section: 'RFC 7519 §4.1.3' },
  exp: { text: 'valid until', section: 'RFC 7519 §4.1.4', time: true },
  nbf: { text: 'valid from', section: 'RFC 7519 §4.1.5', time: true },
  iat: { text: 'made at', section: 'RFC 7519 §4.1.6', time: true },
  jti: { text: 'its own number, against replay', section: 'RFC 7519 §4.1.7', secret: true },
  azp: { text: 'the client it was issued to', section: 'OIDC Core §2' },
  nonce: { text: 'ties it to one request', section: 'OIDC Core §2', secret: true },
  auth_time: { text: 'when the person signed in', section: 'OIDC Core §2', time: true },
  acr: { text: 'how strong the sign-in was', section: 'OIDC Core §2' },
  amr: { text: 'means of the sign-in', section: 'OIDC Core §2, RFC 8176' },
  at_hash: { text: 'ties it to the access token', section: 'OIDC Core §3.1.3.6' },
  c_hash: { text: 'ties it to the code', section: 'OIDC Core §3.3.2.11' },
  s_hash: { text: 'ties it to the state', section: 'FAPI 1.0 Advanced §5.1' },
  sid: { text: 'the session at the server', section: 'OIDC Front-Channel Logout §3', secret: true },
  scope: { text: 'what the token allows', section: 'RFC 8693 §4.2' },
  client_id: { text: 'the client it was issued to', section: 'RFC 8693 §4.3' },
  act: { text: 'who acts for the subject', section: 'RFC 8693 §4.1' },
  may_act: { text: 'who may act for the subject', section: 'RFC 8693 §4.4' },
  cnf: { text: 'the key that its holder must prove', section: 'RFC 7800 §3.1' },
  htm: { text: 'method of the request it is made for', section: 'RFC 9449 §4.2' },
  htu: { text: 'address of the request it is made for', section: 'RFC 9449 §4.2' },
  ath: { text: 'hash of the access token it goes with', section: 'RFC 9449 §4.2' },
  roles: { text: 'roles of the subject', section: 'RFC 9068 §2.2.3.1' },
  groups: { text: 'groups of the subject', section: 'RFC 9068 §2.2.3.1' },
  entitlements: { text: 'rights of the subject', section: 'RFC 9068 §2.2.3.1' },
  authorization_details: { text: 'exactly what was granted', section: 'RFC 9396 §9.1' },
  events: { text: 'the events it reports', section: 'RFC 8417 §2.2' },
  name: { text: 'full name', section: 'OIDC Core §5.1', secret: true },
  given_name: { text: 'first name', section: 'OIDC Core §5.1', secret: true },
  family_name: { text: 'last name', section: 'OIDC Core §5.1', secret: true },
  preferred_username: { text: 'name the person goes by; not unique', section: 'OIDC Core §5.1', secret: true },
  email: { text: 'personal data', section: 'OIDC Core §5.1', secret: true },
  email_verified: { text: 'whether the issuer checked the address', section: 'OIDC Core §5.1' },
  phone_number: { text: 'personal data', section: 'OIDC Core §5.1', secret: true },
  phone_number_verified: { text: 'whether the issuer checked the number', section: 'OIDC Core §5.1' },
  address: { text: 'personal data', section: 'OIDC Core §5.1.1', secret: true },
  birthdate: { text: 'personal data', section: 'OIDC Core §5.1', secret: true },
  picture: { text: 'address of a picture', section: 'OIDC Core §5.1', secret: true },
  locale: { text: 'language of the person', section: 'OIDC Core §5.1' },
  zoneinfo: { text: 'time zone of the person', section: 'OIDC Core §5.1' },
  updated_at: { text: 'when the profile was changed', section: 'OIDC Core §5.1', time: true },
};
