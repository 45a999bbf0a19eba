import type { Examples } from '../model/example.ts';
import type { Fail, Rule, RuleContext, Severity } from '../model/rule.ts';
import {
  ACCESS_CLAIMS,
  ACCESS_TOKEN,
  accessJwtSignIn,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  openIdRequest,
  unreadableSignIn,
} from './support/example-sign-in.ts';
import { networkTarget } from './support/other-requests.ts';
import { isRelated } from './support/related-sites.ts';
import { isTelemetryHost } from './support/telemetry-hosts.ts';
import { evidenceOf, noneSeen, type TokenUse, tokenUses } from './support/token-uses.ts';

export const rule: Rule = {
  id: 'token-to-third-party',
  title: 'Token sent to another site',
  subject: 'Sites that get tokens',
  group: 'E',
  severity: 'high',
  confidence: 'firm',
  needs: ['page', 'request body'],
  references: [
    { spec: 'RFC 9700', section: '4.9', level: 'none' },
    { spec: 'RFC 6750', section: '5.3', level: 'MUST' },
    { spec: 'RFC 6749', section: '10.3', level: 'MUST' },
  ],
  asvs: ['10.1.1'],
  why: 'Who gets the token can use it as the person until it ends.',
  fix: 'Attach tokens to requests of your own APIs only, and take them out of what you measure and log.',
  parents: ['token-in-analytics-url'],

  judges: 'trace',
  check(trace, c) {
    const groups = new Map<string, [TokenUse, ...TokenUse[]]>();
    for (const use of c.once(tokenUses).filter(isForeign)) {
      const group = groups.get(use.target.host);
      if (group === undefined) groups.set(use.target.host, [use]);
      else group.push(use);
    }
    const [first, ...rest] = [...groups.values()].map((uses) => toFail(uses, c));
    return first === undefined
      ? noneSeen(trace, c, (exchange) => networkTarget(exchange) !== null)
      : c.fail(first, ...rest);
  },
};

/** Seen as a token in a message, and shown to a host that has nothing to do with it. */
function isForeign({ exchange, target, value, flow, message, nested }: TokenUse): boolean {
  // A page's address inside of a parameter is the finding about analytics.
  if (flow === null || message !== null || nested || networkTarget(exchange) === null) return false;
  return !isRelated(target, value, flow);
}

function toFail(uses: readonly [TokenUse, ...TokenUse[]], c: RuleContext): Fail {
  const [first] = uses;
  const host = c.plain(first.target.host);
  const { severity, sure } = uses.map(weightOf).toSorted((a, b) => a.rank - b.rank)[0] ?? weightOf(first);
  const kind = c.plain(first.is);
  return {
    evidence: evidenceOf(uses, c),
    severity,
    confidence: sure ? 'certain' : 'firm',
    ...(first.flow === null ? {} : { flow: first.flow }),
    part: first.target.host,
    summary: sure
      ? c.say`The ${kind} is sent to ${host}, which is neither the server nor the client.`
      : c.say`The ${kind} is sent to ${host}, whose part in this is not known: confirm that it is yours.`,
  };
}

/** What measures, an image or a beacon is no API; what a script asks for on purpose may be one. */
function weightOf({ exchange, target, where }: TokenUse): {
  readonly severity: Severity;
  readonly sure: boolean;
  readonly rank: number;
} {
  const onPurpose = exchange.resource === null || /^(xhr|fetch|document)$/.test(exchange.resource);
  if (isTelemetryHost(target.host) || !onPurpose) return { severity: 'high', sure: true, rank: 0 };
  return where === 'query' ? { severity: 'medium', sure: false, rank: 1 } : { severity: 'info', sure: false, rank: 2 };
}

const SIGNED_IN = codeSignIn(ID_CLAIMS);
const get = (url: string, resource = 'xhr', head = ''): string => `\n\n# resource ${resource}\nGET ${url}${head}\n\n`;
const BEARER = `\nAuthorization: Bearer ${ACCESS_TOKEN}`;
const post = (url: string, body: string, type = 'application/json', resource = 'xhr'): string =>
  `\n\n# resource ${resource}\nPOST ${url}\nContent-Type: ${type}\n\n${body}\n\n`;

export const examples: Examples = {
  violation: [
    {
      name: 'to a service that collects errors',
      trace: SIGNED_IN + post('https://o1.ingest.sentry.io/api/1/envelope/', `{"log":"Bearer","t":"${ACCESS_TOKEN}"}`),
      severity: 'high',
    },
    {
      name: 'inside of a text',
      trace:
        SIGNED_IN +
        post('https://o1.ingest.sentry.io/api/1/envelope/', `got Bearer ${ACCESS_TOKEN} at 1`, 'text/plain'),
      severity: 'high',
    },
    {
      name: 'in the address of an image',
      trace: SIGNED_IN + get(`https://stats.example/p.gif?t=${ACCESS_TOKEN}`, 'image'),
      severity: 'high',
    },
    {
      name: 'in a beacon',
      trace: SIGNED_IN + post('https://stats.example/b', `{"t":"${ACCESS_TOKEN}"}`, 'application/json', 'ping'),
      severity: 'high',
    },
    {
      name: 'in an address that a script asks for',
      trace: SIGNED_IN + get(`https://api.partner.com/x?t=${ACCESS_TOKEN}`),
      severity: 'medium',
    },
    {
      name: 'in the header, to a host that nothing names',
      trace: SIGNED_IN + get('https://api.partner.com/x', 'xhr', BEARER),
      severity: 'info',
    },
    {
      name: 'in a body, to a host that nothing names',
      trace: SIGNED_IN + post('https://backend.partner.com/login', `{"t":"${exampleJwt(ID_CLAIMS)}"}`),
      severity: 'info',
    },
  ],
  clean: [
    { name: "to the client's own API", trace: SIGNED_IN + get('https://api.app.example/me', 'xhr', BEARER) },
    { name: 'to an API of the server', trace: SIGNED_IN + get('https://api.as.example/me', 'xhr', BEARER) },
  ],
  lookAlike: [
    {
      name: 'to the API that the token names',
      trace: `${accessJwtSignIn({ ...ACCESS_CLAIMS, aud: 'https://api.partner.com' })}${get('https://api.partner.com/x', 'xhr', `\nAuthorization: Bearer ${exampleJwt({ ...ACCESS_CLAIMS, aud: 'https://api.partner.com' }, { alg: 'RS256', kid: 'k1', typ: 'at+jwt' })}`)}`,
      verdict: 'pass',
    },
    {
      name: 'to the API that the request names',
      trace: `${codeSignIn(ID_CLAIMS, openIdRequest('nonce=n-0S6_WzA2Mj&resource=https%3A%2F%2Fapi.partner.com'))}${get('https://api.partner.com/x', 'xhr', BEARER)}`,
      verdict: 'pass',
    },
    {
      name: 'to an API of the provider',
      trace: `GET https://login.microsoftonline.com/common/oauth2/v2.0/authorize?response_type=code&client_id=web1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=af0ifjsldkjQ2w7\n\nGET https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkjQ2w7\n\nPOST https://login.microsoftonline.com/common/oauth2/v2.0/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&client_id=web1\n\n200\nContent-Type: application/json\n\n{"access_token":"${ACCESS_TOKEN}","token_type":"Bearer"}\n\nGET https://graph.microsoft.com/v1.0/me${BEARER}`,
      verdict: 'pass',
    },
    {
      name: 'another token',
      trace: SIGNED_IN + get('https://stats.example/p.gif?t=x8TnQ0wS2dF4gH6jK9lZ1c', 'image'),
      verdict: 'pass',
    },
    { name: 'a token that no message gave', trace: get('https://api.partner.com/x', 'xhr', BEARER), verdict: 'pass' },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: `${unreadableSignIn()}\n\nGET https://other.example/p?t=${ACCESS_TOKEN}`,
      missing: ['response body'],
    },
    { name: 'requests of the page are not seen', trace: `# capture watch\n${openIdRequest()}`, missing: ['page'] },
  ],
};
