import type { Examples } from '../model/example.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Outcome, Rule, RuleContext } from '../model/rule.ts';
import { worstOf } from './support/outcomes.ts';
import { allResponseHeaders } from './support/response-headers.ts';

export const rule: Rule = {
  id: 'token-response-cacheable',
  title: 'Token response that caches may keep',
  subject: 'Caching of token responses',
  group: 'J',
  severity: 'low',
  confidence: 'certain',
  needs: ['token response', 'response headers'],
  references: [
    { spec: 'RFC 6749', section: '5.1', level: 'MUST' },
    { spec: 'OAuth 2.1', section: '3.2.3', level: 'none' },
    { spec: 'OIDC Core', section: '3.1.3.3', level: 'MUST' },
  ],
  why: 'The cache of a browser or of a server in between keeps the tokens after their time.',
  fix: 'Answer with `Cache-Control: no-store`.',
  copy: 'Cache-Control: no-store',
  parents: [],

  check(flow, c) {
    const outcomes = flow.messages.flatMap((message) => judge(message, c) ?? []);
    if (outcomes.length > 0) return worstOf(outcomes, c);
    const sent = flow.messages.map(({ kind }) => kind);
    return sent.includes('tokenRequest') && !sent.includes('tokenResponse')
      ? c.cannotTell('token response')
      : c.notApplicable;
  },
};

/** `null` for what holds neither tokens nor personal data: requests, refusals and all other messages. */
function judge(message: OAuthMessage, c: RuleContext): Outcome | null {
  if (message.kind !== 'tokenResponse' && message.kind !== 'userinfoResponse') return null;
  const { status } = message;
  if (status === null || status < 200 || status > 299) return null;
  if (message.kind === 'tokenResponse' && message.error !== null) return null;
  const headers = allResponseHeaders(message.exchange);
  if (headers === null) return c.cannotTell('response headers');
  const sent = headers.filter(([name]) => name.toLowerCase() === 'cache-control').map(([, value]) => value);
  if (sent.some((value) => /(^|,)\s*no-store\s*(,|$)/i.test(value))) return c.pass;
  const [value] = sent;
  const evidence = [
    { message, where: 'header', name: 'Cache-Control', ...(value === undefined ? {} : { value }) },
  ] as const;
  if (message.kind === 'userinfoResponse') {
    return c.fail({
      evidence,
      severity: 'info',
      part: 'userinfo',
      summary: c.say`Caches may keep what the answer says about the visitor.`,
    });
  }
  return message.method === 'GET'
    ? c.fail({ evidence, severity: 'medium', summary: c.say`Caches keep answers to GET without being told to.` })
    : c.fail({ evidence, summary: c.say`The answer does not forbid caches to keep it.` });
}

const answered = (
  headers: string,
  body = '{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}',
): string => `
  POST https://as.example/token
  Content-Type: application/x-www-form-urlencoded

  grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1

  200
  Content-Type: application/json
  ${headers}

  ${body}
`;
const USERINFO = `
  GET https://as.example/userinfo
  Authorization: Bearer 2YotnFZFEjr1zCsicMWpAA

  200
  Content-Type: application/json
`;

export const examples: Examples = {
  violation: [
    { name: 'kept in private', trace: answered('Cache-Control: private, max-age=0'), severity: 'low' },
    { name: 'nothing said', trace: answered('Pragma: no-cache'), severity: 'low' },
    { name: 'a word that only looks alike', trace: answered('Cache-Control: x-no-store=1'), severity: 'low' },
    {
      name: 'asked by GET',
      trace: `
        GET https://graph.facebook.com/v19.0/oauth/access_token?grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1

        200
        Content-Type: application/json
        Cache-Control: private

        {"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"bearer"}
      `,
      severity: 'medium',
    },
    { name: 'what is known of the visitor', trace: `${USERINFO}\n  {"sub":"4217"}`, severity: 'info' },
  ],
  clean: [
    { name: 'no-store', trace: answered('Cache-Control: no-store') },
    { name: 'among others, in capitals', trace: answered('cache-control: private, No-Store, max-age=0') },
    { name: 'in a second header', trace: answered('Cache-Control: private\n  Cache-Control: no-store') },
  ],
  lookAlike: [
    {
      name: 'a refusal',
      trace: `
        POST https://as.example/token
        Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1

        400
        Content-Type: application/json

        {"error":"invalid_grant"}
      `,
      verdict: 'notApplicable',
    },
    { name: 'a refusal with the status of success', trace: answered('', '{"error":"bad_verification_code"}') },
    {
      name: 'what a cache had already',
      trace: USERINFO.replace('200', '304'),
    },
    {
      name: 'a callback that caches may keep is another matter',
      trace:
        'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7\n\n200\nCache-Control: private',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the answer was not seen',
      trace:
        'POST https://as.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=web1',
      missing: ['token response'],
    },
    {
      name: 'the headers were not recorded',
      trace: `# hides response-headers\n${answered('')}`,
      missing: ['response headers'],
    },
  ],
};
