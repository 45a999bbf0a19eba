import { bearerToken, header } from '../http/headers.ts';
import type { Examples } from '../model/example.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Evidence, Outcome, Rule, RuleContext } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import { ACCESS_CLAIMS, exampleJwt } from './support/example-sign-in.ts';
import { worstOf } from './support/outcomes.ts';

/** RFC 6265 §6.1: what browsers keep at least of a cookie, with its name and attributes. */
const MAX_COOKIE = 4096;
/** Servers refuse header fields of 8 to 16 kB; a token of this size leaves room for little else. */
const LARGE = 7000;
/** What servers answer to headers that are too large; 494 is nginx's own. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 431, 494]);

export const rule: Rule = {
  id: 'jwt-oversized',
  title: 'Token that is too large to travel',
  subject: 'Size of tokens',
  group: 'F',
  severity: 'info',
  confidence: 'certain',
  needs: ['request headers', 'response headers'],
  references: [
    { spec: 'OAuth 2.1', section: '3.2.3', level: 'none' },
    { spec: 'RFC 6265', section: '6.1', level: 'none' },
  ],
  asvs: ['3.3.5'],
  why: 'Browsers drop the cookie and servers refuse the header, so that sign-ins fail or tokens move to places where scripts can read them.',
  fix: 'Leave claims out of the token, such as long lists of groups, or use opaque tokens.',
  parents: [],

  check(flow, c) {
    return worstOf(
      flow.messages.flatMap((message) => [presented(message, c), stored(message, c)]),
      c,
    );
  },
};

function presented(message: OAuthMessage, c: RuleContext): Outcome {
  if (message.kind !== 'resourceRequest' && message.kind !== 'userinfoRequest') return c.notApplicable;
  const token = bearerToken(header(message.exchange.request.headers, 'authorization'));
  if (token === null || readCompactJose(token) === null) return c.notApplicable;
  if (token.length <= LARGE) return c.pass;
  if (message.status === null) return c.cannotTell('response headers');
  if (!REFUSALS.has(message.status)) return c.pass;
  return c.fail({
    evidence: [{ message, where: 'header', name: 'Authorization', value: token }],
    summary: c.say`The server refused a request (${message.status}) whose token has ${token.length} characters.`,
  });
}

function stored(message: OAuthMessage, c: RuleContext): Outcome {
  const { exchange } = message;
  // Requests alone: an answer is the same exchange once more.
  if (message.at !== 'request' || exchange.outcome.is !== 'response') return c.notApplicable;
  const { headers } = exchange.outcome.response;
  // Watch keeps no cookies.
  if (!headers.seen || exchange.capture === 'watch') return c.cannotTell('response headers');
  const cookies = headers.value.filter(([name]) => name.toLowerCase() === 'set-cookie');
  const tokens = cookies.filter(([, cookie]) => readCompactJose(/^[^=;]*=([^;]*)/.exec(cookie)?.[1] ?? '') !== null);
  const large = tokens.find(([, cookie]) => cookie.length > MAX_COOKIE);
  if (large === undefined) return tokens.length > 0 ? c.pass : c.notApplicable;
  const evidence: Evidence = { message, where: 'header', name: 'Set-Cookie' };
  return c.fail({
    evidence: [evidence],
    part: 'cookie',
    summary: c.say`A cookie with a token has ${large[1].length} characters; browsers keep ${MAX_COOKIE}.`,
  });
}

const jwt = (size: number): string => exampleJwt({ ...ACCESS_CLAIMS, groups: 'x'.repeat(size) });
const use = (token: string, status: string, scheme = 'Bearer'): string =>
  `GET https://as.example/userinfo\nAuthorization: ${scheme} ${token}\n\n${status}`;
const callback = (cookie: string, before = ''): string => `
${before}
GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7

302
Location: https://app.example/
Set-Cookie: ${cookie}; Secure; HttpOnly
`;

export const examples: Examples = {
  violation: [
    { name: 'a header that is refused', trace: use(jwt(6000), '431'), severity: 'info' },
    { name: 'a header that a server takes for a bad request', trace: use(jwt(6000), '400'), severity: 'info' },
    { name: 'a cookie', trace: callback(`session=${jwt(4000)}`), severity: 'info' },
  ],
  clean: [
    { name: 'a short token', trace: use(jwt(10), '200\n\n{"sub":"248289761001"}') },
    { name: 'a cookie with a short token', trace: callback(`session=${jwt(10)}`) },
  ],
  lookAlike: [
    { name: 'a large token that is accepted', trace: use(jwt(6000), '200\n\n{"sub":"248289761001"}'), verdict: 'pass' },
    { name: 'a short token that is refused', trace: use(jwt(10), '400'), verdict: 'pass' },
    { name: 'a large token that is no JWT', trace: use('x'.repeat(8000), '431'), verdict: 'notApplicable' },
    {
      name: 'a large cookie that is no token',
      trace: callback(`session=${'x'.repeat(5000)}`),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the answer was not seen', trace: use(jwt(6000), ''), missing: ['response headers'] },
    {
      name: 'the headers of the answer are hidden',
      trace: callback('session=x', '# hides response-headers'),
      missing: ['response headers'],
    },
    {
      name: 'cookies are not kept',
      trace: callback(`session=${jwt(10)}`, '# capture watch'),
      missing: ['response headers'],
    },
  ],
};
