import { paramValue, wordsOf } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { frontChannelRequest } from './support/client-request.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { lastHop } from './support/redirect-chain.ts';
import { allResponseHeaders, responseHeader } from './support/response-headers.ts';
import { modeOutsideAddress } from './support/response-mode.ts';

export const rule: Rule = {
  id: 'authz-page-framable',
  title: 'Sign-in page can be put into a frame of another site',
  subject: 'Framing of the sign-in page',
  group: 'J',
  severity: 'medium',
  confidence: 'certain',
  needs: ['authorization request', 'response headers'],
  references: [
    { spec: 'RFC 9700', section: '4.16', level: 'MUST' },
    { spec: 'RFC 6749', section: '10.13', level: 'none' },
  ],
  asvs: ['3.4.6'],
  why: 'Another site can lay the page under its own and have the person press buttons without seeing them.',
  fix: "Send `Content-Security-Policy: frame-ancestors 'none'` with every page that a person acts on.",
  copy: "Content-Security-Policy: frame-ancestors 'none'",
  parents: [],

  check(flow, c) {
    const message = frontChannelRequest(flow);
    if (message === null || message.sdk !== null) return c.notApplicable;
    // Renewals without a person and answers by message or form are made to be framed.
    if (wordsOf(paramValue(message, 'prompt')).includes('none') || modeOutsideAddress(message) !== null) {
      return c.notApplicable;
    }
    const page = lastHop(message.exchange, c);
    const headers = allResponseHeaders(page);
    if (headers === null) return c.cannotTell('response headers');
    const type = responseHeader(headers, 'content-type') ?? '';
    if (page.outcome.is !== 'response' || page.outcome.response.status !== 200 || !/^text\/html\b/i.test(type)) {
      return c.notApplicable;
    }
    const csp = headers.filter(([name]) => name.toLowerCase() === 'content-security-policy').map(([, value]) => value);
    const ancestors = csp.flatMap((policy) => /(?:^|;)\s*frame-ancestors\s+([^;]*)/i.exec(policy)?.[1] ?? []);
    if (ancestors.some((list) => !list.split(/\s+/).includes('*'))) return c.pass;
    const evidence = [{ message, where: 'header', name: 'Content-Security-Policy' }] as const;
    if (/^(deny|sameorigin)$/i.test(responseHeader(headers, 'x-frame-options')?.trim() ?? '')) {
      return c.fail({
        evidence,
        severity: 'info',
        summary: c.say`Only the old X-Frame-Options keeps the page out of frames.`,
      });
    }
    return c.fail({
      evidence,
      summary: c.say`Neither frame-ancestors nor X-Frame-Options keeps the page out of frames.`,
    });
  },
};

const AUTHORIZE =
  'GET https://as.example/authorize?client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const page = (headers: string, more = '&response_type=code', status = 200, type = 'text/html; charset=utf-8'): string =>
  `${AUTHORIZE}${more}\n\n${status}\nContent-Type: ${type}${headers}`;
const NONE = "\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'";

export const examples: Examples = {
  violation: [
    { name: 'nothing is said', trace: page(''), severity: 'medium' },
    {
      name: 'a policy that says nothing of frames',
      trace: page("\nContent-Security-Policy: default-src 'self'"),
      severity: 'medium',
    },
    { name: 'every site', trace: page('\nContent-Security-Policy: frame-ancestors *'), severity: 'medium' },
    {
      name: 'an old header that browsers no longer know',
      trace: page('\nX-Frame-Options: ALLOW-FROM https://app.example'),
      severity: 'medium',
    },
    { name: 'the old header', trace: page('\nX-Frame-Options: SAMEORIGIN'), severity: 'info' },
    { name: 'the old header, the other way', trace: page('\nX-Frame-Options: DENY'), severity: 'info' },
    {
      name: 'the page behind a redirect',
      trace: `${AUTHORIZE}&response_type=code\n\n302${NONE}\nLocation: https://as.example/login\n\nGET https://as.example/login\n\n200\nContent-Type: text/html`,
      severity: 'medium',
    },
  ],
  clean: [
    { name: 'nobody', trace: page(NONE) },
    { name: 'listed sites', trace: page('\nContent-Security-Policy: frame-ancestors https://partner.example') },
    { name: 'the stricter of two policies counts', trace: page(`\nContent-Security-Policy: frame-ancestors *${NONE}`) },
  ],
  lookAlike: [
    {
      name: 'a renewal without a person',
      trace: page('', '&response_type=code&prompt=none'),
      verdict: 'notApplicable',
    },
    {
      name: 'an answer by message',
      trace: page('', '&response_type=code&response_mode=web_message'),
      verdict: 'notApplicable',
    },
    { name: "a vendor's popup", trace: `${page('', '&response_type=code&gsiwebsdk=3')}`, verdict: 'notApplicable' },
    { name: 'an error', trace: page('', '&response_type=code', 400), verdict: 'notApplicable' },
    { name: 'no page', trace: page('', '&response_type=code', 200, 'application/json'), verdict: 'notApplicable' },
    {
      name: 'the server of a broker',
      trace: `${UPSTREAM}&response_type=code\n\n200\nContent-Type: text/html`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the headers are hidden', trace: `# hides response-headers\n${page('')}`, missing: ['response headers'] },
    { name: 'few headers are kept', trace: `# capture watch\n${page('')}`, missing: ['response headers'] },
  ],
};
