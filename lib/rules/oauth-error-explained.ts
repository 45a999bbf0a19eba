import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';
import { clientResponses } from './support/client-responses.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { ASKING, explainError, ORDINARY } from './support/oauth-errors.ts';

export const rule: Rule = {
  id: 'oauth-error-explained',
  title: 'Server answered with an error',
  subject: 'Errors of the server',
  group: 'B',
  severity: 'info',
  confidence: 'certain',
  needs: ['authorization response', 'token response', 'response body'],
  references: [
    { spec: 'RFC 6749', section: '4.1.2.1', level: 'none' },
    { spec: 'RFC 6749', section: '5.2', level: 'none' },
    { spec: 'OIDC Core', section: '3.1.2.6', level: 'none' },
  ],
  why: 'The sign-in or the request for a token did not succeed.',
  fix: 'Look up the error in the documentation of the server.',
  parents: [],

  check(flow, c) {
    if (isUpstream(flow)) return c.notApplicable;
    const answers = flow.messages.filter(isAnswer);
    const [first, ...rest] = answers.flatMap((message) => errorOf(flow, message, c));
    if (first !== undefined) return c.fail(first, ...rest);
    if (answers.some((message) => message.kind !== 'authorizationResponse' && hidesError(message))) {
      return c.cannotTell('response body');
    }
    if (answers.length > 0) return c.pass;
    return clientResponses(flow).is === 'unseen' ? c.cannotTell('authorization response') : c.notApplicable;
  },
};

const ANSWERS: ReadonlySet<OAuthMessage['kind']> = new Set([
  'authorizationResponse',
  'tokenResponse',
  'pushedAuthorizationResponse',
  'deviceAuthorizationResponse',
]);

function isAnswer(message: OAuthMessage): boolean {
  return ANSWERS.has(message.kind);
}

function isUpstream(flow: Flow): boolean {
  return clientResponses(flow).is === 'none' && flow.messages.some((m) => m.kind === 'authorizationRequest');
}

function hidesError(message: OAuthMessage): boolean {
  const { outcome } = message.exchange;
  return message.bodyHidden !== null && outcome.is === 'response' && outcome.response.status >= 400;
}

function errorOf(flow: Flow, message: OAuthMessage, c: RuleContext): readonly Fail[] {
  const error = param(message, 'error');
  if (error === null || ORDINARY.has(error.value)) return [];
  if (ASKING.has(error.value) && isSilent(flow)) return [];
  const words = explainError(error.value, paramValue(message, 'error_description'));
  const name = c.plain(error.value);
  const evidence = [c.at(message, error)] as const;
  if (words === null) return [{ evidence, part: error.value, summary: c.say`The server answered ${name}.` }];
  return [
    {
      evidence,
      part: error.value,
      summary: c.say`The server answered ${name}: ${c.plain(words.meaning)}.`,
      fix: c.plain(words.remedy),
    },
  ];
}

/** Nobody may be asked (OIDC Core §3.1.2.1): that somebody would have to be is an ordinary answer. */
function isSilent(flow: Flow): boolean {
  const request = clientRequest(flow);
  return request.is === 'seen' && paramValue(request.message, 'prompt') === 'none';
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const callback = (query: string): string => `GET https://app.example/cb?${query}&state=af0ifjsldkjQ2w7`;
const exchange = (answer: string, directives = ''): string => `${directives}
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1

${answer}`;
const JSON_400 = '400\nContent-Type: application/json\n\n';

export const examples: Examples = {
  violation: [
    { name: 'in the callback', trace: `${REQUEST}\n\n${callback('error=invalid_scope')}`, severity: 'info' },
    { name: 'the request was not seen', trace: callback('error=access_denied'), severity: 'info' },
    { name: 'of the token endpoint', trace: exchange(`${JSON_400}{"error":"invalid_grant"}`), severity: 'info' },
    {
      name: 'of the token endpoint, with status 200',
      trace: exchange('200\nContent-Type: application/json\n\n{"error":"bad_verification_code"}'),
      severity: 'info',
    },
    {
      name: 'of a pushed request',
      trace: `
        POST https://as.example/par
        Content-Type: application/x-www-form-urlencoded

        response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb

        ${JSON_400}{"error":"invalid_request"}
      `,
      severity: 'info',
    },
    {
      name: 'of a device authorization',
      trace: `
        POST https://as.example/device_authorization
        Content-Type: application/x-www-form-urlencoded

        client_id=tv1

        ${JSON_400}{"error":"invalid_client"}
      `,
      severity: 'info',
    },
    {
      name: 'one that nobody has explained',
      trace: exchange(`${JSON_400}{"error":"quota_of_tuesday"}`),
      severity: 'info',
    },
    {
      name: 'nobody is signed in, though asking was allowed',
      trace: `${REQUEST}\n\n${callback('error=login_required')}`,
      severity: 'info',
    },
    {
      name: 'another error of a silent renewal',
      trace: `${REQUEST}&prompt=none\n\n${callback('error=server_error')}`,
      severity: 'info',
    },
  ],
  clean: [
    {
      name: 'the callback itself fails',
      trace: `${REQUEST}\n\n# hides request-body\n${callback('code=SplxlOBeZQQYbYS6WxSbIA')}\n\n500`,
    },
    { name: 'a code', trace: `${REQUEST}\n\n${callback('code=SplxlOBeZQQYbYS6WxSbIA')}` },
    {
      name: 'tokens',
      trace: exchange(
        '200\nContent-Type: application/json\n\n{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}',
      ),
    },
    {
      name: 'tokens out of sight, with status 200',
      trace: exchange(
        '200\nContent-Type: application/json\n\n{"access_token":"2YotnFZFEjr1zCsicMWpAA"}',
        '# hides response-body',
      ),
    },
  ],
  lookAlike: [
    { name: 'an error of a shop', trace: 'GET https://shop.example/cart?error=out_of_stock' },
    ...['login_required', 'interaction_required', 'consent_required', 'account_selection_required'].map((error) => ({
      name: `a silent renewal is told ${error}`,
      trace: `${REQUEST}&prompt=none\n\n${callback(`error=${error}`)}`,
      verdict: 'pass' as const,
    })),
    ...['authorization_pending', 'slow_down', 'use_dpop_nonce'].map((error) => ({
      name: `the token endpoint says ${error}`,
      trace: exchange(`${JSON_400}{"error":"${error}"}`),
      verdict: 'pass' as const,
    })),
    {
      name: 'what a server upstream answers to a broker',
      trace: `${UPSTREAM}&response_type=code\n\nGET https://tenant.auth0.com/login/callback?error=access_denied&state=Zk3uV8pQx1LrT0`,
      verdict: 'notApplicable',
    },
    {
      name: 'a key set has no errors',
      trace: 'GET https://as.example/userinfo\nAuthorization: Bearer 2YotnFZFEjr1zCsicMWpAA',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the body of an error is hidden',
      trace: exchange(`${JSON_400}{"error":"invalid_grant"}`, '# capture watch'),
      missing: ['response body'],
    },
    { name: 'the response was not seen', trace: REQUEST, missing: ['authorization response'] },
  ],
};
