import { endpointOf } from '../http/endpoint.ts';
import { param, parseForm, queryOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Endpoint } from '../model/message.ts';
import type { Exchange, Header } from '../model/observation.ts';
import type { Outcome, Rule, RuleContext } from '../model/rule.ts';
import { initiatingPage } from './support/initiating-page.ts';
import type { LogoutRequest } from './support/logout-requests.ts';
import { areRequestsUnseen } from './support/other-requests.ts';
import { worstOf } from './support/outcomes.ts';
import { allResponseHeaders } from './support/response-headers.ts';

export const rule: Rule = {
  id: 'frontchannel-logout-unauthenticated',
  title: 'Front-channel sign-out that anyone can trigger',
  subject: 'Front-channel sign-out',
  group: 'L',
  severity: 'low',
  confidence: 'firm',
  needs: ['page', 'response headers'],
  references: [
    { spec: 'OIDC Front-Channel Logout', section: '2', level: 'none' },
    { spec: 'OIDC Front-Channel Logout', section: '3', level: 'none' },
  ],
  asvs: ['10.6.2'],
  why: 'Any page that embeds the address signs the visitor out.',
  fix: 'Register `frontchannel_logout_session_required` and end a session only if `iss` and `sid` are its own.',
  parents: [],

  check(flow, c) {
    const frames = c.once(signOutFrames);
    const outcomes = messagesOf(flow, 'logoutRequest').flatMap((message) =>
      (frames.get(message.endpoint.site) ?? [])
        .filter(({ exchange }) => exchange.source.entry > message.exchange.source.entry)
        .map((frame) => judge(message, frame, c)),
    );
    const outcome = worstOf(outcomes, c);
    // Few captures show the frames that a sign-out opens.
    const blind = outcome.is !== 'fail' && messagesOf(flow, 'logoutRequest').length > 0 && areRequestsUnseen(c);
    return blind ? c.cannotTell('page') : outcome;
  },
};

/** A page of one site that another site's page shows in a frame. */
interface SignOutFrame {
  readonly exchange: Exchange;
  readonly endpoint: Endpoint;
}

const SIGN_OUT_PATH = /(log|sign)[-_]?(out|off)|single[-_]?logout|[/_-]slo\b/i;

/** Frames of other sites with the path of a sign-out, by the site of the page around them. */
function signOutFrames({ exchanges }: Pick<RuleContext, 'exchanges'>): ReadonlyMap<string, readonly SignOutFrame[]> {
  const found = new Map<string, SignOutFrame[]>();
  for (const exchange of exchanges) {
    if (exchange.resource !== 'frame') continue;
    const page = initiatingPage(exchange);
    const endpoint = endpointOf(exchange.request.url);
    if (page === null || endpoint === null || endpoint.site === page.site || !SIGN_OUT_PATH.test(endpoint.path))
      continue;
    found.set(page.site, [...(found.get(page.site) ?? []), { exchange, endpoint }]);
  }
  return found;
}

function judge(message: LogoutRequest, { exchange, endpoint }: SignOutFrame, c: RuleContext): Outcome {
  const params = parseForm(queryOf(exchange.request.url), 'query');
  if (['iss', 'sid'].every((name) => param({ params }, name) !== null)) return c.pass;
  const headers = allResponseHeaders(exchange);
  if (headers === null) return c.cannotTell('response headers');
  // Without a cookie that ends, the call had no effect: the browser kept the session's cookie to itself.
  if (!headers.some((header) => endsCookie(header, exchange.time))) return c.notApplicable;
  return c.fail({
    evidence: [{ message, where: 'url', name: 'frontchannel_logout_uri', note: c.plain(exchange.request.url) }],
    part: endpoint.host,
    summary: c.say`${c.plain(endpoint.host)} ended a session for a frame that named neither issuer nor session.`,
  });
}

function endsCookie([name, value]: Header, now: number | null): boolean {
  if (name.toLowerCase() !== 'set-cookie') return false;
  if (/;\s*max-age\s*=\s*(0|-\d+)\s*(;|$)/i.test(value)) return true;
  const expires = /;\s*expires\s*=\s*([^;]+)/i.exec(value)?.[1];
  return expires !== undefined && Date.parse(expires) <= (now ?? 0);
}

const SIGN_OUT =
  'GET https://as.example/logout?client_id=web1&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye\n\n200\nContent-Type: text/html';
const FRAME = '# resource frame\n# initiator https://as.example/logout';
const ENDED = '200\nContent-Type: text/html\nSet-Cookie: session=; Path=/; Max-Age=0; Secure; HttpOnly';

export const examples: Examples = {
  violation: [
    {
      name: 'neither',
      trace: `${SIGN_OUT}\n\n${FRAME}\nGET https://app.example/fc-logout\n\n${ENDED}`,
      severity: 'low',
    },
    {
      name: 'only the issuer, which everybody knows',
      trace: `${SIGN_OUT}\n\n${FRAME}\nGET https://app.example/signout?iss=https%3A%2F%2Fas.example\n\n${ENDED}`,
      severity: 'low',
    },
    {
      name: 'a cookie that ends by a date',
      trace: `${SIGN_OUT}\n\n${FRAME}\nGET https://app.example/fc-logout\n\n200\nSet-Cookie: session=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT`,
      severity: 'low',
    },
    {
      name: 'the second frame',
      trace: `${SIGN_OUT}\n\n${FRAME}\nGET https://api.example/logout?iss=https%3A%2F%2Fas.example&sid=08a5019c\n\n${ENDED}\n\n${FRAME}\nGET https://app.example/fc-logout\n\n${ENDED}`,
      severity: 'low',
    },
  ],
  clean: [
    {
      name: 'issuer and session',
      trace: `${SIGN_OUT}\n\n${FRAME}\nGET https://app.example/fc-logout?iss=https%3A%2F%2Fas.example&sid=08a5019c\n\n${ENDED}`,
    },
  ],
  lookAlike: [
    {
      name: 'a call without effect',
      trace: `${SIGN_OUT}\n\n${FRAME}\nGET https://app.example/fc-logout\n\n200\nSet-Cookie: theme=dark; Max-Age=3600\nSet-Cookie: lang=en; Expires=Thu, 01 Jan 2099 00:00:00 GMT\nX-Note: a; Max-Age=0`,
      verdict: 'notApplicable',
    },
    {
      name: 'a frame that shows another page',
      trace: `${SIGN_OUT}\n\n${FRAME}\nGET https://app.example/goodbye\n\n${ENDED}`,
      verdict: 'notApplicable',
    },
    {
      name: 'a frame of the server itself',
      trace: `${SIGN_OUT}\n\n${FRAME}\nGET https://portal.as.example/logout\n\n${ENDED}`,
      verdict: 'notApplicable',
    },
    {
      name: 'a frame of another page',
      trace: `${SIGN_OUT}\n\n# resource frame\n# initiator https://stats.example/\nGET https://app.example/fc-logout\n\n${ENDED}`,
      verdict: 'notApplicable',
    },
    {
      name: 'a frame without a page',
      trace: `${SIGN_OUT}\n\n# resource frame\nGET https://app.example/fc-logout\n\n${ENDED}`,
      verdict: 'notApplicable',
    },
    {
      name: 'the whole page',
      trace: `${SIGN_OUT}\n\n# resource document\n# initiator https://as.example/logout\nGET https://app.example/logout\n\n${ENDED}`,
      verdict: 'notApplicable',
    },
    {
      name: 'before the visitor signed out at the server',
      trace: `${FRAME}\nGET https://app.example/fc-logout\n\n${ENDED}\n\n${SIGN_OUT}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the headers of the answer were not recorded',
      trace: `${SIGN_OUT}\n\n# hides response-headers\n${FRAME}\nGET https://app.example/fc-logout\n\n200`,
      missing: ['response headers'],
    },
  ],
};
