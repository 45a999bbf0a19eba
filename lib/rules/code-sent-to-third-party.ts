import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationResponse } from '../model/message.ts';
import type { Exchange } from '../model/observation.ts';
import type { Rule, Severity } from '../model/rule.ts';
import { isBoundByS256 } from './support/bound-code.ts';
import { judgeResponses } from './support/client-responses.ts';
import { isBlindToPage, networkTarget, requestsByValue } from './support/other-requests.ts';

export const rule: Rule = {
  id: 'code-sent-to-third-party',
  title: 'Authorization code sent to another site',
  subject: 'Sites that get the code',
  group: 'C',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization response', 'request body', 'page'],
  references: [
    { spec: 'RFC 9700', section: '4.4', level: 'none' },
    { spec: 'RFC 9700', section: '4.5', level: 'none' },
  ],
  asvs: ['10.1.1'],
  why: 'Whoever gets the code can try to redeem it before the client does.',
  fix: 'Send the code to your token endpoint or your own server only, and take it out of what you measure.',
  parents: ['token-in-analytics-url'],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const code = param(message, 'code');
      if (code === null) return c.notApplicable;
      const byValue = c.once(requestsByValue);
      const own = ownSites(flow, message);
      const sent = (byValue.get(code.value) ?? []).find((exchange) => isForeign(exchange, own));
      if (sent === undefined) {
        return isBlindToPage(message.exchange, byValue) ? c.cannotTell('page') : c.pass;
      }
      const host = c.plain(networkTarget(sent)?.host ?? '');
      return c.fail({
        evidence: [c.at(message, code, c.say`sent to ${host}`)],
        severity: severityOf(sent, isBoundByS256(flow)),
        part: networkTarget(sent)?.host ?? '',
        summary: isOwnPost(sent)
          ? c.say`The code is posted to ${host}: confirm that this is a server of yours.`
          : c.say`The code is sent to ${host}, which is neither the server nor the client.`,
      });
    }),
};

/** Sites of the server, of the client, and of every other message of this flow. */
function ownSites(flow: Flow, message: AuthorizationResponse): ReadonlySet<string> {
  const tokenRequests = messagesOf(flow, 'tokenRequest').map((request) => request.endpoint.site);
  const servers = messagesOf(flow, 'authorizationRequest').map((request) => request.endpoint.site);
  return new Set([message.endpoint.site, ...servers, ...tokenRequests]);
}

function isForeign(exchange: Exchange, own: ReadonlySet<string>): boolean {
  const target = networkTarget(exchange);
  return target !== null && !own.has(target.site);
}

/** A script that posts a body on purpose talks to a server that it knows; measuring sends addresses and beacons. */
function isOwnPost(exchange: Exchange): boolean {
  return exchange.request.method === 'POST' && (exchange.resource === 'xhr' || exchange.resource === 'fetch');
}

function severityOf(exchange: Exchange, bound: boolean): Severity {
  if (isOwnPost(exchange)) return 'low';
  return bound ? 'medium' : 'high';
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const S256 = '&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const CALLBACK = '\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7\n\n';
const PIXEL = 'GET https://stats.example/p.gif?u=https%3A%2F%2Fapp.example%2Fcb%3Fcode%3DSplxlOBeZQQYbYS6WxSbIA';
const post = (url: string, resource = 'xhr'): string =>
  `# resource ${resource}\nPOST ${url}\nContent-Type: application/json\n\n{"code":"SplxlOBeZQQYbYS6WxSbIA"}`;

export const examples: Examples = {
  violation: [
    { name: 'inside an address that is measured', trace: REQUEST + CALLBACK + PIXEL, severity: 'high' },
    { name: 'bound by PKCE', trace: REQUEST + S256 + CALLBACK + PIXEL, severity: 'medium' },
    { name: 'a beacon', trace: REQUEST + CALLBACK + post('https://errors.example/envelope', 'ping'), severity: 'high' },
    {
      name: 'in a body that is no parameters',
      trace: `${REQUEST}${CALLBACK}# resource ping\nPOST https://errors.example/log\nContent-Type: text/plain\n\nat cb code SplxlOBeZQQYbYS6WxSbIA line 7`,
      severity: 'high',
    },
    {
      name: 'posted to a server of another site',
      trace: REQUEST + CALLBACK + post('https://backend.example/login'),
      severity: 'low',
    },
  ],
  clean: [
    { name: "posted to the client's own server", trace: REQUEST + CALLBACK + post('https://api.app.example/login') },
  ],
  lookAlike: [
    {
      name: 'redeemed at the server',
      trace: `${REQUEST}${CALLBACK}POST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1`,
      verdict: 'pass',
    },
    {
      name: 'redeemed at another domain of the server',
      trace: `${REQUEST}${CALLBACK}POST https://tokens.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1`,
      verdict: 'pass',
    },
    {
      name: 'another code is measured',
      trace: `${REQUEST}${CALLBACK}GET https://stats.example/p.gif?code=Zt7Wq2Lx9Kc4Vb8Nm1Pr5Y`,
      verdict: 'pass',
    },
    {
      name: 'an error brings no code',
      trace: `${REQUEST}\n\nGET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7\n\n${PIXEL}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'requests of the page are not seen',
      trace: `# capture watch\n${REQUEST}\n\n# capture watch${CALLBACK}`,
      missing: ['page'],
    },
    {
      name: 'an address alone',
      trace: '# capture address\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
      missing: ['page'],
    },
  ],
};
