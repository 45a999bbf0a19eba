import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { type Flow, messagesOf } from '../model/flow.ts';
import type { TokenRequest } from '../model/message.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';

export const rule: Rule = {
  id: 'pkce-mismatch',
  title: 'PKCE verifier that does not fit the challenge',
  subject: 'PKCE verifier and challenge',
  group: 'D',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request', 'token request', 'request body'],
  references: [
    { spec: 'RFC 7636', section: '4.6', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.5.3.1', level: 'none' },
  ],
  why: 'Either the code was injected from another sign-in or the client mixes up its own, and a server that accepts it checks nothing.',
  fix: 'Keep one verifier for each transaction, stored under its `state`, and use it exactly once.',
  parents: ['pkce-challenge-malformed'],

  check(flow, c) {
    const exchange = messagesOf(flow, 'tokenRequest').find((m) => m.bodyHidden !== null || redeemsCode(m));
    const request = clientRequest(flow);
    if (request.is === 'none') {
      if (exchange === undefined) return c.notApplicable;
      if (exchange.bodyHidden !== null) return c.cannotTell('request body');
      return paramValue(exchange, 'code_verifier') === null ? c.notApplicable : c.cannotTell('authorization request');
    }
    if (request.is === 'hidden') return c.cannotTell(request.missing);
    const challenge = param(request.message, 'code_challenge');
    if (request.message.truncated) return c.cannotTell('whole address');
    if (challenge === null) return c.notApplicable;
    if (exchange === undefined) return c.cannotTell('token request');
    const verifier = param(exchange, 'code_verifier');
    if (exchange.truncated || (verifier === null && exchange.bodyHidden !== null)) return c.cannotTell('request body');
    // A verifier that was never sent is a defect of its own.
    if (verifier === null) return c.notApplicable;
    const method = paramValue(request.message, 'code_challenge_method')?.toLowerCase() ?? 'plain';
    if (method !== 's256' && method !== 'plain') return c.notApplicable;
    if (c.s256(verifier.value) === challenge.value) return c.pass;
    if (method === 'plain' && verifier.value === challenge.value) return c.pass;
    return c.fail({
      evidence: [c.at(exchange, verifier), c.at(request.message, challenge)],
      ...judge(flow, exchange, c),
    });
  },
};

function redeemsCode(message: TokenRequest): boolean {
  return paramValue(message, 'code') !== null;
}

function judge(flow: Flow, exchange: TokenRequest, c: RuleContext): Pick<Fail, 'severity' | 'summary'> {
  const answer = messagesOf(flow, 'tokenResponse').find((m) => m.exchange.id === exchange.exchange.id);
  if (answer === undefined) {
    return {
      severity: 'medium',
      summary: c.say`The verifier does not hash to the challenge; the answer was not seen.`,
    };
  }
  return Math.floor(answer.status / 100) === 2 && answer.error === null
    ? {
        severity: 'high',
        summary: c.say`The server redeemed the code although the verifier does not fit the challenge.`,
      }
    : { severity: 'medium', summary: c.say`The verifier does not fit the challenge, and the server refused it.` };
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const S256 = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const RIGHT = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const WRONG = 'M25iVXpKU3puUjFaYWg3T1NDTDQtcW1ROUY5YXlwalNoc0hhakxifmZHag';
const TOKENS = `
200
Content-Type: application/json

{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}
`;
const signIn = (challenge: string, verifier: string, answer = ''): string => `
${REQUEST}&${challenge}

${CALLBACK}

POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1${verifier}
${answer}`;

export const examples: Examples = {
  violation: [
    {
      name: 'redeemed all the same',
      trace: signIn(S256, `&code_verifier=${WRONG}`, TOKENS),
      severity: 'high',
    },
    {
      name: 'refused by the server',
      trace: signIn(
        S256,
        `&code_verifier=${WRONG}`,
        '\n400\nContent-Type: application/json\n\n{"error":"invalid_grant"}',
      ),
      severity: 'medium',
    },
    {
      name: 'refused with status 200',
      trace: signIn(
        S256,
        `&code_verifier=${WRONG}`,
        '\n200\nContent-Type: application/json\n\n{"error":"bad_verification_code"}',
      ),
      severity: 'medium',
    },
    {
      name: 'refused by a redirect',
      trace: signIn(S256, `&code_verifier=${WRONG}`, '\n303\nLocation: https://as.example/error'),
      severity: 'medium',
    },
    { name: 'the answer was not seen', trace: signIn(S256, `&code_verifier=${WRONG}`), severity: 'medium' },
    {
      name: 'plain, another verifier',
      trace: signIn(`code_challenge=${RIGHT}&code_challenge_method=plain`, `&code_verifier=${WRONG}`, TOKENS),
      severity: 'high',
    },
    {
      name: 'the challenge itself sent as verifier of S256',
      trace: signIn(S256, '&code_verifier=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', TOKENS),
      severity: 'high',
    },
  ],
  clean: [
    { name: 'the pair of RFC 7636 appendix B', trace: signIn(S256, `&code_verifier=${RIGHT}`, TOKENS) },
    {
      name: 'plain, the same value',
      trace: signIn(`code_challenge=${RIGHT}&code_challenge_method=plain`, `&code_verifier=${RIGHT}`, TOKENS),
    },
    {
      name: 'no method, but the hash fits',
      trace: signIn('code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', `&code_verifier=${RIGHT}`, TOKENS),
    },
    {
      name: 'a refresh before the exchange changes nothing',
      trace: `
        # initiator https://app.example
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=spa1
        ${signIn(S256, `&code_verifier=${RIGHT}`, TOKENS)}
      `,
    },
  ],
  lookAlike: [
    {
      name: 'two sign-ins at once, each with its own pair',
      trace: `
        ${REQUEST}&${S256}

        GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=Qm7sT2bW9xLcV4&code_challenge=iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ&code_challenge_method=S256

        ${CALLBACK}

        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1&code_verifier=${RIGHT}
      `,
    },
    {
      name: 'a method that nobody has defined',
      trace: signIn(
        'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S512',
        `&code_verifier=${WRONG}`,
      ),
      verdict: 'notApplicable',
    },
    { name: 'no verifier is another finding', trace: signIn(S256, ''), verdict: 'notApplicable' },
    {
      name: 'a verifier without a challenge is another finding',
      trace: signIn('scope=profile', `&code_verifier=${WRONG}`),
      verdict: 'notApplicable',
    },
    {
      name: 'a code redeemed without a verifier',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1
      `,
      verdict: 'notApplicable',
    },
    {
      name: 'a grant without an authorization request',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=spa1
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the authorization request was not seen',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1&code_verifier=${WRONG}
      `,
      missing: ['authorization request'],
    },
    { name: 'the token request was not seen', trace: `${REQUEST}&${S256}\n\n${CALLBACK}`, missing: ['token request'] },
    {
      name: 'the body of the token request is hidden',
      trace: `
        ${REQUEST}&${S256}

        ${CALLBACK}

        # hides request-body
        POST https://as.example/token?grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA

        verifier
      `,
      missing: ['request body'],
    },
    {
      name: 'a hidden body and nothing before it',
      trace: `
        # hides request-body
        POST https://as.example/token?grant_type=authorization_code

        verifier
      `,
      missing: ['request body'],
    },
    {
      name: 'the token request was cut',
      trace: `
        ${REQUEST}&${S256}

        ${CALLBACK}

        # truncated
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1
      `,
      missing: ['request body'],
    },
    {
      name: 'the challenge was in a pushed request that was not seen',
      trace:
        'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c',
      missing: ['request object'],
    },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}&${S256}`, missing: ['whole address'] },
  ],
};
