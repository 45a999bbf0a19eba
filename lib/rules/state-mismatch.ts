import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { AuthorizationResponse } from '../model/message.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';
import { clientResponses, continuation, isSealed, judgeResponses } from './support/client-responses.ts';
import { redirected, SEALED } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'state-mismatch',
  title: 'Response with another state than the request',
  subject: 'Value of state in the response',
  group: 'B',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization request', 'authorization response'],
  references: [
    { spec: 'RFC 6749', section: '4.1.2', level: 'none' },
    { spec: 'RFC 9700', section: '4.7', level: 'none' },
  ],
  why: 'The response belongs to another sign-in, perhaps an attacker’s, whose account the visitor would then use.',
  fix: 'Compare `state` with the value stored for this browser and end the sign-in where they differ.',
  parents: [],

  check(flow, c) {
    const request = clientRequest(flow);
    if (request.is === 'none') {
      return clientResponses(flow).is === 'none' ? c.notApplicable : c.cannotTell('authorization request');
    }
    if (request.is === 'hidden') return c.cannotTell(request.missing);
    const sent = param(request.message, 'state');
    if (sent === null) return request.message.truncated ? c.cannotTell('whole address') : c.notApplicable;
    return judgeResponses(flow, c, (message) => {
      if (isSealed(message)) return c.cannotTell('authorization response');
      const got = param(message, 'state');
      if (got === null) return c.notApplicable;
      if (got.value === sent.value) return c.pass;
      if (message.truncated || request.message.truncated) return c.cannotTell('whole address');
      const evidence = [c.at(message, got), c.at(request.message, sent)] as const;
      return c.fail({ evidence, ...judge(flow, message, { sent: sent.value, got: got.value }, c) });
    });
  },
};

function judge(
  flow: Flow,
  message: AuthorizationResponse,
  state: { readonly sent: string; readonly got: string },
  c: RuleContext,
): Pick<Fail, 'severity' | 'summary'> {
  if (bare(state.sent) === bare(state.got)) {
    return { severity: 'low', summary: c.say`The server returned the state in another encoding.` };
  }
  if (message.error !== null) {
    return { severity: 'low', summary: c.say`An error came back with another state: there is nothing to accept.` };
  }
  const next = continuation(flow, message);
  if (next === null) {
    return {
      severity: 'medium',
      summary: c.say`Another state came back; whether the client refused the response was not seen.`,
    };
  }
  return next.kind === 'tokenRequest'
    ? { severity: 'high', summary: c.say`Another state came back, and the client redeemed the code all the same.` }
    : { severity: 'high', summary: c.say`Another state came back, and the client used the token all the same.` };
}

/** Without what servers lose or add on the way: percent-encoding, `+` for a space, base64 padding. */
function bare(state: string): string {
  const spaced = state.replaceAll('+', ' ');
  let text = spaced;
  try {
    text = decodeURIComponent(spaced);
  } catch {
    // A lone percent sign is a character of the state itself.
  }
  return text.replace(/[+ ]/g, '').replace(/=+$/, '');
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
const SENT = `${REQUEST}&state=af0ifjsldkjQ2w7`;
const OTHER = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zz9yX8wV7uT6sR5';
export const examples: Examples = {
  violation: [
    {
      name: 'nothing shows that the client went on',
      trace: redirected(SENT, 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zz9yX8wV7uT6sR5'),
      severity: 'medium',
    },
    {
      name: 'the client redeems the code',
      trace: `
        ${redirected(SENT, 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zz9yX8wV7uT6sR5')}

        # initiator https://app.example
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1
      `,
      severity: 'high',
    },
    {
      name: 'the client uses the token',
      trace: `
        ${redirected(
          'GET https://as.example/authorize?response_type=token&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7',
          'https://app.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer&state=Zz9yX8wV7uT6sR5',
        )}

        GET https://api.example/me
        Authorization: Bearer 2YotnFZFEjr1zCsicMWpAA
      `,
      severity: 'high',
    },
    {
      name: 'another code is redeemed',
      trace: `
        ${redirected(SENT, 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zz9yX8wV7uT6sR5')}

        GET https://app.example/cb?code=Tqmy5k3NpQwL0aXvB2cD&state=af0ifjsldkjQ2w7

        # initiator https://app.example
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=Tqmy5k3NpQwL0aXvB2cD&client_id=web1
      `,
      severity: 'medium',
    },
    {
      name: 'an error with another state',
      trace: redirected(SENT, 'https://app.example/cb?error=access_denied&state=Zz9yX8wV7uT6sR5'),
      severity: 'low',
    },
    {
      name: 'the padding of base64 was lost',
      trace: redirected(
        `${REQUEST}&state=eyJ0byI6Ii9ob21lIn0%3D`,
        'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=eyJ0byI6Ii9ob21lIn0',
      ),
      severity: 'low',
    },
    {
      name: 'encoded once more',
      trace: redirected(
        `${REQUEST}&state=af0ifj%7Csldkj`,
        'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifj%257Csldkj',
      ),
      severity: 'low',
    },
    {
      name: 'a plus sign became a space',
      trace: redirected(
        `${REQUEST}&state=af0ifj%2Bsldkj`,
        'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifj+sldkj',
      ),
      severity: 'low',
    },
    {
      name: 'a percent sign that encodes nothing',
      trace: redirected(
        `${REQUEST}&state=af0ifj%25sldkj`,
        'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=100%25other',
      ),
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'the same state',
      trace: redirected(SENT, 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7'),
    },
    {
      name: 'the same value in another encoding on the wire',
      trace: redirected(
        `${REQUEST}&state=af0ifj%7Csldkj`,
        'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifj|sldkj',
      ),
    },
    {
      name: 'inside a signed response object',
      // {"alg":"RS256"} . {"iss":"https://as.example","code":"SplxlOBeZQQYbYS6WxSbIA","state":"af0ifjsldkjQ2w7"}
      trace: redirected(
        SENT,
        'https://app.example/cb?response=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3In0.c2lnbmF0dXJl',
      ),
    },
    {
      name: 'two tabs whose answers come in the other order',
      trace: `
        # tab 1
        ${SENT}

        # tab 2
        ${REQUEST}&state=Zz9yX8wV7uT6sR5

        # tab 2
        ${OTHER}

        # tab 1
        GET https://app.example/cb?code=Tqmy5k3NpQwL0aXvB2cD&state=af0ifjsldkjQ2w7
      `,
    },
  ],
  lookAlike: [
    {
      name: 'a request without state',
      trace: redirected(REQUEST, 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zz9yX8wV7uT6sR5'),
      verdict: 'notApplicable',
    },
    {
      name: 'a missing state is another finding',
      trace: redirected(SENT, 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA'),
      verdict: 'notApplicable',
    },
    {
      name: 'a broker has a state of its own upstream',
      trace: `
        ${SENT}

        302
        Location: https://upstream.example/authorize?response_type=code&client_id=broker&redirect_uri=https%3A%2F%2Fas.example%2Fcallback&state=Zz9yX8wV7uT6sR5

        GET https://upstream.example/authorize?response_type=code&client_id=broker&redirect_uri=https%3A%2F%2Fas.example%2Fcallback&state=Zz9yX8wV7uT6sR5

        302
        Location: https://as.example/callback?code=Tqmy5k3NpQwL0aXvB2cD&state=Zz9yX8wV7uT6sR5

        GET https://as.example/callback?code=Tqmy5k3NpQwL0aXvB2cD&state=Zz9yX8wV7uT6sR5

        302
        Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7

        GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7
      `,
      verdict: 'notApplicable',
    },
    {
      name: 'a grant without an authorization request',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=client_credentials&client_id=web1&state=Zz9yX8wV7uT6sR5
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the request was not seen', trace: OTHER, missing: ['authorization request'] },
    { name: 'the response was not seen', trace: SENT, missing: ['authorization response'] },
    {
      name: 'the request was pushed out of sight',
      trace: redirected(
        'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c',
        'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zz9yX8wV7uT6sR5',
      ),
      missing: ['request object'],
    },
    { name: 'the request was cut before its state', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
    {
      name: 'the request was cut inside its state',
      trace: `
        # truncated
        ${REQUEST}&state=af0ifjsld

        302
        Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7

        GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7
      `,
      missing: ['whole address'],
    },
    {
      name: 'the response was cut inside its state',
      trace: `
        ${SENT}

        # truncated
        GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsld
      `,
      missing: ['whole address'],
    },
    {
      name: 'an encrypted response object',
      trace: redirected(SENT, `https://app.example/cb?${SEALED}`),
      missing: ['authorization response'],
    },
  ],
};
