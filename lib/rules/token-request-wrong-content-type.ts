import { header } from '../http/headers.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { answerTo, judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'token-request-wrong-content-type',
  title: 'Token request that is not form-encoded',
  subject: 'Encoding of the token request',
  group: 'C',
  severity: 'info',
  confidence: 'certain',
  needs: ['token request', 'request headers'],
  references: [
    { spec: 'RFC 6749', section: '4.1.3', level: 'none' },
    { spec: 'RFC 6749', section: 'B', level: 'none' },
  ],
  why: 'Servers that follow the standard refuse or misread it, and JSON costs a preflight on each request of a page.',
  fix: 'Send the parameters as `application/x-www-form-urlencoded`.',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const { headers } = message.exchange.request;
      if (message.method !== 'POST') return c.notApplicable;
      if (!headers.seen) return c.cannotTell('request headers');
      const type = header(headers, 'content-type');
      if (type === null || /^application\/x-www-form-urlencoded\b/i.test(type)) return c.pass;
      const evidence = [{ message, where: 'header', name: 'Content-Type', value: type }] as const;
      return answerTo(flow, message) === 'refusal'
        ? c.fail({
            evidence,
            severity: 'low',
            summary: c.say`The server refused a token request sent as ${c.plain(type)}.`,
          })
        : c.fail({
            evidence,
            severity: 'info',
            summary: c.say`The parameters are sent as ${c.plain(type)}, which only some servers understand.`,
          });
    });
  },
};

const JSON_BODY = '{"grant_type":"authorization_code","code":"SplxlOBeZQQYbYS6WxSbIA","client_id":"web1"}';
const post = (type: string, body: string): string => `
POST https://as.example/oauth/token
Content-Type: ${type}

${body}`;
const FORM = 'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1';
const answer = (status: number, body: string): string => `

${status}
Content-Type: application/json

${body}`;

export const examples: Examples = {
  violation: [
    {
      name: 'JSON that the server refuses',
      trace: post('application/json', JSON_BODY) + answer(415, '{"error":"invalid_request"}'),
      severity: 'low',
    },
    {
      name: 'JSON that the server takes',
      trace:
        post('application/json', JSON_BODY) +
        answer(200, '{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}'),
      severity: 'info',
    },
    { name: 'JSON whose answer was not seen', trace: post('application/json', JSON_BODY), severity: 'info' },
  ],
  clean: [
    { name: 'a form', trace: post('application/x-www-form-urlencoded', FORM) },
    { name: 'a form with a character set', trace: post('application/x-www-form-urlencoded;charset=UTF-8', FORM) },
    { name: 'no content type on record', trace: `POST https://as.example/oauth/token\n\n${FORM}` },
  ],
  lookAlike: [
    {
      name: 'JSON asked for as the answer',
      trace: `POST https://as.example/oauth/token\nAccept: application/json\nContent-Type: application/x-www-form-urlencoded\n\n${FORM}`,
      verdict: 'pass',
    },
    {
      name: 'a GET has no body to encode',
      trace: `GET https://as.example/oauth/token?${FORM}\nContent-Type: application/json`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the headers are hidden',
      trace: `# hides request-headers${post('application/json', FORM)}`,
      missing: ['request headers'],
    },
  ],
};
