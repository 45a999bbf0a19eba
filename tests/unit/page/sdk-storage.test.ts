import { expect, test } from 'vitest';
import type { StorageArea } from '../../../lib/model/observation.ts';
import { sdkOfKey } from '../../../lib/page/sdk-storage.ts';

/** Keys as the libraries write them; client `web1`, server `as.example`. */
const KEYS: readonly (readonly [area: StorageArea, key: string, held: string])[] = [
  // MSAL Browser 5.30
  ['session', 'msal.3|alice|as.example|accesstoken|web1||openid profile|', 'msal tokens'],
  ['session', 'msal.3|alice|as.example|idtoken|web1|||', 'msal tokens'],
  ['local', 'msal.3|alice|as.example|refreshtoken|web1|||', 'msal tokens'],
  ['local', 'msal.3|alice|as.example|', 'msal other'],
  ['local', 'msal.3.account.keys', 'msal other'],
  ['local', 'msal.3.token.keys.web1', 'msal other'],
  ['local', 'msal.version', 'msal other'],
  ['session', 'msal.interaction.status', 'msal other'],
  ['session', 'msal.web1.request.params', 'msal other'],
  ['session', 'msal.web1.request.origin', 'msal other'],
  ['session', 'msal.web1.code.verifier', 'msal other'],
  ['cookie', 'msal.cache.encryption', 'msal other'],
  // auth0-spa-js 2.27
  ['local', '@@auth0spajs@@::web1::default::openid profile offline_access', 'auth0-spa-js tokens'],
  ['local', '@@auth0spajs@@::web1::@@user@@', 'auth0-spa-js tokens'],
  ['session', 'a0.spajs.txs.web1', 'auth0-spa-js transaction'],
  ['cookie', '_legacy_a0.spajs.txs.web1', 'auth0-spa-js transaction'],
  ['cookie', 'auth0.web1.is.authenticated', 'auth0-spa-js transaction'],
  ['cookie', '_legacy_auth0.web1.is.authenticated', 'auth0-spa-js transaction'],
  ['cookie', 'auth0.web1.organization_hint', 'auth0-spa-js transaction'],
  // oidc-client-ts 3.5
  ['local', 'oidc.user:https://as.example:web1', 'oidc-client-ts tokens'],
  ['local', 'oidc.d425aaf83559451080d8bea505bfbbfa', 'oidc-client-ts transaction'],
  // keycloak-js 26.2
  ['local', 'kc-callback-5624b3b5-b62e-40a4-998c-01b345ea98d5', 'keycloak-js transaction'],
];

test.each(KEYS)('%s %s holds %s', (area, key, held) => {
  const sdk = sdkOfKey(area, key);
  expect(`${sdk?.id} ${sdk?.holds}`).toBe(held);
});

test.each([
  ['local', 'msal'],
  ['local', 'auth0'],
  ['local', 'oidc.theme'],
  ['session', 'accesstoken'],
] as const)('%s %s is of no library', (area, key) => {
  expect(sdkOfKey(area, key)).toBeNull();
});
