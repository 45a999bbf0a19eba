import { paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { Rule, RuleContext, Severity } from '../model/rule.ts';
import { type ClientRequest, clientRequest, isOpenId, responseTypeOf } from './support/client-request.ts';

export const rule: Rule = {
  id: 'missing-pkce',
  title: 'Authorization-code request without code_challenge',
  subject: 'PKCE on the authorization request',
  group: 'A',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '2.1.1', level: 'MUST' },
    { spec: 'RFC 10017', section: '6.3.2.1', level: 'MUST' },
    { spec: 'RFC 7636', section: '4.3', level: 'none' },
  ],
  asvs: ['10.4.6'],
  why: 'Whoever gets hold of the code can redeem it, and a code injected by an attacker is accepted.',
  fix: 'Send an S256 `code_challenge` with the request and its `code_verifier` with the token request.',
  copy: 'code_challenge=…&code_challenge_method=S256',
  parents: ['verifier-without-challenge'],

  check(flow, c) {
    const request = clientRequest(flow);
    if (request.is === 'none') return c.notApplicable;
    if (request.is === 'hidden') return c.cannotTell(request.missing);
    const { message } = request;
    if (!responseTypeOf(message).includes('code')) return c.notApplicable;
    if (paramValue(message, 'code_challenge') !== null) return c.pass;
    if (message.truncated) return c.cannotTell('whole address');
    const { severity, summary } = judge(flow, message, c);
    return c.fail({ evidence: [c.absent(message, 'code_challenge')], severity, summary });
  },
};

function judge(
  flow: Flow,
  message: ClientRequest,
  c: RuleContext,
): { severity: Severity; summary: ReturnType<RuleContext['say']> } {
  if (message.sdk !== null) {
    return { severity: 'info', summary: c.say`${c.plain(message.sdk.name)} leaves no place for a challenge.` };
  }
  if (flow.pkceSupport === 'no' || flow.pkceSupport === 'limited') {
    const name = c.plain(message.provider?.name ?? message.endpoint.host);
    return {
      severity: 'info',
      summary: c.say`${name} is not known to offer PKCE to this kind of client: insist on state.`,
    };
  }
  const { is, because } = flow.clientType;
  if (is === 'public' && because === 'browser-token-request') {
    return {
      severity: 'high',
      summary: c.say`The page redeems the code itself, so anyone who steals the code can redeem it too.`,
    };
  }
  if (is === 'public') {
    return { severity: 'high', summary: c.say`A client without a secret has nothing but PKCE to protect its code.` };
  }
  if (is === 'confidential' && isOpenId(message) && paramValue(message, 'nonce') !== null) {
    return {
      severity: 'low',
      summary: c.say`The nonce can stand in for PKCE if the server of the client checks it before it uses any token.`,
    };
  }
  if (is === 'confidential') {
    return {
      severity: 'medium',
      summary: c.say`An injected code cannot be noticed: there is neither a challenge nor an OpenID nonce.`,
    };
  }
  return {
    severity: 'medium',
    summary: c.say`A public client must use PKCE, a confidential one should: which one this is was not seen.`,
  };
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const S256 = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    { name: 'client type unknown', trace: REQUEST, severity: 'medium' },
    {
      name: 'the page redeems the code',
      trace: `
        ${REQUEST}

        ${CALLBACK}

        # initiator https://app.example
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb
      `,
      severity: 'high',
    },
    {
      name: 'a native application',
      trace:
        'GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=com.example.app%3A%2Fcb&state=af0ifjsldkjQ2w7',
      severity: 'high',
    },
    {
      name: 'a server answers the callback and there is an OpenID nonce',
      trace: `
        ${REQUEST}&scope=openid&nonce=n-0S6_WzA2Mj

        ${CALLBACK}

        302
        Location: https://app.example/home
      `,
      severity: 'low',
    },
    {
      name: 'a server answers the callback and nothing stands in for PKCE',
      trace: `
        ${REQUEST}

        ${CALLBACK}

        302
        Location: https://app.example/home
      `,
      severity: 'medium',
    },
    { name: 'told that the client is public', trace: REQUEST, clientType: 'public', severity: 'high' },
    {
      name: 'a provider without PKCE',
      trace:
        'GET https://api.notion.com/v1/oauth/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7',
      severity: 'info',
    },
    {
      name: 'no response_type at a provider whose default is code',
      trace: 'GET https://github.com/login/oauth/authorize?client_id=78a2ba87f071c28e65bb&state=af0ifjsldkjQ2w7',
      severity: 'medium',
    },
    {
      name: "a vendor's code popup",
      trace:
        'GET https://accounts.google.com/o/oauth2/v2/auth?gsiwebsdk=3&client_id=web1&scope=email&redirect_uri=storagerelay%3A%2F%2Fhttps%2Fapp.example%3Fid%3Dauth1&response_type=code',
      severity: 'info',
    },
  ],
  clean: [
    { name: 'S256 challenge', trace: `${REQUEST}&${S256}` },
    {
      name: 'percent-encoded name of the challenge',
      trace: `${REQUEST}&code%5Fchallenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM`,
    },
  ],
  lookAlike: [
    {
      name: 'no code comes back from a pure ID token request',
      trace:
        'GET https://as.example/authorize?response_type=id_token&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&nonce=n-0S6_WzA2Mj',
    },
    {
      name: 'a broker in its implicit mode returns no code',
      trace:
        'GET https://project.supabase.co/auth/v1/authorize?provider=google&redirect_to=https%3A%2F%2Fapp.example%2Fcb',
    },
    {
      name: "the broker's own request upstream",
      trace:
        'GET https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Ftenant.auth0.com%2Flogin%2Fcallback&state=af0ifjsldkjQ2w7',
    },
    {
      name: 'OAuth 1.0a',
      trace:
        'GET https://as.example/oauth/authorize?oauth_token=Z6eEdO8MOmk394WozF5oKyuAv855l4Mlqo7hhlSLik&response_type=code',
    },
  ],
  cannotTell: [
    {
      name: 'an encrypted request object',
      trace:
        'GET https://as.example/authorize?client_id=spa1&response_type=code&request=eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a.b.c.d',
      missing: ['request object'],
    },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
