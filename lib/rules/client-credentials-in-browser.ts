import { header } from '../http/headers.ts';
import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { TokenRequest } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { basicCredentials } from '../token/basic.ts';
import { clientSecrets } from './support/client-secret.ts';
import { judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'client-credentials-in-browser',
  title: 'Client credentials grant used by a page',
  subject: 'Client credentials grant in the browser',
  group: 'C',
  severity: 'high',
  confidence: 'certain',
  needs: ['token request', 'request body', 'sender'],
  references: [
    { spec: 'RFC 6749', section: '4.4', level: 'MUST' },
    { spec: 'RFC 10017', section: '6.3.3.1', level: 'none' },
  ],
  why: 'The identity of a machine, with its secret and all its rights, is in the hands of every visitor.',
  fix: 'Call the API through a server of yours that holds the credentials, and replace the secret by a new one.',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const grant = param(message, 'grant_type');
      if (grant === null) return message.bodyHidden === null ? c.notApplicable : c.cannotTell('request body');
      if (grant.value !== 'client_credentials') return c.pass;
      if (message.sentBy === 'unknown') return c.cannotTell('sender');
      const host = c.plain(message.endpoint.host);
      const evidence = [c.at(message, grant)] as const;
      return showsSecret(message)
        ? c.fail({
            evidence,
            severity: 'high',
            summary: c.say`A page asks ${host} for a token as a machine, with its secret.`,
          })
        : c.fail({
            evidence,
            severity: 'low',
            summary: c.say`A page asks ${host} for a token as a machine, but without a secret: everybody may have this token.`,
          });
    });
  },
};

function showsSecret(message: TokenRequest): boolean {
  if (clientSecrets(message).some((secret) => secret.value !== '')) return true;
  if (param(message, 'client_assertion') !== null) return true;
  const basic = basicCredentials(header(message.exchange.request.headers, 'authorization'));
  return basic !== null && basic.password !== '';
}

const request = (more: string, headers = ''): string => `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded${headers}

grant_type=client_credentials&client_id=svc${more}`;
const FROM_PAGE = '# initiator https://app.example';

export const examples: Examples = {
  violation: [
    {
      name: 'with a secret in the body',
      trace: `${FROM_PAGE}${request('&client_secret=9f2d4cA7b81e4f6d8c35e0a1')}`,
      severity: 'high',
    },
    {
      name: 'with a secret in the header',
      trace: `${FROM_PAGE}${request('', '\nAuthorization: Basic c3ZjOnMzY3IzdEFiOTF4UQ==')}`,
      severity: 'high',
    },
    {
      name: 'with an assertion',
      trace: `${FROM_PAGE}${request('&client_assertion=eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzdmMifQ.c2ln')}`,
      severity: 'high',
    },
    {
      name: 'a token for guests, without a secret',
      trace: `${FROM_PAGE}${request('&client_secret=')}`,
      severity: 'low',
    },
    {
      name: 'with an empty password in the header',
      trace: `${FROM_PAGE}${request('', '\nAuthorization: Basic c3ZjOg==')}`,
      severity: 'low',
    },
  ],
  clean: [
    {
      name: 'another grant',
      trace: `
        ${FROM_PAGE}
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1
      `,
    },
  ],
  lookAlike: [
    {
      name: 'a provider that needs no grant_type',
      trace: `
        ${FROM_PAGE}
        POST https://github.com/login/oauth/access_token
        Content-Type: application/x-www-form-urlencoded

        client_id=78a2ba87f071c28e65bb&client_secret=9f2d4cA7b81e4f6d8c35e0a1&code=e72e16c7e42f292c6912
      `,
      verdict: 'notApplicable',
    },
    {
      name: 'the word in another parameter',
      trace: `
        ${FROM_PAGE}
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&scope=client_credentials
      `,
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'a server may have sent it',
      trace: request('&client_secret=9f2d4cA7b81e4f6d8c35e0a1'),
      missing: ['sender'],
    },
    {
      name: 'the body is hidden',
      trace:
        '# hides request-body\n# initiator https://app.example\nPOST https://github.com/login/oauth/access_token\n\nx',
      missing: ['request body'],
    },
  ],
};
