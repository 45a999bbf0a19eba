import { describe, expect, test } from 'vitest';
import { CLAIM_MEANINGS } from '../../../lib/token/claims.ts';
import { PROVIDER_CLAIMS, providerOf } from '../../../lib/token/provider-claims.ts';
import { scopeMeaning } from '../../../lib/token/scopes.ts';

describe('claims of providers', () => {
  test.each(PROVIDER_CLAIMS)('$name has only claims of its own', ({ claims }) => {
    expect(Object.keys(claims).filter((name) => Object.hasOwn(CLAIM_MEANINGS, name))).toEqual([]);
  });

  test.each([
    ['https://login.microsoftonline.com.evil.example/x/v2.0', null],
    ['https://evil.example/login.microsoftonline.com/', null],
    ['https://accounts.google.com.evil.example', null],
    ['https://auth0.com.evil.example/', null],
    ['https://as.example', null],
    [7, null],
    ['https://tenant.b2clogin.com/x/v2.0/', 'Microsoft Entra ID'],
    ['http://localhost:8080/realms/main', 'Keycloak'],
  ])('%s', (iss, name) => {
    expect(providerOf(iss)?.name ?? null).toBe(name);
  });
});

test.each([
  ['openid', true],
  ['https://graph.microsoft.com/User.Read', true],
  ['api://3f2a/.default', true],
  ['https://evil.example/User.Read', false],
  ['constructor', false],
  ['', false],
])('scope %s', (scope, known) => {
  expect(scopeMeaning(scope) !== null).toBe(known);
});
