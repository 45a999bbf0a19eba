import type { StorageArea } from '../model/observation.ts';

/** What a client library stores under a key. */
export interface StorageSdk {
  readonly id: string;
  readonly name: string;
  readonly key: RegExp;
  readonly areas: readonly StorageArea[];
  /** `transaction`: what must outlive the redirect (state, nonce, verifier). `other`: indexes, flags, keys of other services. */
  readonly holds: 'tokens' | 'transaction' | 'other';
  /** The library writes there unless it is told otherwise. */
  readonly byDefault?: true;
  /** Everything there is meant for the page's script, and the library offers no other place. */
  readonly byDesign?: true;
}

const WEB: readonly StorageArea[] = ['local', 'session'];
const ANY: readonly StorageArea[] = ['local', 'session', 'cookie', 'indexeddb'];

/**
 * Storage keys of client libraries (looked up 2026-11; `tests/e2e/suites/libraries.ts` holds those of six against the
 * libraries themselves): the first that fits is taken.
 */
export const STORAGE_SDKS: readonly StorageSdk[] = [
  {
    id: 'msal',
    name: 'MSAL Browser',
    key: /[-|](access|id|refresh)token[-|]/i,
    areas: WEB,
    holds: 'tokens',
    byDefault: true,
  },
  {
    id: 'msal',
    name: 'MSAL Browser',
    // `msal.3|…`: what is no token there is the account.
    key: /^msal\.(\d+\||[^|]*(keys|version|interaction|request|state|nonce|verifier|params|encryption))/i,
    areas: ANY,
    holds: 'other',
  },
  { id: 'auth0-spa-js', name: 'auth0-spa-js', key: /^@@auth0spajs@@::/, areas: WEB, holds: 'tokens' },
  {
    id: 'auth0-spa-js',
    name: 'auth0-spa-js',
    key: /^(_legacy_)?(a0\.spajs\.txs|auth0\.([^.]+\.)?(is\.authenticated|organization_hint))/,
    areas: ANY,
    holds: 'transaction',
  },
  { id: 'oidc-client-ts', name: 'oidc-client-ts', key: /^oidc\.user:/, areas: WEB, holds: 'tokens', byDefault: true },
  { id: 'oidc-client-ts', name: 'oidc-client-ts', key: /^oidc\.[\w-]{16,}$/, areas: WEB, holds: 'transaction' },
  { id: 'keycloak-js', name: 'keycloak-js', key: /^kc-callback-/, areas: ANY, holds: 'transaction' },
  { id: 'amplify', name: 'AWS Amplify', key: /^CognitoIdentityServiceProvider\./, areas: ANY, holds: 'tokens' },
  { id: 'firebase', name: 'Firebase', key: /(^|\/)firebase:authUser:/, areas: ANY, holds: 'tokens', byDesign: true },
  {
    id: 'firebase',
    name: 'Firebase',
    key: /^firebase-(installations|heartbeat|messaging|app-check|remote-config)/,
    areas: ANY,
    holds: 'other',
  },
  {
    id: 'supabase',
    name: 'Supabase',
    key: /^sb-[\w-]+-auth-token(\.\d+)?$/,
    areas: ANY,
    holds: 'tokens',
    byDefault: true,
  },
  { id: 'supabase', name: 'Supabase', key: /^sb-[\w-]+-code-verifier$/, areas: ANY, holds: 'transaction' },
  {
    id: 'okta-auth-js',
    name: 'Okta Auth JS',
    key: /^okta-token-storage/,
    areas: ANY,
    holds: 'tokens',
    byDefault: true,
  },
  {
    id: 'okta-auth-js',
    name: 'Okta Auth JS',
    key: /^okta-(shared-)?(transaction|original-uri|cache)-storage/,
    areas: ANY,
    holds: 'transaction',
  },
  {
    id: 'auth.js',
    name: 'Auth.js',
    key: /^(__Secure-|__Host-)?(authjs|next-auth)\./,
    areas: ['cookie'],
    holds: 'other',
  },
];

export function sdkOfKey(area: StorageArea, key: string): StorageSdk | null {
  return STORAGE_SDKS.find((sdk) => sdk.areas.includes(area) && sdk.key.test(key)) ?? null;
}
