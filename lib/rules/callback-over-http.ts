import { header } from '../http/headers.ts';
import { param } from '../http/params.ts';
import { locationOf } from '../http/redirect.ts';
import type { Examples } from '../model/example.ts';
import type { AuthorizationResponse } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { judgeResponses } from './support/client-responses.ts';
import { redirected, UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'callback-over-http',
  title: 'Authorization response sent without TLS',
  subject: 'Scheme of the callback',
  group: 'B',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization response'],
  references: [
    { spec: 'RFC 9700', section: '2.6', level: 'MUST NOT' },
    { spec: 'RFC 6749', section: '3.1.2.1', level: 'SHOULD' },
  ],
  why: 'Everyone on the network path can read or replace the code or the token.',
  fix: 'Serve the callback over https only and register that address.',
  parents: ['redirect-uri-http'],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const { endpoint } = message;
      if (endpoint.scheme !== 'http' || endpoint.loopback || wasUpgraded(message)) return c.pass;
      const secret = SECRETS.map((name) => param(message, name)).find((found) => found !== null);
      if (secret === undefined) return c.notApplicable;
      return c.fail({
        evidence: [c.at(message, secret)],
        severity: endpoint.dev ? 'medium' : 'high',
        summary: c.say`The callback on ${c.plain(endpoint.host)} is reached without TLS.`,
      });
    }),
};

const SECRETS = ['code', 'access_token', 'id_token', 'refresh_token', 'response'] as const;

/** The browser answers itself, before anything is sent, where the host asked for TLS earlier (RFC 6797 §8.3). */
function wasUpgraded({ exchange }: AuthorizationResponse): boolean {
  if (exchange.outcome.is !== 'response' || !locationOf(exchange)?.startsWith('https:')) return false;
  const { status, headers } = exchange.outcome.response;
  return status === 307 && header(headers, 'non-authoritative-reason') !== null;
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=http%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const CODE = 'code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    { name: 'a code', trace: redirected(REQUEST, `http://app.example/cb?${CODE}`), severity: 'high' },
    {
      name: 'only the redirect to it was seen',
      trace: `${REQUEST}\n\n302\nLocation: http://app.example/cb?${CODE}`,
      severity: 'high',
    },
    {
      name: 'an access token',
      trace: 'GET http://app.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer&state=af0ifjsldkjQ2w7',
      severity: 'high',
    },
    {
      name: 'an ID token',
      trace:
        'GET http://app.example/cb#id_token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl&state=af0ifjsldkjQ2w7',
      severity: 'high',
    },
    {
      name: 'a response object',
      trace: redirected(REQUEST, 'http://app.example/cb?response=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'),
      severity: 'high',
    },
    {
      name: 'a private address',
      trace: redirected(REQUEST, `http://192.168.1.20:8080/cb?${CODE}`),
      severity: 'medium',
    },
    {
      name: 'the site itself redirects to https, after it got the code',
      trace: `GET http://app.example/cb?${CODE}\n\n307\nLocation: https://app.example/cb?${CODE}`,
      severity: 'high',
    },
    {
      name: 'the site says why it redirects, but not to https',
      trace: `GET http://app.example/cb?${CODE}\n\n307\nNon-Authoritative-Reason: HSTS\nLocation: http://app.example/home`,
      severity: 'high',
    },
    {
      name: 'a redirect of another status',
      trace: `GET http://app.example/cb?${CODE}\n\n302\nNon-Authoritative-Reason: HSTS\nLocation: https://app.example/cb?${CODE}`,
      severity: 'high',
    },
    { name: 'no answer', trace: `GET http://app.example/cb?${CODE}`, severity: 'high' },
  ],
  clean: [{ name: 'https', trace: `GET https://app.example/cb?${CODE}` }],
  lookAlike: [
    { name: 'http on the loopback address', trace: `GET http://127.0.0.1:8765/cb?${CODE}`, verdict: 'pass' },
    {
      name: 'the browser goes to https by itself',
      trace: `GET http://app.example/cb?${CODE}\n\n307\nNon-Authoritative-Reason: HSTS\nLocation: https://app.example/cb?${CODE}`,
      verdict: 'pass',
    },
    { name: 'a native application', trace: `GET com.example.app:/cb?${CODE}`, verdict: 'pass' },
    {
      name: 'an error has nothing to steal',
      trace: redirected(REQUEST, 'http://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7'),
      verdict: 'notApplicable',
    },
    { name: 'a page of the site with a code of its own', trace: 'GET http://shop.example/coupon?code=SPRING25' },
    {
      name: 'what a server upstream answers to a broker',
      trace: `${UPSTREAM}&response_type=code\n\nGET http://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [{ name: 'the response was not seen', trace: REQUEST, missing: ['authorization response'] }],
};
