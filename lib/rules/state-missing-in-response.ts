import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { AuthorizationResponse } from '../model/message.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';
import { clientResponses, continuation, judgeResponses, passIfWholeResponse } from './support/client-responses.ts';
import { redirected, SEALED } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'state-missing-in-response',
  title: 'Response without the state of the request',
  subject: 'Presence of state in the response',
  group: 'B',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization request', 'authorization response'],
  references: [
    { spec: 'RFC 6749', section: '4.1.2', level: 'none' },
    { spec: 'RFC 6749', section: '4.2.2', level: 'none' },
  ],
  why: 'The client cannot tell this response from one that an attacker made the browser open.',
  fix: 'Return `state` from the authorization server, and refuse in the client every response that lacks it.',
  parents: [],

  check(flow, c) {
    const request = clientRequest(flow);
    if (request.is === 'none') {
      return clientResponses(flow).is === 'none' ? c.notApplicable : c.cannotTell('authorization request');
    }
    if (request.is === 'hidden') return c.cannotTell(request.missing);
    const sent = param(request.message, 'state');
    if (sent === null) return request.message.truncated ? c.cannotTell('whole address') : c.notApplicable;
    return judgeResponses(flow, c, (message) => {
      if (param(message, 'state') !== null) return c.pass;
      const whole = passIfWholeResponse(message, c);
      if (whole.is !== 'pass') return whole;
      if (!c.sure(flow, message)) return c.cannotTell('sure link');
      const evidence = [c.absent(message, 'state'), c.at(request.message, sent)] as const;
      return c.fail({ evidence, ...judge(flow, message, c) });
    });
  },
};

function judge(flow: Flow, message: AuthorizationResponse, c: RuleContext): Pick<Fail, 'severity' | 'summary'> {
  if (message.error !== null) return { severity: 'low', summary: c.say`An error came back without the state.` };
  return continuation(flow, message) === null
    ? {
        severity: 'medium',
        summary: c.say`No state came back; whether the client refused the response was not seen.`,
      }
    : { severity: 'high', summary: c.say`No state came back, and the client went on all the same.` };
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const SENT = `${REQUEST}&state=af0ifjsldkjQ2w7`;
export const examples: Examples = {
  violation: [
    {
      name: 'nothing shows that the client went on',
      trace: redirected(SENT, 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA'),
      severity: 'medium',
    },
    {
      name: 'an empty state counts as none',
      trace: redirected(SENT, 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state='),
      severity: 'medium',
    },
    {
      name: 'the client redeems the code',
      trace: `
        ${redirected(SENT, 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA')}

        # initiator https://app.example
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1
      `,
      severity: 'high',
    },
    {
      name: 'an error without state',
      trace: redirected(SENT, 'https://app.example/cb?error=access_denied'),
      severity: 'low',
    },
    {
      name: 'after the pages of the sign-in',
      trace: `
        ${SENT}

        POST https://as.example/interaction/4pT9/login
        Content-Type: application/x-www-form-urlencoded

        login=jo

        303
        Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA
      `,
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'the state comes back',
      trace: redirected(SENT, 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7'),
    },
    {
      name: 'in the fragment',
      trace: redirected(
        'GET https://as.example/authorize?response_type=token&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7',
        'https://app.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer&state=af0ifjsldkjQ2w7',
      ),
    },
    {
      name: 'inside a signed response object',
      // {"alg":"RS256"} . {"iss":"https://as.example","code":"SplxlOBeZQQYbYS6WxSbIA","state":"af0ifjsldkjQ2w7"}
      trace: redirected(
        SENT,
        'https://app.example/cb?response=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3In0.c2lnbmF0dXJl',
      ),
    },
  ],
  lookAlike: [
    {
      name: 'the request had none either',
      trace: redirected(REQUEST, 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA'),
      verdict: 'notApplicable',
    },
    {
      name: 'a link of the application with a code of its own',
      trace: `${SENT}\n\nGET https://app.example/coupon?code=SPRING25`,
    },
    {
      name: 'a broker keeps its own state upstream',
      trace: `
        GET https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Ftenant.auth0.com%2Flogin%2Fcallback&state=af0ifjsldkjQ2w7

        302
        Location: https://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the request was not seen',
      trace: 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&scope=profile',
      missing: ['authorization request'],
    },
    { name: 'the response was not seen', trace: SENT, missing: ['authorization response'] },
    {
      name: 'the request was pushed out of sight',
      trace: redirected(
        'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c',
        'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA',
      ),
      missing: ['request object'],
    },
    { name: 'the request was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
    {
      name: 'the response was cut',
      trace: `
        ${SENT}

        302
        Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA

        # truncated
        GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA
      `,
      missing: ['whole address'],
    },
    {
      name: 'nothing but the address of the callback links the two',
      trace: `${SENT}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA`,
      missing: ['sure link'],
    },
    {
      name: 'an encrypted response object',
      trace: redirected(SENT, `https://app.example/cb?${SEALED}`),
      missing: ['authorization response'],
    },
  ],
};
