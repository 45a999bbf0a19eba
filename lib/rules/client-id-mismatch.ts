import { header } from '../http/headers.ts';
import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { TokenRequest } from '../model/message.ts';
import type { Evidence, Rule, RuleContext } from '../model/rule.ts';
import { basicCredentials } from '../token/basic.ts';
import { clientRequest } from './support/client-request.ts';
import { PUSHED_UNSEEN } from './support/example-traces.ts';
import { answerTo, judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'client-id-mismatch',
  title: 'Token request by another client than the authorization request',
  subject: 'Client of both steps',
  group: 'D',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request', 'token request', 'request body'],
  references: [
    { spec: 'RFC 6749', section: '4.1.3', level: 'MUST' },
    { spec: 'RFC 6749', section: '10.5', level: 'none' },
  ],
  why: 'The settings of two environments are mixed or the code was taken from another client, and a server that accepts it does not tie codes to clients.',
  fix: 'Use one registered `client_id` for both requests of a sign-in.',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      if (param(message, 'code') === null) {
        return message.bodyHidden === null ? c.notApplicable : c.cannotTell('request body');
      }
      const clients = clientsNamed(message, c);
      if (clients.length === 0) {
        return message.bodyHidden === null ? c.notApplicable : c.cannotTell('request body');
      }
      if (!c.sure(flow, message)) return c.cannotTell('sure link');
      const request = clientRequest(flow);
      // A pushed request leaves its client in the address (RFC 9126 §4).
      const asked = request.is === 'none' ? null : param(request.message, 'client_id');
      if (request.is === 'none') return c.cannotTell('authorization request');
      if (request.message.truncated) return c.cannotTell('whole address');
      if (message.truncated) return c.cannotTell('request body');
      if (asked === null) return request.is === 'hidden' ? c.cannotTell(request.missing) : c.notApplicable;
      const other = clients.find(({ id }) => id !== asked.value);
      if (other === undefined) return c.pass;
      const accepted = answerTo(flow, message) === 'tokens';
      return c.fail({
        evidence: [other.evidence, c.at(request.message, asked)],
        severity: accepted ? 'high' : 'medium',
        summary: accepted
          ? c.say`The server redeemed a code of ${c.plain(asked.value)} for ${c.plain(other.id)}.`
          : c.say`The code was asked for by ${c.plain(asked.value)} and redeemed by ${c.plain(other.id)}.`,
      });
    });
  },
};

/** RFC 6749 §2.3.1: in the body, or as the form-encoded user of HTTP Basic. */
function clientsNamed(message: TokenRequest, c: RuleContext): readonly { id: string; evidence: Evidence }[] {
  const inBody = param(message, 'client_id');
  const authorization = header(message.exchange.request.headers, 'authorization');
  const user = basicCredentials(authorization)?.user ?? '';
  return [
    ...(inBody === null ? [] : [{ id: inBody.value, evidence: c.at(message, inBody) }]),
    ...(user === ''
      ? []
      : [
          {
            id: formDecoded(user),
            evidence: { message, where: 'header' as const, name: 'Authorization', value: authorization ?? '' },
          },
        ]),
  ];
}

function formDecoded(user: string): string {
  try {
    return decodeURIComponent(user.replaceAll('+', ' '));
  } catch {
    return user;
  }
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const exchange = (more: string, answer = '', headers = '', before = ''): string => `
${before}
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded
${headers}

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA${more}
${answer}`;
const signIn = (more: string, answer = '', headers = '', client = '&client_id=web1'): string =>
  `${REQUEST}${client}\n\n${CALLBACK}\n${exchange(more, answer, headers)}`;
const TOKENS = `
200
Content-Type: application/json

{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}
`;
// "spa1:s3cr3tAb91xQ", "https%3A%2F%2Fapp.example:s3cr3tAb91xQ" and "100%:s3cr3tAb91xQ" in base64.
const BASIC_OTHER = 'Authorization: Basic c3BhMTpzM2NyM3RBYjkxeFE=';
const BASIC_ENCODED = 'Authorization: Basic aHR0cHMlM0ElMkYlMkZhcHAuZXhhbXBsZTpzM2NyM3RBYjkxeFE=';
const BASIC_BROKEN = 'Authorization: Basic MTAwJTpzM2NyM3RBYjkxeFE=';

export const examples: Examples = {
  violation: [
    { name: 'redeemed', trace: signIn('&client_id=spa1', TOKENS), severity: 'high' },
    {
      name: 'refused',
      trace: signIn('&client_id=spa1', '\n400\nContent-Type: application/json\n\n{"error":"invalid_grant"}'),
      severity: 'medium',
    },
    { name: 'the answer was not seen', trace: signIn('&client_id=spa1'), severity: 'medium' },
    { name: 'in HTTP Basic', trace: signIn('', TOKENS, BASIC_OTHER), severity: 'high' },
    {
      name: 'in HTTP Basic beside the right one',
      trace: signIn('&client_id=web1', TOKENS, BASIC_OTHER),
      severity: 'high',
    },
    { name: 'a user that is not encoded', trace: signIn('', TOKENS, BASIC_BROKEN), severity: 'high' },
    {
      name: 'after a pushed request that was not seen',
      trace: `
        ${PUSHED_UNSEEN}

        302
        Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7

        ${CALLBACK}
        ${exchange('&client_id=spa1')}
      `,
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'the same', trace: signIn('&client_id=web1', TOKENS) },
    {
      name: 'encoded in HTTP Basic',
      trace: signIn('', TOKENS, BASIC_ENCODED, '&client_id=https%3A%2F%2Fapp.example'),
    },
  ],
  lookAlike: [
    { name: 'the name that a provider uses', trace: signIn('&client_key=web1', TOKENS), verdict: 'pass' },
    { name: 'no client in the token request', trace: signIn('', TOKENS), verdict: 'notApplicable' },
    {
      name: 'a refresh by another client',
      trace:
        'POST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=spa1',
      verdict: 'notApplicable',
    },
    {
      name: 'no client in the authorization request',
      trace: signIn('&client_id=spa1', TOKENS, '', '&scope=openid'),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the authorization request was not seen',
      trace: `${CALLBACK}\n${exchange('&client_id=spa1')}`,
      missing: ['authorization request'],
    },
    {
      name: 'the request was cut',
      trace: `# truncated\n${signIn('&client_id=web1', TOKENS, '', '&client_id=we')}`,
      missing: ['whole address'],
    },
    {
      name: 'the token request was cut',
      trace: `${REQUEST}&client_id=web1\n\n${CALLBACK}\n${exchange('&client_id=we', '', '', '# truncated')}`,
      missing: ['request body'],
    },
    {
      name: 'a request object without its client in the address',
      trace: `
        GET https://as.example/authorize?request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c&response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7

        ${CALLBACK}
        ${exchange('&client_id=web1')}
      `,
      missing: ['request object'],
    },
    {
      name: 'only the client of a waiting sign-in',
      trace: `${REQUEST}&client_id=web1\n${exchange('&client_id=web1', '', BASIC_OTHER)}`,
      missing: ['sure link'],
    },
    {
      name: 'a hidden body',
      trace: '# hides request-body\nPOST https://as.example/token?grant_type=authorization_code\n\ncode',
      missing: ['request body'],
    },
    {
      name: 'a code in the address and a hidden body',
      trace:
        '# hides request-body\nPOST https://as.example/token?grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\n\nclient',
      missing: ['request body'],
    },
  ],
};
