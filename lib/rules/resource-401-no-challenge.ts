import type { Examples } from '../model/example.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Outcome, Rule, RuleContext } from '../model/rule.ts';
import { whatHidesCalls } from './support/hidden-calls.ts';
import { worstOf } from './support/outcomes.ts';
import { allResponseHeaders, responseHeader } from './support/response-headers.ts';

export const rule: Rule = {
  id: 'resource-401-no-challenge',
  title: 'Token refused without saying why',
  subject: 'Challenge in answers that refuse a token',
  group: 'J',
  severity: 'info',
  confidence: 'certain',
  needs: ['response headers', 'response body', 'page'],
  references: [
    { spec: 'RFC 6750', section: '3', level: 'MUST' },
    { spec: 'RFC 9449', section: '7.1', level: 'none' },
  ],
  why: 'A client cannot tell an expired token from a missing right, and asks for new tokens in vain.',
  fix: 'Answer 401 with `WWW-Authenticate` that names the error.',
  copy: 'WWW-Authenticate: Bearer error="invalid_token"',
  parents: [],

  check(flow, c) {
    const outcomes = flow.messages.flatMap((message) => judge(message, c) ?? []);
    if (outcomes.length > 0) return worstOf(outcomes, c);
    const missing = whatHidesCalls(flow, c);
    return missing === null ? c.notApplicable : c.cannotTell(missing);
  },
};

/** `null` for messages that show no token or were not refused. */
function judge(message: OAuthMessage, c: RuleContext): Outcome | null {
  if (message.kind !== 'resourceRequest' && message.kind !== 'userinfoRequest') return null;
  if (message.status !== 401) return null;
  const headers = allResponseHeaders(message.exchange);
  if (headers === null) return c.cannotTell('response headers');
  if (responseHeader(headers, 'www-authenticate') !== null) return c.pass;
  return c.fail({
    evidence: [{ message, where: 'header', name: 'WWW-Authenticate' }],
    summary: c.say`${c.plain(message.endpoint.host)} answers 401 without a challenge.`,
  });
}

const TOKENS = `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=c1

200
Content-Type: application/json

{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}

`;
const call = (status: string, token = '2YotnFZFEjr1zCsicMWpAA', path = 'https://api.example/orders'): string => `
GET ${path}
Authorization: Bearer ${token}

${status}`;

export const examples: Examples = {
  violation: [
    { name: 'a bare 401', trace: TOKENS + call('401'), severity: 'info' },
    {
      name: 'at the user information',
      trace: call('401', 'x8YotnFZFEjr1zCsicMWpA', 'https://as.example/userinfo'),
      severity: 'info',
    },
    {
      name: 'one bare 401 beside one with a challenge',
      trace: TOKENS + call('401\nWWW-Authenticate: Bearer') + call('401'),
      severity: 'info',
    },
  ],
  clean: [{ name: 'with a challenge', trace: TOKENS + call('401\nWWW-Authenticate: Bearer error="invalid_token"') }],
  lookAlike: [
    { name: 'another refusal', trace: TOKENS + call('403'), verdict: 'notApplicable' },
    { name: 'a token that nobody issued here', trace: call('401', 'pk_live_TYooMQauvdEDq54NiTphI7jx') },
  ],
  cannotTell: [
    {
      name: 'the headers are hidden',
      trace: `${TOKENS}# hides response-headers${call('401')}`,
      missing: ['response headers'],
    },
    {
      name: 'few headers are kept',
      trace: `# capture watch${call('401', 'x8YotnFZFEjr1zCsicMWpA', 'https://as.example/userinfo')}`,
      missing: ['response headers'],
    },
    {
      name: 'calls of the page are not seen',
      trace: `# capture watch${TOKENS}`,
      missing: ['page'],
    },
    {
      name: 'the token by which calls are known is hidden',
      trace: `# hides response-body${TOKENS}${call('401')}`,
      missing: ['response body'],
    },
  ],
};
