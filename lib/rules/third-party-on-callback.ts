import { locationOf } from '../http/redirect.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationResponse } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { isBoundByS256 } from './support/bound-code.ts';
import { judgeResponses } from './support/client-responses.ts';
import { UPSTREAM } from './support/example-traces.ts';
import { inAddress } from './support/front-channel.ts';
import { isBlindToPage, networkTarget, requestsByInitiator, withoutFragment } from './support/other-requests.ts';

export const rule: Rule = {
  id: 'third-party-on-callback',
  title: 'Script of another site on the callback page',
  subject: 'Scripts on the callback page',
  group: 'B',
  severity: 'medium',
  confidence: 'firm',
  needs: ['authorization response', 'page'],
  references: [
    { spec: 'RFC 6749', section: '3.1.2.5', level: 'SHOULD NOT' },
    { spec: 'RFC 9700', section: '4.2.4', level: 'none' },
  ],
  why: 'Every script of the page can read the code or token in its address and send it elsewhere.',
  fix: 'Answer the callback with a bare page or a redirect, and load scripts of other sites afterwards.',
  parents: ['token-in-analytics-url', 'code-sent-to-third-party', 'code-in-referer'],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const secrets = inAddress(message).filter((p) => SECRETS.has(p.name) && p.value !== '');
      const [secret] = secrets;
      if (secret === undefined || locationOf(message.exchange) !== null) return c.pass;
      const initiators = c.once(requestsByInitiator);
      const own = ownSites(
        message,
        messagesOf(flow, 'authorizationRequest').map((request) => request.endpoint.site),
      );
      for (const exchange of initiators.get(withoutFragment(message.url)) ?? []) {
        const script = networkTarget(exchange);
        if (exchange.resource !== 'script' || script === null || own.has(script.site)) continue;
        const bound = isBoundByS256(flow) && secrets.every((p) => p.name === 'code');
        return c.fail({
          evidence: [c.at(message, secret, c.say`while a script of ${c.plain(script.host)} was loaded`)],
          severity: bound ? 'low' : 'medium',
          part: script.host,
          summary: c.say`The callback page loads a script from ${c.plain(script.host)} while ${c.plain(secret.name)} stands in its address.`,
        });
      }
      return isBlindToPage(message.exchange, initiators) ? c.cannotTell('page') : c.pass;
    }),
};

const SECRETS: ReadonlySet<string> = new Set(['code', 'access_token', 'id_token', 'refresh_token']);

/** A content network of the same site and the server itself are no third party. */
function ownSites(message: AuthorizationResponse, servers: readonly string[]): ReadonlySet<string> {
  return new Set([message.endpoint.site, ...servers]);
}

const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const S256 = '&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256';
const CALLBACK = 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const load = (url: string, page = CALLBACK, resource = 'script'): string =>
  `\n\n# resource ${resource}\n# initiator ${page}\nGET ${url}\n\n`;
const TAG = 'https://stats.example/tag.js';

export const examples: Examples = {
  violation: [
    { name: 'a code in the address', trace: `${REQUEST}\n\nGET ${CALLBACK}${load(TAG)}`, severity: 'medium' },
    { name: 'a code bound by PKCE', trace: `${REQUEST}${S256}\n\nGET ${CALLBACK}${load(TAG)}`, severity: 'low' },
    {
      name: 'a token in the fragment, PKCE or not',
      trace: `${REQUEST}${S256}\n\nGET https://app.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&state=af0ifjsldkjQ2w7${load(TAG, 'https://app.example/cb')}`,
      severity: 'medium',
    },
    ...['id_token', 'refresh_token'].map((name) => ({
      name: `${name} beside a code bound by PKCE`,
      trace: `${REQUEST}${S256}\n\nGET ${CALLBACK}&${name}=2YotnFZFEjr1zCsicMWpAA${load(TAG, `${CALLBACK}&${name}=2YotnFZFEjr1zCsicMWpAA`)}`,
      severity: 'medium' as const,
    })),
    {
      name: 'after a script of the own site',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${load('https://cdn.app.example/app.js')}${load(TAG)}`,
      severity: 'medium',
    },
  ],
  clean: [
    {
      name: 'only scripts of the own site',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${load('https://cdn.app.example/app.js')}`,
    },
    { name: 'answered by a redirect', trace: `${REQUEST}\n\nGET ${CALLBACK}\n\n303\nLocation: /inbox` },
  ],
  lookAlike: [
    {
      name: 'the script belongs to the page that follows',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${load(TAG, 'https://app.example/inbox')}`,
      verdict: 'pass',
    },
    {
      name: 'an image cannot read the address',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${load('https://stats.example/p.gif', CALLBACK, 'image')}`,
      verdict: 'pass',
    },
    {
      name: 'a script of the server',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${load('https://cdn.as.example/sdk.js')}`,
      verdict: 'pass',
    },
    {
      name: 'a script that the page makes itself',
      trace: `${REQUEST}\n\nGET ${CALLBACK}${load('blob:https://app.example/9115d58c')}`,
    },
    {
      name: 'a callback that was posted has a bare address',
      trace: `
        POST https://app.example/cb
        Content-Type: application/x-www-form-urlencoded

        code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7

        # resource script
        # initiator https://app.example/cb
        GET ${TAG}
      `,
      verdict: 'pass',
    },
    {
      name: 'an empty token in the address',
      trace: `${REQUEST}\n\nGET https://app.example/cb?error=access_denied&access_token=&state=af0ifjsldkjQ2w7${load(TAG, 'https://app.example/cb?error=access_denied&access_token=&state=af0ifjsldkjQ2w7')}`,
      verdict: 'pass',
    },
    {
      name: "the broker's own callback",
      trace: `${UPSTREAM}&response_type=code\n\nGET https://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0${load(TAG, 'https://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0')}`,
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the recording does not say who loads what', trace: `${REQUEST}\n\nGET ${CALLBACK}`, missing: ['page'] },
    ...['watch', 'line', 'address'].map((capture) => ({
      name: `a capture that shows no scripts: ${capture}`,
      trace: `# capture ${capture}\n# initiator https://as.example\nGET ${CALLBACK}`,
      missing: ['page' as const],
    })),
    { name: 'the response was not seen', trace: REQUEST, missing: ['authorization response'] },
  ],
};
