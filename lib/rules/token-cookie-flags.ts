import { endpointOf } from '../http/endpoint.ts';
import { header } from '../http/headers.ts';
import { cookiesOf, type SetCookie, setCookies } from '../http/set-cookie.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import { type Exchange, type Header, type Seen, unseen } from '../model/observation.ts';
import type { Fail, Rule, RuleContext, Severity } from '../model/rule.ts';
import { tokenValue } from '../page/token-values.ts';
import { ACCESS_TOKEN, CODE_CALLBACK, openIdRequest } from './support/example-sign-in.ts';
import { knownTokens } from './support/known-tokens.ts';
import { nextHop } from './support/redirect-chain.ts';
import { allResponseHeaders } from './support/response-headers.ts';

export const rule: Rule = {
  id: 'token-cookie-flags',
  title: 'Cookie of the session without its protecting attributes',
  subject: 'Attributes of session cookies',
  group: 'E',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization response', 'request headers', 'response headers'],
  references: [
    { spec: 'RFC 10017', section: '6.1.3.2', level: 'MUST' },
    { spec: 'RFC 6750', section: '5.3', level: 'none' },
  ],
  asvs: ['3.3.1', '3.3.2', '3.3.3', '3.3.4'],
  why: 'Without these attributes the session travels in clear text, with requests that other sites make, or to subdomains.',
  fix: 'Set it as `__Host-…; Secure; HttpOnly; SameSite=Lax; Path=/`, without `Domain`.',
  copy: 'Secure; HttpOnly; SameSite=Lax; Path=/',
  parents: ['token-in-js-cookie'],

  check(flow, c) {
    const callbacks = messagesOf(flow, 'authorizationResponse').filter(
      ({ at, error, channel }) => at === 'request' && error === null && channel !== 'fragment',
    );
    if (callbacks.length === 0) return c.notApplicable;
    const answers = callbacks.flatMap(({ exchange }) => afterCallback(exchange, c));
    if (answers.some((exchange) => allResponseHeaders(exchange) === null)) return c.cannotTell('response headers');
    const sessions = answers.flatMap((exchange) => sessionCookies(exchange, c).map((cookie) => ({ exchange, cookie })));
    const [first, ...rest] = sessions.flatMap(({ exchange, cookie }) => faultOf(exchange, cookie, flow, c) ?? []);
    if (first !== undefined) return c.fail(first, ...rest);
    // A recording keeps no cookie that is sent: which of those that were set is the session, nobody knows.
    const unknown = answers.filter(({ capture }) => capture === 'record');
    const faulty = unknown.some((exchange) =>
      setCookies(headersOf(exchange)).some((cookie) => looksLikeSession(cookie) && faultOf(exchange, cookie, flow, c)),
    );
    if (faulty) return c.cannotTell('request headers');
    return sessions.length === 0 ? c.notApplicable : c.pass;
  },
};

/** The answer to the callback, and those of the two hops after it on the same host. */
function afterCallback(callback: Exchange, c: RuleContext): readonly Exchange[] {
  const hops: Exchange[] = [];
  const host = endpointOf(callback.request.url)?.host;
  for (let hop: Exchange | null = callback; hop !== null && hops.length < 3; hop = nextHop(hop, c)) {
    if (endpointOf(hop.request.url)?.host === host) hops.push(hop);
  }
  return hops;
}

/** Set by measuring, balancing, protection against bots and against forged requests, or for one transaction. */
const OTHERS =
  /^(_ga|_gid|_gcl|_fbp|_hj|_pk_|amplitude|ajs_|__cf|cf_|_cfuvid|AWSALB|ARRAffinity|incap_|visid_|nlbi_|ak_bmsc|bm_|datadome|optimizely|OptanonConsent|cookieconsent)|csrf|xsrf|state|nonce|pkce|verifier|transaction|lang|locale|theme|consent/i;

const MIN_LENGTH = 16;

/** A token, or what looks like the session that has just begun and is sent with later requests. */
function sessionCookies(exchange: Exchange, c: RuleContext): readonly SetCookie[] {
  const sent = c.once(cookiesSent);
  const host = endpointOf(exchange.request.url)?.host ?? '';
  return setCookies(headersOf(exchange)).filter((cookie) => {
    const { name, value, deletes } = cookie;
    if (!deletes && isToken(name, value, c)) return true;
    return looksLikeSession(cookie) && sent.has(`${host} ${name} ${value}`);
  });
}

function looksLikeSession({ name, value, deletes }: SetCookie): boolean {
  return !deletes && !OTHERS.test(name) && value.length >= MIN_LENGTH && /^[\w.~+/=%:-]+$/.test(value);
}

function headersOf({ outcome }: Exchange): Seen<readonly Header[]> {
  return outcome.is === 'response' ? outcome.response.headers : unseen('not-yet');
}

function isToken(name: string, value: string, c: RuleContext): boolean {
  return c.once(knownTokens).has(value) || tokenValue(name, value, null) !== null;
}

/** Host, name and value of every cookie that requests carried. */
function cookiesSent({ exchanges }: Pick<RuleContext, 'exchanges'>): ReadonlySet<string> {
  return new Set(
    exchanges.flatMap(({ request }) => {
      const host = endpointOf(request.url)?.host ?? '';
      return cookiesOf(header(request.headers, 'cookie')).map(([name, value]) => `${host} ${name} ${value}`);
    }),
  );
}

function faultOf(exchange: Exchange, cookie: SetCookie, flow: Flow, c: RuleContext): Fail | null {
  const faults: readonly (readonly [boolean, Severity, string])[] = [
    [!cookie.secure, 'medium', 'no `Secure`'],
    [!cookie.httpOnly, 'medium', 'no `HttpOnly`'],
    [cookie.sameSite === null || cookie.sameSite === 'none', 'low', 'no `SameSite=Lax` or `Strict`'],
    [cookie.domain !== null, 'low', 'a `Domain` that covers subdomains'],
    [!/^__(Host|Secure)-/.test(cookie.name), 'info', 'no `__Host-` prefix'],
  ];
  const found = faults.filter(([is]) => is);
  const [worst] = found;
  if (worst === undefined) return null;
  const host = c.plain(endpointOf(exchange.request.url)?.host ?? '');
  return {
    flow,
    evidence: [c.inRequest(exchange, 'header', 'Set-Cookie', cookie.value, c.say`cookie ${c.plain(cookie.name)}`)],
    severity: worst[1],
    part: cookie.name,
    summary: c.say`The cookie ${c.plain(cookie.name)} that ${host} sets after the sign-in has ${c.plain(found.map(([, , words]) => words).join(', '))}.`,
  };
}

const SID = 'k1mJ8v0qRkqB1c8nZr5sT7wXy';
const signIn = (cookie: string, sent = ''): string => `
${openIdRequest()}

${CODE_CALLBACK}

302
Location: https://app.example/home
Set-Cookie: ${cookie}

GET https://app.example/home
${sent}

200
Content-Type: text/html
`;
const session = (attributes: string, name = 'session'): string =>
  signIn(`${name}=${SID}${attributes}`, `Cookie: ${name}=${SID}`);

export const examples: Examples = {
  violation: [
    { name: 'none at all', trace: session(''), severity: 'medium' },
    { name: 'not Secure', trace: session('; HttpOnly; SameSite=Lax', '__Host-sid'), severity: 'medium' },
    { name: 'not HttpOnly', trace: session('; Secure; SameSite=Lax', '__Host-sid'), severity: 'medium' },
    { name: 'no SameSite', trace: session('; Secure; HttpOnly', '__Host-sid'), severity: 'low' },
    { name: 'SameSite=None', trace: session('; Secure; HttpOnly; SameSite=None', '__Host-sid'), severity: 'low' },
    {
      name: 'for subdomains, too',
      trace: session('; Secure; HttpOnly; SameSite=Lax; Domain=.app.example', '__Secure-sid'),
      severity: 'low',
    },
    { name: 'no prefix', trace: session('; Secure; HttpOnly; SameSite=Lax'), severity: 'info' },
    {
      name: 'a token, sent or not',
      trace: signIn(`access_token=${ACCESS_TOKEN}; HttpOnly; SameSite=Lax`),
      severity: 'medium',
    },
    {
      name: 'set by the page behind the callback',
      trace: `${openIdRequest()}\n\n${CODE_CALLBACK}\n\n302\nLocation: https://app.example/home\n\nGET https://app.example/home\n\n200\nSet-Cookie: session=${SID}; HttpOnly; SameSite=Lax\n\nGET https://app.example/api\nCookie: session=${SID}\n\n200`,
      severity: 'medium',
    },
  ],
  clean: [{ name: 'all of them', trace: session('; Secure; HttpOnly; SameSite=Lax; Path=/', '__Host-sid') }],
  lookAlike: [
    { name: 'what measures visits', trace: signIn(`_ga=${SID}`, `Cookie: _ga=${SID}`), verdict: 'notApplicable' },
    { name: 'what balances load', trace: signIn(`AWSALB=${SID}`, `Cookie: AWSALB=${SID}`), verdict: 'notApplicable' },
    {
      name: 'what protects forms',
      trace: signIn(`XSRF-TOKEN=${SID}`, `Cookie: XSRF-TOKEN=${SID}`),
      verdict: 'notApplicable',
    },
    {
      name: 'of the transaction',
      trace: signIn(`auth.state=${SID}; SameSite=None`, `Cookie: auth.state=${SID}`),
      verdict: 'notApplicable',
    },
    {
      name: 'that is taken away',
      trace: signIn(`session=${SID}; Max-Age=0`, `Cookie: session=${SID}`),
      verdict: 'notApplicable',
    },
    { name: 'that no later request carries', trace: signIn(`session=${SID}`), verdict: 'notApplicable' },
    { name: 'a short value', trace: signIn('session=dark', 'Cookie: session=dark'), verdict: 'notApplicable' },
    {
      name: 'of the server, which needs it in frames',
      trace: `GET https://as.example/\n\n200\nSet-Cookie: session=${SID}\n\n${session('; Secure; HttpOnly; SameSite=Lax; Path=/', '__Host-sid')}`,
      verdict: 'pass',
    },
    {
      name: 'of another host on the way',
      trace: `${openIdRequest()}\n\n${CODE_CALLBACK}\n\n302\nLocation: https://cdn.example/x\n\nGET https://cdn.example/x\n\n200\nSet-Cookie: session=${SID}\n\nGET https://cdn.example/y\nCookie: session=${SID}`,
      verdict: 'notApplicable',
    },
    { name: 'nothing came back', trace: openIdRequest(), verdict: 'notApplicable' },
    {
      name: 'the sign-in was refused',
      trace: `${openIdRequest()}\n\nGET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7\n\n200\nSet-Cookie: access_token=${ACCESS_TOKEN}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the headers are hidden',
      trace: `${openIdRequest()}\n\n# hides response-headers\n${CODE_CALLBACK}\n\n200`,
      missing: ['response headers'],
    },
    {
      name: 'a recording keeps no cookie that is sent',
      trace: session('; Path=/')
        .replaceAll(/^GET/gm, '# capture record\nGET')
        .replace(/^Cookie: .*$/m, ''),
      missing: ['request headers'],
    },
    {
      name: 'watching keeps few headers',
      trace: `${openIdRequest()}\n\n# capture watch\n${CODE_CALLBACK}\n\n200`,
      missing: ['response headers'],
    },
  ],
};
