import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';
import { CALLBACK, codeExchange, REFUSED, TOKENS, VERIFIER } from './support/example-code-exchange.ts';
import { answerTo, judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'missing-code-verifier',
  title: 'Code redeemed without the verifier of its challenge',
  subject: 'PKCE verifier in the token request',
  group: 'C',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request', 'token request', 'request body'],
  references: [
    { spec: 'RFC 7636', section: '4.5', level: 'none' },
    { spec: 'RFC 7636', section: '4.6', level: 'none' },
    { spec: 'RFC 9700', section: '2.1.1', level: 'MUST' },
  ],
  why: 'A server that redeems the code all the same does not check PKCE, and a stolen code is worth as much as without it.',
  fix: 'Send the stored `code_verifier` with the code, and make the server refuse a code without it.',
  copy: 'code_verifier=…',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const code = param(message, 'code');
      if (code === null) return message.bodyHidden === null ? c.notApplicable : c.cannotTell('request body');
      if (paramValue(message, 'code_verifier') !== null) return c.pass;
      const request = clientRequest(flow);
      if (request.is === 'none') return c.cannotTell('authorization request');
      if (request.is === 'hidden') return c.cannotTell(request.missing);
      const challenge = param(request.message, 'code_challenge');
      if (challenge === null) return request.message.truncated ? c.cannotTell('whole address') : c.notApplicable;
      if (message.truncated) return c.cannotTell('request body');
      const evidence = [c.absent(message, 'code_verifier'), c.at(request.message, challenge)] as const;
      return answerTo(flow, message) === 'tokens'
        ? c.fail({
            evidence,
            severity: 'high',
            summary: c.say`The server redeemed the code without asking for the verifier.`,
          })
        : c.fail({
            evidence,
            severity: 'medium',
            summary: c.say`The client sent a challenge and forgot the verifier: the server has to refuse this.`,
          });
    });
  },
};

const request = (more: string): string =>
  `GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7${more}`;
const S256 = '&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const exchange = (more = ''): string => codeExchange({ more });
const SIGN_IN = `${request(S256)}\n\n${CALLBACK}\n`;

export const examples: Examples = {
  violation: [
    { name: 'and the server gave tokens', trace: SIGN_IN + exchange() + TOKENS, severity: 'high' },
    { name: 'and the server refused', trace: SIGN_IN + exchange() + REFUSED, severity: 'medium' },
    { name: 'and the answer was not seen', trace: SIGN_IN + exchange(), severity: 'medium' },
    { name: 'sent without a value', trace: `${SIGN_IN}${exchange('&code_verifier=')}`, severity: 'medium' },
  ],
  clean: [{ name: 'with the verifier', trace: SIGN_IN + exchange(VERIFIER) + TOKENS }],
  lookAlike: [
    {
      name: 'no challenge was sent',
      trace: `${request('')}\n\n${CALLBACK}\n${exchange()}${TOKENS}`,
      verdict: 'notApplicable',
    },
    {
      name: 'a refresh redeems no code',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=web1
      `,
      verdict: 'notApplicable',
    },
    { name: 'a server redeems the code out of sight', trace: SIGN_IN, verdict: 'notApplicable' },
  ],
  cannotTell: [
    { name: 'the request was not seen', trace: exchange(), missing: ['authorization request'] },
    { name: 'the token request was cut', trace: `${SIGN_IN}\n# truncated${exchange()}`, missing: ['request body'] },
    {
      name: 'the address of the request was cut',
      trace: `# truncated\n${request('')}\n\n${CALLBACK}\n${exchange()}`,
      missing: ['whole address'],
    },
    {
      name: 'the body is hidden',
      trace: `${SIGN_IN}\n# hides request-body\nPOST https://as.example/token?grant_type=authorization_code\n\ncode`,
      missing: ['request body'],
    },
    {
      name: 'the challenge is in a pushed request that was not seen',
      trace: `GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c\n\n302\nLocation: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA\n${exchange()}`,
      missing: ['request object'],
    },
  ],
};
