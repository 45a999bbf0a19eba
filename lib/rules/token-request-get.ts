import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Param, TokenRequest } from '../model/message.ts';
import type { Rule, Severity } from '../model/rule.ts';
import { clientSecrets } from './support/client-secret.ts';
import { judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'token-request-get',
  title: 'Token request with its credentials in the address',
  subject: 'Method and address of token requests',
  group: 'C',
  severity: 'high',
  confidence: 'certain',
  needs: ['token request'],
  references: [{ spec: 'RFC 6749', section: '3.2', level: 'MUST' }],
  why: 'Codes, verifiers, refresh tokens and passwords in an address end up in histories and in the logs of servers and proxies.',
  fix: 'Send a POST with the parameters form-encoded in the body.',
  parents: ['client-secret-in-url'],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const inQuery = credentialsInQuery(message);
      const [first, ...rest] = inQuery;
      if (first !== undefined) {
        const evidence = [c.at(message, first), ...rest.map((found) => c.at(message, found))] as const;
        const summary = c.say`The address of the token request holds ${c.plain(inQuery.map((p) => p.name).join(', '))}.`;
        return c.fail({ evidence, severity: severityOf(inQuery), summary });
      }
      if (message.method === 'GET') {
        const summary = c.say`The token endpoint was called with GET; the standard knows POST only.`;
        return c.fail({ evidence: [{ message, where: 'url', name: 'method' }], severity: 'medium', summary });
      }
      return message.truncated ? c.cannotTell('whole address') : c.pass;
    });
  },
};

const CREDENTIALS = [
  'code',
  'code_verifier',
  'refresh_token',
  'password',
  'assertion',
  'client_assertion',
  'subject_token',
];

function credentialsInQuery(message: TokenRequest): Param[] {
  const query = { params: message.params.filter((p) => p.where === 'query') };
  const named = CREDENTIALS.flatMap((name) => param(query, name) ?? []);
  return [...named, ...clientSecrets(query).filter((secret) => secret.value !== '')];
}

/** A code alone is bound to its client or its verifier; the others can be used as they are. */
function severityOf(params: readonly Param[]): Severity {
  return params.every((p) => (p.as ?? p.name) === 'code') ? 'medium' : 'high';
}

const CODE = 'code=SplxlOBeZQQYbYS6WxSbIA';
const VERIFIER = 'code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const post = (query: string, body: string): string => `
POST https://as.example/token${query}
Content-Type: application/x-www-form-urlencoded

${body}`;

export const examples: Examples = {
  violation: [
    {
      name: 'a refresh token',
      trace: 'GET https://as.example/oauth/token?grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA',
      severity: 'high',
    },
    {
      name: 'a code with its verifier',
      trace: post(`?${CODE}&${VERIFIER}`, 'grant_type=authorization_code'),
      severity: 'high',
    },
    {
      name: 'a secret',
      trace: post('?client_secret=9f2d4cA7b81e4f6d8c35e0a1', `grant_type=authorization_code&${CODE}`),
      severity: 'high',
    },
    {
      name: 'a password',
      trace: post('?grant_type=password&username=jo&password=correct-horse', 'scope=openid'),
      severity: 'high',
    },
    {
      name: 'a code alone',
      trace: post(`?${CODE}&client_id=web1`, 'grant_type=authorization_code'),
      severity: 'medium',
    },
    {
      name: 'GET without anything secret in sight',
      trace: 'GET https://as.example/oauth/token?grant_type=client_credentials&client_id=web1',
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'a form in the body', trace: post('', `grant_type=authorization_code&${CODE}&${VERIFIER}&client_id=web1`) },
  ],
  lookAlike: [
    {
      name: 'the grant in the query, the rest in the body',
      trace: `
        POST https://project.supabase.co/auth/v1/token?grant_type=refresh_token
        Content-Type: application/json

        {"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"}
      `,
      verdict: 'pass',
    },
    {
      name: 'names without values',
      trace: post('?code=&client_secret=', `grant_type=authorization_code&${CODE}`),
      verdict: 'pass',
    },
    {
      name: 'a page about tokens',
      trace: 'GET https://www.example/token?contract=0xdAC17F958D2ee523a2206206994597C13D831ec7',
    },
    {
      name: 'a preflight',
      trace: 'OPTIONS https://as.example/token?grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA',
    },
  ],
  cannotTell: [
    {
      name: 'the address was cut',
      trace: `# truncated${post('?client_id=web1', `grant_type=authorization_code&${CODE}`)}`,
      missing: ['whole address'],
    },
  ],
};
