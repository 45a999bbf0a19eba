import { endpointOf } from '../http/endpoint.ts';
import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeRequest } from './support/client-request.ts';
import { PUSHED_UNSEEN } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'redirect-uri-http',
  title: 'redirect_uri without TLS',
  subject: 'Scheme of redirect_uri',
  group: 'A',
  severity: 'high',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [
    { spec: 'RFC 9700', section: '2.6', level: 'MUST NOT' },
    { spec: 'RFC 6749', section: '3.1.2.1', level: 'SHOULD' },
    { spec: 'OIDC Core', section: '3.1.2.1', level: 'none' },
  ],
  why: 'Everyone on the network path reads the code or the token of the response.',
  fix: 'Register an https address as redirect URI and send that one.',
  copy: 'redirect_uri=https%3A%2F%2F…',
  parents: [],

  check: (flow, c) =>
    judgeRequest(flow, c, (message) => {
      const redirectUri = param(message, 'redirect_uri');
      if (redirectUri === null) return message.truncated ? c.cannotTell('whole address') : c.notApplicable;
      const target = endpointOf(redirectUri.value);
      if (target === null) return c.notApplicable;
      if (target.scheme !== 'http' || target.loopback) return c.pass;
      return c.fail({
        evidence: [c.at(message, redirectUri)],
        severity: target.dev ? 'medium' : 'high',
        summary: target.dev
          ? c.say`The response travels in clear to ${c.plain(target.host)}, a private address or the name of a test.`
          : c.say`The response travels in clear to ${c.plain(target.host)}.`,
      });
    }),
};

const REQUEST = 'GET https://as.example/authorize?response_type=code&client_id=web1&state=af0ifjsldkjQ2w7';

export const examples: Examples = {
  violation: [
    { name: 'a public host', trace: `${REQUEST}&redirect_uri=http%3A%2F%2Fapp.example%2Fcb`, severity: 'high' },
    { name: 'scheme in capitals', trace: `${REQUEST}&redirect_uri=HTTP%3A%2F%2Fapp.example%2Fcb`, severity: 'high' },
    {
      name: 'a private address',
      trace: `${REQUEST}&redirect_uri=http%3A%2F%2F192.168.1.20%3A8080%2Fcb`,
      severity: 'medium',
    },
    {
      name: 'a name of a local network',
      trace: `${REQUEST}&redirect_uri=http%3A%2F%2Fnas.local%2Fcb`,
      severity: 'medium',
    },
    {
      name: 'in a pushed request',
      trace: `
        POST https://as.example/par
        Content-Type: application/x-www-form-urlencoded

        response_type=code&client_id=web1&redirect_uri=http%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7
      `,
      severity: 'high',
    },
  ],
  clean: [
    { name: 'https', trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb` },
    { name: 'a native application', trace: `${REQUEST}&redirect_uri=com.example.app%3A%2Fcb` },
  ],
  lookAlike: [
    {
      name: 'http on the loopback address',
      trace: `${REQUEST}&redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2Fcb`,
      verdict: 'pass',
    },
    { name: 'http on localhost', trace: `${REQUEST}&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcb`, verdict: 'pass' },
    {
      name: 'http only inside a parameter of the target',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fnext%3Dhttp%253A%252F%252Fapp.example`,
      verdict: 'pass',
    },
    {
      name: "the relay of a vendor's script is no address",
      trace:
        'GET https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=web1&scope=email&redirect_uri=postmessage',
      verdict: 'notApplicable',
    },
    { name: 'no redirect_uri', trace: REQUEST, verdict: 'notApplicable' },
  ],
  cannotTell: [
    { name: 'the parameters were pushed out of sight', trace: PUSHED_UNSEEN, missing: ['request object'] },
    { name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] },
  ],
};
