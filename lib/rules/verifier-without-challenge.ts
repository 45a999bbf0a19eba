import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';
import { answerTo, judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'verifier-without-challenge',
  title: 'PKCE verifier sent although the request had no challenge',
  subject: 'PKCE challenge behind the verifier',
  group: 'C',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request', 'token request', 'request body'],
  references: [
    { spec: 'RFC 9700', section: '2.1.1', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.8.2', level: 'MUST' },
  ],
  why: 'The verifier protects nothing, and a server that accepts it lets an attacker strip PKCE from any sign-in.',
  fix: 'Send the challenge with the authorization request, and make the server refuse a verifier without one.',
  copy: 'code_challenge=…&code_challenge_method=S256',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const verifier = param(message, 'code_verifier');
      if (verifier === null) {
        return message.bodyHidden === null && !message.truncated ? c.notApplicable : c.cannotTell('request body');
      }
      const request = clientRequest(flow);
      if (request.is === 'none') return c.cannotTell('authorization request');
      if (request.is === 'hidden') return c.cannotTell(request.missing);
      if (paramValue(request.message, 'code_challenge') !== null) return c.pass;
      if (request.message.truncated) return c.cannotTell('whole address');
      const evidence = [c.at(message, verifier), c.absent(request.message, 'code_challenge')] as const;
      return answerTo(flow, message) === 'tokens'
        ? c.fail({
            evidence,
            severity: 'high',
            summary: c.say`The server accepted a verifier that belongs to no challenge.`,
          })
        : c.fail({
            evidence,
            severity: 'medium',
            summary: c.say`The client sends a verifier, but its request carried no challenge.`,
          });
    });
  },
};

const request = (more: string): string =>
  `GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7${more}`;
const S256 = '&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const VERIFIER = '&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const exchange = (more = VERIFIER): string => `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1${more}`;
const answer = (status: number, body: string): string => `

${status}
Content-Type: application/json

${body}`;
const TOKENS = answer(200, '{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}');
const BARE = `${request('')}\n\n${CALLBACK}\n`;

export const examples: Examples = {
  violation: [
    { name: 'and the server gave tokens', trace: BARE + exchange() + TOKENS, severity: 'high' },
    {
      name: 'and the server refused',
      trace: BARE + exchange() + answer(400, '{"error":"invalid_grant"}'),
      severity: 'medium',
    },
    {
      name: 'an error behind status 200 is a refusal',
      trace: BARE + exchange() + answer(200, '{"error":"invalid_grant"}'),
      severity: 'medium',
    },
    { name: 'and the answer was not seen', trace: BARE + exchange(), severity: 'medium' },
  ],
  clean: [{ name: 'challenge and verifier', trace: `${request(S256)}\n\n${CALLBACK}\n${exchange()}${TOKENS}` }],
  lookAlike: [
    { name: 'a verifier without a value', trace: BARE + exchange('&code_verifier='), verdict: 'notApplicable' },
    { name: 'no PKCE at all', trace: BARE + exchange(''), verdict: 'notApplicable' },
  ],
  cannotTell: [
    { name: 'the request was not seen', trace: exchange(), missing: ['authorization request'] },
    {
      name: 'the address of the request was cut',
      trace: `# truncated\n${BARE}${exchange()}`,
      missing: ['whole address'],
    },
    { name: 'the token request was cut', trace: `${BARE}\n# truncated${exchange('')}`, missing: ['request body'] },
    {
      name: 'the body is hidden',
      trace: `${BARE}\n# hides request-body\nPOST https://as.example/token?grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA\n\nx`,
      missing: ['request body'],
    },
    {
      name: 'the parameters are in a pushed request that was not seen',
      trace: `GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c\n\n302\nLocation: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA\n${exchange()}`,
      missing: ['request object'],
    },
  ],
};
