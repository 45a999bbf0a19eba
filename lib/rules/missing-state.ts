import { paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Outcome, Rule, RuleContext, Severity } from '../model/rule.ts';
import { type ClientRequest, clientRequest, isCopiedByHand, isOpenId } from './support/client-request.ts';

export const rule: Rule = {
  id: 'missing-state',
  title: 'No CSRF protection visible on the authorization request',
  subject: 'CSRF protection of the authorization request',
  group: 'A',
  severity: 'high',
  confidence: 'firm',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '2.1', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.7.1', level: 'MUST' },
    { spec: 'RFC 6749', section: '10.12', level: 'SHOULD' },
    { spec: 'RFC 10017', section: '6.3.2.2', level: 'MUST' },
  ],
  asvs: ['10.2.1'],
  why: 'An attacker can finish a sign-in in the visitor’s browser and log the visitor into the attacker’s account.',
  fix: 'Send a fresh unguessable `state` with every request and reject a callback that does not return it.',
  copy: 'state=…',
  parents: [],

  check(flow, c) {
    const request = clientRequest(flow);
    if (request.is === 'none') return c.notApplicable;
    if (request.is === 'hidden') return c.cannotTell(request.missing);
    const { message } = request;
    if (isCopiedByHand(message)) return c.notApplicable;
    if (paramValue(message, 'state') !== null) return c.pass;
    const challenge = paramValue(message, 'code_challenge') !== null;
    if (challenge && (flow.pkceSupport === 'yes' || message.provider?.stateByProvider)) return c.pass;
    if (message.truncated) return c.cannotTell('whole address');
    if (message.sdk !== null) {
      return fail(
        c,
        message,
        'info',
        c.say`${c.plain(message.sdk.name)} sends this request and handles its answer itself.`,
      );
    }
    const nonce = paramValue(message, 'nonce') !== null && isOpenId(message);
    if (challenge && !nonce && flow.pkceSupport === 'no') {
      return fail(c, message, 'high', c.say`PKCE is the only protection, and this server is not known to check it.`);
    }
    if (challenge && !nonce) {
      return fail(
        c,
        message,
        'low',
        c.say`PKCE protects the callback only if the server checks it: confirm that it does.`,
      );
    }
    if (nonce) {
      return fail(
        c,
        message,
        'low',
        c.say`Protection rests on the client checking ${c.plain('nonce')} in the ID token.`,
      );
    }
    if (message.provider?.stateByProvider) {
      return fail(
        c,
        message,
        'medium',
        c.say`The broker keeps its own state, but nothing ties its answer to this browser.`,
      );
    }
    return fail(c, message, 'high', c.say`The request has neither state nor code_challenge nor an OpenID nonce.`);
  },
};

function fail(
  c: RuleContext,
  message: ClientRequest,
  severity: Severity,
  summary: ReturnType<RuleContext['say']>,
): Outcome {
  return c.fail({ evidence: [c.absent(message, 'state')], severity, summary });
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const S256 = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';

export const examples: Examples = {
  violation: [
    { name: 'neither state, challenge nor nonce', trace: `${REQUEST}&scope=profile`, severity: 'high' },
    { name: 'an empty state counts as absent', trace: `${REQUEST}&state=`, severity: 'high' },
    {
      name: 'a nonce without openid protects nothing',
      trace: `${REQUEST}&scope=profile&nonce=n-0S6_WzA2Mj`,
      severity: 'high',
    },
    { name: 'PKCE alone at a server whose support is unknown', trace: `${REQUEST}&${S256}`, severity: 'low' },
    { name: 'nonce alone with openid', trace: `${REQUEST}&scope=openid&nonce=n-0S6_WzA2Mj`, severity: 'low' },
    {
      name: 'PKCE alone at a provider that does not check it',
      trace: `GET https://www.reddit.com/api/v1/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&${S256}`,
      severity: 'high',
    },
    {
      name: 'a broker that keeps its own state, without PKCE',
      trace:
        'GET https://project.supabase.co/auth/v1/authorize?provider=google&redirect_to=https%3A%2F%2Fapp.example%2Fcb',
      severity: 'medium',
    },
    {
      name: "a vendor's popup is the vendor's affair",
      trace:
        'GET https://accounts.google.com/o/oauth2/v2/auth?gsiwebsdk=3&client_id=web1&scope=email&redirect_uri=storagerelay%3A%2F%2Fhttps%2Fapp.example%3Fid%3Dauth1&response_type=token',
      severity: 'info',
    },
    {
      name: 'a pushed request without state',
      trace: `
        POST https://as.example/par
        Content-Type: application/x-www-form-urlencoded

        response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=profile

        201
        Content-Type: application/json

        {"request_uri":"urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c","expires_in":60}

        GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c
      `,
      severity: 'high',
    },
  ],
  clean: [
    { name: 'state present', trace: `${REQUEST}&state=af0ifjsldkjQ2w7` },
    {
      name: 'PKCE at a server whose metadata lists S256',
      trace: `
        GET https://as.example/.well-known/openid-configuration

        200
        Content-Type: application/json

        {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","code_challenge_methods_supported":["S256"]}

        ${REQUEST}&${S256}
      `,
    },
    {
      name: 'PKCE at a provider known to check it',
      trace: `GET https://github.com/login/oauth/authorize?client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&${S256}`,
    },
  ],
  lookAlike: [
    {
      name: 'a provider that shows the code instead of sending it',
      trace: 'GET https://www.dropbox.com/oauth2/authorize?client_id=APPKEY0123&response_type=code',
    },
    {
      name: 'a code for manual copying',
      trace:
        'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob',
    },
    {
      name: 'a code for manual copying, as Yahoo writes it',
      trace: 'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=oob',
    },
    {
      name: 'SAML has RelayState',
      trace: 'GET https://as.example/authorize?SAMLRequest=fZJRT9swEMff&client_id=web1&response_type=code',
    },
    {
      name: 'OAuth 1.0a has oauth_token',
      trace: 'GET https://as.example/oauth/authorize?oauth_token=Z6eEdO8MOmk394WozF5oKyuAv855l4Mlqo7hhlSLik',
    },
    {
      name: 'an installation link asks for no answer',
      trace: 'GET https://discord.com/oauth2/authorize?client_id=157858&scope=bot&permissions=8',
    },
    {
      name: 'administrator consent is no authorization request',
      trace:
        'GET https://login.microsoftonline.com/common/adminconsent?client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb',
    },
    {
      name: "the broker's own request upstream",
      trace:
        'GET https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fproject.supabase.co%2Fauth%2Fv1%2Fcallback',
    },
  ],
  cannotTell: [
    {
      name: 'the parameters are in a pushed request that was not seen',
      trace:
        'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c',
      missing: ['request object'],
    },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
