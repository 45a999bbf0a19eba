import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { clientSecrets } from './support/client-secret.ts';
import { judgeTokenRequests } from './support/token-requests.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';

export const rule: Rule = {
  id: 'token-exchange-in-browser',
  title: 'Token exchange made by a page',
  subject: 'Token exchange in the browser',
  group: 'C',
  severity: 'info',
  confidence: 'certain',
  needs: ['token request', 'request body', 'sender'],
  references: [
    { spec: 'RFC 8693', section: '2.1', level: 'none' },
    { spec: 'RFC 10017', section: '9.1', level: 'none' },
  ],
  why: 'The token that is handed in travels through the page, and the new one may have more rights than it needs.',
  fix: 'Exchange tokens on a server, and name the `audience` or `resource` that the new token is for.',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const grant = param(message, 'grant_type');
      if (grant === null) return message.bodyHidden === null ? c.notApplicable : c.cannotTell('request body');
      if (grant.value !== GRANT) return c.pass;
      if (message.sentBy === 'unknown') return c.cannotTell('sender');
      const evidence = [c.at(message, grant)] as const;
      if (clientSecrets(message).some((secret) => secret.value !== '')) {
        return c.fail({
          evidence,
          severity: 'medium',
          summary: c.say`The page exchanges a token as the client, with the client’s secret.`,
        });
      }
      const narrowed = param(message, 'audience') ?? param(message, 'resource');
      return narrowed === null && !message.truncated
        ? c.fail({
            evidence,
            severity: 'low',
            summary: c.say`The page asks for a new token and names neither audience nor resource.`,
          })
        : c.fail({
            evidence,
            severity: 'info',
            summary: c.say`The page exchanges a token for one with a named audience.`,
          });
    });
  },
};

const request = (more: string, grant = encodeURIComponent(GRANT)): string => `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=${grant}&subject_token=2YotnFZFEjr1zCsicMWpAA&client_id=spa1${more}`;
const FROM_PAGE = '# initiator https://app.example';

export const examples: Examples = {
  violation: [
    {
      name: 'with the client secret',
      trace: `${FROM_PAGE}${request('&audience=orders&client_secret=9f2d4cA7b81e4f6d8c35e0a1')}`,
      severity: 'medium',
    },
    { name: 'for nobody in particular', trace: `${FROM_PAGE}${request('&client_secret=')}`, severity: 'low' },
    { name: 'for one API', trace: `${FROM_PAGE}${request('&audience=orders')}`, severity: 'info' },
    {
      name: 'for one resource',
      trace: `${FROM_PAGE}${request('&resource=https%3A%2F%2Fapi.example')}`,
      severity: 'info',
    },
    {
      name: 'the request was cut before an audience could be seen',
      trace: `# truncated\n${FROM_PAGE}${request('')}`,
      severity: 'info',
    },
  ],
  clean: [
    { name: 'another grant', trace: `${FROM_PAGE}${request('', 'authorization_code&code=SplxlOBeZQQYbYS6WxSbIA')}` },
  ],
  lookAlike: [
    {
      name: 'a token handed in for another grant',
      trace: `${FROM_PAGE}${request('', 'refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA')}`,
      verdict: 'pass',
    },
    {
      name: 'a provider that needs no grant_type',
      trace: `
        ${FROM_PAGE}
        POST https://github.com/login/oauth/access_token
        Content-Type: application/x-www-form-urlencoded

        client_id=78a2ba87f071c28e65bb&subject_token=2YotnFZFEjr1zCsicMWpAA&code=e72e16c7e42f292c6912
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'a server may have sent it', trace: request('&audience=orders'), missing: ['sender'] },
    {
      name: 'the body is hidden',
      trace: `# hides request-body\n${FROM_PAGE}\nPOST https://github.com/login/oauth/access_token\n\nx`,
      missing: ['request body'],
    },
  ],
};
