import type { Examples } from '../model/example.ts';
import type { Fail, Rule, RuleContext, Severity, Trace } from '../model/rule.ts';
import { SEVERITIES } from '../model/rule.ts';
import { isBound } from '../page/token-values.ts';
import {
  MSAL_REFRESH,
  MSAL_SEALED,
  OIDC_KEY,
  OIDC_USER,
  pendingSignIn,
  storageUnseen,
  stored,
} from './support/example-pages.ts';
import {
  ACCESS_TOKEN,
  codeSignIn,
  ID_CLAIMS,
  REFRESH_TOKEN,
  refreshed,
  unreadableSignIn,
} from './support/example-sign-in.ts';
import { isNeverRotated, isRotated, isUnlimited } from './support/refreshes.ts';
import { judgeStoredTokens, type StoredToken, sealedEntries, storedBy } from './support/stored-tokens.ts';

export const rule: Rule = {
  id: 'refresh-token-in-web-storage',
  title: 'Refresh token in localStorage or sessionStorage',
  subject: 'Refresh tokens in localStorage and sessionStorage',
  group: 'E',
  severity: 'medium',
  confidence: 'certain',
  needs: ['page storage'],
  references: [
    { spec: 'RFC 10017', section: '8.5', level: 'none' },
    { spec: 'RFC 10017', section: '6.3.4.2.1', level: 'none' },
    { spec: 'RFC 10017', section: '5.1.2', level: 'none' },
    { spec: 'RFC 9700', section: '4.14', level: 'none' },
  ],
  asvs: ['10.1.1'],
  why: 'One injected script takes an access that outlives the visit: new tokens can be had elsewhere with it.',
  fix: 'Keep refresh tokens on a server (HttpOnly session cookie), or in a worker with rotation or DPoP.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const outcome = judgeStoredTokens(trace, c, ['local', 'session'], ['refresh token'], (tokens) => ({
      severity: severityOf(tokens),
      summary: c.say`${areaOf(tokens[0], c)} holds a refresh token${storedBy(tokens, c)}. A script injected into the page could read it.`,
    }));
    const sealed = outcome.is === 'fail' ? null : sealedRefreshToken(trace, c);
    return sealed === null ? outcome : c.fail(sealed);
  },
};

const areaOf = ({ stored: { snapshot } }: Pick<StoredToken, 'stored'>, c: RuleContext) =>
  c.say`${c.plain(snapshot.area)}Storage of ${c.plain(snapshot.origin)}`;

function severityOf(tokens: readonly StoredToken[]): Severity {
  const severities = tokens.map((token) => severityOfOne(token));
  return SEVERITIES.find((severity) => severities.includes(severity)) ?? 'medium';
}

function severityOfOne({ stored: { snapshot, value, among }, flow }: StoredToken): Severity {
  if (isBound(value, among)) return 'low';
  if (flow !== null && (isNeverRotated(flow) || isUnlimited(flow))) return 'high';
  return snapshot.area === 'session' && flow !== null && isRotated(flow) ? 'low' : 'medium';
}

/** Encrypted with a key that lies in a cookie: nothing for who copies the disk, everything for a script of the page. */
function sealedRefreshToken(trace: Trace, c: RuleContext): Fail | null {
  const entry = sealedEntries(trace).find(
    ({ key, snapshot }) => /refreshtoken/i.test(key) && snapshot.area === 'local',
  );
  if (entry === undefined) return null;
  return {
    evidence: [c.inStorage(entry)],
    severity: 'low',
    summary: c.say`localStorage of ${c.plain(entry.snapshot.origin)} holds a refresh token that the library encrypted: safe at rest, but not from a script of the page.`,
  };
}

const IN_USER = { [OIDC_KEY]: { ...OIDC_USER, refresh_token: REFRESH_TOKEN } };
const AGAIN = refreshed({ access_token: 'x8TnQ0wS2dF4gH6jK9lZ1c', token_type: 'Bearer' });
const ROTATED = refreshed({
  access_token: 'x8TnQ0wS2dF4gH6jK9lZ1c',
  token_type: 'Bearer',
  refresh_token: 'nW7rOt4t3dR3fr3shT0k3n',
});
const LATER = ['+0', '+3600', '+7200'].map((time) => `# time ${time}${AGAIN}`).join('\n');

export const examples: Examples = {
  violation: [
    { name: "a library's entry in localStorage", trace: stored(IN_USER), severity: 'medium' },
    { name: 'in sessionStorage', trace: stored(IN_USER, 'session'), severity: 'medium' },
    { name: 'under a name of its own', trace: stored({ refreshToken: REFRESH_TOKEN }), severity: 'medium' },
    { name: 'of MSAL in the clear', trace: stored(MSAL_REFRESH, 'session'), severity: 'medium' },
    {
      name: 'of Supabase',
      trace: stored({ 'sb-abcdefgh-auth-token': { access_token: ACCESS_TOKEN, refresh_token: 'v1k1mJ8v0qRkqB1c8n' } }),
      severity: 'medium',
    },
    { name: 'told by a message', trace: codeSignIn(ID_CLAIMS) + stored({ r: REFRESH_TOKEN }), severity: 'medium' },
    {
      name: 'that is used again and again',
      trace: codeSignIn(ID_CLAIMS) + LATER + stored({ r: REFRESH_TOKEN }),
      severity: 'high',
    },
    {
      name: 'that never ends',
      trace:
        refreshed({
          access_token: 'x8TnQ0wS2dF4gH6jK9lZ1c',
          token_type: 'Bearer',
          refresh_token: 'nW7rOt4t3dR3fr3shT0k3n',
          refresh_expires_in: 0,
        }) + stored({ r: 'nW7rOt4t3dR3fr3shT0k3n' }),
      severity: 'high',
    },
    {
      name: 'rotated, in sessionStorage',
      trace: ROTATED + stored({ r: 'nW7rOt4t3dR3fr3shT0k3n' }, 'session'),
      severity: 'low',
    },
    { name: 'rotated, in localStorage', trace: ROTATED + stored({ r: 'nW7rOt4t3dR3fr3shT0k3n' }), severity: 'medium' },
    {
      name: 'bound to a key',
      trace: stored({ [OIDC_KEY]: { ...OIDC_USER, token_type: 'DPoP', refresh_token: REFRESH_TOKEN } }),
      severity: 'low',
    },
    {
      name: 'the worst of several',
      trace: stored({
        a: { token_type: 'DPoP', refresh_token: REFRESH_TOKEN },
        refresh_token: 'nW7rOt4t3dR3fr3shT0k3n',
      }),
      severity: 'medium',
    },
    { name: 'encrypted by MSAL', trace: stored(MSAL_SEALED), severity: 'low' },
  ],
  clean: [
    { name: 'other things', trace: stored({ theme: 'dark' }) },
    { name: 'the access token alone is another finding', trace: stored({ [OIDC_KEY]: OIDC_USER }) },
  ],
  lookAlike: [
    pendingSignIn(),
    {
      name: 'a list of the ids under which MSAL stores',
      trace: stored({
        'msal.token.keys.web1': {
          idToken: [],
          accessToken: [],
          refreshToken: ['1f6c5d2e.9b1d-login.example-refreshtoken-web1----'],
        },
      }),
      verdict: 'pass',
    },
    {
      name: 'Firebase installations',
      trace: stored({ 'firebase-installations-store': { refreshToken: '2_k1mJ8v0qRkqB1c8n', fid: 'dQ9x' } }),
      verdict: 'pass',
    },
    { name: 'encrypted entries of the tab', trace: stored(MSAL_SEALED, 'session'), verdict: 'pass' },
    {
      name: 'an encrypted access token',
      trace: stored({
        'msal.2|u|e|accesstoken|web1|||': {
          id: '0198f6',
          nonce: 'lDVvC2X0wlFbo3yQ',
          data: 'k1mJ8v0qRkqB1c8nZr5sT7wXy',
        },
      }),
      verdict: 'pass',
    },
    {
      name: 'an entry of another kind that is sealed',
      trace: stored({ 'note-refreshtoken': { id: '1', nonce: 'n', data: 'k1mJ8v0qRkqB1c8nZr5sT7wXy' } }),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: unreadableSignIn() + stored({ s: { t: REFRESH_TOKEN } }),
      missing: ['response body'],
    },
    ...storageUnseen('local', 'cookie'),
  ],
};
