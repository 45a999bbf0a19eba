import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import { judgeResponses } from './support/client-responses.ts';

export const rule: Rule = {
  id: 'slow-code-exchange',
  title: 'Code redeemed long after it was issued',
  subject: 'Time between code and exchange',
  group: 'B',
  severity: 'info',
  confidence: 'firm',
  needs: ['authorization response', 'token request', 'token response'],
  references: [{ spec: 'RFC 6749', section: '4.1.2', level: 'RECOMMENDED' }],
  asvs: ['10.4.3'],
  why: 'A code that stays valid for long gives a thief the time to use it.',
  fix: 'Redeem the code at once, and let the authorization server end the life of a code after a minute.',
  parents: [],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const code = param(message, 'code');
      if (code === null) return c.notApplicable;
      const exchange = messagesOf(flow, 'tokenRequest').find((m) => paramValue(m, 'code') === code.value);
      const sent = exchange === undefined ? null : param(exchange, 'code');
      if (exchange === undefined || sent === null) return c.cannotTell('token request');
      const answer = messagesOf(flow, 'tokenResponse').find((m) => m.exchange.id === exchange.exchange.id);
      if (answer === undefined) return c.cannotTell('token response');
      if (Math.floor(answer.status / 100) !== 2 || answer.error !== null) return c.notApplicable;
      const issued = message.exchange.time;
      const redeemed = exchange.exchange.time;
      if (issued === null || redeemed === null) return c.notApplicable;
      const seconds = Math.round((redeemed - issued) / 1000);
      if (seconds <= SOON) return c.pass;
      return c.fail({
        evidence: [c.at(exchange, sent), c.at(message, code)],
        severity: seconds > TOO_LONG ? 'medium' : 'info',
        summary:
          seconds > TOO_LONG
            ? c.say`The server still accepted the code after ${Math.round(seconds / 60)} minutes.`
            : c.say`The client took ${seconds} seconds to redeem the code.`,
      });
    }),
};

/** Seconds. */
const SOON = 60;
/** Seconds: the longest life of a code that RFC 6749 §4.1.2 recommends. */
const TOO_LONG = 600;

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const TOKENS =
  '\n200\nContent-Type: application/json\n\n{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}\n';
const signIn = (seconds: number, answer = TOKENS): string => `
${REQUEST}

# time +10
GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7

# time +${10 + seconds}
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1
${answer}`;

export const examples: Examples = {
  violation: [
    { name: 'two minutes', trace: signIn(120), severity: 'info' },
    { name: 'ten minutes exactly', trace: signIn(600), severity: 'info' },
    { name: 'fourteen minutes', trace: signIn(840), severity: 'medium' },
  ],
  clean: [
    { name: 'one second', trace: signIn(1) },
    { name: 'a minute exactly', trace: signIn(60) },
  ],
  lookAlike: [
    {
      name: 'late, and refused',
      trace: signIn(840, '\n400\nContent-Type: application/json\n\n{"error":"invalid_grant"}'),
      verdict: 'notApplicable',
    },
    {
      name: 'late, and answered by a broken server',
      trace: signIn(840, '\n500\nContent-Type: text/html\n\n<h1>Internal error</h1>'),
      verdict: 'notApplicable',
    },
    {
      name: 'late, and refused with status 200',
      trace: signIn(840, '\n200\nContent-Type: application/json\n\n{"error":"bad_verification_code"}'),
      verdict: 'notApplicable',
    },
    {
      name: 'a refresh long after the sign-in',
      trace: `
        ${signIn(1)}

        # time +7200
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=spa1
        ${TOKENS}
      `,
      verdict: 'pass',
    },
    {
      name: 'an error long after the request',
      trace: `${REQUEST}\n\n# time +900\nGET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'redeemed out of sight',
      trace: `${REQUEST}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      missing: ['token request'],
    },
    { name: 'the answer was not seen', trace: signIn(840, ''), missing: ['token response'] },
    { name: 'the response was not seen', trace: REQUEST, missing: ['authorization response'] },
  ],
};
