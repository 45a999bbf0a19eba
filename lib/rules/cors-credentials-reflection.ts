import { endpointOf } from '../http/endpoint.ts';
import { header } from '../http/headers.ts';
import type { Examples } from '../model/example.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Outcome, Rule, RuleContext } from '../model/rule.ts';
import { worstOf } from './support/outcomes.ts';
import { allResponseHeaders, responseHeader } from './support/response-headers.ts';

export const rule: Rule = {
  id: 'cors-credentials-reflection',
  title: 'Answer with cookies is open to a page of another site',
  subject: 'Pages that may read answers with cookies',
  group: 'J',
  severity: 'info',
  confidence: 'tentative',
  needs: ['response headers'],
  references: [{ spec: 'RFC 10017', section: '6.1.3.3.2', level: 'none' }],
  asvs: ['3.4.2'],
  why: 'If the server allows every origin like this one, any page can read what belongs to the person who is signed in.',
  fix: 'Allow listed origins only; try it with an origin that you made up.',
  parents: [],

  check(flow, c) {
    return worstOf(
      flow.messages.flatMap((message) => judge(message, c) ?? []),
      c,
    );
  },
};

const KINDS: ReadonlySet<string> = new Set(['tokenRequest', 'userinfoRequest', 'resourceRequest']);

/** `null` for messages without an Origin of another site. One origin that is allowed does not show whether all are. */
function judge(message: OAuthMessage, c: RuleContext): Outcome | null {
  if (!KINDS.has(message.kind)) return null;
  const origin = header(message.exchange.request.headers, 'origin');
  const page = origin === null ? null : endpointOf(origin);
  if (page === null || page.site === message.endpoint.site) return null;
  const headers = allResponseHeaders(message.exchange);
  if (headers === null) return c.cannotTell('response headers');
  const allowed = responseHeader(headers, 'access-control-allow-origin');
  if (responseHeader(headers, 'access-control-allow-credentials') !== 'true' || allowed !== page.origin) return c.pass;
  return c.fail({
    evidence: [{ message, where: 'header', name: 'Access-Control-Allow-Origin', value: allowed }],
    part: message.endpoint.host,
    summary: c.say`${c.plain(message.endpoint.host)} lets ${c.plain(page.origin)} read answers with cookies; whether it lets everyone was not tried.`,
  });
}

const request = (headers: string, origin = 'https://app.example'): string => `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded
Origin: ${origin}

grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=c1

200
Content-Type: application/json${headers}

{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}
`;
const ALLOWED = '\nAccess-Control-Allow-Origin: https://app.example';
const COOKIES = '\nAccess-Control-Allow-Credentials: true';

export const examples: Examples = {
  violation: [{ name: 'the very origin, with cookies', trace: request(ALLOWED + COOKIES), severity: 'info' }],
  clean: [
    { name: 'without cookies', trace: request(ALLOWED) },
    { name: 'another origin', trace: request(`\nAccess-Control-Allow-Origin: https://www.other.example${COOKIES}`) },
  ],
  lookAlike: [
    {
      name: 'every origin: browsers send no cookies then',
      trace: request(`\nAccess-Control-Allow-Origin: *${COOKIES}`),
      verdict: 'pass',
    },
    {
      name: 'a page of the same site',
      trace: request(`\nAccess-Control-Allow-Origin: https://www.as.example${COOKIES}`, 'https://www.as.example'),
      verdict: 'notApplicable',
    },
    { name: 'no page sent it', trace: request(ALLOWED + COOKIES, 'null'), verdict: 'notApplicable' },
    {
      name: 'at the authorization endpoint it is another matter',
      trace: `GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7\nOrigin: https://app.example\n\n200${ALLOWED}${COOKIES}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the headers are hidden',
      trace: `# hides response-headers${request(ALLOWED + COOKIES)}`,
      missing: ['response headers'],
    },
    { name: 'few headers are kept', trace: `# capture watch${request('')}`, missing: ['response headers'] },
  ],
};
