import type { Examples } from '../model/example.ts';
import type { Rule, Severity } from '../model/rule.ts';
import { isBound } from '../page/token-values.ts';
import { ACCESS_JWT, OIDC_USER, storageUnseen, stored } from './support/example-pages.ts';
import { ACCESS_TOKEN, codeSignIn, ID_CLAIMS, REFRESH_TOKEN, unreadableSignIn } from './support/example-sign-in.ts';
import { judgeStoredTokens, kindsOf, type StoredToken, storedBy } from './support/stored-tokens.ts';

export const rule: Rule = {
  id: 'token-in-indexeddb',
  title: 'Token in IndexedDB',
  subject: 'Tokens in IndexedDB',
  group: 'E',
  severity: 'low',
  confidence: 'firm',
  needs: ['page storage'],
  references: [
    { spec: 'RFC 10017', section: '8.2', level: 'none' },
    { spec: 'RFC 10017', section: '8.5', level: 'none' },
  ],
  asvs: ['10.1.1'],
  why: 'The page and its service workers can read it for as long as the browser keeps it, and so can an injected script.',
  fix: 'Keep tokens in memory; what has to last belongs into a session on a server.',
  parents: [],

  judges: 'trace',
  check: (trace, c) =>
    judgeStoredTokens(trace, c, ['indexeddb'], ['access token', 'ID token', 'refresh token'], (tokens) => ({
      severity: severityOf(tokens),
      summary: c.say`IndexedDB of ${c.plain(tokens[0].stored.snapshot.origin)} holds the ${kindsOf(tokens, c)}${storedBy(tokens, c)}.`,
    })),
};

/** A refresh token weighs as much here as in localStorage, unless the library leaves no choice. */
function severityOf(tokens: readonly StoredToken[]): Severity {
  const grave = tokens.some(
    ({ is, sdk, stored: { value, among } }) =>
      is === 'refresh token' && sdk?.byDesign !== true && !isBound(value, among),
  );
  return grave ? 'medium' : 'low';
}

const FIREBASE = {
  'firebaseLocalStorageDb/firebaseLocalStorage/firebase:authUser:AIzaSyExample:[DEFAULT]': {
    value: {
      uid: '1',
      stsTokenManager: { refreshToken: REFRESH_TOKEN, accessToken: ACCESS_JWT, expirationTime: 1767229200000 },
    },
  },
};

export const examples: Examples = {
  violation: [
    { name: 'an access token', trace: stored({ 'app/auth/user': OIDC_USER }, 'indexeddb'), severity: 'low' },
    {
      name: 'told by a message',
      trace: codeSignIn(ID_CLAIMS) + stored({ 'app/kv/1': { v: ACCESS_TOKEN } }, 'indexeddb'),
      severity: 'low',
    },
    {
      name: 'a refresh token',
      trace: stored({ 'app/auth/user': { refresh_token: REFRESH_TOKEN } }, 'indexeddb'),
      severity: 'medium',
    },
    {
      name: 'a refresh token that is bound to a key',
      trace: stored({ 'app/auth/user': { refresh_token: REFRESH_TOKEN, token_type: 'DPoP' } }, 'indexeddb'),
      severity: 'low',
    },
    { name: 'where Firebase keeps its own', trace: stored(FIREBASE, 'indexeddb'), severity: 'low' },
  ],
  clean: [{ name: 'other things', trace: stored({ 'app/notes/1': { title: 'a' } }, 'indexeddb') }],
  lookAlike: [
    {
      name: 'a key that cannot be taken out, and a nonce',
      trace: stored(
        { 'dpop-keys/keys/web1': { privateKey: '[CryptoKey]', dpopNonce: 'k1mJ8v0qRkqB1c8nZr5sT7wXy' } },
        'indexeddb',
      ),
      verdict: 'pass',
    },
    {
      name: 'Firebase installations',
      trace: stored(
        {
          'firebase-installations-database/firebase-installations-store/1': {
            refreshToken: '2_k1mJ8v0qRkqB1c8n',
            authToken: { token: ACCESS_JWT },
          },
        },
        'indexeddb',
      ),
      verdict: 'pass',
    },
    {
      name: 'localStorage is another finding',
      trace: stored({}, 'indexeddb') + stored({ access_token: ACCESS_TOKEN }),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: unreadableSignIn() + stored({ s: { t: ACCESS_TOKEN } }, 'indexeddb'),
      missing: ['response body'],
    },
    ...storageUnseen('indexeddb', 'local'),
  ],
};
