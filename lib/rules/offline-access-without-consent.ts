import { header } from '../http/headers.ts';
import { param, paramValue, wordsOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import { judgeRequest, passIfWhole } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'offline-access-without-consent',
  title: 'offline_access without asking for consent',
  subject: 'Consent to offline access',
  group: 'A',
  severity: 'info',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'OIDC Core', section: '11', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.14.2', level: 'none' },
    { spec: 'RFC 10017', section: '6.3.2.3', level: 'none' },
  ],
  why: 'A strict server leaves the refresh token out, and a lax one gives long access that nobody agreed to.',
  fix: 'Ask for `offline_access` only where it is needed, and then with `prompt=consent`.',
  copy: 'scope=openid%20offline_access&prompt=consent',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      const scope = param(message, 'scope');
      const words = wordsOf(scope?.value ?? null);
      if (scope === null || !words.includes('offline_access')) {
        return message.truncated ? c.cannotTell('whole address') : c.notApplicable;
      }
      // OpenID Connect alone ties it to consent.
      if (!words.includes('openid')) return c.notApplicable;
      if (wordsOf(paramValue(message, 'prompt')).includes('consent')) return c.pass;
      if (message.provider?.offlineWithoutConsent) return c.pass;
      const whole = passIfWhole(message, c);
      if (whole.is !== 'pass') return whole;
      const evidence = [c.at(message, scope)] as const;
      return flow.clientType.is === 'public' && keepsRefreshToken(flow)
        ? c.fail({
            evidence,
            severity: 'low',
            summary: c.say`A public client got a refresh token that neither changes nor is bound to a key.`,
          })
        : c.fail({ evidence, summary: c.say`The request does not ask the visitor for consent.` });
    });
  },
};

/** It was redeemed without a proof of possession, and no other one came back. */
function keepsRefreshToken(flow: Flow): boolean {
  const refreshes = messagesOf(flow, 'tokenRequest').filter((request) => request.grant === 'refresh_token');
  return refreshes.some((request) => {
    if (header(request.exchange.request.headers, 'dpop') !== null) return false;
    const answer = messagesOf(flow, 'tokenResponse').find(({ exchange }) => exchange.id === request.exchange.id);
    if (answer === undefined || paramValue(answer, 'access_token') === null) return false;
    const next = paramValue(answer, 'refresh_token');
    return next === null || next === paramValue(request, 'refresh_token');
  });
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const OFFLINE = `${REQUEST}&scope=openid%20offline_access`;
const refresh = (answer: string, headers = ''): string => `
  ${OFFLINE}

  GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7

  # initiator https://app.example
  POST https://as.example/token
  Content-Type: application/x-www-form-urlencoded

  grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1

  200
  Content-Type: application/json

  {"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"}

  # initiator https://app.example
  POST https://as.example/token
  Content-Type: application/x-www-form-urlencoded
  ${headers}

  grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=spa1

  ${answer}
`;
const ANSWER = '200\nContent-Type: application/json\n\n{"access_token":"mF_9B5f41JqMnQ7rT5sLz","token_type":"Bearer"';

export const examples: Examples = {
  violation: [
    { name: 'without prompt', trace: OFFLINE, severity: 'info' },
    { name: 'another prompt', trace: `${OFFLINE}&prompt=login`, severity: 'info' },
    { name: 'a public client whose refresh token stays', trace: refresh(`${ANSWER}}`), severity: 'low' },
    {
      name: 'a public client that gets the same refresh token again',
      trace: refresh(`${ANSWER},"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"}`),
      severity: 'low',
    },
    {
      name: 'a public client whose refresh token changes',
      trace: refresh(`${ANSWER},"refresh_token":"8xLOxBtZp8Qx1LrT0Zk3uV"}`),
      severity: 'info',
    },
    {
      name: 'a public client with a proof of possession',
      trace: refresh(`${ANSWER}}`, 'DPoP: eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2In0.e30.c2lnbmF0dXJl'),
      severity: 'info',
    },
    {
      name: 'a public client whose refresh was refused',
      trace: refresh('400\nContent-Type: application/json\n\n{"error":"invalid_grant"}'),
      severity: 'info',
    },
    { name: 'a public client whose refresh was not answered', trace: refresh(''), severity: 'info' },
    {
      name: 'a confidential client whose refresh token stays',
      trace: refresh(`${ANSWER}}`),
      clientType: 'confidential',
      severity: 'info',
    },
  ],
  clean: [
    { name: 'with consent', trace: `${OFFLINE}&prompt=login%20consent` },
    {
      name: 'a provider that gives it without',
      trace:
        'GET https://login.microsoftonline.com/common/oauth2/v2.0/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7&scope=openid%20offline_access',
    },
  ],
  lookAlike: [
    {
      name: 'a scope of that name without OpenID Connect',
      trace: `${REQUEST}&scope=offline_access`,
      verdict: 'notApplicable',
    },
    {
      name: 'offline access under another name',
      trace: `${REQUEST}&scope=openid%20offline.access&access_type=offline`,
      verdict: 'notApplicable',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=code&scope=openid%20offline_access`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
    { name: 'the address was cut before the prompt', trace: `# truncated\n${OFFLINE}`, missing: ['whole address'] },
  ],
};
