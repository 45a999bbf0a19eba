import type { Examples } from '../model/example.ts';
import type { Confidence, Fail, Rule, RuleContext, Severity } from '../model/rule.ts';
import { readCompactJose } from '../token/jose.ts';
import { isPushChannel } from './support/channels.ts';
import { ACCESS_JWT } from './support/example-pages.ts';
import {
  ACCESS_TOKEN,
  codeSignIn,
  exampleJwt,
  ID_CLAIMS,
  openIdRequest,
  REFRESH_TOKEN,
  unreadableSignIn,
} from './support/example-sign-in.ts';
import { byTarget, evidenceOf, hasLongQuery, noneSeen, type TokenUse, tokenUses } from './support/token-uses.ts';

export const rule: Rule = {
  id: 'token-in-url',
  title: 'Token in the address of a request',
  subject: 'Addresses of requests',
  group: 'E',
  severity: 'high',
  confidence: 'certain',
  needs: ['page'],
  references: [
    { spec: 'RFC 9700', section: '4.3.2', level: 'MUST NOT' },
    { spec: 'RFC 6750', section: '2.3', level: 'SHOULD NOT' },
    { spec: 'RFC 6750', section: '5.3', level: 'SHOULD NOT' },
  ],
  asvs: ['14.2.1'],
  why: 'Addresses stay in the logs of servers and proxies, in the history and in caches, and the token with them.',
  fix: 'Send the token in the `Authorization` header; for downloads use a short-lived ticket that works once.',
  copy: 'Authorization: Bearer …',
  parents: ['token-to-third-party', 'bearer-over-http'],

  judges: 'trace',
  check(trace, c) {
    const found = c.once(tokenUses).filter(isInAddress);
    const [first, ...rest] = byTarget(found).map((uses) => toFail(uses, c));
    return first === undefined ? noneSeen(trace, c, hasLongQuery) : c.fail(first, ...rest);
  },
};

/** Links of one purpose in mails carry tokens of the application's own. */
const MAIL_LINK = /\/(reset|verif|invit|unsubscribe|confirm|activat|magic|recover)/i;

function isInAddress({ where, nested, exchange, message, by, is, name, value, target }: TokenUse): boolean {
  if (where !== 'query' || nested || isPushChannel(exchange)) return false;
  if (message !== null && message !== 'revocationRequest' && message !== 'introspectionRequest') return false;
  if (by === 'value') return true;
  if (by === 'claims') return !MAIL_LINK.test(target.path) && name !== 'id_token_hint';
  return is === 'access token' && name === 'access_token' && !isVendorKey(target.host, value);
}

/** Their `access_token` is a key of the project, made to be seen; at Facebook the one with a bar in it, after the application. */
function isVendorKey(host: string, value: string): boolean {
  if (/(^|\.)facebook\.com$/.test(host)) return value.includes('|');
  return /(^|\.)(mapbox\.com|contentful\.com|prismic\.io|cesium\.com|mapillary\.com)$/.test(host);
}

function toFail(uses: readonly [TokenUse, ...TokenUse[]], c: RuleContext): Fail {
  const [first] = uses;
  const flow = uses.find((use) => use.flow !== null)?.flow ?? null;
  const { severity, confidence } = weightOf(uses);
  return {
    evidence: evidenceOf(uses, c),
    severity,
    confidence,
    ...(flow === null ? {} : { flow }),
    summary:
      first.exchange.resource === 'document'
        ? c.say`The address of a page at ${c.plain(first.target.host)} holds the ${c.plain(first.is)}, and the history keeps it.`
        : c.say`The address of a request to ${c.plain(first.target.host)} holds the ${c.plain(first.is)}.`,
  };
}

function weightOf(uses: readonly [TokenUse, ...TokenUse[]]): {
  readonly severity: Severity;
  readonly confidence: Confidence;
} {
  const [first] = uses;
  const seen = uses.find(({ by }) => by === 'value');
  if (seen !== undefined) return { severity: severityOf(seen), confidence: 'certain' };
  if (uses.some(({ by }) => by === 'claims')) return { severity: vendorsOwn(first) ?? 'medium', confidence: 'firm' };
  return { severity: 'info', confidence: 'tentative' };
}

function severityOf(use: TokenUse): Severity {
  if (use.message !== null || /\/tokeninfo$/.test(use.target.path)) return 'low';
  return vendorsOwn(use) ?? 'high';
}

/** A vendor's own script or shell puts it there. */
function vendorsOwn({ target, value }: TokenUse): Severity | null {
  if (/(^|\.)(arcgis\.com|facebook\.com)$/.test(target.host)) return 'medium';
  return /"dest":"https:\/\/[\w-]+\.myshopify\.com"/.test(decoded(value)) ? 'info' : null;
}

function decoded(jwt: string): string {
  return JSON.stringify(readCompactJose(jwt)?.claims ?? null);
}

const SIGNED_IN = codeSignIn(ID_CLAIMS);
const get = (url: string, resource = 'xhr'): string => `\n\n# resource ${resource}\nGET ${url}\n\n`;
const SHOPIFY = exampleJwt({
  iss: 'https://shop1.myshopify.com/admin',
  dest: 'https://shop1.myshopify.com',
  aud: 'web1',
  sub: '1',
  client_id: 'web1',
});

export const examples: Examples = {
  violation: [
    {
      name: 'of the API',
      trace: SIGNED_IN + get(`https://api.example/me?access_token=${ACCESS_TOKEN}`),
      severity: 'high',
    },
    { name: 'under any name', trace: SIGNED_IN + get(`https://api.example/me?t=${ACCESS_TOKEN}`), severity: 'high' },
    {
      name: 'of a page',
      trace: SIGNED_IN + get(`https://app.example/home?token=${ACCESS_TOKEN}`, 'document'),
      severity: 'high',
    },
    { name: 'a refresh token', trace: SIGNED_IN + get(`https://app.example/x?r=${REFRESH_TOKEN}`), severity: 'high' },
    {
      name: 'told by its claims',
      trace: get(`https://api.example/file?jwt=${ACCESS_JWT}`, 'image'),
      severity: 'medium',
    },
    {
      name: 'told by its name and by its claims',
      trace: get(`https://api.example/file?access_token=${ACCESS_JWT}`, 'image'),
      severity: 'medium',
    },
    {
      name: 'told by its name alone',
      trace: get(`https://api.example/me?access_token=${ACCESS_TOKEN}`),
      severity: 'info',
    },
    {
      name: "a person's token at a vendor that has keys in the same place",
      trace: get('https://graph.facebook.com/me?access_token=EAACEdEose0cBA7ZBx9kQ2LrT0mN4pVw'),
      severity: 'info',
    },
    {
      name: 'asked about at the server',
      trace: SIGNED_IN + get(`https://as.example/tokeninfo?access_token=${ACCESS_TOKEN}`),
      severity: 'low',
    },
    {
      name: 'by a design of the vendor',
      trace: SIGNED_IN + get(`https://services.arcgis.com/q?token=${ACCESS_TOKEN}`),
      severity: 'medium',
    },
    {
      name: "of Shopify's shell",
      trace: get(`https://app.example/?shop=a&t=${SHOPIFY}`, 'document'),
      severity: 'info',
    },
  ],
  clean: [
    {
      name: 'in the header',
      trace: `${SIGNED_IN}\n\nGET https://api.example/me\nAuthorization: Bearer ${ACCESS_TOKEN}`,
    },
    { name: 'no request carries one', trace: SIGNED_IN + get('https://api.example/me?page=2') },
  ],
  lookAlike: [
    {
      name: 'a link from a mail',
      trace: get(
        `https://app.example/reset?token=${exampleJwt({ iss: 'https://app.example', sub: '1', scope: 'reset' })}`,
      ),
      verdict: 'pass',
    },
    {
      name: 'a hint for signing out',
      trace: `${SIGNED_IN}${get(`https://as.example/logout?id_token_hint=${exampleJwt(ID_CLAIMS)}&client_id=web1`, 'document')}`,
      verdict: 'pass',
    },
    {
      name: "a map's public key",
      trace: get('https://api.mapbox.com/v4/a.json?access_token=pk.eyJ1IjoiZXhhbXBsZSIsImEiOiJjazl6In0.wX1y2Z3a4B'),
      verdict: 'pass',
    },
    {
      name: 'a key that delivers content',
      trace: get('https://cdn.contentful.com/spaces/a/entries?access_token=b4c0n73n7fu1b4c0n73n7fu1b4c0n73n7fu1'),
      verdict: 'pass',
    },
    {
      name: 'a key of an application',
      trace: get('https://graph.facebook.com/app?access_token=123456789012345|a1b2c3d4e5f6a7b8c9d0'),
      verdict: 'pass',
    },
    {
      name: 'a signed file',
      trace: SIGNED_IN + get('https://files.example/a?token=9c1b7a6d5e4f3a2b1c0d&Expires=1'),
      verdict: 'pass',
    },
    {
      name: 'an upload that was signed',
      trace: get(`https://media.example/v.m3u8?token=${exampleJwt({ exp: 2e9, sub: 'video1' })}`, 'media'),
      verdict: 'pass',
    },
    {
      name: 'the callback is another finding',
      trace: `${openIdRequest('nonce=n-0S6_WzA2Mj', 'token')}\n\nGET https://app.example/cb#access_token=${ACCESS_TOKEN}&token_type=bearer&state=af0ifjsldkjQ2w7${get('https://api.example/me')}`,
      verdict: 'pass',
    },
    {
      name: 'a socket is another finding',
      trace: SIGNED_IN + get(`wss://api.example/ws?access_token=${ACCESS_TOKEN}`),
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: unreadableSignIn() + get(`https://api.example/me?t=${ACCESS_TOKEN}`),
      missing: ['response body'],
    },
    { name: 'requests of the page are not seen', trace: `# capture watch\n${openIdRequest()}`, missing: ['page'] },
  ],
};
