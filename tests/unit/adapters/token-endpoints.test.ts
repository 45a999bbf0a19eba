import { describe, expect, it } from 'vitest';
import { TOKEN_ENDPOINTS } from '../../../lib/adapters/token-endpoints.ts';
import { isTokenEndpoint } from './endpoint-patterns.ts';

describe('TOKEN_ENDPOINTS', () => {
  it.each([
    'https://as.example/token',
    'https://as.example/oauth2/token?x=1',
    'https://oauth2.googleapis.com/token',
    'https://oauth2.googleapis.com/device/code',
    'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    'https://login.microsoftonline.com/common/oauth2/v2.0/devicecode',
    'https://login.live.com/oauth20_token.srf',
    'https://github.com/login/oauth/access_token',
    'https://github.com/login/device/code',
    'https://gitlab.example/oauth/authorize_device',
    'https://graph.facebook.com/v21.0/oauth/access_token?client_id=1',
    'https://org.okta.com/oauth2/default/v1/introspect',
    'https://org.okta.com/oauth2/default/v1/device/authorize',
    'https://tenant.auth0.com/oauth/revoke',
    'https://tenant.auth0.com/oauth/par',
    'https://kc.example/realms/r/protocol/openid-connect/token/introspect',
    'https://kc.example/realms/r/protocol/openid-connect/ext/par/request',
    'https://kc.example/realms/r/protocol/openid-connect/auth/device',
    'https://p.auth.eu-west-1.amazoncognito.com/oauth2/userInfo',
    'https://slack.com/api/oauth.v2.access',
    'https://slack.com/api/openid.connect.token',
    'https://www.linkedin.com/oauth/v2/accessToken',
    'https://as.example/as/token.oauth2',
    'https://as.example/as/introspect.oauth2',
    'https://api.amazon.com/auth/o2/token',
    'https://shop.myshopify.com/admin/oauth/access_token',
    'https://open.tiktokapis.com/v2/oauth/token/',
    'https://ref.supabase.co/auth/v1/token?grant_type=pkce',
    'https://as.example/connect/deviceauthorization',
    'https://as.example/token/revocation',
    'https://as.example/.well-known/openid-configuration',
    'https://as.example/tenant/.well-known/openid-configuration',
    'https://as.example/.well-known/oauth-authorization-server/tenant',
    'https://api.example/.well-known/oauth-protected-resource/v1',
  ])('hears %s', (url) => {
    expect(isTokenEndpoint(url)).toBe(true);
  });

  it.each([
    'https://app.example/',
    'https://app.example/token.js',
    'https://app.example/api/tokens',
    'https://app.example/api/token-balance?client_id=7',
    'https://app.example/x?token=1&code=de&state=CA',
    'https://app.example/oauth-logo.png',
    'https://app.example/userinfo-card.svg',
    'https://app.example/spare/parts?par=1',
    'https://app.example/revoked',
    'https://app.example/authorize?client_id=1',
    'https://app.example/devices/code',
    'https://app.example/.well-known/change-password',
  ])('does not hear %s', (url) => {
    expect(isTokenEndpoint(url)).toBe(false);
  });

  it('names each pattern once', () => {
    expect(new Set(TOKEN_ENDPOINTS).size).toBe(TOKEN_ENDPOINTS.length);
  });
});
