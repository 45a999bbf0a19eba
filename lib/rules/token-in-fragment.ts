import { allParams } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeResponses, passIfWholeResponse, sdkOfFlow } from './support/client-responses.ts';

export const rule: Rule = {
  id: 'token-in-fragment',
  title: 'Access token in the fragment of the callback',
  subject: 'Fragment of the callback',
  group: 'B',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization response'],
  references: [
    { spec: 'RFC 9700', section: '4.1.2', level: 'none' },
    { spec: 'RFC 9700', section: '4.3.2', level: 'none' },
    { spec: 'RFC 10017', section: '7.2.3.2', level: 'none' },
    { spec: 'RFC 6749', section: '4.2.2', level: 'none' },
  ],
  why: 'Every script of the page and the history of the browser can read the token there.',
  fix: 'Use the authorization code grant with PKCE, which puts no token into an address.',
  copy: 'response_type=code&code_challenge=…&code_challenge_method=S256',
  parents: ['implicit-flow', 'hybrid-access-token-front-channel', 'refresh-token-in-front-channel'],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const token = allParams(message, 'access_token').find((p) => p.where === 'fragment' && p.value !== '');
      if (token === undefined) return passIfWholeResponse(message, c);
      const evidence = [c.at(message, token)] as const;
      const sdk = sdkOfFlow(flow);
      if (sdk !== null) {
        const summary = c.say`The access token stands in an address that ${c.plain(sdk.name)} handles.`;
        return c.fail({ evidence, severity: 'medium', summary });
      }
      const summary = c.say`The access token stands in the address of ${c.plain(message.endpoint.url)}.`;
      return c.fail({ evidence, severity: 'high', summary });
    }),
};

const REQUEST =
  'GET https://as.example/authorize?response_type=token&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=Zk3uV8pQx1LrT0';
const TOKEN = 'access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer&expires_in=3600&state=Zk3uV8pQx1LrT0';

export const examples: Examples = {
  violation: [
    { name: 'the request was seen', trace: `${REQUEST}\n\nGET https://app.example/cb#${TOKEN}`, severity: 'high' },
    { name: 'the request was not seen', trace: `GET https://app.example/cb#${TOKEN}`, severity: 'high' },
    { name: 'behind the path of a router', trace: `GET https://app.example/cb#/signed-in?${TOKEN}`, severity: 'high' },
    {
      name: 'only the redirect to the callback was seen',
      trace: `${REQUEST}\n\n302\nLocation: https://app.example/cb#${TOKEN}`,
      severity: 'high',
    },
    {
      name: "a vendor's popup",
      trace: `
        GET https://www.facebook.com/v19.0/dialog/oauth?app_id=1450582308578&redirect_uri=https%3A%2F%2Fstaticxx.facebook.com%2Fx%2Fconnect%2Fxd_arbiter%2F&response_type=token%2Csigned_request&state=Zk3uV8pQx1LrT0

        GET https://staticxx.facebook.com/x/connect/xd_arbiter/#${TOKEN}
      `,
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'a code in the query',
      trace: 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0',
    },
  ],
  lookAlike: [
    {
      name: 'an empty access_token beside a code',
      trace: 'GET https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&access_token=&state=Zk3uV8pQx1LrT0',
    },
    {
      name: 'a token in the query is another finding',
      trace: `GET https://app.example/cb?${TOKEN}`,
    },
    {
      name: 'a link of an e-mail answers no request',
      trace:
        'GET https://app.example/reset#access_token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl&refresh_token=v1pQ9rT5sKzL&type=recovery',
    },
    {
      name: 'a fragment that a page uses for itself',
      trace: 'GET https://app.example/map#access_token=pk.eyJ1IjoibWFwIn0.Zm9vYmFy&zoom=3',
    },
    {
      name: 'what a server upstream answers to a broker',
      trace: `
        GET https://accounts.google.com/o/oauth2/v2/auth?response_type=token&client_id=web1&redirect_uri=https%3A%2F%2Ftenant.auth0.com%2Flogin%2Fcallback&state=Zk3uV8pQx1LrT0

        GET https://tenant.auth0.com/login/callback#${TOKEN}
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the response was not seen', trace: REQUEST, missing: ['authorization response'] },
    {
      name: 'a pushed request without its response',
      trace: `
        POST https://as.example/par
        Content-Type: application/x-www-form-urlencoded

        response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=Zk3uV8pQx1LrT0
      `,
      missing: ['authorization response'],
    },
    {
      name: 'the address was cut',
      trace: '# truncated\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0',
      missing: ['whole address'],
    },
  ],
};
