import { param, wordsOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { type ClientRequest, clientRequest } from './support/client-request.ts';
import { modeOutsideAddress } from './support/response-mode.ts';

export const rule: Rule = {
  id: 'implicit-flow',
  title: 'Access token requested from the authorization endpoint',
  subject: 'Grant asked for',
  group: 'A',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '2.1.2', level: 'SHOULD NOT' },
    { spec: 'RFC 10017', section: '7.2', level: 'MUST NOT' },
    { spec: 'RFC 6749', section: '4.2', level: 'none' },
  ],
  asvs: ['10.4.4', '10.6.1'],
  why: 'The token arrives in the front channel, where it can be read or replaced by another one unnoticed.',
  fix: 'Ask for `response_type=code` with PKCE and take the token from the token endpoint.',
  copy: 'response_type=code&code_challenge=…&code_challenge_method=S256',
  parents: [],

  check(flow, c) {
    const request = clientRequest(flow);
    if (request.is === 'none') return c.notApplicable;
    if (request.is === 'hidden') return c.cannotTell(request.missing);
    const { message } = request;
    const responseType = param(message, 'response_type');
    if (responseType === null) return message.truncated ? c.cannotTell('whole address') : c.notApplicable;
    const words = wordsOf(responseType.value);
    if (!words.includes('token') || words.includes('code')) return c.pass;
    return c.fail({ evidence: [c.at(message, responseType)], ...judge(message, c) });
  },
};

function judge(message: ClientRequest, c: RuleContext): Pick<Fail, 'severity' | 'summary' | 'fix'> {
  if (message.sdk !== null) {
    return { severity: 'medium', summary: c.say`${c.plain(message.sdk.name)} asks for the token itself.` };
  }
  const mode = modeOutsideAddress(message);
  if (mode !== null) {
    return {
      severity: 'medium',
      summary: c.say`The token comes back by ${c.plain(mode)}: not in an address, but still in the front channel.`,
    };
  }
  const summary = c.say`The server is asked to put the access token into the address of the callback.`;
  return message.provider?.implicitOnly
    ? {
        severity: 'high',
        summary,
        fix: c.say`Move the exchange to a server of your own: ${c.plain(message.provider.name)} offers clients without one nothing else.`,
      }
    : { severity: 'high', summary };
}

const REQUEST =
  'GET https://as.example/authorize?client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=Zk3uV8pQx1LrT0';

export const examples: Examples = {
  violation: [
    { name: 'response_type=token', trace: `${REQUEST}&response_type=token`, severity: 'high' },
    {
      name: 'with an ID token',
      trace: `${REQUEST}&response_type=id_token%20token&nonce=n-0S6_WzA2Mj`,
      severity: 'high',
    },
    {
      name: 'a provider with no other flow for pages',
      trace:
        'GET https://id.twitch.tv/oauth2/authorize?response_type=token&client_id=hof5gwx0su6owfnys0nyan9c87zr6t&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=c3ab8aa609ea11e793ae92361f002671',
      severity: 'high',
    },
    {
      name: "a vendor's token popup",
      trace:
        'GET https://accounts.google.com/o/oauth2/v2/auth?gsiwebsdk=3&client_id=web1&scope=email&redirect_uri=storagerelay%3A%2F%2Fhttps%2Fapp.example%3Fid%3Dauth1&response_type=token',
      severity: 'medium',
    },
    {
      name: "words separated by commas, from a vendor's script",
      trace:
        'GET https://www.facebook.com/v19.0/dialog/oauth?app_id=1450582308578&redirect_uri=https%3A%2F%2Fstaticxx.facebook.com%2Fx%2Fconnect%2Fxd_arbiter%2F&response_type=token%2Csigned_request%2Cgraph_domain&state=f2ab1c9e',
      severity: 'medium',
    },
    {
      name: 'the answer is posted to a window',
      trace: `${REQUEST}&response_type=token&response_mode=web_message&prompt=none`,
      severity: 'medium',
    },
    {
      name: 'the answer is posted as a form',
      trace: `${REQUEST}&response_type=token&response_mode=form_post`,
      severity: 'medium',
    },
    {
      name: "the answer is posted to a window in a provider's own mode",
      trace: `${REQUEST}&response_type=token&response_mode=okta_post_message&prompt=none`,
      severity: 'medium',
    },
    {
      name: 'the mode that is the default',
      trace: `${REQUEST}&response_type=token&response_mode=fragment`,
      severity: 'high',
    },
    {
      name: 'in a signed request object',
      // {"alg":"RS256"} . {"response_type":"token","client_id":"spa1","state":"Zk3uV8pQx1LrT0"}
      trace:
        'GET https://as.example/authorize?client_id=spa1&request=eyJhbGciOiJSUzI1NiJ9.eyJyZXNwb25zZV90eXBlIjoidG9rZW4iLCJjbGllbnRfaWQiOiJzcGExIiwic3RhdGUiOiJaazN1VjhwUXgxTHJUMCJ9.c2lnbmF0dXJl',
      severity: 'high',
    },
  ],
  clean: [{ name: 'response_type=code', trace: `${REQUEST}&response_type=code` }],
  lookAlike: [
    { name: 'token beside code is the hybrid flow', trace: `${REQUEST}&response_type=code%20token` },
    { name: 'an ID token alone is no access token', trace: `${REQUEST}&response_type=id_token&nonce=n-0S6_WzA2Mj` },
    {
      name: "a broker's own request upstream",
      trace:
        'GET https://accounts.google.com/o/oauth2/v2/auth?response_type=token&client_id=web1&redirect_uri=https%3A%2F%2Ftenant.auth0.com%2Flogin%2Fcallback&state=af0ifjsldkjQ2w7',
      verdict: 'notApplicable',
    },
    {
      name: 'no response_type at a provider whose default is code',
      trace: 'GET https://github.com/login/oauth/authorize?client_id=78a2ba87f071c28e65bb&state=af0ifjsldkjQ2w7',
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
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
