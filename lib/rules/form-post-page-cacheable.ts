import { endpointOf } from '../http/endpoint.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationResponse } from '../model/message.ts';
import type { Exchange } from '../model/observation.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { allResponseHeaders, responseHeader } from './support/response-headers.ts';

export const rule: Rule = {
  id: 'form-post-page-cacheable',
  title: 'Page that posts the response may be stored',
  subject: 'Storing of the page that posts the response',
  group: 'J',
  severity: 'low',
  confidence: 'firm',
  needs: ['authorization response', 'response headers'],
  references: [{ spec: 'Form Post', section: '2', level: 'MUST' }],
  why: 'The page holds the code or the token, and the next person at this browser can go back to it.',
  fix: 'Send `Cache-Control: no-store` with the page.',
  copy: 'Cache-Control: no-store',
  parents: [],

  check(flow, c) {
    const message = messagesOf(flow, 'authorizationResponse').find((response) => response.channel === 'form_post');
    if (message === undefined) return c.notApplicable;
    const page = pageBefore(message, c);
    const headers = page === null ? null : allResponseHeaders(page);
    if (page === null || headers === null) return c.cannotTell('response headers');
    const policy = responseHeader(headers, 'cache-control') ?? '';
    if (/\bno-(store|cache)\b/i.test(policy)) return c.pass;
    const host = c.plain(endpointOf(page.request.url)?.host ?? '');
    const evidence = [{ message, where: 'url', name: 'page before' }] as const;
    return /\bmax-age=0\b/i.test(policy)
      ? c.fail({ evidence, severity: 'info', summary: c.say`The page of ${host} expires at once, but may be stored.` })
      : c.fail({ evidence, summary: c.say`Nothing forbids storing the page of ${host} that posted the response.` });
  },
};

/** The last page before the response that is not the client's own. */
function pageBefore(message: AuthorizationResponse, c: RuleContext): Exchange | null {
  const at = c.exchanges.indexOf(message.exchange);
  return (
    c.exchanges.slice(0, Math.max(at, 0)).findLast((exchange) => {
      if (exchange.outcome.is !== 'response' || exchange.outcome.response.status !== 200) return false;
      if (exchange.tab !== message.exchange.tab) return false;
      const endpoint = endpointOf(exchange.request.url);
      if (endpoint === null || endpoint.origin === message.endpoint.origin) return false;
      const { headers } = exchange.outcome.response;
      return headers.seen && /^text\/html\b/i.test(responseHeader(headers.value, 'content-type') ?? '');
    }) ?? null
  );
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&response_mode=form_post&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const page = (
  headers: string,
  status = 200,
  type = 'text/html',
  url = 'https://as.example/continue',
  tab = 1,
): string => `\n\n# tab ${tab}\nGET ${url}\n\n${status}\nContent-Type: ${type}${headers}\n\n`;
const POST = `
# tab 1
POST https://app.example/cb
Content-Type: application/x-www-form-urlencoded

code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`;
const NO_STORE = '\nCache-Control: no-store';

export const examples: Examples = {
  violation: [
    { name: 'nothing is said', trace: `# tab 1\n${REQUEST}${page('')}${POST}`, severity: 'low' },
    {
      name: 'kept for this browser',
      trace: `# tab 1\n${REQUEST}${page('\nCache-Control: private, max-age=60')}${POST}`,
      severity: 'low',
    },
    {
      name: 'expired at once',
      trace: `# tab 1\n${REQUEST}${page('\nCache-Control: private, max-age=0, must-revalidate')}${POST}`,
      severity: 'info',
    },
    {
      name: "a page of the client's own came in between",
      trace: `# tab 1\n${REQUEST}${page('')}${page(NO_STORE, 200, 'text/html', 'https://app.example/')}${POST}`,
      severity: 'low',
    },
    {
      name: 'a script of the server came in between',
      trace: `# tab 1\n${REQUEST}${page('')}${page(NO_STORE, 200, 'text/javascript')}${POST}`,
      severity: 'low',
    },
    {
      name: 'a page that redirects is none',
      trace: `# tab 1\n${REQUEST}${page('')}${page(NO_STORE, 302)}${POST}`,
      severity: 'low',
    },
    {
      name: 'a page of another tab came in between',
      trace: `# tab 1\n${REQUEST}${page('')}${page(NO_STORE, 200, 'text/html', 'https://as.example/other', 2)}${POST}`,
      severity: 'low',
    },
  ],
  clean: [
    { name: 'no-store', trace: `# tab 1\n${REQUEST}${page(NO_STORE)}${POST}` },
    { name: 'no-cache', trace: `# tab 1\n${REQUEST}${page('\nCache-Control: no-cache')}${POST}` },
  ],
  lookAlike: [
    {
      name: 'a response in the address',
      trace: `# tab 1\n${REQUEST}${page('')}\n# tab 1\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the page was not seen', trace: `# tab 1\n${REQUEST}\n${POST}`, missing: ['response headers'] },
    {
      name: 'few headers are kept',
      trace: `# tab 1\n# capture watch\n${REQUEST}\n\n# capture watch${page('')}\n# capture watch${POST}`,
      missing: ['response headers'],
    },
  ],
};
