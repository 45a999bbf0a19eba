import type { Examples } from '../model/example.ts';
import type { Rule, Severity } from '../model/rule.ts';
import { lifetimeOf } from '../page/token-values.ts';
import {
  ACCESS_JWT,
  MSAL_ACCESS,
  MSAL_SEALED,
  OIDC_KEY,
  OIDC_USER,
  pendingSignIn,
  storageUnseen,
  stored,
} from './support/example-pages.ts';
import {
  ACCESS_CLAIMS,
  ACCESS_TOKEN,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  REFRESH_TOKEN,
  unreadableSignIn,
} from './support/example-sign-in.ts';
import {
  areExpired,
  isAdministrative,
  judgeStoredTokens,
  kindsOf,
  type StoredToken,
  storedBy,
} from './support/stored-tokens.ts';

const DAY = 24 * 3600;

export const rule: Rule = {
  id: 'token-in-localstorage',
  title: 'Token in localStorage',
  subject: 'Tokens in localStorage',
  group: 'E',
  severity: 'medium',
  confidence: 'certain',
  needs: ['page storage'],
  references: [
    { spec: 'RFC 10017', section: '8.5', level: 'none' },
    { spec: 'RFC 10017', section: '6.3.4.2.1', level: 'none' },
  ],
  asvs: ['10.1.1'],
  why: 'Every script that runs on this origin, now or in a later visit, can read the token and send it elsewhere.',
  fix: 'Keep access tokens in memory or a worker, and sessions in HttpOnly cookies.',
  parents: ['refresh-token-in-web-storage'],

  judges: 'trace',
  check: (trace, c) =>
    judgeStoredTokens(trace, c, ['local'], ['access token', 'ID token'], (tokens) => ({
      severity: severityOf(tokens, c.now),
      summary: c.say`localStorage of ${c.plain(tokens[0].stored.snapshot.origin)} holds the ${kindsOf(tokens, c)}${storedBy(tokens, c)}. A script injected into the page could read it.`,
    })),
};

function severityOf(tokens: readonly StoredToken[], now: number | null): Severity {
  if (areExpired(tokens, now)) return 'low';
  const grave = tokens.some(
    ({ is, stored: { value } }) =>
      is === 'access token' && ((lifetimeOf(value) ?? 0) > DAY || isAdministrative({ value })),
  );
  return grave ? 'high' : 'medium';
}

const DURING = '2026-01-01T00:30:00Z';
const living = (more: object): string => exampleJwt({ ...ACCESS_CLAIMS, ...more });

export const examples: Examples = {
  violation: [
    { name: "a library's entry", trace: stored({ [OIDC_KEY]: OIDC_USER }), severity: 'medium' },
    { name: 'under a name of its own', trace: stored({ accessToken: ACCESS_TOKEN }), severity: 'medium' },
    { name: 'an ID token', trace: stored({ 'auth.id_token': exampleJwt(ID_CLAIMS) }), severity: 'medium' },
    { name: 'under any name, told by its claims', trace: stored({ session: ACCESS_JWT }), severity: 'medium' },
    {
      name: 'under any name, told by a message',
      trace: codeSignIn(ID_CLAIMS) + stored({ s: { t: ACCESS_TOKEN } }),
      severity: 'medium',
    },
    { name: 'of MSAL in the clear', trace: stored(MSAL_ACCESS), severity: 'medium' },
    {
      name: 'inside of the state of an application',
      trace: stored({ 'persist:root': { auth: JSON.stringify({ accessToken: ACCESS_TOKEN }) } }),
      severity: 'medium',
    },
    {
      name: 'that lives for days',
      trace: stored({ session: living({ exp: ACCESS_CLAIMS.iat + DAY + 1 }) }),
      severity: 'high',
    },
    { name: 'that administers', trace: stored({ session: living({ scope: 'read admin:all' }) }), severity: 'high' },
    { name: 'that has ended', trace: stored({ session: ACCESS_JWT }), now: '2026-01-01T02:00:00Z', severity: 'low' },
    {
      name: 'one that has ended beside one that has not',
      trace: stored({ one: ACCESS_JWT, two: living({ exp: 1767250000 }) }),
      now: '2026-01-01T02:00:00Z',
      severity: 'medium',
    },
    { name: 'that goes on', trace: stored({ session: ACCESS_JWT }), now: DURING, severity: 'medium' },
  ],
  clean: [
    { name: 'other things', trace: stored({ theme: 'dark', lastVisit: '2026-01-01T00:00:00Z' }) },
    { name: 'nothing', trace: stored({}) },
  ],
  lookAlike: [
    pendingSignIn(),
    { name: 'entries that MSAL encrypted', trace: stored(MSAL_SEALED), verdict: 'pass' },
    {
      name: "Supabase's key for everybody",
      trace: stored({ access_token: exampleJwt({ iss: 'supabase', ref: 'abcdefgh', role: 'anon', iat: 1, exp: 2e9 }) }),
      verdict: 'pass',
    },
    {
      name: "a map's public key",
      trace: stored({ access_token: 'pk.eyJ1IjoiZXhhbXBsZSIsImEiOiJjazl6In0.wX1y2Z3a4B' }),
      verdict: 'pass',
    },
    {
      name: 'a session of the application itself',
      trace: stored({ session: exampleJwt({ sub: '7', iat: 1767225600, exp: 1767229200 }) }),
      verdict: 'pass',
    },
    {
      name: 'an encrypted session',
      trace: stored({
        session: 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..lDVvC2X0wlFbo3yQ.k1mJ8v0qRkqB1c8n.Zr5sT7wXyZr5sT7wXyZr5s',
      }),
      verdict: 'pass',
    },
    {
      name: 'Firebase installations and App Check',
      trace: stored({
        'firebase-installations-database': {
          refreshToken: '2_k1mJ8v0qRkqB1c8n',
          authToken: { token: 'k1mJ8v0qRkqB1c8nZr5sT7wXy' },
        },
      }),
      verdict: 'pass',
    },
    { name: 'a placeholder', trace: stored({ access_token: 'undefined', id_token: '' }), verdict: 'pass' },
    { name: 'a refresh token is another finding', trace: stored({ refresh_token: REFRESH_TOKEN }), verdict: 'pass' },
    {
      name: 'sessionStorage is another finding',
      trace: stored({}) + stored({ access_token: ACCESS_TOKEN }, 'session'),
      verdict: 'pass',
    },
    {
      name: 'a header that a form protects itself with',
      trace: stored({ csrfToken: 'k1mJ8v0qRkqB1c8nZr5sT7wXy' }),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: unreadableSignIn() + stored({ s: { t: ACCESS_TOKEN } }),
      missing: ['response body'],
    },
    ...storageUnseen('local', 'session'),
  ],
};
