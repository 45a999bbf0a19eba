import { endpointOf } from '../http/endpoint.ts';
import { header } from '../http/headers.ts';
import { paramValue } from '../http/params.ts';
import { cookiesOf, setCookies } from '../http/set-cookie.ts';
import type { Examples } from '../model/example.ts';
import { type Flow, messagesOf } from '../model/flow.ts';
import type { AuthorizationResponse } from '../model/message.ts';
import type { Exchange } from '../model/observation.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { frontChannelRequest } from './support/client-request.ts';
import { judgeResponses } from './support/client-responses.ts';
import { cameFrom } from './support/redirect-chain.ts';

export const rule: Rule = {
  id: 'samesite-breaks-form-post',
  title: 'Posted callback that comes without its cookie',
  subject: 'Cookies of a posted callback',
  group: 'B',
  severity: 'info',
  confidence: 'firm',
  needs: ['authorization response', 'request headers', 'response headers'],
  references: [{ spec: 'Form Post', section: '2', level: 'none' }],
  asvs: ['3.3.2'],
  why: 'The client cannot find its transaction and sees a wrong state, which tempts people to switch the check off.',
  fix: 'Set the short-lived cookie of the transaction with `SameSite=None; Secure`, or ask for `response_mode=query`.',
  parents: [],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      if (message.channel !== 'form_post') return c.notApplicable;
      const before = exchangeBefore(flow, c);
      if (before === null || before.outcome.is !== 'response') return c.cannotTell('response headers');
      const { headers } = before.outcome.response;
      if (!headers.seen) return c.cannotTell('response headers');
      if (endpointOf(before.request.url)?.host !== message.endpoint.host) return c.notApplicable;
      // With `SameSite=None` it is sent with requests that other sites make.
      const held = setCookies(headers).filter(({ sameSite, deletes }) => sameSite !== 'none' && !deletes);
      if (held.length === 0) return c.notApplicable;
      if (!message.exchange.request.headers.seen) return c.cannotTell('request headers');
      const sent = new Map(cookiesOf(header(message.exchange.request.headers, 'cookie')));
      const lost = held.find((cookie) => !sent.has(cookie.name));
      if (lost === undefined || !wentWrong(flow, message, c)) return c.pass;
      return c.fail({
        evidence: [{ message, where: 'header', name: 'Cookie', note: c.say`without ${c.plain(lost.name)}` }],
        summary: c.say`The cookie ${c.plain(lost.name)} was set before the sign-in, but its SameSite attribute kept it from the posted callback.`,
      });
    }),
};

/** The client's own answer that sent the browser to the server. */
function exchangeBefore(flow: Flow, c: RuleContext): Exchange | null {
  const request = frontChannelRequest(flow);
  if (request === null) return null;
  if (request.at === 'location') return request.exchange;
  return cameFrom(request.exchange, c);
}

/** The callback was refused, or the client started again. */
function wentWrong(flow: Flow, message: AuthorizationResponse, c: RuleContext): boolean {
  const { outcome } = message.exchange;
  if (outcome.is === 'response' && outcome.response.status >= 400) return true;
  return (c.once(lastRequests).get(flow.clientId ?? '') ?? -1) > message.index;
}

/** Index of the last authorization request of each client. */
function lastRequests({ flows }: Pick<RuleContext, 'flows'>): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const message of flows.flatMap((flow) => messagesOf(flow, 'authorizationRequest'))) {
    const clientId = paramValue(message, 'client_id') ?? '';
    last.set(clientId, Math.max(last.get(clientId) ?? -1, message.index));
  }
  return last;
}

const authorize = (state: string): string =>
  `https://as.example/authorize?response_type=code&response_mode=form_post&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=${state}`;
const start = (cookie: string, host = 'app.example'): string => `
GET https://${host}/login

302
Location: ${authorize('af0ifjsldkjQ2w7')}
${cookie}

GET ${authorize('af0ifjsldkjQ2w7')}
`;
const posted = (cookie: string, answer: string, directive = ''): string => `${directive}
POST https://app.example/cb
Content-Type: application/x-www-form-urlencoded
${cookie}

code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7

${answer}
`;
const LAX = 'Set-Cookie: oidc_tx=h8Qw2Zk5Lm7; Path=/; HttpOnly; SameSite=Lax';

export const examples: Examples = {
  violation: [
    {
      name: 'SameSite=Lax, and the callback fails',
      trace: start(LAX) + posted('Cookie: theme=dark', '400'),
      severity: 'info',
    },
    {
      name: 'SameSite=Strict, and the callback fails',
      trace: start('Set-Cookie: oidc_tx=h8Qw2Zk5Lm7; SameSite=Strict') + posted('Accept: text/html', '500'),
      severity: 'info',
    },
    {
      name: 'no SameSite, and the client starts again',
      trace: `${start('Set-Cookie: oidc_tx=h8Qw2Zk5Lm7; Path=/')}${posted('Accept: text/html', '302\nLocation: https://app.example/login')}\nGET ${authorize('Zz9yX8wV7uT6sR5')}`,
      severity: 'info',
    },
    {
      name: 'no answer, and the client starts again',
      trace: `${start(LAX)}${posted('Accept: text/html', '')}\nGET ${authorize('Zz9yX8wV7uT6sR5')}`,
      severity: 'info',
    },
    {
      name: 'one cookie can come along, another cannot',
      trace: start(`Set-Cookie: a=1; SameSite=None; Secure\n${LAX}`) + posted('Cookie: a=1', '400'),
      severity: 'info',
    },
    {
      name: 'only the redirect to the server was seen',
      trace: start(LAX).slice(0, start(LAX).lastIndexOf('GET')) + posted('Accept: text/html', '400'),
      severity: 'info',
    },
  ],
  clean: [
    { name: 'the cookie came along', trace: start(LAX) + posted('Cookie: theme=dark; oidc_tx=h8Qw2Zk5Lm7', '400') },
    {
      name: 'the sign-in went on all the same',
      trace: start(LAX) + posted('Accept: text/html', '302\nLocation: https://app.example/home'),
    },
    {
      name: 'a sign-in before this one',
      trace: `GET ${authorize('Zz9yX8wV7uT6sR5')}\n${start(LAX)}${posted('Accept: text/html', '302\nLocation: https://app.example/home')}`,
    },
  ],
  lookAlike: [
    {
      name: 'SameSite=None, lost for another reason',
      trace: start('Set-Cookie: oidc_tx=h8Qw2Zk5Lm7; SameSite=None; Secure') + posted('Accept: text/html', '400'),
      verdict: 'notApplicable',
    },
    {
      name: 'a cookie that is deleted',
      trace: start('Set-Cookie: oidc_tx=gone; Max-Age=0; SameSite=Lax') + posted('Accept: text/html', '400'),
      verdict: 'notApplicable',
    },
    {
      name: 'a cookie without a value',
      trace: start('Set-Cookie: oidc_tx=; SameSite=Lax') + posted('Accept: text/html', '400'),
      verdict: 'notApplicable',
    },
    {
      name: 'another header that talks of cookies',
      trace: start('X-Set-Cookie: oidc_tx=h8Qw2Zk5Lm7; SameSite=Lax') + posted('Accept: text/html', '400'),
      verdict: 'notApplicable',
    },
    {
      name: 'a cookie of another host',
      trace: start(LAX, 'www.app.example') + posted('Accept: text/html', '400'),
      verdict: 'notApplicable',
    },
    {
      name: 'a callback in the query',
      trace: `${start(LAX)}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7\n\n400`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'what the client sent before was not seen',
      trace: `GET ${authorize('af0ifjsldkjQ2w7')}\n${posted('Accept: text/html', '400')}`,
      missing: ['response headers'],
    },
    { name: 'the request was not seen', trace: posted('Accept: text/html', '400'), missing: ['response headers'] },
    {
      name: 'the headers of the redirect are hidden',
      trace: `# hides response-headers\nGET https://app.example/login\n\n302\n\nGET ${authorize('af0ifjsldkjQ2w7')}\n${posted('Accept: text/html', '400')}`,
      missing: ['response headers'],
    },
    {
      name: 'the headers of the callback are hidden',
      trace: start(LAX) + posted('Accept: text/html', '400', '# hides request-headers'),
      missing: ['request headers'],
    },
    { name: 'the response was not seen', trace: start(LAX), missing: ['authorization response'] },
  ],
};
