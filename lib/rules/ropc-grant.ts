import { endpointOf } from '../http/endpoint.ts';
import { header } from '../http/headers.ts';
import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { TokenRequest } from '../model/message.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';

export const rule: Rule = {
  id: 'ropc-grant',
  title: 'Password of the person sent to the token endpoint',
  subject: 'Password grant',
  group: 'C',
  severity: 'high',
  confidence: 'certain',
  needs: ['token request', 'request body'],
  references: [
    { spec: 'RFC 9700', section: '2.4', level: 'MUST NOT' },
    { spec: 'RFC 10017', section: '7.3', level: 'none' },
    { spec: 'RFC 6749', section: '4.3', level: 'none' },
  ],
  asvs: ['10.4.4'],
  why: 'The client sees the password, people learn to type it anywhere, and a second factor or a passkey cannot be used.',
  fix: 'Send the person to the authorization server with the authorization code grant and PKCE.',
  copy: 'response_type=code&code_challenge=…&code_challenge_method=S256',
  parents: [],

  check(flow, c) {
    const requests = messagesOf(flow, 'tokenRequest');
    if (requests.length === 0) return c.notApplicable;
    for (const message of requests) {
      const grant = param(message, 'grant_type');
      if (grant === null || !PASSWORD_GRANTS.has(grant.value)) continue;
      return c.fail({ evidence: [c.at(message, grant)], ...judge(message, c) });
    }
    return requests.some((message) => message.grant === null && message.bodyHidden !== null)
      ? c.cannotTell('request body')
      : c.pass;
  },
};

/** RFC 6749 §4.3.2 and the form of it that names a user directory. */
const PASSWORD_GRANTS: ReadonlySet<string> = new Set(['password', 'http://auth0.com/oauth/grant-type/password-realm']);

function judge(message: TokenRequest, c: RuleContext): Pick<Fail, 'severity' | 'summary'> {
  if (message.provider?.nativePassword) {
    const name = c.plain(message.provider.name);
    return {
      severity: 'low',
      summary: c.say`${name} uses the name of the grant for its own sign-in: no other party gets the password.`,
    };
  }
  if (pageSite(message) === message.endpoint.site) {
    return { severity: 'medium', summary: c.say`A page of the same site as the server asks for the password itself.` };
  }
  return {
    severity: 'high',
    summary: c.say`The client takes the password and hands it to ${c.plain(message.endpoint.host)}.`,
  };
}

/** Site of the page that sent the request, where that was seen. */
function pageSite({ exchange }: TokenRequest): string | null {
  const page = exchange.initiator ?? header(exchange.request.headers, 'origin') ?? '';
  return endpointOf(page)?.site ?? null;
}

const GRANT = `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=password&username=jo&password=correct-horse-battery&client_id=spa1`;

export const examples: Examples = {
  violation: [
    { name: 'from a page of another site', trace: `# initiator https://app.example${GRANT}`, severity: 'high' },
    { name: 'nothing tells who sent it', trace: GRANT, severity: 'high' },
    { name: 'from a page of the same site', trace: `# initiator https://www.as.example${GRANT}`, severity: 'medium' },
    {
      name: 'the Origin is of the same site',
      trace: GRANT.replace('Content-Type', 'Origin: https://login.as.example\nContent-Type'),
      severity: 'medium',
    },
    {
      name: 'with the name of a user directory',
      trace: GRANT.replace('=password', '=http%3A%2F%2Fauth0.com%2Foauth%2Fgrant-type%2Fpassword-realm'),
      severity: 'high',
    },
    {
      name: "a backend service's own sign-in",
      trace: `
        # initiator https://app.example
        POST https://project.supabase.co/auth/v1/token?grant_type=password
        Content-Type: application/json

        {"email":"jo@app.example","password":"correct-horse-battery"}
      `,
      severity: 'low',
    },
  ],
  clean: [
    {
      name: 'a code',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1
      `,
    },
  ],
  lookAlike: [
    {
      name: 'no grant_type where the provider needs none',
      trace: `
        POST https://github.com/login/oauth/access_token
        Content-Type: application/x-www-form-urlencoded

        client_id=78a2ba87f071c28e65bb&client_secret=9f2d4cA7b81e4f6d8c35e0a1&code=e72e16c7e42f292c6912
      `,
      verdict: 'pass',
    },
    {
      name: 'a login form of a site of its own',
      trace: `
        POST https://app.example/api/login
        Content-Type: application/json

        {"username":"jo","password":"correct-horse-battery"}
      `,
    },
    {
      name: 'a password that protects another grant',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=client_credentials&client_id=spa1&password=correct-horse-battery
      `,
      verdict: 'pass',
    },
    {
      name: 'the body is hidden, but the query names the grant',
      trace: `
        # hides request-body
        POST https://as.example/token?grant_type=authorization_code

        code
      `,
      verdict: 'pass',
    },
    {
      name: 'a sign-in without a token request in sight',
      trace:
        'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&grant_type=password',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the body is hidden',
      trace: `
        # hides request-body
        POST https://github.com/login/oauth/access_token

        code
      `,
      missing: ['request body'],
    },
  ],
};
