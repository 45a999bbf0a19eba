import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { numericDate } from '../token/time.ts';
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
  without,
} from './support/example-sign-in.ts';
import { ID_TOKEN_UNSEEN, isSurelyOf, judgeIdTokens } from './support/id-tokens.ts';

/** An ID token that was made longer than this before the request is one of an earlier sign-in. */
const STALE_SECONDS = 600;

export const rule: Rule = {
  id: 'nonce-missing-in-id-token',
  title: 'ID token without the nonce that was sent',
  subject: 'Nonce in the ID token',
  group: 'D',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request', 'authorization response', 'token response'],
  references: [
    { spec: 'OIDC Core', section: '2', level: 'MUST' },
    { spec: 'OIDC Core', section: '3.1.3.7', level: 'MUST' },
  ],
  why: 'The client cannot tell whether the ID token was made for this sign-in or is replayed from another one.',
  fix: 'Make the server copy `nonce` into the ID token, and reject ID tokens without it in the client.',
  parents: [],

  check(flow, c) {
    return judgeIdTokens(flow, c, (token) => {
      if (token.by !== 'front' && token.by !== 'code') return c.notApplicable;
      const request = clientRequest(flow);
      if (typeof token.claims['nonce'] === 'string') return c.pass;
      if (request.is === 'none') return c.cannotTell('authorization request');
      if (request.is === 'hidden') return c.cannotTell(request.missing);
      const sent = param(request.message, 'nonce');
      if (sent === null) return request.message.truncated ? c.cannotTell('whole address') : c.notApplicable;
      // Apple's servers say that way that the platform of the visitor could not carry it.
      if (token.claims['nonce_supported'] === false) return c.notApplicable;
      if (!isSurelyOf(flow, token)) return c.cannotTell('sure link');
      const issued = numericDate(token.claims['iat']);
      const asked = request.message.exchange.time;
      if (issued !== null && asked !== null && asked / 1000 - issued > STALE_SECONDS) return c.notApplicable;
      const evidence = [c.at(token.message, token.param), c.at(request.message, sent)] as const;
      return token.by === 'code' && paramValue(request.message, 'code_challenge') !== null
        ? c.fail({
            evidence,
            severity: 'medium',
            summary: c.say`The server left the nonce out; PKCE still ties the code to this sign-in.`,
          })
        : c.fail({ evidence, summary: c.say`The server left out the nonce that the request sent.` });
    });
  },
};

const BARE = without(ID_CLAIMS, 'nonce');
const PKCE = 'nonce=n-0S6_WzA2Mj&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';

export const examples: Examples = {
  violation: [
    { name: 'through the browser', trace: frontSignIn(BARE), severity: 'high' },
    {
      name: 'through the browser, with PKCE',
      trace: frontSignIn(BARE, { code: 'SplxlOBeZQQYbYS6WxSbIA' }, undefined, openIdRequest(PKCE, 'code id_token')),
      severity: 'high',
    },
    { name: 'for a code without PKCE', trace: codeSignIn(BARE), severity: 'high' },
    { name: 'for a code with PKCE', trace: codeSignIn(BARE, openIdRequest(PKCE)), severity: 'medium' },
    { name: 'without a time of its own', trace: codeSignIn(without(BARE, 'iat')), severity: 'high' },
  ],
  clean: [{ name: 'with the nonce', trace: codeSignIn(ID_CLAIMS) }],
  lookAlike: [
    { name: 'none was sent', trace: codeSignIn(BARE, openIdRequest('prompt=login')), verdict: 'notApplicable' },
    {
      name: 'a refresh',
      trace:
        codeSignIn(ID_CLAIMS) +
        refreshed({ access_token: 'Zz9yX8wV7uT6sR5qP4oN3m', token_type: 'Bearer', id_token: exampleJwt(BARE) }),
      verdict: 'pass',
    },
    {
      name: 'the platform cannot carry one',
      trace: codeSignIn({ ...BARE, nonce_supported: false }),
      verdict: 'notApplicable',
    },
    {
      name: 'an ID token of an hour before',
      trace: codeSignIn({ ...BARE, iat: 1767222000 }),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    ...ID_TOKEN_UNSEEN,
    {
      name: 'the authorization request was not seen',
      trace: `${CODE_CALLBACK}\n${redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', id_token: exampleJwt(BARE) })}`,
      missing: ['authorization request'],
    },
    {
      name: 'the request was pushed out of sight, the ID token not',
      trace: frontSignIn(
        BARE,
        {},
        undefined,
        'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c&state=af0ifjsldkjQ2w7',
      ),
      missing: ['request object'],
    },
    {
      name: 'the address was cut',
      trace: `# truncated${codeSignIn(BARE, openIdRequest('prompt=login'))}`,
      missing: ['whole address'],
    },
    {
      name: 'only the client is the same',
      trace: `${openIdRequest()}\n${redeemed({ access_token: ACCESS_TOKEN, token_type: 'Bearer', id_token: exampleJwt(BARE) })}`,
      missing: ['sure link'],
    },
  ],
};
