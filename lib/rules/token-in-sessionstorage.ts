import type { Examples } from '../model/example.ts';
import type { Rule, Severity } from '../model/rule.ts';
import { isBound } from '../page/token-values.ts';
import {
  ACCESS_JWT,
  MSAL_ACCESS,
  OIDC_KEY,
  OIDC_USER,
  pendingSignIn,
  storageUnseen,
  stored,
} from './support/example-pages.ts';
import { ACCESS_TOKEN, codeSignIn, exampleJwt, ID_CLAIMS, unreadableSignIn } from './support/example-sign-in.ts';
import { areExpired, judgeStoredTokens, kindsOf, type StoredToken, storedBy } from './support/stored-tokens.ts';

export const rule: Rule = {
  id: 'token-in-sessionstorage',
  title: 'Token in sessionStorage',
  subject: 'Tokens in sessionStorage',
  group: 'E',
  severity: 'low',
  confidence: 'certain',
  needs: ['page storage'],
  references: [{ spec: 'RFC 10017', section: '8.5', level: 'none' }],
  asvs: ['10.1.1'],
  why: 'Every script that runs on the page can read the token and send it elsewhere; it is gone only when the tab is closed.',
  fix: 'Keep access tokens in memory or a worker, and let them live for minutes.',
  parents: ['refresh-token-in-web-storage'],

  judges: 'trace',
  check: (trace, c) =>
    judgeStoredTokens(trace, c, ['session'], ['access token', 'ID token'], (tokens) => ({
      severity: severityOf(tokens, c.now),
      summary: c.say`sessionStorage of ${c.plain(tokens[0].stored.snapshot.origin)} holds the ${kindsOf(tokens, c)}${storedBy(tokens, c)}. A script injected into the page could read it.`,
    })),
};

/** What is bound to a key is worth little elsewhere, and the place is the library's choice. */
function severityOf(tokens: readonly StoredToken[], now: number | null): Severity {
  const harmless = tokens.every(
    ({ is, sdk, stored: { value, among } }) => sdk?.byDefault === true && (is === 'ID token' || isBound(value, among)),
  );
  const bound = tokens.some(({ stored: { value, among } }) => isBound(value, among));
  return areExpired(tokens, now) || (harmless && bound) ? 'info' : 'low';
}

export const examples: Examples = {
  violation: [
    { name: "a library's entry", trace: stored({ [OIDC_KEY]: OIDC_USER }, 'session'), severity: 'low' },
    { name: 'of MSAL', trace: stored(MSAL_ACCESS, 'session'), severity: 'low' },
    {
      name: 'told by a message',
      trace: codeSignIn(ID_CLAIMS) + stored({ s: ACCESS_TOKEN }, 'session'),
      severity: 'low',
    },
    {
      name: 'an ID token of a library',
      trace: stored({ [OIDC_KEY]: { id_token: exampleJwt(ID_CLAIMS) } }, 'session'),
      severity: 'low',
    },
    {
      name: 'bound to a key, where the library keeps it',
      trace: stored({ [OIDC_KEY]: { ...OIDC_USER, token_type: 'DPoP' } }, 'session'),
      severity: 'info',
    },
    {
      name: 'bound to a key, but put there by hand',
      trace: stored({ auth: { access_token: ACCESS_TOKEN, token_type: 'DPoP' } }, 'session'),
      severity: 'low',
    },
    {
      name: 'that has ended',
      trace: stored({ t: ACCESS_JWT }, 'session'),
      now: '2026-01-01T02:00:00Z',
      severity: 'info',
    },
    { name: 'that goes on', trace: stored({ t: ACCESS_JWT }, 'session'), now: '2026-01-01T00:30:00Z', severity: 'low' },
  ],
  clean: [{ name: 'other things', trace: stored({ theme: 'dark' }, 'session') }],
  lookAlike: [
    pendingSignIn('session'),
    {
      name: 'localStorage is another finding',
      trace: stored({}, 'session') + stored({ access_token: ACCESS_TOKEN }),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: unreadableSignIn() + stored({ s: { t: ACCESS_TOKEN } }, 'session'),
      missing: ['response body'],
    },
    ...storageUnseen('session', 'local'),
  ],
};
