import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';
import { CALLBACK, codeExchange, TOKENS, VERIFIER } from './support/example-code-exchange.ts';
import { answerTo, judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'redirect-uri-missing-in-token-request',
  title: 'Token request without the redirect_uri of the request',
  subject: 'redirect_uri in the token request',
  group: 'C',
  severity: 'low',
  confidence: 'certain',
  needs: ['authorization request', 'token request', 'request body'],
  references: [
    { spec: 'RFC 6749', section: '4.1.3', level: 'none' },
    { spec: 'RFC 9700', section: '4.5.2', level: 'none' },
    { spec: 'OAuth 2.1', section: '10.2', level: 'none' },
  ],
  why: 'The server cannot compare where the code was sent with where the client expected it, one of the checks against injected codes.',
  fix: 'Send the identical `redirect_uri` with the code, or use PKCE with a server of OAuth 2.1.',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      if (param(message, 'code') === null) {
        return message.bodyHidden === null ? c.notApplicable : c.cannotTell('request body');
      }
      if (param(message, 'redirect_uri') !== null) return c.pass;
      const request = clientRequest(flow);
      if (request.is === 'none') return c.cannotTell('authorization request');
      if (request.is === 'hidden') return c.cannotTell(request.missing);
      const redirectUri = param(request.message, 'redirect_uri');
      if (redirectUri === null) return request.message.truncated ? c.cannotTell('whole address') : c.notApplicable;
      if (message.truncated) return c.cannotTell('request body');
      const evidence = [c.absent(message, 'redirect_uri'), c.at(request.message, redirectUri)] as const;
      if (paramValue(message, 'code_verifier') !== null) {
        return c.fail({
          evidence,
          severity: 'info',
          summary: c.say`As OAuth 2.1 has it; PKCE does the work of this check.`,
        });
      }
      return answerTo(flow, message) === 'tokens'
        ? c.fail({
            evidence,
            severity: 'medium',
            summary: c.say`The server redeemed the code without comparing where it was sent, and without PKCE.`,
          })
        : c.fail({
            evidence,
            severity: 'low',
            summary: c.say`OAuth 2.0 requires the parameter here, and there is no PKCE to do its work.`,
          });
    });
  },
};

const request = (redirect = '&redirect_uri=https%3A%2F%2Fapp.example%2Fcb'): string =>
  `GET https://as.example/authorize?response_type=code&client_id=web1&state=af0ifjsldkjQ2w7${redirect}`;
const exchange = (more = ''): string => codeExchange({ more });
const SIGN_IN = `${request()}\n\n${CALLBACK}\n`;

export const examples: Examples = {
  violation: [
    { name: 'with PKCE', trace: SIGN_IN + exchange(VERIFIER) + TOKENS, severity: 'info' },
    { name: 'without PKCE, and the server gave tokens', trace: SIGN_IN + exchange() + TOKENS, severity: 'medium' },
    { name: 'without PKCE, and the answer was not seen', trace: SIGN_IN + exchange(), severity: 'low' },
  ],
  clean: [{ name: 'the same redirect_uri', trace: SIGN_IN + exchange('&redirect_uri=https%3A%2F%2Fapp.example%2Fcb') }],
  lookAlike: [
    {
      name: 'the request had none either',
      trace: `${request('')}\n\n${CALLBACK}\n${exchange()}${TOKENS}`,
      verdict: 'notApplicable',
    },
    {
      name: 'a refresh has no redirect_uri',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=web1
      `,
      verdict: 'notApplicable',
    },
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
      trace: `${SIGN_IN}\n# hides request-body\nPOST https://as.example/token?grant_type=authorization_code\n\nx`,
      missing: ['request body'],
    },
    {
      name: 'the parameters are in a pushed request that was not seen',
      trace: `GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c\n\n302\nLocation: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA\n${exchange()}`,
      missing: ['request object'],
    },
  ],
};
