import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { blindSpot, isOpenId, judgeRequest, responseTypeOf } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM, VENDOR_POPUP } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'missing-nonce',
  title: 'OpenID request without nonce',
  subject: 'Nonce of the OpenID request',
  group: 'A',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'OIDC Core', section: '3.2.2.1', level: 'MUST' },
    { spec: 'OIDC Core', section: '3.3.2.1', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.5.3.2', level: 'none' },
  ],
  asvs: ['10.5.1'],
  why: 'An ID token that was issued in another sign-in is accepted in this one.',
  fix: 'Send a random `nonce` with every request and compare it with the claim in the ID token.',
  copy: 'nonce=…',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      if (message.sdk !== null || !isOpenId(message)) {
        const unseen = blindSpot(message);
        return unseen === null ? c.notApplicable : c.cannotTell(unseen);
      }
      if (param(message, 'nonce') !== null) return c.pass;
      const inFrontChannel = responseTypeOf(message).includes('id_token');
      // OpenID Connect Core §3.1.2.1: optional in the code flow, where PKCE does the same.
      if (!inFrontChannel && paramValue(message, 'code_challenge') !== null) return c.pass;
      const unseen = blindSpot(message);
      if (unseen !== null) return c.cannotTell(unseen);
      const evidence = [c.absent(message, 'nonce')] as const;
      if (!inFrontChannel) {
        return c.fail({
          evidence,
          severity: 'info',
          summary: c.say`The nonce is optional with a code, but without it and without PKCE nothing ties the code to this sign-in.`,
        });
      }
      return message.provider?.nonceOptional
        ? c.fail({
            evidence,
            severity: 'medium',
            summary: c.say`${c.plain(message.provider.name)} leaves the nonce to the client; without it the ID token is tied to no sign-in.`,
          })
        : c.fail({
            evidence,
            summary: c.say`The ID token comes through the browser, where only a nonce ties it to this sign-in.`,
          });
    });
  },
};

const REQUEST =
  'GET https://as.example/authorize?client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const S256 = 'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';

export const examples: Examples = {
  violation: [
    { name: 'ID token', trace: `${REQUEST}&response_type=id_token&scope=openid`, severity: 'high' },
    { name: 'an empty nonce counts as absent', trace: `${REQUEST}&response_type=id_token&nonce=`, severity: 'high' },
    {
      name: 'code and ID token, PKCE does not help',
      trace: `${REQUEST}&response_type=code%20id_token&scope=openid&${S256}`,
      severity: 'high',
    },
    {
      name: 'a provider that leaves it open',
      trace:
        'GET https://appleid.apple.com/auth/authorize?response_type=code%20id_token&response_mode=form_post&client_id=com.example.web&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=name%20email&state=af0ifjsldkjQ2w7',
      severity: 'medium',
    },
    {
      name: 'code without PKCE',
      trace: `${REQUEST}&response_type=code&scope=openid%20profile`,
      severity: 'info',
    },
  ],
  clean: [
    { name: 'nonce', trace: `${REQUEST}&response_type=id_token&scope=openid&nonce=n-0S6_WzA2Mj` },
    { name: 'code with PKCE', trace: `${REQUEST}&response_type=code&scope=openid&${S256}` },
  ],
  lookAlike: [
    {
      name: 'no OpenID request',
      trace: `${REQUEST}&response_type=token&scope=profile`,
      verdict: 'notApplicable',
    },
    {
      name: "a vendor's popup brings its own",
      trace: `${VENDOR_POPUP}&response_type=permission%20id_token&scope=openid`,
      verdict: 'notApplicable',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=id_token&scope=openid`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    {
      name: 'the address was cut',
      trace: `# truncated\n${REQUEST}&response_type=id_token`,
      missing: ['whole address'],
    },
    {
      name: 'the address was cut before the scope',
      trace: `# truncated\n${REQUEST}&response_type=code`,
      missing: ['whole address'],
    },
  ],
};
