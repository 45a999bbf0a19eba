import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeLogoutRequests } from './support/logout-requests.ts';

export const rule: Rule = {
  id: 'logout-without-hint',
  title: 'Sign-out that does not say whose session ends',
  subject: 'Hint of the sign-out',
  group: 'L',
  severity: 'info',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'OIDC RP-Initiated Logout', section: '2', level: 'RECOMMENDED' },
    { spec: 'OIDC RP-Initiated Logout', section: '3', level: 'none' },
    { spec: 'OIDC RP-Initiated Logout', section: '6', level: 'none' },
  ],
  asvs: ['10.6.2'],
  why: 'The server has to ask the visitor first, and may not redirect back to the application.',
  fix: 'Send the last ID token as `id_token_hint`, in a posted form where it names the person.',
  copy: 'id_token_hint=…',
  parents: [],

  check(flow, c) {
    return judgeLogoutRequests(flow, c, (message) => {
      // Endpoints with parameters of their own follow another specification.
      if (param(message, 'logout_uri') !== null || param(message, 'returnTo') !== null) return c.notApplicable;
      if (message.provider?.logoutWithoutHint) return c.notApplicable;
      if (['id_token_hint', 'client_id', 'logout_hint'].some((name) => param(message, name) !== null)) return c.pass;
      return c.fail({
        evidence: [c.absent(message, 'id_token_hint', 'query')],
        summary: c.say`The request names neither a token nor a client.`,
      });
    });
  },
};

const LOGOUT = 'https://as.example/logout';
const TARGET = 'post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye';
const HINT = 'id_token_hint=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI0MjE3IiwiYXVkIjoid2ViMSJ9.c2lnbmF0dXJl';

export const examples: Examples = {
  violation: [
    { name: 'only where to go next', trace: `GET ${LOGOUT}?${TARGET}` },
    { name: 'an empty hint', trace: `GET ${LOGOUT}?${TARGET}&id_token_hint=` },
    {
      name: 'posted',
      trace: `POST ${LOGOUT}\nContent-Type: application/x-www-form-urlencoded\n\n${TARGET}`,
    },
  ],
  clean: [
    { name: 'a token', trace: `GET ${LOGOUT}?${HINT}&${TARGET}` },
    { name: 'a client', trace: `GET ${LOGOUT}?client_id=web1&${TARGET}` },
    { name: 'a hint of another kind', trace: `GET ${LOGOUT}?logout_hint=sid1&${TARGET}` },
  ],
  lookAlike: [
    {
      name: 'an endpoint with parameters of its own',
      trace: 'GET https://tenant.auth0.com/v2/logout?client_id=web1&returnTo=https%3A%2F%2Fapp.example%2Fbye',
      verdict: 'notApplicable',
    },
    {
      name: 'another endpoint with parameters of its own',
      trace:
        'GET https://shop.auth.eu-west-2.amazoncognito.com/logout?client_id=web1&logout_uri=https%3A%2F%2Fapp.example%2Fbye',
      verdict: 'notApplicable',
    },
    {
      name: 'a provider that needs no hint',
      trace: `GET https://login.microsoftonline.com/common/oauth2/v2.0/logout?${TARGET}`,
      verdict: 'notApplicable',
    },
    { name: "the application's own sign-out", trace: 'GET https://app.example/logout?next=%2F' },
  ],
  cannotTell: [
    { name: 'the address was cut', trace: `# truncated\nGET ${LOGOUT}?${TARGET}`, missing: ['whole address'] },
    {
      name: 'the form was not recorded',
      trace: `# hides request-body\nPOST ${LOGOUT}?${TARGET}`,
      missing: ['request body'],
    },
  ],
};
