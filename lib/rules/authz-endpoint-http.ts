import { endpointOf } from '../http/endpoint.ts';
import { header } from '../http/headers.ts';
import { locationOf } from '../http/redirect.ts';
import type { Examples } from '../model/example.ts';
import type { AuthorizationRequest } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { frontChannelRequest } from './support/client-request.ts';
import { UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'authz-endpoint-http',
  title: 'Authorization endpoint without TLS',
  subject: 'Scheme of the authorization endpoint',
  group: 'A',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 6749', section: '3.1', level: 'MUST' },
    { spec: 'OAuth 2.1', section: '1.5', level: 'none' },
    { spec: 'OIDC Discovery', section: '3', level: 'none' },
  ],
  why: 'Everyone on the network path can change the sign-in page and read the response.',
  fix: 'Use the https address of the authorization endpoint.',
  parents: ['metadata-insecure-endpoint'],

  check(flow, c) {
    const message = frontChannelRequest(flow);
    if (message === null) return c.notApplicable;
    const { endpoint } = message;
    if (endpoint.scheme !== 'http' || endpoint.loopback) return c.pass;
    // Only the request itself shows whether the browser went there in clear.
    if (message.at === 'location') return c.cannotTell('authorization request');
    const upgrade = upgradeOf(message);
    if (upgrade === 'hidden') return c.cannotTell('response headers');
    if (upgrade === 'browser') return c.pass;
    const evidence = [{ message, where: 'url', name: 'scheme', value: endpoint.scheme }] as const;
    if (upgrade === 'server') {
      return c.fail({
        evidence,
        severity: 'low',
        summary: c.say`The first hop to ${c.plain(endpoint.host)} goes in clear; the server then asks for https.`,
      });
    }
    return c.fail({
      evidence,
      severity: endpoint.dev ? 'medium' : 'high',
      summary: c.say`The sign-in at ${c.plain(endpoint.host)} goes in clear.`,
    });
  },
};

/**
 * Who led the browser to https on the same host before anything went out or came back: the browser by what it
 * knows (RFC 6797 §8.3), told by a redirect of its own making, or the server.
 */
function upgradeOf({ endpoint, exchange }: AuthorizationRequest): 'browser' | 'server' | 'hidden' | null {
  if (exchange.outcome.is !== 'response') return null;
  const { status, headers } = exchange.outcome.response;
  if (status >= 300 && status <= 399 && !headers.seen) return 'hidden';
  const target = endpointOf(locationOf(exchange) ?? '');
  if (target?.scheme !== 'https' || target.host !== endpoint.host) return null;
  return header(headers, 'non-authoritative-reason') === null ? 'server' : 'browser';
}

const QUERY = 'response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const REQUEST = `GET http://as.example/authorize?${QUERY}`;
const SECURE = `https://as.example/authorize?${QUERY}`;

export const examples: Examples = {
  violation: [
    { name: 'in clear', trace: REQUEST, severity: 'high' },
    {
      name: 'in clear with a sign-in page',
      trace: `${REQUEST}\n\n200\nContent-Type: text/html`,
      severity: 'high',
    },
    {
      name: 'in clear, and back to another host',
      trace: `${REQUEST}\n\n302\nLocation: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      severity: 'high',
    },
    {
      name: 'in clear, and on to another page in clear',
      trace: `${REQUEST}\n\n302\nLocation: http://as.example/login`,
      severity: 'high',
    },
    {
      name: 'a pushed request, referred to in clear',
      trace:
        'GET http://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c',
      severity: 'high',
    },
    { name: 'a name of a local network', trace: `GET http://sso.local/authorize?${QUERY}`, severity: 'medium' },
    { name: 'the server asks for https', trace: `${REQUEST}\n\n301\nLocation: ${SECURE}`, severity: 'low' },
  ],
  clean: [{ name: 'https', trace: `GET ${SECURE}` }],
  lookAlike: [
    {
      name: 'the browser went to https by itself',
      trace: `${REQUEST}\n\n307\nLocation: ${SECURE}\nNon-Authoritative-Reason: HSTS\n\nGET ${SECURE}`,
      verdict: 'pass',
    },
    { name: 'this machine', trace: `GET http://localhost:8080/authorize?${QUERY}`, verdict: 'pass' },
    {
      name: 'the callback of a client in clear is another finding',
      trace: `GET http://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      verdict: 'notApplicable',
    },
    { name: 'a broker upstream', trace: `${UPSTREAM}&response_type=code`, verdict: 'notApplicable' },
  ],
  cannotTell: [
    {
      name: 'only the redirect to the endpoint was seen',
      trace: `GET https://app.example/login\n\n302\nLocation: http://as.example/authorize?${QUERY}`,
      missing: ['authorization request'],
    },
    {
      name: 'where the server redirects to was not recorded',
      trace: `# hides response-headers\n${REQUEST}\n\n307`,
      missing: ['response headers'],
    },
  ],
};
