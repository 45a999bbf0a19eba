import { endpointOf } from '../http/endpoint.ts';
import { wordsOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationResponse, Param } from '../model/message.ts';
import type { Fail, Rule, RuleContext, Severity } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import type { ClientRequest } from './support/client-request.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { judgeRequestObject } from './support/request-object.ts';

export const rule: Rule = {
  id: 'request-object-mismatch',
  title: 'Parameters that contradict the request object',
  subject: 'Parameters beside the request object',
  group: 'A',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request', 'request object'],
  references: [{ spec: 'OIDC Core', section: '6.1', level: 'MUST' }],
  why: 'Anyone can change the outer value, and a server that reads it asks for something that the client did not sign.',
  fix: 'Put every parameter into the request object and only `client_id` beside it.',
  parents: [],

  check(flow, c) {
    return judgeRequestObject(flow, c, (message, object) => {
      if (message.truncated) return c.cannotTell('whole address');
      const jose = readCompactJose(object.value);
      if (jose?.is === 'jwe') return c.cannotTell('request object');
      if (jose === null || jose.claims === null) return c.notApplicable;
      const [first, ...rest] = COMPARED.flatMap((name) => contradiction(flow, message, name, c));
      return first === undefined ? c.pass : c.fail(first, ...rest);
    });
  },
};

const COMPARED = ['client_id', 'response_type', 'redirect_uri', 'scope', 'state', 'nonce'];
/** What the object says replaces these; both differ where a signed object is kept and used again. */
const SUPERSEDED: ReadonlySet<string> = new Set(['scope', 'state', 'nonce']);

function contradiction(flow: Flow, message: ClientRequest, name: string, c: RuleContext): Fail[] {
  const sent = message.params.filter((param) => (param.as ?? param.name) === name && param.value !== '');
  const outer = sent.find(({ where }) => where !== 'jwt');
  const inner = sent.find(({ where }) => where === 'jwt');
  if (outer === undefined || inner === undefined || agree(name, outer, inner)) return [];
  const severity = severityOf(flow, name, outer);
  return [
    {
      evidence: [c.at(message, outer), c.at(message, inner)],
      severity,
      summary:
        severity === 'high'
          ? c.say`The values of ${c.plain(name)} differ, and the server acted on the outer one.`
          : c.say`The values of ${c.plain(name)} inside and outside of the request object differ.`,
    },
  ];
}

/** A part of the scope may stand outside, because OpenID Connect wants `openid` there. */
function agree(name: string, outer: Param, inner: Param): boolean {
  if (name !== 'scope' && name !== 'response_type') return outer.value === inner.value;
  const inside = wordsOf(inner.value);
  const outside = wordsOf(outer.value);
  return outside.every((word) => inside.includes(word)) && (name === 'scope' || outside.length === inside.length);
}

function severityOf(flow: Flow, name: string, outer: Param): Severity {
  if (SUPERSEDED.has(name)) return 'info';
  const granted = messagesOf(flow, 'authorizationResponse').filter(({ error }) => error === null);
  const actedOn = (response: AuthorizationResponse): boolean =>
    name !== 'redirect_uri' || response.endpoint.url === endpointOf(outer.value)?.url;
  return granted.some(actedOn) ? 'high' : 'medium';
}

const AUTHORIZE = 'GET https://as.example/authorize?';
/** {"client_id":"web1","response_type":"code id_token","redirect_uri":"https://app.example/cb","scope":"openid profile","state":"af0ifjsldkjQ2w7","nonce":"n-0S6_WzA2Mj"} */
const OBJECT =
  'request=eyJhbGciOiJFUzI1NiJ9.eyJjbGllbnRfaWQiOiJ3ZWIxIiwicmVzcG9uc2VfdHlwZSI6ImNvZGUgaWRfdG9rZW4iLCJyZWRpcmVjdF91cmkiOiJodHRwczovL2FwcC5leGFtcGxlL2NiIiwic2NvcGUiOiJvcGVuaWQgcHJvZmlsZSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3Iiwibm9uY2UiOiJuLTBTNl9XekEyTWoifQ.c2lnbmF0dXJl';
const OTHER_TARGET = `${AUTHORIZE}client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fother&${OBJECT}`;

export const examples: Examples = {
  violation: [
    { name: 'another client', trace: `${AUTHORIZE}client_id=web2&${OBJECT}`, severity: 'medium' },
    {
      name: 'another client, and the server answered',
      trace: `${AUTHORIZE}client_id=web2&${OBJECT}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      severity: 'high',
    },
    {
      name: 'another client, and the server refused',
      trace: `${AUTHORIZE}client_id=web2&${OBJECT}\n\nGET https://app.example/cb?error=invalid_request_object&state=af0ifjsldkjQ2w7`,
      severity: 'medium',
    },
    {
      name: 'another response type',
      trace: `${AUTHORIZE}client_id=web1&response_type=code&${OBJECT}`,
      severity: 'medium',
    },
    { name: 'another address', trace: OTHER_TARGET, severity: 'medium' },
    {
      name: 'another address, and the server used it',
      trace: `${OTHER_TARGET}\n\nGET https://app.example/other?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      severity: 'high',
    },
    {
      name: 'another address, and the server did not use it',
      trace: `${OTHER_TARGET}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      severity: 'medium',
    },
    { name: 'another state', trace: `${AUTHORIZE}client_id=web1&state=Zk3uV8pQx1LrT0&${OBJECT}`, severity: 'info' },
    {
      name: 'a state that differs in capitals',
      trace: `${AUTHORIZE}client_id=web1&state=AF0IFJSLDKJQ2W7&${OBJECT}`,
      severity: 'info',
    },
    {
      name: 'a scope that the object does not have',
      trace: `${AUTHORIZE}client_id=web1&scope=openid%20email&${OBJECT}`,
      severity: 'info',
    },
    {
      name: 'another nonce although the server answered',
      trace: `${AUTHORIZE}client_id=web1&nonce=c11aQx1LrT0Zk3u&${OBJECT}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      severity: 'info',
    },
    {
      name: 'in a pushed request',
      trace: `
        POST https://as.example/par
        Content-Type: application/x-www-form-urlencoded

        client_id=web2&${OBJECT}
      `,
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'only the client outside', trace: `${AUTHORIZE}client_id=web1&${OBJECT}` },
    {
      name: 'equal values, and a part of the scope',
      trace: `${AUTHORIZE}client_id=web1&response_type=id_token%20code&scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&${OBJECT}`,
    },
  ],
  lookAlike: [
    {
      name: 'an empty value outside',
      trace: `${AUTHORIZE}client_id=web1&response_type=code%20id_token&state=&${OBJECT}`,
      verdict: 'pass',
    },
    {
      name: 'no request object',
      trace: `${AUTHORIZE}client_id=web1&response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&request=signup`,
      verdict: 'notApplicable',
    },
    {
      name: 'an object that cannot be read as claims is another finding',
      trace: `${AUTHORIZE}client_id=web1&response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&request=eyJhbGciOiJFUzI1NiJ9.dGV4dA.c2lnbmF0dXJl`,
      verdict: 'notApplicable',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=code&${OBJECT}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'an encrypted object',
      trace: `${AUTHORIZE}client_id=web1&response_type=code&request=eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.T0dCZWU.aXYxMjM0NTY3OA.Y2lwaGVydGV4dA.dGFn`,
      missing: ['request object'],
    },
    {
      name: 'the address was cut',
      trace: `# truncated\n${AUTHORIZE}client_id=web1&${OBJECT}`,
      missing: ['whole address'],
    },
  ],
};
