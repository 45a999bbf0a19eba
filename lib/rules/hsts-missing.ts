import type { Examples } from '../model/example.ts';
import type { OAuthMessage } from '../model/message.ts';
import type { Outcome, Rule, RuleContext } from '../model/rule.ts';
import { worstOf } from './support/outcomes.ts';
import { allResponseHeaders, responseHeader } from './support/response-headers.ts';

export const rule: Rule = {
  id: 'hsts-missing',
  title: 'Strict-Transport-Security not sent',
  subject: 'Strict-Transport-Security of the sign-in',
  group: 'J',
  severity: 'low',
  confidence: 'certain',
  needs: ['response headers'],
  references: [
    { spec: 'RFC 6797', section: '6.1', level: 'none' },
    { spec: 'RFC 9700', section: '2.6', level: 'none' },
  ],
  asvs: ['3.4.1'],
  why: 'The first visit by http can be caught and redirected before TLS begins.',
  fix: 'Send `Strict-Transport-Security` with half a year or more from every host of the sign-in.',
  copy: 'Strict-Transport-Security: max-age=31536000; includeSubDomains',
  parents: [],

  check(flow, c) {
    return worstOf(
      flow.messages.flatMap((message) => judge(message, c) ?? []),
      c,
    );
  },
};

/** Half a year: shorter memories leave gaps between visits. */
const MIN_SECONDS = 15_552_000;

/** Only the pages of a sign-in: hosts of APIs are called by https or not at all. */
function judge(message: OAuthMessage, c: RuleContext): Outcome | null {
  if (message.kind !== 'authorizationRequest' && message.kind !== 'authorizationResponse') return null;
  const { scheme, loopback, host } = message.endpoint;
  if (scheme !== 'https' || loopback || message.at === 'location') return null;
  const headers = allResponseHeaders(message.exchange);
  if (headers === null) return c.cannotTell('response headers');
  const sent = responseHeader(headers, 'strict-transport-security');
  const seconds = Number(/max-age\s*=\s*"?(\d+)/i.exec(sent ?? '')?.[1] ?? 0);
  if (seconds >= MIN_SECONDS) return c.pass;
  const evidence = [
    { message, where: 'header', name: 'Strict-Transport-Security', ...(sent === null ? {} : { value: sent }) },
  ] as const;
  return sent === null
    ? c.fail({ evidence, part: host, summary: c.say`${c.plain(host)} did not send the header.` })
    : c.fail({ evidence, part: host, summary: c.say`${c.plain(host)} is remembered for ${seconds} seconds only.` });
}

const request = (headers: string, url = 'https://as.example'): string =>
  `GET ${url}/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7\n\n200\nContent-Type: text/html${headers}`;

export const examples: Examples = {
  violation: [
    { name: 'not sent', trace: request(''), severity: 'low' },
    { name: 'a short memory', trace: request('\nStrict-Transport-Security: max-age=86400'), severity: 'low' },
    { name: 'no memory', trace: request('\nStrict-Transport-Security: includeSubDomains'), severity: 'low' },
  ],
  clean: [
    { name: 'a year', trace: request('\nStrict-Transport-Security: max-age=31536000; includeSubDomains') },
    { name: 'in quotes', trace: request('\nstrict-transport-security: Max-Age="31536000"') },
  ],
  lookAlike: [
    { name: 'this machine', trace: request('', 'https://localhost:8443'), verdict: 'notApplicable' },
    { name: 'http has no such header', trace: request('', 'http://as.example'), verdict: 'notApplicable' },
    {
      name: 'a server that redirects to the client',
      trace:
        'GET https://as.example/login\n\n302\nLocation: https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    {
      name: 'the headers are hidden',
      trace: `# hides response-headers\n${request('')}`,
      missing: ['response headers'],
    },
    { name: 'few headers are kept', trace: `# capture watch\n${request('')}`, missing: ['response headers'] },
    {
      name: 'the sign-in window of a run',
      trace: `# capture run\n# resource document\n${request('')}`,
      missing: ['response headers'],
    },
  ],
};
