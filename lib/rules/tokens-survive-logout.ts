import { endpointOf } from '../http/endpoint.ts';
import { header } from '../http/headers.ts';
import { parseForm, queryOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Exchange, StorageSnapshot } from '../model/observation.ts';
import type { Fail, Rule, Trace } from '../model/rule.ts';
import { seenWhole } from '../page/stored-values.ts';
import { ACCESS_JWT, stored } from './support/example-pages.ts';
import { ACCESS_TOKEN, codeSignIn, ID_CLAIMS, REFRESH_TOKEN, unreadableSignIn } from './support/example-sign-in.ts';
import { whatHidesTokens } from './support/hidden-tokens.ts';
import { knownTokens } from './support/known-tokens.ts';
import { isAfter, logoutNavigations } from './support/moments.ts';
import { areExpired, kindsOf, tokensInSnapshots } from './support/stored-tokens.ts';

/** Other tabs hear of a sign-out a little later. */
const TIDY_MS = 5000;

export const rule: Rule = {
  id: 'tokens-survive-logout',
  title: 'Tokens still in storage after signing out',
  subject: 'Storage after signing out',
  group: 'E',
  severity: 'medium',
  confidence: 'certain',
  needs: ['page storage'],
  references: [
    { spec: 'RFC 7009', section: '1', level: 'none' },
    { spec: 'RFC 9700', section: '4.14.2', level: 'none' },
  ],
  asvs: ['7.4.1'],
  why: 'Who uses this browser next, or an injected script, has the access of the person who signed out.',
  fix: 'Delete every token when the person signs out, and revoke the refresh token.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const logouts = signOuts(trace);
    if (logouts.length === 0) return c.notApplicable;
    const tokens = c.once(tokensInSnapshots);
    const fails: Fail[] = [];
    let looked = false;
    for (const logout of logouts) {
      const sites = sitesOf(logout);
      const isLater = (snapshot: StorageSnapshot): boolean =>
        isAfter(snapshot, logout, TIDY_MS) && sites.has(endpointOf(snapshot.origin)?.site ?? '');
      looked ||= trace.snapshots.some((snapshot) => isLater(snapshot) && seenWhole([snapshot]));
      const before = new Set(
        tokens.filter(({ stored }) => isAfter(logout, stored.snapshot)).map(({ stored }) => stored.value),
      );
      for (const { value, message } of c.once(knownTokens).values()) {
        if (isAfter(logout, message.exchange)) before.add(value);
      }
      const left = tokens.filter(
        (token) => isLater(token.stored.snapshot) && before.has(token.stored.value) && !areExpired([token], c.now),
      );
      const [first, ...rest] = left;
      if (first === undefined) continue;
      fails.push({
        evidence: [c.inStorage(first.stored), ...rest.map(({ stored }) => c.inStorage(stored))],
        ...(first.flow === null ? {} : { flow: first.flow }),
        summary: c.say`After signing out, storage of ${c.plain(first.stored.snapshot.origin)} still holds the ${kindsOf(left, c)} of before.`,
      });
    }
    const [first, ...rest] = fails;
    if (first !== undefined) return c.fail(first, ...rest);
    if (!looked) return c.cannotTell('page storage');
    const hidden = c.once(whatHidesTokens);
    return hidden === null ? c.pass : c.cannotTell(hidden);
  },
};

/** Requests that end the session, at the server or at the application. */
function signOuts(trace: Trace): readonly Exchange[] {
  const atServer = trace.flows.flatMap(({ messages }) => messages.filter(({ kind }) => kind === 'logoutRequest'));
  return [...new Set([...atServer.map(({ exchange }) => exchange), ...logoutNavigations(trace)])];
}

/** Sites whose session it ends: where it goes, where it comes from and where it leads back to. */
function sitesOf({ request, initiator }: Exchange): ReadonlySet<string> {
  const back = parseForm(queryOf(request.url), 'query').map(({ value }) => value);
  const urls = [request.url, initiator, header(request.headers, 'referer'), ...back];
  return new Set(urls.flatMap((url) => endpointOf(url ?? '')?.site ?? []));
}

const SIGNED_IN = codeSignIn(ID_CLAIMS);
const HELD = stored({ auth: { access_token: ACCESS_TOKEN, refresh_token: REFRESH_TOKEN } });
const at = (seconds: number, block: string): string => `\n\n# time +${seconds}\n${block.trim()}\n\n`;
const SIGN_OUT =
  'GET https://as.example/session/end?client_id=web1&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye';
const OWN = 'GET https://app.example/logout';

export const examples: Examples = {
  violation: [
    { name: 'tokens that were there before', trace: at(0, HELD) + at(60, SIGN_OUT) + at(90, HELD), severity: 'medium' },
    { name: 'tokens of the sign-in', trace: SIGNED_IN + at(60, SIGN_OUT) + at(90, HELD), severity: 'medium' },
    { name: "the application's own sign-out", trace: SIGNED_IN + at(60, OWN) + at(90, HELD), severity: 'medium' },
    {
      name: 'a token that goes on',
      trace: at(0, stored({ t: ACCESS_JWT })) + at(60, OWN) + at(90, stored({ t: ACCESS_JWT }, 'session')),
      now: '2026-01-01T00:30:00Z',
      severity: 'medium',
    },
    {
      name: 'the page that signs out says so',
      trace: `${at(0, HELD)}\n# initiator https://app.example/${at(60, 'GET https://as.example/logout?id_token_hint=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln').trimStart().replace(/^/, '\n')}${at(90, HELD)}`,
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'nothing is left', trace: at(0, HELD) + at(60, SIGN_OUT) + at(90, stored({ theme: 'dark' })) },
    { name: 'at the server and at the application', trace: SIGNED_IN + at(60, OWN) + at(90, stored({})) },
  ],
  lookAlike: [
    { name: 'nobody signed out', trace: at(0, HELD) + at(90, HELD), verdict: 'notApplicable' },
    {
      name: 'another account has signed in since',
      trace: at(0, HELD) + at(60, OWN) + at(90, stored({ auth: { access_token: 'n3wT0k3nOfAn0therAccount' } })),
      verdict: 'pass',
    },
    {
      name: 'another application',
      trace:
        at(0, stored({ access_token: ACCESS_TOKEN }, 'local', 'https://other.example')) +
        at(60, OWN) +
        at(80, stored({})) +
        at(90, stored({ access_token: ACCESS_TOKEN }, 'local', 'https://other.example')),
      verdict: 'pass',
    },
    {
      name: 'a token that has ended',
      trace: at(0, stored({ t: ACCESS_JWT })) + at(60, OWN) + at(90, stored({ t: ACCESS_JWT })),
      now: '2026-01-02T00:00:00Z',
      verdict: 'pass',
    },
    {
      name: 'a picture of that name',
      trace: `${at(0, HELD)}\n# resource image\nGET https://app.example/logout\n${at(90, HELD)}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: at(0, unreadableSignIn()) + at(60, OWN) + at(90, stored({ s: ACCESS_TOKEN })),
      missing: ['response body'],
    },
    { name: 'the page was not looked at', trace: SIGNED_IN + at(60, SIGN_OUT), missing: ['page storage'] },
    { name: 'it was looked at before only', trace: at(0, HELD) + at(60, SIGN_OUT), missing: ['page storage'] },
    {
      name: 'it was looked at in that very moment',
      trace: at(0, HELD) + at(60, SIGN_OUT) + at(62, HELD),
      missing: ['page storage'],
    },
    {
      name: 'the snapshot was cut',
      trace: `${at(0, HELD)}${at(60, SIGN_OUT)}# truncated${at(90, stored({})).trimStart().replace(/^/, '\n')}`,
      missing: ['page storage'],
    },
  ],
};
