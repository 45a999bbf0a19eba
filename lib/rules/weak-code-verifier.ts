import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { guessable } from './support/guessable.ts';
import { judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'weak-code-verifier',
  title: 'PKCE verifier that is too short, malformed or guessable',
  subject: 'Strength of the PKCE verifier',
  group: 'C',
  severity: 'high',
  confidence: 'certain',
  needs: ['token request', 'request body'],
  references: [
    { spec: 'RFC 7636', section: '4.1', level: 'none' },
    { spec: 'RFC 7636', section: '7.1', level: 'none' },
  ],
  why: 'Whoever guesses the verifier from the challenge in the address can redeem a stolen code.',
  fix: 'Take 32 bytes of a cryptographic random generator for each sign-in and encode them as base64url.',
  parents: ['pkce-challenge-reused'],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const verifier = param(message, 'code_verifier');
      if (verifier === null) {
        return message.bodyHidden === null && !message.truncated ? c.notApplicable : c.cannotTell('request body');
      }
      const { value } = verifier;
      const evidence = [c.at(message, verifier)] as const;
      const reason = isWordy(value) ? 'it is made of words' : guessable(value, [flow.clientId]);
      if (reason !== null) {
        return c.fail({ evidence, severity: 'high', summary: c.say`The verifier can be guessed: ${c.plain(reason)}.` });
      }
      const { length } = value;
      if (length < 43 || length > 128) {
        const summary = c.say`The verifier has ${length} characters; the standard asks for 43 to 128.`;
        return c.fail({ evidence, severity: 'medium', summary });
      }
      if (!/^[A-Za-z0-9._~-]+$/.test(value)) {
        const summary = c.say`The verifier holds characters outside of letters, digits and - . _ ~`;
        return c.fail({ evidence, severity: 'medium', summary });
      }
      return c.pass;
    });
  },
};

/** Letters alone in humps of words, as in samples that somebody copied. Random base64url of this length has digits. */
function isWordy(value: string): boolean {
  return /^([A-Z]?[a-z]+[-_.]?)+$/.test(value.replace(/\d{1,3}/g, '')) && !/\d.*[a-z].*\d.*[a-z].*\d/i.test(value);
}

const exchange = (verifier: string): string => `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1${verifier}`;

export const examples: Examples = {
  violation: [
    {
      name: 'the sample of a tutorial',
      trace: exchange('&code_verifier=ThisIsntRandomButItNeedsToBe43CharactersLong'),
      severity: 'high',
    },
    { name: 'one character repeated', trace: exchange(`&code_verifier=${'a'.repeat(43)}`), severity: 'high' },
    { name: 'a word', trace: exchange('&code_verifier=verifier'), severity: 'high' },
    { name: 'random but short', trace: exchange('&code_verifier=9sKq3Zt7Wq2Lx9Kc4Vb8'), severity: 'medium' },
    {
      name: 'longer than the standard allows',
      trace: exchange(`&code_verifier=${'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'.repeat(3)}`),
      severity: 'medium',
    },
    {
      name: 'characters of plain base64',
      trace: exchange('&code_verifier=dBjftJeZ4CVP%2BmB92K27uhbUJU1p1r%2FwW1gFWFOEjXk%3D'),
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: '32 random bytes as base64url',
      trace: exchange('&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'),
    },
    {
      name: 'two random UUIDs',
      trace: exchange('&code_verifier=7c9e6679-7425-40de-944b-e07fc1f90ae7f47ac10b-58cc-4372-a567-0e02b2c3d479'),
    },
  ],
  lookAlike: [
    { name: 'a verifier without a value', trace: exchange('&code_verifier='), verdict: 'notApplicable' },
    { name: 'another parameter that is short', trace: exchange('&verifier=abc'), verdict: 'notApplicable' },
    {
      name: 'a form that only verifies a code',
      trace: 'POST https://app.example/verify\nContent-Type: application/x-www-form-urlencoded\n\ncode_verifier=123456',
    },
  ],
  cannotTell: [
    {
      name: 'the body is hidden',
      trace: '# hides request-body\nPOST https://as.example/token?grant_type=authorization_code\n\nx',
      missing: ['request body'],
    },
    { name: 'the request was cut', trace: `# truncated${exchange('')}`, missing: ['request body'] },
  ],
};
