import { allParams, paramValue, parseForm, queryOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { type Flow, messagesOf } from '../model/flow.ts';
import type { AuthorizationResponse, Param } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';
import { judgeResponses, passIfWholeResponse } from './support/client-responses.ts';
import { UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'duplicate-code-in-callback',
  title: 'Parameter twice in one authorization response',
  subject: 'Repeated parameters in the authorization response',
  group: 'B',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization response'],
  references: [{ spec: 'RFC 6749', section: '3.1', level: 'MUST NOT' }],
  why: 'Which of the two is used depends on the reader, so an attacker can choose the code that the client redeems.',
  fix: 'Refuse every response in which a parameter stands twice.',
  parents: [],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      for (const name of ['code', 'state', 'iss']) {
        const [first, second] = onTheWire(message, name);
        if (first === undefined || second === undefined) continue;
        const chosen = redeemsFixedCode(flow);
        return c.fail({
          evidence: [c.at(message, first), c.at(message, second)],
          severity: chosen ? 'high' : 'medium',
          part: name,
          summary: chosen
            ? c.say`The client redeems the code that is fixed in its own redirect_uri, not the one that the server issued.`
            : c.say`The response carries ${c.plain(name)} more than once.`,
        });
      }
      return passIfWholeResponse(message, c);
    }),
};

/** Claims of a response object are no repetition of what stands beside it, and neither is a provider's own name. */
function onTheWire(message: AuthorizationResponse, name: string): readonly Param[] {
  return allParams(message, name).filter((p) => p.where !== 'jwt' && p.name === name);
}

function redeemsFixedCode(flow: Flow): boolean {
  const request = clientRequest(flow);
  if (request.is !== 'seen') return false;
  const target = paramValue(request.message, 'redirect_uri') ?? '';
  const fixed = paramValue({ params: parseForm(queryOf(target), 'query') }, 'code');
  return fixed !== null && messagesOf(flow, 'tokenRequest').some((m) => paramValue(m, 'code') === fixed);
}

const request = (redirectUri: string): string =>
  `GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=${redirectUri}&state=af0ifjsldkjQ2w7`;
const redeem = (code: string): string => `
  # initiator https://app.example
  POST https://as.example/token
  Content-Type: application/x-www-form-urlencoded

  grant_type=authorization_code&code=${code}&client_id=web1
`;
const TWICE = 'GET https://app.example/cb?code=Stat1cCode9xQ2&code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    { name: 'two codes', trace: TWICE, severity: 'medium' },
    {
      name: 'two states',
      trace: 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7&state=Zz9yX8wV7uT6sR5',
      severity: 'medium',
    },
    {
      name: 'two issuers',
      trace:
        'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7&iss=https%3A%2F%2Fas.example&iss=https%3A%2F%2Fas.example',
      severity: 'medium',
    },
    {
      name: 'one in the query, one in the fragment',
      trace: 'GET https://app.example/cb?state=Zz9yX8wV7uT6sR5#code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
      severity: 'medium',
    },
    {
      name: 'the client redeems the one of its own redirect_uri',
      trace: `${request('https%3A%2F%2Fapp.example%2Fcb%3Fcode%3DStat1cCode9xQ2')}\n\n${TWICE}\n${redeem('Stat1cCode9xQ2')}`,
      severity: 'high',
    },
    {
      name: 'the client redeems the one that was issued',
      trace: `${request('https%3A%2F%2Fapp.example%2Fcb%3Fcode%3DStat1cCode9xQ2')}\n\n${TWICE}\n${redeem('SplxlOBeZQQYbYS6WxSbIA')}`,
      severity: 'medium',
    },
    {
      name: 'a redirect_uri without a code of its own',
      trace: `${request('https%3A%2F%2Fapp.example%2Fcb')}\n\n${TWICE}\n${redeem('Stat1cCode9xQ2')}`,
      severity: 'medium',
    },
  ],
  clean: [{ name: 'each once', trace: 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7' }],
  lookAlike: [
    {
      name: 'session_state beside state',
      trace:
        'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7&session_state=af0ifjsldkjQ2w7.Qx',
      verdict: 'pass',
    },
    {
      name: 'a parameter of the application twice',
      trace: 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7&tag=a&tag=b',
      verdict: 'pass',
    },
    {
      name: "the same code under a provider's own name",
      trace:
        'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&auth_code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
      verdict: 'pass',
    },
    {
      name: 'state beside a response object that holds it too',
      trace: `${request('https%3A%2F%2Fapp.example%2Fcb')}\n\nGET https://app.example/cb?response=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3In0.c2lnbmF0dXJl&state=af0ifjsldkjQ2w7`,
      verdict: 'pass',
    },
    {
      name: 'what a server upstream answers to a broker',
      trace: `${UPSTREAM}&response_type=code\n\nGET https://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0&state=Zk3uV8pQx1LrT0`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the response was not seen',
      trace: request('https%3A%2F%2Fapp.example%2Fcb'),
      missing: ['authorization response'],
    },
    {
      name: 'the address was cut',
      trace: '# truncated\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
      missing: ['whole address'],
    },
  ],
};
