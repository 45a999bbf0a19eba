import { endpointOf } from '../http/endpoint.ts';
import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { type ClientRequest, clientRequest, judgeRequest } from './support/client-request.ts';
import { clientResponses, isSealed } from './support/client-responses.ts';
import { PUSHED_UNSEEN, VENDOR_POPUP } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'no-mixup-defence',
  title: 'Several authorization servers behind one redirect_uri',
  subject: 'Defence against mixed-up servers',
  group: 'D',
  severity: 'low',
  confidence: 'firm',
  needs: ['authorization request', 'authorization response'],
  references: [
    { spec: 'RFC 9700', section: '2.1', level: 'none' },
    { spec: 'RFC 9700', section: '4.4.2', level: 'MUST' },
    { spec: 'RFC 10017', section: '9.3', level: 'none' },
  ],
  asvs: ['10.2.2'],
  why: 'Nothing in a response tells which of the servers it came from, so that one of them can have the codes of another sent to it.',
  fix: 'Give each server a `redirect_uri` of its own, or have all of them send `iss` and check it.',
  parents: [],

  check(flow, c) {
    return judgeRequest(flow, c, (message) => {
      const redirectUri = param(message, 'redirect_uri');
      if (redirectUri === null || message.sdk !== null) return c.notApplicable;
      const others = c.once(clientStarts).filter((start) => isOtherServer(start.message, message));
      const before = others.find(
        (start) =>
          paramValue(start.message, 'redirect_uri') === redirectUri.value && start.message.index < message.index,
      );
      if (before === undefined) {
        const site = endpointOf(redirectUri.value)?.site;
        const apart = others.some((start) => {
          const uri = paramValue(start.message, 'redirect_uri') ?? '';
          return uri !== redirectUri.value && endpointOf(uri)?.site === site;
        });
        return apart ? c.pass : c.notApplicable;
      }
      const [here, there] = [saysIssuer(flow), saysIssuer(before.flow)];
      if (here || there) return c.pass;
      if (here === null || there === null) return c.cannotTell('authorization response');
      const evidence = [c.at(message, redirectUri), c.at(before.message, redirectUri)] as const;
      const hosts = [before.message.endpoint.host, message.endpoint.host].map((host) => c.plain(host));
      return isSelfRegistered(redirectUri.value, c)
        ? c.fail({
            evidence,
            severity: 'medium',
            summary: c.say`${hosts[0] ?? c.plain('')} and ${hosts[1] ?? c.plain('')} answer to one address without \`iss\`, and the client registers itself with servers that others choose.`,
          })
        : c.fail({
            evidence,
            summary: c.say`${hosts[0] ?? c.plain('')} and ${hosts[1] ?? c.plain('')} answer to one address, and neither says who it is.`,
          });
    });
  },
};

interface Start {
  readonly flow: Flow;
  readonly message: ClientRequest;
}

function clientStarts({ flows }: Pick<RuleContext, 'flows'>): readonly Start[] {
  return flows.flatMap((flow) => {
    const request = clientRequest(flow);
    return request.is === 'seen' ? [{ flow, message: request.message }] : [];
  });
}

function isOtherServer(a: ClientRequest, b: ClientRequest): boolean {
  if (a.provider !== null && a.provider.id === b.provider?.id) return false;
  return a.endpoint.site !== b.endpoint.site && !(a.endpoint.loopback && b.endpoint.loopback);
}

/** A response of the flow has `iss`, an ID token or a response object; `null` where none was seen. */
function saysIssuer(flow: Flow): boolean | null {
  const responses = clientResponses(flow);
  if (responses.is !== 'seen') return null;
  return responses.messages.some(
    (message) => isSealed(message) || ['iss', 'id_token', 'response'].some((name) => param(message, name) !== null),
  );
}

/** RFC 7591: this very address was registered in the same trace. */
function isSelfRegistered(redirectUri: string, c: RuleContext): boolean {
  const registrations = c.flows.flatMap((flow) => messagesOf(flow, 'clientRegistrationRequest'));
  return registrations.some((message) => paramValue(message, 'redirect_uris')?.includes(JSON.stringify(redirectUri)));
}

const CB = 'https://app.example/auth/callback';
const GOOGLE = 'https://accounts.google.com/o/oauth2/v2/auth';
const GITHUB = 'https://github.com/login/oauth/authorize';
const signIn = (authorize: string, state: string, redirectUri = CB, response = ''): string => `
GET ${authorize}?response_type=code&client_id=web1&redirect_uri=${encodeURIComponent(redirectUri)}&state=${state}

302
Location: ${redirectUri}?code=Splxl${state}&state=${state}${response}

GET ${redirectUri}?code=Splxl${state}&state=${state}${response}
`;
const ONE = 'af0ifjsldkjQ2w7';
const TWO = 'Zk3uV8pQx1LrT0';
const REGISTRATION = `
POST https://mcp-as.example/register
Content-Type: application/json

{"client_name":"app","redirect_uris":["${CB}"]}
`;

export const examples: Examples = {
  violation: [
    { name: 'two providers', trace: signIn(GOOGLE, ONE) + signIn(GITHUB, TWO), severity: 'low' },
    {
      name: 'two servers that nobody knows',
      trace: signIn('https://as.example/authorize', ONE) + signIn('https://other-as.example/authorize', TWO),
      severity: 'low',
    },
    {
      name: 'a server on this machine and another',
      trace: signIn('http://localhost:8080/authorize', ONE) + signIn('https://other-as.example/authorize', TWO),
      severity: 'low',
    },
    {
      name: 'a client that registers itself',
      trace: REGISTRATION + signIn(GOOGLE, ONE) + signIn('https://mcp-as.example/authorize', TWO),
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'an address for each', trace: signIn(GOOGLE, ONE, `${CB}/google`) + signIn(GITHUB, TWO, `${CB}/github`) },
    {
      name: 'one says who it is',
      trace: signIn(GOOGLE, ONE) + signIn(GITHUB, TWO, CB, '&iss=https%3A%2F%2Fgithub.com%2Flogin%2Foauth'),
    },
    {
      name: 'the other says who it is',
      trace: signIn(GOOGLE, ONE, CB, '&iss=https%3A%2F%2Faccounts.google.com') + signIn(GITHUB, TWO),
    },
  ],
  lookAlike: [
    { name: 'one server twice', trace: signIn(GOOGLE, ONE) + signIn(GOOGLE, TWO), verdict: 'notApplicable' },
    {
      name: 'two sites of one provider',
      trace: signIn('https://x.com/i/oauth2/authorize', ONE) + signIn('https://twitter.com/i/oauth2/authorize', TWO),
      verdict: 'notApplicable',
    },
    {
      name: 'two hosts of one site',
      trace: signIn('https://a.as.example/authorize', ONE) + signIn('https://b.as.example/authorize', TWO),
      verdict: 'notApplicable',
    },
    {
      name: 'two ports of this machine',
      trace: signIn('http://localhost:8080/authorize', ONE) + signIn('http://127.0.0.1:9090/authorize', TWO),
      verdict: 'notApplicable',
    },
    {
      name: 'two applications',
      trace: signIn(GOOGLE, ONE) + signIn(GITHUB, TWO, 'https://other.example/cb'),
      verdict: 'notApplicable',
    },
    {
      name: 'a request without an address',
      trace: `${signIn(GOOGLE, ONE)}\n${GITHUB.replace('https', 'GET https')}?client_id=web1&state=${TWO}`,
      verdict: 'notApplicable',
    },
    { name: 'a popup of a vendor', trace: `${VENDOR_POPUP}&response_type=code`, verdict: 'notApplicable' },
  ],
  cannotTell: [
    {
      name: 'a response was not seen',
      trace: signIn(GOOGLE, ONE) + signIn(GITHUB, TWO).replace(/302.*/s, ''),
      missing: ['authorization response'],
    },
    {
      name: 'the first response was not seen',
      trace: signIn(GOOGLE, ONE).replace(/302.*/s, '') + signIn(GITHUB, TWO),
      missing: ['authorization response'],
    },
    { name: 'the pushed request was not seen', trace: PUSHED_UNSEEN, missing: ['request object'] },
  ],
};
