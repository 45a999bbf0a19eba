import { header } from '../http/headers.ts';
import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Evidence, Rule } from '../model/rule.ts';
import { basicCredentials } from '../token/basic.ts';
import { clientSecrets } from './support/client-secret.ts';
import { judgeTokenRequests, passIfWholeBody } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'multiple-client-auth-methods',
  title: 'Two methods of client authentication in one request',
  subject: 'Number of client authentication methods',
  group: 'C',
  severity: 'low',
  confidence: 'certain',
  needs: ['token request', 'request headers', 'request body'],
  references: [{ spec: 'RFC 6749', section: '2.3', level: 'MUST NOT' }],
  why: 'Strict servers refuse the request, and others may check the weaker of the two.',
  fix: 'Use exactly one method of client authentication in each request.',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const { headers } = message.exchange.request;
      const secret = clientSecrets(message).find((found) => found.value !== '');
      const assertion = param(message, 'client_assertion');
      const authorization = header(headers, 'authorization');
      const basic = basicCredentials(authorization);
      const clientId = param(message, 'client_id')?.value ?? null;
      // A development server's own password protection names no client.
      const foreign = basic !== null && clientId !== null && basic.user !== clientId && message.endpoint.dev;
      const used: Evidence[] = [];
      if (basic !== null && !foreign) {
        used.push({ message, where: 'header', name: 'Authorization', value: authorization ?? '' });
      }
      if (secret !== undefined) used.push(c.at(message, secret));
      if (assertion !== null) used.push(c.at(message, assertion));
      const [first, second, ...rest] = used;
      if (first !== undefined && second !== undefined) {
        const names = c.plain(used.map((evidence) => evidence.name).join(', '));
        return c.fail({
          evidence: [first, second, ...rest],
          summary: c.say`The client authenticates more than once: ${names}.`,
        });
      }
      return headers.seen ? passIfWholeBody(message, c) : c.cannotTell('request headers');
    });
  },
};

const BASIC = '\nAuthorization: Basic d2ViMTpzM2NyM3RBYjkxeFE=';
const request = (more: string, headers = '', host = 'as.example'): string => `
POST https://${host}/token
Content-Type: application/x-www-form-urlencoded${headers}

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA${more}`;
const SECRET = '&client_secret=9f2d4cA7b81e4f6d8c35e0a1';
const ASSERTION = '&client_assertion=eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ3ZWIxIn0.c2lnbmF0dXJl';

export const examples: Examples = {
  violation: [
    { name: 'HTTP Basic and a secret in the body', trace: request(`&client_id=web1${SECRET}`, BASIC), severity: 'low' },
    { name: 'HTTP Basic and an assertion', trace: request(ASSERTION, BASIC), severity: 'low' },
    { name: 'a secret and an assertion', trace: request(`&client_id=web1${SECRET}${ASSERTION}`), severity: 'low' },
    {
      name: 'another client_id at a server that everybody reaches',
      trace: request(`&client_id=other${SECRET}`, BASIC),
      severity: 'low',
    },
  ],
  clean: [
    { name: 'HTTP Basic with client_id in the body', trace: request('&client_id=web1', BASIC) },
    { name: 'a secret in the body', trace: request(`&client_id=web1${SECRET}`) },
  ],
  lookAlike: [
    {
      name: 'an empty secret beside HTTP Basic',
      trace: request('&client_id=web1&client_secret=', BASIC),
      verdict: 'pass',
    },
    {
      name: 'an empty assertion beside HTTP Basic',
      trace: request('&client_id=web1&client_assertion=', BASIC),
      verdict: 'pass',
    },
    {
      name: 'the password protection of a development server',
      trace: request(`&client_id=other${SECRET}`, BASIC, 'as.test'),
      verdict: 'pass',
    },
    {
      name: 'a bearer token beside a secret',
      trace: request(SECRET, '\nAuthorization: Bearer 2YotnFZFEjr1zCsicMWpAA'),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'the headers are hidden',
      trace: `# hides request-headers${request(SECRET)}`,
      missing: ['request headers'],
    },
    { name: 'the request was cut', trace: `# truncated${request('', BASIC)}`, missing: ['request body'] },
  ],
};
