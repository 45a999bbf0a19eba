import { header } from '../http/headers.ts';
import { paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { basicCredentials } from '../token/basic.ts';
import { judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'client-secret-basic-in-browser',
  title: 'Client secret sent by the browser as HTTP Basic credentials',
  subject: 'HTTP Basic credentials in token requests of the browser',
  group: 'C',
  severity: 'high',
  confidence: 'certain',
  needs: ['token request', 'request headers', 'sender'],
  references: [
    { spec: 'RFC 6749', section: '2.3.1', level: 'none' },
    { spec: 'RFC 10017', section: '6.3.3.1', level: 'none' },
  ],
  why: 'Every visitor can read the secret in the header and use it to act as this client.',
  fix: 'Register the client as public with PKCE and send only its `client_id`, or redeem codes on a server, and replace the secret by a new one.',
  parents: ['client-credentials-in-browser', 'client-secret-in-browser'],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const { headers } = message.exchange.request;
      if (!headers.seen) return c.cannotTell('request headers');
      const authorization = header(headers, 'authorization');
      const basic = basicCredentials(authorization);
      // RFC 6749 §2.3.1 lets a public client name itself with an empty password.
      if (basic === null || basic.password === '') return c.pass;
      const clientId = paramValue(message, 'client_id') ?? flow.clientId;
      // A development server's own password protection is no client authentication.
      if (clientId !== null && clientId !== basic.user && message.endpoint.dev) return c.pass;
      if (message.sentBy === 'unknown') return c.cannotTell('sender');
      return c.fail({
        evidence: [{ message, where: 'header', name: 'Authorization', value: authorization ?? '' }],
        confidence: clientId === basic.user ? 'certain' : 'firm',
        summary: c.say`The page sends ${c.plain(message.endpoint.host)} the secret of client ${c.plain(basic.user)}.`,
      });
    });
  },
};

// spa1:s3cr3tAb91xQ and spa1: in base64.
const SECRET = 'Basic c3BhMTpzM2NyM3RBYjkxeFE=';
const EMPTY = 'Basic c3BhMTo=';
const request = (authorization: string, host = 'as.example', body = ''): string => `
POST https://${host}/token
Content-Type: application/x-www-form-urlencoded
Authorization: ${authorization}

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA${body}`;
const FROM_PAGE = '# initiator https://app.example';

export const examples: Examples = {
  violation: [
    { name: 'from a page', trace: FROM_PAGE + request(SECRET), severity: 'high' },
    {
      name: 'with the same client_id in the body',
      trace: FROM_PAGE + request(SECRET, 'as.example', '&client_id=spa1'),
      severity: 'high',
    },
    {
      name: 'another client_id at a server that everybody reaches',
      trace: FROM_PAGE + request(SECRET, 'as.example', '&client_id=other'),
      severity: 'high',
    },
    {
      name: 'at a development server, as the client itself',
      trace: FROM_PAGE + request(SECRET, 'as.test', '&client_id=spa1'),
      severity: 'high',
    },
    { name: 'seen by the browser itself', trace: `# capture watch${request(SECRET)}`, severity: 'high' },
  ],
  clean: [
    { name: 'a public client with an empty password', trace: FROM_PAGE + request(EMPTY) },
    {
      name: 'no client authentication',
      trace: `
        ${FROM_PAGE}
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1
      `,
    },
  ],
  lookAlike: [
    { name: 'another scheme', trace: FROM_PAGE + request('Bearer c3BhMTpzM2NyM3RBYjkxeFE='), verdict: 'pass' },
    { name: 'no credentials after the scheme', trace: FROM_PAGE + request('Basic !!'), verdict: 'pass' },
    {
      name: 'the password protection of a development server',
      trace: FROM_PAGE + request(SECRET, 'as.test', '&client_id=other'),
      verdict: 'pass',
    },
    {
      name: 'a request for something else',
      trace: `
        ${FROM_PAGE}
        GET https://api.example/orders
        Authorization: ${SECRET}
      `,
    },
  ],
  cannotTell: [
    { name: 'nothing tells who sent it', trace: request(SECRET), missing: ['sender'] },
    {
      name: 'the headers are hidden',
      trace: `# hides request-headers\n${FROM_PAGE}${request(SECRET)}`,
      missing: ['request headers'],
    },
  ],
};
