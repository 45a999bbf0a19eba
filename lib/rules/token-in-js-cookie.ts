import { readRequest } from '../http/request.ts';
import { setCookies } from '../http/set-cookie.ts';
import type { Examples } from '../model/example.ts';
import type { Exchange } from '../model/observation.ts';
import type { Fail, Rule, RuleContext, Severity, Trace } from '../model/rule.ts';
import { isBound, type TokenKind, tokenValue } from '../page/token-values.ts';
import { ACCESS_JWT, stored, TRANSACTIONS } from './support/example-pages.ts';
import {
  ACCESS_TOKEN,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  openIdRequest,
  REFRESH_TOKEN,
  unreadableSignIn,
} from './support/example-sign-in.ts';
import { whatHidesTokens } from './support/hidden-tokens.ts';
import { knownTokens, MIN_LENGTH } from './support/known-tokens.ts';
import { allResponseHeaders } from './support/response-headers.ts';
import { judgeStoredTokens, kindsOf, type StoredToken, storedBy } from './support/stored-tokens.ts';

export const rule: Rule = {
  id: 'token-in-js-cookie',
  title: 'Token in a cookie that scripts can read',
  subject: 'Tokens in cookies',
  group: 'E',
  severity: 'medium',
  confidence: 'certain',
  needs: ['page storage', 'response headers'],
  references: [
    { spec: 'RFC 10017', section: '8.1', level: 'none' },
    { spec: 'RFC 10017', section: '6.1.3.2', level: 'MUST' },
    { spec: 'RFC 6750', section: '5.3', level: 'MUST NOT' },
    { spec: 'OAuth 2.1', section: '7.1.3.4', level: 'none' },
  ],
  asvs: ['3.3.4'],
  why: 'An injected script can read the token, and the browser sends it with every request, asked or not.',
  fix: 'Keep tokens on a server behind an HttpOnly session cookie, or in memory.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const inPage = judgeStoredTokens(trace, c, ['cookie'], ['access token', 'ID token', 'refresh token'], (tokens) => ({
      severity: severityOf(tokens),
      summary: c.say`A cookie of ${c.plain(tokens[0].stored.snapshot.origin)} holds the ${kindsOf(tokens, c)}${storedBy(tokens, c)}, and scripts can read it.`,
    }));
    if (inPage.is === 'fail') return inPage;
    const [first, ...rest] = cookiesWithTokens(trace, c).map((found) => cookieFail(found, c));
    if (first !== undefined) return c.fail(first, ...rest);
    const shown = trace.exchanges.filter(showsCookies);
    const seen = inPage.is === 'pass' || shown.length > 0;
    if (!seen || (inPage.is === 'cannotTell' && !inPage.missing.includes('page storage'))) return inPage;
    const hidden = c.once(whatHidesTokens);
    return hidden === null || !shown.some(setsReadableCookie) ? c.pass : c.cannotTell(hidden);
  },
};

/** A refresh token weighs as much here as in localStorage. */
function severityOf(tokens: readonly StoredToken[]): Severity {
  return tokens.every(({ stored: { value, among } }) => isBound(value, among)) ? 'low' : 'medium';
}

interface TokenCookie {
  readonly exchange: Exchange;
  readonly host: string;
  readonly name: string;
  readonly value: string;
  readonly is: TokenKind;
}

/** Cookies that responses set without `HttpOnly`, each once for each host. */
function cookiesWithTokens(trace: Trace, c: RuleContext): readonly TokenCookie[] {
  const known = c.once(knownTokens);
  const found = new Map<string, TokenCookie>();
  for (const exchange of trace.exchanges) {
    if (exchange.outcome.is !== 'response') continue;
    for (const cookie of setCookies(exchange.outcome.response.headers)) {
      const { name, value } = cookie;
      const is = known.get(value)?.is ?? tokenValue(name, value, null)?.is;
      if (is === undefined || cookie.httpOnly || cookie.deletes) continue;
      const host = readRequest(exchange.request).endpoint?.host ?? '';
      const place = `${host} ${name}`;
      if (!found.has(place)) found.set(place, { exchange, host, name, value, is });
    }
  }
  return [...found.values()];
}

function cookieFail({ exchange, host, name, value, is }: TokenCookie, c: RuleContext): Fail {
  const flow = c.once(knownTokens).get(value)?.flow;
  return {
    evidence: [c.inRequest(exchange, 'header', 'Set-Cookie', value, c.say`cookie ${c.plain(name)}`)],
    part: name,
    ...(flow === undefined ? {} : { flow }),
    summary: c.say`${c.plain(host)} sets the cookie ${c.plain(name)} with the ${c.plain(is)} and without \`HttpOnly\`.`,
  };
}

/** As long as a token, and any script may read it. */
function setsReadableCookie({ outcome }: Exchange): boolean {
  if (outcome.is !== 'response') return false;
  return setCookies(outcome.response.headers).some(
    (cookie) => cookie.value.length >= MIN_LENGTH && !cookie.httpOnly && !cookie.deletes,
  );
}

function showsCookies(exchange: Exchange): boolean {
  return allResponseHeaders(exchange) !== null;
}

const sets = (cookie: string): string =>
  `${openIdRequest()}\n\nGET https://app.example/\n\n200\nSet-Cookie: ${cookie}\n\n`;

export const examples: Examples = {
  violation: [
    { name: 'read by a script', trace: stored({ access_token: ACCESS_TOKEN }, 'cookie'), severity: 'medium' },
    {
      name: 'of Supabase, in parts',
      trace: stored(
        {
          'sb-abcdefgh-auth-token.0': 'base64-eyJhY2Nlc3NfdG9rZW4iOiIyWW90bkZaRkVq',
          'sb-abcdefgh-auth-token.1': 'cjF6Q3NpY01XcEFBIn0',
        },
        'cookie',
      ),
      severity: 'medium',
    },
    { name: 'a refresh token', trace: stored({ refreshToken: REFRESH_TOKEN }, 'cookie'), severity: 'medium' },
    {
      name: 'bound to a key',
      trace: stored({ auth: { access_token: ACCESS_TOKEN, token_type: 'DPoP' } }, 'cookie'),
      severity: 'low',
    },
    { name: 'set by a response', trace: sets(`access_token=${ACCESS_TOKEN}; Path=/; Secure`), severity: 'medium' },
    { name: 'told by its claims', trace: sets(`sid=${ACCESS_JWT}; Path=/`), severity: 'medium' },
    {
      name: 'told by a message',
      trace: codeSignIn(ID_CLAIMS) + sets(`sid=${ACCESS_TOKEN}; Path=/`),
      severity: 'medium',
    },
    {
      name: 'though others can be seen to be clean',
      trace: stored({ theme: 'dark' }, 'cookie') + sets(`id_token=${exampleJwt(ID_CLAIMS)}`),
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'a session that scripts cannot read',
      trace: sets('__Host-sid=k1mJ8v0qRkqB1c8nZr5sT7wXy; HttpOnly; Secure; SameSite=Strict; Path=/'),
    },
    { name: 'no token among the cookies', trace: stored({ theme: 'dark' }, 'cookie') },
  ],
  lookAlike: [
    {
      name: 'a token that scripts cannot read',
      trace: sets(`access_token=${ACCESS_TOKEN}; HttpOnly; Secure`),
      verdict: 'pass',
    },
    { name: 'a cookie that is taken away', trace: sets(`access_token=${ACCESS_TOKEN}; Max-Age=0`), verdict: 'pass' },
    {
      name: 'a token against forged requests',
      trace:
        stored({ 'XSRF-TOKEN': 'k1mJ8v0qRkqB1c8nZr5sT7wXy' }, 'cookie') + sets('csrf_token=k1mJ8v0qRkqB1c8nZr5sT7wXy'),
      verdict: 'pass',
    },
    {
      name: 'what a pending sign-in needs',
      trace: stored({ 'kc-callback-1f2c': TRANSACTIONS['kc-callback-1f2c5d2e-9b1d-4eb4'] }, 'cookie'),
      verdict: 'pass',
    },
    {
      name: 'a session of the application itself',
      trace: sets(`session=${exampleJwt({ sub: '7', exp: 1767229200 })}`),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read, and a response sets a cookie',
      trace: unreadableSignIn() + sets(`s=${ACCESS_TOKEN}; Secure`),
      missing: ['response body'],
    },
    {
      name: 'the tokens could not be read',
      trace: unreadableSignIn() + stored({ s: ACCESS_TOKEN }, 'cookie'),
      missing: ['response body'],
    },
    {
      name: 'neither page nor headers',
      trace: `# hides response-headers\n${openIdRequest()}\n\n200`,
      missing: ['page storage'],
    },
    {
      name: 'watching keeps few headers',
      trace: `# capture watch\n${openIdRequest()}\n\n200`,
      missing: ['page storage'],
    },
  ],
};
