import { endpointOf } from '../http/endpoint.ts';
import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Flow } from '../model/flow.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationRequest } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { frontChannelRequest } from './support/client-request.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { initiatingPage } from './support/initiating-page.ts';

export const rule: Rule = {
  id: 'request-uri-external',
  title: 'request_uri that the server has to fetch',
  subject: 'Place of the request object',
  group: 'A',
  severity: 'low',
  confidence: 'firm',
  needs: ['authorization request'],
  references: [
    { spec: 'OIDC Core', section: '6.2', level: 'none' },
    { spec: 'RFC 9101', section: '5.2', level: 'none' },
  ],
  why: 'The server can be made to send requests into its own network, and the content can change after it was checked.',
  fix: 'Push the request and send the `urn:ietf:params:oauth:request_uri:` that comes back, or register the address.',
  parents: [],

  check(flow, c) {
    const message = frontChannelRequest(flow);
    // A wallet is called by its own scheme and fetches by design (OpenID for Verifiable Presentations).
    if (message === null || !/^https?$/.test(message.endpoint.scheme)) return c.notApplicable;
    const requestUri = param(message, 'request_uri');
    if (requestUri === null) return message.truncated ? c.cannotTell('whole address') : c.notApplicable;
    const target = endpointOf(requestUri.value);
    if (target === null || !/^https?$/.test(target.scheme)) return c.pass;
    const evidence = [c.at(message, requestUri)] as const;
    const host = c.plain(target.host);
    if (target.scheme === 'http') {
      return c.fail({ evidence, severity: 'medium', summary: c.say`The server fetches it from ${host} in clear.` });
    }
    if (target.site === message.endpoint.site) {
      return c.fail({ evidence, severity: 'info', summary: c.say`It lies on ${host}, at the server itself.` });
    }
    if (flow.metadata?.['require_request_uri_registration'] === true) {
      return c.fail({
        evidence,
        severity: 'info',
        summary: c.say`The server fetches it from ${host}, and allows registered addresses only.`,
      });
    }
    const sites = clientSites(flow, message);
    return sites.length === 0 || sites.includes(target.site)
      ? c.fail({ evidence, summary: c.say`The server fetches it from ${host}.` })
      : c.fail({
          evidence,
          severity: 'medium',
          summary: c.say`The server fetches it from ${host}, which belongs neither to it nor to the client.`,
        });
  },
};

/** Sites that are known to be the client's own. */
function clientSites(flow: Flow, message: AuthorizationRequest): readonly string[] {
  const named = ['redirect_uri', 'client_id'].map((name) => endpointOf(paramValue(message, name) ?? ''));
  const answered = messagesOf(flow, 'authorizationResponse').map(({ endpoint }) => endpoint);
  return [...named, initiatingPage(message.exchange), ...answered].flatMap((endpoint) => endpoint?.site ?? []);
}

const REQUEST = 'GET https://as.example/authorize?client_id=web1&response_type=code&scope=openid';
const FOREIGN = 'request_uri=https%3A%2F%2Fpartner.example%2Frequest.jwt';
const OWN = 'request_uri=https%3A%2F%2Fcdn.app.example%2Frequest.jwt';

export const examples: Examples = {
  violation: [
    { name: 'nothing tells the site of the client', trace: `${REQUEST}&${FOREIGN}`, severity: 'low' },
    {
      name: 'the site of the client, by its redirect_uri',
      trace: `${REQUEST}&${OWN}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb`,
      severity: 'low',
    },
    {
      name: 'the site of the client, by its page',
      trace: `# initiator https://www.app.example\n${REQUEST}&${OWN}`,
      severity: 'low',
    },
    {
      name: 'another site, by the page of the client',
      trace: `# initiator https://www.app.example\n${REQUEST}&${FOREIGN}`,
      severity: 'medium',
    },
    {
      name: 'another site, by the redirect_uri',
      trace: `${REQUEST}&${FOREIGN}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb`,
      severity: 'medium',
    },
    {
      name: 'another site, by the callback',
      trace: `${REQUEST}&${FOREIGN}&state=af0ifjsldkjQ2w7\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7`,
      severity: 'medium',
    },
    {
      name: 'in clear',
      trace: `${REQUEST}&request_uri=http%3A%2F%2Fas.example%2Frequest.jwt`,
      severity: 'medium',
    },
    {
      name: 'at the server itself',
      trace: `${REQUEST}&request_uri=https%3A%2F%2Fintents.as.example%2F4217&redirect_uri=https%3A%2F%2Fapp.example%2Fcb`,
      severity: 'info',
    },
    {
      name: 'a server that wants it registered',
      trace: `
        GET https://as.example/.well-known/openid-configuration

        200
        Content-Type: application/json

        {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","require_request_uri_registration":true}

        ${REQUEST}&${FOREIGN}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb
      `,
      severity: 'info',
    },
  ],
  clean: [
    {
      name: 'a pushed request',
      trace:
        'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c',
    },
  ],
  lookAlike: [
    {
      name: 'a wallet fetches what it is asked',
      trace: `GET openid4vp://authorize?client_id=x509_san_dns%3Aapp.example&response_type=vp_token&nonce=n-0S6_WzA2Mj&${FOREIGN}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb`,
      verdict: 'notApplicable',
    },
    {
      name: 'the redirect_uri is fetched by the browser',
      trace: `${REQUEST}&redirect_uri=https%3A%2F%2Fpartner.example%2Frequest.jwt`,
      verdict: 'notApplicable',
    },
    { name: 'a broker upstream', trace: `${UPSTREAM}&response_type=code&${FOREIGN}`, verdict: 'notApplicable' },
  ],
  cannotTell: [{ name: 'the address was cut', trace: `# truncated\n${REQUEST}`, missing: ['whole address'] }],
};
