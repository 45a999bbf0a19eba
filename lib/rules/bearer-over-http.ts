import { endpointOf } from '../http/endpoint.ts';
import type { Examples } from '../model/example.ts';
import type { Endpoint } from '../model/message.ts';
import type { Exchange } from '../model/observation.ts';
import type { Fail, Rule, RuleContext } from '../model/rule.ts';
import { ACCESS_JWT } from './support/example-pages.ts';
import { ACCESS_TOKEN, codeSignIn, ID_CLAIMS, openIdRequest, unreadableSignIn } from './support/example-sign-in.ts';
import { byTarget, evidenceOf, noneSeen, type TokenUse, tokenUses } from './support/token-uses.ts';

export const rule: Rule = {
  id: 'bearer-over-http',
  title: 'Token sent over plain HTTP',
  subject: 'Transport of tokens',
  group: 'E',
  severity: 'high',
  confidence: 'certain',
  needs: ['page', 'request headers'],
  references: [
    { spec: 'RFC 6750', section: '5.2', level: 'MUST' },
    { spec: 'RFC 6750', section: '5.3', level: 'MUST' },
  ],
  asvs: ['12.2.1'],
  why: 'Everybody on the way reads the token and can use it.',
  fix: 'Call the API over `https` only, and let it refuse everything else.',
  parents: [],

  judges: 'trace',
  check(trace, c) {
    const found = c.once(tokenUses).filter(isInTheClear);
    const [first, ...rest] = byTarget(found).map((uses) => toFail(uses, c));
    return first === undefined ? noneSeen(trace, c, isUnprotected) : c.fail(first, ...rest);
  },
};

function isUnprotected({ request: { url } }: Exchange): boolean {
  const target = endpointOf(url);
  return target !== null && isPlain(target);
}

const isPlain = ({ scheme, loopback }: Endpoint): boolean => /^(http|ws)$/.test(scheme) && !loopback;

/** Tokens that go to the server itself are its endpoints' matter. */
function isInTheClear({ target, where, by, message, nested }: TokenUse): boolean {
  if (!isPlain(target) || message !== null || nested) return false;
  return where === 'header' || by !== 'name';
}

function toFail(uses: readonly [TokenUse, ...TokenUse[]], c: RuleContext): Fail {
  const [{ target, is }] = uses;
  const flow = uses.find((use) => use.flow !== null)?.flow ?? null;
  return {
    evidence: evidenceOf(uses, c),
    severity: target.dev ? 'medium' : 'high',
    ...(flow === null ? {} : { flow }),
    summary: target.dev
      ? c.say`The ${c.plain(is)} is sent to ${c.plain(target.host)}, a host of a local network, without TLS.`
      : c.say`The ${c.plain(is)} is sent to ${c.plain(target.host)} without TLS.`,
  };
}

const SIGNED_IN = codeSignIn(ID_CLAIMS);
const call = (url: string, scheme = 'Bearer', token = ACCESS_TOKEN): string =>
  `\n\nGET ${url}\nAuthorization: ${scheme} ${token}\n\n`;

export const examples: Examples = {
  violation: [
    { name: 'in the header', trace: call('http://api.example.com/me'), severity: 'high' },
    { name: 'bound to a key', trace: call('http://api.example.com/me', 'DPoP'), severity: 'high' },
    {
      name: 'in the address',
      trace: `${SIGNED_IN}\n\nGET http://api.example.com/me?t=${ACCESS_TOKEN}`,
      severity: 'high',
    },
    { name: 'of a socket', trace: `GET ws://api.example.com/ws?jwt=${ACCESS_JWT}`, severity: 'high' },
    {
      name: 'in a body',
      trace: `${SIGNED_IN}\n\nPOST http://api.example.com/me\nContent-Type: application/json\n\n{"t":"${ACCESS_TOKEN}"}`,
      severity: 'high',
    },
    { name: 'in a local network', trace: call('http://192.168.1.10/api'), severity: 'medium' },
  ],
  clean: [
    { name: 'over TLS', trace: call('https://api.example.com/me') },
    { name: 'nothing is sent in the clear', trace: `${SIGNED_IN}\n\nGET http://example.com/` },
  ],
  lookAlike: [
    { name: 'on this machine', trace: call('http://localhost:3000/api'), verdict: 'pass' },
    {
      name: 'another scheme',
      trace: SIGNED_IN + call('http://api.example.com/me', 'Basic', 'd2ViMTpzM2NyM3RBYjkxeFE='),
      verdict: 'pass',
    },
    {
      name: 'a publishable key',
      trace: call('http://api.example.com/me', 'Bearer', 'pk_live_51HZt7Wq2Lx9Kc4Vb8'),
      verdict: 'pass',
    },
    {
      name: 'a preflight',
      trace: `OPTIONS http://api.example.com/me\nAuthorization: Bearer ${ACCESS_TOKEN}`,
      verdict: 'pass',
    },
    {
      name: 'a name without a token behind it',
      trace: `GET http://api.example.com/me?access_token=${ACCESS_TOKEN}`,
      verdict: 'pass',
    },
  ],
  cannotTell: [
    {
      name: 'the tokens could not be read',
      trace: `${unreadableSignIn()}\n\nGET http://api.example.com/me?t=${ACCESS_TOKEN}`,
      missing: ['response body'],
    },
    { name: 'requests of the page are not seen', trace: `# capture watch\n${openIdRequest()}`, missing: ['page'] },
  ],
};
