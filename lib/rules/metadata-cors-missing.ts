import { endpointOf } from '../http/endpoint.ts';
import { header } from '../http/headers.ts';
import type { Examples } from '../model/example.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Outcome, Rule, RuleContext } from '../model/rule.ts';
import { worstOf } from './support/outcomes.ts';
import { allResponseHeaders, responseHeader } from './support/response-headers.ts';

export const rule: Rule = {
  id: 'metadata-cors-missing',
  title: 'Server does not let the page read its answer',
  subject: 'CORS at the endpoints that a page calls',
  group: 'I',
  severity: 'info',
  confidence: 'certain',
  needs: ['response headers', 'sender'],
  references: [
    { spec: 'RFC 10017', section: '6.3.3.4', level: 'none' },
    { spec: 'RFC 9700', section: '2.6', level: 'MAY' },
  ],
  why: 'The browser blocks the page, and people put a proxy with a secret in between.',
  fix: 'Allow the origin of the client at the token, key and metadata endpoints, never at the authorization endpoint.',
  parents: [],

  check(flow, c) {
    return worstOf(
      flow.messages.flatMap((message) => judge(message, c) ?? []),
      c,
    );
  },
};

const KINDS: ReadonlySet<string> = new Set(['tokenRequest', 'metadata', 'jwks', 'userinfoRequest']);

/** `null` for messages that no page of another origin sent. */
function judge(message: OAuthMessage, c: RuleContext): Outcome | null {
  if (!KINDS.has(message.kind)) return null;
  const origin = header(message.exchange.request.headers, 'origin');
  const page = origin === null ? null : endpointOf(origin);
  if (page === null || !/^https?$/.test(page.scheme) || page.origin === message.endpoint.origin) return null;
  const headers = allResponseHeaders(message.exchange);
  if (headers === null) return c.cannotTell('response headers');
  const allowed = responseHeader(headers, 'access-control-allow-origin');
  if (allowed === '*' || allowed === page.origin) return c.pass;
  const evidence = [
    { message, where: 'header', name: 'Access-Control-Allow-Origin', ...(allowed === null ? {} : { value: allowed }) },
  ] as const;
  const host = c.plain(message.endpoint.host);
  return c.fail({
    evidence,
    part: message.kind,
    summary:
      allowed === null
        ? c.say`${host} does not say that pages of ${c.plain(page.origin)} may read the answer.`
        : c.say`${host} lets pages of ${c.plain(allowed)} read the answer, not those of ${c.plain(page.origin)}.`,
  });
}

const request = (headers: string, origin = '\nOrigin: https://app.example'): string => `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded${origin}

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1

200
Content-Type: application/json${headers}

{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}
`;

export const examples: Examples = {
  violation: [
    { name: 'no permission', trace: request(''), severity: 'info' },
    {
      name: 'permission for another origin',
      trace: request('\nAccess-Control-Allow-Origin: https://www.app.example'),
      severity: 'info',
    },
    {
      name: 'keys',
      trace:
        'GET https://as.example/jwks\nOrigin: https://app.example\n\n200\nContent-Type: application/json\n\n{"keys":[{"kty":"EC","crv":"P-256"}]}',
      severity: 'info',
    },
  ],
  clean: [
    { name: 'this origin', trace: request('\nAccess-Control-Allow-Origin: https://app.example') },
    { name: 'every origin', trace: request('\nAccess-Control-Allow-Origin: *') },
  ],
  lookAlike: [
    { name: 'no page sent it', trace: request('', ''), verdict: 'notApplicable' },
    {
      name: 'a page of the server itself',
      trace: request('', '\nOrigin: https://as.example'),
      verdict: 'notApplicable',
    },
    {
      name: 'an extension sent it',
      trace: request('', '\nOrigin: chrome-extension://abcdefghijklmnop'),
      verdict: 'notApplicable',
    },
    {
      name: 'a form of a page needs no permission',
      trace:
        'POST https://as.example/authorize\nOrigin: https://app.example\nContent-Type: application/x-www-form-urlencoded\n\nresponse_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7\n\n200',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the headers are hidden', trace: `# hides response-headers${request('')}`, missing: ['response headers'] },
    { name: 'few headers are kept', trace: `# capture watch${request('')}`, missing: ['response headers'] },
  ],
};
