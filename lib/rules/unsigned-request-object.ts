import { wordOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { judgeRequestObject } from './support/request-object.ts';

export const rule: Rule = {
  id: 'unsigned-request-object',
  title: 'Request object without a signature',
  subject: 'Signature of the request object',
  group: 'A',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request', 'request object'],
  references: [
    { spec: 'OIDC Core', section: '6.1', level: 'none' },
    { spec: 'RFC 8725', section: '3.1', level: 'none' },
  ],
  why: 'Everyone who handles the address can change what is asked for, and the server cannot tell.',
  fix: 'Sign request objects with a private key that stays on the server of the client, or push the request.',
  parents: [],

  check(flow, c) {
    return judgeRequestObject(flow, c, (message, object) => {
      const evidence = [c.at(message, object)] as const;
      const jose = readCompactJose(object.value);
      if (jose === null) {
        if (message.truncated) return c.cannotTell('whole address');
        // Some servers have a parameter of that name for something else.
        if (!/^eyJ[^.]*\.[^.]*\.[^.]*$/.test(object.value)) return c.notApplicable;
        return c.fail({ evidence, summary: c.say`Its header names no algorithm.` });
      }
      if (jose.is === 'jwe') return c.cannotTell('request object');
      const alg = wordOf(jose.header['alg']);
      if (alg.toLowerCase() === 'none' || object.value.endsWith('.')) {
        return acceptsUnsigned(flow)
          ? c.fail({
              evidence,
              severity: 'info',
              summary: c.say`It is not signed, which this server allows as OpenID Connect Core does.`,
            })
          : c.fail({ evidence, summary: c.say`It is not signed.` });
      }
      if (!alg.startsWith('HS') || flow.clientType.is === 'confidential') return c.pass;
      if (flow.clientType.is === 'unknown') return c.cannotTell('client type');
      return c.fail({
        evidence,
        summary: c.say`It is signed by ${c.plain(alg)} with a secret that a public client cannot keep.`,
      });
    });
  },
};

function acceptsUnsigned({ metadata }: Flow): boolean {
  const algs = metadata?.['request_object_signing_alg_values_supported'];
  return Array.isArray(algs) && algs.includes('none') && metadata?.['require_signed_request_object'] !== true;
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
/** {"client_id":"web1","state":"af0ifjsldkjQ2w7"} */
const CLAIMS = 'eyJjbGllbnRfaWQiOiJ3ZWIxIiwic3RhdGUiOiJhZjBpZmpzbGRralEydzcifQ';
const UNSIGNED = `${REQUEST}&request=eyJhbGciOiJub25lIn0.${CLAIMS}.`;
const SHARED_SECRET = `${REQUEST}&request=eyJhbGciOiJIUzI1NiJ9.${CLAIMS}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`;
const metadata = (members: string): string => `
  GET https://as.example/.well-known/openid-configuration

  200
  Content-Type: application/json

  {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",${members}}
`;

export const examples: Examples = {
  violation: [
    { name: 'alg none', trace: UNSIGNED, severity: 'medium' },
    {
      name: 'alg none with something in place of a signature',
      trace: `${REQUEST}&request=eyJhbGciOiJOb25lIn0.${CLAIMS}.c2lnbmF0dXJl`,
      severity: 'medium',
    },
    {
      name: 'an algorithm, but no signature',
      trace: `${REQUEST}&request=eyJhbGciOiJFUzI1NiJ9.${CLAIMS}.`,
      severity: 'medium',
    },
    {
      name: 'no algorithm',
      trace: `${REQUEST}&request=eyJ0eXAiOiJKV1QifQ.${CLAIMS}.c2lnbmF0dXJl`,
      severity: 'medium',
    },
    {
      name: 'in a pushed request',
      trace: `
        POST https://as.example/par
        Content-Type: application/x-www-form-urlencoded

        client_id=web1&request=eyJhbGciOiJub25lIn0.${CLAIMS}.
      `,
      severity: 'medium',
    },
    { name: 'a shared secret of a public client', trace: SHARED_SECRET, clientType: 'public', severity: 'medium' },
    {
      name: 'a server that allows it',
      trace: `${metadata('"request_object_signing_alg_values_supported":["none","RS256"]')}\n${UNSIGNED}`,
      severity: 'info',
    },
    {
      name: 'a server that lists it, but requires signatures',
      trace: `${metadata('"request_object_signing_alg_values_supported":["none","RS256"],"require_signed_request_object":true')}\n${UNSIGNED}`,
      severity: 'medium',
    },
    {
      name: 'a server that does not list it',
      trace: `${metadata('"request_object_signing_alg_values_supported":["RS256"]')}\n${UNSIGNED}`,
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'signed with a private key',
      trace: `${REQUEST}&request=eyJhbGciOiJQUzI1NiIsImtpZCI6IjEifQ.${CLAIMS}.c2lnbmF0dXJl`,
    },
    { name: 'a shared secret of a confidential client', trace: SHARED_SECRET, clientType: 'confidential' },
  ],
  lookAlike: [
    {
      name: 'another parameter of that name',
      trace: `${REQUEST}&state=af0ifjsldkjQ2w7&request=signup`,
      verdict: 'notApplicable',
    },
    {
      name: 'a pushed request without an object',
      trace:
        'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c',
      verdict: 'notApplicable',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&response_type=code&request=eyJhbGciOiJub25lIn0.${CLAIMS}.`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'an encrypted object',
      trace: `${REQUEST}&request=eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.T0dCZWU.aXYxMjM0NTY3OA.Y2lwaGVydGV4dA.dGFn`,
      missing: ['request object'],
    },
    { name: 'a shared secret of an unknown client', trace: SHARED_SECRET, missing: ['client type'] },
    {
      name: 'the server fetches the object',
      trace: `${REQUEST}&request_uri=https%3A%2F%2Fapp.example%2Frequest.jwt`,
      missing: ['request object'],
    },
    {
      name: 'the address was cut inside of the object',
      trace: `# truncated\n${REQUEST}&request=eyJhbGciOiJFUzI1NiJ9.eyJjbGll`,
      missing: ['whole address'],
    },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
