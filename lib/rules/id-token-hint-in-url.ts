import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import { UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'id-token-hint-in-url',
  title: 'ID token as a hint in an address',
  subject: 'Place of id_token_hint',
  group: 'A',
  severity: 'info',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'OIDC RP-Initiated Logout', section: '2', level: 'none' },
    { spec: 'OIDC Core', section: '3.1.2.1', level: 'none' },
  ],
  why: 'The history and the logs keep what the token says about the visitor.',
  fix: 'Post the request as a form, or have ID tokens issued with few claims or encrypted.',
  parents: [],

  check(flow, c) {
    const messages = flow.messages.filter(
      (m) => m.kind === 'logoutRequest' || (m.kind === 'authorizationRequest' && m.hop === 'client'),
    );
    const [first, ...rest] = messages.flatMap((message) => hint(message, c));
    if (first !== undefined) return c.fail(first, ...rest);
    if (messages.some((message) => message.truncated)) return c.cannotTell('whole address');
    return messages.some((message) => param(message, 'id_token_hint') !== null) ? c.pass : c.notApplicable;
  },
};

/** OIDC Core §5.1: what identifies the person beyond `sub`. */
const PERSONAL = ['email', 'phone_number', 'address'];

function hint(message: OAuthMessage, c: RuleContext): Fail[] {
  const found = param(message, 'id_token_hint');
  const jose = found?.where === 'query' ? readCompactJose(found.value) : null;
  if (found === null || jose === null || jose.is === 'jwe') return [];
  const named = PERSONAL.filter((name) => jose.claims?.[name] !== undefined);
  return [
    named.length === 0
      ? {
          evidence: [c.at(message, found)],
          summary: c.say`Expected by the specification, but it stays in the history.`,
        }
      : {
          evidence: [c.at(message, found)],
          severity: 'low',
          summary: c.say`Everyone who sees the address can read ${c.plain(named.join(', '))} in it.`,
        },
  ];
}

const LOGOUT = 'https://as.example/logout';
const TARGET = 'post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye';
const PLAIN_TOKEN = 'id_token_hint=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI0MjE3IiwiYXVkIjoid2ViMSJ9.c2lnbmF0dXJl';
/** {"sub":"4217","email":"bob@mail.example"} */
const PERSONAL_TOKEN =
  'id_token_hint=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI0MjE3IiwiZW1haWwiOiJib2JAbWFpbC5leGFtcGxlIn0.c2lnbmF0dXJl';
const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid';

export const examples: Examples = {
  violation: [
    { name: 'sign-out', trace: `GET ${LOGOUT}?${PLAIN_TOKEN}&${TARGET}`, severity: 'info' },
    { name: 'sign-in', trace: `${REQUEST}&prompt=none&${PLAIN_TOKEN}`, severity: 'info' },
    { name: 'with an e-mail address', trace: `GET ${LOGOUT}?${PERSONAL_TOKEN}&${TARGET}`, severity: 'low' },
  ],
  clean: [
    {
      name: 'posted',
      trace: `POST ${LOGOUT}\nContent-Type: application/x-www-form-urlencoded\n\n${PERSONAL_TOKEN}&${TARGET}`,
    },
    {
      name: 'encrypted',
      trace: `GET ${LOGOUT}?id_token_hint=eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.T0dCZWU.aXYxMjM0NTY3OA.Y2lwaGVydGV4dA.dGFn&${TARGET}`,
    },
  ],
  lookAlike: [
    { name: 'a hint that is no token', trace: `GET ${LOGOUT}?logout_hint=sid1&${TARGET}`, verdict: 'notApplicable' },
    { name: 'no signed token', trace: `GET ${LOGOUT}?id_token_hint=4217&${TARGET}`, verdict: 'pass' },
    { name: 'a broker upstream', trace: `${UPSTREAM}&response_type=code&${PLAIN_TOKEN}`, verdict: 'notApplicable' },
    {
      name: 'an ID token in the callback is another finding',
      trace: 'GET https://app.example/cb#id_token=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI0MjE3In0.c2lnbmF0dXJl',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the address was cut', trace: `# truncated\nGET ${LOGOUT}?${TARGET}`, missing: ['whole address'] },
  ],
};
