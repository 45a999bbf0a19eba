import type { Meaning } from './claims.ts';

/** Claims of a provider's own, known by the issuer of the token; from the provider's documentation. */
export interface ProviderClaims {
  readonly name: string;
  /** Of the host of `iss`, or of its path where servers are hosted anywhere. */
  readonly issuer: RegExp;
  readonly claims: Readonly<Record<string, Meaning>>;
}

type Entry = readonly [text: string, more?: Omit<Meaning, 'text' | 'section'>];

const claims = (section: string, entries: Readonly<Record<string, Entry>>): ProviderClaims['claims'] =>
  Object.fromEntries(Object.entries(entries).map(([name, [text, more]]) => [name, { text, section, ...more }]));

const SECRET = { secret: true } as const;
const TIME = { time: true } as const;

export const PROVIDER_CLAIMS: readonly ProviderClaims[] = [
  {
    name: 'Microsoft Entra ID',
    issuer:
      /^https:\/\/(?:login\.microsoftonline\.(?:com|us|cn)|sts\.windows\.net|[\w-]+\.ciamlogin\.com|[\w-]+\.b2clogin\.com)\//i,
    claims: claims('Microsoft identity platform: token claims', {
      tid: ['the tenant that the person signed in to'],
      oid: ['the person or app in that tenant, the same for every client', SECRET],
      upn: ['sign-in name of the person; it can change', SECRET],
      unique_name: ['a name to show; not unique, it can change', SECRET],
      ver: ['version of the token format, 1.0 or 2.0'],
      appid: ['the client it was issued to'],
      appidacr: ['how the client proved itself: 0 not at all, 1 secret, 2 certificate'],
      azpacr: ['how the client proved itself: 0 not at all, 1 secret, 2 certificate'],
      scp: ['what the person allowed the client to do'],
      wids: ['directory roles of the person, as template ids'],
      hasgroups: ['there are more groups than fit: ask the directory'],
      idp: ['who signed the person in, where it is not this tenant'],
      idtyp: ['app: the token is of an app itself, not of a person'],
      acct: ['0 a member of the tenant, 1 a guest'],
      acrs: ['authentication contexts that were met'],
      ipaddr: ['address that the person came from', SECRET],
      onprem_sid: ['the person in the local directory', SECRET],
      puid: ['internal number of the person', SECRET],
      in_corp: ['the request came from the company network'],
      deviceid: ['the device that was used', SECRET],
      login_hint: ['opaque hint for the next sign-in', SECRET],
      tenant_region_scope: ['region of the tenant'],
      tenant_ctry: ['country of the tenant'],
      xms_tcdt: ['when the tenant was made', TIME],
      xms_edov: ['whether the domain of the e-mail is owned by the tenant'],
      xms_cc: ['what the client can handle, such as step-up challenges'],
      aio: ['internal, not for clients', SECRET],
      rh: ['internal, not for clients', SECRET],
      uti: ['internal number of the token', SECRET],
    }),
  },
  {
    name: 'Google',
    issuer: /^(?:https:\/\/)?accounts\.google\.com$/i,
    claims: claims('Google: OpenID Connect, ID token', {
      hd: ['domain of the organisation; absent for private accounts'],
      profile: ['address of the profile page', SECRET],
    }),
  },
  {
    name: 'Okta',
    issuer: /^https:\/\/[\w-]+\.(?:okta|oktapreview|okta-emea)\.com(?:\/|$)/i,
    claims: claims('Okta: tokens and claims', {
      ver: ['version of the token format'],
      cid: ['the client it was issued to'],
      uid: ['the person at Okta; absent for apps', SECRET],
      scp: ['what was granted'],
      idp: ['who signed the person in'],
    }),
  },
  {
    name: 'Auth0',
    issuer: /^https:\/\/[\w.-]+\.auth0\.com\/?$/i,
    claims: claims('Auth0: access token profiles', {
      gty: ['the grant that it was issued by'],
      permissions: ['permissions of the person at this API'],
      org_id: ['the organisation that the person signed in to'],
      org_name: ['name of that organisation'],
      nickname: ['short name', SECRET],
    }),
  },
  {
    name: 'Keycloak',
    issuer: /^https?:\/\/[^/]+(?:\/[^/]+)*\/realms\/[^/]+$/i,
    claims: claims('Keycloak: protocol mappers', {
      realm_access: ['roles of the person in the realm'],
      resource_access: ['roles of the person at each client'],
      'allowed-origins': ['origins that may call the API from a page'],
      session_state: ['the session at the server', SECRET],
      typ: ['sort of token: Bearer, ID, Refresh, Logout'],
      clientId: ['the client, for its own token'],
      clientHost: ['host that the client came from'],
      clientAddress: ['address that the client came from', SECRET],
    }),
  },
  {
    name: 'Amazon Cognito',
    issuer: /^https:\/\/cognito-idp\.[\w-]+\.amazonaws\.com\//i,
    claims: claims('Amazon Cognito: user pool tokens', {
      'cognito:username': ['name of the person in the pool', SECRET],
      'cognito:groups': ['groups of the person in the pool'],
      'cognito:roles': ['IAM roles of those groups'],
      'cognito:preferred_role': ['the IAM role that counts'],
      token_use: ['sort of token: id or access'],
      origin_jti: ['number of the sign-in that all its tokens share', SECRET],
      event_id: ['number of the sign-in event', SECRET],
      username: ['name of the person in the pool', SECRET],
      version: ['version of the token format'],
      identities: ['who signed the person in, elsewhere', SECRET],
      device_key: ['the device that was used', SECRET],
    }),
  },
];

/** The provider of an issuer; `null` where it is none of those known. */
export function providerOf(iss: unknown): ProviderClaims | null {
  return typeof iss === 'string' && iss.length < 2000
    ? (PROVIDER_CLAIMS.find(({ issuer }) => issuer.test(iss)) ?? null)
    : null;
}
