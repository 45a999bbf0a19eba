import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import { judgeTokenRequests } from './support/token-requests.ts';

export const rule: Rule = {
  id: 'jwt-bearer-grant-in-browser',
  title: 'Bearer assertion grant used by a page',
  subject: 'Bearer assertion grant in the browser',
  group: 'C',
  severity: 'medium',
  confidence: 'firm',
  needs: ['token request', 'request body', 'sender'],
  references: [
    { spec: 'RFC 7523', section: '2.1', level: 'none' },
    { spec: 'RFC 6749', section: '4.5', level: 'none' },
  ],
  why: 'An assertion in a page, or the key that signs it, can be taken and used by every visitor.',
  fix: 'Make the assertion and the token request on a server.',
  parents: [],

  check(flow, c) {
    return judgeTokenRequests(flow, c, (message) => {
      const grant = param(message, 'grant_type');
      if (grant === null) return message.bodyHidden === null ? c.notApplicable : c.cannotTell('request body');
      if (!BEARER_GRANTS.has(grant.value)) return c.pass;
      if (message.sentBy === 'unknown') return c.cannotTell('sender');
      const assertion = param(message, 'assertion');
      const evidence = assertion === null ? ([c.at(message, grant)] as const) : ([c.at(message, assertion)] as const);
      const iss = readCompactJose(assertion?.value ?? '')?.claims?.['iss'];
      return typeof iss === 'string' && iss.endsWith('.gserviceaccount.com')
        ? c.fail({
            evidence,
            severity: 'high',
            confidence: 'certain',
            summary: c.say`The page acts as the service account ${c.plain(iss)}.`,
          })
        : c.fail({
            evidence,
            severity: 'medium',
            summary: c.say`The page gets a token with an assertion instead of a sign-in.`,
          });
    });
  },
};

/** RFC 7523 §2.1, RFC 7522 §2.1. */
const BEARER_GRANTS: ReadonlySet<string> = new Set([
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
]);

// {"iss":"svc@project.iam.gserviceaccount.com"}, {"iss":"https://idp.example"} and {"iss":7}, signed by nobody.
const SERVICE_ACCOUNT = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJzdmNAcHJvamVjdC5pYW0uZ3NlcnZpY2VhY2NvdW50LmNvbSJ9.c2ln';
const IDP = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIn0.c2ln';
const NUMBER = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjd9.c2ln';
const request = (grant: string, more: string): string => `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=${grant}${more}`;
const JWT = 'urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer';
const SAML = 'urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Asaml2-bearer';
const FROM_PAGE = '# initiator https://app.example';

export const examples: Examples = {
  violation: [
    {
      name: 'as a service account',
      trace: `${FROM_PAGE}${request(JWT, `&assertion=${SERVICE_ACCOUNT}`)}`,
      severity: 'high',
    },
    {
      name: 'with the assertion of an identity provider',
      trace: `${FROM_PAGE}${request(JWT, `&assertion=${IDP}`)}`,
      severity: 'medium',
    },
    {
      name: 'with an issuer that is no text',
      trace: `${FROM_PAGE}${request(JWT, `&assertion=${NUMBER}`)}`,
      severity: 'medium',
    },
    {
      name: 'SAML',
      trace: `${FROM_PAGE}${request(SAML, '&assertion=PEFzc2VydGlvbiBJc3N1ZUluc3RhbnQ9')}`,
      severity: 'medium',
    },
    {
      name: 'an assertion under another name',
      trace: `${FROM_PAGE}${request(JWT, '&client_id=spa1')}`,
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'a code',
      trace: `${FROM_PAGE}${request('authorization_code', '&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1')}`,
    },
  ],
  lookAlike: [
    {
      name: 'an assertion that authenticates the client',
      trace: `${FROM_PAGE}${request('authorization_code', `&code=SplxlOBeZQQYbYS6WxSbIA&assertion=${SERVICE_ACCOUNT}`)}`,
      verdict: 'pass',
    },
    {
      name: 'a provider that needs no grant_type',
      trace: `${FROM_PAGE}\nPOST https://github.com/login/oauth/access_token\nContent-Type: application/x-www-form-urlencoded\n\nclient_id=78a2ba87f071c28e65bb&assertion=${IDP}&code=e72e16c7e42f292c6912`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'a server may have sent it', trace: request(JWT, `&assertion=${IDP}`), missing: ['sender'] },
    {
      name: 'the body is hidden',
      trace: `# hides request-body\n${FROM_PAGE}\nPOST https://github.com/login/oauth/access_token\n\nx`,
      missing: ['request body'],
    },
  ],
};
