import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { Rule } from '../model/rule.ts';
import { allResponseHeaders, responseHeader } from './support/response-headers.ts';

export const rule: Rule = {
  id: 'token-response-content-type',
  title: 'Token response that is not JSON',
  subject: 'Type of the token response',
  group: 'J',
  severity: 'low',
  confidence: 'certain',
  needs: ['token response', 'response headers'],
  references: [{ spec: 'RFC 6749', section: '5.1', level: 'none' }],
  why: 'What a browser takes for a page can run scripts that somebody put into it, and clients guess how to read it.',
  fix: 'Answer with `application/json`.',
  copy: 'Content-Type: application/json',
  parents: [],

  check(flow, c) {
    const response = messagesOf(flow, 'tokenResponse').find(({ status }) => status >= 200 && status < 300);
    if (response === undefined) {
      return messagesOf(flow, 'tokenRequest').length > 0 ? c.cannotTell('token response') : c.notApplicable;
    }
    const headers = allResponseHeaders(response.exchange);
    if (headers === null) return c.cannotTell('response headers');
    const type = responseHeader(headers, 'content-type');
    if (type !== null && /^application\/([\w.-]+\+)?json\b/i.test(type)) return c.pass;
    const evidence = [
      { message: response, where: 'header', name: 'Content-Type', ...(type === null ? {} : { value: type }) },
    ] as const;
    if (type === null) return c.fail({ evidence, summary: c.say`The answer does not say what it is.` });
    const summary = c.say`The answer calls itself ${c.plain(type)}.`;
    if (/^text\/html\b/i.test(type)) return c.fail({ evidence, severity: 'medium', summary });
    // Older providers answer like this unless they are asked for JSON.
    return /^application\/x-www-form-urlencoded\b/i.test(type)
      ? c.fail({ evidence, severity: 'info', summary })
      : c.fail({ evidence, severity: 'low', summary });
  },
};

const request = (answer: string): string => `
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=c1
${answer}`;
const tokens = (headers: string, status = 200): string =>
  request(`\n${status}${headers}\n\n{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}`);

export const examples: Examples = {
  violation: [
    { name: 'a page', trace: tokens('\nContent-Type: text/html; charset=utf-8'), severity: 'medium' },
    { name: 'plain text', trace: tokens('\nContent-Type: text/plain'), severity: 'low' },
    { name: 'no type', trace: tokens(''), severity: 'low' },
    {
      name: 'a form',
      trace: request(
        '\n200\nContent-Type: application/x-www-form-urlencoded\n\naccess_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer',
      ),
      severity: 'info',
    },
  ],
  clean: [
    { name: 'JSON', trace: tokens('\nContent-Type: application/json;charset=UTF-8') },
    { name: 'a kind of JSON', trace: tokens('\nContent-Type: application/oauth+json') },
  ],
  lookAlike: [
    { name: 'a page that refuses', trace: tokens('\nContent-Type: text/html', 500) },
    {
      name: 'a page elsewhere',
      trace: `${tokens('\nContent-Type: application/json')}\n\nGET https://as.example/\n\n200\nContent-Type: text/html`,
      verdict: 'pass',
    },
    {
      name: 'a sign-in without a token request in sight',
      trace:
        'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7\n\n200\nContent-Type: text/html',
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the answer was not seen', trace: request(''), missing: ['token response'] },
    {
      name: 'the headers are hidden',
      trace: `# hides response-headers${tokens('\nContent-Type: text/html')}`,
      missing: ['response headers'],
    },
    { name: 'few headers are kept', trace: `# capture watch${tokens('')}`, missing: ['response headers'] },
  ],
};
