import { endpointOf } from '../http/endpoint.ts';
import { param, paramValue } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationRequest, AuthorizationResponse } from '../model/message.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { cameFrom } from './support/redirect-chain.ts';

export const rule: Rule = {
  id: 'par-request-uri-reused',
  title: 'One pushed request used twice',
  subject: 'Single use of pushed requests',
  group: 'A',
  severity: 'low',
  confidence: 'certain',
  needs: ['authorization request'],
  references: [{ spec: 'RFC 9126', section: '2.2', level: 'none' }],
  why: 'A request that can be replayed starts sign-ins that nobody asked for, with values that were to be used once.',
  fix: 'Push the request again for every sign-in and use each `request_uri` once.',
  parents: [],

  check(flow, c) {
    const requests = messagesOf(flow, 'authorizationRequest').filter(({ hop }) => hop !== 'upstream');
    const used = requests.filter((message) => pushedUri(message) !== null);
    if (used.length === 0) {
      return requests.some(({ truncated }) => truncated) ? c.cannotTell('whole address') : c.notApplicable;
    }
    const pushed = c.once(pushedRequests);
    for (const message of used) {
      const group = pushed.get(pushedUri(message) ?? '');
      const requestUri = param(message, 'request_uri');
      if (group === undefined || requestUri === null || !isReplay(message, group) || isOwnHop(message, c)) continue;
      const succeeded = group.responses.some(({ index, error }) => index > message.index && error === null);
      return c.fail({
        evidence: [c.at(message, requestUri)],
        severity: succeeded ? 'medium' : 'low',
        summary: succeeded
          ? c.say`It was used in an earlier sign-in, and the server answered this time as well.`
          : c.say`It was used in an earlier sign-in.`,
      });
    }
    // One pushed request alone cannot show whether the next sign-in pushes another.
    return pushed.size > 1 ? c.pass : c.notApplicable;
  },
};

/** Reference and server: what a server made up is single there. */
function pushedUri(message: AuthorizationRequest): string | null {
  const value = paramValue(message, 'request_uri');
  return value?.startsWith('urn:') ? `${message.endpoint.host}\n${value}` : null;
}

/** Every use of one pushed request and every response to it, in order. */
interface PushedRequest {
  readonly uses: AuthorizationRequest[];
  readonly responses: AuthorizationResponse[];
}

function pushedRequests({ flows }: Pick<RuleContext, 'flows'>): ReadonlyMap<string, PushedRequest> {
  const found = new Map<string, PushedRequest>();
  for (const flow of flows) {
    const responses = messagesOf(flow, 'authorizationResponse');
    for (const message of messagesOf(flow, 'authorizationRequest')) {
      const uri = pushedUri(message);
      if (uri === null) continue;
      const group = found.get(uri) ?? { uses: [], responses: [] };
      group.uses.push(message);
      group.responses.push(...responses);
      found.set(uri, group);
    }
  }
  return found;
}

/** Longer than a pushed request lives, and than a visitor takes to reload. */
const APART_MS = 600_000;

function isReplay(message: AuthorizationRequest, { uses, responses }: PushedRequest): boolean {
  return uses.some(
    (before) =>
      before.index < message.index &&
      (responses.some(({ index }) => before.index < index && index < message.index) ||
        (message.exchange.time ?? 0) - (before.exchange.time ?? 0) > APART_MS),
  );
}

/** The server led the browser there itself, while it served the first use. */
function isOwnHop({ exchange, endpoint }: AuthorizationRequest, c: RuleContext): boolean {
  return endpointOf(cameFrom(exchange, c)?.request.url ?? '')?.site === endpoint.site;
}

const AUTHORIZE =
  'https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A';
const REQUEST = `GET ${AUTHORIZE}6esc_11ACC5bwc014ltc14eY22c`;
const OTHER = `GET ${AUTHORIZE}9Kx2pQ7rT5sLzUv8W3yBn1`;
const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const PUSHED = `
  POST https://as.example/par
  Content-Type: application/x-www-form-urlencoded

  response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7

  201
  Content-Type: application/json

  {"request_uri":"urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c","expires_in":60}
`;

export const examples: Examples = {
  violation: [
    { name: 'after it was answered', trace: `${PUSHED}\n${REQUEST}\n\n${CALLBACK}\n\n${REQUEST}`, severity: 'low' },
    {
      name: 'answered twice',
      trace: `${PUSHED}\n${REQUEST}\n\n${CALLBACK}\n\n${REQUEST}\n\nGET https://app.example/cb?code=i1WsRn1uB1Kq9PzL&state=af0ifjsldkjQ2w7`,
      severity: 'medium',
    },
    {
      name: 'refused the second time',
      trace: `${PUSHED}\n${REQUEST}\n\n${CALLBACK}\n\n${REQUEST}\n\nGET https://app.example/cb?error=invalid_request_uri&state=af0ifjsldkjQ2w7`,
      severity: 'low',
    },
    {
      name: 'long after the first time',
      trace: `# tab 1\n${REQUEST}\n\n# tab 2\n# time +700\n${REQUEST}`,
      severity: 'low',
    },
  ],
  clean: [{ name: 'another one for each sign-in', trace: `${REQUEST}\n\n${CALLBACK}\n\n${OTHER}` }],
  lookAlike: [
    { name: 'one sign-in shows nothing', trace: `${PUSHED}\n${REQUEST}`, verdict: 'notApplicable' },
    {
      name: 'reloaded before the sign-in',
      trace: `# tab 1\n${REQUEST}\n\n# tab 2\n# time +3\n${REQUEST}\n\n${OTHER}`,
      verdict: 'pass',
    },
    {
      name: 'reloaded, then answered',
      trace: `${PUSHED}\n${REQUEST}\n\n${REQUEST}\n\n${CALLBACK}\n\n${OTHER}`,
      verdict: 'pass',
    },
    {
      name: "the server's own hop after a long look at its page",
      trace: `
        # tab 1
        ${REQUEST}

        # tab 1
        # time +700
        POST https://as.example/login?transaction=7f3a

        303
        Location: ${AUTHORIZE}6esc_11ACC5bwc014ltc14eY22c

        # tab 1
        # time +701
        ${REQUEST}

        ${OTHER}
      `,
      verdict: 'pass',
    },
    {
      name: 'a request object that is fetched may be used again',
      trace: `GET https://as.example/authorize?client_id=web1&response_type=code&request_uri=https%3A%2F%2Fapp.example%2Fr.jwt\n\n${CALLBACK}\n\nGET https://as.example/authorize?client_id=web1&response_type=code&request_uri=https%3A%2F%2Fapp.example%2Fr.jwt`,
      verdict: 'notApplicable',
    },
    {
      name: 'the same reference at two servers',
      trace: `${REQUEST}\n\n${CALLBACK}\n\nGET https://login.app.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c`,
      verdict: 'pass',
    },
    {
      name: 'a broker upstream',
      trace: `${UPSTREAM}&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the address was cut',
      trace: '# truncated\nGET https://as.example/authorize?client_id=web1&response_type=code',
      missing: ['whole address'],
    },
  ],
};
