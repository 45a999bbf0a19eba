import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { frontChannelRequest } from './support/client-request.ts';
import { clientSecrets } from './support/client-secret.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'client-secret-in-authz-request',
  title: 'Client secret in the authorization request',
  subject: 'Client secrets in the authorization request',
  group: 'A',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [{ spec: 'RFC 6749', section: '2.3.1', level: 'MUST NOT' }],
  why: 'The long-lived credential of the client is in the history of every visitor and in the logs of the server.',
  fix: 'Take the secret out of the authorization request and replace it by a new one at once.',
  parents: [],

  check(flow, c) {
    const message = frontChannelRequest(flow);
    if (message === null) return c.notApplicable;
    const secret = clientSecrets(message).find((p) => p.value !== '');
    if (secret !== undefined) {
      return c.fail({
        evidence: [c.at(message, secret)],
        summary: c.say`The request to ${c.plain(message.endpoint.host)} carries ${c.plain(secret.name)} through the browser.`,
      });
    }
    if (message.opaque === 'request') return c.cannotTell('request object');
    return message.truncated ? c.cannotTell('whole address') : c.pass;
  },
};

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const SECRET = '9f2d4cA7b81e4f6d8c35e0a1';

export const examples: Examples = {
  violation: [
    { name: 'client_secret', trace: `${REQUEST}&client_secret=${SECRET}`, severity: 'high' },
    { name: 'in camel case', trace: `${REQUEST}&clientSecret=${SECRET}`, severity: 'high' },
    ...['secret', 'app_secret', 'appsecret'].map((name) => ({
      name,
      trace: `${REQUEST}&${name}=${SECRET}`,
      severity: 'high' as const,
    })),
    { name: 'beside a pushed request', trace: `${PUSHED_UNSEEN}&client_secret=${SECRET}`, severity: 'high' },
    {
      name: 'in a signed request object',
      // {"alg":"RS256"} . {"client_id":"web1","response_type":"code","client_secret":"9f2d4cA7b81e4f6d8c35e0a1"}
      trace: `GET https://as.example/authorize?client_id=web1&response_type=code&request=eyJhbGciOiJSUzI1NiJ9.eyJjbGllbnRfaWQiOiJ3ZWIxIiwicmVzcG9uc2VfdHlwZSI6ImNvZGUiLCJjbGllbnRfc2VjcmV0IjoiOWYyZDRjQTdiODFlNGY2ZDhjMzVlMGExIn0.c2lnbmF0dXJl`,
      severity: 'high',
    },
  ],
  clean: [
    { name: 'no secret', trace: REQUEST },
    { name: 'pushed: the address is all that the browser carries', trace: PUSHED_UNSEEN },
  ],
  lookAlike: [
    { name: 'an empty client_secret', trace: `${REQUEST}&client_secret=`, verdict: 'pass' },
    ...['pi_3MtwBwLkdIwHu7ix28a3tqPa', 'seti_1Mm8s8LkdIwHu7ix0OXBfTRG', 'cs_test_a1b2C3d4E5f6G7h8'].map((id) => ({
      name: `the secret of one payment, ${id.slice(0, 4)}`,
      trace: `${REQUEST}&client_secret=${id}_secret_YrKJUKribcBjcG8HVhfZluoGH`,
      verdict: 'pass' as const,
    })),
    {
      name: 'its expiry is no secret',
      trace: `${REQUEST}&client_secret_expires_at=1798761600`,
      verdict: 'pass',
    },
    {
      name: 'pushed by the client itself, that is how it authenticates',
      trace: `
        POST https://as.example/par
        Content-Type: application/x-www-form-urlencoded

        response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&client_secret=${SECRET}
      `,
      verdict: 'notApplicable',
    },
    {
      name: "a broker's own request upstream",
      trace: `${UPSTREAM}&response_type=code&client_secret=${SECRET}`,
      verdict: 'notApplicable',
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
