import { endpointOf } from '../http/endpoint.ts';
import { fragmentOf, paramValue, parseForm, queryOf } from '../http/params.ts';
import { locationOf } from '../http/redirect.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationResponse, Endpoint, Param } from '../model/message.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { judgeResponses } from './support/client-responses.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { readValue } from './support/readable-value.ts';

export const rule: Rule = {
  id: 'callback-open-redirect',
  title: 'Callback that forwards to an address from the response',
  subject: 'Where the callback forwards the browser to',
  group: 'B',
  severity: 'medium',
  confidence: 'tentative',
  needs: ['authorization response', 'response headers'],
  references: [
    { spec: 'RFC 9700', section: '4.11.1', level: 'MUST NOT' },
    { spec: 'RFC 9700', section: '2.1', level: 'none' },
    { spec: 'RFC 6749', section: '10.15', level: 'none' },
  ],
  asvs: ['3.7.2'],
  why: 'An attacker who chooses the target gets a link on a trusted site, and with it perhaps a code or a token.',
  fix: 'Forward only to a relative address or to one of a list, and end the address with `#_` so that no fragment travels on.',
  parents: [],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const { outcome } = message.exchange;
      if (message.at === 'location' || outcome.is !== 'response' || !outcome.response.headers.seen) {
        return c.cannotTell('response headers');
      }
      const location = locationOf(message.exchange) ?? '';
      const target = endpointOf(location);
      if (target === null || !/^https?$/.test(target.scheme)) return c.pass;
      if (target.site === message.endpoint.site || c.once(serverSites).has(target.site)) return c.pass;
      const source = message.params.find((p) => isChosenByClient(p) && names(p, target));
      if (source === undefined) return c.pass;
      const evidence = [
        c.at(message, source),
        { message, where: 'header', name: 'Location', value: location },
      ] as const;
      const host = c.plain(target.host);
      if (carriesOn(message, location)) {
        const summary = c.say`The callback forwards the browser, and the code or token with it, to ${host}, which the response names.`;
        return c.fail({ evidence, severity: 'high', confidence: 'certain', summary });
      }
      const summary = c.say`The callback forwards the browser to ${host}, which the response names: verify that it is on a list.`;
      return c.fail({ evidence, severity: 'medium', summary });
    }),
};

/** Written by the server, or a credential: nobody else chooses these. */
const WRITTEN_BY_SERVER: ReadonlySet<string> = new Set([
  'iss',
  'scope',
  'hd',
  'shop',
  'host',
  'instance_url',
  'access_token',
  'id_token',
  'response',
]);

function isChosenByClient(param: Param): boolean {
  return param.where !== 'jwt' && !WRITTEN_BY_SERVER.has(param.name);
}

/** The value is an address on the host of the target, or data that holds one. */
function names(param: Param, target: Endpoint): boolean {
  const read = readValue(param.value);
  const texts = read === null ? [param.value] : [read.text, ...read.members.map(([, value]) => value)];
  return texts.some((text) => text.toLowerCase().includes(`//${target.host}`) || text.toLowerCase() === target.host);
}

function serverSites({ flows }: Pick<RuleContext, 'flows'>): ReadonlySet<string> {
  const requests = flows.flatMap((flow) => messagesOf(flow, 'authorizationRequest'));
  return new Set(requests.map((request) => request.endpoint.site));
}

/** The target gets the code or token itself, or the browser attaches the fragment to it again (RFC 9700 §4.1.2). */
function carriesOn(message: AuthorizationResponse, location: string): boolean {
  if (message.channel === 'fragment' && !location.includes('#')) return true;
  const sent = [...parseForm(queryOf(location), 'query'), ...parseForm(fragmentOf(location), 'fragment')];
  return ['code', 'access_token', 'id_token'].some((name) => sent.some((p) => p.value === paramValue(message, name)));
}

const callback = (query: string, location: string): string =>
  `GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&${query}\n\n302\nLocation: ${location}`;
/** {"csrf":"af0ifjsldkjQ2w7","next":"https://partner.test-shop.example/start"} */
const STATE =
  'state=eyJjc3JmIjoiYWYwaWZqc2xka2pRMnc3IiwibmV4dCI6Imh0dHBzOi8vcGFydG5lci50ZXN0LXNob3AuZXhhbXBsZS9zdGFydCJ9';

export const examples: Examples = {
  violation: [
    {
      name: 'an address in the state',
      trace: callback(
        'state=csrf%3Daf0ifjsldkjQ2w7%26next%3Dhttps%3A%2F%2Fpartner.example%2F',
        'https://partner.example/',
      ),
      severity: 'medium',
    },
    {
      name: 'an address in a state of JSON',
      trace: callback(STATE, 'https://partner.test-shop.example/start'),
      severity: 'medium',
    },
    {
      name: 'a bare host in a parameter',
      trace: callback('state=af0ifjsldkjQ2w7&return_host=Partner.example', 'https://partner.example/home'),
      severity: 'medium',
    },
    {
      name: 'the code travels on',
      trace: callback(
        'state=af0ifjsldkjQ2w7&next=https%3A%2F%2Fpartner.example%2F',
        'https://partner.example/?c=SplxlOBeZQQYbYS6WxSbIA',
      ),
      severity: 'high',
    },
    {
      name: 'the code travels on in the fragment',
      trace: callback(
        'state=af0ifjsldkjQ2w7&next=https%3A%2F%2Fpartner.example%2F',
        'https://partner.example/#c=SplxlOBeZQQYbYS6WxSbIA',
      ),
      severity: 'high',
    },
    {
      name: 'the browser attaches the fragment again',
      trace:
        'GET https://app.example/cb?next=https%3A%2F%2Fpartner.example%2F#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer&state=af0ifjsldkjQ2w7\n\n302\nLocation: https://partner.example/',
      severity: 'high',
    },
    {
      name: 'a fragment of its own keeps the token back',
      trace:
        'GET https://app.example/cb?next=https%3A%2F%2Fpartner.example%2F#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer&state=af0ifjsldkjQ2w7\n\n302\nLocation: https://partner.example/#_',
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'a relative address', trace: callback('state=af0ifjsldkjQ2w7&next=%2Finbox', '/inbox') },
    {
      name: 'a page in place of a redirect',
      trace: 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7\n\n200',
    },
  ],
  lookAlike: [
    {
      name: 'another host of the same site',
      trace: callback('state=af0ifjsldkjQ2w7&next=https%3A%2F%2Fwww.app.example%2F', 'https://www.app.example/'),
      verdict: 'pass',
    },
    {
      name: 'another site that the response does not name',
      trace: callback('state=af0ifjsldkjQ2w7&next=%2Finbox', 'https://partner.example/'),
      verdict: 'pass',
    },
    ...['iss', 'scope', 'hd', 'shop', 'host', 'instance_url', 'access_token', 'id_token', 'response'].map((name) => ({
      name: `${name} is written by the server`,
      trace: callback(`state=af0ifjsldkjQ2w7&${name}=https%3A%2F%2Fpartner.example`, 'https://partner.example/'),
      verdict: 'pass' as const,
    })),
    {
      name: 'on to another server to sign in there',
      trace: `${callback('state=af0ifjsldkjQ2w7&next=https%3A%2F%2Fas2.example', 'https://as2.example/authorize?response_type=code&client_id=web2&redirect_uri=https%3A%2F%2Fapp.example%2Fcb2&state=Zz9yX8wV7uT6sR5')}

        GET https://as2.example/authorize?response_type=code&client_id=web2&redirect_uri=https%3A%2F%2Fapp.example%2Fcb2&state=Zz9yX8wV7uT6sR5`,
      verdict: 'pass',
    },
    {
      name: 'back to a native application',
      trace: callback('state=af0ifjsldkjQ2w7&next=com.app%3A%2F%2Fpartner.example', 'com.app://partner.example'),
      verdict: 'pass',
    },
    {
      name: 'a response object of the server names it',
      trace: callback(
        'response=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUiLCJjb2RlIjoiU3BseGxPQmVaUVFZYllTNld4U2JJQSIsInN0YXRlIjoiYWYwaWZqc2xka2pRMnc3IiwibmV4dCI6Imh0dHBzOi8vcGFydG5lci5leGFtcGxlIn0.c2lnbmF0dXJl',
        'https://partner.example/',
      ),
      verdict: 'pass',
    },
    {
      name: 'a broker forwards to its own client',
      trace: `${UPSTREAM}&response_type=code\n\nGET https://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0&next=https%3A%2F%2Fpartner.example\n\n302\nLocation: https://partner.example/`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the answer of the callback was not seen',
      trace: 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
      missing: ['response headers'],
    },
    {
      name: 'its headers are hidden',
      trace:
        '# hides response-headers\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7\n\n302',
      missing: ['response headers'],
    },
    {
      name: 'only the redirect to the callback was seen',
      trace: `
        GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7

        302
        Location: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7
      `,
      missing: ['response headers'],
    },
  ],
};
