import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';

export const rule: Rule = {
  id: 'pkce-plain',
  title: 'PKCE challenge that is not hashed',
  subject: 'Method of the PKCE challenge',
  group: 'A',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 7636', section: '4.3', level: 'none' },
    { spec: 'RFC 7636', section: '7.2', level: 'SHOULD NOT' },
    { spec: 'RFC 9700', section: '2.1.1', level: 'SHOULD' },
  ],
  asvs: ['10.4.6'],
  why: 'The challenge is the verifier itself, so whoever reads the authorization request can redeem the code.',
  fix: 'Send BASE64URL(SHA-256(verifier)) as `code_challenge` together with `code_challenge_method=S256`.',
  copy: 'code_challenge=…&code_challenge_method=S256',
  parents: [],

  check(flow, c) {
    const request = clientRequest(flow);
    if (request.is === 'none') return c.notApplicable;
    if (request.is === 'hidden') return c.cannotTell(request.missing);
    const { message } = request;
    const challenge = param(message, 'code_challenge');
    const method = param(message, 'code_challenge_method');
    if (method === null && message.truncated) return c.cannotTell('whole address');
    if (challenge === null) return c.notApplicable;
    if (method === null) {
      const evidence = [c.absent(message, 'code_challenge_method'), c.at(message, challenge)] as const;
      if (takesOnlyS256(flow)) {
        const summary = c.say`The server takes S256 only, but the request does not name it.`;
        return c.fail({ evidence, severity: 'low', summary });
      }
      const summary = LIKE_S256.test(challenge.value)
        ? c.say`The challenge looks like a hash, but without code_challenge_method it means plain.`
        : c.say`Without code_challenge_method the challenge means plain.`;
      return c.fail({ evidence, severity: 'medium', summary });
    }
    switch (method.value) {
      case 'S256':
        return c.pass;
      case 's256':
        return c.fail({
          evidence: [c.at(message, method)],
          severity: 'info',
          summary: c.say`The name of the method is S256 with a capital S: other servers refuse it as written here.`,
        });
      default:
        if (method.value.toLowerCase() !== 'plain') return c.notApplicable;
        return c.fail({
          evidence: [c.at(message, method), c.at(message, challenge)],
          severity: 'medium',
          summary: c.say`The request carries the verifier in clear.`,
        });
    }
  },
};

/** BASE64URL(SHA-256(…)) has 43 characters (RFC 7636 §4.2). */
const LIKE_S256 = /^[A-Za-z0-9_-]{43}$/;

/** By the server's metadata or by what is known of the provider. */
function takesOnlyS256(flow: Flow): boolean {
  if (flow.provider?.s256Only) return true;
  const methods = flow.metadata?.['code_challenge_methods_supported'];
  return Array.isArray(methods) && methods.length === 1 && methods[0] === 'S256';
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const VERIFIER = 'code_challenge=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

export const examples: Examples = {
  violation: [
    { name: 'method plain', trace: `${REQUEST}&${VERIFIER}&code_challenge_method=plain`, severity: 'medium' },
    {
      name: 'method plain in capitals',
      trace: `${REQUEST}&${VERIFIER}&code_challenge_method=PLAIN`,
      severity: 'medium',
    },
    { name: 'no method', trace: `${REQUEST}&${VERIFIER}`, severity: 'medium' },
    {
      name: 'an empty method counts as none',
      trace: `${REQUEST}&${CHALLENGE}&code_challenge_method=`,
      severity: 'medium',
    },
    {
      name: 'no method at a server whose metadata lists S256 alone',
      trace: `
        GET https://as.example/.well-known/openid-configuration

        200
        Content-Type: application/json

        {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","code_challenge_methods_supported":["S256"]}

        ${REQUEST}&${CHALLENGE}
      `,
      severity: 'low',
    },
    {
      name: 'no method at a server whose metadata lists plain alone',
      trace: `
        GET https://as.example/.well-known/openid-configuration

        200
        Content-Type: application/json

        {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","code_challenge_methods_supported":["plain"]}

        ${REQUEST}&${CHALLENGE}
      `,
      severity: 'medium',
    },
    {
      name: 'no method at a server whose metadata lists both',
      trace: `
        GET https://as.example/.well-known/openid-configuration

        200
        Content-Type: application/json

        {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","code_challenge_methods_supported":["S256","plain"]}

        ${REQUEST}&${CHALLENGE}
      `,
      severity: 'medium',
    },
    {
      name: 'no method at a provider that takes S256 alone',
      trace: `GET https://github.com/login/oauth/authorize?client_id=78a2ba87f071c28e65bb&state=af0ifjsldkjQ2w7&${CHALLENGE}`,
      severity: 'low',
    },
    { name: 's256 in lower case', trace: `${REQUEST}&${CHALLENGE}&code_challenge_method=s256`, severity: 'info' },
    {
      name: 'in a pushed request',
      trace: `
        POST https://as.example/par
        Content-Type: application/x-www-form-urlencoded

        response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&${VERIFIER}&code_challenge_method=plain
      `,
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'cut after the method, in a later parameter',
      trace: `# truncated\n${REQUEST}&code_challenge_method=S256&${CHALLENGE}`,
    },
    { name: 'S256', trace: `${REQUEST}&${CHALLENGE}&code_challenge_method=S256` },
  ],
  lookAlike: [
    { name: 'no challenge at all', trace: REQUEST, verdict: 'notApplicable' },
    { name: 'a method without a challenge', trace: `${REQUEST}&code_challenge_method=plain`, verdict: 'notApplicable' },
    {
      name: 'a method that nobody has defined',
      trace: `${REQUEST}&${CHALLENGE}&code_challenge_method=S512`,
      verdict: 'notApplicable',
    },
    {
      name: 'a token request carries the verifier',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the parameters are in a pushed request that was not seen',
      trace:
        'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c',
      missing: ['request object'],
    },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}&${CHALLENGE}`, missing: ['whole address'] },
    { name: 'cut before any challenge', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
