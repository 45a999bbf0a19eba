import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationResponse, Endpoint, Param } from '../model/message.ts';
import type { Fail, Rule, RuleContext, Severity } from '../model/rule.ts';
import { SEVERITIES } from '../model/rule.ts';
import { isBoundByS256 } from './support/bound-code.ts';
import { judgeResponses } from './support/client-responses.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { isBlindToPage, networkTarget, requestsByReferer, withoutFragment } from './support/other-requests.ts';

export const rule: Rule = {
  id: 'code-in-referer',
  title: 'Address of the callback sent in a Referer header',
  subject: 'Referer headers of the callback page',
  group: 'B',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization response', 'request headers'],
  references: [
    { spec: 'RFC 9700', section: '4.2', level: 'none' },
    { spec: 'RFC 6819', section: '4.6.7', level: 'none' },
  ],
  asvs: ['3.4.5'],
  why: 'Another site gets the code, token or state that stands in the address.',
  fix: 'Send `Referrer-Policy: no-referrer` with the callback page and take the parameters out of its address at once.',
  parents: ['token-in-analytics-url', 'code-sent-to-third-party'],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const secret = inQuery(message);
      if (secret === undefined) return c.notApplicable;
      const referers = c.once(requestsByReferer);
      const leaks = (referers.get(withoutFragment(message.url)) ?? []).flatMap((exchange) => {
        const target = networkTarget(exchange);
        return target === null || target.origin === message.endpoint.origin ? [] : [target];
      });
      const worst = leaks
        .map((target) => ({ target, severity: severityOf(flow, message, secret, target) }))
        .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))[0];
      if (worst !== undefined) return c.fail(leak(message, secret, worst.target, worst.severity, c));
      return isBlindToPage(message.exchange, referers) ? c.cannotTell('request headers') : c.pass;
    }),
};

/** What stands in the address of the callback, worst first. A fragment is never part of a Referer. */
function inQuery(message: AuthorizationResponse): Param | undefined {
  return ['access_token', 'refresh_token', 'id_token', 'code', 'state']
    .flatMap((name) => message.params.filter((p) => p.where === 'query' && (p.as ?? p.name) === name && p.value !== ''))
    .at(0);
}

function severityOf(flow: Flow, message: AuthorizationResponse, secret: Param, target: Endpoint): Severity {
  const servers = messagesOf(flow, 'authorizationRequest').map((request) => request.endpoint.site);
  if (servers.includes(target.site)) return 'info';
  if (target.site === message.endpoint.site || secret.name === 'state') return 'medium';
  return secret.name === 'code' && isBoundByS256(flow) ? 'medium' : 'high';
}

function leak(
  message: AuthorizationResponse,
  secret: Param,
  target: Endpoint,
  severity: Severity,
  c: RuleContext,
): Fail {
  const host = c.plain(target.host);
  return {
    evidence: [c.at(message, secret, c.say`in the Referer of a request to ${host}`)],
    severity,
    part: target.host,
    summary: c.say`A request to ${host} carries the whole address of the callback in its Referer header.`,
  };
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const S256 = '&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const CALLBACK = 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const TOKEN = 'https://app.example/cb?access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer&state=af0ifjsldkjQ2w7';
const ERROR = 'https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7';
const from = (url: string, referer: string): string => `\n\nGET ${url}\nReferer: ${referer}\n\n`;
const PIXEL = 'https://stats.example/p.gif';

export const examples: Examples = {
  violation: [
    {
      name: 'a code to another site',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${from(PIXEL, CALLBACK)}`,
      severity: 'high',
    },
    {
      name: 'a code bound by PKCE to another site',
      trace: `${REQUEST}${S256}\n\nGET ${CALLBACK}${from(PIXEL, CALLBACK)}`,
      severity: 'medium',
    },
    {
      name: 'a token to another site, PKCE or not',
      trace: `${REQUEST}${S256}\n\nGET ${TOKEN}${from(PIXEL, TOKEN)}`,
      severity: 'high',
    },
    { name: 'the request was not seen', trace: `GET ${CALLBACK}${from(PIXEL, CALLBACK)}`, severity: 'high' },
    { name: 'the state alone', trace: `${REQUEST}\n\nGET ${ERROR}${from(PIXEL, ERROR)}`, severity: 'medium' },
    {
      name: 'an empty code beside the state',
      trace: `${REQUEST}\n\nGET ${ERROR}&code=${from(PIXEL, `${ERROR}&code=`)}`,
      severity: 'medium',
    },
    {
      name: 'another host of the same site',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${from('https://cdn.app.example/a.js', CALLBACK)}`,
      severity: 'medium',
    },
    {
      name: 'back to the server that issued it',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${from('https://as.example/check', CALLBACK)}`,
      severity: 'info',
    },
    {
      name: 'the worst of several',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${from('https://as.example/check', CALLBACK)}${from(PIXEL, CALLBACK)}`,
      severity: 'high',
    },
    {
      name: 'a fragment beside the query',
      trace: `${REQUEST}\n\nGET ${CALLBACK}#top${from(PIXEL, CALLBACK)}`,
      severity: 'high',
    },
    {
      name: 'noticed even where little is seen',
      trace: `# capture watch\n${REQUEST}\n\n# capture watch\nGET ${CALLBACK}\n\n# capture watch${from(PIXEL, CALLBACK).trimEnd().replace('\n\n', '\n')}`,
      severity: 'high',
    },
  ],
  clean: [
    {
      name: 'the Referer holds the origin alone',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${from(PIXEL, 'https://app.example/')}`,
    },
    {
      name: 'the callback page fetches its own script',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${from('https://app.example/app.js', CALLBACK)}`,
    },
  ],
  lookAlike: [
    {
      name: 'another page with a code of its own',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${from(PIXEL, 'https://app.example/coupon?code=SPRING25')}`,
      verdict: 'pass',
    },
    {
      name: 'nothing goes over the network',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${from('blob:https://app.example/9115d58c', CALLBACK)}`,
    },
    {
      name: 'a fragment is never sent',
      trace: `${REQUEST}\n\nGET https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7${from(PIXEL, 'https://app.example/cb')}`,
      verdict: 'notApplicable',
    },
    {
      name: "the broker's own callback",
      trace: `${UPSTREAM}&response_type=code\n\nGET https://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0${from(PIXEL, 'https://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0')}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'no Referer was recorded', trace: `${REQUEST}\n\nGET ${CALLBACK}`, missing: ['request headers'] },
    {
      name: 'the browser shows little of what a page sends',
      trace: `# capture watch\n${REQUEST}\n\n# capture watch\nGET ${CALLBACK}\nReferer: https://as.example/`,
      missing: ['request headers'],
    },
    { name: 'an address alone', trace: `# capture address\nGET ${CALLBACK}`, missing: ['request headers'] },
    {
      name: 'a line alone',
      trace: `# capture line\nGET ${CALLBACK}\nReferer: https://as.example/`,
      missing: ['request headers'],
    },
    { name: 'the response was not seen', trace: REQUEST, missing: ['authorization response'] },
  ],
};
