/**
 * Ends of the paths that back-channel requests go to, as providers and server products name them. The browser matches
 * them itself, so a request to any other address costs nothing. Each ends a whole path: `/token` matches
 * `https://as.example/oauth2/token` and `…/token?…`, not `/token.js`, `/api/tokens` or `?token=`.
 *
 * Left out although servers use them: `/request` (PAR) and `/me` (userinfo) of some products, `/register`, `/keys`,
 * `/certs`. Ordinary sites have those, too, and would pay for it.
 */
const PATH_ENDS = [
  // RFC 6749 token endpoint; most providers. `/token/` is TikTok's, `/access_token` GitHub's, Facebook's and Shopify's,
  // `/accessToken` LinkedIn's, `.oauth2` Ping's, `.srf` Microsoft accounts', the next three Slack's.
  '/token',
  '/token/',
  '/access_token',
  '/accessToken',
  '/token.oauth2',
  '/oauth20_token.srf',
  '/oauth.v2.access',
  '/oauth.v2.user.access',
  '/openid.connect.token',
  // RFC 9126 pushed authorization request; the second is Keycloak's.
  '/par',
  '/par/request',
  '/par.oauth2',
  // RFC 7009 revocation, RFC 7662 introspection.
  '/revoke',
  '/revocation',
  '/revoke_token.oauth2',
  '/introspect',
  '/introspection',
  '/introspect.oauth2',
  // RFC 8628 device authorization: the standard's name, then Google and GitHub, Entra, Okta, Keycloak, GitLab,
  // IdentityServer, Ping.
  '/device_authorization',
  '/device/code',
  '/devicecode',
  '/device/authorize',
  '/auth/device',
  '/authorize_device',
  '/deviceauthorization',
  '/device_authz.oauth2',
  // OpenID Connect Core §5.3; `/userInfo` is Cognito's.
  '/userinfo',
  '/userInfo',
  '/userinfo.openid',
] as const;

/** Discovery documents: RFC 8414 and RFC 9728 put the issuer's path behind them, OpenID Connect Discovery before. */
const WELL_KNOWN = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-protected-resource',
] as const;

/** Match patterns, in which `?` is a literal and `*` stands for anything, `/` included. */
export const TOKEN_ENDPOINTS: readonly string[] = [
  // The path alone and below others: `*://*/*/token` does not match `https://as.example/token`.
  ...PATH_ENDS.flatMap((end) => [`*://*${end}`, `*://*${end}?*`, `*://*/*${end}`, `*://*/*${end}?*`]),
  ...WELL_KNOWN.flatMap((path) => [`*://*${path}*`, `*://*/*${path}*`]),
];
