import { param } from '../http/params.ts';
import type { Examples } from '../model/example.ts';
import { messagesOf } from '../model/flow.ts';
import type { AuthorizationResponse } from '../model/message.ts';
import type { Rule, RuleContext } from '../model/rule.ts';
import { clientRequest } from './support/client-request.ts';
import { continuation, judgeResponses } from './support/client-responses.ts';
import { UPSTREAM } from './support/example-traces.ts';

export const rule: Rule = {
  id: 'unsolicited-authorization-response',
  title: 'Response that nobody asked for',
  subject: 'Request behind the response',
  group: 'B',
  severity: 'medium',
  confidence: 'tentative',
  needs: ['authorization request', 'authorization response'],
  references: [
    { spec: 'RFC 9700', section: '4.7', level: 'none' },
    { spec: 'RFC 9700', section: '4.5', level: 'none' },
    { spec: 'RFC 10017', section: '6.3.2.2', level: 'none' },
    { spec: 'OIDC Core', section: '4', level: 'none' },
  ],
  asvs: ['10.1.2'],
  why: 'A link with an attacker’s code signs the visitor in to the attacker’s account, or brings a stolen code to its client.',
  fix: 'Ignore a response that answers no request of this browser, and start the sign-in again.',
  parents: [],

  check: (flow, c) =>
    judgeResponses(flow, c, (message) => {
      const secret = param(message, 'code') ?? param(message, 'access_token') ?? param(message, 'id_token');
      if (secret === null || startsAtProvider(message)) return c.notApplicable;
      if (clientRequest(flow).is !== 'none') return c.pass;
      const { from, pending } = c.once(history);
      const time = message.exchange.time ?? Number.NEGATIVE_INFINITY;
      if (time - from < LONG_ENOUGH) return c.cannotTell('authorization request');
      // It may answer a request whose parameters are out of sight.
      if (pending.some((asked) => asked <= time && time - asked < LONG_ENOUGH)) return c.cannotTell('sure link');
      const next = continuation(flow, message);
      const evidence = [c.at(message, secret)] as const;
      return next === null
        ? c.fail({
            evidence,
            severity: 'medium',
            summary: c.say`No request of the last ten minutes fits this response.`,
          })
        : c.fail({
            evidence: [...evidence, { message: next, where: 'url', name: 'url', value: next.endpoint.url }],
            severity: 'high',
            confidence: 'firm',
            summary: c.say`No request of the last ten minutes fits this response, and the client used it all the same.`,
          });
    }),
};

/** Milliseconds. Nobody takes longer for a sign-in, as a rule; a shorter recording may have missed the request. */
const LONG_ENOUGH = 600_000;

/** Marks of an installation that a provider starts itself, without a request of the client. */
function startsAtProvider(message: AuthorizationResponse): boolean {
  const has = (name: string): boolean => param(message, name) !== null;
  return has('installation_id') || has('setup_action') || has('guild_id') || (has('shop') && has('hmac'));
}

interface History {
  /** When the recording began; infinity where it has no clock. */
  readonly from: number;
  /** When requests were sent that no response was found for. */
  readonly pending: readonly number[];
}

function history({ flows, exchanges }: Pick<RuleContext, 'flows' | 'exchanges'>): History {
  const times = exchanges.flatMap(({ time }) => time ?? []);
  const open = flows.filter((flow) => messagesOf(flow, 'authorizationResponse').length === 0);
  return {
    from: times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    pending: open
      .flatMap((flow) => messagesOf(flow, 'authorizationRequest'))
      .flatMap((request) => request.exchange.time ?? []),
  };
}

const CALLBACK = 'GET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7';
const REQUEST =
  'GET https://as.example/authorize?response_type=code&client_id=spa1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7';
const PUSHED =
  'GET https://as.example/authorize?client_id=web1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c';
const after = (seconds: number, trace: string): string =>
  `# time +0\nGET https://app.example/\n\n# time +${seconds}\n${trace}`;
const REDEEMED = `

# time +701
# initiator https://app.example
POST https://as.example/token
Content-Type: application/x-www-form-urlencoded

grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=spa1
`;

export const examples: Examples = {
  violation: [
    { name: 'after ten minutes exactly', trace: after(600, CALLBACK), severity: 'medium' },
    { name: 'a code out of nowhere', trace: after(700, CALLBACK), severity: 'medium' },
    { name: 'the page redeems it', trace: after(700, CALLBACK) + REDEEMED, severity: 'high' },
    {
      name: 'an access token out of nowhere',
      trace: after(
        700,
        'GET https://app.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=bearer&state=af0ifjsldkjQ2w7',
      ),
      severity: 'medium',
    },
    {
      name: 'an ID token out of nowhere',
      trace: after(
        700,
        'GET https://app.example/cb#id_token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl&state=af0ifjsldkjQ2w7',
      ),
      severity: 'medium',
    },
    {
      name: 'a request that was given up long ago',
      trace: `${after(1, PUSHED)}\n\n# time +700\n${CALLBACK}`,
      severity: 'medium',
    },
    {
      name: 'a request after it',
      trace: `${after(700, CALLBACK)}\n\n# time +710\n${PUSHED}`,
      severity: 'medium',
    },
    { name: 'a shop alone is no installation', trace: after(700, `${CALLBACK}&shop=one`), severity: 'medium' },
    { name: 'a signature alone is no installation', trace: after(700, `${CALLBACK}&hmac=7e2d41`), severity: 'medium' },
  ],
  clean: [
    { name: 'it answers a request', trace: after(700, `${REQUEST}\n\n${CALLBACK.replace('GET', '# time +705\nGET')}`) },
  ],
  lookAlike: [
    { name: 'a code of a shop', trace: after(700, 'GET https://shop.example/coupon?code=SPRING25') },
    ...[
      'installation_id=1&setup_action=install',
      'setup_action=update',
      'installation_id=1',
      'guild_id=41771983423143937',
      'shop=one.example&hmac=7e2d41',
    ].map((extra) => ({
      name: `an installation that the provider starts, ${extra}`,
      trace: after(700, `${CALLBACK}&${extra}`),
      verdict: 'notApplicable' as const,
    })),
    {
      name: 'an error out of nowhere carries nothing',
      trace: after(700, 'GET https://app.example/cb?error=access_denied&state=af0ifjsldkjQ2w7'),
      verdict: 'notApplicable',
    },
    {
      name: 'what a server upstream answers to a broker',
      trace: after(
        700,
        `${UPSTREAM}&response_type=code\n\n# time +701\nGET https://tenant.auth0.com/login/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3uV8pQx1LrT0`,
      ),
      verdict: 'notApplicable',
    },
  ],
  cannotTell: [
    { name: 'the recording began shortly before', trace: after(30, CALLBACK), missing: ['authorization request'] },
    { name: 'an address alone', trace: `# capture address\n${CALLBACK}`, missing: ['authorization request'] },
    {
      name: 'a request whose parameters are out of sight is open',
      trace: after(690, `${PUSHED}\n\n# time +700\n${CALLBACK}`),
      missing: ['sure link'],
    },
    { name: 'the response was not seen', trace: REQUEST, missing: ['authorization response'] },
  ],
};
