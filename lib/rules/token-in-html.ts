import { endpointOf } from '../http/endpoint.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Fail, Rule, RuleContext, Severity, Trace } from '../model/rule.ts';
import { expiryOf } from '../page/token-values.ts';
import { ACCESS_JWT, cut, text } from './support/example-pages.ts';
import {
  ACCESS_TOKEN,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  openIdRequest,
  REFRESH_TOKEN,
  unreadableSignIn,
} from './support/example-sign-in.ts';
import { allResponseHeaders, responseHeader } from './support/response-headers.ts';
import {
  byAddressAndName,
  noTokenInTexts,
  pageOf,
  partsOf,
  type TextToken,
  tokensInTexts,
} from './support/tokens-in-texts.ts';

export const rule: Rule = {
  id: 'token-in-html',
  title: 'Token in the HTML of a page',
  subject: 'Tokens in markup and inline scripts',
  group: 'E',
  severity: 'medium',
  confidence: 'certain',
  needs: ['page code'],
  references: [
    { spec: 'RFC 6750', section: '5.3', level: 'none' },
    { spec: 'RFC 10017', section: '8.4', level: 'none' },
  ],
  asvs: ['3.5.7'],
  why: 'Caches keep the page, and every script and extension that reads it has the token.',
  fix: 'Let the page ask its own server for the token, or keep the token there.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const servers = serverSites(trace);
    const found = c
      .once(tokensInTexts)
      .filter(({ scan }) => isOfPage(scan) && !servers.has(endpointOf(scan.url)?.site ?? '') && !isFormPost(scan.text));
    const [first, ...rest] = byAddressAndName(found).map((tokens) => toFail(tokens, trace, c));
    return first === undefined ? noTokenInTexts(trace, ['inline', 'markup'], c) : c.fail(first, ...rest);
  },
};

const isOfPage = ({ found }: TextToken['scan']): boolean => found === 'inline' || found === 'markup';

/** Pages of the server bring tokens by their nature. */
function serverSites({ flows }: Trace): ReadonlySet<string> {
  const requests = flows.flatMap((flow) => messagesOf(flow, 'authorizationRequest'));
  const clients = new Set(
    flows.flatMap((flow) => messagesOf(flow, 'authorizationResponse').map((m) => m.endpoint.site)),
  );
  return new Set(requests.map(({ endpoint }) => endpoint.site).filter((site) => !clients.has(site)));
}

/** The page of `response_mode=form_post`: a form that sends itself (OAuth 2.0 Form Post Response Mode §2). */
function isFormPost(html: string): boolean {
  return /<form[^>]+method=["']?post/i.test(html) && /\.submit\(\)/.test(html) && html.length < 20_000;
}

function toFail(tokens: readonly [TextToken, ...TextToken[]], trace: Trace, c: RuleContext): Fail {
  const [first] = tokens;
  const cached = isCacheable(first, trace);
  return {
    ...partsOf(tokens, c),
    severity: severityOf(tokens, cached, c.now),
    summary: cached
      ? c.say`${pageOf(first, c)}, which caches may keep for everybody, holds the ${c.plain(first.is)} in its HTML.`
      : c.say`${pageOf(first, c)} holds the ${c.plain(first.is)} in its HTML.`,
  };
}

function severityOf(tokens: readonly TextToken[], cached: boolean, now: number | null): Severity {
  if (now !== null && tokens.every(({ value }) => (expiryOf(value, null) ?? Infinity) * 1000 < now)) return 'low';
  return cached || tokens.some(({ is }) => is === 'refresh token') ? 'high' : 'medium';
}

/** A shared cache may keep the page and give it to others (RFC 9111 §3). */
function isCacheable({ scan }: TextToken, { exchanges }: Trace): boolean {
  const address = scan.url.replace(/#.*$/s, '');
  const headers = exchanges
    .filter(({ request }) => request.url.replace(/#.*$/s, '') === address)
    .map(allResponseHeaders);
  return headers.some((all) =>
    /\bpublic\b|s-maxage=[1-9]/i.test(all === null ? '' : (responseHeader(all, 'cache-control') ?? '')),
  );
}

const URL = 'https://app.example/home';
const SIGNED_IN = codeSignIn(ID_CLAIMS);
const inline = (content: string): string => text('INLINE', content, URL);
const page = (cache: string): string => `\n\nGET ${URL}\n\n200\nCache-Control: ${cache}\n\n`;

export const examples: Examples = {
  violation: [
    { name: 'in an inline script', trace: inline(`window.__CFG={accessToken:"${ACCESS_JWT}"}`), severity: 'medium' },
    { name: 'told by a message', trace: SIGNED_IN + inline(`start("${ACCESS_TOKEN}")`), severity: 'medium' },
    { name: 'in an attribute', trace: text('MARKUP', `<body data-token="${ACCESS_JWT}">`, URL), severity: 'medium' },
    { name: 'a refresh token', trace: SIGNED_IN + inline(`s={r:"${REFRESH_TOKEN}"}`), severity: 'high' },
    {
      name: 'that caches may keep',
      trace: page('public, max-age=60') + inline(`t="${ACCESS_JWT}"`),
      severity: 'high',
    },
    { name: 'that they may not', trace: page('private, no-store') + inline(`t="${ACCESS_JWT}"`), severity: 'medium' },
    { name: 'that has ended', trace: inline(`t="${ACCESS_JWT}"`), now: '2026-01-02T00:00:00Z', severity: 'low' },
  ],
  clean: [
    { name: 'no token', trace: text('MARKUP', '<meta name="csrf-token" content="k1mJ8v0qRkqB1c8nZr5sT7wXy">', URL) },
  ],
  lookAlike: [
    {
      name: 'a session of the application itself',
      trace: inline(`s="${exampleJwt({ sub: '7', exp: 1767229200 })}"`),
      verdict: 'pass',
    },
    {
      name: "Supabase's key for everybody",
      trace: inline(`k="${exampleJwt({ iss: 'supabase', role: 'anon', scope: 'x' })}"`),
      verdict: 'pass',
    },
    {
      name: 'the form of a response by POST',
      trace: text(
        'MARKUP',
        `<form method="post" action="https://app.example/cb"><input type="hidden" name="id_token" value="${exampleJwt(ID_CLAIMS)}"></form><script>document.forms[0].submit()</script>`,
        'https://login.example/authorize',
      ),
      verdict: 'pass',
    },
    {
      name: 'a page of the server',
      trace: SIGNED_IN + text('MARKUP', `<p>${exampleJwt(ID_CLAIMS)}</p>`, 'https://as.example/consent'),
      verdict: 'pass',
    },
    { name: 'a file is no HTML', trace: text('SCRIPT', `t="${ACCESS_JWT}"`) + inline('start()'), verdict: 'pass' },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: unreadableSignIn() + inline(`start("${ACCESS_TOKEN}")`),
      missing: ['response body'],
    },
    { name: 'the page was not looked at', trace: openIdRequest(), missing: ['page code'] },
    { name: 'the script was cut', trace: cut(inline('start()')), missing: ['page code'] },
  ],
};
