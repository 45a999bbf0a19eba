import type { Examples } from '../model/example.ts';
import type { Param } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { judgeResponses, passIfWholeResponse, sdkOfFlow } from './support/client-responses.ts';

export const rule: Rule = {
  id: 'token-in-query',
  title: 'Token in the query of the callback',
  subject: 'Query of the callback',
  group: 'B',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization response'],
  references: [
    { spec: 'Multiple Response Types', section: '3', level: 'none' },
    { spec: 'RFC 9700', section: '4.3.2', level: 'none' },
    { spec: 'RFC 6749', section: '4.2.2', level: 'none' },
  ],
  why: 'A query is sent to the web server and ends up in its logs, in proxies and in Referer headers.',
  fix: 'Use `response_type=code` and take tokens from the token endpoint only.',
  copy: 'response_type=code&code_challenge=…&code_challenge_method=S256',
  parents: ['refresh-token-in-front-channel'],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const [first, ...rest] = message.params.filter(isTokenInQuery);
      if (first === undefined) return passIfWholeResponse(message, c);
      return c.fail({
        evidence: [c.at(message, first), ...rest.map((token) => c.at(message, token))],
        severity: sdkOfFlow(flow) === null ? 'high' : 'medium',
        summary: c.say`The query of ${c.plain(message.endpoint.url)} holds ${c.plain(first.name)}.`,
      });
    }),
};

const TOKENS: ReadonlySet<string> = new Set(['access_token', 'id_token', 'refresh_token']);

function isTokenInQuery(param: Param): boolean {
  return param.where === 'query' && TOKENS.has(param.name) && param.value !== '';
}

const REQUEST =
  'GET https://as.example/authorize?response_type=token&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=Zk3uV8pQx1LrT0';
const TOKEN = 'access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer';

export const examples: Examples = {
  violation: [
    { name: 'an access token', trace: `GET https://app.example/cb?${TOKEN}&state=Zk3uV8pQx1LrT0`, severity: 'high' },
    {
      name: 'an ID token',
      trace: `${REQUEST}\n\nGET https://app.example/cb?id_token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl&state=Zk3uV8pQx1LrT0`,
      severity: 'high',
    },
    {
      name: 'a refresh token beside the code',
      trace: `${REQUEST}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&state=Zk3uV8pQx1LrT0`,
      severity: 'high',
    },
    {
      name: "a vendor's popup",
      trace: `
        GET https://www.facebook.com/v19.0/dialog/oauth?app_id=1450582308578&redirect_uri=https%3A%2F%2Fstaticxx.facebook.com%2Fx%2Fconnect%2Fxd_arbiter%2F&response_type=token%2Csigned_request&state=Zk3uV8pQx1LrT0

        GET https://staticxx.facebook.com/x/connect/xd_arbiter/?${TOKEN}&state=Zk3uV8pQx1LrT0
      `,
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'a code', trace: 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0' },
    {
      name: 'a form that is posted',
      trace: `
        POST https://app.example/cb
        Content-Type: application/x-www-form-urlencoded

        ${TOKEN}&state=Zk3uV8pQx1LrT0
      `,
    },
  ],
  lookAlike: [
    {
      name: 'a token that resets a password',
      trace: 'GET https://app.example/reset-password?token=4f9c1dbb07a34f0c8b5e2d7a&state=open',
    },
    {
      name: 'an empty access_token beside a code',
      trace: 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&access_token=&state=Zk3uV8pQx1LrT0',
    },
    { name: 'a token in the fragment is another finding', trace: `GET https://app.example/cb#${TOKEN}` },
    {
      name: 'id_token_hint is sent to the server',
      trace: `GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&id_token_hint=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl`,
    },
    {
      name: 'what a server upstream answers to a broker',
      trace: `
        GET https://accounts.google.com/o/oauth2/v2/auth?response_type=token&client_id=web1&redirect_uri=https%3A%2F%2Ftenant.auth0.com%2Flogin%2Fcallback&state=Zk3uV8pQx1LrT0

        GET https://tenant.auth0.com/login/callback?${TOKEN}&state=Zk3uV8pQx1LrT0
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the response was not seen', trace: REQUEST, missing: ['authorization response'] },
    {
      name: 'the address was cut',
      trace: '# truncated\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0',
      missing: ['whole address'],
    },
  ],
};
