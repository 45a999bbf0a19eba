import { allParams, param, wordsOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import { judgeRequest, passIfWhole } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'response-mode-query-with-token',
  title: 'Token asked for in the query of the callback',
  subject: 'Response mode of token responses',
  group: 'A',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'Multiple Response Types', section: '3', level: 'MUST NOT' },
    { spec: 'Multiple Response Types', section: '5', level: 'MUST NOT' },
    { spec: 'RFC 9700', section: '4.3.2', level: 'none' },
  ],
  why: 'A query reaches servers, their logs and the Referer of later requests, and the token with it.',
  fix: 'Ask for `response_type=code`, or for `response_mode=form_post` if the token has to come at once.',
  copy: 'response_type=code',
  parents: ['token-in-query'],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      const mode = param(message, 'response_mode');
      const words = wordsOf(param(message, 'response_type')?.value ?? null);
      const token = words.find((word) => word === 'token' || word === 'id_token');
      if (mode === null || token === undefined) return passIfWhole(message, c);
      if (mode.value === 'query.jwt') {
        const wrapped = wrappedResponse(flow);
        if (wrapped === null) return c.cannotTell('authorization response');
        if (wrapped === 'jwe') return c.pass;
      } else if (mode.value !== 'query') {
        return c.pass;
      }
      return c.fail({
        evidence: [c.at(message, mode)],
        summary: c.say`The response type asks for ${c.plain(token)}, which must never travel in a query.`,
      });
    });
  },
};

/** Only encryption keeps a token in a query out of sight (JARM §2.3.1); the request does not say whether there is any. */
function wrappedResponse(flow: Flow): 'jws' | 'jwe' | null {
  for (const response of messagesOf(flow, 'authorizationResponse')) {
    for (const { value } of allParams(response, 'response')) {
      const jose = readCompactJose(value);
      if (jose !== null) return jose.is;
    }
  }
  return null;
}

const REQUEST =
  'GET https://as.example/authorize?client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid&state=af0ifjsldkjQ2w7&nonce=n-0S6_WzA2Mj';
const WRAPPED = `${REQUEST}&response_type=code%20id_token&response_mode=query.jwt`;

export const examples: Examples = {
  violation: [
    { name: 'ID token', trace: `${REQUEST}&response_type=id_token&response_mode=query` },
    { name: 'access token', trace: `${REQUEST}&response_type=token&response_mode=query` },
    {
      name: 'a signed response in the query',
      trace: `${WRAPPED}\n\nGET https://app.example/cb?response=eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJjb2RlIjoiUHlyWlpZIn0.c2lnbmF0dXJl`,
    },
  ],
  clean: [
    { name: 'a code in the query', trace: `${REQUEST}&response_type=code&response_mode=query` },
    { name: 'an ID token as a posted form', trace: `${REQUEST}&response_type=id_token&response_mode=form_post` },
    { name: 'no mode: the fragment is the default', trace: `${REQUEST}&response_type=id_token` },
  ],
  lookAlike: [
    {
      name: 'an encrypted response in the query',
      trace: `${WRAPPED}\n\nGET https://app.example/cb?response=eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.T0dCZWU.aXYxMjM0NTY3OA.Y2lwaGVydGV4dA.dGFn`,
      verdict: 'pass',
    },
    {
      name: 'no token at all',
      trace: `${REQUEST}&response_type=none&response_mode=query`,
      verdict: 'pass',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=id_token&response_mode=query`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the address was cut',
      trace: `# truncated\n${REQUEST}&response_type=id_token`,
      missing: ['whole address'],
    },
    { name: 'whether the response is encrypted was not seen', trace: WRAPPED, missing: ['authorization response'] },
    {
      name: 'the response is an error that is not wrapped',
      trace: `${WRAPPED}\n\nGET https://app.example/cb?error=invalid_request&response=broken&state=af0ifjsldkjQ2w7`,
      missing: ['authorization response'],
    },
  ],
};
