import type { ProviderFacts, VendorSdk } from '../model/message.ts';

/** A provider's dialect as data. Refresh a row with its `checked` date and source. */
interface ProviderRow {
  readonly id: string;
  readonly name: string;
  /** Exact host, or `*.suffix`. `*` where the path alone tells (self-hosted products). */
  readonly hosts: readonly string[];
  /** Paths of the endpoints, matched against the whole path. */
  readonly authorization: RegExp;
  readonly token: RegExp;
  /** Pages of its own that native applications take as their redirect target. */
  readonly landing?: RegExp;
  /** What its codes look like, where nothing else does. */
  readonly code?: RegExp;
  readonly pkce: ProviderFacts['pkce'];
  readonly checked: string;
  readonly source: 'provider documentation' | 'library source' | 'url samples' | 'unconfirmed';
  readonly s256Only?: true;
  readonly shortCodes?: true;
  readonly defaultResponseType?: 'code' | 'token';
  readonly stateByProvider?: true;
  readonly implicitOnly?: true;
  readonly nativePassword?: true;
  readonly startsFlows?: true;
  readonly displaysCode?: true;
  readonly looseIssuer?: true;
  readonly symmetricIdTokens?: true;
  readonly fixedLifetimes?: true;
  readonly nonceOptional?: true;
  readonly redirectUriOptional?: true;
  readonly refusesLocalhost?: true;
  readonly openIdImplied?: true;
  readonly offlineWithoutConsent?: true;
  readonly logoutWithoutHint?: true;
  readonly broadScopes?: readonly string[];
  readonly resourceHosts?: readonly string[];
  readonly keepsRefreshTokens?: true;
  readonly endlessTokens?: true;
  /** Paths of endpoints that it replaced by others. */
  readonly legacy?: RegExp;
}

const NEVER = /^(?!)/;

const ROWS: readonly ProviderRow[] = [
  {
    id: 'google',
    name: 'Google',
    hosts: ['accounts.google.com', 'oauth2.googleapis.com', 'www.googleapis.com'],
    authorization: /^\/o\/oauth2\/(v\d\/)?(auth|device\/usercode)$/,
    token: /^\/(oauth2\/v\d\/)?token$/,
    code: /^4\/[\w-]{6,}$/,
    pkce: 'yes',
    looseIssuer: true,
    broadScopes: [
      'https://mail.google.com/',
      'https://www.googleapis.com/auth/drive',
      'https://www.googleapis.com/auth/cloud-platform',
    ],
    resourceHosts: ['googleapis.com', 'google.com', 'youtube.com'],
    legacy: /^\/o\/oauth2\/auth$/,
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'entra',
    name: 'Microsoft Entra ID',
    hosts: [
      'login.microsoftonline.com',
      'login.microsoftonline.us',
      'login.partner.microsoftonline.cn',
      'login.windows.net',
      '*.b2clogin.com',
      '*.ciamlogin.com',
    ],
    authorization: /\/oauth2\/(v2\.0\/)?authorize$/,
    token: /\/oauth2\/(v2\.0\/)?token$/,
    landing: /\/oauth2\/nativeclient$/,
    code: /^[01]\.A[\w-]{2}A[\w.-]*$/,
    pkce: 'yes',
    fixedLifetimes: true,
    looseIssuer: true,
    offlineWithoutConsent: true,
    broadScopes: ['directory.readwrite.all'],
    resourceHosts: [
      'microsoft.com',
      'office.com',
      'office365.com',
      'sharepoint.com',
      'dynamics.com',
      'azure.com',
      'windows.net',
      'powerbi.com',
    ],
    logoutWithoutHint: true,
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'microsoft-account',
    name: 'Microsoft account',
    hosts: ['login.live.com'],
    authorization: /^\/oauth20_authorize\.srf$/,
    token: /^\/oauth20_token\.srf$/,
    landing: /^\/oauth20_desktop\.srf$/,
    code: /^M\.[A-Z]\d+_[A-Z]+\./,
    pkce: 'yes',
    fixedLifetimes: true,
    looseIssuer: true,
    resourceHosts: ['microsoft.com', 'live.net', 'live.com'],
    legacy: /^\/oauth20_authorize\.srf$/,
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'github',
    name: 'GitHub',
    hosts: ['github.com'],
    authorization: /^\/login\/oauth\/authorize$/,
    token: /^\/login\/oauth\/access_token$/,
    pkce: 'yes',
    s256Only: true,
    shortCodes: true,
    defaultResponseType: 'code',
    startsFlows: true,
    redirectUriOptional: true,
    broadScopes: ['repo', 'delete_repo', 'admin:org', 'admin:enterprise'],
    endlessTokens: true,
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'apple',
    name: 'Apple',
    hosts: ['appleid.apple.com'],
    authorization: /^\/auth\/authorize$/,
    token: /^\/auth\/token$/,
    pkce: 'no',
    nonceOptional: true,
    openIdImplied: true,
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'facebook',
    name: 'Facebook',
    hosts: ['www.facebook.com', 'm.facebook.com', 'graph.facebook.com'],
    authorization: /^\/(v\d+\.\d+\/)?dialog\/oauth$/,
    token: /^\/(v\d+\.\d+\/)?oauth\/access_token$/,
    landing: /^\/connect\/login_success\.html$/,
    pkce: 'limited',
    defaultResponseType: 'code',
    openIdImplied: true,
    legacy: /^\/dialog\/oauth$/,
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'instagram',
    name: 'Instagram',
    hosts: ['api.instagram.com', 'www.instagram.com'],
    authorization: /^\/oauth\/authorize\/?$/,
    token: /^\/oauth\/access_token$/,
    pkce: 'no',
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'okta',
    name: 'Okta',
    hosts: ['*.okta.com', '*.oktapreview.com', '*.okta-emea.com'],
    authorization: /^\/oauth2\/([^/]+\/)?v1\/authorize$/,
    token: /^\/oauth2\/([^/]+\/)?v1\/token$/,
    pkce: 'yes',
    offlineWithoutConsent: true,
    checked: '2026-11-22',
    source: 'unconfirmed',
  },
  {
    id: 'auth0',
    name: 'Auth0',
    hosts: ['*.auth0.com'],
    authorization: /^\/authorize$/,
    token: /^\/oauth\/token$/,
    pkce: 'yes',
    looseIssuer: true,
    offlineWithoutConsent: true,
    checked: '2026-11-22',
    source: 'unconfirmed',
  },
  {
    id: 'cognito',
    name: 'Amazon Cognito',
    hosts: ['*.amazoncognito.com'],
    authorization: /^\/(oauth2\/authorize|login)$/,
    token: /^\/oauth2\/token$/,
    pkce: 'yes',
    resourceHosts: ['amazonaws.com'],
    looseIssuer: true,
    keepsRefreshTokens: true,
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'slack',
    name: 'Slack',
    hosts: ['slack.com', '*.slack.com'],
    authorization: /^\/(oauth\/(v2\/)?|openid\/connect\/)authorize$/,
    token: /^\/api\/(oauth\.(v2\.)?(user\.)?access|openid\.connect\.token)$/,
    pkce: 'yes',
    defaultResponseType: 'code',
    startsFlows: true,
    redirectUriOptional: true,
    openIdImplied: true,
    broadScopes: ['admin'],
    legacy: /^\/oauth\/authorize$/,
    endlessTokens: true,
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'linkedin',
    name: 'LinkedIn',
    hosts: ['www.linkedin.com'],
    authorization: /^\/(oauth\/v2|uas\/oauth2)\/authorization$/,
    token: /^\/(oauth\/v2|uas\/oauth2)\/accessToken$/,
    pkce: 'limited',
    legacy: /^\/uas\/oauth2\//,
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'x',
    name: 'X',
    hosts: ['x.com', 'twitter.com', 'api.x.com', 'api.twitter.com'],
    authorization: /^\/i\/oauth2\/authorize$/,
    token: /^\/2\/oauth2\/token$/,
    pkce: 'yes',
    resourceHosts: ['x.com', 'twitter.com'],
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'discord',
    name: 'Discord',
    hosts: ['discord.com', 'discordapp.com'],
    authorization: /^\/(api\/)?(v\d+\/)?oauth2\/authorize$/,
    token: /^\/api\/(v\d+\/)?oauth2\/token$/,
    pkce: 'yes',
    startsFlows: true,
    redirectUriOptional: true,
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'spotify',
    name: 'Spotify',
    hosts: ['accounts.spotify.com'],
    authorization: /^\/([a-z]{2}\/)?authorize$/,
    token: /^\/api\/token$/,
    pkce: 'yes',
    refusesLocalhost: true,
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'dropbox',
    name: 'Dropbox',
    hosts: ['www.dropbox.com', 'api.dropboxapi.com', 'api.dropbox.com'],
    authorization: /^\/(1\/)?oauth2\/authorize$/,
    token: /^\/(1\/)?oauth2\/token$/,
    pkce: 'yes',
    displaysCode: true,
    resourceHosts: ['dropboxapi.com'],
    legacy: /^\/1\/oauth2\//,
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'atlassian',
    name: 'Atlassian',
    hosts: ['auth.atlassian.com'],
    authorization: /^\/authorize$/,
    token: /^\/oauth\/token$/,
    pkce: 'no',
    checked: '2026-11-22',
    source: 'unconfirmed',
  },
  {
    id: 'salesforce',
    name: 'Salesforce',
    hosts: ['*.salesforce.com', '*.force.com'],
    authorization: /^\/services\/oauth2\/authorize$/,
    token: /^\/services\/oauth2\/token$/,
    pkce: 'yes',
    broadScopes: ['full'],
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'pingone',
    name: 'PingOne',
    hosts: ['auth.pingone.com', 'auth.pingone.eu', 'auth.pingone.ca', 'auth.pingone.asia'],
    authorization: /\/as\/authorize$/,
    token: /\/as\/token$/,
    pkce: 'yes',
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'zoom',
    name: 'Zoom',
    hosts: ['zoom.us'],
    authorization: /^\/oauth\/authorize$/,
    token: /^\/oauth\/token$/,
    pkce: 'yes',
    startsFlows: true,
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'twitch',
    name: 'Twitch',
    hosts: ['id.twitch.tv', 'api.twitch.tv'],
    authorization: /^\/(kraken\/)?oauth2\/authorize$/,
    token: /^\/oauth2\/token$/,
    pkce: 'no',
    implicitOnly: true,
    legacy: /^\/kraken\//,
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'amazon',
    name: 'Login with Amazon',
    hosts: ['www.amazon.com', 'api.amazon.com'],
    authorization: /^\/ap\/oa$/,
    token: /^\/auth\/o2\/token$/,
    pkce: 'yes',
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'shopify',
    name: 'Shopify',
    hosts: ['*.myshopify.com'],
    authorization: /^\/admin\/oauth\/authorize$/,
    token: /^\/admin\/oauth\/access_token$/,
    pkce: 'no',
    defaultResponseType: 'code',
    startsFlows: true,
    endlessTokens: true,
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'tiktok',
    name: 'TikTok',
    hosts: ['www.tiktok.com', 'open.tiktokapis.com'],
    authorization: /^\/v2\/auth\/authorize\/?$/,
    token: /^\/v2\/oauth\/token\/?$/,
    pkce: 'unknown',
    openIdImplied: true,
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'reddit',
    name: 'Reddit',
    hosts: ['www.reddit.com', 'old.reddit.com'],
    authorization: /^\/api\/v1\/authorize(\.compact)?$/,
    token: /^\/api\/v1\/access_token$/,
    pkce: 'no',
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'line',
    name: 'LINE',
    hosts: ['access.line.me', 'api.line.me'],
    authorization: /^\/oauth2\/v2\.1\/authorize$/,
    token: /^\/oauth2\/v2\.1\/token$/,
    pkce: 'unknown',
    symmetricIdTokens: true,
    openIdImplied: true,
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'yahoo',
    name: 'Yahoo',
    hosts: ['api.login.yahoo.com'],
    authorization: /^\/oauth2\/request_auth$/,
    token: /^\/oauth2\/get_token$/,
    pkce: 'unknown',
    checked: '2026-11-22',
    source: 'unconfirmed',
  },
  {
    id: 'notion',
    name: 'Notion',
    hosts: ['api.notion.com'],
    authorization: /^\/v1\/oauth\/authorize$/,
    token: /^\/v1\/oauth\/token$/,
    pkce: 'no',
    endlessTokens: true,
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'hubspot',
    name: 'HubSpot',
    hosts: ['app.hubspot.com', 'api.hubapi.com'],
    authorization: /^\/oauth\/authorize$/,
    token: /^\/oauth\/v\d\/token$/,
    pkce: 'unknown',
    defaultResponseType: 'code',
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'box',
    name: 'Box',
    hosts: ['account.box.com', 'api.box.com'],
    authorization: /^\/api\/oauth2\/authorize$/,
    token: /^\/oauth2\/token$/,
    pkce: 'unknown',
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'strava',
    name: 'Strava',
    hosts: ['www.strava.com'],
    authorization: /^\/(api\/v3\/)?oauth\/authorize$/,
    token: /^\/(api\/v3\/)?oauth\/token$/,
    pkce: 'no',
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'figma',
    name: 'Figma',
    hosts: ['www.figma.com', 'api.figma.com'],
    authorization: /^\/oauth$/,
    token: /^\/(v1|api)\/oauth\/token$/,
    pkce: 'unknown',
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'kakao',
    name: 'Kakao',
    hosts: ['kauth.kakao.com'],
    authorization: /^\/oauth\/authorize$/,
    token: /^\/oauth\/token$/,
    pkce: 'unknown',
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'naver',
    name: 'Naver',
    hosts: ['nid.naver.com'],
    authorization: /^\/oauth2\.0\/authorize$/,
    token: /^\/oauth2\.0\/token$/,
    pkce: 'unknown',
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'wechat',
    name: 'WeChat',
    hosts: ['open.weixin.qq.com', 'api.weixin.qq.com'],
    authorization: /^\/connect\/(qrconnect|oauth2\/authorize)$/,
    token: /^\/sns\/oauth2\/access_token$/,
    pkce: 'no',
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'yandex',
    name: 'Yandex',
    hosts: ['oauth.yandex.ru', 'oauth.yandex.com'],
    authorization: /^\/authorize$/,
    token: /^\/token$/,
    landing: /^\/verification_code$/,
    pkce: 'unknown',
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'vk',
    name: 'VK',
    hosts: ['oauth.vk.com'],
    authorization: /^\/authorize$/,
    token: /^\/access_token$/,
    landing: /^\/blank\.html$/,
    pkce: 'unknown',
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'stripe-connect',
    name: 'Stripe Connect',
    hosts: ['connect.stripe.com'],
    authorization: /^\/(express\/)?oauth\/(v2\/)?authorize$/,
    token: /^\/oauth\/token$/,
    code: /^ac_\w{8,}$/,
    pkce: 'unknown',
    checked: '2026-11-22',
    source: 'library source',
  },
  {
    id: 'paypal',
    name: 'PayPal',
    hosts: ['www.paypal.com'],
    authorization: /^\/(signin\/authorize|connect)$/,
    token: /^\/v1\/oauth2\/token$/,
    pkce: 'unknown',
    checked: '2026-11-22',
    source: 'unconfirmed',
  },
  {
    id: 'firebase',
    name: 'Firebase',
    hosts: ['*.firebaseapp.com', 'securetoken.googleapis.com'],
    authorization: NEVER,
    token: /^\/v1\/token$/,
    pkce: 'unknown',
    nativePassword: true,
    keepsRefreshTokens: true,
    checked: '2026-11-22',
    source: 'url samples',
  },
  {
    id: 'supabase',
    name: 'Supabase',
    hosts: ['*.supabase.co'],
    authorization: /^\/auth\/v1\/authorize$/,
    token: /^\/auth\/v1\/token$/,
    pkce: 'yes',
    stateByProvider: true,
    nativePassword: true,
    defaultResponseType: 'token',
    redirectUriOptional: true,
    checked: '2026-11-22',
    source: 'url samples',
  },
  {
    id: 'keycloak',
    name: 'Keycloak',
    hosts: ['*'],
    authorization: /\/realms\/[^/]+\/protocol\/openid-connect\/auth$/,
    token: /\/realms\/[^/]+\/protocol\/openid-connect\/token$/,
    pkce: 'yes',
    offlineWithoutConsent: true,
    checked: '2026-11-22',
    source: 'unconfirmed',
  },
  {
    id: 'pingfederate',
    name: 'PingFederate',
    hosts: ['*'],
    authorization: /^\/as\/authorization\.oauth2$/,
    token: /^\/as\/token\.oauth2$/,
    pkce: 'yes',
    checked: '2026-11-22',
    source: 'provider documentation',
  },
  {
    id: 'gitlab',
    name: 'GitLab',
    hosts: ['gitlab.com'],
    authorization: /^\/oauth\/authorize$/,
    token: /^\/oauth\/token$/,
    pkce: 'yes',
    broadScopes: ['api', 'sudo'],
    checked: '2026-11-22',
    source: 'provider documentation',
  },
];

interface Provider {
  readonly facts: ProviderFacts;
  /** The same at an endpoint that the provider replaced. */
  readonly legacyFacts: ProviderFacts;
  readonly row: ProviderRow;
}

const byHost = new Map<string, Provider>();
const bySuffix: [string, Provider][] = [];
const byPath: Provider[] = [];
for (const row of ROWS) {
  const facts: ProviderFacts = {
    id: row.id,
    name: row.name,
    pkce: row.pkce,
    s256Only: row.s256Only ?? false,
    shortCodes: row.shortCodes ?? false,
    defaultResponseType: row.defaultResponseType ?? null,
    stateByProvider: row.stateByProvider ?? false,
    implicitOnly: row.implicitOnly ?? false,
    nativePassword: row.nativePassword ?? false,
    startsFlows: row.startsFlows ?? false,
    displaysCode: row.displaysCode ?? false,
    looseIssuer: row.looseIssuer ?? false,
    symmetricIdTokens: row.symmetricIdTokens ?? false,
    fixedLifetimes: row.fixedLifetimes ?? false,
    nonceOptional: row.nonceOptional ?? false,
    redirectUriOptional: row.redirectUriOptional ?? false,
    refusesLocalhost: row.refusesLocalhost ?? false,
    openIdImplied: row.openIdImplied ?? false,
    offlineWithoutConsent: row.offlineWithoutConsent ?? false,
    logoutWithoutHint: row.logoutWithoutHint ?? false,
    broadScopes: row.broadScopes ?? [],
    resourceHosts: row.resourceHosts ?? [],
    keepsRefreshTokens: row.keepsRefreshTokens ?? false,
    endlessTokens: row.endlessTokens ?? false,
    legacyEndpoint: false,
  };
  const provider: Provider = { row, facts, legacyFacts: { ...facts, legacyEndpoint: true } };
  for (const host of row.hosts) {
    if (host === '*') byPath.push(provider);
    else if (host.startsWith('*')) bySuffix.push([host.slice(1), provider]);
    else byHost.set(host, provider);
  }
}

/** What is known of the server behind a host and path. `at` says which of its endpoints the path is. */
export interface ProviderMatch {
  readonly facts: ProviderFacts;
  readonly at: 'authorization' | 'token' | 'landing' | 'other';
}

export function providerAt(host: string, path: string): ProviderMatch | null {
  const provider = byHost.get(host) ?? bySuffix.find(([suffix]) => host.endsWith(suffix))?.[1];
  if (provider) {
    const legacy = provider.row.legacy?.test(path) ?? false;
    return { facts: legacy ? provider.legacyFacts : provider.facts, at: endpointKind(provider.row, path) };
  }
  for (const hosted of byPath) {
    const at = endpointKind(hosted.row, path);
    if (at !== 'other') return { facts: hosted.facts, at };
  }
  return null;
}

function endpointKind(row: ProviderRow, path: string): ProviderMatch['at'] {
  if (row.authorization.test(path)) return 'authorization';
  if (row.token.test(path)) return 'token';
  return row.landing?.test(path) ? 'landing' : 'other';
}

const CODES = ROWS.flatMap(({ code }) => code ?? []);

/** A code that looks like those of one provider and like nothing else. */
export function isProviderCode(code: string): boolean {
  return CODES.some((pattern) => pattern.test(code));
}

/** Redirect targets that belong to a vendor's own script, not to the developer. */
const RELAYS: readonly (readonly [RegExp, VendorSdk])[] = [
  [/^storagerelay:/, { id: 'google-identity', name: 'Google Identity Services' }],
  [/^postmessage$/, { id: 'google-identity', name: 'Google Identity Services' }],
  [/^https:\/\/staticxx\.facebook\.com\/|^fbconnect:/, { id: 'facebook-sdk', name: 'Facebook SDK' }],
  [/^https:\/\/[^/]+\.firebaseapp\.com\/__\/auth\//, { id: 'firebase-auth', name: 'Firebase Authentication' }],
];

/** The vendor's SDK that sent a request, told by its redirect target and its own parameters. */
export function sdkOf(
  redirectUri: string | null,
  names: ReadonlySet<string>,
  responseMode: string | null,
): VendorSdk | null {
  if (names.has('gsiwebsdk')) return { id: 'google-identity', name: 'Google Identity Services' };
  if (responseMode === 'web_message' && names.has('frame_id')) return { id: 'apple-js', name: 'Sign in with Apple JS' };
  if (redirectUri === null) return null;
  return RELAYS.find(([pattern]) => pattern.test(redirectUri))?.[1] ?? null;
}

/** Callback paths of brokers that are clients of another server themselves. */
export function isBrokerCallback(redirectUri: string): boolean {
  return BROKER_CALLBACKS.some((pattern) => pattern.test(redirectUri));
}

const BROKER_CALLBACKS: readonly RegExp[] = [
  /^https:\/\/[^/]+\.supabase\.co\/auth\/v1\/callback/,
  /^https:\/\/[^/]+\.auth0\.com\/login\/callback/,
  /^https:\/\/[^/]+\/(oauth2|saml2)\/idpresponse/,
  /^https:\/\/[^/]+\/.*\/broker\/[^/]+\/endpoint/,
  /^https:\/\/[^/]+\.b2clogin\.com\/.*\/oauth2\/authresp/,
  /^https:\/\/[^/]+\.okta\.com\/oauth2\/v1\/authorize\/callback/,
  /^https:\/\/[^/]+\.firebaseapp\.com\/__\/auth\/handler/,
];
