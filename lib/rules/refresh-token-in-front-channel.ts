import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeResponses, passIfWholeResponse } from './support/client-responses.ts';
import { SEALED, UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'refresh-token-in-front-channel',
  title: 'Refresh token in an authorization response',
  subject: 'Refresh tokens in the authorization response',
  group: 'B',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization response'],
  references: [{ spec: 'RFC 6749', section: '4.2.2', level: 'MUST NOT' }],
  why: 'A credential that can fetch new access tokens for months passes through the address bar, its history and every script.',
  fix: 'Issue refresh tokens from the token endpoint only, in answer to a code.',
  copy: 'response_type=code&code_challenge=…&code_challenge_method=S256',
  parents: [],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const token = param(message, 'refresh_token');
      if (token === null) return passIfWholeResponse(message, c);
      const place = c.plain(message.endpoint.url);
      const evidence = [c.at(message, token)] as const;
      return message.channel === 'form_post'
        ? c.fail({ evidence, severity: 'medium', summary: c.say`The form posted to ${place} holds a refresh token.` })
        : c.fail({ evidence, severity: 'high', summary: c.say`The address of ${place} holds a refresh token.` });
    }),
};

const REQUEST =
  'GET https://as.example/authorize?response_type=token&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=Zk3uV8pQx1LrT0';
const REFRESH = 'refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&state=Zk3uV8pQx1LrT0';

export const examples: Examples = {
  violation: [
    {
      name: 'in the fragment',
      trace: `${REQUEST}\n\nGET https://app.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&${REFRESH}`,
      severity: 'high',
    },
    {
      name: 'in the query, beside the code',
      trace: `GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&${REFRESH}`,
      severity: 'high',
    },
    {
      name: 'in a form that is posted',
      trace: `
        POST https://app.example/cb
        Content-Type: application/x-www-form-urlencoded

        code=SplxlOBeZQQYbYS6WxSbIA&${REFRESH}
      `,
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'a code', trace: 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0' },
    {
      name: 'an access token alone',
      trace: 'GET https://app.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&state=Zk3uV8pQx1LrT0',
    },
  ],
  lookAlike: [
    {
      name: 'its lifetime is no token',
      trace:
        'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&refresh_token_expires_in=86400&state=Zk3uV8pQx1LrT0',
      verdict: 'pass',
    },
    {
      name: 'an empty refresh_token',
      trace: 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&refresh_token=&state=Zk3uV8pQx1LrT0',
      verdict: 'pass',
    },
    {
      name: 'a link of an e-mail answers no request',
      trace:
        'GET https://app.example/reset#access_token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl&refresh_token=v1pQ9rT5sKzL&type=recovery',
    },
    {
      name: 'a token request is the place for it',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=spa1
      `,
      verdict: 'notApplicable',
    },
    {
      name: 'what a server upstream answers to a broker',
      trace: `${UPSTREAM}&response_type=token\n\nGET https://tenant.auth0.com/login/callback#access_token=2YotnFZFEjr1zCsicMWpAA&${REFRESH}`,
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
    {
      name: 'an encrypted response object',
      trace: `${REQUEST}\n\nGET https://app.example/cb?${SEALED}`,
      missing: ['authorization response'],
    },
  ],
};
