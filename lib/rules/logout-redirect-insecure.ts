import { endpointOf } from '../http/endpoint.ts';
import { param, paramValue } from '../http/params.ts';
import { locationOf } from '../http/redirect.ts';
import type { Examples } from '../model/example.ts';
import type { Endpoint, Param } from '../model/message.ts';
import { isLittleSeen } from '../model/observation.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';
import { initiatingPage } from './support/initiating-page.ts';
import { judgeLogoutRequests, type LogoutRequest } from './support/logout-requests.ts';
import { lastHop } from './support/redirect-chain.ts';

export const rule: Rule = {
  id: 'logout-redirect-insecure',
  title: 'Sign-out that leads to another site or to http',
  subject: 'Where sign-out leads',
  group: 'L',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization request', 'response headers'],
  references: [
    { spec: 'OIDC RP-Initiated Logout', section: '2', level: 'none' },
    { spec: 'OIDC RP-Initiated Logout', section: '3', level: 'none' },
  ],
  asvs: ['3.7.2'],
  why: 'A link on the trusted host of the server leads visitors wherever an attacker wants them.',
  fix: 'Register exact https addresses to go to after sign-out and refuse every other.',
  copy: 'post_logout_redirect_uri=https%3A%2F%2F…',
  parents: [],

  check(flow, c) {
    return judgeLogoutRequests(flow, c, (message) => {
      const target = targetOf(message);
      if (target === null) return c.notApplicable;
      const { endpoint } = target;
      if (!/^https?$/.test(endpoint.scheme) || endpoint.loopback) return c.pass;
      const evidence = [c.at(message, target.param)] as const;
      const host = c.plain(endpoint.host);
      if (endpoint.scheme === 'http') {
        return c.fail({
          evidence,
          severity: endpoint.dev ? 'info' : 'low',
          confidence: 'certain',
          summary: c.say`After sign-out the browser goes to ${host} in clear.`,
        });
      }
      const own = ownSites(message, c);
      if (own.has(endpoint.site) || endpoint.site === message.endpoint.site) return c.pass;
      if (own.size === 0) return c.cannotTell('authorization request');
      const led = whereItLed(message, c);
      if (led === null) return c.cannotTell('response headers');
      if (led.host !== endpoint.host) return c.pass;
      return c.fail({
        evidence,
        summary: c.say`The server led the browser to ${host}, a site on which this client never signed in.`,
      });
    });
  },
};

function targetOf(message: LogoutRequest): { param: Param; endpoint: Endpoint } | null {
  for (const name of ['post_logout_redirect_uri', 'logout_uri', 'returnTo', 'redirect_uri']) {
    const found = param(message, name);
    const endpoint = endpointOf(found?.value ?? '');
    if (found !== null && endpoint !== null) return { param: found, endpoint };
  }
  return null;
}

/** Sites of the client, by the page that asked for the sign-out and by its sign-ins at the same server. */
function ownSites(message: LogoutRequest, c: RuleContext): ReadonlySet<string> {
  const page = initiatingPage(message.exchange)?.site;
  const signedIn = c.once(sitesByServer).get(message.endpoint.site) ?? [];
  return new Set([...signedIn, ...(page === undefined ? [] : [page])].filter((site) => site !== message.endpoint.site));
}

/** Sites of the redirect targets by the site of the server that was asked. */
function sitesByServer({ flows }: Pick<RuleContext, 'flows'>): ReadonlyMap<string, ReadonlySet<string>> {
  const sites = new Map<string, Set<string>>();
  for (const flow of flows) {
    const request = clientRequest(flow);
    if (request.is !== 'seen') continue;
    const target = endpointOf(paramValue(request.message, 'redirect_uri') ?? '');
    const server = request.message.endpoint.site;
    if (target !== null) sites.set(server, (sites.get(server) ?? new Set()).add(target.site));
  }
  return sites;
}

/** The last address that the redirects of the server lead to; `null` where the answer was not seen. */
function whereItLed(message: LogoutRequest, c: RuleContext): Endpoint | null {
  const last = lastHop(message.exchange, c);
  if (last.outcome.is !== 'response' || !last.outcome.response.headers.seen) return null;
  const location = locationOf(last);
  // Hops that have nothing of OAuth are not kept by every capture: this one may not have been the last.
  if (location !== null && isLittleSeen(last) && endpointOf(location)?.host === message.endpoint.host) return null;
  return endpointOf(location ?? last.request.url);
}

const LOGOUT = 'https://as.example/logout';
const SIGN_IN =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const FOREIGN = `GET ${LOGOUT}?client_id=web1&post_logout_redirect_uri=https%3A%2F%2Fpartner.example%2Fbye`;
const FOLLOWED = '302\nLocation: https://partner.example/bye';

export const examples: Examples = {
  violation: [
    {
      name: 'in clear',
      trace: `GET ${LOGOUT}?client_id=web1&post_logout_redirect_uri=http%3A%2F%2Fapp.example%2Fbye`,
      severity: 'low',
    },
    {
      name: 'in clear inside of a local network',
      trace: `GET ${LOGOUT}?client_id=web1&post_logout_redirect_uri=http%3A%2F%2Fnas.local%2Fbye`,
      severity: 'info',
    },
    {
      name: 'to a site on which the client never signed in',
      trace: `${SIGN_IN}\n\n${FOREIGN}\n\n${FOLLOWED}`,
      severity: 'medium',
    },
    {
      name: 'to another site than the page that asked for it',
      trace: `# initiator https://app.example\n${FOREIGN}\n\n${FOLLOWED}`,
      severity: 'medium',
    },
    {
      name: 'by several hops',
      trace: `${SIGN_IN}\n\n${FOREIGN}\n\n302\nLocation: https://as.example/logout/done\n\nGET https://as.example/logout/done\n\n${FOLLOWED}\n\nGET https://partner.example/bye\n\n200`,
      severity: 'medium',
    },
    {
      name: 'under the name of a provider',
      trace:
        '# initiator https://app.example\nGET https://tenant.auth0.com/v2/logout?client_id=web1&returnTo=https%3A%2F%2Fpartner.example%2Fbye\n\n302\nLocation: https://partner.example/bye',
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'to the site of the client',
      trace: `${SIGN_IN}\n\nGET ${LOGOUT}?client_id=web1&post_logout_redirect_uri=https%3A%2F%2Fwww.app.example%2Fbye`,
    },
    {
      name: 'to the first of two sites of the client',
      trace: `${SIGN_IN}\n\nGET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fpartner.example%2Fcb&state=Zk3uV8pQx1LrT0\n\nGET ${LOGOUT}?client_id=web1&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye`,
    },
    {
      name: 'to an application',
      trace: `GET ${LOGOUT}?client_id=app1&post_logout_redirect_uri=com.example.app%3A%2Fbye`,
    },
  ],
  lookAlike: [
    {
      name: 'a foreign address that the server did not follow',
      trace: `${SIGN_IN}\n\n${FOREIGN}\n\n302\nLocation: https://as.example/logout/done`,
      verdict: 'pass',
    },
    {
      name: 'a foreign address that the server refused',
      trace: `${SIGN_IN}\n\n${FOREIGN}\n\n400\nContent-Type: text/html`,
      verdict: 'pass',
    },
    {
      name: 'the page of the server itself',
      trace: `GET ${LOGOUT}?client_id=web1&post_logout_redirect_uri=https%3A%2F%2Fportal.as.example%2F\n\n302\nLocation: https://portal.as.example/`,
      verdict: 'pass',
    },
    {
      name: 'this machine',
      trace: `GET ${LOGOUT}?client_id=web1&post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2F`,
      verdict: 'pass',
    },
    {
      name: 'no address',
      trace: `GET ${LOGOUT}?id_token_hint=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI0MjE3In0.c2lnbmF0dXJl&post_logout_redirect_uri=`,
      verdict: 'notApplicable',
    },
    {
      name: 'the redirect of a sign-in',
      trace: `${SIGN_IN}\n\n302\nLocation: https://partner.example/bye`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'nothing tells the site of the client',
      trace: `${FOREIGN}\n\n${FOLLOWED}`,
      missing: ['authorization request'],
    },
    {
      name: 'the server sends itself on its way',
      trace: `# initiator https://as.example\n${FOREIGN}\n\n${FOLLOWED}`,
      missing: ['authorization request'],
    },
    {
      name: 'further hops were not kept',
      trace: `${SIGN_IN}\n\n# capture watch\n${FOREIGN}\n\n302\nLocation: https://as.example/logout/done`,
      missing: ['response headers'],
    },
    { name: 'the answer was not seen', trace: `${SIGN_IN}\n\n${FOREIGN}`, missing: ['response headers'] },
    {
      name: 'the headers of the answer were not recorded',
      trace: `${SIGN_IN}\n\n# hides response-headers\n${FOREIGN}\n\n302`,
      missing: ['response headers'],
    },
    { name: 'the address was cut', trace: `# truncated\n${FOREIGN}`, missing: ['whole address'] },
  ],
};
