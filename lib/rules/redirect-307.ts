import { endpointOf } from '../http/endpoint.ts';
import { locationOf } from '../http/redirect.ts';
import type { Examples } from '../model/example.ts';
import type { AuthorizationResponse } from '../model/message.ts';
import type { Exchange } from '../model/observation.ts';
import type { Rule } from '../model/rule.ts';
import { judgeResponses } from './support/client-responses.ts';
import { cameFrom } from './support/redirect-chain.ts';

export const rule: Rule = {
  id: 'redirect-307',
  title: 'Redirect that sends the sign-in form on to the client',
  subject: 'Kind of redirect after the sign-in form',
  group: 'J',
  severity: 'high',
  confidence: 'firm',
  needs: ['authorization response', 'response headers'],
  references: [
    { spec: 'RFC 9700', section: '4.12', level: 'MUST NOT' },
    { spec: 'OAuth 2.1', section: '7.5.3', level: 'MUST NOT' },
  ],
  why: 'The browser posts the form again, with the password in it, to the client.',
  fix: 'Answer the form with 303 See Other.',
  parents: [],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const redirect = redirectBefore(message, (exchange) => cameFrom(exchange, c));
      if (redirect === null) return c.cannotTell('response headers');
      const status = redirect.outcome.is === 'response' ? redirect.outcome.response.status : 0;
      const from = endpointOf(redirect.request.url);
      if (redirect.request.method !== 'POST' || (status !== 307 && status !== 308)) return c.pass;
      if (from === null || from.site === message.endpoint.site) return c.pass;
      const password = message.params.find((p) => p.where === 'body' && /passw|pwd/i.test(p.name));
      const summary = c.say`${c.plain(from.host)} answers the form with ${status}, and the browser posts it to ${c.plain(message.endpoint.host)}.`;
      return password === undefined
        ? c.fail({ evidence: [{ message, where: 'url', name: 'redirect' }], severity: 'medium', summary })
        : c.fail({ evidence: [c.at(message, password)], severity: 'high', confidence: 'certain', summary });
    }),
};

/** The exchange whose redirect brought the response. */
function redirectBefore(
  message: AuthorizationResponse,
  cameFromOf: (exchange: Exchange) => Exchange | null,
): Exchange | null {
  if (message.at === 'location') return message.exchange;
  const before = cameFromOf(message.exchange);
  return before !== null && locationOf(before) !== null ? before : null;
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const CALLBACK = 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const form = (status: number, host = 'as.example', method = 'POST'): string => `
${REQUEST}

${method} https://${host}/login
Content-Type: application/x-www-form-urlencoded

login=jo&password=correct-horse-battery

${status}
Location: ${CALLBACK}
`;
const posted = (fields: string): string => `
POST ${CALLBACK}
Content-Type: application/x-www-form-urlencoded

${fields}`;

export const examples: Examples = {
  violation: [
    {
      name: 'the password is posted on',
      trace: form(307) + posted('login=jo&password=correct-horse-battery'),
      severity: 'high',
    },
    { name: 'for good', trace: form(308) + posted('login=jo&passwd=correct-horse-battery'), severity: 'high' },
    { name: 'a consent form is posted on', trace: form(307) + posted('prompt=consent'), severity: 'medium' },
    { name: 'the request at the client was not seen', trace: form(307), severity: 'medium' },
  ],
  clean: [{ name: 'See Other', trace: `${form(303)}\nGET ${CALLBACK}` }],
  lookAlike: [
    { name: 'Found', trace: `${form(302)}\nGET ${CALLBACK}`, verdict: 'pass' },
    { name: 'a redirect within the client', trace: form(307, 'www.app.example') + posted('login=jo'), verdict: 'pass' },
    { name: 'no form was posted', trace: `${form(307, 'as.example', 'GET')}\nGET ${CALLBACK}`, verdict: 'pass' },
  ],
  cannotTell: [
    { name: 'what came before was not seen', trace: `${REQUEST}\n\nGET ${CALLBACK}`, missing: ['response headers'] },
  ],
};
