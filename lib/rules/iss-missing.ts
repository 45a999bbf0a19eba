import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import { judgeResponses, passIfWholeResponse } from './support/client-responses.ts';
import { SEALED } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'iss-missing',
  title: 'Response without the issuer that the server promises',
  subject: 'Presence of iss in the response',
  group: 'B',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization response', 'server metadata'],
  references: [
    { spec: 'RFC 9207', section: '2', level: 'MUST' },
    { spec: 'RFC 9207', section: '2.4', level: 'MUST' },
  ],
  why: 'The client can no longer notice that the response comes from another server than the one it asked.',
  fix: 'Return `iss` in every response of the server, errors too, and refuse in the client what comes without it.',
  parents: [],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const idToken = param(message, 'id_token');
      if (param(message, 'iss') !== null) return c.pass;
      // RFC 9207 §2.4: an issuer inside an ID token of the same response serves as well.
      if (idToken !== null && typeof readCompactJose(idToken.value)?.claims?.['iss'] === 'string') return c.pass;
      if (flow.metadata === null) return c.cannotTell('server metadata');
      if (flow.metadata['authorization_response_iss_parameter_supported'] !== true) return c.notApplicable;
      const whole = passIfWholeResponse(message, c);
      if (whole.is !== 'pass') return whole;
      return c.fail({
        evidence: [c.absent(message, 'iss')],
        summary: c.say`The metadata of the server says that every response carries iss, but this one does not.`,
      });
    }),
};

const metadata = (more: string): string => `
  GET https://as.example/.well-known/oauth-authorization-server

  200
  Content-Type: application/json

  {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize"${more}}
`;
const PROMISED = ',"authorization_response_iss_parameter_supported":true';
const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const signIn = (more: string, callback: string): string => `${metadata(more)}\n${REQUEST}\n\n${callback}`;

export const examples: Examples = {
  violation: [
    { name: 'a code without iss', trace: signIn(PROMISED, CALLBACK), severity: 'medium' },
    {
      name: 'an error without iss',
      trace: signIn(PROMISED, 'GET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7'),
      severity: 'medium',
    },
    { name: 'an empty iss', trace: signIn(PROMISED, `${CALLBACK}&iss=`), severity: 'medium' },
    {
      name: 'an ID token that names no issuer',
      // {"alg":"RS256"} . {"sub":"1"}
      trace: signIn(
        PROMISED,
        'GET https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&id_token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl&state=af0ifjsldkjQ2w7',
      ),
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'with iss', trace: signIn(PROMISED, `${CALLBACK}&iss=https%3A%2F%2Fas.example`) },
    { name: 'with iss, metadata not seen', trace: `${REQUEST}\n\n${CALLBACK}&iss=https%3A%2F%2Fas.example` },
    {
      name: 'in an ID token of the same response',
      trace: signIn(
        PROMISED,
        'GET https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&id_token=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJzdWIiOiIxIn0.c2lnbmF0dXJl&state=af0ifjsldkjQ2w7',
      ),
    },
    {
      name: 'in a response object',
      trace: signIn(
        PROMISED,
        'GET https://app.example/cb?response=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3In0.c2lnbmF0dXJl',
      ),
    },
  ],
  lookAlike: [
    { name: 'the metadata promises nothing', trace: signIn('', CALLBACK), verdict: 'notApplicable' },
    {
      name: 'the metadata says that there is none',
      trace: signIn(',"authorization_response_iss_parameter_supported":false', CALLBACK),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'metadata not seen', trace: `${REQUEST}\n\n${CALLBACK}`, missing: ['server metadata'] },
    {
      name: 'the response was not seen',
      trace: `${metadata(PROMISED)}\n${REQUEST}`,
      missing: ['authorization response'],
    },
    { name: 'the address was cut', trace: signIn(PROMISED, `# truncated\n${CALLBACK}`), missing: ['whole address'] },
    {
      name: 'an encrypted response object',
      trace: signIn(PROMISED, `GET https://app.example/cb?${SEALED}`),
      missing: ['authorization response'],
    },
  ],
};
