import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { decodeBase64url } from '../token/base64url.ts';
import { clientRequest } from './support/client-request.ts';
import {
  ACCESS_TOKEN,
  CODE_CALLBACK,
  codeSignIn,
  exampleJwt,
  frontSignIn,
  ID_CLAIMS,
  openIdRequest,
  redeemed,
  refreshed,
  TOKEN_USED,
  without,
} from './support/example-sign-in.ts';
import { continuationAfter, ID_TOKEN_UNSEEN, isSurelyOf, judgeIdTokens } from './support/id-tokens.ts';

export const rule: Rule = {
  id: 'nonce-mismatch',
  title: 'ID token with the nonce of another sign-in',
  subject: 'Nonce of the ID token',
  group: 'D',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request', 'authorization response', 'token response'],
  references: [
    { spec: 'OIDC Core', section: '3.1.3.7', level: 'MUST' },
    { spec: 'OIDC Core', section: '3.2.2.11', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.5.3.2', level: 'none' },
  ],
  asvs: ['10.5.1'],
  why: 'An ID token or code of another sign-in was replayed or injected, and logs the visitor into an account that is not theirs.',
  fix: 'Compare `nonce` of the ID token with the one sent, and reject every token of a response that does not fit.',
  parents: [],

  check(flow, c) {
    return judgeIdTokens(flow, c, (token) => {
      // OIDC Core §12.2: an ID token of a refresh should have none, and an old one says nothing.
      if (token.by !== 'front' && token.by !== 'code') return c.notApplicable;
      const claim = token.claims['nonce'];
      if (typeof claim !== 'string') return c.notApplicable;
      const request = clientRequest(flow);
      if (request.is === 'none') return c.cannotTell('authorization request');
      if (request.is === 'hidden') return c.cannotTell(request.missing);
      if (request.message.truncated) return c.cannotTell('whole address');
      const sent = param(request.message, 'nonce');
      if (sent === null) return c.notApplicable;
      if (!isSurelyOf(flow, token)) return c.cannotTell('sure link');
      const digest = c.s256(sent.value);
      if ([sent.value, digest, hexOf(digest)].includes(claim)) return c.pass;
      const evidence = [c.at(token.message, token.param), c.at(request.message, sent)] as const;
      return continuationAfter(flow, token) === null
        ? c.fail({
            evidence,
            severity: 'medium',
            summary: c.say`The ID token has another nonce than was sent; whether the client refused it was not seen.`,
          })
        : c.fail({ evidence, summary: c.say`The ID token has another nonce than was sent, and the client went on.` });
    });
  },
};

/** Some servers and libraries put the digest of the nonce into the token, in one of two encodings. */
function hexOf(base64url: string): string {
  const decoded = decodeBase64url(base64url);
  return 'bytes' in decoded ? [...decoded.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('') : '';
}

const OTHER = { ...ID_CLAIMS, nonce: 'Zk3uV8pQx1LrT0' };
const unsure = `
${openIdRequest()}
${redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', id_token: exampleJwt(OTHER) })}`;

export const examples: Examples = {
  violation: [
    { name: 'for a code, and the client goes on', trace: codeSignIn(OTHER) + TOKEN_USED, severity: 'high' },
    { name: 'for a code, the end was not seen', trace: codeSignIn(OTHER), severity: 'medium' },
    {
      name: 'through the browser, and the code is redeemed',
      trace: `${frontSignIn(OTHER, { code: 'SplxlOBeZQQYbYS6WxSbIA' })}${redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer' })}`,
      severity: 'high',
    },
    { name: 'through the browser, the end was not seen', trace: frontSignIn(OTHER), severity: 'medium' },
  ],
  clean: [
    { name: 'the same nonce', trace: codeSignIn(ID_CLAIMS) },
    { name: 'through the browser', trace: frontSignIn(ID_CLAIMS) },
  ],
  lookAlike: [
    {
      name: 'the digest of the nonce',
      trace: codeSignIn({ ...ID_CLAIMS, nonce: 'CCOgm1TLk4FWEGiwCq9OU5s_VGBGMdPmqCCHm2sEzBk' }),
      verdict: 'pass',
    },
    {
      name: 'the digest in hexadecimal',
      trace: codeSignIn({ ...ID_CLAIMS, nonce: '0823a09b54cb9381561068b00aaf4e539b3f54604631d3e6a820879b6b04cc19' }),
      verdict: 'pass',
    },
    {
      name: 'a refresh with the nonce of an older sign-in',
      trace:
        codeSignIn(ID_CLAIMS) +
        refreshed({ access_token: 'Zz9yX8wV7uT6sR5qP4oN3m', token_type: 'Bearer', id_token: exampleJwt(OTHER) }),
      verdict: 'pass',
    },
    {
      name: 'none in the ID token is another finding',
      trace: codeSignIn(without(ID_CLAIMS, 'nonce')),
      verdict: 'notApplicable',
    },
    { name: 'none was sent', trace: codeSignIn(OTHER, openIdRequest('prompt=login')), verdict: 'notApplicable' },
  ],
  cannotTell: [
    ...ID_TOKEN_UNSEEN,
    {
      name: 'the authorization request was not seen',
      trace: `${CODE_CALLBACK}\n${redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', id_token: exampleJwt(OTHER) })}`,
      missing: ['authorization request'],
    },
    {
      name: 'the request was pushed out of sight, the ID token not',
      trace: frontSignIn(
        OTHER,
        {},
        undefined,
        'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c&state=af0ifjsldkjQ2w7',
      ),
      missing: ['request object'],
    },
    {
      name: 'the address was cut',
      trace: `# truncated${codeSignIn(OTHER, openIdRequest('nonce=n-0S6'))}`,
      missing: ['whole address'],
    },
    { name: 'only the client is the same', trace: unsure, missing: ['sure link'] },
  ],
};
