import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import { judgeRequest, passIfWhole } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'pkce-challenge-malformed',
  title: 'Malformed S256 code_challenge',
  subject: 'Form of the PKCE challenge',
  group: 'A',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [{ spec: 'RFC 7636', section: '4.2', level: 'none' }],
  why: 'A server that checks the challenge refuses the code, and one that accepts it does not check PKCE.',
  fix: 'Send base64url(SHA-256(`code_verifier`)) without padding: always 43 characters.',
  copy: 'code_challenge=…&code_challenge_method=S256',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      const challenge = param(message, 'code_challenge');
      const method = paramValue(message, 'code_challenge_method');
      if (challenge === null || method?.toUpperCase() !== 'S256') {
        return message.truncated ? c.cannotTell('whole address') : c.notApplicable;
      }
      if (WELL_FORMED.test(challenge.value)) return passIfWhole(message, c);
      const evidence = [c.at(message, challenge)] as const;
      const shape = c.plain(
        SHAPES.find(([pattern]) => pattern.test(challenge.value))?.[1] ?? 'no SHA-256 in base64url',
      );
      return redeemed(flow)
        ? c.fail({
            evidence,
            severity: 'high',
            summary: c.say`The challenge is ${shape}, and the server redeemed the code all the same: it does not check S256.`,
          })
        : c.fail({ evidence, summary: c.say`The challenge is ${shape}: ${challenge.value.length} characters.` });
    });
  },
};

const WELL_FORMED = /^[A-Za-z0-9_-]{43}$/;

/** What such a challenge usually is, first match first. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^[0-9a-f]{64}$/i, 'a digest in hexadecimal'],
  [/^[A-Za-z0-9_+/-]{86}(==)?$/, 'a hexadecimal digest in base64'],
  [/=$/, 'base64 with padding'],
  [/[+/]/, 'base64 instead of base64url'],
  [/^.{0,42}$/s, 'too short'],
];

/** The token endpoint gave a token for the verifier of this flow. */
function redeemed(flow: Flow): boolean {
  const asked = messagesOf(flow, 'tokenRequest').some((message) => paramValue(message, 'code') !== null);
  return asked && messagesOf(flow, 'tokenResponse').some((message) => paramValue(message, 'access_token') !== null);
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const HEX = 'code_challenge=13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3';
const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const TOKEN_REQUEST = `
  POST https://as.example/token
  Content-Type: application/x-www-form-urlencoded

  grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
`;

export const examples: Examples = {
  violation: [
    { name: 'hexadecimal', trace: `${REQUEST}&${HEX}&code_challenge_method=S256`, severity: 'medium' },
    { name: 'the method in lower case', trace: `${REQUEST}&${HEX}&code_challenge_method=s256`, severity: 'medium' },
    {
      name: 'with padding',
      trace: `${REQUEST}&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM%3D&code_challenge_method=S256`,
      severity: 'medium',
    },
    {
      name: 'ordinary base64',
      trace: `${REQUEST}&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw%2BcM&code_challenge_method=S256`,
      severity: 'medium',
    },
    {
      name: 'the code was refused',
      trace: `${REQUEST}&${HEX}&code_challenge_method=S256\n\n${CALLBACK}\n${TOKEN_REQUEST}\n\n400\nContent-Type: application/json\n\n{"error":"invalid_grant"}`,
      severity: 'medium',
    },
    {
      name: 'the code was redeemed all the same',
      trace: `${REQUEST}&${HEX}&code_challenge_method=S256\n\n${CALLBACK}\n${TOKEN_REQUEST}\n\n200\nContent-Type: application/json\n\n{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}`,
      severity: 'high',
    },
    {
      name: 'a later refresh says nothing about the code',
      trace: `
        ${REQUEST}&${HEX}&code_challenge_method=S256

        GET https://app.example/cb?state=af0ifjsldkjQ2w7&code=SplxlOBeZQQYbYS6WxSbIA&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA

        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=spa1

        200
        Content-Type: application/json

        {"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}
      `,
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: '43 characters of base64url',
      trace: `${REQUEST}&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256`,
    },
  ],
  lookAlike: [
    {
      name: 'a plain challenge may have any form',
      trace: `${REQUEST}&${HEX}&code_challenge_method=plain`,
      verdict: 'notApplicable',
    },
    { name: 'without a method the challenge is plain', trace: `${REQUEST}&${HEX}`, verdict: 'notApplicable' },
    {
      name: 'an empty challenge',
      trace: `${REQUEST}&code_challenge=&code_challenge_method=S256`,
      verdict: 'notApplicable',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=code&${HEX}&code_challenge_method=S256`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}&${HEX}`, missing: ['whole address'] },
    {
      name: 'the address was cut behind a good challenge',
      trace: `# truncated\n${REQUEST}&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM`,
      missing: ['whole address'],
    },
  ],
};
