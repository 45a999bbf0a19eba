import { endpointOf } from '../http/endpoint.ts';
import { allParams } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { AuthorizationResponse, Endpoint } from '../model/message.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { type ClientRequest, clientRequest } from './support/client-request.ts';
import { continuation, isSealed, judgeResponses } from './support/client-responses.ts';
import { SEALED } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'iss-mismatch',
  title: 'Response that names another issuer',
  subject: 'Issuer named by the response',
  group: 'B',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request', 'authorization response', 'server metadata'],
  references: [
    { spec: 'RFC 9207', section: '2.4', level: 'MUST' },
    { spec: 'RFC 9700', section: '4.4.2.1', level: 'MUST' },
  ],
  why: 'An attacker who mixes up two servers gets the code of the honest one sent to an endpoint of their own.',
  fix: 'Compare `iss` with the issuer stored for this sign-in, character by character, and end the sign-in where they differ.',
  parents: ['as-mixup'],

  check(flow, c) {
    const request = clientRequest(flow);
    return judgeResponses(flow, c, (message) => {
      if (isSealed(message)) return c.cannotTell('authorization response');
      const issuers = allParams(message, 'iss').filter((iss) => iss.value !== '');
      if (issuers.length === 0) return c.notApplicable;
      if (request.is === 'none') return c.cannotTell('authorization request');
      let unclear = false;
      for (const iss of issuers) {
        const found = compare(flow, request.message, iss.value);
        if (found === 'unclear') unclear = true;
        if (found === 'unclear' || found === 'same') continue;
        if (message.truncated) return c.cannotTell('whole address');
        return c.fail({ evidence: [c.at(message, iss)], ...judge(flow, message, found, c) });
      }
      return unclear ? c.cannotTell('server metadata') : c.pass;
    });
  },
};

type Difference = 'spelling' | 'issuer' | 'site';

/** `site`: without metadata, only that the two lie on sites that have nothing to do with each other. */
function compare(flow: Flow, request: ClientRequest, iss: string): 'same' | 'unclear' | Difference {
  if (iss === flow.issuer) return 'same';
  const named = endpointOf(iss);
  if (flow.issuer !== null && !flow.provider?.looseIssuer) {
    return plainly(iss) === plainly(flow.issuer) ? 'spelling' : 'issuer';
  }
  // Another path can be another tenant.
  if (named?.origin === request.endpoint.origin && (flow.provider?.looseIssuer || isAbove(named, request.endpoint))) {
    return 'same';
  }
  // A server may have several names of its own: without its metadata only another site is telling.
  if (named === null || flow.provider?.looseIssuer || named.site === request.endpoint.site) return 'unclear';
  return 'site';
}

/** The path of the one begins that of the other, as the issuers of most servers do. */
function isAbove(issuer: Endpoint, endpoint: Endpoint): boolean {
  return `${endpoint.path}/`.startsWith(issuer.path.replace(/\/*$/, '/'));
}

/** Scheme and host in lower case, without a default port and a slash at the end. */
function plainly(issuer: string): string {
  return endpointOf(issuer)?.url.replace(/\/$/, '') ?? issuer;
}

function judge(
  flow: Flow,
  message: AuthorizationResponse,
  found: Difference,
  c: RuleContext,
): Pick<Fail, 'severity' | 'confidence' | 'summary'> {
  if (found === 'spelling') {
    return {
      severity: 'low',
      confidence: 'certain',
      summary: c.say`The issuer is written in another way than in the metadata of the server.`,
    };
  }
  const confidence = found === 'issuer' ? 'certain' : 'firm';
  return continuation(flow, message) === null
    ? {
        severity: 'medium',
        confidence,
        summary: c.say`The response names another server than the one asked; whether the client refused it was not seen.`,
      }
    : {
        severity: 'high',
        confidence,
        summary: c.say`The response names another server than the one asked, and the client went on all the same.`,
      };
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const METADATA = `
GET https://as.example/.well-known/openid-configuration

200
Content-Type: application/json

{"issuer":"https://as.example/tenant1","authorization_endpoint":"https://as.example/authorize"}
`;
const REDEEMED = `
# initiator https://app.example
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1
`;
const ENTRA =
  'GET https://login.microsoftonline.com/common/oauth2/v2.0/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    {
      name: 'another site, and the client redeems the code',
      trace: `${REQUEST}\n\n${CALLBACK}&iss=https%3A%2F%2Fattacker.example\n\n${REDEEMED}`,
      severity: 'high',
    },
    {
      name: 'another site, and nothing shows that the client went on',
      trace: `${REQUEST}\n\n${CALLBACK}&iss=https%3A%2F%2Fattacker.example`,
      severity: 'medium',
    },
    {
      name: 'another tenant than in the metadata',
      trace: `${METADATA}\n${REQUEST}\n\n${CALLBACK}&iss=https%3A%2F%2Fas.example%2Ftenant2\n\n${REDEEMED}`,
      severity: 'high',
    },
    {
      name: 'another spelling than in the metadata',
      trace: `${METADATA}\n${REQUEST}\n\n${CALLBACK}&iss=https%3A%2F%2FAS.example%2Ftenant1%2F\n\n${REDEEMED}`,
      severity: 'low',
    },
    {
      name: 'the right one first, another one after it',
      trace: `${REQUEST}\n\n${CALLBACK}&iss=https%3A%2F%2Fas.example&iss=https%3A%2F%2Fattacker.example`,
      severity: 'medium',
    },
    {
      name: 'one that cannot be judged first, another site after it',
      trace: `${REQUEST}\n\n${CALLBACK}&iss=https%3A%2F%2Flogin.as.example&iss=https%3A%2F%2Fattacker.example`,
      severity: 'medium',
    },
    {
      name: 'in a response object',
      // {"alg":"RS256"} . {"iss":"https://attacker.example","code":"SplxlOBeZQQYbYS6WxSbIA","state":"af0ifjsldkjQ2w7"}
      trace: `${REQUEST}\n\nGET https://app.example/cb?response=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2F0dGFja2VyLmV4YW1wbGUiLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3In0.c2lnbmF0dXJl`,
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'the issuer of the metadata',
      trace: `${METADATA}\n${REQUEST}\n\n${CALLBACK}&iss=https%3A%2F%2Fas.example%2Ftenant1`,
    },
    { name: 'the origin of the server', trace: `${REQUEST}\n\n${CALLBACK}&iss=https%3A%2F%2Fas.example` },
    {
      name: 'a path above that of the endpoint',
      trace: `${REQUEST.replace('/authorize', '/realms/r/authorize')}\n\n${CALLBACK}&iss=https%3A%2F%2Fas.example%2Frealms%2Fr`,
    },
    {
      name: 'the metadata names another site on purpose',
      trace: `
        GET https://issuer.example/.well-known/oauth-authorization-server

        200
        Content-Type: application/json

        {"issuer":"https://issuer.example","authorization_endpoint":"https://as.example/authorize"}

        ${REQUEST}

        ${CALLBACK}&iss=https%3A%2F%2Fissuer.example
      `,
    },
  ],
  lookAlike: [
    { name: 'an empty iss', trace: `${REQUEST}\n\n${CALLBACK}&iss=`, verdict: 'notApplicable' },
    { name: 'no iss is another finding', trace: `${REQUEST}\n\n${CALLBACK}`, verdict: 'notApplicable' },
    {
      name: 'iss without a response asks the client to start a sign-in (OIDC Core §4)',
      trace: `GET https://app.example/login?iss=https%3A%2F%2Fattacker.example&login_hint=jo`,
    },
    {
      name: 'a provider whose issuer names the tenant',
      trace: `${ENTRA}\n\n${CALLBACK}&iss=https%3A%2F%2Flogin.microsoftonline.com%2F9f4c2a10-7d2e-4f7b-8b0e-0f2d1c3b4a59%2Fv2.0`,
      verdict: 'pass',
    },
    {
      name: 'a provider whose metadata names a template',
      trace: `
        GET https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration

        200
        Content-Type: application/json

        {"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0","authorization_endpoint":"https://login.microsoftonline.com/common/oauth2/v2.0/authorize"}

        ${ENTRA}

        ${CALLBACK}&iss=https%3A%2F%2Flogin.microsoftonline.com%2F9f4c2a10-7d2e-4f7b-8b0e-0f2d1c3b4a59%2Fv2.0
      `,
      verdict: 'pass',
    },
    {
      name: 'what a server upstream answers to a broker',
      trace: `
        GET https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Ftenant.auth0.com%2Flogin%2Fcallback&state=af0ifjsldkjQ2w7

        GET https://tenant.auth0.com/login/callback?code=Tqmy5k3NpQwL0aXvB2cD&state=af0ifjsldkjQ2w7&iss=https%3A%2F%2Fattacker.example
      `,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'another host of the same site, without metadata',
      trace: `${REQUEST}\n\n${CALLBACK}&iss=https%3A%2F%2Flogin.as.example`,
      missing: ['server metadata'],
    },
    {
      name: 'one that cannot be judged beside the right one',
      trace: `${REQUEST}\n\n${CALLBACK}&iss=https%3A%2F%2Flogin.as.example&iss=https%3A%2F%2Fas.example`,
      missing: ['server metadata'],
    },
    {
      name: 'perhaps another tenant, without metadata',
      trace: `${REQUEST}\n\n${CALLBACK}&iss=https%3A%2F%2Fas.example%2Ftenant2`,
      missing: ['server metadata'],
    },
    {
      name: 'no address, without metadata',
      trace: `${REQUEST}\n\n${CALLBACK}&iss=as1`,
      missing: ['server metadata'],
    },
    {
      name: 'a provider with issuers of another name',
      trace: `${ENTRA}\n\n${CALLBACK}&iss=https%3A%2F%2Fsts.windows.net%2F9f4c2a10-7d2e-4f7b-8b0e-0f2d1c3b4a59%2F`,
      missing: ['server metadata'],
    },
    {
      name: 'the request was not seen',
      trace: `${CALLBACK}&iss=https%3A%2F%2Fas.example`,
      missing: ['authorization request'],
    },
    { name: 'the response was not seen', trace: REQUEST, missing: ['authorization response'] },
    {
      name: 'the address was cut inside the issuer',
      trace: `${REQUEST}\n\n# truncated\n${CALLBACK}&iss=https%3A%2F%2Fa`,
      missing: ['whole address'],
    },
    {
      name: 'an encrypted response object',
      trace: `${REQUEST}\n\nGET https://app.example/cb?${SEALED}`,
      missing: ['authorization response'],
    },
  ],
};
