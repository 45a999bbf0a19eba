import type { Reference } from '../model/rule.ts';

interface Spec {
  readonly title: string;
  /** Address of the document; `#` and the section's anchor follow where the document has them. */
  readonly url: string;
  readonly anchor?: (section: string) => string;
}

const rfc = (number: number, title: string): Spec => ({
  title,
  url: `https://www.rfc-editor.org/rfc/rfc${number}.html`,
  anchor: (section) => (/^[A-Z]/.test(section) ? `appendix-${section}` : `section-${section}`),
});

const openId = (path: string, title: string): Spec => ({ title, url: `https://openid.net/specs/${path}.html` });

/** Every document that a rule may cite. A reference to another one fails a test. */
export const SPECS: ReadonlyMap<string, Spec> = new Map([
  ['RFC 6749', rfc(6749, 'The OAuth 2.0 Authorization Framework')],
  ['RFC 6750', rfc(6750, 'Bearer Token Usage')],
  ['RFC 6819', rfc(6819, 'OAuth 2.0 Threat Model and Security Considerations')],
  ['RFC 7009', rfc(7009, 'OAuth 2.0 Token Revocation')],
  ['RFC 7515', rfc(7515, 'JSON Web Signature')],
  ['RFC 7516', rfc(7516, 'JSON Web Encryption')],
  ['RFC 7517', rfc(7517, 'JSON Web Key')],
  ['RFC 7518', rfc(7518, 'JSON Web Algorithms')],
  ['RFC 7519', rfc(7519, 'JSON Web Token')],
  ['RFC 7521', rfc(7521, 'Assertion Framework for OAuth 2.0')],
  ['RFC 7523', rfc(7523, 'JWT Profile for OAuth 2.0 Client Authentication')],
  ['RFC 7591', rfc(7591, 'OAuth 2.0 Dynamic Client Registration')],
  ['RFC 7636', rfc(7636, 'Proof Key for Code Exchange')],
  ['RFC 7638', rfc(7638, 'JSON Web Key Thumbprint')],
  ['RFC 7662', rfc(7662, 'OAuth 2.0 Token Introspection')],
  ['RFC 7797', rfc(7797, 'JWS Unencoded Payload Option')],
  ['RFC 8252', rfc(8252, 'OAuth 2.0 for Native Apps')],
  ['RFC 8414', rfc(8414, 'OAuth 2.0 Authorization Server Metadata')],
  ['RFC 8628', rfc(8628, 'OAuth 2.0 Device Authorization Grant')],
  ['RFC 8693', rfc(8693, 'OAuth 2.0 Token Exchange')],
  ['RFC 8705', rfc(8705, 'OAuth 2.0 Mutual-TLS Client Authentication')],
  ['RFC 8707', rfc(8707, 'Resource Indicators for OAuth 2.0')],
  ['RFC 8725', rfc(8725, 'JSON Web Token Best Current Practices')],
  ['RFC 9068', rfc(9068, 'JWT Profile for OAuth 2.0 Access Tokens')],
  ['RFC 9101', rfc(9101, 'JWT-Secured Authorization Request')],
  ['RFC 9126', rfc(9126, 'OAuth 2.0 Pushed Authorization Requests')],
  ['RFC 9207', rfc(9207, 'OAuth 2.0 Authorization Server Issuer Identification')],
  ['RFC 9396', rfc(9396, 'OAuth 2.0 Rich Authorization Requests')],
  ['RFC 9449', rfc(9449, 'OAuth 2.0 Demonstrating Proof of Possession')],
  ['RFC 9470', rfc(9470, 'OAuth 2.0 Step Up Authentication Challenge')],
  ['RFC 9700', rfc(9700, 'Best Current Practice for OAuth 2.0 Security')],
  ['RFC 9728', rfc(9728, 'OAuth 2.0 Protected Resource Metadata')],
  ['RFC 9110', rfc(9110, 'HTTP Semantics')],
  ['RFC 9111', rfc(9111, 'HTTP Caching')],
  ['RFC 3986', rfc(3986, 'Uniform Resource Identifier')],
  ['RFC 6265', rfc(6265, 'HTTP State Management Mechanism')],
  ['RFC 6797', rfc(6797, 'HTTP Strict Transport Security')],
  ['RFC 10017', rfc(10017, 'OAuth 2.0 for Browser-Based Applications')],
  [
    'OAuth 2.1',
    {
      title: 'The OAuth 2.1 Authorization Framework (draft)',
      url: 'https://datatracker.ietf.org/doc/draft-ietf-oauth-v2-1/',
    },
  ],
  ['OIDC Core', openId('openid-connect-core-1_0', 'OpenID Connect Core 1.0')],
  ['OIDC Discovery', openId('openid-connect-discovery-1_0', 'OpenID Connect Discovery 1.0')],
  ['OIDC Registration', openId('openid-connect-registration-1_0', 'OpenID Connect Dynamic Client Registration 1.0')],
  ['OIDC RP-Initiated Logout', openId('openid-connect-rpinitiated-1_0', 'OpenID Connect RP-Initiated Logout 1.0')],
  ['OIDC Front-Channel Logout', openId('openid-connect-frontchannel-1_0', 'OpenID Connect Front-Channel Logout 1.0')],
  ['OIDC Back-Channel Logout', openId('openid-connect-backchannel-1_0', 'OpenID Connect Back-Channel Logout 1.0')],
  ['OIDC Session', openId('openid-connect-session-1_0', 'OpenID Connect Session Management 1.0')],
  [
    'Multiple Response Types',
    openId('oauth-v2-multiple-response-types-1_0', 'OAuth 2.0 Multiple Response Type Encoding Practices'),
  ],
  ['Form Post', openId('oauth-v2-form-post-response-mode-1_0', 'OAuth 2.0 Form Post Response Mode')],
  ['JARM', openId('oauth-v2-jarm', 'JWT Secured Authorization Response Mode for OAuth 2.0')],
  ['FAPI 2.0', openId('fapi-security-profile-2_0-final', 'FAPI 2.0 Security Profile')],
  ['CSP 3', { title: 'Content Security Policy Level 3', url: 'https://www.w3.org/TR/CSP3/' }],
  ['Fetch', { title: 'Fetch Standard', url: 'https://fetch.spec.whatwg.org/' }],
  ['Referrer Policy', { title: 'Referrer Policy', url: 'https://www.w3.org/TR/referrer-policy/' }],
  [
    'ASVS 5.0',
    {
      title: 'OWASP Application Security Verification Standard 5.0',
      url: 'https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en',
    },
  ],
]);

/** Address of the cited section, or of its document; `null` for a document that is not listed. */
export function specUrl(reference: Pick<Reference, 'spec' | 'section'>): string | null {
  const spec = SPECS.get(reference.spec);
  if (spec === undefined) return null;
  const anchor = spec.anchor?.(reference.section) ?? '';
  return anchor === '' ? spec.url : `${spec.url}#${anchor}`;
}

/** Full title of a cited document. */
export function specTitle(spec: string): string | null {
  return SPECS.get(spec)?.title ?? null;
}
