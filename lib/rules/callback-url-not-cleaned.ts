import { locationOf } from '../http/redirect.ts';
import type { Examples } from '../model/example.ts';
import type { Rule } from '../model/rule.ts';
import { judgeResponses } from './support/client-responses.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { inAddress } from './support/front-channel.ts';

export const rule: Rule = {
  id: 'callback-url-not-cleaned',
  title: 'Code or token left in the address bar',
  subject: 'Address bar after the callback',
  group: 'B',
  severity: 'low',
  confidence: 'certain',
  needs: ['authorization response', 'page'],
  references: [
    { spec: 'RFC 9700', section: '4.3.1', level: 'none' },
    { spec: 'RFC 6749', section: '3.1.2.5', level: 'none' },
    { spec: 'RFC 10017', section: '7.2.1', level: 'none' },
  ],
  why: 'It ends up in the history, in screenshots, in Referer headers and in reports of errors.',
  fix: 'Redirect or call `history.replaceState` as soon as the response is read.',
  parents: ['token-in-query', 'token-in-fragment', 'token-in-analytics-url'],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const found = inAddress(message).filter((p) => p.value !== '');
      const token = found.find((p) => TOKENS.has(p.name));
      const secret = token ?? found.find((p) => p.name === 'code');
      if (secret === undefined) return c.notApplicable;
      if (locationOf(message.exchange) !== null && message.at === 'request') return c.pass;
      // Only the address of the tab itself shows what stayed there.
      if (message.exchange.capture !== 'address') return c.cannotTell('page');
      return c.fail({
        evidence: [c.at(message, secret)],
        severity: token === undefined ? 'low' : 'medium',
        summary: c.say`The address of the tab still holds ${c.plain(secret.name)}.`,
      });
    }),
};

const TOKENS: ReadonlySet<string> = new Set(['access_token', 'id_token', 'refresh_token']);

const CODE = 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';

export const examples: Examples = {
  violation: [
    { name: 'a code', trace: `# capture address\nGET ${CODE}`, severity: 'low' },
    ...['access_token', 'id_token', 'refresh_token'].map((name) => ({
      name,
      trace: `# capture address\nGET https://app.example/cb#code=SplxlOBeZQQYbYS6WxSbIA&${name}=${JWT}&state=af0ifjsldkjQ2w7`,
      severity: 'medium' as const,
    })),
  ],
  clean: [{ name: 'answered by a redirect', trace: `GET ${CODE}\n\n303\nLocation: /inbox` }],
  lookAlike: [
    {
      name: 'an error',
      trace: '# capture address\nGET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7',
      verdict: 'notApplicable',
    },
    {
      name: 'an empty code',
      trace: '# capture address\nGET https://app.example/cb?error=access_denied&code=&state=af0ifjsldkjQ2w7',
      verdict: 'notApplicable',
    },
    { name: 'a code of a shop', trace: '# capture address\nGET https://shop.example/coupon?code=SPRING25' },
    {
      name: 'a callback that was posted has a bare address',
      trace: `
        POST https://app.example/cb
        Content-Type: application/x-www-form-urlencoded

        code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7
      `,
      verdict: 'notApplicable',
    },
    {
      name: "the broker's own callback",
      trace: `${UPSTREAM}&response_type=code\n\nGET https://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'what the page did afterwards was not seen', trace: `GET ${CODE}`, missing: ['page'] },
    {
      name: 'only the redirect to the callback was seen',
      trace: `
        GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7

        302
        Location: ${CODE}
      `,
      missing: ['page'],
    },
  ],
};
