import { param, paramValue, wordsOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { type Flow, messagesOf } from '../model/flow.ts';
import type { AuthorizationResponse, Param } from '../model/message.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { type ClientRequest, judgeRequest, passIfWhole } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM, VENDOR_POPUP } from './support/example-traces.ts';
import { modeOutsideAddress } from './support/response-mode.ts';

export const rule: Rule = {
  id: 'id-token-front-channel',
  title: 'ID token asked for in the address of the callback',
  subject: 'Place of the ID token',
  group: 'A',
  severity: 'info',
  confidence: 'certain',
  needs: ['authorization request', 'authorization response'],
  references: [
    { spec: 'OIDC Core', section: '3.2', level: 'none' },
    { spec: 'OIDC Core', section: '3.3', level: 'none' },
    { spec: 'RFC 9700', section: '4.7.1', level: 'none' },
  ],
  why: 'Personal data stands in the history of the browser, and only the nonce keeps the token from being replayed.',
  fix: 'Take the ID token from the token endpoint, or ask for `response_mode=form_post`.',
  copy: 'response_type=code',
  parents: [],

  check(flow, c) {
    const unasked = idTokenWithoutRequest(flow);
    if (unasked !== null) {
      const [message, idToken] = unasked;
      return c.fail({
        evidence: [c.at(message, idToken)],
        summary: c.say`The ID token stands in the address of the callback.`,
      });
    }
    return judgeRequest(flow, c, (message) => {
      // The launch protocol of learning tools fixes this response type (LTI 1.3).
      if (paramValue(message, 'lti_message_hint') !== null) return c.notApplicable;
      const responseType = param(message, 'response_type');
      const words = wordsOf(responseType?.value ?? null);
      if (responseType === null || !words.includes('id_token') || modeOutsideAddress(message) !== null) {
        return passIfWhole(message, c);
      }
      const evidence = [c.at(message, responseType)] as const;
      if (message.sdk !== null) {
        return c.fail({ evidence, summary: c.say`${c.plain(message.sdk.name)} asks for the ID token itself.` });
      }
      if (staysInAddress(message) && (words.includes('code') || alsoUsesCode(flow, c))) {
        return c.fail({
          evidence,
          severity: 'low',
          summary: c.say`The client uses codes as well, and the token endpoint would give it the same ID token.`,
        });
      }
      return c.fail({ evidence, summary: c.say`The ID token comes back in the address of the callback.` });
    });
  },
};

/** The response is all that was seen. An ID token in a query is a graver finding of its own. */
function idTokenWithoutRequest(flow: Flow): readonly [AuthorizationResponse, Param] | null {
  const asked = flow.messages.some((m) => m.kind === 'authorizationRequest' || m.kind === 'pushedAuthorizationRequest');
  if (asked) return null;
  for (const message of messagesOf(flow, 'authorizationResponse')) {
    const idToken = param({ params: message.params.filter((p) => p.where === 'fragment') }, 'id_token');
    if (idToken !== null) return [message, idToken];
  }
  return null;
}

function staysInAddress(message: ClientRequest): boolean {
  const mode = paramValue(message, 'response_mode');
  return mode === null || mode === 'fragment';
}

function alsoUsesCode(flow: Flow, c: RuleContext): boolean {
  return c.flows.some((other) => other.clientId === flow.clientId && other.grant === 'authorization_code');
}

const AUTHORIZE = 'GET https://as.example/authorize?redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const VALUES = 'scope=openid%20email&state=af0ifjsldkjQ2w7&nonce=n-0S6_WzA2Mj';
const REQUEST = `${AUTHORIZE}&client_id=spa1&${VALUES}`;

export const examples: Examples = {
  violation: [
    {
      name: 'in a fragment, and the request was not seen',
      trace:
        'GET https://app.example/cb#id_token=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUifQ.c2ln&state=af0ifjsldkjQ2w7',
      severity: 'info',
    },
    { name: 'only an ID token', trace: `${REQUEST}&response_type=id_token`, severity: 'info' },
    { name: 'beside a code', trace: `${REQUEST}&response_type=code%20id_token`, severity: 'low' },
    {
      name: 'beside a code, in the fragment by name',
      trace: `${REQUEST}&response_type=code%20id_token&response_mode=fragment`,
      severity: 'low',
    },
    {
      name: 'beside a code, in a mode of its own',
      trace: `${REQUEST}&response_type=code%20id_token&response_mode=jwt`,
      severity: 'info',
    },
    {
      name: 'another sign-in of the same client uses the code flow',
      trace: `${REQUEST}&response_type=id_token\n\n${AUTHORIZE}&client_id=spa1&response_type=code&state=Zk3uV8pQx1LrT0`,
      severity: 'low',
    },
    {
      name: 'another client uses the code flow',
      trace: `${REQUEST}&response_type=id_token\n\n${AUTHORIZE}&client_id=web1&response_type=code&state=Zk3uV8pQx1LrT0`,
      severity: 'info',
    },
    {
      name: 'the same client runs its other sign-ins the same way',
      trace: `${REQUEST}&response_type=id_token\n\n${AUTHORIZE}&client_id=spa1&response_type=id_token&scope=openid&state=Zk3uV8pQx1LrT0`,
      severity: 'info',
    },
    {
      name: "a vendor's popup",
      trace: `${VENDOR_POPUP}&response_type=code%20id_token&nonce=n-0S6_WzA2Mj`,
      severity: 'info',
    },
  ],
  clean: [{ name: 'code alone', trace: `${REQUEST}&response_type=code` }],
  lookAlike: [
    {
      name: 'a form with an ID token whose request was not seen',
      trace: `
        POST https://app.example/cb
        Content-Type: application/x-www-form-urlencoded

        id_token=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUifQ.c2ln&state=af0ifjsldkjQ2w7
      `,
      verdict: 'notApplicable',
    },
    {
      name: 'the answer to a request that was judged itself',
      trace: `
        ${REQUEST}&response_type=id_token&lti_message_hint=eyJ0b29sIjo0Mn0

        302
        Location: https://app.example/cb#id_token=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUifQ.c2ln&state=af0ifjsldkjQ2w7
      `,
      verdict: 'notApplicable',
    },
    {
      name: 'posted as a form',
      trace: `${REQUEST}&response_type=code%20id_token&response_mode=form_post`,
      verdict: 'pass',
    },
    {
      name: 'the launch of a learning tool',
      trace: `${REQUEST}&response_type=id_token&prompt=none&lti_message_hint=eyJ0b29sIjo0Mn0`,
      verdict: 'notApplicable',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=id_token&nonce=n-0S6_WzA2Mj`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}&response_type=code`, missing: ['whole address'] },
  ],
};
