import { param, paramValue, wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { Redacted } from '../model/redacted.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { type CompactJose, readCompactJose } from '../token/jose.ts';
import { clientRequest } from './support/client-request.ts';
import { judgeResponses, passIfWholeResponse } from './support/client-responses.ts';
import { SEALED } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'jarm-response-invalid',
  title: 'Response object with claims that do not fit',
  subject: 'Claims of the response object',
  group: 'B',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request', 'authorization response'],
  references: [
    { spec: 'JARM', section: '2.1', level: 'none' },
    { spec: 'JARM', section: '2.4', level: 'none' },
    { spec: 'RFC 9207', section: '2.4', level: 'none' },
  ],
  why: 'A response made for another client or by another server, or one that anybody could have made, may carry a stolen code.',
  fix: 'Check signature, `iss`, `aud` and `exp` of the response object before anything else in it is read.',
  parents: [],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const object = param(message, 'response');
      const jose = readCompactJose(object?.value ?? '');
      if (object === null || jose === null || !isResponseObject(flow, jose)) return c.notApplicable;
      const whole = passIfWholeResponse(message, c);
      if (whole.is !== 'pass') return whole;
      const [first, ...rest] = defects(jose, object.value, message.exchange.time, flow.clientId, c).map(
        ([part, summary]): Fail => ({ evidence: [c.at(message, object)], part, summary }),
      );
      return first === undefined ? c.pass : c.fail(first, ...rest);
    }),
};

/** `response` is a common word: it is a response object if one was asked for or if it holds a response. */
function isResponseObject(flow: Flow, { claims }: CompactJose): boolean {
  if (claims !== null && ['code', 'error', 'access_token', 'id_token'].some((name) => name in claims)) return true;
  const request = clientRequest(flow);
  return request.is === 'seen' && /(^|\.)jwt$/.test(paramValue(request.message, 'response_mode') ?? '');
}

/** Seconds that JARM §2.1 recommends as the longest life. */
const LONGEST_LIFE = 600;

/** `time`: when the response came, in milliseconds since the epoch; `null` leaves `exp` unjudged. */
function defects(
  { header, claims }: CompactJose,
  text: string,
  time: number | null,
  clientId: string | null,
  c: RuleContext,
): readonly (readonly [part: string, summary: Redacted])[] {
  const found: [string, Redacted][] = [];
  if (wordOf(header['alg']).toLowerCase() === 'none' || text.endsWith('.')) {
    found.push(['signature', c.say`The response object is not signed.`]);
  }
  const { iss, aud, exp } = { ...claims };
  if (typeof iss !== 'string') found.push(['iss', c.say`The response object names no issuer.`]);
  if (aud === undefined) found.push(['aud', c.say`The response object names no client it is for.`]);
  else if (clientId !== null && ![aud].flat().includes(clientId)) {
    found.push(['aud', c.say`The response object is for another client than ${c.plain(clientId)}.`]);
  }
  if (typeof exp !== 'number') found.push(['exp', c.say`The response object has no end of life.`]);
  else if (time !== null && exp * 1000 < time)
    found.push(['exp', c.say`The response object had expired when it came.`]);
  else if (time !== null && exp * 1000 > time + LONGEST_LIFE * 1000) {
    found.push(['exp', c.say`The response object lives longer than ${LONGEST_LIFE} seconds.`]);
  }
  return found;
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&response_mode=jwt&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const callback = (claims: string, header = RS256, signature = 'c2lnbmF0dXJl'): string =>
  `${REQUEST}\n\nGET https://app.example/cb?response=${header}.${claims}.${signature}`;
/** {"alg":"RS256"} */
const RS256 = 'eyJhbGciOiJSUzI1NiJ9';
/** {"alg":"None"} */
const NONE = 'eyJhbGciOiJOb25lIn0';
/** {"iss":"https://as.example","aud":"web1","exp":1767225900,"code":"SplxlOBeZQQYbYS6WxSbIA","state":"af0ifjsldkjQ2w7"} */
const RIGHT =
  'eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJhdWQiOiJ3ZWIxIiwiZXhwIjoxNzY3MjI1OTAwLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3In0';
/** {"iss":"https://as.example","aud":["web1","web2"],"exp":1767225900,"code":"SplxlOBeZQQYbYS6WxSbIA","state":"af0ifjsldkjQ2w7"} */
const AUD_LIST =
  'eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJhdWQiOlsid2ViMSIsIndlYjIiXSwiZXhwIjoxNzY3MjI1OTAwLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3In0';
/** {"iss":"https://as.example","aud":"web2","exp":1767225900,"code":"SplxlOBeZQQYbYS6WxSbIA","state":"af0ifjsldkjQ2w7"} */
const OTHER_CLIENT =
  'eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJhdWQiOiJ3ZWIyIiwiZXhwIjoxNzY3MjI1OTAwLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3In0';
/** {"iss":"https://as.example","aud":["web2","web3"],"exp":1767225900,"code":"SplxlOBeZQQYbYS6WxSbIA","state":"af0ifjsldkjQ2w7"} */
const OTHER_CLIENTS =
  'eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJhdWQiOlsid2ViMiIsIndlYjMiXSwiZXhwIjoxNzY3MjI1OTAwLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3In0';
/** {"iss":"https://as.example","exp":1767225900,"code":"SplxlOBeZQQYbYS6WxSbIA","state":"af0ifjsldkjQ2w7"} */
const NO_AUD =
  'eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJleHAiOjE3NjcyMjU5MDAsImNvZGUiOiJTcGx4bE9CZVpRUVliWVM2V3hTYklBIiwic3RhdGUiOiJhZjBpZmpzbGRralEydzcifQ';
/** {"aud":"web1","exp":1767225900,"code":"SplxlOBeZQQYbYS6WxSbIA","state":"af0ifjsldkjQ2w7"} */
const NO_ISS =
  'eyJhdWQiOiJ3ZWIxIiwiZXhwIjoxNzY3MjI1OTAwLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3In0';
/** {"iss":"https://as.example","aud":"web1","code":"SplxlOBeZQQYbYS6WxSbIA","state":"af0ifjsldkjQ2w7"} */
const NO_EXP =
  'eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJhdWQiOiJ3ZWIxIiwiY29kZSI6IlNwbHhsT0JlWlFRWWJZUzZXeFNiSUEiLCJzdGF0ZSI6ImFmMGlmanNsZGtqUTJ3NyJ9';
/** {"iss":"https://as.example","aud":"web1","exp":1767225500,"code":"SplxlOBeZQQYbYS6WxSbIA","state":"af0ifjsldkjQ2w7"} */
const EXPIRED =
  'eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJhdWQiOiJ3ZWIxIiwiZXhwIjoxNzY3MjI1NTAwLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3In0';
/** {"iss":"https://as.example","aud":"web1","exp":1767229200,"code":"SplxlOBeZQQYbYS6WxSbIA","state":"af0ifjsldkjQ2w7"} */
const LONG =
  'eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJhdWQiOiJ3ZWIxIiwiZXhwIjoxNzY3MjI5MjAwLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3In0';
/** {"iss":"https://as.example","aud":"web2","exp":1767225900,"state":"af0ifjsldkjQ2w7","error":"access_denied"} */
const ERROR =
  'eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJhdWQiOiJ3ZWIyIiwiZXhwIjoxNzY3MjI1OTAwLCJzdGF0ZSI6ImFmMGlmanNsZGtqUTJ3NyIsImVycm9yIjoiYWNjZXNzX2RlbmllZCJ9';
/** {"iss":"https://as.example","aud":"web2","exp":1767225900,"state":"af0ifjsldkjQ2w7","access_token":"2YotnFZFEjr1zCsicMWpAA"} */
const TOKEN =
  'eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJhdWQiOiJ3ZWIyIiwiZXhwIjoxNzY3MjI1OTAwLCJzdGF0ZSI6ImFmMGlmanNsZGtqUTJ3NyIsImFjY2Vzc190b2tlbiI6IjJZb3RuRlpGRWpyMXpDc2ljTVdwQUEifQ';
/** {"iss":"https://as.example","aud":"web2","exp":1767225900,"state":"af0ifjsldkjQ2w7","id_token":"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"} */
const ID_TOKEN =
  'eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJhdWQiOiJ3ZWIyIiwiZXhwIjoxNzY3MjI1OTAwLCJzdGF0ZSI6ImFmMGlmanNsZGtqUTJ3NyIsImlkX3Rva2VuIjoiZXlKaGJHY2lPaUpTVXpJMU5pSjkuZXlKemRXSWlPaUl4SW4wLmMybG4ifQ';
/** {"iss":"https://as.example","aud":"web2","exp":1767225900,"state":"af0ifjsldkjQ2w7"} */
const STATE_ALONE =
  'eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJhdWQiOiJ3ZWIyIiwiZXhwIjoxNzY3MjI1OTAwLCJzdGF0ZSI6ImFmMGlmanNsZGtqUTJ3NyJ9';
/** {"sub":"ticket-4711","aud":"helpdesk"} */
const TICKET = 'eyJzdWIiOiJ0aWNrZXQtNDcxMSIsImF1ZCI6ImhlbHBkZXNrIn0';

export const examples: Examples = {
  violation: [
    { name: 'for another client', trace: callback(OTHER_CLIENT), severity: 'medium' },
    { name: 'for several other clients', trace: callback(OTHER_CLIENTS), severity: 'medium' },
    { name: 'for nobody', trace: callback(NO_AUD), severity: 'medium' },
    { name: 'without issuer', trace: callback(NO_ISS), severity: 'medium' },
    { name: 'without an end', trace: callback(NO_EXP), severity: 'medium' },
    { name: 'expired', trace: callback(EXPIRED), severity: 'medium' },
    { name: 'an hour of life', trace: callback(LONG), severity: 'medium' },
    { name: 'algorithm none', trace: callback(RIGHT, NONE), severity: 'medium' },
    { name: 'an empty signature', trace: callback(RIGHT, RS256, ''), severity: 'medium' },
    ...[OTHER_CLIENT, ERROR, TOKEN, ID_TOKEN].map((claims, index) => ({
      name: `mode not asked for, but the object holds a response, ${index}`,
      trace: callback(claims).replace('&response_mode=jwt', ''),
      severity: 'medium' as const,
    })),
    {
      name: 'asked for in the query, without a code inside',
      trace: callback(STATE_ALONE).replace('=jwt', '=query.jwt'),
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'all as it should be', trace: callback(RIGHT) },
    { name: 'for this client among others', trace: callback(AUD_LIST) },
    {
      name: 'the request was not seen',
      trace: `GET https://app.example/cb?response=${RS256}.${OTHER_CLIENT}.c2lnbmF0dXJl&state=af0ifjsldkjQ2w7`,
    },
  ],
  lookAlike: [
    {
      name: 'a plain response',
      trace: `${REQUEST.replace('&response_mode=jwt', '')}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      verdict: 'notApplicable',
    },
    {
      name: 'a word of the application',
      trace: `${REQUEST}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7&response=accepted`,
      verdict: 'notApplicable',
    },
    {
      name: 'a token of something else under the same name',
      trace: `${REQUEST.replace('=jwt', '=query')}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7&response=${RS256}.${TICKET}.c2lnbmF0dXJl`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'encrypted',
      trace: `${REQUEST}\n\nGET https://app.example/cb?${SEALED}`,
      missing: ['authorization response'],
    },
    { name: 'the response was not seen', trace: REQUEST, missing: ['authorization response'] },
    {
      name: 'the address was cut inside the object',
      trace: callback(RIGHT, RS256, '').replace('GET https://app', '# truncated\nGET https://app'),
      missing: ['whole address'],
    },
  ],
};
