import type { Examples } from '../model/example.ts';
import type { OAuthMessage, Param } from '../model/message.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { blindSpot } from './support/client-request.ts';
import { UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'duplicate-oauth-parameter',
  title: 'One parameter sent twice',
  subject: 'Repeated parameters',
  group: 'A',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 6749', section: '3.1', level: 'MUST NOT' },
    { spec: 'RFC 6749', section: '3.2', level: 'MUST NOT' },
    { spec: 'OAuth 2.1', section: '3.1', level: 'none' },
  ],
  why: 'One party reads the first value, another the second, and a check of one of them says nothing of the other.',
  fix: 'Send each parameter once.',
  parents: ['duplicate-code-in-callback'],

  check(flow, c) {
    const requests = flow.messages.filter((message) => message.kind === 'authorizationRequest');
    if (requests.length > 0 && requests.every(({ hop }) => hop === 'upstream')) return c.notApplicable;
    const messages = flow.messages.filter(isOfClient);
    if (messages.length === 0) return c.notApplicable;
    const [first, ...rest] = messages.flatMap((message) => repeats(message, c));
    if (first !== undefined) return c.fail(first, ...rest);
    const unseen = messages.map(blindSpot).find((need) => need !== null);
    return unseen ? c.cannotTell(unseen) : c.pass;
  },
};

/** Sent by the client or to it: later hops are the server's own affair. */
function isOfClient(message: OAuthMessage): boolean {
  if (message.kind === 'authorizationRequest') return message.hop === 'client';
  return ['pushedAuthorizationRequest', 'authorizationResponse', 'tokenRequest'].includes(message.kind);
}

/** Names that RFC 6749 and its extensions define as single; `resource` and `audience` may repeat (RFC 8707 §2). */
const SINGLE = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'request',
  'request_uri',
  'prompt',
  'code',
  'access_token',
  'id_token',
  'token_type',
  'iss',
  'error',
  'grant_type',
  'code_verifier',
  'refresh_token',
  'client_secret',
  'client_assertion',
  'device_code',
];
/** These come from one place only: the same name in query and fragment, or in query and body, counts as well. */
const FROM_ONE_PLACE: ReadonlySet<string> = new Set(['code', 'state']);

function repeats(message: OAuthMessage, c: RuleContext): Fail[] {
  return SINGLE.flatMap((name): Fail[] => {
    const sent = message.params.filter((param) => param.name === name && param.where !== 'jwt');
    const [first, second, ...rest] = FROM_ONE_PLACE.has(name) ? sent : repeatedInOnePlace(sent);
    if (first === undefined || second === undefined) return [];
    const all = [first, second, ...rest];
    const differ = all.some(({ value }) => value !== first.value);
    return [
      {
        evidence: [c.at(message, first), ...all.slice(1).map((param) => c.at(message, param))],
        severity: differ ? 'medium' : 'low',
        summary: differ
          ? c.say`The parameter ${c.plain(name)} is there ${all.length} times with different values.`
          : c.say`The parameter ${c.plain(name)} is there ${all.length} times with the same value.`,
      },
    ];
  });
}

function repeatedInOnePlace(sent: readonly Param[]): readonly Param[] {
  const places = sent.map(({ where }) => where);
  return sent.filter(({ where }) => places.indexOf(where) !== places.lastIndexOf(where));
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    { name: 'two codes in the callback', trace: `${CALLBACK}&code=i1WsRn1uB1Kq9PzL`, severity: 'medium' },
    {
      name: 'two addresses in the request',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fother`,
      severity: 'medium',
    },
    { name: 'the same scope twice', trace: `${REQUEST}&scope=openid&scope=openid`, severity: 'low' },
    {
      name: 'the state in query and fragment',
      trace: `${CALLBACK}#state=Zk3uV8pQx1LrT0&session_state=q1TzX8b2nE`,
      severity: 'medium',
    },
    {
      name: 'two verifiers in the token request',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&code_verifier=6fdkQaPm51l13DSukcAH3Mdx7_ntecHYd1vi3n0hMZY
      `,
      severity: 'medium',
    },
    {
      name: 'a pushed request',
      trace: `
        POST https://as.example/par
        Content-Type: application/x-www-form-urlencoded

        response_type=code&client_id=web1&scope=openid&scope=profile&redirect_uri=https%3A%2F%2Fapp.example%2Fcb
      `,
      severity: 'medium',
    },
  ],
  clean: [{ name: 'each once', trace: `${REQUEST}&scope=openid\n\n${CALLBACK}` }],
  lookAlike: [
    {
      name: 'parameters that may repeat',
      trace: `${REQUEST}&resource=https%3A%2F%2Fapi.example&resource=https%3A%2F%2Fstats.example&audience=a&audience=b`,
      verdict: 'pass',
    },
    {
      name: 'a list by name',
      trace: `${REQUEST}&scope%5B%5D=read&scope%5B%5D=write&grant_options%5B%5D=value`,
      verdict: 'pass',
    },
    {
      name: 'inside and outside of a request object',
      trace: `${REQUEST}&request=eyJhbGciOiJFUzI1NiJ9.eyJjbGllbnRfaWQiOiJ3ZWIxIiwic3RhdGUiOiJhZjBpZmpzbGRralEydzcifQ.c2lnbmF0dXJl`,
      verdict: 'pass',
    },
    {
      name: 'the client in the query and in the body of the token request',
      trace: `
        POST https://as.example/token?client_id=web1
        Content-Type: application/x-www-form-urlencoded

        grant_type=client_credentials&client_id=web1
      `,
      verdict: 'pass',
    },
    {
      name: "a later hop on the server repeats the client's request",
      trace: `${REQUEST}\n\n302\nLocation: https://as.example/authorize/resume?response_type=code&client_id=web1&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7`,
      verdict: 'pass',
    },
    {
      name: "a broker's own request and its answer",
      trace: `
        ${UPSTREAM}&response_type=code&scope=openid&scope=openid

        GET https://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0&state=Zk3uV8pQx1LrT0
      `,
      verdict: 'notApplicable',
    },
    {
      name: 'the metadata has no parameters',
      trace: 'GET https://as.example/.well-known/openid-configuration?scope=a&scope=b',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
    {
      name: 'the body of the token request was not recorded',
      trace: '# hides request-body\nPOST https://as.example/oauth2/token?grant_type=client_credentials&client_id=web1',
      missing: ['request body'],
    },
  ],
};
