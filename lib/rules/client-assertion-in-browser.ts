import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import { judgeTokenRequests, passIfWholeBody } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'client-assertion-in-browser',
  title: 'Client assertion signed in a page',
  subject: 'Client assertions in token requests of the browser',
  group: 'C',
  severity: 'medium',
  confidence: 'firm',
  needs: ['token request', 'request body', 'sender'],
  references: [
    { spec: 'RFC 7523', section: '2.2', level: 'none' },
    { spec: 'RFC 6749', section: '2.1', level: 'none' },
    { spec: 'RFC 10017', section: '6.3.3.1', level: 'none' },
  ],
  why: 'A signing key that comes with the page is known to every visitor and proves nothing.',
  fix: 'Sign assertions on a server, or register the client as public with PKCE.',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const assertion = param(message, 'client_assertion');
      if (assertion === null) return passIfWholeBody(message, c);
      if (message.sentBy === 'unknown') return c.cannotTell('sender');
      const alg = readCompactJose(assertion.value)?.header['alg'];
      const evidence = [c.at(message, assertion)] as const;
      return typeof alg === 'string' && alg.startsWith('HS')
        ? c.fail({
            evidence,
            severity: 'high',
            summary: c.say`The assertion is signed with ${c.plain(alg)}: the client secret itself is in the page.`,
          })
        : c.fail({
            evidence,
            severity: 'medium',
            summary: c.say`The page signs as the client; unless each installation has a key of its own that cannot be read, the key is public.`,
          });
    });
  },
};

// {"alg":"HS256"} and {"alg":"ES256"} with {"iss":"spa1"}.
const HMAC = 'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzcGExIn0.c2lnbmF0dXJl';
const ECDSA = 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJzcGExIn0.c2lnbmF0dXJl';
const request = (more: string): string => `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1${more}`;
const TYPE = '&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer';
const FROM_PAGE = '# initiator https://app.example';

export const examples: Examples = {
  violation: [
    {
      name: 'signed with the client secret',
      trace: `${FROM_PAGE}${request(`${TYPE}&client_assertion=${HMAC}`)}`,
      severity: 'high',
    },
    {
      name: 'signed with a private key',
      trace: `${FROM_PAGE}${request(`${TYPE}&client_assertion=${ECDSA}`)}`,
      severity: 'medium',
    },
    {
      name: 'in a form that cannot be read',
      trace: `${FROM_PAGE}${request(`${TYPE}&client_assertion=PHNhbWxwOl`)}`,
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'no client authentication',
      trace: `${FROM_PAGE}${request('&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')}`,
    },
  ],
  lookAlike: [
    {
      name: 'an assertion without a value',
      trace: `${FROM_PAGE}${request(`${TYPE}&client_assertion=`)}`,
      verdict: 'pass',
    },
    {
      name: 'a DPoP proof is signed by the page on purpose',
      trace: `
        ${FROM_PAGE}
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded
        DPoP: ${ECDSA}

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1
      `,
      verdict: 'pass',
    },
  ],
  cannotTell: [
    { name: 'a server may have sent it', trace: request(`${TYPE}&client_assertion=${ECDSA}`), missing: ['sender'] },
    { name: 'the request was cut', trace: `# truncated\n${FROM_PAGE}${request('')}`, missing: ['request body'] },
    {
      name: 'the body is hidden',
      trace: `# hides request-body\n${FROM_PAGE}\nPOST https://as.example/token?grant_type=authorization_code\n\nx`,
      missing: ['request body'],
    },
  ],
};
