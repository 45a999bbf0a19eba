import { endpointOf } from '../http/endpoint.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { frontChannelRequest } from './support/client-request.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { allResponseHeaders, responseHeader } from './support/response-headers.ts';

export const rule: Rule = {
  id: 'authz-endpoint-cors',
  title: 'Authorization endpoint lets pages of other sites read its answer',
  subject: 'CORS at the authorization endpoint',
  group: 'J',
  severity: 'low',
  confidence: 'certain',
  needs: ['authorization request', 'response headers'],
  references: [
    { spec: 'RFC 9700', section: '2.6', level: 'MUST NOT' },
    { spec: 'OAuth 2.1', section: '3.1', level: 'MUST NOT' },
    { spec: 'OIDC Discovery', section: '3', level: 'RECOMMENDED' },
  ],
  why: 'The endpoint is for navigation; a page that can read its answers can take tokens without anyone seeing it.',
  fix: 'Send no CORS headers from the authorization endpoint.',
  parents: [],

  check(flow, c) {
    const message = frontChannelRequest(flow);
    if (message === null || message.at === 'location') return c.notApplicable;
    const headers = allResponseHeaders(message.exchange);
    if (headers === null) return c.cannotTell('response headers');
    const allowed = responseHeader(headers, 'access-control-allow-origin');
    if (allowed === null) return c.pass;
    const evidence = [{ message, where: 'header', name: 'Access-Control-Allow-Origin', value: allowed }] as const;
    const credentials = responseHeader(headers, 'access-control-allow-credentials') === 'true';
    if (credentials && allowed !== '*' && endpointOf(allowed)?.site !== message.endpoint.site) {
      const summary = c.say`Pages of ${c.plain(allowed)} can read the answer that this person gets.`;
      return c.fail({ evidence, severity: 'high', summary });
    }
    return allowed === '*'
      ? c.fail({
          evidence,
          severity: 'low',
          summary: c.say`Pages of every site can read the answer to a request without cookies.`,
        })
      : c.fail({
          evidence,
          severity: 'info',
          summary: c.say`The answer names ${c.plain(allowed)} as allowed to read it.`,
        });
  },
};

const request = (headers: string): string =>
  `GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7\n\n200\nContent-Type: text/html${headers}`;

export const examples: Examples = {
  violation: [
    {
      name: 'another site, with cookies',
      trace: request('\nAccess-Control-Allow-Origin: https://evil.example\nAccess-Control-Allow-Credentials: true'),
      severity: 'high',
    },
    { name: 'every site, without cookies', trace: request('\nAccess-Control-Allow-Origin: *'), severity: 'low' },
    {
      name: 'every site: browsers send no cookies then, whatever is said',
      trace: request('\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Credentials: true'),
      severity: 'low',
    },
    {
      name: 'another site, without cookies',
      trace: request('\nAccess-Control-Allow-Origin: https://app.example'),
      severity: 'info',
    },
    {
      name: 'a page of the server itself',
      trace: request('\nAccess-Control-Allow-Origin: https://login.as.example\nAccess-Control-Allow-Credentials: true'),
      severity: 'info',
    },
  ],
  clean: [{ name: 'no such header', trace: request('') }],
  lookAlike: [
    { name: 'a header of the same family', trace: request('\nAccess-Control-Max-Age: 600'), verdict: 'pass' },
    {
      name: 'at the token endpoint it is needed',
      trace:
        'POST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA\n\n200\nAccess-Control-Allow-Origin: *',
      verdict: 'notApplicable',
    },
    {
      name: 'the server of a broker',
      trace: `${UPSTREAM}&response_type=code\n\n200\nAccess-Control-Allow-Origin: *`,
      verdict: 'notApplicable',
    },
    {
      name: 'the client that redirects to the endpoint',
      trace:
        'GET https://app.example/login\n\n302\nAccess-Control-Allow-Origin: *\nLocation: https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the headers are hidden',
      trace: `# hides response-headers\n${request('')}`,
      missing: ['response headers'],
    },
    { name: 'few headers are kept', trace: `# capture watch\n${request('')}`, missing: ['response headers'] },
  ],
};
