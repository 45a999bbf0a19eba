import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import { frontChannelRequest } from './support/client-request.ts';
import { PUSHED_UNSEEN, UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'par-required-but-not-used',
  title: 'Parameters in the address although the server requires them pushed',
  subject: 'Pushed requests where they are required',
  group: 'A',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request', 'server metadata'],
  references: [{ spec: 'ASVS 5.0', section: '10.4.13', level: 'none' }],
  asvs: ['10.4.13'],
  why: 'The request is refused, or the server does not hold to its own policy and anyone can change the parameters.',
  fix: 'Push the parameters first, then send only `client_id` and `request_uri`.',
  copy: 'client_id=…&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A…',
  parents: [],

  check(flow, c) {
    const message = frontChannelRequest(flow);
    if (message === null) return c.notApplicable;
    if (param(message, 'request_uri') !== null) return c.pass;
    if (flow.metadata === null) return c.cannotTell('server metadata');
    if (flow.metadata['require_pushed_authorization_requests'] !== true) return c.notApplicable;
    if (message.truncated) return c.cannotTell('whole address');
    const evidence = [c.absent(message, 'request_uri')] as const;
    return messagesOf(flow, 'authorizationResponse').some(({ error }) => error === null)
      ? c.fail({
          evidence,
          severity: 'high',
          summary: c.say`The server says that it requires pushed requests, and answered this one all the same.`,
        })
      : c.fail({ evidence, summary: c.say`The server says that it refuses requests that were not pushed.` });
  },
};

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const metadata = (required: boolean): string => `
  GET https://as.example/.well-known/openid-configuration

  200
  Content-Type: application/json

  {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","require_pushed_authorization_requests":${required}}
`;

export const examples: Examples = {
  violation: [
    { name: 'parameters in the address', trace: `${metadata(true)}\n${REQUEST}`, severity: 'medium' },
    {
      name: 'a request object is not pushed either',
      trace: `${metadata(true)}\n${REQUEST}&request=eyJhbGciOiJFUzI1NiJ9.eyJjbGllbnRfaWQiOiJ3ZWIxIn0.c2lnbmF0dXJl`,
      severity: 'medium',
    },
    {
      name: 'the server answered',
      trace: `${metadata(true)}\n${REQUEST}\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      severity: 'high',
    },
    {
      name: 'the server refused',
      trace: `${metadata(true)}\n${REQUEST}\n\nGET https://app.example/cb?error=invalid_request&state=af0ifjsldkjQ2w7`,
      severity: 'medium',
    },
  ],
  clean: [{ name: 'pushed', trace: `${metadata(true)}\n${PUSHED_UNSEEN}` }],
  lookAlike: [
    { name: 'the server does not require it', trace: `${metadata(false)}\n${REQUEST}`, verdict: 'notApplicable' },
    {
      name: 'a broker upstream of the server that requires it',
      trace: `${metadata(true)}\n${UPSTREAM}&response_type=code`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the metadata was not seen', trace: REQUEST, missing: ['server metadata'] },
    {
      name: 'the address was cut',
      trace: `${metadata(true)}\n# truncated\n${REQUEST}`,
      missing: ['whole address'],
    },
  ],
};
